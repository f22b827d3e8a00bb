package embedded

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// stopLimit bounds a Stop whose context sets no limit.
const stopLimit = time.Minute

// Stop leaves the servers. The last process to leave ends them, and Stop returns when they have
// ended; for the others they go on (but a stand-in for Redis ends with the process it lives in).
// A context that ends makes it hasty, not incomplete: PostgreSQL then has two seconds to stop in
// order before it is stopped without a last checkpoint, which loses nothing that was committed and
// costs a recovery at the next start. A second Stop does nothing.
func (s *Servers) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	defer s.users.close()
	if s.standIn != nil {
		s.standIn.close()
	}
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	// The lock is waited for even when ctx has ended: without it the servers might be left behind.
	lock, err := takeStartLock(context.WithoutCancel(ctx), s.folder.startLock(), s.opts.Log)
	if err != nil {
		if _, missing := os.Stat(s.folder.dir); errors.Is(missing, fs.ErrNotExist) {
			return s.end(ctx) // somebody removed the folder: nobody can join any more
		}
		return err
	}
	defer lock.close()
	last, err := s.users.try(lockExclusive)
	if err != nil || !last {
		return err
	}
	return s.end(ctx)
}

// end ends the servers, found by what stands in the folder or, when that was removed, by what this
// process remembers. It never signals a process that is not proven to be one of them.
func (s *Servers) end(ctx context.Context) error {
	current := s.state
	if read, err := readState(s.folder.state()); err == nil {
		// Another process may have restarted Redis since.
		current.Redis = read.Redis
	}
	var postgresErr, redisErr error
	c := &cluster{data: s.folder.postgres()}
	if found, ok := c.running(); ok {
		postgresErr = stopPostmaster(ctx, found.pid)
	} else if pid := s.state.Postgres.PID; isServer(pid, c.data, "postgres", "postmaster") {
		postgresErr = stopPostmaster(ctx, pid)
	}
	server := s.redis("")
	if pid, ok := server.running(); ok {
		redisErr = server.stop(ctx, pid)
	} else if pid := current.Redis.PID; isRedis(pid, server.dir) {
		redisErr = server.stop(ctx, pid)
	}
	return errors.Join(postgresErr, redisErr)
}
