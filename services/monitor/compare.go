package monitor

import (
	"context"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// Compared is what a row's volumes were at another time.
type Compared struct {
	Offered     quantity.Quantity `json:"offered"`
	Requested   quantity.Quantity `json:"requested"`
	Quoted      quantity.Quantity `json:"quoted"`
	Awarded     quantity.Quantity `json:"awarded"`
	Dispatched  quantity.Quantity `json:"dispatched"`
	Unconfirmed quantity.Quantity `json:"unconfirmed"`
	Delivered   quantity.Quantity `json:"delivered"`
	Rejected    quantity.Quantity `json:"rejected"`
	Released    quantity.Quantity `json:"released"`
}

func comparedOf(row ledger.Row) *Compared {
	return &Compared{
		Offered: row.Offered, Requested: row.Requested, Quoted: row.Quoted, Awarded: row.Awarded, Dispatched: row.Dispatched,
		Unconfirmed: row.Unconfirmed, Delivered: row.Delivered, Rejected: row.Rejected, Released: row.Released,
	}
}

// amounts are the columns of a file; of what is not compared they are empty.
func (c *Compared) amounts() []string {
	if c == nil {
		return make([]string, len(ledger.Measures()))
	}
	return amounts(c.Offered, c.Requested, c.Quoted, c.Awarded, c.Dispatched, c.Unconfirmed, c.Delivered, c.Rejected, c.Released)
}

// Days are some days, both ends included.
type Days struct {
	From string `json:"from"`
	To   string `json:"to"   doc:"Inclusive."`
}

// readCompare reads what a report is compared with.
func readCompare(text string) ([]ledger.Comparison, error) {
	switch text {
	case "":
		return nil, nil
	case string(ledger.WithPrevious), string(ledger.WithYearBefore):
		return []ledger.Comparison{ledger.Comparison(text)}, nil
	case "both":
		return []ledger.Comparison{ledger.WithPrevious, ledger.WithYearBefore}, nil
	default:
		return nil, fault.ErrUnknownValue.At("query.compare", "value", text, "allowed", "previous, year_before, both")
	}
}

// mayCompare refuses to compare what stands by week and by a longer period at once.
func mayCompare(q ledger.Query, with []ledger.Comparison) error {
	if len(with) == 0 || !slices.Contains(q.By, ledger.ByWeek) {
		return nil
	}
	for _, longer := range []ledger.Dimension{ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear} {
		if slices.Contains(q.By, longer) {
			return ErrCompareWeeks.At("compare")
		}
	}
	return nil
}

// compareRows sets beside each row what it was at another time, at the same instant of asking.
func compareRows(
	ctx context.Context, tx *postgres.Tx, view *ledger.View, q ledger.Query, with ledger.Comparison, rows []ledger.Row, shown []VolumeRow,
) error {
	if len(rows) == 0 {
		return nil
	}
	earlier := q.Earlier(with)
	before, err := view.Volumes(ctx, tx, earlier)
	if err != nil {
		return err
	}
	was := make(map[string]ledger.Row, len(before))
	for _, row := range before {
		was[about(row, row.Dimensions[q.Finest()])] = row
	}
	for i, row := range rows {
		found := comparedOf(was[about(row, q.EarlierText(with, row.Dimensions[q.Finest()]))])
		if with == ledger.WithPrevious {
			shown[i].Previous = found
		} else {
			shown[i].YearBefore = found
		}
	}
	return nil
}

// about names what a row is about, in its own time or another: longer periods follow from the shortest.
func about(row ledger.Row, period string) string {
	parts := []string{period, row.Line, row.Unit}
	if row.Dried {
		parts = append(parts, "dried")
	}
	for _, dimension := range ledger.Dimensions() {
		if value, asked := row.Dimensions[dimension]; asked && !ofTime(dimension) {
			parts = append(parts, string(dimension), value)
		}
	}
	return strings.Join(parts, "\x00")
}

func ofTime(dimension ledger.Dimension) bool {
	switch dimension {
	case ledger.ByWeek, ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear:
		return true
	default:
		return false
	}
}

// against says which days the report is compared with.
func (r *Report) against(q ledger.Query, with ledger.Comparison) {
	earlier := q.Earlier(with)
	days := &Days{From: earlier.From.String(), To: earlier.To.String()}
	if with == ledger.WithPrevious {
		r.Previous = days
	} else {
		r.YearBefore = days
	}
}
