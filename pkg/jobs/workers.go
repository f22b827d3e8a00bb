package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Workers gathers what the services can do, for [New].
type Workers struct {
	add      []func(r *Runner, into *river.Workers) error
	periodic []*river.PeriodicJob
	err      error
}

// NewWorkers returns an empty set.
func NewWorkers() *Workers { return &Workers{} }

// WorkerOption changes how one kind of job is worked.
type WorkerOption func(settings *settings)

type settings struct{ within time.Duration }

// Within bounds one attempt; a minute unless said otherwise. The context ends then; work that goes
// on regardless is taken for lost after an hour more and begun again elsewhere.
func Within(limit time.Duration) WorkerOption {
	return func(s *settings) { s.within = limit }
}

// AddWorker says how jobs with arguments of type T are done. A kind that has a worker already makes
// [New] fail. An error, and a panic too, is logged and the job is tried again later.
func AddWorker[T Args](workers *Workers, work func(ctx context.Context, args T) error, options ...WorkerOption) {
	chosen := settings{within: time.Minute}
	for _, option := range options {
		option(&chosen)
	}
	workers.add = append(workers.add, func(r *Runner, into *river.Workers) error {
		if err := river.AddWorkerSafely(into, &worker[T]{runner: r, work: work, settings: chosen}); err != nil {
			return fmt.Errorf("adding a worker: %w", err)
		}
		return nil
	})
}

// longestInterval is how long River keeps what was done, and so knows that it was.
const longestInterval = 24 * time.Hour

// Every adds a job at each multiple of the interval since the epoch (UTC), and one at the start of
// the first process where none was added in the running interval; one for all processes together.
// The interval lies between a minute and a day.
func Every[T Args](workers *Workers, interval time.Duration, args T) {
	if interval < time.Minute || interval > longestInterval {
		workers.err = errors.Join(workers.err, fmt.Errorf("the job %s cannot come every %s: between a minute and a day", args.Kind(), interval))
		return
	}
	workers.periodic = append(workers.periodic, river.NewPeriodicJob(aligned(interval),
		func() (river.JobArgs, *river.InsertOpts) {
			return args, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: interval}}
		},
		&river.PeriodicJobOpts{RunOnStart: true}))
}

// aligned is a schedule that does not drift with restarts.
type aligned time.Duration

// Next implements river.PeriodicSchedule.
func (a aligned) Next(now time.Time) time.Time {
	return now.Truncate(time.Duration(a)).Add(time.Duration(a))
}

// worker is River's view of a function.
type worker[T Args] struct {
	river.WorkerDefaults[T]
	settings

	runner *Runner
	work   func(ctx context.Context, args T) error
}

// Timeout implements river.Worker.
func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.within }

// Work implements river.Worker.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	began := time.Now()
	err := w.contained(context.WithValue(ctx, lastKey{}, job.Attempt >= job.MaxAttempts), job.Args)
	w.runner.report(ctx, job.JobRow, time.Since(began), err)
	return err
}

// lastKey is under which a job's context says that it will not be tried again.
type lastKey struct{}

// LastAttempt reports, within a worker, whether the job is given up when it fails now: what the job
// was for may then be told so.
func LastAttempt(ctx context.Context) bool {
	last, _ := ctx.Value(lastKey{}).(bool)
	return last
}

// contained makes a panic an error that says where.
func (w *worker[T]) contained(ctx context.Context, args T) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
		}
	}()
	return w.work(ctx, args)
}

// report writes down how an attempt went: what failed for the last time is an error that somebody
// should look at, what will be tried again a warning.
func (r *Runner) report(ctx context.Context, job *rivertype.JobRow, took time.Duration, err error) {
	outcome := "done"
	about := []any{"kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "took", took.Round(time.Millisecond).String()}
	switch {
	case err == nil:
		r.log.DebugContext(ctx, "a job is done", about...)
	case job.Attempt >= job.MaxAttempts:
		outcome = "given up"
		r.log.ErrorContext(ctx, "a job failed for the last time and is given up", append(about, "error", err)...)
	default:
		outcome = "failed"
		r.log.WarnContext(ctx, "a job failed and will be tried again", append(about, "error", err)...)
	}
	r.worked.WithLabelValues(job.Kind, outcome).Observe(took.Seconds())
	if r.failed != nil && err != nil {
		r.failed(fmt.Errorf("job %d of the kind %s, attempt %d: %w", job.ID, job.Kind, job.Attempt, err))
	}
}
