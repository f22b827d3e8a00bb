package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Schema is the PostgreSQL schema of the tables, which are River's own.
const Schema = "jobs"

// Attempts is how often a job is tried unless its [Attempts] option says otherwise: with pauses of
// n⁴ seconds the tenth attempt comes a little over four hours after the first.
const defaultAttempts = 10

// Args is what a job needs to know, stored as JSON: ids rather than values, which may have changed
// by the time the job runs.
type Args interface {
	// Kind names the work, the same for all values of the type: "photo.sizes". It is stored, so
	// renaming it orphans the jobs that wait.
	Kind() string
}

// Option changes how one job is kept.
type Option func(options *river.InsertOpts)

// Unique adds no second job of the same kind and arguments while one waits, runs or waits to be
// tried again. What changed after that one had begun to look may go unseen: use it where the
// arguments say everything, or where the work looks again by itself.
func Unique() Option {
	return func(options *river.InsertOpts) {
		options.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
			rivertype.JobStateRetryable, rivertype.JobStateScheduled,
		}}
	}
}

// At keeps the job until the instant has come; it is then taken within about five seconds.
func At(instant time.Time) Option {
	return func(options *river.InsertOpts) { options.ScheduledAt = instant }
}

// Attempts bounds how often the job is tried, the first time included.
func Attempts(n int) Option {
	return func(options *river.InsertOpts) { options.MaxAttempts = n }
}

// counted stands for River's statement where statements are counted: each InsertTx sends one.
const counted = "-- add a job"

// InsertTx adds a job that exists once tx has committed, in one statement. It is taken within the
// poll interval of whichever process is first. An error leaves tx unusable, as any failed statement.
func InsertTx[T Args](ctx context.Context, tx *postgres.Tx, args T, options ...Option) error {
	client, err := river.NewClient(quietDriver{riverdatabasesql.New(nil)}, &river.Config{
		Schema: Schema, MaxAttempts: defaultAttempts, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fmt.Errorf("preparing to add a job: %w", err)
	}
	chosen := &river.InsertOpts{}
	for _, option := range options {
		option(chosen)
	}
	return tx.Lend(counted, func(tx *sql.Tx) error {
		if _, err := client.InsertTx(ctx, tx, args, chosen); err != nil {
			return fmt.Errorf("adding a job of the kind %s: %w", args.Kind(), err)
		}
		return nil
	})
}

// quietDriver is River's driver without NOTIFY: nobody listens, and it would cost a second
// statement and a database-wide lock at commit.
type quietDriver struct{ *riverdatabasesql.Driver }

// SupportsListenNotify implements riverdriver.Driver.
func (quietDriver) SupportsListenNotify() bool { return false }
