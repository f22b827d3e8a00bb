package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"text/tabwriter"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/services/demonstration"
)

// prepareLock keeps apart those who write to a database before it is served.
const prepareLock = "ocop prepare"

// prepare makes the database ready to be served: with --embedded or on private servers by doing
// what there is to do, one process at a time; otherwise by refusing what is not ready.
func (s *server) prepare(ctx context.Context) error {
	if !s.Embedded && !s.found.private {
		return checkDatabase(ctx, s.found.appURL)
	}
	if !s.found.private {
		if err := checkOwner(ctx, s.found.ownerURL); err != nil {
			return err
		}
	}
	return migrate.Alone(ctx, s.found.ownerURL, prepareLock, s.log, func(ctx context.Context) error {
		if err := install(ctx, s.found, s.log); err != nil {
			return err
		}
		if !s.Demonstration {
			return nil
		}
		return withDeps(ctx, s.found, func(deps demonstration.Deps) error {
			_, err := demonstration.Load(ctx, deps, s.err)
			return err
		})
	})
}

// checkDatabase refuses a database that this program cannot serve.
func checkDatabase(ctx context.Context, address string) (err error) {
	db, err := postgres.Open(ctx, postgres.Config{URL: address, MaxConns: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkEncoding(ctx, db); err != nil {
		return err
	}
	return checkSchema(ctx, db)
}

// checkOwner refuses a foreign database that holds tables of something else.
func checkOwner(ctx context.Context, address string) (err error) {
	db, err := postgres.Open(ctx, postgres.Config{URL: address, MaxConns: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const query = `
		SELECT count(*) FROM pg_tables
		 WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND to_regclass('public.goose_db_version') IS NULL`
	var strange int
	if err := db.Get(ctx, &strange, query); err != nil {
		return err
	}
	if strange > 0 {
		return fmt.Errorf("the database holds %d tables that are not the marketplace's: --embedded prepares an empty database or its own", strange)
	}
	return nil
}

// readiness tells whether requests can be served: not before the database is prepared, and only
// while it answers.
type readiness struct {
	ping atomic.Pointer[func(ctx context.Context) error]
}

func (r *readiness) open(ping func(ctx context.Context) error) { r.ping.Store(&ping) }

func (r *readiness) check(ctx context.Context) error {
	if ping := r.ping.Load(); ping != nil {
		return (*ping)(ctx)
	}
	return errPreparing
}

// signIns are the people of the demonstration that a visitor may be.
const signIns = `producer@ocop.example	a producer of shrimp with ASC certificates
producer2@ocop.example	a producer whose ASC certificate has lapsed
producer3@ocop.example	a rice cooperative
buyer@ocop.example	a supermarket chain
buyer2@ocop.example	a chain of convenience stores
official.camau@ocop.example	the trade department of Cà Mau
official.tphcm@ocop.example	the trade department of Ho Chi Minh City
admin@ocop.example	the platform's administrator
`

// welcome prints where the service is and, with demonstration data, who may sign in.
func welcome(ctx context.Context, out io.Writer, db postgres.Reader, url string) error {
	loaded, err := demonstration.Loaded(ctx, db)
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "\nThe marketplace is open at %s (documentation: %s/docs)\n", url, url)
	if loaded {
		fmt.Fprintf(&text, "\n%s. Sign in with the password %s as\n", demonstration.Notice, demonstration.Password)
		table := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
		for line := range strings.Lines(signIns) {
			fmt.Fprint(table, "  ", line)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("writing the sign-ins: %w", err)
		}
	}
	text.WriteString("\nStop with Ctrl-C.\n")
	if _, err := io.WriteString(out, text.String()); err != nil {
		return fmt.Errorf("writing the address: %w", err)
	}
	return nil
}
