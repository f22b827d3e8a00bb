package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

func section(code string, columns []string, rows ...[]monitor.ReportCell) monitor.ReportSection {
	made := monitor.ReportSection{Code: code, Rows: rows}
	for _, each := range columns {
		kind := monitor.CountColumn
		switch each {
		case "scheme", "quarter", "line", "condition", "unit", "grade", "measure":
			kind = monitor.TextColumn
		default:
		}
		made.Columns = append(made.Columns, monitor.ReportColumn{Names: reference.Names{Name: each, NameEN: each}, Code: each, Kind: kind})
	}
	return made
}

func words(texts ...string) []monitor.ReportCell {
	cells := make([]monitor.ReportCell, len(texts))
	for at, each := range texts {
		cells[at] = monitor.ReportCell{Code: each, Name: each, NameEN: each}
	}
	return cells
}

func number(text string) monitor.ReportCell { return monitor.ReportCell{Number: text} }

// What is hidden, kept back or not told is said to be, each with its reason.
func TestCellsSayWhyTheyAreNotTold(t *testing.T) {
	t.Parallel()
	v := &visit{language: "en"}
	count := monitor.ReportColumn{Code: "products", Kind: monitor.CountColumn}
	for _, each := range []struct {
		cell      monitor.ReportCell
		text, why string
	}{
		{monitor.ReportCell{Hidden: true}, "hidden", indicatorsHidden.NameEN},
		{monitor.ReportCell{Number: "1234.5", KeptBack: true}, "1,234.5 *", indicatorsKept.NameEN},
		{monitor.ReportCell{Number: "1234.5"}, "1,234.5", ""},
		{monitor.ReportCell{}, "–", indicatorsEmpty.NameEN},
	} {
		made := sectionCell(v, naming{}, count, each.cell)
		require.Equal(t, each.text, made.text)
		require.Equal(t, each.why, made.why)
	}
}

// The tile of modern channels says whether the target was reached; certificates of all schemes are counted.
func TestTilesAreHeldAgainstTheirTargets(t *testing.T) {
	t.Parallel()
	v := &visit{language: "en"}
	modern := func(percent string) tile {
		tiles := indicatorTiles(v, []monitor.ReportSection{section("modern_channels", []string{"subjects", "selling", "percent", "target"},
			[]monitor.ReportCell{number("8"), number("4"), {Number: percent}, number("50")})})
		require.Equal(t, "8", tiles[0].value)
		return tiles[1]
	}
	require.Equal(t, "Target 50 %: reached", modern("50").target)
	require.Equal(t, "Target 50 %: not reached, 0.1 points short", modern("49.9").target)
	require.Equal(t, tilesUntold.NameEN, modern("").value)
	require.Empty(t, modern("").target)

	tiles := indicatorTiles(v, []monitor.ReportSection{section("certificates", []string{"scheme", "in_force", "expiring", "lapsed", "revoked"},
		append(words("OCOP"), number("1001"), number("2"), number("0"), number("1")), append(words("BAP"), number("2"), number("1"), number("3"), number("0")))})
	var values []string
	for _, each := range tiles {
		values = append(values, each.value)
	}
	require.Equal(t, []string{"1,003", "3", "3", "1"}, values)

	times := indicatorTiles(v, []monitor.ReportSection{section("performance", []string{"measure", "line", "minutes"},
		append(words("a", ""), number("119")), append(words("b", ""), number("1023")), append(words("c", "rice"), number("5")))})
	require.Equal(t, []tile{{label: "a", value: "119", unit: "minutes", section: "performance"}, {label: "b", value: "17.1", unit: "hours", section: "performance"}}, times)
}

// A chart of prices has a place for each quarter, and no figure where none is told; it is of what the reader chose.
func TestPriceChartsAreOfWhatWasChosen(t *testing.T) {
	t.Parallel()
	columns := []string{"quarter", "line", "condition", "unit", "grade", "low_vnd", "high_vnd", "reference_low_vnd", "reference_high_vnd"}
	row := func(quarter, line, grade, low, high, press string) []monitor.ReportCell {
		return append(words(quarter, line, "fresh", "kg", grade), number(low), number(high), number(press), number(press))
	}
	prices := section("prices", columns, row("2026-Q1", "crab", "y", "500000", "700000", "450000"), row("2026-Q2", "crab", "y", "600000", "800000", ""),
		row("2026-Q1", "rice", "ST25", "20000", "30000", ""))
	made := indicatorSection{about: "chart_prices"}
	chartPrices(&visit{language: "en"}, prices, &made)
	require.Equal(t, []string{"2026-Q1", "2026-Q2"}, made.chart.Labels)
	require.Equal(t, "VND for a kg", made.chart.Unit)
	require.Len(t, made.chart.Series, 4)
	require.Equal(t, []int{1}, made.chart.Series[2].Missing, "nothing was published in the second quarter")
	require.Equal(t, "800000", made.chart.Series[1].Values[1].String())
	require.Equal(t, "crab, y, kg", chosenLabel(made.charted))

	chosen := indicatorSection{about: "chart_prices"}
	chartPrices(&visit{language: "en", query: map[string][]string{"chart_prices": {"rice, ST25, kg"}}}, prices, &chosen)
	require.Equal(t, []string{"2026-Q1"}, chosen.chart.Labels)
	require.Equal(t, "30000", chosen.chart.Series[1].Values[0].String())
}
