package migrate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// lockRetry is how often a second process looks whether the first is done.
const lockRetry = 100 * time.Millisecond

// Alone runs work while no other process runs work of the same name on the database; it waits for
// its turn and says so in the log. The lock ends with the process, however that ends.
func Alone(ctx context.Context, ownerURL, name string, log *slog.Logger, work func(ctx context.Context) error) (err error) {
	db, err := postgres.Open(ctx, postgres.Config{URL: ownerURL, MaxConns: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// The lock belongs to this one session: its end, with the pool's, gives the lock back.
	session, err := db.Pool().Conn(ctx)
	if err != nil {
		return fmt.Errorf("opening a session for a lock: %w", err)
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	const try = `SELECT pg_try_advisory_lock(hashtextextended($1, 0))`
	for attempt := 0; ; attempt++ {
		var mine bool
		if err := session.QueryRowContext(ctx, try, name).Scan(&mine); err != nil {
			return fmt.Errorf("waiting for the lock %q: %w", name, err)
		}
		if mine {
			return work(ctx)
		}
		if attempt == 0 {
			log.InfoContext(ctx, "waiting for another process that prepares the database")
		}
		select {
		case <-time.After(lockRetry):
		case <-ctx.Done():
			return fmt.Errorf("waiting for the lock %q: %w", name, context.Cause(ctx))
		}
	}
}
