package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// work runs the workers until ctx ends and returns when all have ended. What fails is logged and
// tried again at the worker's next turn.
func work(ctx context.Context, workers []worker, log *slog.Logger) {
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() { w.loop(ctx, log) })
	}
	all.Wait()
}

func (w worker) loop(ctx context.Context, log *slog.Logger) {
	turn := time.NewTicker(w.every)
	defer turn.Stop()
	failing := false
	for {
		more, err := w.run(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			// Once, not twice a second for as long as the database is away.
			log.WarnContext(ctx, "a worker failed and tries again", "worker", w.name, "error", err)
			failing = true
		case err == nil && failing:
			log.InfoContext(ctx, "a worker works again", "worker", w.name)
			failing = false
		}
		if more && err == nil {
			continue
		}
		select {
		case <-turn.C:
		case <-ctx.Done():
			return
		}
	}
}
