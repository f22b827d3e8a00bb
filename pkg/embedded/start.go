package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"syscall"
)

// Options say where the servers live and what they are to contain. All but Log is required.
type Options struct {
	// Dir is the folder for everything the servers keep, made when missing, such as ./var.
	Dir string
	// Log hears what happens, sparingly; nil means nobody.
	Log *slog.Logger
	// DatabaseName is the database to make. OwnerRole owns it and may create databases and trusted
	// extensions; AppRole may connect and has only the rights the owner gives it. Names are lower
	// case letters, digits and underscores, at most 63.
	DatabaseName, OwnerRole, AppRole string
	// Fsync makes commits survive a power cut. Without it PostgreSQL is faster and the data is
	// worthless after a crash of the machine (not of the process): for tests.
	Fsync bool

	// programs is where server programs are looked for; zero means the usual places.
	programs programs
}

// Servers are the servers of a folder as one process uses them.
type Servers struct {
	// OwnerURL and AppURL are postgres:// addresses of the database for the two roles.
	OwnerURL, AppURL string
	// RedisURL is a redis:// address.
	RedisURL string
	// RedisStandIn tells that Redis is played inside a process: redis-server was not found.
	RedisStandIn bool
	// Joined tells that PostgreSQL was already running: used by another process or left by one that died.
	Joined bool

	folder  folder
	opts    Options
	who     account
	users   *lockFile
	state   state
	standIn *standIn
	mu      sync.Mutex // guards stopped
	stopped bool
}

// Start starts the servers of the folder or joins them, and returns when both answer. The caller
// must call [Servers.Stop]. The context bounds the start only, not the servers' life. When Start
// fails, servers that nobody else uses do not run.
func Start(ctx context.Context, opts Options) (*Servers, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	f, err := openFolder(opts.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := takeStartLock(ctx, f.startLock(), opts.Log)
	if err != nil {
		return nil, err
	}
	defer lock.close()
	users, err := openLock(f.usersLock())
	if err != nil {
		return nil, err
	}
	s := &Servers{folder: f, opts: opts, users: users}
	if err := s.start(ctx); err != nil {
		users.close()
		return nil, err
	}
	s.OwnerURL, s.AppURL = s.state.postgresURL(s.state.Owner), s.state.postgresURL(s.state.App)
	s.RedisURL, s.RedisStandIn = s.state.redisURL(), s.state.Redis.StandIn
	return s, nil
}

// complete checks the options and fills in what may be left out.
func (o *Options) complete() error {
	for _, name := range []string{o.DatabaseName, o.OwnerRole, o.AppRole} {
		if !namePattern.MatchString(name) {
			return fmt.Errorf("%q cannot be the name of a database or role: use lower case letters, digits and underscores", name)
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.programs.path == "" && o.programs.folders == nil {
		o.programs = usualPrograms()
	}
	return nil
}

// start runs under start.lock.
func (s *Servers) start(ctx context.Context) error {
	alone, err := s.users.try(lockExclusive)
	if err != nil {
		return err
	}
	fresh, err := s.loadState(alone)
	if err != nil {
		return err
	}
	if s.who, err = serverAccount(s.folder.postgres()); err != nil {
		return err
	}
	if err := s.who.reaches(s.folder.dir); err != nil {
		return err
	}
	if err := s.startPostgres(ctx, alone, fresh); err != nil {
		return s.undo(ctx, alone, err)
	}
	if err := s.startRedis(ctx); err != nil {
		return s.undo(ctx, alone, err)
	}
	if err := s.state.write(s.folder.state()); err != nil {
		return s.undo(ctx, alone, err)
	}
	if err := s.users.share(); err != nil {
		return s.undo(ctx, alone, err)
	}
	return nil
}

// undo ends what a failed start has left running, unless others use it.
func (s *Servers) undo(ctx context.Context, alone bool, cause error) error {
	if s.standIn != nil {
		s.standIn.close()
	}
	if !alone {
		return cause
	}
	return errors.Join(cause, s.end(context.WithoutCancel(ctx)))
}

// loadState reads servers.json, or makes up a new one when there is none or it cannot be used. That
// one is fresh: its passwords have yet to be made PostgreSQL's.
func (s *Servers) loadState(alone bool) (fresh bool, err error) {
	path := s.folder.state()
	read, err := readState(path)
	switch {
	case err == nil && read.fits(s.opts):
		s.state = read
		return false, nil
	case errors.Is(err, fs.ErrPermission):
		return false, err
	case err == nil && !alone:
		return false, fmt.Errorf("the servers in %s are in use for the database %s with the roles %s and %s; %s with %s and %s was asked for: stop the other process first or choose another folder",
			s.folder.dir, read.Database, read.Owner.Role, read.App.Role, s.opts.DatabaseName, s.opts.OwnerRole, s.opts.AppRole)
	case !alone:
		return false, fmt.Errorf("%s cannot be read (%w) while another process uses the servers it describes: stop that process and start again; the data is not touched", path, err)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		s.opts.Log.Warn("servers.json cannot be read and is made anew; the data stays", "reason", err)
	}
	s.state = newState(s.opts)
	// Written first: whoever comes after a crash in the middle of the start finds the passwords.
	return true, s.state.write(path)
}

// startPostgres joins the PostgreSQL of the folder or starts it, making the data when there is none.
func (s *Servers) startPostgres(ctx context.Context, alone, fresh bool) error {
	c, err := openCluster(s.folder, s.opts, s.who)
	if err != nil {
		return err
	}
	found, running := c.running()
	if running {
		joined, err := s.join(ctx, c, found, alone, fresh)
		if err != nil || joined {
			return err
		}
		fresh = true
	} else if !alone && s.state.Namespace != processNamespace() {
		return fmt.Errorf("the servers in %s are in use from another container, whose processes cannot be seen from here: stop it first or choose another folder", s.folder.dir)
	}
	if made, err := dataVersion(c.data); err != nil {
		return err
	} else if made == 0 {
		if err := c.initialise(ctx, s.state); err != nil {
			return err
		}
	} else if fresh {
		if err := c.bootstrap(ctx, s.state); err != nil {
			return err
		}
	}
	return s.launch(ctx, c)
}

// join uses a PostgreSQL that runs already, or, when it does not let us in and nobody else uses it,
// stops it, to be started with new passwords.
func (s *Servers) join(ctx context.Context, c *cluster, found postmaster, alone, fresh bool) (bool, error) {
	err := c.await(ctx, func() bool { return !isRunning(found.pid) })
	if err == nil && !fresh {
		found, _ = c.running()
		s.state.Postgres = postgresState{Port: found.port, PID: found.pid}
		if err = verify(ctx, s.state); err == nil {
			s.Joined = true
			if alone {
				s.opts.Log.Info("adopted the PostgreSQL of an earlier run that was not stopped", "pid", found.pid)
			}
			return true, nil
		}
	}
	if ctx.Err() != nil {
		return false, fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	if !alone {
		return false, fmt.Errorf("the PostgreSQL in %s is in use by another process but cannot be joined: %w; stop that process and start again", s.folder.dir, err)
	}
	s.opts.Log.Warn("PostgreSQL runs but cannot be used; it is restarted with new passwords", "reason", err)
	return false, c.stop(ctx)
}

// launch starts PostgreSQL. A data folder that does not know the passwords (it was replaced by
// another) learns them once.
func (s *Servers) launch(ctx context.Context, c *cluster) error {
	for again := false; ; again = true {
		found, err := c.start(ctx, s.state.Postgres.Port)
		if err != nil {
			return err
		}
		s.state.Postgres = postgresState{Port: found.port, PID: found.pid}
		s.state.Namespace = processNamespace()
		err = verify(ctx, s.state)
		if err == nil || again || ctx.Err() != nil {
			return err
		}
		s.opts.Log.Warn("the database does not know the passwords of servers.json; they are set anew", "reason", err)
		if err := errors.Join(c.stop(ctx), c.bootstrap(ctx, s.state)); err != nil {
			return err
		}
	}
}

// startRedis joins the Redis of the folder or starts one; a dead or hanging one is replaced.
func (s *Servers) startRedis(ctx context.Context) error {
	if answering, ok := s.state.Redis.answers(ctx); ok {
		s.state.Redis = answering
		return nil
	}
	program, installed := s.opts.programs.redis()
	if !installed {
		standIn, state, err := startStandIn()
		if err != nil {
			return err
		}
		s.standIn, s.state.Redis = standIn, state
		s.opts.Log.Warn("redis-server was not found: a slower stand-in runs inside this process. To get the real one, " + InstallRedis)
		return nil
	}
	server := s.redis(program)
	if pid, ok := server.running(); ok {
		// It hangs, or belongs to a lost servers.json. It has nothing to put in order: it is a cache.
		if err := terminate(ctx, pid, redisStopPatience, syscall.SIGKILL); err != nil {
			return fmt.Errorf("redis-server: %w", err)
		}
	}
	state, err := server.start(ctx, s.state.Redis)
	if err != nil {
		return err
	}
	s.state.Redis = state
	return nil
}

func (s *Servers) redis(program string) redisServer {
	return redisServer{program: program, dir: s.folder.redis(), logPath: s.folder.log("redis.log"), who: s.who}
}
