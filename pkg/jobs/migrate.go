package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
)

// Version is that of the tables this program needs. River brings its migrations with it; a newer
// River that has more moves this number in the change that takes it.
const Version = 7

// longest is what one migration may take.
const longest = 30 * time.Minute

// Migrate makes or brings up the tables of jobs, as the owner. It may be repeated, and several
// processes may do it at once. A nil log means nobody listens.
func Migrate(ctx context.Context, ownerURL string, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return migrate.Alone(ctx, ownerURL, "ocop jobs", log, func(ctx context.Context) (err error) {
		owner, err := postgres.Open(ctx, postgres.Config{URL: ownerURL, MaxConns: 2, StatementTimeout: longest})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, owner.Close()) }()
		found, err := version(ctx, owner)
		if err != nil || found >= Version {
			return err
		}
		const schema = `CREATE SCHEMA IF NOT EXISTS jobs`
		if _, err := owner.Exec(ctx, schema); err != nil {
			return err
		}
		return up(ctx, owner, log)
	})
}

func up(ctx context.Context, owner *postgres.DB, log *slog.Logger) error {
	migrator, err := rivermigrate.New(riverdatabasesql.New(owner.Pool()), &rivermigrate.Config{
		Schema: Schema, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fmt.Errorf("reading the migrations of jobs: %w", err)
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: Version})
	if err != nil {
		return fmt.Errorf("migrating the tables of jobs: %w", err)
	}
	for _, each := range result.Versions {
		log.InfoContext(ctx, "migrated", "migration", fmt.Sprintf("jobs %d (%s)", each.Version, each.Name), "took", each.Duration.Round(time.Millisecond).String())
	}
	return nil
}

// Current reports whether the tables are what this program needs. Any role that may read the
// table of River's migrations may ask.
func Current(ctx context.Context, reader postgres.Reader) (bool, error) {
	found, err := version(ctx, reader)
	return found >= Version, err
}

// version is that of the tables; 0 means there are none.
func version(ctx context.Context, reader postgres.Reader) (int, error) {
	const exists = `SELECT to_regclass('jobs.river_migration') IS NOT NULL`
	var there bool
	if err := reader.Get(ctx, &there, exists); err != nil || !there {
		return 0, err
	}
	const query = `SELECT coalesce(max(version), 0) FROM jobs.river_migration`
	var found int
	err := reader.Get(ctx, &found, query)
	return found, err
}
