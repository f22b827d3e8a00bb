package inquiry

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// QuoteStage is what was decided about a version of a quote.
type QuoteStage string

// The stages of a quote.
const (
	QuoteSubmitted  QuoteStage = "submitted"
	QuoteSuperseded QuoteStage = "superseded"
	QuoteDeclined   QuoteStage = "declined"
	QuoteWithdrawn  QuoteStage = "withdrawn"
)

// QuoteState is where a quote stands, as people see it.
type QuoteState string

// The states of a quote beyond its stages.
const (
	StateQuoteAwardedInPart QuoteState = "awarded_in_part"
	StateQuoteAwardedInFull QuoteState = "awarded_in_full"
	StateQuoteExpired       QuoteState = "expired"
)

// Until is an instant that people may also write as a day, meaning the end of that day in
// Vietnam: a quote valid until 15 December holds all of that day.
type Until struct {
	time.Time

	// unread is what was written when it is neither, for the rules to refuse by name.
	unread string
}

// UnmarshalJSON reads an RFC 3339 time or a date. A text that is neither is kept for check.
func (u *Until) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("reading an end of validity: %w", err)
	}
	if day, err := civil.Parse(text); err == nil {
		u.Time = day.AddDays(1).In(reference.Zone()).Add(-time.Microsecond)
		return nil
	}
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		u.unread = text
		return nil //nolint:nilerr // refused by check, with its name
	}
	u.Time = instant
	return nil
}

// MarshalJSON writes an RFC 3339 time.
func (u Until) MarshalJSON() ([]byte, error) { return u.Time.MarshalJSON() } //nolint:wrapcheck // never fails within the bounds of a quote

// SizePrice is the price of one size, where the scale decides which applies.
type SizePrice struct {
	Grade    string    `json:"grade" maxLength:"60" doc:"As people say it: 20/kg, gạch 400 g."`
	PriceVND money.VND `json:"price_vnd" minimum:"1" maximum:"1000000000"`
}

// NewQuote is a producer's answer to one inquiry line. Quantity, price and date are enough: the
// offer behind it is made from it, of the producer's product that fits the line best.
type NewQuote struct {
	QuoteTerms

	LineID      uuid.UUID         `json:"line_id,omitzero" doc:"May be left out when the inquiry has one line for you."`
	OfferID     uuid.UUID         `json:"offer_id,omitzero" doc:"Left out: an offer is made from the quote."`
	ProductID   uuid.UUID         `json:"product_id,omitzero" doc:"Which of your products, when offer_id is left out."`
	Quantity    quantity.Quantity `json:"quantity"`
	Unit        string            `json:"unit,omitempty"`
	PriceVND    money.VND         `json:"price_vnd" minimum:"1" maximum:"1000000000"`
	DeliverOn   civil.Date        `json:"deliver_on"`
	ValidUntil  Until             `json:"valid_until,omitzero" doc:"A date (that day included) or a time; a sensible default when left out."`
	Reserve     *bool             `json:"reserve,omitempty" doc:"Hold the volume until valid_until. Default: false for live goods, true otherwise."`
	Alternative bool              `json:"alternative,omitempty" doc:"Another proposal beside your first quote on the line."`
	SizePrices  []SizePrice       `json:"size_prices,omitempty" maxItems:"30"`
	Framework   *FrameworkQuote   `json:"framework,omitempty" doc:"The quote may be awarded as a framework, to be called off within this period."`
	Note        string            `json:"note,omitempty" maxLength:"1000"`

	TiePercent *quantity.Quantity `json:"tie_percent,omitempty" doc:"Instead of tie: what it weighs in percent of the net weight, to a tenth."`
}

// Quote is one version of a producer's answer.
type Quote struct {
	QuoteTerms

	ID          uuid.UUID         `json:"id"`
	InquiryID   uuid.UUID         `json:"inquiry_id"`
	LineID      uuid.UUID         `json:"line_id"`
	Producer    Party             `json:"producer"`
	Version     int               `json:"version"`
	ProductID   uuid.UUID         `json:"product_id"`
	OfferID     uuid.UUID         `json:"offer_id"`
	Quantity    quantity.Quantity `json:"quantity"`
	Awarded     quantity.Quantity `json:"awarded"`
	Unit        string            `json:"unit"`
	PriceVND    money.VND         `json:"price_vnd" doc:"As the producer said it; net_price_vnd compares."`
	NetPriceVND money.VND         `json:"net_price_vnd" doc:"Per unit net, for the whole quantity: by its tier, and the tie's weight counted in where the price is gross; rounded half up."`
	SizePrices  []SizePrice       `json:"size_prices,omitempty"`
	DeliverOn   civil.Date        `json:"deliver_on"`
	ValidUntil  time.Time         `json:"valid_until"`
	Reserve     bool              `json:"reserve"`
	Alternative bool              `json:"alternative,omitempty"`
	Note        string            `json:"note,omitempty"`
	// Claims are the marks the goods will carry on the delivery date.
	Claims []string `json:"claims" doc:"Marks that will be valid on the delivery date."`
	// LapsingClaims hold today and will not on the delivery date.
	LapsingClaims []string `json:"lapsing_claims,omitempty" doc:"Marks that are valid today and will have lapsed by the delivery date."`
	MissingClaims []string `json:"missing_claims,omitempty" doc:"Marks the line asks for that the goods will not carry."`
	// Deviations are other respects in which the quote is not what was asked for.
	Deviations []string   `json:"deviations,omitempty" enum:"delivery_before_window,delivery_after_window,less_than_asked,below_offer_minimum,off_offer_multiple,sooner_than_lead_time,more_than_lot" doc:"Other respects in which it is not what was asked for."`
	State      QuoteState `json:"state" enum:"submitted,superseded,declined,withdrawn,awarded_in_part,awarded_in_full,expired"`
	Outdated   bool       `json:"outdated,omitempty" doc:"The inquiry was amended since: it is awarded only when its producer has confirmed or revised it."`
	Reason     string     `json:"reason,omitempty"`
	// DeclineNote is the buyer's word beside the reason.
	DeclineNote string          `json:"decline_note,omitempty"`
	Framework   *FrameworkQuote `json:"framework,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`

	// QuotedElsewhere and ReservedElsewhere are for the producer alone, on its own list.
	QuotedElsewhere   *quantity.Quantity `json:"quoted_elsewhere,omitempty" doc:"What your other open quotes promise of the same offer; on your own list."`
	ReservedElsewhere *quantity.Quantity `json:"reserved_elsewhere,omitempty" doc:"How much of that is held."`
}

// live is the form whose goods are quoted for hours, not days.
const live = "live"

// check applies the rules of a quote that need no more than the quote itself.
func (q *NewQuote) check(now time.Time) error {
	var found fault.Collector
	if q.Quantity <= 0 || q.Quantity > quantity.Max {
		found.Add("quantity", ErrQuantityNotPositive)
	}
	if q.PriceVND <= 0 || q.PriceVND > money.Max {
		found.Add("price_vnd", ErrPriceNotPositive, "max", money.Max)
	}
	if q.DeliverOn.Before(reference.Day(now)) {
		found.Add("deliver_on", ErrDatePast)
	}
	if q.ValidUntil.unread != "" {
		found.Add("valid_until", ErrNeitherDayNorTime)
	}
	if !q.ValidUntil.IsZero() && (!q.ValidUntil.After(now) || q.ValidUntil.After(now.Add(quotesAhead))) {
		found.Add("valid_until", ErrValidityPast)
	}
	if q.Framework != nil {
		if err := found.Merge("", q.Framework.check("framework", reference.Day(now))); err != nil {
			return err
		}
	}
	q.checkTerms(&found)
	for at, size := range q.SizePrices {
		if size.PriceVND <= 0 || size.PriceVND > money.Max {
			found.Add(index("size_prices", at)+".price_vnd", ErrPriceNotPositive, "max", money.Max)
		}
	}
	return found.Err()
}

// against applies the rules that tie a quote to the line it answers and the offer behind it.
func (q *NewQuote) against(line lineRecord, deal catalog.Deal) error {
	var found fault.Collector
	if deal.Line != line.ProductLine {
		found.Add("offer_id", ErrWrongLine)
	}
	if deal.Unit != line.Unit {
		found.Add("offer_id", ErrUnitDiffers, "unit", line.Unit)
	}
	if q.Unit != "" && q.Unit != line.Unit {
		found.Add("unit", ErrUnitDiffers, "unit", line.Unit)
	}
	for at, on := range days(q.DeliverOn, q.Split) {
		if !on.Before(deal.AvailableFrom) && !on.After(deal.AvailableTo) {
			continue
		}
		place := "deliver_on"
		if at > 0 {
			place = index("split", at) + ".deliver_on"
		}
		found.Add(place, ErrOutsideOffer, "from", deal.AvailableFrom, "to", deal.AvailableTo)
	}
	if err := found.Err(); err != nil {
		return err
	}
	if deal.State != catalog.OfferOpen {
		return ErrOfferClosed.With()
	}
	return q.tied(deal.Grade)
}

// The default life of a quote of goods that are not live.
const quoteDays = 7

// validUntil is the end of a quote's validity: as the producer says, else the usual hours for live
// goods of the line and a week for others. Sealed quotes count from the deadline, or the
// end of the round, before which nobody can award them.
func (q *NewQuote) validUntil(r *record, deal catalog.Deal, now time.Time) time.Time {
	if !q.ValidUntil.IsZero() {
		return q.ValidUntil.UTC().Truncate(time.Microsecond)
	}
	from := now
	if sealed := r.sealedUntil(now); sealed.After(from) {
		from = sealed
	}
	if deal.Form == live && deal.LiveQuoteHours > 0 {
		return from.Add(time.Duration(deal.LiveQuoteHours) * time.Hour)
	}
	return from.AddDate(0, 0, quoteDays)
}

// reserves reports whether the quote holds volume: as the quote says; else not while quotes are
// sealed, when what is held would tell of them; else as the producer's setting says; else not for
// live goods.
func (q *NewQuote) reserves(r *record, deal catalog.Deal, setting *bool) bool {
	switch {
	case q.Reserve != nil:
		return *q.Reserve
	case r.QuotesSealed:
		return false
	case setting != nil:
		return *setting
	default:
		return deal.Form != live
	}
}

// quoteState works out where a version of a quote stands.
func quoteState(stage QuoteStage, awarded, whole quantity.Quantity, until, now time.Time) QuoteState {
	switch {
	case awarded >= whole:
		return StateQuoteAwardedInFull
	case stage != QuoteSubmitted:
		return QuoteState(stage)
	case awarded > 0:
		return StateQuoteAwardedInPart
	case now.After(until):
		return StateQuoteExpired
	default:
		return QuoteState(QuoteSubmitted)
	}
}

// maxTimesAsked bounds a quote's quantity by that of the line it answers: beyond it is a slip.
const maxTimesAsked = 10

// deviations lists in which respects a quote is not what the line asks for, nor what the offer
// behind it says. A producer may quote less than its own minimum, off its steps and sooner than
// its lead time: it knows best, and both sides see it.
func (q *quoteRecord) deviations(line lineRecord) []string {
	var found []string
	deal, amount, deliverOn, quotedOn := q.deal, q.Quantity, q.DeliverOn, reference.Day(q.CreatedAt)
	if deliverOn.Before(line.DeliverFrom) {
		found = append(found, "delivery_before_window")
	}
	if last(deliverOn, q.Split.V).After(line.DeliverTo) {
		found = append(found, "delivery_after_window")
	}
	if amount < line.Quantity {
		found = append(found, "less_than_asked")
	}
	switch steps := deal.Steps(); {
	case amount < steps.Least():
		found = append(found, "below_offer_minimum")
	case !steps.Fit(amount):
		found = append(found, "off_offer_multiple")
	}
	if deliverOn.Before(quotedOn.AddDays(deal.LeadDays)) {
		found = append(found, "sooner_than_lead_time")
	}
	if q.OverLot {
		found = append(found, "more_than_lot")
	}
	return found
}

// without returns the members of all that are not in held.
func without(all, held []string) []string {
	var rest []string
	for _, one := range all {
		if !slices.Contains(held, one) {
			rest = append(rest, one)
		}
	}
	return rest
}
