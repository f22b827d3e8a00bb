package inquiry

import (
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// CallOffState is where a call-off stands.
type CallOffState string

// The states of a call-off.
const (
	CallOffProposed  CallOffState = "proposed"
	CallOffConfirmed CallOffState = "confirmed"
	CallOffRefused   CallOffState = "refused"
	CallOffCancelled CallOffState = "cancelled"
)

// CallOffMove is a step in a call-off's life.
type CallOffMove string

// The moves. A call-off whose price is its own waits for the producer; any other is confirmed at once.
const (
	MoveConfirmCall CallOffMove = "confirm"
	MoveRefuseCall  CallOffMove = "refuse"
	MoveCancelCall  CallOffMove = "cancel"
)

// callOffSteps is the whole life cycle: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var callOffSteps = map[CallOffMove]struct {
	from     []CallOffState
	to       CallOffState
	buyers   bool // whose move it is: the buyer's or the producer's
	event    string
	reasoned bool
}{
	MoveConfirmCall: {[]CallOffState{CallOffProposed}, CallOffConfirmed, false, EventCallOffConfirmed, false},
	MoveRefuseCall:  {[]CallOffState{CallOffProposed}, CallOffRefused, false, EventCallOffRefused, true},
	MoveCancelCall:  {[]CallOffState{CallOffProposed, CallOffConfirmed}, CallOffCancelled, true, EventCallOffCancelled, true},
}

// The events of a framework's life, of which the other side is told.
const (
	EventCallOffMade      = "award.called_off"
	EventCallOffConfirmed = "award.call_off_confirmed"
	EventCallOffRefused   = "award.call_off_refused"
	EventCallOffCancelled = "award.call_off_cancelled"
	EventFrameworkEnded   = "award.framework_ended"
)

// NewCallOff is a buyer's draw on a framework award.
type NewCallOff struct {
	Quantity    quantity.Quantity `json:"quantity"`
	Unit        string            `json:"unit,omitempty"`
	DeliverOn   civil.Date        `json:"deliver_on"`
	SlotFrom    string            `json:"slot_from,omitempty" maxLength:"5" doc:"HH:MM in Vietnam, such as 03:00; both or none."`
	SlotTo      string            `json:"slot_to,omitempty"   maxLength:"5" doc:"Later on the same day."`
	CommuneCode string            `json:"commune_code" maxLength:"5" minLength:"5"`
	Note        string            `json:"note,omitempty" maxLength:"1000"`
	PriceVND    money.VND         `json:"price_vnd,omitempty" minimum:"0" maximum:"1000000000" doc:"Per unit net of the tie. Needed for live goods and where the award's price is indicative; the producer confirms it. Otherwise the award's price holds."`
}

// CallOff is a dated, priced draw on a framework award.
type CallOff struct {
	ID          uuid.UUID         `db:"id"          json:"id"`
	AwardID     uuid.UUID         `db:"award_id"    json:"award_id"`
	Quantity    quantity.Quantity `db:"quantity"    json:"quantity"`
	Drawn       quantity.Quantity `db:"drawn"       json:"drawn"                doc:"Sent against it, and neither rejected nor lost."`
	PriceVND    money.VND         `db:"price_vnd"   json:"price_vnd"`
	OwnPrice    bool              `db:"own_price"   json:"own_price"            doc:"Its price is its own, confirmed by both sides; else the award's."`
	DeliverOn   civil.Date        `db:"deliver_on"  json:"deliver_on"`
	SlotFrom    string            `db:"slot_from"   json:"slot_from,omitempty"`
	SlotTo      string            `db:"slot_to"     json:"slot_to,omitempty"`
	CommuneCode string            `db:"commune"     json:"commune_code"`
	Note        string            `db:"note"        json:"note,omitempty"`
	State       CallOffState      `db:"state"       json:"state"                enum:"proposed,confirmed,refused,cancelled"`
	Reason      string            `db:"reason"      json:"reason,omitempty"`
	CreatedAt   time.Time         `db:"created_at"  json:"created_at"`
	DecidedAt   *time.Time        `db:"decided_at"  json:"decided_at,omitempty"`
}

var hour = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// check applies the rules of a call-off on a framework award. Goods whose price moves, live ones and
// those with an indicative price, name their own; of others the price is known.
func (n *NewCallOff) check(a *awardRecord, book *reference.Book, today civil.Date) error {
	var found fault.Collector
	if n.Quantity <= 0 || n.Quantity > quantity.Max {
		found.Add("quantity", ErrQuantityNotPositive)
	}
	if n.Unit != "" && n.Unit != a.Unit {
		found.Add("unit", ErrUnitDiffers, "unit", a.Unit)
	}
	switch {
	case n.DeliverOn.Before(today):
		found.Add("deliver_on", ErrDatePast)
	case n.DeliverOn.Before(*a.PeriodFrom) || n.DeliverOn.After(*a.PeriodTo):
		found.Add("deliver_on", ErrOutsidePeriod, "from", *a.PeriodFrom, "to", *a.PeriodTo)
	}
	if (n.SlotFrom != "" || n.SlotTo != "") && (!hour.MatchString(n.SlotFrom) || !hour.MatchString(n.SlotTo) || n.SlotFrom >= n.SlotTo) {
		found.Add("slot_from", ErrSlot)
	}
	if _, known := book.Commune(n.CommuneCode); !known {
		found.Add("commune_code", fault.ErrUnknownValue, "value", n.CommuneCode, "allowed", "/v1/reference/communes")
	}
	switch own := a.priceMoves(); {
	case own && (n.PriceVND <= 0 || n.PriceVND > money.Max):
		found.Add("price_vnd", ErrPriceNotPositive, "max", money.Max)
	case !own && n.PriceVND != 0 && n.PriceVND != a.PriceVND:
		found.Add("price_vnd", ErrPriceFixed, "price", a.PriceVND)
	}
	return found.Err()
}

// priceMoves reports whether each call-off names its own price.
func (a *awardRecord) priceMoves() bool { return a.Indicative || a.deal.Form == live }

// next returns the state after a move of a side on a day. Refused: fault.ErrForbidden for the side whose
// move it is not, ErrCallOffState, fault.ErrRequired for a reason, ErrCallOffDay for a confirmed one on
// its very day, ErrNothingLeft for one that was sent in full.
func (c *CallOff) next(move CallOffMove, buyer bool, reason string, today civil.Date) (CallOffState, error) {
	step, known := callOffSteps[move]
	if !known || step.buyers != buyer {
		return "", fault.ErrForbidden.With()
	}
	switch {
	case !slices.Contains(step.from, c.State):
		return "", ErrCallOffState.With("state", string(c.State))
	case step.reasoned && reason == "":
		return "", fault.ErrRequired.At("reason")
	case move == MoveCancelCall && c.Drawn == c.Quantity:
		return "", ErrNothingLeft.With()
	case move == MoveCancelCall && c.State == CallOffConfirmed && c.DeliverOn == today:
		return "", ErrCallOffDay.With()
	}
	return step.to, nil
}
