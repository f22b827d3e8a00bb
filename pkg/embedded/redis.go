package embedded

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// redisAnswer bounds one question to Redis; who needs longer counts as dead.
	redisAnswer       = time.Second
	redisReady        = 10 * time.Second
	redisStopPatience = 3 * time.Second
)

// A redisServer is the private redis-server of a folder. It is a cache: nothing is written to disk.
type redisServer struct {
	program string
	dir     string
	logPath string
	who     account
}

// config is the configuration, given on stdin so that the password shows up neither in a file nor
// in the list of processes. The pid file lets a later start find a server nobody wrote down.
func (r redisServer) config(port int, password string) string {
	return strings.Join([]string{
		"bind 127.0.0.1",
		"port " + strconv.Itoa(port),
		"requirepass " + password,
		"dir " + strconv.Quote(r.dir),
		"pidfile " + strconv.Quote(r.pidFile()),
		"daemonize no",
		`save ""`,
		"appendonly no",
		"maxmemory 256mb",
		"maxmemory-policy allkeys-lfu",
		`logfile ""`,
	}, "\n") + "\n"
}

func (r redisServer) pidFile() string { return filepath.Join(r.dir, "redis.pid") }

// running finds the redis-server that works in our folder, whoever started it.
func (r redisServer) running() (int, bool) {
	text, err := os.ReadFile(r.pidFile())
	if err != nil {
		return 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid, err == nil && isRedis(pid, r.dir)
}

func isRedis(pid int, dir string) bool { return isServer(pid, dir, "redis-server", "valkey-server") }

// start starts a redis-server, on the port and with the password of the previous one if possible,
// so that clients of one that died recover.
func (r redisServer) start(ctx context.Context, previous redisState) (redisState, error) {
	if err := r.who.folder(r.dir); err != nil {
		return redisState{}, err
	}
	if err := os.Remove(r.pidFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return redisState{}, folderError(err)
	}
	preferred, password := previous.Port, previous.Password
	if password == "" {
		password = rand.Text()
	}
	for attempt := 1; ; attempt++ {
		port, err := freePort(preferred)
		if err != nil {
			return redisState{}, err
		}
		server, err := spawn(r.who, r.dir, r.logPath, r.config(port, password), r.program, "-")
		if err != nil {
			return redisState{}, err
		}
		ready, err := r.awaitReady(ctx, server, redisState{Port: port, PID: server.pid, Password: password})
		if err == nil {
			return ready, nil
		}
		taken := strings.Contains(server.said(), "Address already in use")
		if ctx.Err() != nil || attempt == startAttempts || !taken {
			return redisState{}, err
		}
		preferred = 0
	}
}

// awaitReady waits until the started server answers, and ends it if that does not come.
func (r redisServer) awaitReady(ctx context.Context, server *child, s redisState) (redisState, error) {
	for deadline := time.Now().Add(redisReady); time.Now().Before(deadline); {
		if answering, ok := s.answers(ctx); ok {
			return answering, nil
		}
		if server.hasEnded() {
			return redisState{}, fmt.Errorf("redis-server did not start; it said:\n%s\n(log: %s)", server.lastWords(), r.logPath)
		}
		if err := pause(ctx, processPoll); err != nil {
			return redisState{}, errors.Join(fmt.Errorf("gave up waiting for redis-server: %w", err), r.stop(ctx, server.pid))
		}
	}
	return redisState{}, errors.Join(fmt.Errorf("redis-server did not answer within %s (log: %s)", redisReady, r.logPath), r.stop(ctx, server.pid))
}

// stop ends a redis-server that was found to be ours.
func (r redisServer) stop(ctx context.Context, pid int) error {
	if err := terminate(ctx, pid, redisStopPatience, syscall.SIGTERM, syscall.SIGKILL); err != nil {
		return fmt.Errorf("redis-server: %w", err)
	}
	return nil
}

// answers asks the server who it is, and tells whether it is the one the state describes: process
// and run id where the state knows them. It returns the state completed.
func (s redisState) answers(ctx context.Context) (redisState, bool) {
	if s.Port == 0 || s.Password == "" {
		return s, false
	}
	if s.StandIn {
		_, err := askRedis(ctx, s, "PING")
		return s, err == nil
	}
	info, err := askRedis(ctx, s, "INFO", "server")
	if err != nil {
		return s, false
	}
	pid, runID := infoField(info, "process_id"), infoField(info, "run_id")
	if pid != strconv.Itoa(s.PID) || runID == "" || (s.RunID != "" && s.RunID != runID) {
		return s, false
	}
	s.RunID = runID
	return s, true
}

func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// askRedis signs in and asks one question of the protocol's first version (RESP2). The client
// library is not used: it retries and logs on its own account, and a dead server is no news here.
func askRedis(ctx context.Context, s redisState, command ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, redisAnswer)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", loopback(s.Port))
	if err != nil {
		return "", fmt.Errorf("redis: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(redisAnswer)); err != nil {
		return "", fmt.Errorf("redis: %w", err)
	}
	if _, err := io.WriteString(conn, redisCommand("AUTH", s.Password)+redisCommand(command...)); err != nil {
		return "", fmt.Errorf("redis: %w", err)
	}
	reader := bufio.NewReader(conn)
	if _, err := redisReply(reader); err != nil {
		return "", err
	}
	return redisReply(reader)
}

func redisCommand(words ...string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&text, "$%d\r\n%s\r\n", len(word), word)
	}
	return text.String()
}

// redisReply reads a simple string, an error or a bulk string.
func redisReply(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("redis: %w", err)
	}
	line = strings.TrimSpace(line)
	kind, rest := line[:min(1, len(line))], line[min(1, len(line)):]
	switch kind {
	case "+":
		return rest, nil
	case "$":
		size, err := strconv.Atoi(rest)
		if err != nil || size < 0 || size > 1<<20 {
			return "", fmt.Errorf("redis: unexpected reply %q", line)
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(reader, body); err != nil {
			return "", fmt.Errorf("redis: %w", err)
		}
		return string(body), nil
	}
	return "", fmt.Errorf("redis: unexpected reply %q", line)
}
