// Package migrate brings a database up to a folder of goose migrations, one linear and forward-only
// history, and gives the service's lesser role its rights.
//
// It connects as the owner of the database, and directly: the lock that keeps two runs apart
// belongs to a session, which a pooler in transaction mode does not keep.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	// longest is what one statement of a migration may take.
	longest = 30 * time.Minute
	// patience is how many seconds a second run waits for the first.
	patience = 600
)

// Migration is one step of the history and whether the database has taken it.
type Migration struct {
	// Version is the number the file's name begins with.
	Version int64
	// Name is the file's name.
	Name string
	// Applied tells whether the database has it.
	Applied bool
}

// Up applies what is pending, in order, each migration in a transaction of its own unless it says
// otherwise. A second run at the same time waits for the first. It fails at the first migration
// that does; those before it stay. A nil log means nobody listens.
func Up(ctx context.Context, ownerURL string, migrations fs.FS, log *slog.Logger) (err error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: ownerURL, MaxConns: 2, StatementTimeout: longest})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, patience))
	if err != nil {
		return fmt.Errorf("preparing the lock of migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db.Pool(), migrations,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	if stopped, ok := errors.AsType[*goose.PartialError](err); ok {
		return fmt.Errorf("the migration %s failed: %w", stopped.Failed.Source.Path, stopped.Err)
	}
	if err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	for _, result := range results {
		log.InfoContext(ctx, "migrated", "migration", result.Source.Path, "took", result.Duration.Round(time.Millisecond).String())
	}
	return nil
}

// Pending returns the migrations that the database does not have. Any role that may read the
// table of migrations may ask. A database that was never migrated lacks all of them.
func Pending(ctx context.Context, db postgres.Reader, migrations fs.FS) ([]Migration, error) {
	all, err := Status(ctx, db, migrations)
	return slices.DeleteFunc(all, func(m Migration) bool { return m.Applied }), err
}

// Status returns all migrations of the folder in order, with what the database has of them.
func Status(ctx context.Context, db postgres.Reader, migrations fs.FS) ([]Migration, error) {
	all, err := read(migrations)
	if err != nil {
		return nil, err
	}
	const exists = `SELECT to_regclass('public.goose_db_version') IS NOT NULL`
	var migrated bool
	if err := db.Get(ctx, &migrated, exists); err != nil {
		return nil, err
	}
	if !migrated {
		return all, nil
	}
	const applied = `SELECT version_id FROM public.goose_db_version WHERE is_applied`
	var versions []int64
	if err := db.Select(ctx, &versions, applied); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Applied = slices.Contains(versions, all[i].Version)
	}
	return all, nil
}

func read(migrations fs.FS) ([]Migration, error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	all := make([]Migration, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the migration %s does not begin with a number", name)
		}
		all[i] = Migration{Version: version, Name: name}
	}
	slices.SortFunc(all, func(a, b Migration) int { return int(a.Version - b.Version) })
	return all, nil
}

// rolePattern is what may stand for a role: what need not be quoted, and what quotes cannot break.
const rolePattern = `^[A-Za-z_][A-Za-z0-9_-]{0,62}$`

// Grant runs a script of grants as the owner, with {role} replaced by the role's quoted name, in
// one transaction; a second run at the same time waits for the first.
func Grant(ctx context.Context, owner *postgres.DB, script, role string) error {
	if !regexp.MustCompile(rolePattern).MatchString(role) {
		return fmt.Errorf("%q cannot be the service's role: use letters, digits, - and _", role)
	}
	script = strings.ReplaceAll(script, "{role}", `"`+role+`"`)
	return owner.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		// Two transactions that grant on the same table at once make one of them fail.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('grants'))`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, script); err != nil {
			return fmt.Errorf("giving the role %s its rights: %w", role, err)
		}
		return nil
	})
}
