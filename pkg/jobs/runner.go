package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Options say how a process works its jobs. The zero value will do.
type Options struct {
	Log *slog.Logger
	// Registry takes the metrics; nil means nobody measures.
	Registry *prometheus.Registry
	// Poll is how often the process asks for jobs; 0 means a second.
	Poll time.Duration
	// Together bounds how many jobs the process works at once; 0 means 4.
	Together int
	// Patience is what running jobs are given to end when the process stops, before their
	// contexts end; 0 means 20 s.
	Patience time.Duration
}

const (
	queue           = river.QueueDefault
	defaultPoll     = time.Second
	defaultTogether = 4
	defaultPatience = 20 * time.Second
	// keepGivenUp is how long a job that was given up can be looked at.
	keepGivenUp = 90 * 24 * time.Hour
)

// Runner works the jobs of a database. Any number of processes may have one; each job is taken by
// one of them at a time.
type Runner struct {
	client *river.Client[*sql.Tx]
	idle   bool // nothing to do: no worker
	log    *slog.Logger
	worked *prometheus.HistogramVec
	failed func(err error) // told of every failed attempt; Drain listens
}

// New prepares a runner; nothing runs before [Runner.Run]. It fails when two workers claim a kind.
func New(db *postgres.DB, workers *Workers, options Options) (*Runner, error) {
	return newRunner(db, workers, options, func(*river.Config) {})
}

func newRunner(db *postgres.DB, workers *Workers, options Options, adjust func(config *river.Config)) (*Runner, error) {
	if workers.err != nil {
		return nil, workers.err
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{log: options.Log, idle: len(workers.add) == 0, worked: newWorked()}
	if options.Registry != nil {
		if err := options.Registry.Register(r.worked); err != nil {
			return nil, fmt.Errorf("registering the metrics of jobs: %w", err)
		}
		if err := options.Registry.Register(waiting{db: db, log: options.Log}); err != nil {
			return nil, fmt.Errorf("registering the metrics of jobs: %w", err)
		}
	}
	bundle := river.NewWorkers()
	for _, add := range workers.add {
		if err := add(r, bundle); err != nil {
			return nil, err
		}
	}
	poll := orElse(options.Poll, defaultPoll)
	config := &river.Config{
		Schema: Schema, PollOnly: true, Workers: bundle, PeriodicJobs: workers.periodic,
		Queues:            map[string]river.QueueConfig{queue: {MaxWorkers: orElse(options.Together, defaultTogether)}},
		FetchPollInterval: poll, FetchCooldown: min(poll, river.FetchCooldownDefault),
		MaxAttempts: defaultAttempts, SoftStopTimeout: orElse(options.Patience, defaultPatience),
		DiscardedJobRetentionPeriod: keepGivenUp,
		// Rebuilding indexes is for the owner of the tables, which the service is not.
		ReindexerSchedule: river.NeverSchedule(), ReindexerIndexNames: []string{},
		Logger: slog.New(&quiet{inner: options.Log.Handler().WithAttrs([]slog.Attr{slog.String("library", "river")}), said: &said{}}),
	}
	adjust(config)
	client, err := river.NewClient(quietDriver{riverdatabasesql.New(db.Pool())}, config)
	if err != nil {
		return nil, fmt.Errorf("preparing to work jobs: %w", err)
	}
	r.client = client
	return r, nil
}

// Run works jobs until ctx ends, then lets those that run come to their end, and returns. An error
// means that it could not begin, which may be tried again.
func (r *Runner) Run(ctx context.Context) error {
	if r.idle {
		<-ctx.Done()
		return nil
	}
	if err := r.client.Start(ctx); err != nil {
		return fmt.Errorf("beginning to work jobs: %w", err)
	}
	<-r.client.Stopped()
	return nil
}

func orElse[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
