package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
)

func TestSnapshotSees(t *testing.T) {
	t.Parallel()
	s, err := postgres.ParseSnapshot("10:20:12,15")
	require.NoError(t, err)
	for transaction, seen := range map[uint64]bool{1: true, 9: true, 10: true, 11: true, 12: false, 14: true, 15: false, 19: true, 20: false, 99: false} {
		require.Equal(t, seen, s.Sees(transaction), "%d", transaction)
	}
	require.Equal(t, "10:20:12,15", s.String())
	require.False(t, postgres.Snapshot{}.Sees(1))
	for _, text := range []string{"", "1:2", "1:2:x", "a:2:", "1:b:", "1:2:3:4"} {
		_, err := postgres.ParseSnapshot(text)
		require.Error(t, err, text)
	}
}

// A statement sees a transaction exactly from its commit on, as PostgreSQL itself says.
func TestSnapshotAgreesWithPostgreSQL(t *testing.T) {
	t.Parallel()
	db := lend(t)
	const taken = `SELECT CAST(pg_current_snapshot() AS text)`
	var during, after postgres.Snapshot
	var own uint64
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		if err := tx.Get(ctx, &own, `SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)`); err != nil {
			return err
		}
		return db.Get(ctx, &during, taken)
	}))
	require.NoError(t, db.Get(t.Context(), &after, taken))
	require.False(t, during.Sees(own))
	require.True(t, after.Sees(own))
	var agrees bool
	const ask = `SELECT pg_visible_in_snapshot(CAST($1 AS xid8), CAST($2 AS pg_snapshot))`
	require.NoError(t, db.Get(t.Context(), &agrees, ask, own, after))
	require.True(t, agrees)
	require.NoError(t, db.Get(t.Context(), &agrees, ask, own, during))
	require.False(t, agrees)
}

// Snapshots of one database are ordered by when they were taken, though their bounds may not be.
func TestSnapshotIncludes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		later, earlier string
		want           bool
	}{
		"itself":                          {"10:20:12", "10:20:12", true},
		"one that was running has ended":  {"20:20:", "10:20:12", true},
		"the same, turned round":          {"10:20:12", "20:20:", false},
		"another one began":               {"10:21:12,20", "10:20:12", true},
		"began and ended":                 {"10:21:12", "10:20:12", true},
		"nothing in common":               {"30:30:", "10:20:12", true},
		"taken before the other's newest": {"10:19:12", "10:20:12", false},
	} {
		later, err := postgres.ParseSnapshot(c.later)
		require.NoError(t, err)
		earlier, err := postgres.ParseSnapshot(c.earlier)
		require.NoError(t, err)
		require.Equal(t, c.want, later.Includes(earlier), name)
	}
}
