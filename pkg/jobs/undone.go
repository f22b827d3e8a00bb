package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Stage is how far a job is that is not done.
type Stage string

// The stages. A job that failed waits to be tried again; one that was given up is not tried any more.
const (
	Waits    Stage = "waits"
	Runs     Stage = "runs"
	Again    Stage = "again"
	Forsaken Stage = "forsaken"
)

// Undone is a job of arguments T that is not done.
type Undone[T Args] struct {
	Args  T
	Stage Stage
	// Since is when it was added, or when the attempt began that runs.
	Since time.Time
}

// UndoneOf lists the jobs of arguments T that are not done, the oldest first, with those that were given up so
// lately; at most limit of them. It is for showing how far something is: what is done next may be another.
func UndoneOf[T Args](ctx context.Context, reader postgres.Reader, lately time.Duration, limit int) ([]Undone[T], error) {
	//nolint:misspell // a column of River's
	const query = `
		SELECT args, CASE WHEN CAST(state AS text) = 'running' THEN 'runs' WHEN CAST(state AS text) = 'discarded' THEN 'forsaken' WHEN attempt > 0 THEN 'again'
		                  ELSE 'waits' END AS stage,
		       CASE WHEN CAST(state AS text) = 'running' THEN attempted_at ELSE created_at END AS since
		  FROM jobs.river_job
		 WHERE kind = $1 AND (CAST(state AS text) IN ('available', 'pending', 'scheduled', 'running', 'retryable')
		                      OR CAST(state AS text) = 'discarded' AND finalized_at >= clock_timestamp() - make_interval(secs => $2))
		 ORDER BY id LIMIT $3`
	var args T
	var rows []struct {
		Args  postgres.JSON[T] `db:"args"`
		Stage Stage            `db:"stage"`
		Since time.Time        `db:"since"`
	}
	if err := reader.Select(ctx, &rows, query, args.Kind(), lately.Seconds(), limit); err != nil {
		return nil, fmt.Errorf("listing jobs of %s: %w", args.Kind(), err)
	}
	undone := make([]Undone[T], len(rows))
	for at, row := range rows {
		undone[at] = Undone[T]{Args: row.Args.V, Stage: row.Stage, Since: row.Since}
	}
	return undone, nil
}
