package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/ocop-market/ocop/deploy"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/services/reference"
)

type migrateCommand struct {
	Settings settings `embed:""`
	Status   bool     `help:"Only list the migrations and whether the database has them."`
}

// Run migrates as the owner of the database, or says what there is to do.
func (c *migrateCommand) Run(t terminal) error {
	return withServers(t, c.Settings, func(ctx context.Context, found *servers, log *slog.Logger) error {
		if c.Status {
			return printStatus(t, found)
		}
		if err := install(ctx, found, log); err != nil {
			return err
		}
		fmt.Fprintln(t.out, "The database is up to date.")
		return nil
	})
}

func printStatus(t terminal, found *servers) (err error) {
	migrations, err := deploy.Migrations()
	if err != nil {
		return err
	}
	owner, err := postgres.Open(t.ctx, postgres.Config{URL: found.ownerURL, MaxConns: 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, owner.Close()) }()
	all, err := migrate.Status(t.ctx, owner, migrations)
	if err != nil {
		return err
	}
	for _, migration := range all {
		state := "pending"
		if migration.Applied {
			state = "applied"
		}
		fmt.Fprintf(t.out, "%s  %s\n", state, migration.Name)
	}
	current, err := jobs.Current(t.ctx, owner)
	if err != nil {
		return err
	}
	state := "pending"
	if current {
		state = "applied"
	}
	fmt.Fprintf(t.out, "%s  tables of jobs, version %d of River's\n", state, jobs.Version)
	return nil
}

// install brings the database up to this program: schema, rights, reference facts. It may be
// repeated, and several processes may do it at once.
func install(ctx context.Context, found *servers, log *slog.Logger) (err error) {
	migrations, err := deploy.Migrations()
	if err != nil {
		return err
	}
	owner, err := postgres.Open(ctx, postgres.Config{URL: found.ownerURL, MaxConns: 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, owner.Close()) }()
	if err := checkEncoding(ctx, owner); err != nil {
		return err
	}
	if err := migrate.Up(ctx, found.ownerURL, migrations, log); err != nil {
		return err
	}
	if err := jobs.Migrate(ctx, found.ownerURL, log); err != nil {
		return err
	}
	if err := grant(ctx, owner, found, log); err != nil {
		return err
	}
	return reference.Load(ctx, owner)
}

// grant gives the service's role its rights, where it is another than the owner.
func grant(ctx context.Context, owner *postgres.DB, found *servers, log *slog.Logger) error {
	role, err := roleOf(found.appURL)
	if err != nil {
		return err
	}
	ownRole, err := roleOf(found.ownerURL)
	if err != nil {
		return err
	}
	if role == ownRole {
		log.WarnContext(ctx, "the service uses the owner's role: history is protected by seals only, not by rights; see OCOP_OWNER_DATABASE_URL", "role", role)
		return nil
	}
	script, err := deploy.Grants()
	if err != nil {
		return err
	}
	return migrate.Grant(ctx, owner, script, role)
}

// checkSchema refuses a database that lacks migrations of this program.
func checkSchema(ctx context.Context, db *postgres.DB) error {
	migrations, err := deploy.Migrations()
	if err != nil {
		return err
	}
	pending, err := migrate.Pending(ctx, db, migrations)
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return fmt.Errorf("the database is older than this program: it lacks %d migrations, the first is %s; run: ocop migrate", len(pending), pending[0].Name)
	}
	current, err := jobs.Current(ctx, db)
	if err == nil && !current {
		err = errors.New("the database is older than this program: its tables of jobs are; run: ocop migrate")
	}
	return err
}
