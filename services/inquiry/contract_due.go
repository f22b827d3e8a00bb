package inquiry

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// contractsDue is the job that sets down the contracts of new awards. The award itself does not: what
// others wait for is kept short.
type contractsDue struct{}

// Kind implements jobs.Args.
func (contractsDue) Kind() string { return "inquiry.contracts_due" }

const (
	// contractsEvery bounds how long names and goods may change before the paper keeps them as they are.
	contractsEvery = time.Minute
	// contractsBatch bounds what one look finds.
	contractsBatch = 100
	// contractsBack is how far back an award may have been made: of older ones the paper is set down
	// when it is asked for.
	contractsBack = 24 * time.Hour
)

func (s *Service) contractJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ contractsDue) error {
		for {
			made, err := s.SetDownContracts(ctx)
			if err != nil || made < contractsBatch {
				return err
			}
		}
	})
	jobs.Every(workers, contractsEvery, contractsDue{})
}

// SetDownContracts sets down the facts of awards of the last day whose paper nobody has asked for yet,
// each in a transaction of its own, and returns how many it looked at. What another process set down
// meanwhile stays.
func (s *Service) SetDownContracts(ctx context.Context) (int, error) {
	const query = `
		SELECT a.id, a.buyer_id FROM inquiry.awards a
		 WHERE a.id > $1 AND NOT EXISTS (SELECT FROM inquiry.contracts c WHERE c.award_id = a.id)
		 ORDER BY a.id LIMIT $2`
	var due []struct {
		ID      uuid.UUID `db:"id"`
		BuyerID uuid.UUID `db:"buyer_id"`
	}
	if err := s.db.Select(ctx, &due, query, madeSince(time.Now().Add(-contractsBack)), contractsBatch); err != nil {
		return 0, err
	}
	for _, each := range due {
		err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			a, err := loadAward(ctx, tx, identity.Principal{OrganisationID: each.BuyerID}, each.ID)
			if err != nil {
				return err
			}
			_, err = setDown(ctx, tx, s.book, identity.SystemPrincipal(), a)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// madeSince is the least id that anything made at an instant or later bears: ids begin with the
// milliseconds since 1970 (RFC 9562, 5.7), so the key of a table is an index of its age, too.
func madeSince(instant time.Time) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(instant.UnixMilli())<<16)
	id[6] = 7 << 4
	return id
}
