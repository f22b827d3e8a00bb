package ledger_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// figure is a column of a row by its name.
func figure(row ledger.Row, measure string) quantity.Quantity {
	return map[string]quantity.Quantity{
		"offered": row.Offered, "requested": row.Requested, "quoted": row.Quoted, "awarded": row.Awarded, "dispatched": row.Dispatched,
		"unconfirmed": row.Unconfirmed, "delivered": row.Delivered, "rejected": row.Rejected, "released": row.Released,
	}[measure]
}

// Whatever is grouped by and filtered on, the postings behind a figure add up to it, page by page.
func TestEveryFigureIsWhatThePostingsBehindItAddUpTo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := &traded{history: newHistory(t, b, 11)}
	for range 40 {
		h.deliver()
		h.step()
	}
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		q := h.anyQuery(t)
		rows, err := ledger.Volumes(h.t.Context(), b.App, q)
		require.NoError(t, err)
		if len(rows) == 0 {
			return
		}
		row := rapid.SampledFrom(rows).Draw(t, "row")
		measure := rapid.SampledFrom(ledger.Measures()).Draw(t, "measure")
		is := maps.Clone(row.Dimensions)
		is[ledger.ByLine] = row.Line
		cell := ledger.Cell{Query: q, Is: is, Dried: &row.Dried, Unit: row.Unit, Measure: measure, Limit: 3}
		sum := quantity.Quantity(0)
		for {
			page, err := ledger.Behind(h.t.Context(), b.App, cell)
			require.NoError(t, err)
			for _, entry := range page {
				sum, seen = sum+*entry.Counted, seen+1
				require.Equal(t, row.Line, entry.Line)
			}
			if len(page) < cell.Limit {
				break
			}
			last := page[len(page)-1]
			cell.AfterDay, cell.AfterID = last.BusinessDate, last.ID
		}
		require.Equal(t, figure(row, measure), sum, "%s of %+v", measure, row)
	})
	require.Greater(t, seen, 30)
	_, err := ledger.Behind(t.Context(), b.App, ledger.Cell{Query: year(), Measure: "value_vnd", Limit: 1})
	require.ErrorIs(t, err, fault.ErrUnknownValue)
}

func TestSpansOfPeriods(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		dimension ledger.Dimension
		text      string
		from, to  civil.Date
	}{
		{ledger.ByWeek, "2026-W01", day(2025, 12, 29), day(2026, 1, 4)},
		{ledger.ByWeek, "2020-W53", day(2020, 12, 28), day(2021, 1, 3)},
		{ledger.ByMonth, "2028-02", day(2028, 2, 1), day(2028, 2, 29)},
		{ledger.ByQuarter, "2026-Q4", day(2026, 10, 1), day(2026, 12, 31)},
		{ledger.ByHalfYear, "2026-H1", day(2026, 1, 1), day(2026, 6, 30)},
		{ledger.ByYear, "2026", day(2026, 1, 1), day(2026, 12, 31)},
	} {
		span, ok := ledger.SpanOf(test.dimension, test.text)
		require.True(t, ok, test.text)
		require.Equal(t, ledger.Span{From: test.from, To: test.to}, span, test.text)
	}
	for dimension, texts := range map[ledger.Dimension][]string{
		ledger.ByWeek: {"2026-W54", "2025-W53", "2026-W00", "2026-W1", "2026-03"}, ledger.ByMonth: {"2026-13", "2026-3", "03-2026", ""},
		ledger.ByQuarter: {"2026-Q5", "2026-Q0"}, ledger.ByHalfYear: {"2026-H3"}, ledger.ByYear: {"26", "x", "2026-"}, ledger.ByLine: {"rice"},
	} {
		for _, text := range texts {
			_, ok := ledger.SpanOf(dimension, text)
			require.False(t, ok, "%s %q", dimension, text)
		}
	}
	narrow, some, err := ledger.Query{
		From: day(2026, 1, 10), To: day(2026, 12, 31), Only: map[ledger.Dimension]string{ledger.ByQuarter: "2026-Q1", ledger.ByLine: "rice"},
	}.Narrowed()
	require.NoError(t, err)
	require.True(t, some)
	require.Equal(t, ledger.Query{From: day(2026, 1, 10), To: day(2026, 3, 31), Only: map[ledger.Dimension]string{ledger.ByLine: "rice"}}, narrow)
	wrong := year()
	wrong.Only = map[ledger.Dimension]string{ledger.ByMonth: "March"}
	_, _, err = wrong.Narrowed()
	require.ErrorIs(t, err, fault.ErrUnknownValue)
	wrong.Only[ledger.ByMonth] = "2025-12"
	_, some, err = wrong.Narrowed()
	require.NoError(t, err)
	require.False(t, some)
}

func TestWhatVolumesAreComparedWith(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		by               []ledger.Dimension
		from, to         civil.Date
		previous, before ledger.Span
	}{
		"a month": {nil, day(2026, 3, 1), day(2026, 3, 31), ledger.Span{From: day(2026, 2, 1), To: day(2026, 2, 28)}, ledger.Span{From: day(2025, 3, 1), To: day(2025, 3, 31)}},
		"a quarter": {
			nil, day(2026, 1, 1), day(2026, 3, 31), ledger.Span{From: day(2025, 10, 1), To: day(2025, 12, 31)},
			ledger.Span{From: day(2025, 1, 1), To: day(2025, 3, 31)},
		},
		"ten days":           {nil, day(2026, 3, 5), day(2026, 3, 14), ledger.Span{From: day(2026, 2, 23), To: day(2026, 3, 4)}, ledger.Span{From: day(2025, 3, 5), To: day(2025, 3, 14)}},
		"one day":            {nil, day(2026, 3, 5), day(2026, 3, 5), ledger.Span{From: day(2026, 3, 4), To: day(2026, 3, 4)}, ledger.Span{From: day(2025, 3, 5), To: day(2025, 3, 5)}},
		"February of a leap": {nil, day(2028, 2, 1), day(2028, 2, 29), ledger.Span{From: day(2028, 1, 1), To: day(2028, 1, 31)}, ledger.Span{From: day(2027, 2, 1), To: day(2027, 2, 28)}},
		"the leap day alone": {nil, day(2028, 2, 29), day(2028, 2, 29), ledger.Span{From: day(2028, 2, 28), To: day(2028, 2, 28)}, ledger.Span{From: day(2027, 2, 28), To: day(2027, 2, 28)}},
		"months of a year": {
			[]ledger.Dimension{ledger.ByMonth, ledger.ByYear}, day(2026, 1, 1), day(2026, 12, 31),
			ledger.Span{From: day(2025, 12, 1), To: day(2026, 11, 30)}, ledger.Span{From: day(2025, 1, 1), To: day(2025, 12, 31)},
		},
		"months that begin late": {
			[]ledger.Dimension{ledger.ByMonth}, day(2026, 1, 10), day(2026, 2, 28), ledger.Span{From: day(2025, 12, 10), To: day(2026, 1, 31)},
			ledger.Span{From: day(2025, 1, 10), To: day(2025, 2, 28)},
		},
		"weeks": {
			[]ledger.Dimension{ledger.ByWeek}, day(2020, 12, 28), day(2021, 1, 3), ledger.Span{From: day(2020, 12, 21), To: day(2020, 12, 27)},
			ledger.Span{From: day(2019, 12, 23), To: day(2019, 12, 29)},
		},
	} {
		q := ledger.Query{By: test.by, From: test.from, To: test.to}
		previous, before := q.Earlier(ledger.WithPrevious), q.Earlier(ledger.WithYearBefore)
		require.Equal(t, []civil.Date{test.previous.From, test.previous.To}, []civil.Date{previous.From, previous.To}, name)
		require.Equal(t, []civil.Date{test.before.From, test.before.To}, []civil.Date{before.From, before.To}, name)
	}
	for _, test := range []struct {
		by                     ledger.Dimension
		text, previous, before string
	}{
		{ledger.ByMonth, "2026-01", "2025-12", "2025-01"}, {ledger.ByQuarter, "2026-Q1", "2025-Q4", "2025-Q1"},
		{ledger.ByHalfYear, "2026-H1", "2025-H2", "2025-H1"}, {ledger.ByYear, "2026", "2025", "2025"},
		{ledger.ByWeek, "2021-W01", "2020-W53", "2020-W01"}, {ledger.ByWeek, "2020-W53", "2020-W52", "2019-W52"},
	} {
		q := ledger.Query{By: []ledger.Dimension{test.by}}
		require.Equal(t, test.previous, q.EarlierText(ledger.WithPrevious, test.text))
		require.Equal(t, test.before, q.EarlierText(ledger.WithYearBefore, test.text))
	}
}
