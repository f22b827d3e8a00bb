package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Backing is a scope of a certificate through which a product carries a mark.
type Backing struct {
	Scheme        string
	CertificateID uuid.UUID
	Number        string
	// Scope is its number among the certificate's scopes, from 1.
	Scope int
	// Ceiling is the most that may be sold under the scope's claim in a calendar year, kg, all the
	// group's members together; 0: no ceiling.
	Ceiling quantity.Quantity
	// CeilingID is what the ledger counts claims against the ceiling under; uuid.Nil without one.
	CeilingID uuid.UUID
}

// ClaimsTx returns through which scopes of certificates each product carries its marks on a day, in
// the order of schemes, certificates and scopes; products without a mark are missing from the map.
// It is MarksTx with the scopes named: one statement in the caller's transaction.
//
// A scope is among them when it covers the product (it names it, or is for its line and its producer
// is the holder or a member of that very group) and fits a rule of the scheme. Each scope has a
// ceiling of its own, or none.
func ClaimsTx(ctx context.Context, reader postgres.Reader, productIDs []uuid.UUID, on civil.Date) (map[uuid.UUID][]Backing, error) {
	const query = `
		SELECT product_id, scheme, certificate_id, number, n, coalesce(ceiling, 0) AS ceiling,
		       coalesce(ceiling_id, '00000000-0000-0000-0000-000000000000') AS ceiling_id
		  FROM catalog.backings_of(CAST($1 AS uuid[]), CAST($2 AS date))
		 ORDER BY product_id, scheme, certificate_id, n`
	var rows []struct {
		ProductID     uuid.UUID         `db:"product_id"`
		Scheme        string            `db:"scheme"`
		CertificateID uuid.UUID         `db:"certificate_id"`
		Number        string            `db:"number"`
		Scope         int               `db:"n"`
		Ceiling       quantity.Quantity `db:"ceiling"`
		CeilingID     uuid.UUID         `db:"ceiling_id"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(productIDs), on); err != nil {
		return nil, err
	}
	claims := make(map[uuid.UUID][]Backing, len(productIDs))
	for _, row := range rows {
		claims[row.ProductID] = append(claims[row.ProductID], Backing{
			Scheme: row.Scheme, CertificateID: row.CertificateID, Number: row.Number, Scope: row.Scope,
			Ceiling: row.Ceiling, CeilingID: row.CeilingID,
		})
	}
	return claims, nil
}
