package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// LapsedTx counts, for each producer, the verified certificates that ran out between two days, both included,
// and that nothing renewed.
func LapsedTx(ctx context.Context, reader postgres.Reader, from, to civil.Date) (map[uuid.UUID]int, error) {
	const query = `
		SELECT c.producer_id, count(*)
		  FROM catalog.certificates c
		 WHERE c.state = 'verified' AND c.valid_until >= $1 AND c.valid_until < $2
		   AND NOT EXISTS (SELECT FROM catalog.certificates r WHERE r.renews_id = c.id AND r.state = 'verified')
		 GROUP BY c.producer_id`
	lapsed := make(map[uuid.UUID]int)
	err := reader.Each(ctx, query, []any{from, to}, func(scan func(dest ...any) error) error {
		var producer uuid.UUID
		var count int
		if err := scan(&producer, &count); err != nil {
			return err
		}
		lapsed[producer] = count
		return nil
	})
	return lapsed, err
}

// WaitingTx lists the certificates that wait to be verified, oldest first, at most limit of them.
func WaitingTx(ctx context.Context, reader postgres.Reader, today civil.Date, limit int) ([]Certificate, error) {
	return certificatesOf(ctx, reader, CertificateFilter{State: Submitted, On: today, Limit: limit})
}

// ExpiringTx lists the valid certificates that run out within so many days, the first to end first, at most
// limit of them.
func ExpiringTx(ctx context.Context, reader postgres.Reader, today civil.Date, days, limit int) ([]Certificate, error) {
	return certificatesOf(ctx, reader, CertificateFilter{ExpiringWithin: &days, Sort: SortEnding, On: today, Limit: limit})
}

func certificatesOf(ctx context.Context, reader postgres.Reader, filter CertificateFilter) ([]Certificate, error) {
	rows, err := certificatePage(ctx, reader, uuid.Nil, filter)
	certificates := make([]Certificate, len(rows))
	for at, row := range rows {
		certificates[at] = row.certificate(filter.On)
	}
	return certificates, err
}
