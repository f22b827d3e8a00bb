package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// execPrefix names the temporary folders of Exec.
	execPrefix = "embedded-servers-"
	// execAbandoned is the age from which a folder nobody uses is taken for an abandoned one.
	execAbandoned = 30 * time.Second
	// execGrace is how long a command may take to end after its context has.
	execGrace = 10 * time.Second
	// signalled is what shells add to a signal's number to make an exit code of it.
	signalled = 128
)

// Exec starts servers in a temporary folder, runs the command argv with them and leaves nothing
// behind: no process, no file. The command gets this process's environment, with what environ
// returns added to it, its output streams and no input. SIGINT and SIGTERM are passed on to it and
// to what it started; when ctx ends, they get SIGTERM and, ten seconds later, SIGKILL.
//
// The exit code is the command's, 128 plus the signal's number if one ended it; it is 1 whenever
// err is not nil. Options.Dir is not used. What an Exec that was killed left behind is removed by
// the next one.
func Exec(ctx context.Context, opts Options, argv []string, environ func(*Servers) []string) (exitCode int, err error) {
	if len(argv) == 0 {
		return 1, errors.New("no command was given")
	}
	// From here on signals no longer end this process, so that it cleans up in any case.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	root := temporaryRoot()
	sweep(ctx, root)
	dir, err := os.MkdirTemp(root, execPrefix)
	if err != nil {
		return 1, folderError(err)
	}
	defer func() {
		if removeErr := os.RemoveAll(dir); removeErr != nil {
			exitCode, err = 1, errors.Join(err, removeErr)
		}
	}()
	// The user the servers run as must pass through; what is inside is closed to others.
	if err := os.Chmod(dir, 0o711); err != nil {
		return 1, folderError(err)
	}
	opts.Dir = dir
	servers, caught, err := startUnlessSignalled(ctx, opts, signals)
	if caught != 0 {
		return signalled + int(caught), nil
	}
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopErr := servers.Stop(context.WithoutCancel(ctx)); stopErr != nil {
			exitCode, err = 1, errors.Join(err, stopErr)
		}
	}()
	return runCommand(ctx, argv, append(os.Environ(), environ(servers)...), signals)
}

// temporaryRoot is the folder for temporary files, or /tmp when root's own cannot be entered by the
// user the servers run as.
func temporaryRoot() string {
	root := os.TempDir()
	if Reachable(root) != nil && Reachable("/tmp") == nil {
		return "/tmp"
	}
	return root
}

// startUnlessSignalled starts the servers; a signal interrupts that and is returned.
func startUnlessSignalled(ctx context.Context, opts Options, signals <-chan os.Signal) (*Servers, syscall.Signal, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		servers *Servers
		err     error
	}
	started := make(chan result, 1)
	go func() {
		servers, err := Start(ctx, opts)
		started <- result{servers, err}
	}()
	select {
	case r := <-started:
		return r.servers, 0, r.err
	case caught := <-signals:
		cancel()
		r := <-started
		if r.servers != nil {
			r.err = r.servers.Stop(context.WithoutCancel(ctx))
		}
		number, ok := caught.(syscall.Signal)
		if !ok {
			number = syscall.SIGTERM
		}
		return nil, number, r.err
	}
}

// runCommand runs the command in a process group of its own, so that a signal can be passed on to
// all of it, and nothing of it stays behind.
func runCommand(ctx context.Context, argv, env []string, signals <-chan os.Signal) (int, error) {
	// The command is the caller's own, and the signals below end it, not a context.
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:gosec,noctx // see above
	cmd.Env, cmd.Stdout, cmd.Stderr = env, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("%s cannot be started: %w", argv[0], err)
	}
	group := -cmd.Process.Pid
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	done := ctx.Done()
	var kill <-chan time.Time
	for {
		select {
		case err := <-ended:
			// Failures mean that nothing is left to be signalled, here and below.
			_ = syscall.Kill(group, syscall.SIGKILL)
			return exitCodeOf(err)
		case caught := <-signals:
			if number, ok := caught.(syscall.Signal); ok {
				_ = syscall.Kill(group, number)
			}
		case <-done:
			done, kill = nil, time.After(execGrace)
			_ = syscall.Kill(group, syscall.SIGTERM)
		case <-kill:
			_ = syscall.Kill(group, syscall.SIGKILL)
		}
	}
}

// exitCodeOf makes of the end of a command what a shell would.
func exitCodeOf(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil {
			return 1, fmt.Errorf("waiting for the command: %w", err)
		}
		return 0, nil
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return signalled + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// sweep ends the servers and removes the folders of Execs that were killed. Whatever does not work
// is left for the next time: it is no concern of the command to be run.
func sweep(ctx context.Context, root string) {
	// Without links, as the working folders of the servers are reported.
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return
	}
	dirs, err := filepath.Glob(filepath.Join(root, execPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		f := folder{dir: dir}
		info, err := os.Stat(f.startLock())
		if err != nil || time.Since(info.ModTime()) < execAbandoned {
			continue
		}
		sweepFolder(ctx, f)
	}
}

func sweepFolder(ctx context.Context, f folder) {
	lock, err := openLock(f.startLock())
	if err != nil {
		return
	}
	defer lock.close()
	users, err := openLock(f.usersLock())
	if err != nil {
		return
	}
	defer users.close()
	for _, l := range []*lockFile{lock, users} {
		if free, err := l.try(lockExclusive); err != nil || !free {
			return
		}
	}
	if (&Servers{folder: f}).end(ctx) == nil {
		_ = os.RemoveAll(f.dir)
	}
}
