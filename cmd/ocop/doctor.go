package main

import (
	"context"
	"encoding/json"
	"fmt"

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
		found, err := monitor.Doctor(ctx, monitor.Deps{DB: db})
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
	for _, check := range found.Checks {
		fmt.Fprintf(t.err, "%-30s %9d examined, %d findings\n", check.Name, check.Examined, check.Findings)
	}
	if found.Healthy() {
		fmt.Fprintln(t.out, "All is well.")
	}
	return nil
}
