package embedded

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStartGivesADatabaseAndTakesItAway(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testFolder(t), "made", "on demand")
	first := start(t, testOptions(dir))
	require.False(t, first.Joined)
	require.False(t, first.RedisStandIn)
	require.Contains(t, first.OwnerURL, "sslmode=disable")
	require.Contains(t, first.AppURL, "connect_timeout=5")
	requireUp(t, first)

	require.Equal(t, "UTF8", query(t, first.AppURL, "SHOW server_encoding"))
	require.Equal(t, "off", query(t, first.AppURL, "SHOW fsync"))
	require.Equal(t, "127.0.0.1", query(t, first.AppURL, "SHOW listen_addresses"))
	require.Equal(t, "shop_owner", query(t, first.OwnerURL,
		"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"))
	require.NoError(t, execute(t, first.OwnerURL, "CREATE EXTENSION pg_trgm"), "the owner may add trusted extensions")
	require.NoError(t, execute(t, first.OwnerURL, "CREATE EXTENSION unaccent"))
	require.NoError(t, execute(t, first.OwnerURL, "CREATE TABLE note (text text)"))
	require.NoError(t, execute(t, first.OwnerURL, "INSERT INTO note VALUES ('kept')"))
	require.Error(t, execute(t, first.AppURL, "CREATE TABLE mine (text text)"), "the application's role owns nothing")
	require.Error(t, execute(t, first.AppURL, "SELECT text FROM note"))

	info, err := os.Stat(filepath.Join(dir, "run", "servers.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "passwords are for the owner's eyes")

	stop(t, first)
	stop(t, first) // twice does no harm
	requireDown(t, first)

	second := start(t, testOptions(dir))
	require.Equal(t, "kept", query(t, second.OwnerURL, "SELECT text FROM note"))
}

func TestTheLastToLeaveEndsTheServers(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	first := start(t, testOptions(dir))
	second := start(t, testOptions(dir))
	require.True(t, second.Joined)
	require.Equal(t, first.OwnerURL, second.OwnerURL)
	require.Equal(t, first.RedisURL, second.RedisURL)
	for _, pid := range []int{first.state.Postgres.PID, first.state.Redis.PID} {
		group, err := syscall.Getpgid(pid)
		require.NoError(t, err)
		require.Equal(t, pid, group, "a terminal's Ctrl-C must not reach the servers")
	}
	require.True(t, isRedis(first.state.Redis.PID, filepath.Join(dir, "redis")))
	require.False(t, isRedis(first.state.Redis.PID, filepath.Join(testFolder(t), "redis")), "somebody else's is not ours")

	stop(t, first)
	requireUp(t, second)

	// While another uses them, the servers are not bent to other wishes.
	other := testOptions(dir)
	other.DatabaseName = "other"
	_, err := Start(t.Context(), other)
	require.ErrorContains(t, err, "in use for the database shop")
	requireUp(t, second)

	stop(t, second)
	requireDown(t, second)
}

func TestStartAtTheSameTime(t *testing.T) {
	t.Parallel()
	dir := testFolder(t)
	const processes = 4
	started := make(chan *Servers, processes)
	for range processes {
		go func() {
			servers, err := Start(context.Background(), testOptions(dir))
			if err != nil {
				t.Error(err)
			}
			started <- servers
		}()
	}
	joined := 0
	all := make([]*Servers, 0, processes)
	for range processes {
		servers := <-started
		require.NotNil(t, servers)
		if servers.Joined {
			joined++
		}
		all = append(all, servers)
	}
	require.Equal(t, processes-1, joined, "one starts, the others join")
	for _, servers := range all {
		requireUp(t, servers)
		stop(t, servers)
	}
	requireDown(t, all[0])
}

func TestACancelledStartLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := testFolder(t)
	// Spread over what a start does: making the data, PostgreSQL, Redis.
	for _, after := range []time.Duration{1 * time.Millisecond, 300 * time.Millisecond, 900 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		servers, err := Start(ctx, testOptions(dir))
		cancel()
		if err == nil {
			stop(t, servers)
		}
		c := &cluster{data: filepath.Join(dir, "postgres")}
		_, running := c.running()
		require.False(t, running, "cancelled after %s", after)
	}
	requireUp(t, start(t, testOptions(dir)))
}

func TestStartWithoutPostgres(t *testing.T) {
	t.Parallel()
	opts := testOptions(testFolder(t))
	opts.programs = programs{path: t.TempDir(), folders: []string{filepath.Join(t.TempDir(), "*/bin")}}
	_, err := Start(t.Context(), opts)
	require.ErrorIs(t, err, ErrNotInstalled)
	require.ErrorContains(t, err, "apt-get install postgresql")
	require.ErrorContains(t, err, "dnf install postgresql-server")
	require.ErrorContains(t, err, "brew install postgresql")
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(testFolder(t), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	otherVersion := testFolder(t)
	require.NoError(t, os.Mkdir(filepath.Join(otherVersion, "postgres"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(otherVersion, "postgres", "PG_VERSION"), []byte("9\n"), 0o600))
	foreign := testFolder(t)
	require.NoError(t, os.Mkdir(filepath.Join(foreign, "postgres"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "postgres", "diary.txt"), []byte("dear"), 0o600))
	installed, err := usualPrograms().postgres(0)
	require.NoError(t, err)

	for name, test := range map[string]struct {
		dir  string
		says []string
	}{
		"no folder":             {"", []string{"no folder"}},
		"a file in the way":     {file, []string{"is a file"}},
		"a file above":          {filepath.Join(file, "var"), []string{"is a file"}},
		"too long a path":       {filepath.Join(testFolder(t), string(make([]byte, 1000))), []string{"too long"}},
		"a line break":          {testFolder(t) + "/a\nb", []string{"control character"}},
		"another major version": {otherVersion, []string{"made by PostgreSQL 9", "version " + strconv.Itoa(installed.major)}},
		"somebody's files":      {foreign, []string{"neither empty nor a PostgreSQL data folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers, err := Start(t.Context(), testOptions(test.dir))
			require.Nil(t, servers)
			for _, text := range test.says {
				require.ErrorContains(t, err, text)
			}
		})
	}

	opts := testOptions(testFolder(t))
	opts.AppRole = `x"; DROP`
	_, err = Start(t.Context(), opts)
	require.ErrorContains(t, err, "cannot be the name")
}

func TestReachable(t *testing.T) {
	t.Parallel()
	home := filepath.Join(testFolder(t), "home")
	require.NoError(t, os.Mkdir(home, 0o700))
	stranger := account{name: "stranger", uid: 54321, gid: 54321, other: true}
	err := stranger.reaches(filepath.Join(home, "not", "there", "yet"))
	require.ErrorIs(t, err, ErrUnreachable)
	require.ErrorContains(t, err, home)
	require.NoError(t, os.Chmod(home, 0o711))
	require.NoError(t, stranger.reaches(filepath.Join(home, "not", "there", "yet")))
	require.NoError(t, account{}.reaches("/proc/1/fd"), "who does not step down meets no new wall")
}
