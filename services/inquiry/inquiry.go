package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Visibility says which producers an inquiry reaches.
type Visibility string

// Direct inquiries reach the producers of the goods they name, invited ones those on the list,
// open ones every approved producer.
const (
	Direct  Visibility = "direct"
	Invited Visibility = "invited"
	Open    Visibility = "open"
)

// Stage is what was decided about an inquiry; its State follows from it, the clock and the ledger.
type Stage string

// The stages of an inquiry.
const (
	StageDraft     Stage = "draft"
	StageOpen      Stage = "open"
	StageClosed    Stage = "closed"
	StageCancelled Stage = "cancelled"
)

// State is where an inquiry stands, as people see it.
type State string

// The states of an inquiry, in the order of its life.
const (
	StateDraft           State = "draft"
	StateOpen            State = "open"
	StateClosedForQuotes State = "closed_for_quotes"
	StateAwardedInPart   State = "awarded_in_part"
	StateAwardedInFull   State = "awarded_in_full"
	StateCompleted       State = "completed"
	StateClosed          State = "closed"
	StateCancelled       State = "cancelled"
)

// Party is an organisation as the other side sees it.
type Party struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// Place is where goods are brought.
type Place struct {
	CommuneCode string `json:"commune_code" maxLength:"5"   minLength:"5" doc:"Ward or commune, five digits; see /v1/reference/communes."`
	Note        string `json:"note,omitempty" maxLength:"500" doc:"Dock, street, whom to ask for."`
}

// Terms stand beside the price and are shown before anyone quotes. Payments are recorded
// elsewhere and never held.
type Terms struct {
	PriceBasis      string            `json:"price_basis,omitempty"     enum:"farm_gate,delivered" doc:"Where the price is taken."`
	Invoicing       string            `json:"invoicing,omitempty"       enum:"own,partner,purchase_list" doc:"Who invoices: the producer's own e-invoice, a partner, or a purchase list."`
	TaxTreatment    string            `json:"tax_treatment,omitempty"   maxLength:"200"`
	PaymentDays     int               `json:"payment_days,omitempty"    minimum:"0" maximum:"365"`
	DepositPercent  quantity.Quantity `json:"deposit_percent,omitempty"  doc:"Percent of the value awarded that is paid ahead, 0 to 100, to a thousandth; with the discount at most 100."`
	DiscountPercent quantity.Quantity `json:"discount_percent,omitempty" doc:"Percent off the value of the goods, 0 to 100, to a thousandth; freight has none."`
	Returns         string            `json:"returns,omitempty"         maxLength:"500"`
	Consignment     bool              `json:"consignment,omitempty"`
	Packaging       string            `json:"packaging,omitempty"       maxLength:"500"`
	Note            string            `json:"note,omitempty"            maxLength:"2000"`
}

// The bases of a price.
const (
	basisFarmGate  = "farm_gate"
	basisDelivered = "delivered"
)

// Totals says how much of a demand stands where. What the reader may not know is left out.
type Totals struct {
	Requested quantity.Quantity  `json:"requested"`
	Quoted    *quantity.Quantity `json:"quoted,omitempty"`
	Awarded   *quantity.Quantity `json:"awarded,omitempty"`
	Delivered *quantity.Quantity `json:"delivered,omitempty"`
	Rejected  *quantity.Quantity `json:"rejected,omitempty"`
}

// Line is one line of an inquiry.
type Line struct {
	ID             uuid.UUID         `json:"id"`
	Position       int               `json:"position"`
	ProductLine    string            `json:"line"`
	ProductID      uuid.UUID         `json:"product_id,omitzero"`
	OfferID        uuid.UUID         `json:"offer_id,omitzero"`
	Form           string            `json:"form,omitempty"`
	Grade          map[string]any    `json:"grade,omitempty"`
	Schemes        []string          `json:"schemes"`
	Quantity       quantity.Quantity `json:"quantity"`
	Unit           string            `json:"unit"`
	DeliverFrom    civil.Date        `json:"deliver_from"`
	DeliverTo      civil.Date        `json:"deliver_to"`
	TargetPriceVND money.VND         `json:"target_price_vnd,omitempty"`
	Totals         Totals            `json:"totals"`

	// producerID is set when the line names one producer's goods.
	producerID uuid.UUID
	balance    lineBalance
}

// Inquiry is a buyer's demand.
type Inquiry struct {
	ID               uuid.UUID   `json:"id"`
	Buyer            Party       `json:"buyer"`
	Visibility       Visibility  `json:"visibility" enum:"direct,invited,open"`
	QuotesSealed     bool        `json:"quotes_sealed"`
	QuotesDueAt      time.Time   `json:"quotes_due_at"`
	DeliverTo        Place       `json:"deliver_to"`
	Terms            Terms       `json:"terms"`
	InvitedProducers []uuid.UUID `json:"invited_producers,omitempty" doc:"Only the buyer sees them."`
	Lines            []Line      `json:"lines"`
	State            State       `json:"state" enum:"draft,open,closed_for_quotes,awarded_in_part,awarded_in_full,completed,closed,cancelled"`
	// Totals is left out when the lines are of different goods: those are never totalled together.
	Totals *Totals `json:"totals,omitempty" doc:"Left out when the lines are of different goods."`
	// Round is open for the reader; Rounds are all there were, for the buyer.
	Round     *OpenRound `json:"round,omitempty" doc:"A round of revision that is open: for the buyer, and for producers in it."`
	Rounds    []Round    `json:"rounds,omitempty" doc:"For the buyer."`
	SeriesID  *uuid.UUID `json:"series_id,omitempty" doc:"The series it was placed for, for the buyer."`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`

	stage Stage
}

// lineBalance is a line's demand as the ledger has it.
type lineBalance struct {
	Open, Awarded, Delivered, Quoted, Rejected quantity.Quantity
}

// stateOf works out where an inquiry stands. A closed inquiry's lines want nothing more, so what
// was awarded decides; without awards it is just closed.
func stateOf(stage Stage, due, now time.Time, lines []Line) State {
	switch stage {
	case StageDraft:
		return StateDraft
	case StageCancelled:
		return StateCancelled
	case StageOpen, StageClosed:
	}
	var open, committed, delivered quantity.Quantity
	for _, line := range lines {
		open += line.balance.Open
		committed += line.balance.Awarded
		delivered += line.balance.Delivered
	}
	switch {
	case committed+delivered > 0 && open > 0:
		return StateAwardedInPart
	case committed > 0:
		return StateAwardedInFull
	case delivered > 0:
		return StateCompleted
	case stage == StageClosed:
		return StateClosed
	case !now.Before(due):
		return StateClosedForQuotes
	default:
		return StateOpen
	}
}

// perspective is how somebody looks at an inquiry.
type perspective int

const (
	asBuyer perspective = iota
	asProducer
)

// shownTo fills in state and totals and removes what this reader may not know: a producer sees
// the lines meant for all or for itself and nothing that tells of rivals; the buyer sees nothing
// of sealed quotes before the deadline, nor of sealed revisions before their round ends.
func (i *Inquiry) shownTo(as perspective, producer uuid.UUID, sealedUntil, now time.Time) {
	i.State = stateOf(i.stage, i.QuotesDueAt, now, i.Lines)
	sealed := now.Before(sealedUntil)
	if as == asProducer {
		i.InvitedProducers = nil
		i.State = stateForProducer(i.State)
		own := i.Lines[:0:0]
		for _, line := range i.Lines {
			if line.producerID == uuid.Nil || line.producerID == producer {
				own = append(own, line)
			}
		}
		i.Lines = own
	}
	for at := range i.Lines {
		i.Lines[at].Totals = totalsOf(i.Lines[at:at+1], as, sealed)
	}
	if i.Totals = nil; len(i.Lines) > 0 && alike(i.Lines) {
		totals := totalsOf(i.Lines, as, sealed)
		i.Totals = &totals
	}
}

// stateForProducer hides how much was awarded to others: only whether quotes are still taken.
func stateForProducer(state State) State {
	switch state {
	case StateAwardedInPart, StateAwardedInFull, StateCompleted, StateClosed:
		return StateClosed
	case StateDraft, StateOpen, StateClosedForQuotes, StateCancelled:
		return state
	default:
		return state
	}
}

func totalsOf(lines []Line, as perspective, sealed bool) Totals {
	var totals Totals
	var sum lineBalance
	for _, line := range lines {
		totals.Requested += line.Quantity
		sum.Awarded += line.balance.Awarded + line.balance.Delivered
		sum.Delivered += line.balance.Delivered
		sum.Quoted += line.balance.Quoted
		sum.Rejected += line.balance.Rejected
	}
	if as == asBuyer {
		totals.Awarded, totals.Delivered, totals.Rejected = &sum.Awarded, &sum.Delivered, &sum.Rejected
		if !sealed {
			totals.Quoted = &sum.Quoted
		}
	}
	return totals
}

// alike reports whether the lines are of the same goods, so that a total says something.
func alike(lines []Line) bool {
	for _, line := range lines[1:] {
		if line.ProductLine != lines[0].ProductLine || line.Unit != lines[0].Unit || line.Form != lines[0].Form {
			return false
		}
	}
	return true
}
