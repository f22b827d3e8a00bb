package hashchain_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/hashchain"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

const schema = `
	CREATE TABLE rows (id uuid PRIMARY KEY, xact xid8 NOT NULL DEFAULT pg_current_xact_id(), body text, at timestamptz NOT NULL DEFAULT now());
	CREATE INDEX ON rows (xact, id);
	CREATE TABLE seals (seq bigint PRIMARY KEY, row_id uuid NOT NULL UNIQUE, xact xid8 NOT NULL, chain bytea NOT NULL)`

var chain = hashchain.Chain{
	Name: "test", Table: "rows", Seals: "seals",
	Canonical: "jsonb_build_array(t.body, EXTRACT(EPOCH FROM t.at))::text",
}

func lend(t *testing.T) *postgres.DB {
	t.Helper()
	lent := pgtest.Lend(t, pgtest.Template{Fingerprint: "hashchain1", Prepare: func(ctx context.Context, owner, _ string) error {
		db, err := postgres.Open(ctx, postgres.Config{URL: owner, MaxConns: 1})
		if err != nil {
			return err
		}
		if _, err = db.Exec(ctx, schema); err != nil {
			return err
		}
		return db.Close()
	}})
	return pgtest.Open(t, lent.OwnerURL)
}

func exec(t *testing.T, db *postgres.DB, query string, args ...any) {
	t.Helper()
	_, err := db.Exec(t.Context(), query, args...)
	require.NoError(t, err)
}

// write adds n rows, each in a transaction of its own, and returns their ids.
func write(t *testing.T, db *postgres.DB, n int) []uuid.UUID {
	t.Helper()
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
		exec(t, db, `INSERT INTO rows (id, body) VALUES ($1, $2)`, ids[i], fmt.Sprint("row ", i))
	}
	return ids
}

// sealAll seals until nothing is left. Transactions of other tests on the same server may hold
// the snapshot back for a moment.
func sealAll(t *testing.T, db *postgres.DB, total int) {
	t.Helper()
	sealed := 0
	require.Eventually(t, func() bool {
		n, err := chain.Seal(t.Context(), db)
		require.NoError(t, err)
		sealed += n
		return sealed >= total
	}, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, total, sealed)
}

func verify(t *testing.T, db *postgres.DB) (int, []hashchain.Finding) {
	t.Helper()
	var findings []hashchain.Finding
	checked, err := chain.Verify(t.Context(), db, func(f hashchain.Finding) { findings = append(findings, f) })
	require.NoError(t, err)
	return checked, findings
}

func TestAnUntouchedChainHasNoFindings(t *testing.T) {
	t.Parallel()
	db := lend(t)
	checked, findings := verify(t, db)
	require.Zero(t, checked)
	require.Empty(t, findings)

	write(t, db, 30)
	sealAll(t, db, 30)
	write(t, db, 5) // young rows without a seal are no finding
	checked, findings = verify(t, db)
	require.Equal(t, 30, checked)
	require.Empty(t, findings)
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	old := uuid.MustParse("01900000-0000-7000-8000-000000000000")
	for name, scene := range map[string]struct {
		tamper func(t *testing.T, db *postgres.DB, ids []uuid.UUID)
		kind   hashchain.Kind
		row    int // index of the row that is named, -1 for the one slipped in
		count  int
	}{
		"edited": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `UPDATE rows SET body = body || '!' WHERE id = $1`, ids[4])
		}, hashchain.Edited, 4, 1},
		"moved in time": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `UPDATE rows SET at = at + interval '1 microsecond' WHERE id = $1`, ids[0])
		}, hashchain.Edited, 0, 1},
		"given to another transaction": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `UPDATE rows SET xact = (xact::text::bigint + 1)::text::xid8 WHERE id = $1`, ids[9])
		}, hashchain.Edited, 9, 1},
		"seal edited": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `UPDATE seals SET chain = decode(repeat('00', 32), 'hex') WHERE row_id = $1`, ids[9])
		}, hashchain.Edited, 9, 1},
		"cut": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `DELETE FROM rows WHERE id = $1`, ids[5])
		}, hashchain.Cut, 5, 1},
		"last row cut": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `DELETE FROM rows WHERE id = $1`, ids[9])
		}, hashchain.Cut, 9, 1},
		"cut with its seal": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `DELETE FROM rows WHERE id = $1`, ids[5])
			exec(t, db, `DELETE FROM seals WHERE row_id = $1`, ids[5])
		}, hashchain.Gap, 6, 1},
		"cut and renumbered": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `DELETE FROM rows WHERE id = $1`, ids[8])
			exec(t, db, `DELETE FROM seals WHERE row_id = $1`, ids[8])
			exec(t, db, `UPDATE seals SET seq = 9 WHERE seq = 10`)
		}, hashchain.Edited, 9, 1},
		"reordered": {func(t *testing.T, db *postgres.DB, _ []uuid.UUID) {
			t.Helper()
			exec(t, db, `UPDATE seals SET seq = 100 WHERE seq = 3`)
			exec(t, db, `UPDATE seals SET seq = 3 WHERE seq = 4`)
			exec(t, db, `UPDATE seals SET seq = 4 WHERE seq = 100`)
		}, hashchain.Reordered, 2, 3},
		"slipped in": {func(t *testing.T, db *postgres.DB, ids []uuid.UUID) {
			t.Helper()
			exec(t, db, `INSERT INTO rows (id, xact, body) SELECT $1, xact, 'slipped in' FROM rows WHERE id = $2`, old, ids[3])
		}, hashchain.Unsealed, -1, 1},
		"slipped in at the very beginning": {func(t *testing.T, db *postgres.DB, _ []uuid.UUID) {
			t.Helper()
			exec(t, db, `INSERT INTO rows (id, xact, body) VALUES ($1, '3', 'slipped in')`, old)
		}, hashchain.Unsealed, -1, 1},
		"left without a seal": {func(t *testing.T, db *postgres.DB, _ []uuid.UUID) {
			t.Helper()
			exec(t, db, `INSERT INTO rows (id, body) VALUES ($1, 'late')`, old)
		}, hashchain.Unsealed, -1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := lend(t)
			ids := write(t, db, 10)
			sealAll(t, db, 10)
			scene.tamper(t, db, ids)
			named := old
			if scene.row >= 0 {
				named = ids[scene.row]
			}
			var findings []hashchain.Finding
			require.Eventually(t, func() bool { // an unsealed row shows once older transactions have ended
				_, findings = verify(t, db)
				return len(findings) > 0
			}, 20*time.Second, 50*time.Millisecond)
			require.Len(t, findings, scene.count, "%+v", findings)
			require.Contains(t, kinds(findings), fmt.Sprint(scene.kind, " ", named), "%+v", findings)
		})
	}
}

func kinds(findings []hashchain.Finding) []string {
	var texts []string
	for _, f := range findings {
		texts = append(texts, fmt.Sprint(f.Kind, " ", f.Row))
	}
	return texts
}

func TestACutOfTheNewestRowsContradictsANotedHead(t *testing.T) {
	t.Parallel()
	db := lend(t)
	write(t, db, 5)
	sealAll(t, db, 5)
	noted, err := chain.Head(t.Context(), db)
	require.NoError(t, err)
	require.EqualValues(t, 5, noted.Seq)

	write(t, db, 5)
	sealAll(t, db, 5)
	holds, err := chain.Holds(t.Context(), db, noted)
	require.NoError(t, err)
	require.True(t, holds)

	exec(t, db, `DELETE FROM rows WHERE id IN (SELECT row_id FROM seals WHERE seq >= 5)`)
	exec(t, db, `DELETE FROM seals WHERE seq >= 5`)
	_, findings := verify(t, db)
	require.Empty(t, findings, "the chain alone cannot see it")
	holds, err = chain.Holds(t.Context(), db, noted)
	require.NoError(t, err)
	require.False(t, holds)
}

// A transaction that began first and commits last must not appear behind a seal.
func TestNothingIsSealedAheadOfAnOlderTransaction(t *testing.T) {
	t.Parallel()
	db := lend(t)
	inside, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO rows (id, body) VALUES ($1, 'slow')`, uuid.Must(uuid.NewV7()))
			close(inside)
			<-release
			return err
		})
	}()
	<-inside
	write(t, db, 3)
	sealed, err := chain.Seal(t.Context(), db)
	require.NoError(t, err)
	require.Zero(t, sealed)
	close(release)
	require.NoError(t, <-done)
	sealAll(t, db, 4)
	_, findings := verify(t, db)
	require.Empty(t, findings)
}

func TestParallelWritersAndSealersMakeOneChain(t *testing.T) {
	t.Parallel()
	db := lend(t)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range 50 {
				_, err := db.Exec(t.Context(), `INSERT INTO rows (id, body) VALUES ($1, 'row')`, uuid.Must(uuid.NewV7()))
				assert.NoError(t, err)
			}
		})
	}
	for range 2 {
		workers.Go(func() {
			for range 20 {
				_, err := chain.Seal(t.Context(), db)
				assert.NoError(t, err)
			}
		})
	}
	workers.Wait()
	require.Eventually(t, func() bool {
		_, err := chain.Seal(t.Context(), db)
		require.NoError(t, err)
		checked, findings := verify(t, db)
		require.Empty(t, findings)
		return checked == 200
	}, 20*time.Second, 50*time.Millisecond)
}

// More rows than one piece holds, sealed in one statement.
func TestALongChainIsVerifiedInPieces(t *testing.T) {
	t.Parallel()
	db := lend(t)
	exec(t, db, `INSERT INTO rows (id, body) SELECT gen_random_uuid(), 'row ' || n FROM generate_series(1, 25000) n`)
	sealAll(t, db, 25_000)
	exec(t, db, `UPDATE rows SET body = 'changed' WHERE id = (SELECT row_id FROM seals WHERE seq = 12345)`)
	checked, findings := verify(t, db)
	require.Equal(t, 25_000, checked)
	require.Len(t, findings, 1)
	require.EqualValues(t, 12_345, findings[0].Seq)
}
