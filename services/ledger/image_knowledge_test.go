package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/ledger"
)

// What a migration of the next release adds while a process of this one runs is counted right: at once by the
// database, and in memory when the image has been followed.
func TestWhatMigrationsAddIsKnown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	image := ledger.NewImage(b.App)
	d := newDeal(graded())
	b.wholeDeal(t, d)
	b.follow(t, image)
	view := image.View()

	b.tamper(t, `INSERT INTO ledger.movements (movement, name_vi, name_en, line_open) VALUES ('demand_grown', 'Tăng nhu cầu', 'Demand grown', 1)`)
	require.NoError(t, b.post(d.demand("demand_grown", kg(7))))
	require.Equal(t, kg(87), b.same(t, view, year())[0].Requested, "a movement that the view does not know")
	b.follow(t, image)
	require.Equal(t, kg(87), b.same(t, image.View(), year())[0].Requested)
	require.Greater(t, image.View().Cells(), view.Cells(), "it is in memory")

	b.tamper(t, `INSERT INTO reference.forms (code, name_vi, name_en, state, position) VALUES ('sun_dried', 'Phơi nắng', 'Sun-dried', 'dried', 99)`)
	view, d = image.View(), newDeal(graded())
	d.goods.Form = "sun_dried"
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(5))))
	rows := b.same(t, view, year())
	require.Len(t, rows, 2)
	require.True(t, rows[1].Dried)
	b.follow(t, image)
	require.Equal(t, rows, b.same(t, image.View(), year()))

	b.tamper(t, `UPDATE ledger.movements SET line_delivered = 1 WHERE movement = 'demand_grown'`)
	b.follow(t, image)
	require.Equal(t, kg(37), b.same(t, image.View(), year())[0].Delivered, "what a movement does is another")
}

// Several spans are answered as each alone.
func TestVolumesOfSeveralSpans(t *testing.T) {
	t.Parallel()
	b := setup(t)
	image := ledger.NewImage(b.App)
	for month := range 6 {
		d := newDeal(graded())
		d.on = d.on.AddMonths(month - 3)
		b.wholeDeal(t, d)
		if month == 3 {
			b.follow(t, image)
		}
	}
	q := year(ledger.ByMonth)
	spans := []ledger.Span{{From: day(2026, 1, 1), To: day(2026, 4, 12)}, {From: day(2025, 1, 1), To: day(2025, 12, 31)}, {From: day(2026, 4, 1), To: day(2027, 1, 1)}}
	for name, view := range map[string]*ledger.View{"in the database": nil, "in memory": image.View()} {
		found, err := view.VolumesOf(t.Context(), b.App, q, spans...)
		require.NoError(t, err)
		for n, span := range spans {
			q.From, q.To = span.From, span.To
			require.NotEmpty(t, found[n], name)
			require.Equal(t, b.volumes(t, q), found[n], "%s: %v", name, span)
		}
		_, err = view.VolumesOf(t.Context(), b.App, q, spans[0], ledger.Span{})
		require.Error(t, err)
	}
	none, err := image.View().VolumesOf(t.Context(), b.App, q)
	require.NoError(t, err)
	require.Empty(t, none)
}
