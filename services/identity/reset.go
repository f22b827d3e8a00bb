package identity

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	// resetLife is how long a link to choose a new password works; invitationLife how long the
	// first one of an invited person does.
	resetLife      = time.Hour
	invitationLife = 7 * 24 * time.Hour
)

// RequestReset has a link to choose a new password sent to whoever has the login. Nothing tells
// whether anybody does: the same row is written, and the worker that sends mail drops it.
// Refused: ErrTooManyAttempts by the tenth request for a login, or the hundredth from an address,
// within a quarter of an hour.
func (s *Service) RequestReset(ctx context.Context, name string) error {
	logins, _ := readLogin(name)
	counters := []counter{{scope: resetAccount, subject: loginKey(logins, name)}}
	if address := originOf(ctx).Address; address != "" {
		counters = append(counters, counter{scope: resetAddress, subject: address})
	}
	counts, err := countAttempt(ctx, s.db, failureWindow, counters...)
	if err != nil {
		return err
	}
	if err := reached(counts, s.options.failureLimits()); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return mailLoginTx(ctx, tx, mailReset, logins)
	})
}

// ConfirmReset sets a password by the token of a link, ends all sessions of the person and uses
// up all other links. Somebody who was invited and is new becomes a member by it.
// Refused: ErrResetToken; a password that will not do.
func (s *Service) ConfirmReset(ctx context.Context, token, password string) error {
	if !IsToken(token, resetPrefix) {
		return ErrResetToken.At("token")
	}
	const query = `
		SELECT ` + accountColumns + `
		  FROM identity.password_resets r JOIN identity.users u ON u.id = r.user_id
		 WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > now()`
	person, err := oneAccount(ctx, s.db, query, HashToken(token))
	if err != nil {
		return err
	}
	if person.ID == uuid.Nil {
		return ErrResetToken.At("token")
	}
	var complaints fault.Collector
	checkPassword(&complaints, "password", password, person.Email, person.Phone)
	if err := complaints.Err(); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return confirmReset(ctx, tx, person, HashToken(token), hash)
	})
}

func confirmReset(ctx context.Context, tx *postgres.Tx, person account, token []byte, hash string) error {
	const use = `UPDATE identity.password_resets SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL RETURNING user_id`
	var user uuid.UUID
	err := tx.Get(ctx, &user, use, token, tx.Now)
	if errors.Is(err, postgres.ErrNoRows) {
		return ErrResetToken.At("token")
	}
	if err != nil {
		return err
	}
	const others = `UPDATE identity.password_resets SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL`
	if _, err := tx.Exec(ctx, others, user, tx.Now); err != nil {
		return err
	}
	const set = `UPDATE identity.users SET password_hash = $2, updated_at = $3 WHERE id = $1`
	if _, err := tx.Exec(ctx, set, user, hash, tx.Now); err != nil {
		return err
	}
	if person.PasswordHash == "" {
		const accept = `UPDATE identity.memberships SET accepted_at = $2 WHERE user_id = $1 AND accepted_at IS NULL`
		if _, err := tx.Exec(ctx, accept, user, tx.Now); err != nil {
			return err
		}
	}
	if err := revokeAllTx(ctx, tx, user); err != nil {
		return err
	}
	if err := forgetTx(ctx, tx, signinCounters(ctx, person, "")[0]); err != nil {
		return err
	}
	return RecordTx(ctx, tx, Principal{UserID: user}, "password.reset", Subject{Kind: "user", ID: user}, nil)
}

// issueReset makes a link's token for a person; only its hash is kept.
func issueReset(ctx context.Context, db *postgres.DB, user uuid.UUID, life time.Duration) (string, error) {
	token, hash := NewToken(resetPrefix)
	err := db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const insert = `INSERT INTO identity.password_resets (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`
		if _, err := tx.Exec(ctx, insert, hash, user, tx.Now, tx.Now.Add(life)); err != nil {
			return err
		}
		return RecordTx(ctx, tx, SystemPrincipal(), "password_reset.issued", Subject{Kind: "user", ID: user}, nil)
	})
	return token, err
}
