package files

import (
	"context"
	"time"

	"github.com/ocop-market/ocop/pkg/jobs"
)

// sweepEvery is how often what nobody holds is looked for.
const sweepEvery = time.Hour

// sweeping is the job that sweeps.
type sweeping struct{}

// Kind implements jobs.Args.
func (sweeping) Kind() string { return "files.sweep" }

// Jobs has the keeper swept every hour.
func (k *Keeper) Jobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ sweeping) error {
		_, err := k.Sweep(ctx)
		return err
	}, jobs.Within(sweepEvery/2))
	jobs.Every(workers, sweepEvery, sweeping{})
}
