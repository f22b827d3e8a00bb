package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	// startAttempts bounds how often a start is repeated because somebody else took the port.
	startAttempts = 6
	// recoveryPatience bounds the wait for a PostgreSQL that replays its log after a crash.
	recoveryPatience = 5 * time.Minute
	recoveryNotice   = 3 * time.Second
	// stopPatience is how long PostgreSQL may take to stop before it is stopped harder.
	stopPatience = 20 * time.Second
)

// A cluster is one PostgreSQL data folder and the programs that serve it.
type cluster struct {
	bin     postgresBin
	data    string
	logPath string
	who     account
	fsync   bool
	log     *slog.Logger
}

// openCluster finds the programs for the data folder. The programs' version must be the data's.
func openCluster(f folder, opts Options, who account) (*cluster, error) {
	made, err := dataVersion(f.postgres())
	if err != nil {
		return nil, err
	}
	bin, err := opts.programs.postgres(made)
	if err != nil {
		return nil, err
	}
	if made != 0 && bin.major != made {
		return nil, fmt.Errorf("the data in %s was made by PostgreSQL %d, but the PostgreSQL found here (%s) is version %d: install PostgreSQL %d, or convert the data with pg_upgrade, or move the folder away to begin with an empty database",
			f.postgres(), made, bin.dir, bin.major, made)
	}
	return &cluster{bin: bin, data: f.postgres(), logPath: f.log("postgresql.log"), who: who, fsync: opts.Fsync, log: opts.Log}, nil
}

// dataVersion reads which major version made the data folder; 0 means that there is no data yet.
func dataVersion(data string) (int, error) {
	path := filepath.Join(data, "PG_VERSION")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, folderError(err)
	}
	version, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s does not hold a version but %q: the data folder is damaged; restore it from a backup or move it away to begin with an empty database", path, text)
	}
	return version, nil
}

// settings are the server's settings as command line arguments.
func (c *cluster) settings() []string {
	settings := []string{
		"unix_socket_directories=", // their paths must be shorter than many data folders' paths are
		"max_connections=200", "shared_buffers=256MB", "effective_cache_size=1GB", "random_page_cost=1.1",
		"jit=off", "timezone=UTC", "log_timezone=UTC", "lc_messages=C", "password_encryption=scram-sha-256",
		"logging_collector=off", "log_destination=stderr", "log_line_prefix=%m [%p] %q%u@%d ", "log_lock_waits=on",
	}
	if c.fsync {
		settings = append(settings, "checkpoint_timeout=15min", "max_wal_size=1GB", "log_min_duration_statement=1s")
	} else {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0", "min_wal_size=32MB", "max_wal_size=256MB")
	}
	args := make([]string, 0, 2*len(settings))
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// A postmaster is a PostgreSQL that runs on the data folder, as its postmaster.pid tells.
type postmaster struct {
	pid, port int
	ready     bool
}

// running finds the PostgreSQL that runs on our data folder, whoever started it.
func (c *cluster) running() (postmaster, bool) {
	p, ok := readPostmaster(filepath.Join(c.data, "postmaster.pid"))
	return p, ok && isServer(p.pid, c.data, "postgres", "postmaster")
}

// readPostmaster reads postmaster.pid: process, folder, start, port, socket folder, address, shared
// memory and status, one a line (miscadmin.h, LOCK_FILE_LINE_*).
func readPostmaster(path string) (postmaster, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return postmaster{}, false
	}
	p := postmaster{pid: pid}
	if len(lines) > 3 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3])) // 0 until it is written
	}
	p.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return p, true
}

// clearStalePidFile removes a postmaster.pid whose process is none of ours. PostgreSQL does so
// itself unless the id has meanwhile been given to another process, as is common in containers.
func (c *cluster) clearStalePidFile(ctx context.Context) error {
	path := filepath.Join(c.data, "postmaster.pid")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, ok := c.running(); ok {
		return nil
	}
	// In single-user mode the id is negative: a bootstrap whose parent was killed, about to end.
	if p, ok := readPostmaster(path); ok && p.pid < 0 && isServer(-p.pid, c.data, "postgres") {
		return terminate(ctx, -p.pid, stopPatience, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGKILL)
	}
	c.log.Warn("PostgreSQL was not stopped properly last time; it recovers now", "folder", c.data)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(err)
	}
	return nil
}

// start starts PostgreSQL and waits until it takes connections. The port is the preferred one if
// that is free.
func (c *cluster) start(ctx context.Context, preferred int) (postmaster, error) {
	if err := c.clearStalePidFile(ctx); err != nil {
		return postmaster{}, err
	}
	for attempt := 1; ; attempt++ {
		port, err := freePort(preferred)
		if err != nil {
			return postmaster{}, err
		}
		argv := append([]string{filepath.Join(c.bin.dir, "postgres"), "-D", c.data, "-c", "listen_addresses=127.0.0.1", "-p", strconv.Itoa(port)}, c.settings()...)
		server, err := spawn(c.who, c.data, c.logPath, "", argv...)
		if err != nil {
			return postmaster{}, err
		}
		found, err := c.awaitReady(ctx, server)
		if err == nil {
			return found, nil
		}
		said := server.said()
		taken := strings.Contains(said, "Address already in use")
		// The last sessions of a PostgreSQL that was killed need a moment to notice.
		lingering := strings.Contains(said, "pre-existing shared memory block")
		if ctx.Err() != nil || attempt == startAttempts || (!taken && !lingering) {
			return postmaster{}, err
		}
		if taken {
			preferred = 0
		}
		if err := pause(ctx, time.Duration(attempt)*100*time.Millisecond); err != nil {
			return postmaster{}, err
		}
	}
}

// awaitReady waits until the started server takes connections, and ends it if that does not come.
func (c *cluster) awaitReady(ctx context.Context, server *child) (postmaster, error) {
	err := c.await(ctx, server.hasEnded)
	if err == nil {
		found, _ := c.running()
		return found, nil
	}
	if server.hasEnded() {
		return postmaster{}, fmt.Errorf("PostgreSQL did not start; it said:\n%s\n(log: %s)", server.lastWords(), c.logPath)
	}
	return postmaster{}, errors.Join(err, terminate(ctx, server.pid, stopPatience, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL))
}

// await waits until the PostgreSQL on the data folder is ready.
func (c *cluster) await(ctx context.Context, gone func() bool) error {
	begun, told := time.Now(), false
	for {
		if found, ok := c.running(); ok && found.ready {
			return nil
		}
		if gone() {
			return fmt.Errorf("PostgreSQL ended before it was ready (log: %s)", c.logPath)
		}
		waited := time.Since(begun)
		if !told && waited > recoveryNotice {
			told = true
			c.log.Info("PostgreSQL is starting; after a crash it first replays its log", "log", c.logPath)
		}
		if waited > recoveryPatience {
			return fmt.Errorf("PostgreSQL was not ready after %s (log: %s)", recoveryPatience, c.logPath)
		}
		if err := pause(ctx, processPoll); err != nil {
			return fmt.Errorf("gave up waiting for PostgreSQL: %w", err)
		}
	}
}

// stop ends the PostgreSQL that runs on the data folder, if any: open sessions are cut, nothing
// committed is lost.
func (c *cluster) stop(ctx context.Context) error {
	found, ok := c.running()
	if !ok {
		return nil
	}
	return stopPostmaster(ctx, found.pid)
}

// stopPostmaster asks for a fast shutdown, then an immediate one.
func stopPostmaster(ctx context.Context, pid int) error {
	if err := terminate(ctx, pid, stopPatience, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL); err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	return nil
}

// verify proves that the server lets both roles in: that it is ours and the passwords are right.
func verify(ctx context.Context, s state) error {
	for _, who := range []login{s.Owner, s.App} {
		db, err := postgres.Open(ctx, postgres.Config{URL: s.postgresURL(who), MaxConns: 1})
		if err != nil {
			return fmt.Errorf("PostgreSQL on port %d does not let the role %s in: %w", s.Postgres.Port, who.Role, err)
		}
		if err := db.Close(); err != nil {
			return fmt.Errorf("PostgreSQL on port %d: %w", s.Postgres.Port, err)
		}
	}
	return nil
}
