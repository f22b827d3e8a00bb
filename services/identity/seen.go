package identity

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// seenBound is how many sessions and keys are remembered between two writes; more than that are
// written a little later.
const seenBound = 100_000

// seen remembers which sessions and keys were used, so that no request waits for writing it down.
type seen struct {
	mu       sync.Mutex
	sessions map[uuid.UUID]time.Time
	keys     map[uuid.UUID]time.Time
}

func newSeen() *seen {
	return &seen{sessions: make(map[uuid.UUID]time.Time), keys: make(map[uuid.UUID]time.Time)}
}

func (s *seen) note(who Principal, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case who.KeyID != uuid.Nil && len(s.keys) < seenBound:
		s.keys[who.KeyID] = at
	case who.SessionID != uuid.Nil && len(s.sessions) < seenBound:
		s.sessions[who.SessionID] = at
	}
}

func (s *seen) take() (sessions, keys map[uuid.UUID]time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions, keys = s.sessions, s.keys
	s.sessions, s.keys = make(map[uuid.UUID]time.Time), make(map[uuid.UUID]time.Time)
	return sessions, keys
}

// Touch writes down when sessions and keys were last used, and moves the end of used sessions on.
// Run it once a minute. What a failure loses is noted again by the next request.
func (s *Service) Touch(ctx context.Context) error {
	sessions, keys := s.seen.take()
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const touchSessions = `
			UPDATE identity.sessions s
			   SET last_used_at = GREATEST(s.last_used_at, t.at),
			       expires_at = GREATEST(s.expires_at, LEAST(t.at + make_interval(secs => $3), s.created_at + make_interval(secs => $4)))
			  FROM (SELECT id, at FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at) ORDER BY id) t
			 WHERE s.id = t.id AND s.revoked_at IS NULL`
		ids, times := unzip(sessions)
		if len(ids) > 0 {
			_, err := tx.Exec(ctx, touchSessions, postgres.Array(ids), postgres.Array(times), sessionLife.Seconds(), sessionBound.Seconds())
			if err != nil {
				return err
			}
		}
		const touchKeys = `
			UPDATE identity.api_keys k SET last_used_at = GREATEST(k.last_used_at, t.at)
			  FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at)
			 WHERE k.id = t.id`
		ids, times = unzip(keys)
		if len(ids) == 0 {
			return nil
		}
		_, err := tx.Exec(ctx, touchKeys, postgres.Array(ids), postgres.Array(times))
		return err
	})
}

// unzip lists the moments as PostgreSQL reads them.
func unzip(moments map[uuid.UUID]time.Time) (ids []uuid.UUID, times []string) {
	for id, at := range moments {
		ids = append(ids, id)
		times = append(times, at.UTC().Format(time.RFC3339Nano))
	}
	return ids, times
}

// Purge removes what no longer means anything: sessions and reset links that ended a month ago,
// counters of past windows, messages sent a month ago. Run it once an hour.
func (s *Service) Purge(ctx context.Context) error {
	for _, statement := range [...]string{
		`DELETE FROM identity.sessions WHERE id IN (
			SELECT id FROM identity.sessions WHERE expires_at < now() - interval '30 days' LIMIT 10000)`,
		`DELETE FROM identity.sessions WHERE id IN (
			SELECT id FROM identity.sessions WHERE revoked_at < now() - interval '30 days' LIMIT 10000)`,
		`DELETE FROM identity.password_resets WHERE expires_at < now() - interval '30 days'`,
		`DELETE FROM identity.attempts WHERE started_at < now() - interval '2 hours'`,
		`DELETE FROM identity.messages WHERE sent_at < now() - interval '30 days'`,
	} {
		if _, err := s.db.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
