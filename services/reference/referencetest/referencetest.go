// Package referencetest lends tests a migrated database that holds the reference facts.
package referencetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/deploy"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/services/reference"
)

// Database is a lent database seen by both roles.
type Database struct {
	// Lent has the addresses of the two below.
	pgtest.Lent

	// App is how the service sees it, Owner how migrations do.
	App, Owner *postgres.DB
	// Book holds the reference facts.
	Book *reference.Book
}

// Lend returns a database of the test's own: migrated, granted, with reference facts.
func Lend(t testing.TB) *Database {
	t.Helper()
	fingerprint, err := deploy.Fingerprint()
	require.NoError(t, err)
	facts, err := reference.Fingerprint()
	require.NoError(t, err)
	lent := pgtest.Lend(t, pgtest.Template{Fingerprint: fmt.Sprintf("%s%s_%d", fingerprint, facts, jobs.Version), Prepare: prepare})
	database := &Database{Lent: lent, App: pgtest.Open(t, lent.AppURL), Owner: pgtest.Open(t, lent.OwnerURL)}
	database.Book, err = reference.Open(context.Background(), database.App)
	require.NoError(t, err)
	return database
}

// DB is Lend for tests that need only the service's view.
func DB(t testing.TB) *postgres.DB {
	t.Helper()
	return Lend(t).App
}

func prepare(ctx context.Context, ownerURL, role string) error {
	migrations, err := deploy.Migrations()
	if err != nil {
		return err
	}
	if err := migrate.Up(ctx, ownerURL, migrations, nil); err != nil {
		return err
	}
	if err := jobs.Migrate(ctx, ownerURL, nil); err != nil {
		return err
	}
	owner, err := postgres.Open(ctx, postgres.Config{URL: ownerURL, MaxConns: 2})
	if err != nil {
		return err
	}
	defer owner.Close() // the template is complete or the caller reports why not
	script, err := deploy.Grants()
	if err != nil {
		return err
	}
	if err := migrate.Grant(ctx, owner, script, role); err != nil {
		return err
	}
	return reference.Load(ctx, owner)
}
