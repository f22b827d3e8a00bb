package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

func lend(t *testing.T) *postgres.DB {
	t.Helper()
	empty := pgtest.Template{Fingerprint: "empty", Prepare: func(context.Context, string, string) error { return nil }}
	db := pgtest.Open(t, pgtest.Lend(t, empty).OwnerURL)
	_, err := db.Exec(context.Background(), `CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL CONSTRAINT small CHECK (n < 10))`)
	require.NoError(t, err)
	_, err = db.Exec(context.Background(), `INSERT INTO counters VALUES (1, 0), (2, 0)`)
	require.NoError(t, err)
	return db
}

func TestInTxCommitsOrRollsBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	add := func(fails error) error {
		return db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = 1`); err != nil {
				return err
			}
			return fails
		})
	}
	refused := errors.New("refused")
	require.NoError(t, add(nil))
	require.ErrorIs(t, add(refused), refused)
	var n int
	require.NoError(t, db.Get(ctx, &n, `SELECT n FROM counters WHERE id = 1`))
	require.Equal(t, 1, n)
}

func TestCommitThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	_, err := db.Exec(ctx, `ALTER TABLE counters ADD CONSTRAINT later UNIQUE (n) DEFERRABLE INITIALLY DEFERRED`)
	require.Error(t, err, "both rows hold 0")
	_, err = db.Exec(ctx, `UPDATE counters SET n = id`)
	require.NoError(t, err)
	_, err = db.Exec(ctx, `ALTER TABLE counters ADD CONSTRAINT later UNIQUE (n) DEFERRABLE INITIALLY DEFERRED`)
	require.NoError(t, err)
	err = db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE counters SET n = 5`)
		return err
	})
	require.Equal(t, "later", postgres.Constraint(err))
}

func TestDeadlocksAreRetried(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	runs := make(chan int, 16)
	both := func(first, second int, met chan struct{}) error {
		return db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			runs <- first
			if _, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = $1`, first); err != nil {
				return err
			}
			select { // meet the other transaction once, so that each holds what the other wants
			case met <- struct{}{}:
			case <-met:
			case <-time.After(100 * time.Millisecond):
			}
			_, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = $1`, second)
			return err
		})
	}
	met := make(chan struct{})
	done := make(chan error, 2)
	go func() { done <- both(1, 2, met) }()
	go func() { done <- both(2, 1, met) }()
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	require.Greater(t, len(runs), 2, "a deadlock must have happened and been retried")
	var n int
	require.NoError(t, db.Get(ctx, &n, `SELECT sum(n) FROM counters`))
	require.Equal(t, 4, n)
}

func TestErrRetryRunsAgainAndGivesUp(t *testing.T) {
	t.Parallel()
	db := lend(t)
	runs := 0
	err := db.InTx(context.Background(), func(context.Context, *postgres.Tx) error {
		runs++
		return fmt.Errorf("%w: for ever", postgres.ErrRetry)
	})
	require.ErrorIs(t, err, postgres.ErrRetry)
	require.Equal(t, 6, runs)
}

func TestConstraintsBecomeFaults(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	tooMuch := fault.Define("too_much", http.StatusConflict, "quá nhiều", "too much")
	_, err := db.Exec(ctx, `UPDATE counters SET n = 10 WHERE id = 1`)
	require.ErrorIs(t, postgres.MapConstraint(err, map[string]*fault.Definition{"small": tooMuch}), tooMuch)
	require.NotErrorIs(t, postgres.MapConstraint(err, nil), tooMuch)
}

func TestSlowStatementsAndLostServersAreUnavailable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	lent := pgtest.Lend(t, pgtest.Template{Fingerprint: "empty", Prepare: func(context.Context, string, string) error { return nil }})
	db, err := postgres.Open(ctx, postgres.Config{URL: lent.AppURL, StatementTimeout: 50 * time.Millisecond})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var nothing string
	err = db.Get(ctx, &nothing, `SELECT CAST(pg_sleep(5) AS text)`)
	require.ErrorIs(t, err, fault.ErrUnavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	_, err = postgres.Open(ctx, postgres.Config{URL: "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable"})
	require.ErrorIs(t, err, fault.ErrUnavailable)
	refusal, _ := fault.From(err)
	require.Positive(t, refusal.RetryAfter)
}

func TestOneInstantPerTransaction(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	then := time.Date(2025, 12, 1, 8, 0, 0, 0, time.UTC)
	var seen time.Time
	look := func(_ context.Context, tx *postgres.Tx) error { seen = tx.Now; return nil }
	require.NoError(t, db.WithClock(func() time.Time { return then }).InTx(ctx, look))
	require.Equal(t, then, seen)
	require.NoError(t, db.InTx(ctx, look))
	require.WithinDuration(t, time.Now(), seen, time.Minute)
}

// A snapshot does not see what commits while it reads, and changes nothing.
func TestASnapshotIsOfOneInstant(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	var before, after, outside int
	const count = `SELECT count(*) FROM counters`
	require.NoError(t, db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		require.NoError(t, tx.Get(ctx, &before, count))
		_, err := db.Exec(ctx, `INSERT INTO counters VALUES (3, 1)`)
		require.NoError(t, err)
		return tx.Get(ctx, &after, count)
	}))
	require.NoError(t, db.Get(ctx, &outside, count))
	require.Equal(t, []int{before, before + 1}, []int{after, outside})
	require.Error(t, db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE counters SET n = 7`)
		return err
	}))
}

func TestEveryStatementIsCounted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	counted := 0
	db := lend(t).WithCounter(func(string) { counted++ }).WithClock(time.Now)
	require.NoError(t, db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var numbers []int
		if err := tx.Select(ctx, &numbers, `SELECT n FROM counters`); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT n FROM counters`, nil, func(scan func(...any) error) error {
			var n int
			return scan(&n)
		})
	}))
	require.Equal(t, 2, counted)
}

func TestAnAbsentListIsEmptyAndAnAbsentIDIsNull(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	for _, list := range []any{[]string(nil), postgres.Strings(nil), []string{}} {
		var size int
		require.NoError(t, db.Get(ctx, &size, `SELECT cardinality(CAST($1 AS text[]))`, postgres.Array(list)))
		require.Zero(t, size)
	}
	var read postgres.Strings
	require.NoError(t, db.Get(ctx, &read, `SELECT CAST($1 AS text[])`, postgres.Array(postgres.Strings{"a,b", `c"d`})))
	require.Equal(t, postgres.Strings{"a,b", `c"d`}, read)

	id := uuid.New()
	for given, isNull := range map[uuid.UUID]bool{uuid.Nil: true, id: false} {
		var null bool
		require.NoError(t, db.Get(ctx, &null, `SELECT CAST($1 AS uuid) IS NULL`, postgres.NullID(given)))
		require.Equal(t, isNull, null)
	}
}

// What others wait for comes last, in order, after the closure; what it refuses undoes everything,
// and a run that is repeated starts with none of it.
func TestBeforeCommitComesLast(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	var order []string
	var runs int
	work := func(refusal error) func(ctx context.Context, tx *postgres.Tx) error {
		return func(_ context.Context, tx *postgres.Tx) error {
			if runs++; runs == 1 {
				tx.BeforeCommit(func(context.Context) error { order = append(order, "of a run that failed"); return nil })
				return postgres.ErrRetry
			}
			for _, name := range []string{"first", "second"} {
				tx.BeforeCommit(func(ctx context.Context) error {
					order = append(order, name)
					_, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = 1`)
					return errors.Join(err, refusal)
				})
			}
			order = append(order, "closure")
			return nil
		}
	}
	require.NoError(t, db.InTx(ctx, work(nil)))
	require.Equal(t, []string{"closure", "first", "second"}, order)
	refused := errors.New("refused")
	require.ErrorIs(t, db.InTx(ctx, work(refused)), refused)
	var n int
	require.NoError(t, db.Get(ctx, &n, `SELECT n FROM counters WHERE id = 1`))
	require.Equal(t, 2, n, "what was refused is undone")
}
