package pgtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Pgbench is PostgreSQL's own load generator on a lent database: the floor beside which a
// benchmark measures a service in the same run, on the same server.
type Pgbench struct {
	program, script, address string
	clients                  int
}

// Pgbench prepares a load of so many clients, each repeating a script as the database's owner.
func (l Lent) Pgbench(t testing.TB, clients int, script string) *Pgbench {
	t.Helper()
	path := filepath.Join(t.TempDir(), "load.sql")
	require.NoError(t, os.WriteFile(path, []byte(script), 0o600))
	return &Pgbench{program: pgbenchProgram(t), script: path, address: l.OwnerURL, clients: clients}
}

// pgbenchProgram is the one in PATH, else the newest that a distribution keeps beside its server.
func pgbenchProgram(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	require.NoError(t, err)
	require.NotEmpty(t, found, "pgbench was not found: it comes with PostgreSQL (Debian: postgresql-contrib, PATH elsewhere)")
	return slices.Max(found)
}

// tps finds how many transactions a second pgbench did, the time to connect left out.
var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// PerSecond runs the load for a window and returns how many times a second the script ended.
func (p *Pgbench) PerSecond(t testing.TB, window time.Duration) float64 {
	t.Helper()
	seconds := max(1, int(window.Seconds()))
	clients := strconv.Itoa(p.clients)
	// Parse, bind and execute, as our driver does; nothing is prepared.
	command := exec.CommandContext(t.Context(), p.program, "--no-vacuum", "--protocol=extended", "--client="+clients,
		"--jobs=2", "--time="+strconv.Itoa(seconds), "--file="+p.script, p.address)
	var errors bytes.Buffer
	command.Stderr = &errors
	output, err := command.Output()
	require.NoError(t, err, errors.String())
	found := tps.FindSubmatch(output)
	require.NotNil(t, found, string(output))
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	require.NoError(t, err)
	return rate
}
