// Package postgres is the one way to PostgreSQL: a pool with time limits, transactions that carry
// one instant and retry what may be retried, and constraint names mapped to faults.
//
// It promises that a closure given to [DB.InTx] sees one instant, [Tx.Now], which is the
// database's clock unless the caller chose another; that a commit that failed is returned as an
// error; and that a database which cannot be reached becomes fault.ErrUnavailable.
// It works behind PgBouncer in transaction mode: nothing is prepared and no session state is used.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver
)

// ErrNoRows is returned, possibly wrapped, by Get when no row matches.
var ErrNoRows = sql.ErrNoRows

// Config says how to reach a database.
type Config struct {
	// URL is a postgres:// address.
	URL string
	// MaxConns bounds the pool; 0 means 16. Idle connections are kept up to the same number.
	MaxConns int
	// Clock overrides the database's clock for Tx.Now; nil means now() of the database.
	Clock func() time.Time
	// StatementTimeout ends a statement that runs longer; 0 means 15 s.
	StatementTimeout time.Duration
	// Counter, when set, is told of every statement before it runs. Tests count with it.
	Counter func(statement string)
}

// DB is a pool of connections. It is safe for concurrent use.
type DB struct {
	pool    *sqlx.DB
	clock   func() time.Time
	counter func(statement string)
}

// Open connects and checks that the server answers.
func Open(ctx context.Context, config Config) (*DB, error) {
	address, err := withSettings(config)
	if err != nil {
		return nil, err
	}
	pool, err := sqlx.Open("postgres", address)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	size := config.MaxConns
	if size == 0 {
		size = 16
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{pool: pool, clock: config.Clock, counter: config.Counter}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// withSettings adds what every connection must have, leaving what the address already says.
func withSettings(config Config) (string, error) {
	address, err := url.Parse(config.URL)
	if err != nil || (address.Scheme != "postgres" && address.Scheme != "postgresql") {
		return "", errors.New("the database address must look like postgres://user:password@host:5432/name")
	}
	timeout := config.StatementTimeout
	if timeout == 0 {
		timeout = 15 * time.Second
	}
	query := address.Query()
	for name, value := range map[string]string{
		"sslmode":                             "prefer",
		"connect_timeout":                     "5",
		"binary_parameters":                   "yes", // one round trip for a query with arguments, nothing prepared
		"statement_timeout":                   fmt.Sprint(timeout.Milliseconds()),
		"lock_timeout":                        "5000",
		"idle_in_transaction_session_timeout": "15000",
		"timezone":                            "UTC",
		"jit":                                 "off", // compiling costs more than our statements take
	} {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	address.RawQuery = query.Encode()
	return address.String(), nil
}

// WithClock returns a handle on the same pool whose transactions take their instant from clock.
// History is seeded through it; the service itself never uses it.
func (db *DB) WithClock(clock func() time.Time) *DB {
	other := *db
	other.clock = clock
	return &other
}

// WithCounter returns a handle on the same pool that reports every statement before it runs.
func (db *DB) WithCounter(counter func(statement string)) *DB {
	other := *db
	other.counter = counter
	return &other
}

// Ping reports whether the server answers.
func (db *DB) Ping(ctx context.Context) error {
	return translate(db.pool.PingContext(ctx))
}

// Close closes every connection.
func (db *DB) Close() error {
	if err := db.pool.Close(); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// Pool is the standard library's view of the pool, for migration tools. Statements that run
// through it are neither counted nor translated.
func (db *DB) Pool() *sql.DB { return db.pool.DB }

// Get reads one row into dest (a struct by db tags, or a scalar). No row is ErrNoRows.
func (db *DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	db.count(query)
	return translate(db.pool.GetContext(ctx, dest, query, args...))
}

// Select reads all rows into dest, a pointer to a slice. No row leaves it empty.
func (db *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	db.count(query)
	return translate(db.pool.SelectContext(ctx, dest, query, args...))
}

// Each calls row for every row in turn, without holding them all in memory.
func (db *DB) Each(ctx context.Context, query string, args []any, row func(scan func(dest ...any) error) error) error {
	db.count(query)
	rows, err := db.pool.QueryxContext(ctx, query, args...)
	return each(rows, err, row)
}

// Exec runs a statement outside a transaction and returns how many rows it touched. A connection
// that breaks may have it run twice (database/sql tries again, lib/pq's issue 939): it must leave the
// same behind either way. Whatever does not belongs into InTx, under a unique key.
func (db *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	db.count(query)
	result, err := db.pool.ExecContext(ctx, query, args...)
	return affected(result, err)
}

func (db *DB) count(query string) {
	if db.counter != nil {
		db.counter(query)
	}
}

func each(rows *sqlx.Rows, err error, row func(scan func(dest ...any) error) error) error {
	if err != nil {
		return translate(err)
	}
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return translate(errors.Join(rows.Err(), rows.Close()))
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, translate(err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("counting the rows a statement touched: %w", err)
	}
	return n, nil
}

// Reader is what a query needs: a pool or a transaction.
type Reader interface {
	Get(ctx context.Context, dest any, query string, args ...any) error
	Select(ctx context.Context, dest any, query string, args ...any) error
	Each(ctx context.Context, query string, args []any, row func(scan func(dest ...any) error) error) error
}
