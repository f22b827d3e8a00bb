package catalog

import (
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Steps are the quantities an offer can be ordered in: MinOrder, and from there on every whole
// number of Multiple more. A Multiple of 0 takes any quantity from MinOrder on.
type Steps struct {
	MinOrder, Multiple quantity.Quantity
}

// Least is the smallest order.
func (s Steps) Least() quantity.Quantity {
	if s.MinOrder == 0 {
		return s.Multiple
	}
	return s.MinOrder
}

// Fit reports whether a quantity can be ordered.
func (s Steps) Fit(amount quantity.Quantity) bool {
	return amount > 0 && amount >= s.Least() && (s.Multiple == 0 || (amount-s.MinOrder)%s.Multiple == 0)
}

// Below is the largest order of at most amount; 0 when even the smallest is more.
func (s Steps) Below(amount quantity.Quantity) quantity.Quantity {
	switch {
	case amount < s.Least():
		return 0
	case s.Multiple == 0:
		return amount
	default:
		return amount - (amount-s.MinOrder)%s.Multiple
	}
}

// Above is the smallest order of at least amount.
func (s Steps) Above(amount quantity.Quantity) quantity.Quantity {
	below := s.Below(amount)
	switch {
	case amount <= s.Least():
		return s.Least()
	case below == amount:
		return amount
	default:
		return below + s.Multiple
	}
}

// Steps are the quantities the deal's offer can be ordered in.
func (d Deal) Steps() Steps { return Steps{MinOrder: d.MinOrder, Multiple: d.Multiple} }

// Earliest is the first day on which an order of a day can be delivered: not before the offer's
// window, nor before its lead time has passed. It may lie after the window.
func (d Deal) Earliest(ordered civil.Date) civil.Date {
	return earliest(d.AvailableFrom, d.LeadDays, ordered)
}

func earliest(from civil.Date, leadDays int, ordered civil.Date) civil.Date {
	if ready := ordered.AddDays(leadDays); ready.After(from) {
		return ready
	}
	return from
}

// CheckOrder refuses what a buyer cannot order of the offer on a day, each at its field:
// ErrBelowMinOrder and ErrOffMultiple at quantity, ErrLeadTime at deliver_to when the lead time
// runs beyond the last day the buyer would take it. A producer's own quote may be anything else.
func (d Deal) CheckOrder(amount quantity.Quantity, deliverTo, ordered civil.Date) error {
	var complaints fault.Collector
	steps := d.Steps()
	switch {
	case amount < steps.Least():
		complaints.Add("quantity", ErrBelowMinOrder, "min_order", steps.Least(), "unit", d.Unit)
	case !steps.Fit(amount):
		complaints.Add("quantity", ErrOffMultiple, "multiple", d.Multiple, "unit", d.Unit, "below", steps.Below(amount), "above", steps.Above(amount))
	}
	if ready := ordered.AddDays(d.LeadDays); d.LeadDays > 0 && deliverTo.Before(ready) {
		complaints.Add("deliver_to", ErrLeadTime, "lead_days", d.LeadDays, "earliest", d.Earliest(ordered))
	}
	return complaints.Err()
}
