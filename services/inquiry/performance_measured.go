package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Measured is a share of the record of an organisation's last twelve months, as it was computed last.
type Measured struct {
	OrganisationID uuid.UUID `db:"organisation_id"`
	Measure        string    `db:"measure"`
	// Line and Unit are those of rejected goods.
	Line string `db:"line"`
	Unit string `db:"unit"`
	// Cases are how many there were; Permille is the share, exact, rounded half up.
	Cases    int   `db:"cases"`
	Permille int64 `db:"permille"`
}

// MeasuredTx lists measures of all producers, for services above that judge nobody by fewer cases than they
// say.
func MeasuredTx(ctx context.Context, reader postgres.Reader, measures ...string) ([]Measured, error) {
	const query = `
		SELECT p.organisation_id, p.measure, p.line, p.unit, p.cases, p.permille
		  FROM inquiry.performance p JOIN identity.organisations o ON o.id = p.organisation_id AND o.kind = 'producer' AND o.state = 'approved'
		 WHERE p.measure = ANY (CAST($1 AS text[])) AND p.permille IS NOT NULL
		 ORDER BY p.organisation_id, p.measure, p.line, p.unit`
	measured := []Measured{}
	err := reader.Select(ctx, &measured, query, postgres.Array(measures))
	return measured, err
}
