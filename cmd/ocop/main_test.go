package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the program as it is shipped, built once for all tests.
var binary string

// shared is a server with demonstration data for all tests that only need one.
var shared struct {
	once   sync.Once
	server *served
	err    error
}

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := publicFolder()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "ocop")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	if shared.server != nil {
		if err := errorOf(shared.server.stop(), os.RemoveAll(shared.server.data)); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the shared server:", err)
			return 1
		}
	}
	return code
}

func errorOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// publicFolder is a folder that the user whom the servers run as can enter: t.TempDir is closed to
// others.
func publicFolder() (string, error) {
	dir, err := os.MkdirTemp("/tmp", "ocop-test-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

func dataFolder(t testing.TB) string {
	t.Helper()
	dir, err := publicFolder()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// command prepares the real program with settings of its own; none of the caller's environment
// reaches it.
func command(ctx context.Context, environment []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "OCOP_") && name != "DATABASE_URL" && name != "REDIS_URL" {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, environment...)
	return cmd
}

// ran is how a command ended.
type ran struct {
	code        int
	out, errors string
}

// ocop runs a command to its end.
func ocop(t testing.TB, environment []string, stdin string, args ...string) ran {
	t.Helper()
	cmd := command(t.Context(), environment, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return ran{code: cmd.ProcessState.ExitCode(), out: out.String(), errors: errs.String()}
}

// served is a running `ocop serve`.
type served struct {
	data, address, admin string
	cmd                  *exec.Cmd
	out, errors          *output
	ended                chan struct{}
}

// output gathers what a process writes while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// begin starts `ocop serve` on free ports. It does not wait until it is ready.
func begin(data string, environment []string, args ...string) (*served, error) {
	s := &served{data: data, out: &output{}, errors: &output{}, ended: make(chan struct{})}
	var err error
	if s.address, err = freePort(); err != nil {
		return nil, err
	}
	if s.admin, err = freePort(); err != nil {
		return nil, err
	}
	environment = append([]string{"OCOP_DATA=" + data, "OCOP_LISTEN=" + s.address, "OCOP_ADMIN_LISTEN=" + s.admin}, environment...)
	s.cmd = command(context.Background(), environment, append([]string{"serve"}, args...)...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.errors
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	return s, nil
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// readyWithin bounds the wait for a server that loads the demonstration data on a busy machine.
const readyWithin = 3 * time.Minute

// ready waits until the server can serve.
func (s *served) ready() error {
	deadline := time.After(readyWithin)
	for {
		answer, err := http.Get("http://" + s.address + "/readyz")
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.ended:
			return fmt.Errorf("ocop serve ended with %d:\n%s", s.cmd.ProcessState.ExitCode(), s.errors)
		case <-deadline:
			return fmt.Errorf("ocop serve was not ready in time (%w):\n%s", err, s.errors)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// stop is Ctrl-C. It returns when the process has ended.
func (s *served) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		_ = s.cmd.Process.Kill()
		return fmt.Errorf("ocop serve did not stop:\n%s", s.errors)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("ocop serve ended with %d:\n%s", code, s.errors)
	}
	return nil
}

// serve starts a server that is stopped at the end of the test if it still runs.
func serve(t testing.TB, data string, environment []string, args ...string) *served {
	t.Helper()
	s, err := begin(data, environment, args...)
	require.NoError(t, err)
	t.Cleanup(func() {
		select {
		case <-s.ended:
		default:
			require.NoError(t, s.stop())
		}
	})
	return s
}

// demonstrated returns the server that all tests share: it holds the demonstration data.
func demonstrated(t testing.TB) *served {
	t.Helper()
	shared.once.Do(func() {
		var data string
		if data, shared.err = publicFolder(); shared.err != nil {
			return
		}
		if shared.server, shared.err = begin(data, []string{"OCOP_RATE_LIMIT=-1"}, "--embedded"); shared.err == nil {
			shared.err = shared.server.ready()
		}
	})
	require.NoError(t, shared.err)
	return shared.server
}

// settings name the server's data for other commands.
func (s *served) settings() []string { return []string{"OCOP_DATA=" + s.data} }

// call sends a request; a nil body sends none. The answer is decoded into answer unless that is nil.
func (s *served) call(t testing.TB, token, method, path string, body, answer any) int {
	t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.address+path, content)
	require.NoError(t, err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		request.Header.Set("If-Match", "*") // whatever it is by now
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(bufio.NewReader(response.Body))
	require.NoError(t, err)
	if answer != nil {
		require.NoError(t, json.Unmarshal(text, answer), string(text))
	}
	return response.StatusCode
}

// signIn returns a token.
func (s *served) signIn(t testing.TB, login, password string) string {
	t.Helper()
	var session struct {
		Token string `json:"token"`
	}
	status := s.call(t, "", http.MethodPost, "/v1/sessions", map[string]string{"login": login, "password": password}, &session)
	require.Equal(t, http.StatusCreated, status)
	return session.Token
}
