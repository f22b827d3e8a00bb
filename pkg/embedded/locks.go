package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lockPoll = 20 * time.Millisecond
	// lockPatience bounds the wait for start.lock: longer than any start takes, a crash recovery aside.
	lockPatience = 2 * time.Minute
	// lockNotice is when the person waiting is told why.
	lockNotice = 2 * time.Second
)

// The ways to hold a lock.
const (
	lockShared    = syscall.LOCK_SH
	lockExclusive = syscall.LOCK_EX
)

// A lockFile is an open file on which flock(2) locks are taken. The lock belongs to the open file,
// so two lockFiles of one process exclude each other like those of two processes.
type lockFile struct{ file *os.File }

func openLock(path string) (*lockFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, folderError(err)
	}
	return &lockFile{file: file}, nil
}

// try takes the lock if it is free; converting between shared and exclusive is allowed. A failed
// conversion loses the lock that was held (flock(2)), so callers hold start.lock meanwhile.
func (l *lockFile) try(how int) (bool, error) {
	for {
		err := syscall.Flock(int(l.file.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case errors.Is(err, syscall.EINTR):
			continue
		}
		return false, fmt.Errorf("the lock %s cannot be taken (%w); a file system without flock, such as some network folders, cannot hold the servers' data", l.file.Name(), err)
	}
}

// share takes the lock shared. Only a process that holds start.lock ever holds it exclusively, so
// it is free for a caller that holds start.lock itself.
func (l *lockFile) share() error {
	ok, err := l.try(lockShared)
	if err == nil && !ok {
		err = fmt.Errorf("%s is locked by a process that does not follow the rules of this folder; end that process and try again", l.file.Name())
	}
	return err
}

// close gives the lock up.
func (l *lockFile) close() { _ = l.file.Close() }

// takeStartLock waits for the exclusive right to start or stop the servers of the folder.
func takeStartLock(ctx context.Context, path string, log *slog.Logger) (*lockFile, error) {
	lock, err := openLock(path)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	told := false
	for {
		ok, err := lock.try(lockExclusive)
		if err != nil {
			lock.close()
			return nil, err
		}
		if ok {
			// Whoever waits reads who holds the lock. A failure costs them that hint only.
			_ = lock.file.Truncate(0)
			_, _ = lock.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
			return lock, nil
		}
		waited := time.Since(begun)
		if !told && waited > lockNotice {
			told = true
			log.Info("waiting for another process that is starting or stopping the servers", "pid", lock.holder(), "lock", path)
		}
		if waited > lockPatience {
			holder := lock.holder()
			lock.close()
			return nil, fmt.Errorf("another process (pid %s) has been starting or stopping the servers for %s; look at it, end it if it hangs, and try again (lock: %s)",
				holder, waited.Round(time.Second), path)
		}
		if err := pause(ctx, lockPoll); err != nil {
			lock.close()
			return nil, fmt.Errorf("gave up waiting for another process that is starting or stopping the servers: %w", err)
		}
	}
}

// holder reads who wrote himself into the lock file last.
func (l *lockFile) holder() string {
	text, err := os.ReadFile(l.file.Name())
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return pid
	}
	return "unknown"
}

// pause sleeps, or returns the context's error as soon as it ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx) //nolint:wrapcheck // the caller's own reason
	case <-timer.C:
		return nil
	}
}
