package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// loginRules is pg_hba.conf: the two roles log in over the loopback with a password. The
// superuser has none, so nobody logs in as superuser; bootstrap needs no login.
const loginRules = "host all all 127.0.0.1/32 scram-sha-256\n"

// initialise makes the data folder with its roles and database. It is made under another name and
// renamed at the end: a data folder that has its name is complete.
func (c *cluster) initialise(ctx context.Context, s state) error {
	if entries, err := os.ReadDir(c.data); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is neither empty nor a PostgreSQL data folder (it has no PG_VERSION): move it away and try again", c.data)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(err)
	}
	c.log.Info("creating a database", "folder", c.data, "postgresql", c.bin.version)
	// Each attempt has a name of its own: an initdb that outlived its killed parent may still write.
	leftovers, _ := filepath.Glob(c.data + ".new-*") // the pattern is well-formed or finds nothing
	for _, leftover := range leftovers {
		_ = os.RemoveAll(leftover) // what resists costs disk space only
	}
	made := *c
	var err error
	if made.data, err = os.MkdirTemp(filepath.Dir(c.data), filepath.Base(c.data)+".new-"); err != nil {
		return folderError(err)
	}
	if err := c.who.own(made.data); err != nil {
		return err
	}
	if err := made.initdb(ctx); err != nil {
		return errors.Join(err, os.RemoveAll(made.data))
	}
	if err := made.bootstrap(ctx, s); err != nil {
		return errors.Join(err, os.RemoveAll(made.data))
	}
	if err := os.Rename(made.data, c.data); err != nil {
		return folderError(err)
	}
	return nil
}

// initdb fills the empty data folder. C.UTF-8 sorts by code point and knows upper and lower case of
// all letters; C knows those of ASCII only and stands in where the platform has no C.UTF-8.
func (c *cluster) initdb(ctx context.Context) error {
	var err error
	for _, locale := range []string{"C.UTF-8", "C"} {
		args := []string{
			"-D", c.data, "--encoding=UTF8", "--locale=" + locale, "--username=postgres",
			"--auth=reject", "--no-instructions",
		}
		if !c.fsync {
			args = append(args, "--no-sync")
		}
		var out string
		out, err = c.run(ctx, "", "initdb", args...)
		if err == nil {
			break
		}
		if !strings.Contains(out, "locale") {
			return err
		}
	}
	if err != nil {
		return err
	}
	path := filepath.Join(c.data, "pg_hba.conf")
	if err := os.WriteFile(path, []byte(loginRules), 0o600); err != nil {
		return folderError(err)
	}
	return nil
}

var (
	namePattern  = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
	errorPattern = regexp.MustCompile(`(?m)^<(\w{5})>(?:ERROR|FATAL|PANIC):\s+(.*)$`)
)

// bootstrap gives the stopped cluster the roles, passwords and database of the state, in single-user
// mode, which needs no password. What exists stays; passwords become the state's. The owner may
// create databases (tests clone them) and, owning the database, trusted extensions.
func (c *cluster) bootstrap(ctx context.Context, s state) error {
	// Names were checked against namePattern, passwords are letters and digits: nothing to escape.
	sql := strings.NewReplacer("{database}", s.Database, "{owner}", s.Owner.Role, "{ownerPassword}", s.Owner.Password,
		"{app}", s.App.Role, "{appPassword}", s.App.Password).Replace(`CREATE ROLE "{owner}"
ALTER ROLE "{owner}" WITH LOGIN CREATEDB PASSWORD '{ownerPassword}'
CREATE ROLE "{app}"
ALTER ROLE "{app}" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{appPassword}'
CREATE DATABASE "{database}" OWNER "{owner}"
`)
	if err := c.clearStalePidFile(ctx); err != nil {
		return err
	}
	args := append([]string{"--single", "-D", c.data}, c.settings()...)
	args = append(args, "-c", "shared_buffers=16MB", "-c", "log_line_prefix=<%e>", "-c", "log_min_error_statement=panic", "postgres")
	out, err := c.run(ctx, sql, "postgres", args...)
	if err != nil {
		return err
	}
	for _, match := range errorPattern.FindAllStringSubmatch(out, -1) {
		// duplicate_object and duplicate_database: it is there already, as wished.
		if match[1] != "42710" && match[1] != "42P04" {
			return fmt.Errorf("PostgreSQL refused to make the roles and the database: %s", match[2])
		}
	}
	return nil
}

// run runs one of PostgreSQL's programs to its end and returns what it wrote.
func (c *cluster) run(ctx context.Context, stdin, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin.dir, program), args...)
	cmd.Dir, cmd.Env = c.data, serverEnvironment(c.data)
	cmd.SysProcAttr = c.who.attributes()
	cmd.Stdin = strings.NewReader(stdin)
	// SIGTERM lets initdb take back what it began.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return out.String(), fmt.Errorf("%s was interrupted: %w", program, context.Cause(ctx))
	case errors.As(err, &exit):
		return out.String(), fmt.Errorf("%s failed (%w); it said:\n%s", cmd.Path, err, strings.TrimSpace(out.String()))
	}
	return "", startError(err, c.who, cmd.Path)
}
