package main

import (
	"context"

	"github.com/ocop-market/ocop/pkg/embedded"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

type privateCommand struct {
	Durable bool     `help:"Let commits survive a power cut, as in earnest: for measuring what they cost."`
	Command []string `arg:"" help:"The command and its arguments, after --." passthrough:""`
}

// Run starts servers in a temporary folder, runs the command with their addresses in its
// environment and leaves nothing behind. The exit code is the command's.
func (c *privateCommand) Run(t terminal) error {
	command := c.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	// Exec deals with signals itself, so the context must not end with them.
	code, err := embedded.Exec(context.WithoutCancel(t.ctx), embedded.Options{
		DatabaseName: databaseName, OwnerRole: ownerRole, AppRole: appRole, Fsync: c.Durable,
	}, command, testEnvironment)
	if err != nil {
		return err
	}
	if code != exitFine {
		return exitError(code)
	}
	return nil
}

// testEnvironment names the servers for tests. Addresses of other servers are taken away, lest a
// program under test works on somebody's data.
func testEnvironment(s *embedded.Servers) []string {
	return []string{
		pgtest.OwnerURL + "=" + s.OwnerURL,
		pgtest.AppURL + "=" + s.AppURL,
		pgtest.RedisURL + "=" + s.RedisURL,
		"OCOP_DATABASE_URL=", "DATABASE_URL=", "OCOP_OWNER_DATABASE_URL=", "OCOP_REDIS_URL=", "REDIS_URL=", "OCOP_DATA=",
	}
}
