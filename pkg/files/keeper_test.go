package files_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/deploy"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

type bundle struct {
	db     *postgres.DB
	folder string
	keeper *files.Keeper
}

func setup(t *testing.T) *bundle {
	t.Helper()
	fingerprint, err := deploy.Fingerprint()
	require.NoError(t, err)
	migrated := pgtest.Template{Fingerprint: "bare_" + fingerprint, Prepare: func(ctx context.Context, ownerURL, _ string) error {
		migrations, err := deploy.Migrations()
		if err != nil {
			return err
		}
		return migrate.Up(ctx, ownerURL, migrations, nil)
	}}
	b := &bundle{db: pgtest.Open(t, pgtest.Lend(t, migrated).OwnerURL), folder: t.TempDir()}
	b.keeper = files.NewKeeper(b.db, files.NewFolder(b.folder))
	return b
}

// stored are the keys in the store.
func (b *bundle) stored(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(b.folder, "*", "*"))
	require.NoError(t, err)
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func (b *bundle) in(t *testing.T, work func(ctx context.Context, tx *postgres.Tx) error) {
	t.Helper()
	require.NoError(t, b.db.InTx(t.Context(), work))
}

// later lets days pass for all content.
func (b *bundle) later(t *testing.T) {
	t.Helper()
	_, err := b.db.Exec(t.Context(), `UPDATE files.kept SET touched_at = touched_at - interval '25 hours'`)
	require.NoError(t, err)
}

func (b *bundle) sweep(t *testing.T) int {
	t.Helper()
	n, err := b.keeper.Sweep(t.Context())
	require.NoError(t, err)
	return n
}

func TestEqualContentIsKeptOnceAndSweptWhenNobodyHoldsIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := uuid.New(), uuid.New()
	kept, err := b.keeper.Keep(t.Context(), "text/plain", []byte("tôm sú"))
	require.NoError(t, err)
	again, err := b.keeper.Keep(t.Context(), "text/plain", []byte("tôm sú"))
	require.NoError(t, err)
	require.Equal(t, kept, again)
	require.Equal(t, "sha256-", kept.Key[:7])
	require.Equal(t, []string{kept.Key}, b.stored(t))
	data, err := b.keeper.Read(t.Context(), kept.Key)
	require.NoError(t, err)
	require.Equal(t, "tôm sú", string(data))

	b.in(t, func(ctx context.Context, tx *postgres.Tx) error {
		return errors.Join(files.HoldTx(ctx, tx, kept.Key, one), files.HoldTx(ctx, tx, kept.Key, one), files.HoldTx(ctx, tx, kept.Key, two))
	})
	b.later(t)
	require.Zero(t, b.sweep(t), "two hold it")
	b.in(t, func(ctx context.Context, tx *postgres.Tx) error {
		return errors.Join(files.ReleaseTx(ctx, tx, kept.Key, one), files.ReleaseTx(ctx, tx, kept.Key, uuid.New()), files.ReleaseTx(ctx, tx, "scan-old", one))
	})
	b.later(t)
	require.Zero(t, b.sweep(t), "one still holds it")
	b.in(t, func(ctx context.Context, tx *postgres.Tx) error { return files.ReleaseTx(ctx, tx, kept.Key, two) })
	require.Zero(t, b.sweep(t), "it was let go a moment ago")
	b.later(t)
	require.Equal(t, 1, b.sweep(t))
	require.Empty(t, b.stored(t))
	_, err = b.keeper.Open(t.Context(), kept.Key)
	require.ErrorIs(t, err, files.ErrNotFound)
	require.Error(t, b.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return files.HoldTx(ctx, tx, kept.Key, one)
	}), "what is not there cannot be held")
}

// A store that fails leaves no content that nobody knows of, and no row that names nothing for ever.
func TestAFailingStoreLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	broken := files.NewKeeper(b.db, files.NewFolder("/proc/nowhere"))
	_, err := broken.Keep(t.Context(), "text/plain", []byte("x"))
	require.Error(t, err)
	b.later(t)
	require.Equal(t, 1, b.sweep(t))
}

// Content is kept, held and let go by three, and swept by two, all at once: nobody ever holds what
// is gone.
func TestSweepingNeverTakesWhatIsHeld(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var (
		days      sync.RWMutex // a day passes only while nobody is between keeping and letting go
		all, done errgroup.Group
		swept     atomic.Int64
	)
	use := func(holder uuid.UUID) error {
		days.RLock()
		defer days.RUnlock()
		kept, err := b.keeper.Keep(t.Context(), "text/plain", []byte("tôm sú"))
		if err != nil {
			return err
		}
		if err := b.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error { return files.HoldTx(ctx, tx, kept.Key, holder) }); err != nil {
			return err
		}
		if data, err := b.keeper.Read(t.Context(), kept.Key); err != nil || string(data) != "tôm sú" {
			return errors.Join(errors.New("held, but gone"), err)
		}
		return b.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error { return files.ReleaseTx(ctx, tx, kept.Key, holder) })
	}
	for range 3 {
		all.Go(func() error {
			for range 40 {
				if err := use(uuid.New()); err != nil {
					return err
				}
				days.Lock()
				_, err := b.db.Exec(t.Context(), `UPDATE files.kept SET touched_at = touched_at - interval '2 days'`)
				days.Unlock()
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	stop, end := context.WithCancel(t.Context())
	for range 2 {
		done.Go(func() error {
			for stop.Err() == nil {
				n, err := b.keeper.Sweep(t.Context())
				if err != nil {
					return err
				}
				swept.Add(int64(n))
			}
			return nil
		})
	}
	require.NoError(t, all.Wait())
	end()
	require.NoError(t, done.Wait())
	require.Positive(t, swept.Load(), "there was something to sweep meanwhile")
}
