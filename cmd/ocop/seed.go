package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/services/demonstration"
)

type seedCommand struct {
	Settings  settings `embed:""`
	Demo      bool     `help:"Load the demonstration data into an empty marketplace."`
	Products  int      `help:"Generate this many products, each with an offer." placeholder:"N"`
	Inquiries int      `help:"Generate this many open inquiries." placeholder:"M"`
	Postings  int      `help:"Generate trade of at least this many movements of volume." placeholder:"P"`
}

// Run loads or generates data; what is generated is fictional, marked so, and the same every time.
func (c *seedCommand) Run(t terminal) error {
	sizes := demonstration.Sizes{Products: c.Products, Inquiries: c.Inquiries, Postings: c.Postings}
	generate := sizes != demonstration.Sizes{}
	if c.Demo == generate {
		return usageError{errors.New("say either --demo or how much: --products N --inquiries M --postings P")}
	}
	return withServers(t, c.Settings, func(ctx context.Context, found *servers, log *slog.Logger) error {
		return migrate.Alone(ctx, found.ownerURL, prepareLock, log, func(ctx context.Context) error {
			return withDeps(ctx, found, func(deps demonstration.Deps) error {
				if generate {
					return demonstration.Generate(ctx, deps, sizes, t.err)
				}
				loaded, err := demonstration.Load(ctx, deps, t.err)
				if err == nil && !loaded {
					fmt.Fprintln(t.out, "The marketplace is not empty: nothing was loaded.")
				}
				return err
			})
		})
	})
}

// withDeps connects with both roles for as long as work needs them.
func withDeps(ctx context.Context, found *servers, work func(deps demonstration.Deps) error) (err error) {
	db, err := postgres.Open(ctx, postgres.Config{URL: found.hastyURL(), MaxConns: 4})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkSchema(ctx, db); err != nil {
		return err
	}
	owner, err := postgres.Open(ctx, postgres.Config{URL: found.ownerURL, MaxConns: 4, StatementTimeout: offlineStatement})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, owner.Close()) }()
	return work(demonstration.Deps{DB: db, Owner: owner})
}
