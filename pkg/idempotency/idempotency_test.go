package idempotency_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/deploy"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

type answer struct {
	N    int    `json:"n"`
	Note string `json:"note,omitempty"`
}

func lend(t *testing.T) *postgres.DB {
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
	db := pgtest.Open(t, pgtest.Lend(t, migrated).OwnerURL)
	_, err = db.Exec(context.Background(), `CREATE TABLE public.things (n int)`)
	require.NoError(t, err)
	return db
}

// makeThing inserts a thing and counts them: what a request does that must happen once.
func makeThing(ctx context.Context, tx *postgres.Tx) (answer, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO public.things VALUES (1)`); err != nil {
		return answer{}, err
	}
	var n int
	err := tx.Get(ctx, &n, `SELECT count(*) FROM public.things`)
	return answer{N: n}, err
}

func request(key, scope string, body byte) (context.Context, *idempotency.Request) {
	r := &idempotency.Request{Scope: scope, Key: key, Fingerprint: []byte{body}}
	return idempotency.WithRequest(context.Background(), r), r
}

func TestRepeatedRequestIsAnsweredFromTheFirst(t *testing.T) {
	t.Parallel()
	db := lend(t)
	first, r := request("k", "me", 1)
	made, err := idempotency.Do(first, db, makeThing)
	require.NoError(t, err)
	require.False(t, r.Replayed)

	again, r := request("k", "me", 1)
	replayed, err := idempotency.Do(again, db, makeThing)
	require.NoError(t, err)
	require.True(t, r.Replayed)
	require.Equal(t, made, replayed)

	other, _ := request("k", "me", 2)
	_, err = idempotency.Do(other, db, makeThing)
	require.ErrorIs(t, err, idempotency.ErrKeyReused)

	elsewhere, _ := request("k", "me", 3)
	_, err = idempotency.Do(elsewhere, db, func(context.Context, *postgres.Tx) ([]answer, error) { return nil, nil })
	require.ErrorIs(t, err, idempotency.ErrKeyReused, "an operation whose answers have another shape")

	stranger, _ := request("k", "somebody else", 2)
	fresh, err := idempotency.Do(stranger, db, makeThing)
	require.NoError(t, err)
	require.Equal(t, 2, fresh.N, "keys of different callers never meet")
}

func TestRefusalsAreNotKept(t *testing.T) {
	t.Parallel()
	db := lend(t)
	refused := errors.New("refused")
	ctx, _ := request("k", "me", 1)
	_, err := idempotency.Do(ctx, db, func(ctx context.Context, tx *postgres.Tx) (answer, error) {
		if _, err := makeThing(ctx, tx); err != nil {
			return answer{}, err
		}
		return answer{}, refused
	})
	require.ErrorIs(t, err, refused)
	ctx, _ = request("k", "me", 1)
	made, err := idempotency.Do(ctx, db, makeThing)
	require.NoError(t, err)
	require.Equal(t, 1, made.N, "the refused attempt left nothing")
}

func TestSecretsAreNotKept(t *testing.T) {
	t.Parallel()
	db := lend(t)
	for at, want := range []error{nil, idempotency.ErrAnswerNotKept} {
		ctx, r := request("k", "me", 1)
		r.Secret = true
		_, err := idempotency.Do(ctx, db, makeThing)
		require.ErrorIs(t, err, want, "request %d", at)
	}
}

func TestParallelRequestsHappenOnce(t *testing.T) {
	t.Parallel()
	db := lend(t)
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			ctx, _ := request("k", "me", 1)
			made, err := idempotency.Do(ctx, db, makeThing)
			if err != nil || made.N != 1 {
				t.Errorf("%v, %v", made, err)
			}
		})
	}
	group.Wait()
	var n int
	require.NoError(t, db.Get(context.Background(), &n, `SELECT count(*) FROM public.things`))
	require.Equal(t, 1, n)
}

func TestKeysLiveForADay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	for _, key := range []string{"old", "older"} {
		with, _ := request(key, "me", 1)
		_, err := idempotency.Do(with, db, makeThing)
		require.NoError(t, err)
	}
	_, err := db.Exec(ctx, `UPDATE idempotency.keys SET created_at = now() - interval '25 hours'`)
	require.NoError(t, err)

	with, r := request("old", "me", 2)
	made, err := idempotency.Do(with, db, makeThing)
	require.NoError(t, err, "a key that has outlived its life may be used for something else")
	require.False(t, r.Replayed)
	require.Equal(t, 3, made.N)
	purged, err := idempotency.Purge(ctx, db)
	require.NoError(t, err)
	require.EqualValues(t, 1, purged)
}
