package identity

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// ActingTx is the authority by which work goes on that somebody began and left to a job: what the
// person may do for the organisation now, or the key. Refused: fault.ErrUnauthenticated for who
// is no member any more, or a key that was revoked.
func ActingTx(ctx context.Context, reader postgres.Reader, user, organisation, key uuid.UUID) (Principal, error) {
	const query = `
		SELECT NULL::uuid AS session_id, k.id AS key_id, u.id AS user_id, u.administrator AND k.id IS NULL AS administrator,
		       COALESCE(k.scopes, '{}') AS scopes, o.id AS organisation_id, o.kind, o.state, o.province,
		       CASE WHEN k.id IS NULL THEN m.role ELSE 'member' END AS role, false AS changed_lately
		  FROM identity.users u
		  JOIN identity.organisations o ON o.id = $2
		  LEFT JOIN identity.memberships m ON m.user_id = u.id AND m.organisation_id = o.id AND m.accepted_at IS NOT NULL
		  LEFT JOIN identity.api_keys k ON k.id = $3 AND k.organisation_id = o.id AND k.created_by = u.id
		       AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
		 WHERE u.id = $1 AND CASE WHEN CAST($3 AS uuid) IS NULL THEN m.role IS NOT NULL ELSE k.id IS NOT NULL END`
	var found bearer
	err := reader.Get(ctx, &found, query, user, organisation, postgres.NullID(key))
	switch {
	case errors.Is(err, postgres.ErrNoRows):
		return Principal{}, fault.ErrUnauthenticated.With()
	case err != nil:
		return Principal{}, err
	}
	return found.principal(), nil
}
