package inquiry

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Due is what of an award falls due on one of its dates, and how that stands.
type Due struct {
	Part

	Accepted quantity.Quantity `json:"accepted" doc:"Accepted for this date: what comes fills the dates in their order."`
	Late     bool              `json:"late"     doc:"The day is over, and what was owed by its end was not all accepted by then."`
	Short    bool              `json:"short"    doc:"Nothing more is to come for this date, and less was accepted than agreed: what is released goes off the last dates."`
}

// scheduled shares a quote's delivery dates out to an award of part of it: dates are filled in their
// order. What earlier awards of the quote took is gone from its first dates, this award takes the
// first of what is left, and so the parts of an award add up to its quantity, and those of all
// awards of a quote, date by date, to the quote's. What an award releases later comes back neither to
// the quote nor to its dates. Nil for a quote of one date.
func scheduled(split []Part, taken, amount quantity.Quantity) []Part {
	var parts []Part
	for _, part := range split {
		free := max(part.Quantity-taken, 0)
		taken = max(taken-part.Quantity, 0)
		if takes := min(free, amount); takes > 0 {
			parts = append(parts, Part{DeliverOn: part.DeliverOn, Quantity: takes})
			amount -= takes
		}
	}
	return parts
}

// setDates gives an award the dates on which its share of a quote is delivered.
func (a *awardRecord) setDates(quote *quoteRecord) {
	a.DeliverOn = quote.DeliverOn
	parts := scheduled(quote.Split.V, quote.Awarded, a.Quantity)
	if len(parts) > 0 {
		a.DeliverOn = parts[0].DeliverOn
	}
	if len(parts) > 1 {
		a.Schedule.V = parts
	}
}

// parts are the dates of the award, one where there is no schedule.
func (a *awardRecord) parts() []Part {
	if len(a.Schedule.V) > 0 {
		return a.Schedule.V
	}
	return []Part{{DeliverOn: a.DeliverOn, Quantity: a.Quantity}}
}

// commitments commit the award under each of its dates.
func (a *awardRecord) commitments() []ledger.Posting {
	parts := a.parts()
	postings := make([]ledger.Posting, len(parts))
	for at, part := range parts {
		postings[at] = a.posting(ledger.Awarded, part.Quantity, part.DeliverOn)
		postings[at].Claims = a.ledgerClaims()
	}
	return postings
}

// weights are what the award weighs in each of the years in which it is due; goods without a weight, which
// the ledger refuses to claim, weigh nothing.
func (a *awardRecord) weights() map[int]quantity.Quantity {
	weights := make(map[int]quantity.Quantity, 1)
	for _, sold := range a.commitments() {
		weight, _ := sold.Weight()
		weights[sold.BusinessDate.Year] += weight
	}
	return weights
}

// release frees so much of the award, off its last dates first.
func (a *awardRecord) release(ctx context.Context, tx *postgres.Tx, movement ledger.Movement, amount quantity.Quantity, reason string) ([]ledger.Posting, error) {
	released := a.posting(movement, amount, a.DeliverOn)
	released.Reason = reason
	if len(a.Schedule.V) == 0 {
		return []ledger.Posting{released}, nil
	}
	return ledger.OffLastDatesTx(ctx, tx, released)
}

// lastDue is the last day on which something of the award is due.
func (a *awardRecord) lastDue() civil.Date { return last(a.DeliverOn, a.Schedule.V) }

// dueAfter is the date for which goods come when so much came before them: the dates are filled in
// their order. Goods beyond the last date are due on that.
func (a *awardRecord) dueAfter(before quantity.Quantity) civil.Date {
	for _, part := range a.Schedule.V {
		if before < part.Quantity {
			return part.DeliverOn
		}
		before -= part.Quantity
	}
	return a.lastDue()
}

// arrival is a dispatch under an award with several dates, and what was accepted of it.
type arrival struct {
	AwardID      uuid.UUID         `db:"award_id"`
	ID           uuid.UUID         `db:"id"`
	DispatchedAt time.Time         `db:"dispatched_at"`
	ReceivedAt   *time.Time        `db:"received_at"`
	Quantity     quantity.Quantity `db:"quantity"`
	// Accepted is what the receipt says, or the settlement that holds instead.
	Accepted quantity.Quantity `db:"accepted"`
}

// due is the date on which a delivery falls due: goods fill the dates of the award in the order in
// which they left, and what was rejected or lost fills none. inquiry.delivery_due says the same.
func (d *deliveryRecord) due() civil.Date {
	var before quantity.Quantity
	for _, other := range d.award.arrivals {
		earlier := d.DispatchedAt == nil || cmp.Or(other.DispatchedAt.Compare(*d.DispatchedAt), cmp.Compare(other.ID.String(), d.ID.String())) < 0
		switch {
		case other.ID == d.ID || !earlier:
		case other.ReceivedAt == nil:
			before += other.Quantity
		default:
			before += other.Accepted
		}
	}
	return d.award.dueAfter(before)
}

// acceptedBy is how much was accepted by the end of a day, in Vietnam's calendar.
func (a *awardRecord) acceptedBy(day civil.Date) quantity.Quantity {
	var sum quantity.Quantity
	for _, one := range a.arrivals {
		if one.ReceivedAt != nil && !reference.Day(*one.ReceivedAt).After(day) {
			sum += one.Accepted
		}
	}
	return sum
}

// dues are the dates of an award and how each stands on a day; nil where there is one.
func (a *awardRecord) dues() []Due {
	if len(a.Schedule.V) == 0 {
		return nil
	}
	list := make([]Due, 0, len(a.Schedule.V))
	var before quantity.Quantity
	came, owed := a.balance.Accepted+a.balance.Over, a.Quantity-a.balance.Released
	for _, part := range a.Schedule.V {
		within := func(sum quantity.Quantity) quantity.Quantity { return min(max(sum-before, 0), part.Quantity) }
		due := Due{Part: part, Accepted: within(came)}
		due.Short = due.Accepted < part.Quantity && due.Accepted >= within(owed)
		due.Late = within(owed) > 0 && a.today.After(part.DeliverOn) && a.acceptedBy(part.DeliverOn) < min(before+part.Quantity, owed)
		list = append(list, due)
		before += part.Quantity
	}
	return list
}

// unmet is the first date whose goods have not all been accepted; the last when all have.
func (a *awardRecord) unmet() civil.Date {
	if len(a.Schedule.V) == 0 {
		return a.DeliverOn
	}
	return a.dueAfter(a.balance.Accepted + a.balance.Over)
}
