package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// Amendment changes an inquiry. What is left out stays.
type Amendment struct {
	QuotesDueAt *time.Time      `json:"quotes_due_at,omitempty" doc:"Once open it is only put off; alone it leaves quotes as they are."`
	DeliverTo   *Place          `json:"deliver_to,omitempty"`
	Terms       *Terms          `json:"terms,omitempty"`
	Lines       []LineAmendment `json:"lines,omitempty" maxItems:"100"`
}

// LineAmendment changes a line: how much, when, at what price. Other goods are another inquiry.
type LineAmendment struct {
	ID             uuid.UUID          `json:"id"`
	Quantity       *quantity.Quantity `json:"quantity,omitempty"`
	DeliverFrom    *civil.Date        `json:"deliver_from,omitempty"`
	DeliverTo      *civil.Date        `json:"deliver_to,omitempty"`
	TargetPriceVND *money.VND         `json:"target_price_vnd,omitempty" minimum:"0" maximum:"1000000000"`
}

// terms reports whether more changes than the deadline: then quotes that were given are outdated.
func (a *Amendment) terms() bool { return a.DeliverTo != nil || a.Terms != nil || len(a.Lines) > 0 }

// apply checks an amendment and makes it to the record; it returns the lines as they were, in the
// order of those that change.
func (a *Amendment) apply(book *reference.Book, r *record, deals map[uuid.UUID]catalog.Deal, now time.Time) ([]lineRecord, error) {
	var found fault.Collector
	a.putOff(&found, r, now)
	if a.DeliverTo != nil {
		if _, known := book.Commune(a.DeliverTo.CommuneCode); !known {
			found.Add("deliver_to.commune_code", fault.ErrUnknownValue, "value", a.DeliverTo.CommuneCode, "allowed", "/v1/reference/communes")
		}
		r.Ward, r.DeliveryNote = a.DeliverTo.CommuneCode, a.DeliverTo.Note
	}
	if a.Terms != nil {
		a.Terms.check(&found)
		r.Terms.V = *a.Terms
	}
	was := make([]lineRecord, 0, len(a.Lines))
	for at, change := range a.Lines {
		place := -1
		for n := range r.Lines {
			if r.Lines[n].ID == change.ID {
				place = n
			}
		}
		if place < 0 {
			found.Add(index("lines", at)+".id", ErrLineUnknown)
			continue
		}
		was = append(was, r.Lines[place])
		if err := found.Merge(index("lines", at), change.apply(&r.Lines[place], deals, reference.Day(now))); err != nil {
			return nil, err
		}
	}
	return was, found.Err()
}

// putOff moves the deadline. One that bidders rely on is never shortened; where sealed quotes were
// opened, more time is a round of revision.
func (a *Amendment) putOff(found *fault.Collector, r *record, now time.Time) {
	if a.QuotesDueAt == nil {
		return
	}
	due := a.QuotesDueAt.UTC().Truncate(time.Microsecond)
	switch {
	case !due.After(now) || due.After(now.Add(quotesAhead)):
		found.Add("quotes_due_at", ErrDeadlinePast)
	case r.Stage == StageOpen && due.Before(r.QuotesDueAt):
		found.Add("quotes_due_at", ErrDeadlineShortened, "deadline", clockTime(r.QuotesDueAt))
	case r.Stage == StageOpen && r.QuotesSealed && !now.Before(r.QuotesDueAt):
		found.Add("quotes_due_at", ErrUnsealed)
	}
	r.QuotesDueAt = due
}

func (a *LineAmendment) apply(line *lineRecord, deals map[uuid.UUID]catalog.Deal, today civil.Date) error {
	var found fault.Collector
	taken := line.Quantity - line.Open
	if a.Quantity != nil {
		switch {
		case *a.Quantity <= 0 || *a.Quantity > quantity.Max:
			found.Add("quantity", ErrQuantityNotPositive)
		case *a.Quantity < taken:
			found.Add("quantity", ErrBelowAwarded, "awarded", taken, "unit", line.Unit)
		}
		line.Quantity, line.Open = *a.Quantity, *a.Quantity-taken
	}
	if a.DeliverFrom != nil {
		line.DeliverFrom = *a.DeliverFrom
		if line.DeliverFrom.Before(today) {
			found.Add("deliver_from", ErrDatePast)
		}
	}
	if a.DeliverTo != nil {
		line.DeliverTo = *a.DeliverTo
	}
	if line.DeliverTo.Before(line.DeliverFrom) || line.DeliverTo.After(today.AddDays(horizon)) {
		found.Add("deliver_to", fault.ErrDateOrder)
	}
	if a.TargetPriceVND != nil {
		line.TargetPriceVND = *a.TargetPriceVND
		if line.TargetPriceVND < 0 || line.TargetPriceVND > money.Max {
			found.Add("target_price_vnd", ErrPriceNotPositive, "max", money.Max)
		}
	}
	if deal, named := deals[line.OfferID]; named && line.Quantity > 0 {
		if err := found.Merge("", deal.CheckOrder(line.Quantity, line.DeliverTo, today)); err != nil {
			return err
		}
	}
	return found.Err()
}

// again is the inquiry as a demand whose dates lie so many weeks later. Lines that name an offer which
// cannot be ordered any more name its product.
func (r *record) again(weeks int, deals map[uuid.UUID]catalog.Deal, today civil.Date) Demand {
	demand := Demand{
		Visibility: r.Visibility, QuotesSealed: r.QuotesSealed, QuotesDueAt: r.QuotesDueAt.AddDate(0, 0, week*weeks), Draft: true, Terms: r.Terms.V,
		DeliverTo: Place{CommuneCode: r.Ward, Note: r.DeliveryNote}, InvitedProducers: r.Invited,
	}
	for _, line := range r.Lines {
		asked := DemandLine{
			Schemes: line.Schemes, Quantity: line.Quantity, Unit: line.Unit, DeliverFrom: line.DeliverFrom.AddDays(week * weeks),
			DeliverTo: line.DeliverTo.AddDays(week * weeks), TargetPriceVND: line.TargetPriceVND,
		}
		deal := deals[line.OfferID]
		switch {
		case line.OfferID != uuid.Nil && orderable(deal, today) && deal.CheckOrder(asked.Quantity, asked.DeliverTo, today) == nil:
			asked.OfferID = line.OfferID
		case line.ProductID != uuid.Nil:
			asked.ProductID = line.ProductID
		default:
			asked.ProductLine, asked.Form, asked.Grade = line.ProductLine, line.Form, line.Grade.V
		}
		demand.Lines = append(demand.Lines, asked)
	}
	return demand
}

// week is how many days lie between a day and the same day of the next week.
const week = 7

// weeksAhead is the fewest whole weeks, at least one, after which all dates of the inquiry lie ahead.
func (r *record) weeksAhead(now time.Time) int {
	first := r.QuotesDueAt
	for _, line := range r.Lines {
		if start := line.DeliverFrom.AddDays(1).In(reference.Zone()); start.Before(first) {
			first = start
		}
	}
	weeks := 1
	for !first.AddDate(0, 0, week*weeks).After(now) {
		weeks++
	}
	return weeks
}
