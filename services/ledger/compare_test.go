package ledger_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/services/ledger"
)

// A period is compared with an earlier one just where that one says that the period follows.
func TestLaterPeriodsAreThoseComparedWithEarlierOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		by := rapid.SampledFrom([]ledger.Dimension{ledger.ByWeek, ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear}).Draw(t, "by")
		with := rapid.SampledFrom([]ledger.Comparison{ledger.WithPrevious, ledger.WithYearBefore}).Draw(t, "with")
		q := ledger.Query{By: []ledger.Dimension{by}, From: day(2019, 1, 1).AddDays(rapid.IntRange(0, 900).Draw(t, "from"))}
		q.To = q.From.AddDays(rapid.IntRange(0, 900).Draw(t, "days"))
		expected, seen := map[string][]string{}, map[string]bool{}
		for on := q.From; !on.After(q.To); on = on.AddDays(1) {
			if text := periodText(by, on.In(time.UTC)); !seen[text] {
				seen[text] = true
				expected[q.EarlierText(with, text)] = append(expected[q.EarlierText(with, text)], text)
			}
		}
		for on := day(2017, 1, 1); on.Before(day(2024, 1, 1)); on = on.AddDays(5) {
			text := periodText(by, on.In(time.UTC))
			require.Equal(t, expected[text], q.LaterTexts(with, text), "%s", text)
		}
	})
}

func periodText(by ledger.Dimension, on time.Time) string {
	year, week := on.ISOWeek()
	month := int(on.Month())
	return map[ledger.Dimension]string{
		ledger.ByWeek: fmt.Sprintf("%04d-W%02d", year, week), ledger.ByMonth: on.Format("2006-01"), ledger.ByQuarter: fmt.Sprintf("%d-Q%d", on.Year(), (month+2)/3),
		ledger.ByHalfYear: fmt.Sprintf("%d-H%d", on.Year(), (month+5)/6), ledger.ByYear: on.Format("2006"),
	}[by]
}

func TestRowsOfTwoTimesStandBesideEachOther(t *testing.T) {
	t.Parallel()
	q := ledger.Query{By: []ledger.Dimension{ledger.ByYear, ledger.ByMonth}, From: day(2026, 1, 1), To: day(2026, 12, 31)}
	row := func(month, line string, offered int64) ledger.Row {
		return ledger.Row{
			Key:     ledger.Key{Line: line, Unit: "kg", Dimensions: map[ledger.Dimension]string{ledger.ByMonth: month, ledger.ByYear: month[:4]}},
			Offered: kg(offered),
		}
	}
	now := []ledger.Row{row("2026-01", "rice", 5), row("2026-03", "rice", 7)}
	earlier := []ledger.Row{row("2025-12", "crab", 2), row("2025-12", "rice", 3), row("2026-02", "rice", 4), row("2026-11", "rice", 9)}
	moved := q.Compared(ledger.WithPrevious, earlier)
	all, then, err := q.Beside(now, moved, nil)
	require.NoError(t, err)
	require.Equal(t, []ledger.Row{row("2026-01", "crab", 0), row("2026-01", "rice", 5), row("2026-03", "rice", 7), row("2026-12", "rice", 0)}, all)
	require.Equal(t, []ledger.Row{row("2026-01", "crab", 2), row("2026-01", "rice", 3), row("2026-03", "rice", 4), row("2026-12", "rice", 9)}, then[0])
	require.Equal(t, make([]ledger.Row, 4), then[1])

	many := make([]ledger.Row, ledger.MaxVolumeRows)
	for at := range many {
		many[at] = row("2026-01", fmt.Sprint(at), 1)
	}
	_, _, err = q.Beside(many, slices.Clone(many))
	require.NoError(t, err)
	_, _, err = q.Beside(many, moved)
	require.ErrorIs(t, err, ledger.ErrTooManyRows)
}
