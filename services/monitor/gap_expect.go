package monitor

import (
	"context"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// pastYears is how many years before are averaged, as far as there are any.
const pastYears = 5

// gapNote says how to read a row of gaps.
//
//nolint:gochecknoglobals // a constant text
var gapNote = reference.Names{
	Name:   "Thiếu = nhu cầu còn mở trừ nguồn cung còn hứa được; số cùng tháng năm trước (past) là trung bình của những năm trước có số liệu, để ước lượng, không phải cam kết.",
	NameEN: "The gap is demand that is still open less supply that can still be promised; past is the average of the same month in those earlier years that had anything: an expectation, not a promise.",
}

// gapKey is what a row of gaps is about.
type gapKey struct {
	traded

	month, scheme string
}

func gapKeyOf(key ledger.Key) gapKey {
	return gapKey{traded{Line: key.Line, Dried: key.Dried, Unit: key.Unit}, key.Dimensions[ledger.ByMonth], key.Dimensions[ledger.ByScheme]}
}

// expect puts beside rows of gaps what crosses the thresholds of the principal's authority, what the same month was
// in years before, and the season.
func expect(ctx context.Context, tx *postgres.Tx, who identity.Principal, view *ledger.View, q ledger.Query, found []standing, rows []GapRow) error {
	past, err := pastMonths(ctx, tx, view, q)
	if err != nil {
		return err
	}
	seasons, err := seasonLevels(ctx, tx)
	if err != nil {
		return err
	}
	thresholds, err := gapThresholds(ctx, tx, who.OrganisationID)
	if err != nil {
		return err
	}
	today := reference.Day(tx.Now)
	for i, each := range found {
		key := each.gapKey
		month, err := civil.Parse(key.month + "-01")
		if err != nil {
			return err
		}
		_, rows[i].Alert = crossed(thresholds, key.Line, month, today, each.open, each.available())
		rows[i].Seasons = seasons[lineMonth{key.Line, int(month.Month)}]
		if rows[i].Seasons == nil {
			rows[i].Seasons = []SeasonLevel{}
		}
		if before, known := past[key]; known {
			years := quantity.Quantity(before.Years)
			rows[i].Past = &PastMonth{Years: before.Years, Offered: (before.Offered + years/2) / years, Delivered: (before.Delivered + years/2) / years}
		}
	}
	return nil
}

// pastMonths are the sums of the same months in years before, under the months that are asked for.
func pastMonths(ctx context.Context, tx *postgres.Tx, view *ledger.View, q ledger.Query) (map[gapKey]PastMonth, error) {
	years := make([]ledger.Span, pastYears)
	for n := range years {
		// Whole months: what stands in a month stands anywhere in it the year before.
		years[n].From = civil.New(q.From.Year-n-1, q.From.Month, 1)
		years[n].To = civil.New(q.To.Year-n-1, q.To.Month, 1).AddMonths(1).AddDays(-1)
	}
	q.By = []ledger.Dimension{ledger.ByMonth, ledger.ByScheme}
	before, err := view.SuppliesOf(ctx, tx, q, years...)
	if err != nil {
		return nil, err
	}
	past := make(map[gapKey]PastMonth)
	for n, rows := range before {
		for _, row := range rows {
			key := gapKeyOf(row.Key)
			month, err := civil.Parse(key.month + "-01")
			if err != nil {
				return nil, err
			}
			key.month = monthText(month.AddMonths(12 * (n + 1)))
			sum := past[key]
			past[key] = PastMonth{Years: sum.Years + 1, Offered: sum.Offered + row.Offered, Delivered: sum.Delivered + row.Delivered}
		}
	}
	return past, nil
}

// lineMonth is a line in a month of any year.
type lineMonth struct {
	line  string
	month int
}

func seasonLevels(ctx context.Context, reader postgres.Reader) (map[lineMonth][]SeasonLevel, error) {
	const query = `SELECT line, month, qualifier, level FROM reference.season_months ORDER BY line, month, qualifier`
	levels := make(map[lineMonth][]SeasonLevel)
	err := reader.Each(ctx, query, nil, func(scan func(dest ...any) error) error {
		var at lineMonth
		var level SeasonLevel
		if err := scan(&at.line, &at.month, &level.Way, &level.Level); err != nil {
			return err
		}
		levels[at] = append(levels[at], level)
		return nil
	})
	return levels, err
}

// expectation is what stands beside the measures of a row in a spreadsheet.
func (r GapRow) expectation() []string {
	ways := make([]string, len(r.Seasons))
	for i, season := range r.Seasons {
		ways[i] = strings.TrimPrefix(season.Way+": "+season.Level, ": ")
	}
	told := []string{strconv.FormatBool(r.Alert), "", "", "", plainText(strings.Join(ways, ", "))}
	if r.Past != nil {
		told[1] = strconv.Itoa(r.Past.Years)
		copy(told[2:], amounts(r.Past.Offered, r.Past.Delivered))
	}
	return told
}
