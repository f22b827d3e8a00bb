package identity

import (
	"context"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// ApplicantsTx lists the organisations that wait to be approved, of these kinds, whoever has waited longest first
// since it last put its application forward, at most limit of them.
func ApplicantsTx(ctx context.Context, reader postgres.Reader, kinds []string, limit int) ([]Organisation, error) {
	const query = `
		SELECT ` + organisationColumns + `
		  FROM identity.organisations o LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
		 WHERE o.state = 'applied' AND o.kind = ANY (CAST($1 AS text[])) ORDER BY o.updated_at, o.id LIMIT $2`
	found := []Organisation{}
	err := reader.Select(ctx, &found, query, postgres.Array(kinds), limit)
	return found, err
}
