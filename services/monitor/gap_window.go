package monitor

import (
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// window is the days in which something is supplied or to be delivered, both ends included.
type window struct{ from, to civil.Date }

func (w window) days() dayRange { return dayRange{dayCount(w.from), dayCount(w.to)} }

// dayRange are days counted from 1970, both ends included: windows are cut many thousand times for an answer.
type dayRange struct{ from, to int }

func dayCount(day civil.Date) int { return int(day.In(time.UTC).Unix() / (24 * 60 * 60)) }

// left is what is still to come of a window on a day; of one that is over its last day.
func (r dayRange) left(today int) dayRange { return dayRange{min(max(r.from, today), r.to), r.to} }

// both are the days that two have in common; some is false where there are none.
func (r dayRange) both(other dayRange) (common dayRange, some bool) {
	common = dayRange{max(r.from, other.from), min(r.to, other.to)}
	return common, common.from <= common.to
}

// share is what falls on some days when a quantity is spread evenly over the range, in whole thousandths: what
// has fallen due by the last of them, rounded down, less what had before. So the shares of days that follow
// each other add up to the whole, however they are cut.
func (r dayRange) share(of quantity.Quantity, within dayRange) quantity.Quantity {
	if of == 0 {
		return 0
	}
	return r.dueBy(of, within.to) - r.dueBy(of, within.from-1)
}

// dueBy is the part of a quantity that has fallen due by the end of a day.
func (r dayRange) dueBy(of quantity.Quantity, day int) quantity.Quantity {
	switch {
	case day < r.from:
		return 0
	case day >= r.to:
		return of
	default:
		gone, all := quantity.Quantity(day-r.from+1), quantity.Quantity(r.to-r.from+1)
		return of/all*gone + of%all*gone/all
	}
}

// monthCount counts months from the year nought.
func monthCount(day civil.Date) int { return day.Year*12 + int(day.Month) - 1 }

// monthsKnown remembers the days of months, by their count.
type monthsKnown map[int]dayRange

func (m monthsKnown) days(month int) dayRange {
	known, is := m[month]
	if !is {
		first := monthFirst(month)
		known = window{first, first.AddMonths(1).AddDays(-1)}.days()
		m[month] = known
	}
	return known
}

func monthFirst(month int) civil.Date { return civil.New(month/12, time.Month(month%12+1), 1) }
