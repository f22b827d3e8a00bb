package identity

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// What is counted, and within which time. The window begins with the first count.
const (
	signinAccount   = "signin_account"
	signinAddress   = "signin_address"
	resetAccount    = "reset_account"
	resetAddress    = "reset_address"
	registerAddress = "register_address"

	failureWindow  = 15 * time.Minute
	registerWindow = time.Hour

	// addressShare is how many accounts' worth of failures an address may have: whole offices and
	// phone networks share one, and one forgotten password there must not lock out the others.
	addressShare = 10
)

// counter is one thing that is counted. The subject is kept as a hash: a table of failures must
// not become a list of people and addresses.
type counter struct {
	scope   string
	subject string
}

func (c counter) hash() []byte {
	sum := sha256.Sum256([]byte(c.scope + "\x00" + c.subject))
	return sum[:]
}

// count is where a counter stands.
type count struct {
	Scope string `db:"scope"`
	Count int    `db:"count"`
	// Wait is the time until the window ends, in seconds, at least 1.
	Wait int `db:"wait"`
}

// attempts reads counters; those at zero are missing from the answer.
func attempts(ctx context.Context, reader postgres.Reader, window time.Duration, counters ...counter) ([]count, error) {
	scopes, subjects := columns(counters)
	const query = `
		SELECT a.scope, a.count,
		       GREATEST(1, CEIL(EXTRACT(EPOCH FROM a.started_at + make_interval(secs => $3) - now())))::integer AS wait
		  FROM identity.attempts a
		  JOIN unnest($1::text[], $2::bytea[]) AS asked (scope, subject) USING (scope, subject)
		 WHERE a.started_at > now() - make_interval(secs => $3)`
	var counts []count
	err := reader.Select(ctx, &counts, query, postgres.Array(scopes), postgres.Array(subjects), window.Seconds())
	return counts, err
}

// countAttempt adds one to each counter and returns where they stand. It is a transaction of its
// own: a refusal that follows must not undo it. The rows are touched in one order, so that two
// attempts cannot deadlock.
func countAttempt(ctx context.Context, db *postgres.DB, window time.Duration, counters ...counter) ([]count, error) {
	scopes, subjects := columns(counters)
	const upsert = `
		INSERT INTO identity.attempts AS a (scope, subject, started_at, count)
		SELECT scope, subject, now(), 1 FROM unnest($1::text[], $2::bytea[]) AS asked (scope, subject) ORDER BY scope, subject
		ON CONFLICT (scope, subject) DO UPDATE
		   SET count = CASE WHEN a.started_at > now() - make_interval(secs => $3) THEN a.count + 1 ELSE 1 END,
		       started_at = CASE WHEN a.started_at > now() - make_interval(secs => $3) THEN a.started_at ELSE now() END
		RETURNING scope, count,
		          GREATEST(1, CEIL(EXTRACT(EPOCH FROM started_at + make_interval(secs => $3) - now())))::integer AS wait`
	var counts []count
	err := db.Select(ctx, &counts, upsert, postgres.Array(scopes), postgres.Array(subjects), window.Seconds())
	return counts, err
}

func columns(counters []counter) (scopes []string, subjects [][]byte) {
	for _, counter := range counters {
		scopes = append(scopes, counter.scope)
		subjects = append(subjects, counter.hash())
	}
	return scopes, subjects
}

// limits is the count by scope that is refused; a scope without one, or with a negative one, has
// none.
type limits map[string]int

// failureLimits are those of sign-ins and of requests for a new password.
func (o Options) failureLimits() limits {
	return limits{
		signinAccount: o.Failures, signinAddress: addressShare * o.Failures,
		resetAccount: o.Failures, resetAddress: addressShare * o.Failures,
	}
}

// reached returns ErrTooManyAttempts when a counter has reached its limit.
func reached(counts []count, allowed limits) error {
	wait := 0
	for _, counter := range counts {
		if limit := allowed[counter.Scope]; limit > 0 && counter.Count >= limit {
			wait = max(wait, counter.Wait)
		}
	}
	if wait == 0 {
		return nil
	}
	return ErrTooManyAttempts.With("seconds", wait).After(time.Duration(wait) * time.Second)
}

// forgetTx takes a counter back to zero.
func forgetTx(ctx context.Context, tx *postgres.Tx, counter counter) error {
	const forget = `DELETE FROM identity.attempts WHERE scope = $1 AND subject = $2`
	_, err := tx.Exec(ctx, forget, counter.scope, counter.hash())
	return err
}
