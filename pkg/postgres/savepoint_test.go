package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
)

func TestTryTakesBackOnlyWhatFailed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := lend(t)
	refused := errors.New("refused")
	add := func(tx *postgres.Tx, n int, fails error) error {
		return tx.Try(ctx, func(ctx context.Context) error {
			if _, err := tx.Exec(ctx, `UPDATE counters SET n = n + $1 WHERE id = 1`, n); err != nil {
				return err
			}
			return fails
		})
	}
	require.NoError(t, db.InTx(ctx, func(_ context.Context, tx *postgres.Tx) error {
		require.NoError(t, add(tx, 1, nil))
		require.ErrorIs(t, add(tx, 2, refused), refused)
		require.Equal(t, "small", postgres.Constraint(add(tx, 100, nil)), "a violated constraint")
		return add(tx, 4, nil)
	}))
	var n int
	require.NoError(t, db.Get(ctx, &n, `SELECT n FROM counters WHERE id = 1`))
	require.Equal(t, 5, n)
}
