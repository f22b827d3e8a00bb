package monitor

import (
	"context"
	"slices"

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

// compared are the rows of a query and, with nothing in them, those that had volume only at a time it is compared
// with, all at the same instant of asking; then holds for each comparison what each of them was.
func compared(
	ctx context.Context, tx *postgres.Tx, view *ledger.View, q ledger.Query, with []ledger.Comparison,
) (all []ledger.Row, then [][]ledger.Row, err error) {
	spans := append(make([]ledger.Span, 0, 1+len(with)), ledger.Span{From: q.From, To: q.To})
	for _, each := range with {
		earlier := q.Earlier(each)
		spans = append(spans, ledger.Span{From: earlier.From, To: earlier.To})
	}
	found, err := view.VolumesOf(ctx, tx, q, spans...)
	if err != nil {
		return nil, nil, err
	}
	for n, each := range with {
		found[n+1] = q.Compared(each, found[n+1])
	}
	return q.Beside(found[0], found[1:]...)
}

// setBeside sets beside the row what it was; the zero row where it was nothing.
func (r *VolumeRow) setBeside(with ledger.Comparison, was ledger.Row) {
	if with == ledger.WithPrevious {
		r.Previous = comparedOf(was)
	} else {
		r.YearBefore = comparedOf(was)
	}
}

// compareRest says that the row was nothing wherever it has not been compared.
func (r *VolumeRow) compareRest(with []ledger.Comparison) {
	for _, each := range with {
		if each == ledger.WithPrevious && r.Previous == nil || each == ledger.WithYearBefore && r.YearBefore == nil {
			r.setBeside(each, ledger.Row{})
		}
	}
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
