package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// Mark is a certificate that a product may show.
type Mark struct {
	Scheme     string           `json:"scheme"`
	Number     string           `json:"number"`
	ValidUntil civil.Date       `json:"valid_until,omitzero" doc:"The last day, included; absent where the scheme sets no end."`
	State      CertificateState `json:"state"                enum:"valid,expiring"`
	Stars      int              `json:"stars,omitempty"      doc:"OCOP only."`
}

// carried is what a product may show on a day.
type carried struct {
	ProductID uuid.UUID        `db:"product_id"`
	Schemes   postgres.Strings `db:"schemes"`
	// Stars are the most that one of its marks gives; 0: none.
	Stars int `db:"stars"`
}

// MarksTx returns the codes of the schemes whose mark each product may show on a day, in order;
// products without a mark are missing from the map. It reads in the caller's transaction.
func MarksTx(ctx context.Context, reader postgres.Reader, productIDs []uuid.UUID, on civil.Date) (map[uuid.UUID][]string, error) {
	found, err := carriedBy(ctx, reader, productIDs, on)
	if err != nil {
		return nil, err
	}
	marks := make(map[uuid.UUID][]string, len(found))
	for id, each := range found {
		marks[id] = each.Schemes
	}
	return marks, nil
}

// carriedBy is MarksTx with the stars that the marks give.
func carriedBy(ctx context.Context, reader postgres.Reader, productIDs []uuid.UUID, on civil.Date) (map[uuid.UUID]carried, error) {
	const query = `
		SELECT m.product_id, array_agg(DISTINCT m.scheme ORDER BY m.scheme) AS schemes, coalesce(max(m.stars), 0) AS stars
		  FROM catalog.marks_of(CAST($1 AS uuid[]), CAST($2 AS date)) m
		 GROUP BY m.product_id`
	var rows []carried
	if err := reader.Select(ctx, &rows, query, postgres.Array(productIDs), on); err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]carried, len(rows))
	for _, row := range rows {
		found[row.ProductID] = row
	}
	return found, nil
}

// markState is the state on a day of a certificate that counts on it: valid, or expiring by what its
// scheme says.
func markState(book *reference.Book, scheme string, issuedOn, validUntil, day civil.Date) CertificateState {
	known, _ := book.Scheme(scheme)
	return CertificateStateOn(Verified, issuedOn, validUntil, day, known.WarnDays)
}
