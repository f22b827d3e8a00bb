package catalog_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
)

// How many series of a producer stand is bounded by the row of the day, in parallel too; one that is closed or has
// come to its end counts no more, and counts again when it is made longer.
func TestHowManySeriesOfAProducerMayStand(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	_, err := m.lent.Owner.Exec(ctx, `INSERT INTO catalog.standing_quotas VALUES ('series', '2026-11-01', 2), ('series', '2027-06-01', 1)`)
	require.NoError(t, err)
	mondays := catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1}}
	product := m.publish(m.ann, shrimp())
	open := func() (catalog.Series, error) {
		return m.service.OpenSeries(ctx, m.ann, recurring(product, mondays, "2026-12-07", "2026-12-21"))
	}
	var group sync.WaitGroup
	made, refused := make([]catalog.Series, 5), make([]error, 5)
	for at := range made {
		group.Go(func() { made[at], refused[at] = open() })
	}
	group.Wait()
	for _, err := range refused {
		if err != nil {
			require.ErrorIs(t, err, catalog.ErrTooManySeries)
		}
	}
	made = slices.DeleteFunc(made, func(s catalog.Series) bool { return s.ID == uuid.Nil })
	require.Len(t, made, 2)
	_, err = m.service.OpenSeries(ctx, m.ben, recurring(m.publish(m.ben, shrimp()), mondays, "2026-12-07", "2026-12-21"))
	require.NoError(t, err)
	_, err = m.service.CloseSeries(ctx, m.ann, made[0].ID, nil)
	require.NoError(t, err)
	_, err = open()
	require.NoError(t, err)
	m.now.set(noon.Add(30 * 24 * time.Hour)) // all have come to their end
	for range 2 {
		_, err = m.service.OpenSeries(ctx, m.ann, recurring(product, mondays, "2027-01-04", "2027-01-18"))
		require.NoError(t, err)
	}
	later := date("2027-02-01")
	_, err = m.service.ChangeSeries(ctx, m.ann, made[1].ID, nil, catalog.SeriesChange{To: &later})
	require.ErrorIs(t, err, catalog.ErrTooManySeries)
}
