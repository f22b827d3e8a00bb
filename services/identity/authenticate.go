package identity

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// bearer is what one query says about a token.
type bearer struct {
	SessionID      uuid.NullUUID    `db:"session_id"`
	KeyID          uuid.NullUUID    `db:"key_id"`
	UserID         uuid.UUID        `db:"user_id"`
	Administrator  bool             `db:"administrator"`
	Scopes         postgres.Strings `db:"scopes"`
	OrganisationID uuid.NullUUID    `db:"organisation_id"`
	Kind           string           `db:"kind"`
	State          string           `db:"state"`
	Province       string           `db:"province"`
	Role           string           `db:"role"`
	ChangedLately  bool             `db:"changed_lately"`
}

// Principal finds out whose token it is, with one statement and no cache: what was revoked is
// refused at once. The organisation, when given, must be one the person belongs to; otherwise
// it is the one the session acts for, an approved one, or the oldest.
// Refused: fault.ErrUnauthenticated, ErrNotAMember.
func (s *Service) Principal(ctx context.Context, token string, organisation uuid.UUID) (Principal, error) {
	var query string
	switch {
	case IsToken(token, sessionPrefix):
		query = sessionBearer
	case IsToken(token, keyPrefix):
		query = keyBearer
	default:
		return Principal{}, fault.ErrUnauthenticated.With()
	}
	var found bearer
	err := s.db.Get(ctx, &found, query, HashToken(token), postgres.NullID(organisation))
	switch {
	case errors.Is(err, postgres.ErrNoRows):
		return Principal{}, fault.ErrUnauthenticated.With()
	case err != nil:
		return Principal{}, err
	}
	who := found.principal()
	if organisation != uuid.Nil && who.OrganisationID != organisation {
		return Principal{}, ErrNotAMember.With()
	}
	s.seen.note(who, time.Now())
	return who, nil
}

// changedLately is longer than the second that a cached page may be old plus a transaction's time:
// audit events carry the instant at which their transaction began.
const changedLately = `
	       EXISTS (SELECT FROM identity.audit_events e
	                WHERE e.organisation_id = o.id AND e.at > now() - interval '3 seconds') AS changed_lately`

const sessionBearer = `
	SELECT s.id AS session_id, NULL::uuid AS key_id, u.id AS user_id, u.administrator, '{}'::text[] AS scopes,
	       o.id AS organisation_id, COALESCE(o.kind, '') AS kind, COALESCE(o.state, '') AS state,
	       COALESCE(o.province, '') AS province, COALESCE(o.role, '') AS role,` + changedLately + `
	  FROM identity.sessions s
	  JOIN identity.users u ON u.id = s.user_id
	  LEFT JOIN LATERAL (
	       SELECT o.id, o.kind, o.state, o.province, m.role
	         FROM identity.memberships m JOIN identity.organisations o ON o.id = m.organisation_id
	        WHERE m.user_id = u.id AND m.accepted_at IS NOT NULL AND ($2::uuid IS NULL OR o.id = $2)
	        ORDER BY COALESCE(o.id = s.organisation_id, false) DESC, o.state = 'approved' DESC, m.created_at, o.id
	        LIMIT 1) o ON true
	 WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now()`

// A key works as a member: it never manages people or keys.
const keyBearer = `
	SELECT NULL::uuid AS session_id, k.id AS key_id, k.created_by AS user_id, false AS administrator, k.scopes,
	       o.id AS organisation_id, o.kind, o.state, o.province, 'member' AS role,` + changedLately + `
	  FROM identity.api_keys k
	  JOIN identity.organisations o ON o.id = k.organisation_id
	 WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
	   -- the second parameter is compared by the caller
	   AND ($2::uuid IS NULL OR true)`

func (b bearer) principal() Principal {
	who := Principal{
		UserID: b.UserID, OrganisationID: b.OrganisationID.UUID, Kind: OrganisationKind(b.Kind), Role: Role(b.Role),
		Approved: b.State == string(Approved), Suspended: b.State == string(Suspended), Province: b.Province,
		Administrator: b.Administrator, SessionID: b.SessionID.UUID, KeyID: b.KeyID.UUID, Scopes: b.Scopes,
		ChangedLately: b.ChangedLately,
	}
	if who.Administrator && who.OrganisationID == uuid.Nil {
		who.Kind, who.Role, who.Approved = Platform, Owner, true
	}
	return who
}
