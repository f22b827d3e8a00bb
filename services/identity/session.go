package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	// sessionLife is how long a session lives without being used.
	sessionLife = 30 * 24 * time.Hour
	// sessionBound is how long it lives however much it is used.
	sessionBound = 90 * 24 * time.Hour
)

// Session is a sign-in that is still good, as its owner sees it.
type Session struct {
	ID         uuid.UUID `db:"id"           json:"id"`
	CreatedAt  time.Time `db:"created_at"   json:"created_at"`
	LastUsedAt time.Time `db:"last_used_at" doc:"To the minute." json:"last_used_at"`
	ExpiresAt  time.Time `db:"expires_at"   json:"expires_at"`
	Current    bool      `db:"current"      doc:"The session that asks." json:"current"`
}

// openSession writes a session and returns its token, the only time it is known.
func openSession(ctx context.Context, tx *postgres.Tx, user User) (SignIn, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return SignIn{}, fmt.Errorf("session: %w", err)
	}
	token, hash := NewToken(sessionPrefix)
	expires := tx.Now.Add(sessionLife)
	const insert = `
		INSERT INTO identity.sessions (id, token_hash, user_id, created_at, last_used_at, expires_at)
		VALUES ($1, $2, $3, $4, $4, $5)`
	if _, err := tx.Exec(ctx, insert, id, hash, user.ID, tx.Now, expires); err != nil {
		return SignIn{}, err
	}
	organisations, err := membershipsOf(ctx, tx, user.ID)
	if err != nil {
		return SignIn{}, err
	}
	who := Principal{UserID: user.ID}
	if err := RecordTx(ctx, tx, who, "session.opened", Subject{Kind: "session", ID: id}, nil); err != nil {
		return SignIn{}, err
	}
	return SignIn{Token: token, ExpiresAt: expires, User: user, Organisations: organisations, SessionID: id}, nil
}

// Sessions lists the caller's sessions, newest first, at most limit of them behind a position.
// Refused: ErrSessionRequired.
func (s *Service) Sessions(ctx context.Context, who Principal, after Position, limit int) ([]Session, error) {
	if err := needsSession(who); err != nil {
		return nil, err
	}
	const query = `
		SELECT id, created_at, last_used_at, expires_at, id = $2 AS current
		  FROM identity.sessions
		 WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
		   AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
		 ORDER BY created_at DESC, id DESC LIMIT $5`
	sessions := []Session{}
	err := s.db.Select(ctx, &sessions, query, who.UserID, who.SessionID, after.at(), after.ID, limit)
	return sessions, err
}

// CountSessions counts what Sessions would list, up to 10 000.
func (s *Service) CountSessions(ctx context.Context, who Principal) (int, error) {
	if err := needsSession(who); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT 1 FROM identity.sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() LIMIT $2) counted`
	total := 0
	err := s.db.Get(ctx, &total, query, who.UserID, countCap)
	return total, err
}

// Revoke ends one of the caller's sessions at once; the current one is signing out.
// Refused: ErrSessionRequired; fault.ErrNotFound for a session of somebody else.
func (s *Service) Revoke(ctx context.Context, who Principal, id uuid.UUID) error {
	if err := needsSession(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const revoke = `
			UPDATE identity.sessions SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL`
		n, err := tx.Exec(ctx, revoke, id, who.UserID, tx.Now)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.ErrNotFound.With()
		}
		return RecordTx(ctx, tx, who, "session.revoked", Subject{Kind: "session", ID: id}, nil)
	})
}

// revokeAllTx ends all sessions of a person.
func revokeAllTx(ctx context.Context, tx *postgres.Tx, user uuid.UUID) error {
	const revoke = `UPDATE identity.sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL`
	_, err := tx.Exec(ctx, revoke, user, tx.Now)
	return err
}

// ActFor makes an organisation the one that the current session acts for when a request names
// none: pages use it. Refused: ErrSessionRequired, ErrNotAMember.
func (s *Service) ActFor(ctx context.Context, who Principal, organisation uuid.UUID) error {
	if err := needsSession(who); err != nil {
		return err
	}
	const update = `
		UPDATE identity.sessions s SET organisation_id = m.organisation_id
		  FROM identity.memberships m
		 WHERE s.id = $1 AND m.user_id = s.user_id AND m.organisation_id = $2 AND m.accepted_at IS NOT NULL`
	n, err := s.db.Exec(ctx, update, who.SessionID, organisation)
	if err == nil && n == 0 {
		return ErrNotAMember.With()
	}
	return err
}
