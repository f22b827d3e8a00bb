package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is a transaction under way. It has no InTx: nesting does not compile.
type Tx struct {
	// Now is the one instant of this transaction, in UTC and to the microsecond.
	Now time.Time

	tx      *sqlx.Tx
	counter func(statement string)
	last    []func(ctx context.Context) error
	calls   []Call
}

// ErrRetry marks an error after which the same work may succeed when it is run again, because
// another transaction changed what it had read. Wrap it to make InTx run the closure again.
var ErrRetry = errors.New("run the transaction again")

// ErrUndecided marks an error of a commit: whether what the transaction did is kept is not known.
var ErrUndecided = errors.New("commit")

// attempts bounds how often a closure runs when the database asks for a retry.
const attempts = 6

// InTx runs work in one READ COMMITTED transaction and commits when it returns nil.
//
// A serialisation failure (40001) or deadlock (40P01) runs work again, so it must do database
// work only: no network, no Redis, no change to variables outside that a second run would spoil.
// An error from work rolls back and is returned as it is; a failed commit is an error too.
func (db *DB) InTx(ctx context.Context, work func(ctx context.Context, tx *Tx) error) error {
	return db.run(ctx, nil, work)
}

// InSnapshot runs work that only reads, with all its statements at one instant: none sees what commits
// after the first began. Otherwise it is InTx.
func (db *DB) InSnapshot(ctx context.Context, work func(ctx context.Context, tx *Tx) error) error {
	return db.run(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, work)
}

func (db *DB) run(ctx context.Context, options *sql.TxOptions, work func(ctx context.Context, tx *Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.once(ctx, options, work)
		if err == nil || attempt == attempts || !retryable(err) {
			return err
		}
		pause := time.Duration(rand.Int64N(int64(attempt) * int64(8*time.Millisecond))) //nolint:gosec // jitter, not a secret
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting to retry a transaction: %w", errors.Join(ctx.Err(), err))
		case <-time.After(pause):
		}
	}
}

func (db *DB) once(ctx context.Context, options *sql.TxOptions, work func(ctx context.Context, tx *Tx) error) (err error) {
	begun, err := db.pool.BeginTxx(ctx, options)
	if err != nil {
		return translate(err)
	}
	committed := false
	defer func() {
		if !committed {
			// The reason for rolling back is the error to report; a broken connection rolls
			// back by itself.
			_ = begun.Rollback()
		}
	}()
	tx := &Tx{tx: begun, counter: db.counter}
	if err := db.instant(ctx, tx); err != nil {
		return err
	}
	if err := work(ctx, tx); err != nil {
		return err
	}
	for _, last := range tx.last {
		if err := last(ctx); err != nil {
			return err
		}
	}
	if err := tx.MakeCalls(ctx); err != nil {
		return err
	}
	if err := begun.Commit(); err != nil {
		return fmt.Errorf("%w: %w", ErrUndecided, translate(err))
	}
	committed = true
	return nil
}

// BeforeCommit runs work after all that the transaction's closure does: for what locks a row that everybody
// waits for, so that they wait for nothing else. Several are run in the order asked for, and then the
// calls are made that wait for the end; an error rolls back and is what InTx returns.
func (tx *Tx) BeforeCommit(work func(ctx context.Context) error) { tx.last = append(tx.last, work) }

func (db *DB) instant(ctx context.Context, tx *Tx) error {
	if db.clock != nil {
		tx.Now = db.clock().UTC().Truncate(time.Microsecond)
		return nil
	}
	if err := tx.Get(ctx, &tx.Now, "SELECT now()"); err != nil {
		return err
	}
	tx.Now = tx.Now.UTC()
	return nil
}

// Get reads one row; see DB.Get.
func (tx *Tx) Get(ctx context.Context, dest any, query string, args ...any) error {
	tx.count(query)
	return translate(tx.tx.GetContext(ctx, dest, query, args...))
}

// Select reads all rows; see DB.Select.
func (tx *Tx) Select(ctx context.Context, dest any, query string, args ...any) error {
	tx.count(query)
	return translate(tx.tx.SelectContext(ctx, dest, query, args...))
}

// Each calls row for every row; see DB.Each. Nothing else may run on tx meanwhile.
func (tx *Tx) Each(ctx context.Context, query string, args []any, row func(scan func(dest ...any) error) error) error {
	tx.count(query)
	rows, err := tx.tx.QueryxContext(ctx, query, args...)
	return each(rows, err, row)
}

// Exec runs a statement and returns how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.count(query)
	result, err := tx.tx.ExecContext(ctx, query, args...)
	return affected(result, err)
}

// Lend hands the transaction to a library that runs a statement of its own in it, which is counted
// under the name given. It is there for pkg/jobs; nothing else may see database/sql (depguard).
func (tx *Tx) Lend(statement string, use func(tx *sql.Tx) error) error {
	tx.count(statement)
	return translate(use(tx.tx.Tx))
}

func (tx *Tx) count(query string) {
	if tx.counter != nil {
		tx.counter(query)
	}
}
