package embedded

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServersOfAKilledProcessAreAdopted(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	left, process := servedByOther(t, dir)
	require.NoError(t, execute(t, left.OwnerURL, "CREATE TABLE note (text text)"))
	require.NoError(t, execute(t, left.OwnerURL, "INSERT INTO note VALUES ('kept')"))
	_, err := askRedis(t.Context(), redisAt(t, left.RedisURL), "SET", "k", "v")
	require.NoError(t, err)
	require.NoError(t, process.Process.Kill())
	require.Error(t, process.Wait())
	requireUp(t, left)

	adopted := start(t, testOptions(dir))
	require.True(t, adopted.Joined)
	require.Equal(t, left.OwnerURL, adopted.OwnerURL)
	require.Equal(t, "kept", query(t, adopted.OwnerURL, "SELECT text FROM note"))
	value, err := askRedis(t.Context(), redisAt(t, adopted.RedisURL), "GET", "k")
	require.NoError(t, err)
	require.Equal(t, "v", value, "the same Redis, not a new one")
	stop(t, adopted)
	requireDown(t, adopted)
}

func TestAKilledPostgresIsRestarted(t *testing.T) {
	t.Parallel()
	opts := testOptions(preparedFolder(t))
	opts.Fsync = true
	user := start(t, opts)
	require.Equal(t, "on on on", query(t, user.AppURL,
		"SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit') || ' ' || current_setting('full_page_writes')"))
	require.NoError(t, execute(t, user.OwnerURL, "CREATE TABLE note (text text)"))
	kill(t, user.state.Postgres.PID)

	second := start(t, opts)
	require.False(t, second.Joined)
	require.Equal(t, user.OwnerURL, second.OwnerURL, "the first user's pool finds it again")
	require.Equal(t, "0", query(t, user.OwnerURL, "SELECT count(text) FROM note"))
}

func TestAHangingRedisIsReplaced(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	user := start(t, testOptions(dir))
	require.NoError(t, syscall.Kill(user.state.Redis.PID, syscall.SIGSTOP))
	second := start(t, testOptions(dir))
	require.Equal(t, user.RedisURL, second.RedisURL)
	require.False(t, isRunning(user.state.Redis.PID))
	requireUp(t, second)
}

func TestAKilledRedisIsRestarted(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	user := start(t, testOptions(dir))
	kill(t, user.state.Redis.PID)

	second := start(t, testOptions(dir))
	require.True(t, second.Joined, "PostgreSQL went on")
	require.Equal(t, user.RedisURL, second.RedisURL, "the first user's client finds it again")
	requireUp(t, user)
	stop(t, second)
	requireUp(t, user)
	stop(t, user) // it must end a Redis it did not start
	requireDown(t, user)
}

func TestAStalePidFileHeals(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	// The id now belongs to a living process which is no PostgreSQL. (PostgreSQL itself sees through
	// the id of its parent, so it must not be this process.)
	sleeper := exec.CommandContext(t.Context(), "sleep", "300")
	require.NoError(t, sleeper.Start())
	t.Cleanup(func() { _ = sleeper.Wait() })
	pid := strconv.Itoa(sleeper.Process.Pid)
	stale := strings.Join([]string{pid, filepath.Join(dir, "postgres"), "1700000000", "5432", "", "127.0.0.1", "0 0", "ready", ""}, "\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres", "postmaster.pid"), []byte(stale), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "redis", "redis.pid"), []byte(pid), 0o600))
	// So does what is left of a creation that was interrupted.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "postgres.new-1"), 0o700))

	healed := start(t, testOptions(dir))
	require.False(t, healed.Joined)
	requireUp(t, healed)
	require.True(t, isRunning(sleeper.Process.Pid), "nobody is signalled on the word of a pid file")
}

func TestAnUnreadableStateHeals(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	path := filepath.Join(dir, "run", "servers.json")
	spoil := func() { require.NoError(t, os.WriteFile(path, []byte(`{"database": "sh`), 0o600)) }

	user := start(t, testOptions(dir))
	require.NoError(t, execute(t, user.OwnerURL, "CREATE TABLE note (text text)"))
	require.NoError(t, execute(t, user.OwnerURL, "INSERT INTO note VALUES ('kept')"))
	spoil()
	_, err := Start(t.Context(), testOptions(dir))
	require.ErrorContains(t, err, "another process uses the servers", "nobody's passwords change under his hands")
	requireUp(t, user)

	stop(t, user)
	requireDown(t, user)
	healed := start(t, testOptions(dir))
	require.Equal(t, "kept", query(t, healed.OwnerURL, "SELECT text FROM note"))
	require.NotEqual(t, user.state.Owner.Password, healed.state.Owner.Password)
	stop(t, healed)

	left, process := servedByOther(t, dir)
	require.NoError(t, process.Process.Kill())
	require.Error(t, process.Wait())
	spoil()
	restarted := start(t, testOptions(dir))
	require.False(t, restarted.Joined)
	require.Equal(t, "kept", query(t, restarted.OwnerURL, "SELECT text FROM note"))
	require.NotEqual(t, left.RedisURL, restarted.RedisURL)
	require.False(t, listens(port(t, left.RedisURL)) && port(t, left.RedisURL) != port(t, restarted.RedisURL), "the old Redis was ended")
}

func TestForeignDataLearnsThePasswords(t *testing.T) {
	t.Parallel()
	dir, other := preparedFolder(t), preparedFolder(t)
	require.NoError(t, os.Remove(folder{dir: other}.state()))
	stop(t, start(t, testOptions(other))) // with passwords of its own now
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "postgres")))
	require.NoError(t, os.Rename(filepath.Join(other, "postgres"), filepath.Join(dir, "postgres")))
	requireUp(t, start(t, testOptions(dir)))
}

func TestTheFolderRemovedUnderRunningServers(t *testing.T) {
	t.Parallel()
	dir := preparedFolder(t)
	user := start(t, testOptions(dir))
	require.NoError(t, os.RemoveAll(dir))
	stop(t, user)
	requireDown(t, user)
}
