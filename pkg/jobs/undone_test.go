package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
)

// How far a job is can be told from when it is added until it is done or given up.
func TestWhatIsNotDoneTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	db := open(t)
	stages := func(lately time.Duration) map[string]jobs.Stage {
		undone, err := jobs.UndoneOf[weigh](t.Context(), db, lately, 10)
		require.NoError(t, err)
		found := map[string]jobs.Stage{}
		for _, each := range undone {
			found[each.Args.Crab] = each.Stage
			require.WithinDuration(t, time.Now(), each.Since, time.Minute)
		}
		return found
	}
	add(t, db, weigh{"once"}, jobs.Attempts(1))
	add(t, db, weigh{"twice"}, jobs.Attempts(2))
	add(t, db, weigh{"done"})
	require.Equal(t, map[string]jobs.Stage{"once": jobs.Waits, "twice": jobs.Waits, "done": jobs.Waits}, stages(time.Hour))

	workers := jobs.NewWorkers()
	jobs.AddWorker(workers, func(_ context.Context, args weigh) error {
		if args.Crab == "done" {
			return nil
		}
		if running := stages(time.Hour)[args.Crab]; running != jobs.Runs {
			return errors.New("it runs and is told of as " + string(running))
		}
		return errors.New("too heavy")
	})
	require.ErrorContains(t, jobs.Drain(t.Context(), db, workers), "too heavy")
	require.Equal(t, map[string]jobs.Stage{"once": jobs.Forsaken, "twice": jobs.Again}, stages(time.Hour))
	require.Equal(t, map[string]jobs.Stage{"twice": jobs.Again}, stages(0), "given up before that")
}
