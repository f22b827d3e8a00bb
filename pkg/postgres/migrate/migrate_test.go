package migrate_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

func empty(t *testing.T) pgtest.Lent {
	t.Helper()
	return pgtest.Lend(t, pgtest.Template{
		Fingerprint: "empty",
		Prepare:     func(context.Context, string, string) error { return nil },
	})
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func history() fstest.MapFS {
	return fstest.MapFS{
		"00001_first.sql":  file("-- +goose Up\nCREATE TABLE first (id int PRIMARY KEY);\nINSERT INTO first VALUES (1);\n"),
		"00002_second.sql": file("-- +goose Up\nCREATE TABLE second (id int PRIMARY KEY);\n"),
	}
}

func names(migrations []migrate.Migration) []string {
	list := []string{}
	for _, m := range migrations {
		list = append(list, m.Name)
	}
	return list
}

func TestUp(t *testing.T) {
	t.Parallel()
	lent := empty(t)
	owner := pgtest.Open(t, lent.OwnerURL)

	pending, err := migrate.Pending(t.Context(), owner, history())
	require.NoError(t, err)
	require.Equal(t, []string{"00001_first.sql", "00002_second.sql"}, names(pending), "a fresh database lacks all")

	// Two at once: one migrates, the other waits and finds nothing to do.
	var both errgroup.Group
	for range 2 {
		both.Go(func() error { return migrate.Up(t.Context(), lent.OwnerURL, history(), nil) })
	}
	require.NoError(t, both.Wait())
	pending, err = migrate.Pending(t.Context(), owner, history())
	require.NoError(t, err)
	require.Empty(t, pending)

	later := history()
	later["00003_third.sql"] = file("-- +goose Up\nSELECT nonsense;\n")
	pending, err = migrate.Pending(t.Context(), owner, later)
	require.NoError(t, err)
	require.Equal(t, []string{"00003_third.sql"}, names(pending))
	require.ErrorContains(t, migrate.Up(t.Context(), lent.OwnerURL, later, nil), "00003_third.sql")
}

func TestStatusRefusesAFileWithoutNumber(t *testing.T) {
	t.Parallel()
	_, err := migrate.Status(t.Context(), pgtest.Open(t, empty(t).OwnerURL), fstest.MapFS{"first.sql": file("")})
	require.ErrorContains(t, err, "first.sql")
}

func TestGrant(t *testing.T) {
	t.Parallel()
	lent := empty(t)
	owner, app := pgtest.Open(t, lent.OwnerURL), pgtest.Open(t, lent.AppURL)
	require.NoError(t, migrate.Up(t.Context(), lent.OwnerURL, history(), nil))
	address, err := url.Parse(lent.AppURL)
	require.NoError(t, err)
	role := address.User.Username()

	read := func() error {
		var id int
		return app.Get(t.Context(), &id, "SELECT id FROM first")
	}
	require.Error(t, read(), "nothing is allowed before the grant")
	var both errgroup.Group
	for range 4 {
		both.Go(func() error {
			return migrate.Grant(t.Context(), owner, "GRANT SELECT ON first TO {role};\nGRANT SELECT ON second TO {role};", role)
		})
	}
	require.NoError(t, both.Wait())
	require.NoError(t, read())
	_, err = app.Exec(t.Context(), "DELETE FROM first")
	require.Error(t, err, "only what was granted")

	require.ErrorContains(t, migrate.Grant(t.Context(), owner, "GRANT SELECT ON first TO {role}", `x"; DROP TABLE first; --`), "cannot be the service's role")
	require.NotErrorIs(t, read(), postgres.ErrNoRows)
}

func TestAlone(t *testing.T) {
	t.Parallel()
	lent := empty(t)
	var inside, most atomic.Int32
	var both errgroup.Group
	for range 3 {
		both.Go(func() error {
			return migrate.Alone(t.Context(), lent.OwnerURL, "test", slog.New(slog.DiscardHandler), func(context.Context) error {
				most.Store(max(most.Load(), inside.Add(1)))
				time.Sleep(30 * time.Millisecond)
				inside.Add(-1)
				return nil
			})
		})
	}
	require.NoError(t, both.Wait())
	require.EqualValues(t, 1, most.Load())

	stop := errors.New("stop")
	err := migrate.Alone(t.Context(), lent.OwnerURL, "test", slog.New(slog.DiscardHandler), func(context.Context) error { return stop })
	require.ErrorIs(t, err, stop)
}
