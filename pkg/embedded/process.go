package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	processPoll = 20 * time.Millisecond
	// hastyPatience is how long a signal is given to work once the caller's context has ended.
	hastyPatience = 2 * time.Second
)

// A child is a server this process has started.
type child struct {
	pid int
	// ended is closed when the process has ended and been reaped.
	ended chan struct{}
	// logPath and logStart tell where its own messages begin in a log that is appended to.
	logPath  string
	logStart int64
}

// spawn starts a server that outlives this process. Its output goes to the log file; stdin may be empty.
func spawn(who account, dir, logPath, stdin string, argv ...string) (*child, error) {
	logFile, err := openLog(logPath)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	at, err := logFile.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", logPath, err)
	}
	// No CommandContext: the server must not end with the context that started it.
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // see above
	cmd.Dir, cmd.Env = dir, serverEnvironment(dir)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = who.attributes()
	if stdin != "" {
		cmd.Stdin = strings.NewReader(stdin)
	}
	if err := cmd.Start(); err != nil {
		return nil, startError(err, who, argv[0])
	}
	c := &child{pid: cmd.Process.Pid, ended: make(chan struct{}), logPath: logPath, logStart: at}
	go func() {
		_ = cmd.Wait() // the log says how it ended
		close(c.ended)
	}()
	return c, nil
}

// startError explains a program that could not even be started.
func startError(err error, who account, program string) error {
	if who.other && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL)) {
		return fmt.Errorf("%s cannot be started as the user %s (%w): this environment does not let root step down; start as an ordinary user", program, who.name, err)
	}
	return fmt.Errorf("%s cannot be started: %w", program, err)
}

// serverEnvironment keeps PGDATA, PGOPTIONS and the like of the person's shell away from the
// servers, and their messages in English, which this package reads.
func serverEnvironment(home string) []string {
	env := []string{"LC_ALL=C", "HOME=" + home}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// said returns what the server has written to its log since it was started, at most 64 kB.
func (c *child) said() string {
	file, err := os.Open(c.logPath)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, err := io.ReadAll(io.NewSectionReader(file, c.logStart, 64<<10))
	if err != nil {
		return ""
	}
	return string(text)
}

// lastWords is the end of what the server said, for an error message.
func (c *child) lastWords() string {
	lines := strings.Split(strings.TrimSpace(c.said()), "\n")
	if len(lines) > 8 {
		lines = lines[len(lines)-8:]
	}
	return strings.Join(lines, "\n")
}

func (c *child) hasEnded() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// isRunning tells whether a process of this id exists and has not ended; a zombie has ended.
func isRunning(pid int) bool {
	if pid <= 0 {
		return false
	}
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true // no /proc here
	}
	// The state follows the program's name, which stands in brackets and may contain any character.
	_, state, _ := strings.Cut(string(stat[max(bytes.LastIndexByte(stat, ')'), 0):]), " ")
	if !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X") {
		return true
	}
	// While other threads are still ending, files and ports are still held.
	threads, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	return err == nil && len(threads) > 1
}

// isServer tells whether the process is one of these programs, working in this folder. Process ids
// are used again, so a pid file alone proves nothing, and nothing is signalled on its word.
func isServer(pid int, dir string, programs ...string) bool {
	if !isRunning(pid) {
		return false
	}
	proc := "/proc/" + strconv.Itoa(pid)
	if _, err := os.Stat("/proc/self/cwd"); err != nil {
		return isServerByPs(pid, dir, programs)
	}
	name, err := os.ReadFile(proc + "/comm")
	if err != nil || !slices.Contains(programs, strings.TrimSpace(string(name))) {
		return false
	}
	cwd, err := os.Readlink(proc + "/cwd")
	// A server whose folder was removed under it is still this one.
	return err == nil && strings.TrimSuffix(cwd, " (deleted)") == dir
}

// isServerByPs stands in where there is no /proc (macOS).
func isServerByPs(pid int, dir string, programs []string) bool {
	out, err := exec.Command("ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output() //nolint:noctx // answers at once
	if err != nil || !slices.Contains(programs, filepath.Base(strings.TrimSpace(string(out)))) {
		return false
	}
	out, err = exec.Command("lsof", "-a", "-p", strconv.Itoa(pid), "-d", "cwd", "-Fn").Output() //nolint:noctx // answers at once
	return err == nil && slices.Contains(strings.Split(string(out), "\n"), "n"+dir)
}

// terminate sends the signals one after the other, each after the patience of the one before, until
// the process has ended. A context that ends shortens the patience.
func terminate(ctx context.Context, pid int, patience time.Duration, signals ...syscall.Signal) error {
	for _, signal := range signals {
		if err := syscall.Kill(pid, signal); err != nil {
			if errors.Is(err, syscall.ESRCH) {
				return nil
			}
			return fmt.Errorf("process %d cannot be stopped: %w", pid, err)
		}
		for sent := time.Now(); time.Since(sent) < patience; time.Sleep(processPoll) {
			if !isRunning(pid) {
				return nil
			}
			if ctx.Err() != nil && time.Since(sent) > hastyPatience {
				break
			}
		}
	}
	return fmt.Errorf("process %d did not end; end it with: kill -9 %d", pid, pid)
}

// freePort returns a free port of the loopback: the preferred one if it is free, so that clients of
// a restarted server find it again. Another process may take it before it is used: callers retry.
func freePort(preferred int) (int, error) {
	if preferred > 0 {
		if _, err := probe(preferred); err == nil {
			return preferred, nil
		}
	}
	port, err := probe(0)
	if err != nil {
		return 0, fmt.Errorf("no free port on 127.0.0.1: %w", err)
	}
	return port, nil
}

// probe takes the port for a moment, or any free one for 0, and returns which it was.
func probe(port int) (int, error) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return 0, err //nolint:wrapcheck // freePort says what was wanted
	}
	taken, ok := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		return 0, fmt.Errorf("giving a port back: %w", err)
	}
	if !ok {
		return 0, fmt.Errorf("%s is no address of TCP", listener.Addr())
	}
	return taken.Port, nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
