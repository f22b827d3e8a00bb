package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ocop-market/ocop/pkg/postgres"
)

func newWorked() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "ocop_job_duration_seconds",
		Help:    "How long attempts at jobs took, by kind and outcome (done, failed, given up).",
		Buckets: []float64{.005, .025, .1, .5, 1, 5, 15, 60, 300, 1800},
	}, []string{"kind", "outcome"})
}

// waiting tells, when asked, how many jobs there are that are not done.
type waiting struct {
	db  *postgres.DB
	log *slog.Logger
}

// scrape bounds what a reading of the metrics may wait for the database.
const scrape = 2 * time.Second

func (waiting) description() *prometheus.Desc {
	return prometheus.NewDesc("ocop_jobs", "Jobs that are not done, by kind and state; discarded ones were given up.", []string{"kind", "state"}, nil)
}

// Describe implements prometheus.Collector.
func (w waiting) Describe(into chan<- *prometheus.Desc) { into <- w.description() }

// Collect implements prometheus.Collector. While the database is away there are no figures.
func (w waiting) Collect(into chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrape)
	defer cancel()
	const query = `
		SELECT kind, CAST(state AS text) AS state, count(*) AS n FROM jobs.river_job
		 WHERE state IN ('available', 'pending', 'scheduled', 'running', 'retryable', 'discarded')
		 GROUP BY kind, state`
	var rows []struct {
		Kind  string `db:"kind"`
		State string `db:"state"`
		N     int64  `db:"n"`
	}
	if err := w.db.Select(ctx, &rows, query); err != nil {
		w.log.DebugContext(ctx, "jobs could not be counted", "error", err)
		return
	}
	for _, row := range rows {
		into <- prometheus.MustNewConstMetric(w.description(), prometheus.GaugeValue, float64(row.N), row.Kind, row.State)
	}
}

// Failure is a kind of job of which some were given up.
type Failure struct {
	Kind string `db:"kind"`
	// Jobs were given up; the newest is Last, with what it failed of.
	Jobs   int64     `db:"jobs"`
	Last   time.Time `db:"last"`
	Reason string    `db:"reason"`
}

// GaveUp returns what was given up in the last ninety days, by kind.
func GaveUp(ctx context.Context, reader postgres.Reader) ([]Failure, error) {
	//nolint:misspell // a column of River's
	const query = `
		SELECT kind, count(*) AS jobs, max(finalized_at) AS last,
		       coalesce((array_agg(left(errors[array_upper(errors, 1)] ->> 'error', 200) ORDER BY finalized_at DESC))[1], '') AS reason
		  FROM jobs.river_job WHERE state = 'discarded' GROUP BY kind ORDER BY kind`
	failures := []Failure{}
	err := reader.Select(ctx, &failures, query)
	return failures, err
}
