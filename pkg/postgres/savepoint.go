package postgres

import (
	"context"
	"errors"
)

// Try runs work behind a savepoint. When work fails, what it did in the transaction is taken back,
// the transaction can go on, and the error is returned. Savepoints do not nest: call Try again
// only after it has returned.
//
// The error of a deadlock or of [ErrRetry] must be handed on, so that InTx runs everything again.
func (tx *Tx) Try(ctx context.Context, work func(ctx context.Context) error) error {
	if err := tx.MakeCalls(ctx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "SAVEPOINT attempt"); err != nil {
		return err
	}
	err := work(ctx)
	if err == nil {
		err = tx.MakeCalls(ctx)
	}
	if err != nil {
		tx.calls = nil
		_, back := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT attempt")
		return errors.Join(err, back)
	}
	_, err = tx.Exec(ctx, "RELEASE SAVEPOINT attempt")
	return err
}

// Retryable reports whether running the whole transaction again can help, which InTx does.
func Retryable(err error) bool { return retryable(err) }
