package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/monitor"
)

type doctorCommand struct {
	Settings settings `embed:""`
	JSON     bool     `help:"The whole examination as JSON."`
}

// Run examines the whole database and ends with 1 when a promise is broken; warnings do not count.
func (c *doctorCommand) Run(t terminal) error {
	return withDatabase(t, c.Settings, func(ctx context.Context, db *postgres.DB) error {
		found, err := monitor.Doctor(ctx, monitor.Deps{DB: db, Watch: c.watch(t)})
		if err != nil {
			return err
		}
		if err := c.print(t, found); err != nil {
			return err
		}
		if !found.Healthy() {
			return exitError(exitFailed)
		}
		return nil
	})
}

// watch tells of each part as it ends.
func (c *doctorCommand) watch(t terminal) func(monitor.Check) {
	return func(check monitor.Check) {
		fmt.Fprintf(t.err, "%-30s %10d examined, %d findings, %s\n", check.Name, check.Examined, check.Findings, check.Took.Round(time.Millisecond))
	}
}

func (c *doctorCommand) print(t terminal, found monitor.Examination) error {
	if c.JSON {
		encoder := json.NewEncoder(t.out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(found); err != nil {
			return fmt.Errorf("writing the findings: %w", err)
		}
		return nil
	}
	for _, finding := range found.Findings {
		fmt.Fprintln(t.out, finding)
	}
	if found.Healthy() {
		fmt.Fprintln(t.out, "All is well.")
	}
	return nil
}
