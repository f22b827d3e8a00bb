package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// A question that comes while the image is read waits for it and is answered from memory; one that would wait too long is told so,
// and the database is not asked for what it takes long to add up.
func TestQuestionsWaitForTheImage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wholeDeal(t, newDeal(graded()))
	image := ledger.NewImage(b.App)
	view, err := image.Await(t.Context())
	require.NoError(t, err)
	require.Nil(t, view, "nobody reads it")

	following := make(chan error)
	awaited := make(chan *ledger.View)
	require.NoError(t, b.Owner.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE ledger.demands`); err != nil {
			return err
		}
		go func() {
			_, err := image.Follow(ctx)
			following <- err
		}()
		image.Impatient(time.Nanosecond)
		require.Eventually(t, func() bool {
			view, err := image.Await(ctx)
			if err != nil {
				require.ErrorIs(t, err, ledger.ErrImageNotRead)
				refused, _ := fault.From(err)
				require.Positive(t, refused.RetryAfter)
			}
			require.Nil(t, view)
			return err != nil
		}, 20*time.Second, time.Millisecond)
		image.Impatient(20 * time.Second)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err := image.Await(ended)
		require.ErrorIs(t, err, context.Canceled)
		go func() {
			view, err := image.Await(t.Context())
			if err != nil {
				view = nil
			}
			awaited <- view
		}()
		return nil
	}))
	require.NoError(t, <-following)
	require.NotNil(t, <-awaited)
	b.follow(t, image)
	b.same(t, image.View(), year())
}
