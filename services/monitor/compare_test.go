package monitor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	declaring "github.com/ocop-market/ocop/services/trade"
)

// A line that is sold no more is answered with nothing now and what it was, from memory and from the database.
func TestWhatIsSoldNoMoreIsComparedToo(t *testing.T) {
	t.Parallel()
	b := newNotary(t)
	still, gone := shrimpSale(30), shrimpSale(12)
	still.on, gone.on = civil.New(2026, time.March, 10), civil.New(2025, time.March, 10)
	gone.goods.Line, gone.goods.Form, gone.goods.Schemes = "rice", "milled", []string{"OCOP"}
	b.record(t, still)
	b.record(t, gone)
	_, err := b.declare.Declare(t.Context(), b.places[0].who, declaring.NewDeclaration{
		Goods: declaring.Goods{Line: "dried_shrimp", Form: "dried", Unit: "kg", Quantity: kg(5)}, Month: "2026-03", Channel: "wet_market",
	})
	require.NoError(t, err)
	q := ledger.Query{By: []ledger.Dimension{ledger.ByScheme, ledger.ByQuarter}, From: civil.New(2026, time.January, 1), To: civil.New(2026, time.December, 31)}
	service := monitor.NewService(b.App, monitor.Options{})
	inDatabase, err := service.Volumes(t.Context(), b.cast["administrator"], q, ledger.WithYearBefore, ledger.WithPrevious)
	require.NoError(t, err)
	rows := make([]string, len(inDatabase.Rows))
	for at, row := range inDatabase.Rows {
		rows[at] = strings.Join([]string{*row.Scheme, *row.Quarter, row.Line, row.Delivered.String(), row.Previous.Delivered.String(), row.YearBefore.Delivered.String()}, " ")
	}
	require.Equal(t, []string{
		"ASC_FARM 2026-Q1 black_tiger_shrimp 30 0 0", "ASC_FARM 2026-Q2 black_tiger_shrimp 0 30 0", "OCOP 2026-Q1 black_tiger_shrimp 30 0 0",
		"OCOP 2026-Q1 rice 0 0 12", "OCOP 2026-Q2 black_tiger_shrimp 0 30 0",
	}, rows)
	require.Eventually(t, func() bool { // other tests' transactions hold the rollup back for a moment
		_, err := ledger.Follow(t.Context(), b.App)
		require.NoError(t, err)
		_, err = service.Follow(t.Context())
		require.NoError(t, err)
		inMemory, err := service.Volumes(t.Context(), b.cast["administrator"], q, ledger.WithYearBefore, ledger.WithPrevious)
		require.NoError(t, err)
		require.Equal(t, inDatabase.Rows, inMemory.Rows)
		var behind int
		require.NoError(t, b.App.Get(t.Context(), &behind, `SELECT count(*) FROM ledger.postings p JOIN ledger.rollup_place r ON (p.xact, p.id) > (r.xact, r.id)`))
		return behind == 0
	}, 20*time.Second, 10*time.Millisecond)
	byLine := read[monitor.Volumes](t, b.testBundle, "official.camau", "/v1/volumes?by=line&from=2026-01-01&to=2026-12-31&compare=year_before")
	require.Len(t, byLine.Rows, 3)
	require.Equal(t, "dried_shrimp", byLine.Rows[1].Line)
	require.Zero(t, *byLine.Rows[1].YearBefore, "declared and never in the ledger: nothing was there")
	require.Equal(t, []quantity.Quantity{0, kg(12)}, []quantity.Quantity{byLine.Rows[2].Offered, byLine.Rows[2].YearBefore.Offered})
}
