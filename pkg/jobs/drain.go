package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// drainPoll is how often Drain asks: it is for tests, which wait for it.
const drainPoll = 5 * time.Millisecond

// Drain works all jobs that are due and those they add, and returns when none is left: for tests.
// Failed attempts are returned, joined; their jobs wait for their next time. Periodic jobs are not
// added.
func Drain(ctx context.Context, db *postgres.DB, workers *Workers) error {
	var (
		mu     sync.Mutex
		failed error
	)
	r, err := newRunner(db, &Workers{add: workers.add, err: workers.err}, Options{
		Poll: drainPoll, Log: slog.New(slog.DiscardHandler),
	}, func(config *river.Config) { config.TestOnly = true })
	if err != nil {
		return err
	}
	r.failed = func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = errors.Join(failed, err)
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := r.Run(running); err != nil {
			stop(err)
		}
	}()
	err = awaitNone(running, db)
	stop(nil)
	<-ended
	return errors.Join(err, failed)
}

// awaitNone waits until no job is due or running.
func awaitNone(ctx context.Context, db *postgres.DB) error {
	const due = `
		SELECT EXISTS (SELECT FROM jobs.river_job
		                WHERE state = 'running' OR (state IN ('available', 'scheduled', 'retryable') AND scheduled_at <= now()))`
	turn := time.NewTicker(drainPoll)
	defer turn.Stop()
	for {
		var left bool
		if err := db.Get(ctx, &left, due); err != nil || !left {
			return err
		}
		select {
		case <-turn.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for jobs to be done: %w", context.Cause(ctx))
		}
	}
}
