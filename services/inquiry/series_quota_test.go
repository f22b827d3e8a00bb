package inquiry_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// How many series of a buyer stand is bounded by the row of the day, in parallel too; an ended one counts no more, and
// others are not concerned.
func TestHowManySeriesOfABuyerMayStand(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, other := m.organisation(identity.Buyer), m.organisation(identity.Buyer)
	_, err := m.lent.Owner.Exec(ctx, `INSERT INTO inquiry.standing_quotas VALUES ('series', $1, 3), ('series', $2, 1)`, m.today, m.today.AddDays(1))
	require.NoError(t, err)
	var group errgroup.Group
	made := make([]inquiry.Series, 8)
	for at := range made {
		group.Go(func() error {
			series, err := m.PlanSeries(ctx, buyer, m.daily())
			if errors.Is(err, inquiry.ErrTooManySeries) {
				return nil
			}
			made[at] = series
			return err
		})
	}
	require.NoError(t, group.Wait())
	made = slices.DeleteFunc(made, func(s inquiry.Series) bool { return s.ID == uuid.Nil })
	require.Len(t, made, 3)
	m.planned(other, m.daily())
	_, err = m.PauseSeries(ctx, buyer, made[0].ID)
	require.NoError(t, err)
	_, err = m.PlanSeries(ctx, buyer, m.daily())
	require.ErrorIs(t, err, inquiry.ErrTooManySeries, "a paused one stands")
	_, err = m.EndSeries(ctx, buyer, made[0].ID)
	require.NoError(t, err)
	m.planned(buyer, m.daily())
	_, err = m.lent.Owner.Exec(ctx, `DELETE FROM inquiry.standing_quotas`)
	require.NoError(t, err)
	m.planned(buyer, m.daily())
	_, err = m.lent.App.Exec(ctx, `UPDATE inquiry.standing_quotas SET most = 9`)
	require.Equal(t, "42501", postgres.Code(err))
}
