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

// MarksTx returns the codes of the schemes whose mark each product may show on a day, in order;
// products without a mark are missing from the map. It reads in the caller's transaction.
func MarksTx(ctx context.Context, reader postgres.Reader, productIDs []uuid.UUID, on civil.Date) (map[uuid.UUID][]string, error) {
	const query = `
		SELECT m.product_id, array_agg(DISTINCT m.scheme ORDER BY m.scheme) AS schemes
		  FROM catalog.marks_of(CAST($1 AS uuid[]), CAST($2 AS date)) m
		 GROUP BY m.product_id`
	var rows []struct {
		ProductID uuid.UUID        `db:"product_id"`
		Schemes   postgres.Strings `db:"schemes"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(productIDs), on); err != nil {
		return nil, err
	}
	marks := make(map[uuid.UUID][]string, len(rows))
	for _, row := range rows {
		marks[row.ProductID] = row.Schemes
	}
	return marks, nil
}

// markState is the state on a day of a certificate that counts on it: valid, or expiring by what its
// scheme says.
func markState(book *reference.Book, scheme string, issuedOn, validUntil, day civil.Date) CertificateState {
	known, _ := book.Scheme(scheme)
	return CertificateStateOn(Verified, issuedOn, validUntil, day, known.WarnDays)
}
