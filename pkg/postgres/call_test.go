package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// adding is a call that adds to the counter, which refuses what is not small; failing names its refusal.
func adding(n int, failing error) postgres.Call {
	return postgres.Call{Function: "add_to_counter", Args: []any{n}, Refused: func(err error) error {
		if postgres.Constraint(err) == "small" {
			return failing
		}
		return err
	}}
}

func TestCallsAreMadeTogetherAtTheEnd(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var statements []string
	db := lend(t).WithCounter(func(statement string) { statements = append(statements, statement) })
	counted := func() int {
		var n int
		require.NoError(t, db.Get(ctx, &n, `SELECT n FROM counters WHERE id = 1`))
		return n
	}
	require.NoError(t, counters(ctx, db))
	refused := errors.New("refused")

	statements = nil
	require.NoError(t, db.InTx(ctx, func(_ context.Context, tx *postgres.Tx) error {
		tx.BeforeCommit(func(context.Context) error {
			tx.AtEnd(adding(4, refused))
			return nil
		})
		tx.AtEnd(adding(1, refused))
		tx.AtEnd(adding(2, refused))
		return nil
	}))
	require.Equal(t, []string{"SELECT now()", "SELECT add_to_counter($1), add_to_counter($2), add_to_counter($3)"}, statements)
	require.Equal(t, 7, counted())

	require.ErrorIs(t, db.InTx(ctx, func(_ context.Context, tx *postgres.Tx) error {
		tx.AtEnd(adding(1, refused))
		tx.AtEnd(adding(100, refused))
		return nil
	}), refused, "the whole transaction is refused")
	require.Equal(t, 7, counted())

	require.NoError(t, db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		tx.AtEnd(adding(1, refused))
		require.ErrorIs(t, tx.Try(ctx, func(context.Context) error {
			tx.AtEnd(adding(100, refused))
			return nil
		}), refused, "what is asked for in a Try is made in it")
		require.ErrorIs(t, tx.Try(ctx, func(context.Context) error {
			tx.AtEnd(adding(1, refused))
			return errors.Join(refused)
		}), refused, "and taken back with it")
		require.NoError(t, tx.Try(ctx, func(context.Context) error {
			tx.AtEnd(adding(1, refused))
			return nil
		}))
		require.NoError(t, tx.MakeCalls(ctx))
		return nil
	}))
	require.Equal(t, 9, counted())

	statements = nil
	require.NoError(t, db.InTx(ctx, func(_ context.Context, tx *postgres.Tx) error {
		for range 20 {
			tx.AtEnd(adding(0, refused))
		}
		return nil
	}))
	require.Len(t, statements, 3, "many calls are several statements")
}

func counters(ctx context.Context, db *postgres.DB) error {
	_, err := db.Exec(ctx, `
		CREATE FUNCTION add_to_counter(amount bigint) RETURNS void LANGUAGE sql AS 'UPDATE counters SET n = n + amount WHERE id = 1'`)
	return err
}
