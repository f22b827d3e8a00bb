package monitor

import (
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// window is the days in which something is supplied or to be delivered, both ends included.
type window struct{ from, to civil.Date }

// left is what is still to come of a window on a day; of one that is over its last day.
func (w window) left(today civil.Date) window {
	switch {
	case w.to.Before(today):
		w.from = w.to
	case w.from.Before(today):
		w.from = today
	}
	return w
}

// share is what falls on some days when a quantity is spread evenly over the window, in whole thousandths: what
// has fallen due by the last of them, rounded down, less what had before. So the shares of days that follow
// each other add up to the whole, however they are cut.
func (w window) share(of quantity.Quantity, within window) quantity.Quantity {
	return w.dueBy(of, within.to) - w.dueBy(of, within.from.AddDays(-1))
}

// dueBy is the part of a quantity that has fallen due by the end of a day.
func (w window) dueBy(of quantity.Quantity, day civil.Date) quantity.Quantity {
	switch {
	case day.Before(w.from):
		return 0
	case !day.Before(w.to):
		return of
	default:
		gone, all := quantity.Quantity(w.from.Days(day)+1), quantity.Quantity(w.from.Days(w.to)+1)
		return of/all*gone + of%all*gone/all
	}
}

// both are the days that two windows have in common; some is false where they have none.
func (w window) both(other window) (common window, some bool) {
	if w.from.Before(other.from) {
		w.from = other.from
	}
	if other.to.Before(w.to) {
		w.to = other.to
	}
	return w, !w.to.Before(w.from)
}

// months cuts the window into the parts that lie in one month each.
func (w window) months() []window {
	var parts []window
	for from := w.from; !from.After(w.to); {
		next := civil.New(from.Year, from.Month, 1).AddMonths(1)
		part, _ := window{from, next.AddDays(-1)}.both(w)
		parts, from = append(parts, part), next
	}
	return parts
}
