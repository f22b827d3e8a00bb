package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Backing is a certificate through which a product carries a mark.
type Backing struct {
	Scheme        string
	CertificateID uuid.UUID
	Number        string
	// Ceiling is the most that may be sold under the claim in a calendar year, kg, all the
	// group's members together; 0: no ceiling.
	Ceiling quantity.Quantity
}

// ClaimsTx returns through which certificates each product carries its marks on a day, in the
// order of schemes and certificates; products without a mark are missing from the map. It is
// MarksTx with the certificates named: one statement in the caller's transaction.
//
// A product stands under a ceiling when its mark comes through a certificate with a group scope
// that has one and covers its line, or names no lines. A certificate with several such scopes has
// their sum for a ceiling: claims are counted for a certificate and year.
func ClaimsTx(ctx context.Context, reader postgres.Reader, productIDs []uuid.UUID, on civil.Date) (map[uuid.UUID][]Backing, error) {
	const query = `
		SELECT m.product_id, m.scheme, m.certificate_id, m.number,
		       CASE WHEN EXISTS (SELECT FROM catalog.certificate_scopes f JOIN catalog.products p ON p.id = m.product_id
		                          WHERE f.certificate_id = m.certificate_id AND f.ceiling IS NOT NULL
		                            AND (cardinality(f.lines) = 0 OR p.line = ANY (f.lines)))
		            THEN CAST((SELECT sum(g.ceiling) FROM catalog.certificate_scopes g WHERE g.certificate_id = m.certificate_id) AS bigint)
		            ELSE 0 END AS ceiling
		  FROM catalog.marks_of(CAST($1 AS uuid[]), CAST($2 AS date)) m
		 ORDER BY m.product_id, m.scheme, m.certificate_id`
	var rows []struct {
		ProductID     uuid.UUID         `db:"product_id"`
		Scheme        string            `db:"scheme"`
		CertificateID uuid.UUID         `db:"certificate_id"`
		Number        string            `db:"number"`
		Ceiling       quantity.Quantity `db:"ceiling"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(productIDs), on); err != nil {
		return nil, err
	}
	claims := make(map[uuid.UUID][]Backing, len(productIDs))
	for _, row := range rows {
		claims[row.ProductID] = append(claims[row.ProductID], Backing{
			Scheme: row.Scheme, CertificateID: row.CertificateID, Number: row.Number, Ceiling: row.Ceiling,
		})
	}
	return claims, nil
}
