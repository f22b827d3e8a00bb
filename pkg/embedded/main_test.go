package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// templateVariable names the folder that preparedFolder copies.
const templateVariable = "EMBEDDED_TEST_TEMPLATE"

// helperVariable makes the test binary play another process; its value says which part.
const helperVariable = "EMBEDDED_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperVariable) {
	case "serve":
		helpServe(os.Args[1])
	case "exec":
		helpExec(os.Args[1:])
	}
	template, err := makeTemplate()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(template)
		os.Exit(code)
	}))
}

// makeTemplate makes data once for all tests that are not about making it.
func makeTemplate() (string, error) {
	dir, err := os.MkdirTemp(temporaryRoot(), "embedded-test-")
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Setenv(templateVariable, dir)); err != nil {
		return "", err
	}
	servers, err := Start(context.Background(), testOptions(dir))
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, servers.Stop(context.Background())
}

// preparedFolder is a testFolder with a database in it, whose servers do not run.
func preparedFolder(t *testing.T) string {
	t.Helper()
	dir := testFolder(t)
	out, err := exec.CommandContext(t.Context(), "cp", "-pR", os.Getenv(templateVariable)+"/.", dir).CombinedOutput()
	require.NoError(t, err, string(out))
	path := folder{dir: dir}.state()
	s, err := readState(path)
	require.NoError(t, err)
	// Copies that asked for the ports of the original would take them from each other.
	s.Postgres.Port, s.Redis.Port = 0, 0
	require.NoError(t, s.write(path))
	return dir
}

// helpServe starts the servers of a folder, says so, and stays until it is killed.
func helpServe(dir string) {
	servers, err := Start(context.Background(), testOptions(dir))
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(servers)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

// helpExec runs a command with servers.
func helpExec(argv []string) {
	code, err := Exec(context.Background(), testOptions(""), argv, testEnvironment)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func testEnvironment(s *Servers) []string {
	return []string{"TEST_OWNER_URL=" + s.OwnerURL, "TEST_REDIS_URL=" + s.RedisURL}
}

func testOptions(dir string) Options {
	return Options{Dir: dir, DatabaseName: "shop", OwnerRole: "shop_owner", AppRole: "shop_app"}
}

// helper prepares another process playing the part.
func helper(t *testing.T, part string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), helperVariable+"="+part)
	cmd.Stderr = os.Stderr
	return cmd
}

// servedByOther starts the servers of a folder in another process.
func servedByOther(t *testing.T, dir string) (*Servers, *exec.Cmd) {
	t.Helper()
	cmd := helper(t, "serve", dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	servers := new(Servers)
	require.NoError(t, json.NewDecoder(out).Decode(servers))
	return servers, cmd
}

// testFolder is a folder that the user the servers run as can enter: t.TempDir is closed to others.
func testFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(temporaryRoot(), "embedded-test-") //nolint:usetesting // see above
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// start starts servers that are stopped at the end of the test, if they are not stopped before.
func start(t *testing.T, opts Options) *Servers {
	t.Helper()
	servers, err := Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, servers.Stop(context.Background())) })
	return servers
}

func stop(t *testing.T, s *Servers) {
	t.Helper()
	require.NoError(t, s.Stop(t.Context()))
}

func execute(t *testing.T, address, statement string) error {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: address, MaxConns: 1})
	require.NoError(t, err)
	_, err = db.Exec(t.Context(), statement)
	require.NoError(t, db.Close())
	return err
}

func query(t *testing.T, address, question string) string {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: address, MaxConns: 1})
	require.NoError(t, err)
	var answer string
	require.NoError(t, db.Get(t.Context(), &answer, question))
	require.NoError(t, db.Close())
	return answer
}

// port is the port of a URL.
func port(t *testing.T, address string) int {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	number, err := strconv.Atoi(parsed.Port())
	require.NoError(t, err)
	return number
}

func listens(port int) bool {
	conn, err := net.DialTimeout("tcp4", loopback(port), time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func requireUp(t *testing.T, s *Servers) {
	t.Helper()
	require.Equal(t, "1", query(t, s.AppURL, "SELECT 1"))
	_, err := askRedis(t.Context(), redisAt(t, s.RedisURL), "PING")
	require.NoError(t, err)
}

func requireDown(t *testing.T, s *Servers) {
	t.Helper()
	require.False(t, listens(port(t, s.OwnerURL)), "PostgreSQL still listens")
	require.False(t, listens(port(t, s.RedisURL)), "Redis still listens")
}

// redisAt is what askRedis needs to reach the Redis of a URL.
func redisAt(t *testing.T, address string) redisState {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	password, _ := parsed.User.Password()
	return redisState{Port: port(t, address), Password: password}
}

// kill ends a process as a crash does and waits until it is gone.
func kill(t *testing.T, pid int) {
	t.Helper()
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	require.Eventually(t, func() bool { return !isRunning(pid) }, 5*time.Second, processPoll)
}
