package identity

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// WorkersIn returns those of the people who do the work of an organisation: its owners and members,
// no viewer and nobody whose invitation is open.
func WorkersIn(ctx context.Context, reader postgres.Reader, organisation uuid.UUID, people []uuid.UUID) ([]uuid.UUID, error) {
	const query = `
		SELECT user_id FROM identity.memberships
		 WHERE organisation_id = $1 AND user_id = ANY ($2) AND accepted_at IS NOT NULL AND role <> 'viewer' ORDER BY user_id`
	var found []uuid.UUID
	err := reader.Select(ctx, &found, query, organisation, postgres.Array(people))
	return found, err
}
