package identity

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// SignIn is what a successful sign-in gives.
type SignIn struct {
	Token         string         `doc:"Send it as Authorization: Bearer. It is shown once." json:"token"`
	ExpiresAt     time.Time      `doc:"Moves on while the session is used, for 90 days at most." json:"expires_at"`
	User          User           `json:"user"`
	Organisations []MyMembership `json:"organisations"`
	// SessionID is for pages that keep the token in a cookie.
	SessionID uuid.UUID `json:"session_id"`
}

// SignIn opens a session for whoever knows the password of a login: an e-mail address, or a phone
// number in any notation. A login that is not known does the same work and is answered the same.
// Refused: ErrSignInFailed; ErrTooManyAttempts by the tenth failure for an account, known or not,
// or the hundredth from an address within a quarter of an hour; fault.ErrUnavailable when too many sign in at once.
func (s *Service) SignIn(ctx context.Context, name, password string) (SignIn, error) {
	logins, readable := readLogin(name)
	if !readable {
		logins = login{} // finds nobody, with the same statements
	}
	var (
		found    account
		counters []counter
	)
	// Everything happens within the turn: no more guesses than there are turns can run past a
	// count that is not written yet.
	err := s.hasher.turn(ctx, func() error {
		var err error
		if found, err = accountByLogin(ctx, s.db, logins); err != nil {
			return err
		}
		counters = signinCounters(ctx, found, loginKey(logins, name))
		return s.tryPassword(ctx, found, password, counters)
	})
	if err != nil {
		return SignIn{}, err
	}
	var opened SignIn
	err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := forgetTx(ctx, tx, counters[0]); err != nil {
			return err
		}
		opened, err = openSession(ctx, tx, found.User)
		return err
	})
	return opened, err
}

func (s *Service) tryPassword(ctx context.Context, found account, password string, counters []counter) error {
	counts, err := attempts(ctx, s.db, failureWindow, counters...)
	if err != nil {
		return err
	}
	if err := reached(counts, s.options.failureLimits()); err != nil {
		return err
	}
	match, err := s.hasher.matches(password, found.PasswordHash)
	if err == nil && !match {
		return s.countFailure(ctx, counters)
	}
	return err
}

// countFailure counts a failure and says which refusal it earns.
func (s *Service) countFailure(ctx context.Context, counters []counter) error {
	counts, err := countAttempt(ctx, s.db, failureWindow, counters...)
	if err != nil {
		return err
	}
	if err := reached(counts, s.options.failureLimits()); err != nil {
		return err
	}
	return ErrSignInFailed.With()
}

// signinCounters are the account's first and then the address's. Both logins of a person count
// together; a login of nobody is counted all the same, so that 429 says nothing about it.
func signinCounters(ctx context.Context, found account, name string) []counter {
	subject := "login " + name
	if found.ID != uuid.Nil {
		subject = "user " + found.ID.String()
	}
	counters := []counter{{scope: signinAccount, subject: subject}}
	if address := originOf(ctx).Address; address != "" {
		counters = append(counters, counter{scope: signinAddress, subject: address})
	}
	return counters
}

// loginKey is what an unknown login is counted under: its normal form, or the text as typed.
func loginKey(logins login, typed string) string {
	if key := logins.String(); key != "" {
		return key
	}
	return typed
}
