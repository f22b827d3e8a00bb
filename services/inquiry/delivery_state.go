package inquiry

import (
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/fault"
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery. A scheduled one has moved no volume yet; goods that were not received
// within the hours their line and form allow count as unconfirmed until the receiver says what
// came, which follows from the clock and is never stored. A receipt stands until both sides agree on
// another outcome.
const (
	DeliveryScheduled   DeliveryState = "scheduled"
	DeliveryCancelled   DeliveryState = "cancelled"
	DeliveryDispatched  DeliveryState = "dispatched"
	DeliveryUnconfirmed DeliveryState = "unconfirmed"
	DeliveryReceived    DeliveryState = "received"
	DeliveryDisputed    DeliveryState = "disputed"
	DeliverySettled     DeliveryState = "settled"

	// deliveryNone is where a delivery stands of which nobody has heard.
	deliveryNone DeliveryState = ""
)

// deliveryActor is for whom a step of a delivery is taken.
type deliveryActor string

// The actors: the producer, the people of the buyer, and whoever holds a link for the dock.
const (
	bySupplier deliveryActor = "supplier"
	byReceiver deliveryActor = "receiver"
	byDock     deliveryActor = "dock"
)

// deliveryMove is a step in a delivery's life.
type deliveryMove string

// The moves.
const (
	moveSchedule deliveryMove = "schedule"
	moveTakeBack deliveryMove = "cancel"
	moveDispatch deliveryMove = "dispatch"
	moveLink     deliveryMove = "link"
	moveReceive  deliveryMove = "receive"
	movePhoto    deliveryMove = "photo"
	moveDispute  deliveryMove = "dispute"
	movePropose  deliveryMove = "propose"
	moveAgree    deliveryMove = "agree"
	moveWithdraw deliveryMove = "withdraw"
)

// stays is the end of a move that leaves a delivery where it is.
const stays DeliveryState = "."

// deliveryStep is a move: from where, to where, and by whom.
type deliveryStep struct {
	from   []DeliveryState
	to     DeliveryState
	actors []deliveryActor
}

// deliverySteps is the whole life of a delivery: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var deliverySteps = map[deliveryMove]deliveryStep{
	moveSchedule: {[]DeliveryState{deliveryNone}, DeliveryScheduled, []deliveryActor{bySupplier}},
	moveTakeBack: {[]DeliveryState{DeliveryScheduled}, DeliveryCancelled, []deliveryActor{bySupplier}},
	moveDispatch: {[]DeliveryState{deliveryNone, DeliveryScheduled}, DeliveryDispatched, []deliveryActor{bySupplier}},
	moveLink:     {[]DeliveryState{DeliveryScheduled, DeliveryDispatched, DeliveryUnconfirmed}, stays, []deliveryActor{byReceiver}},
	moveReceive:  {[]DeliveryState{DeliveryDispatched, DeliveryUnconfirmed}, DeliveryReceived, []deliveryActor{byReceiver, byDock}},
	movePhoto: {
		[]DeliveryState{DeliveryDispatched, DeliveryUnconfirmed, DeliveryReceived, DeliveryDisputed}, stays, []deliveryActor{byReceiver, byDock},
	},
	moveDispute:  {[]DeliveryState{DeliveryReceived}, DeliveryDisputed, []deliveryActor{bySupplier, byReceiver}},
	movePropose:  {[]DeliveryState{DeliveryDisputed}, stays, []deliveryActor{bySupplier, byReceiver}},
	moveAgree:    {[]DeliveryState{DeliveryDisputed}, DeliverySettled, []deliveryActor{bySupplier, byReceiver}},
	moveWithdraw: {[]DeliveryState{DeliveryDisputed}, DeliveryReceived, []deliveryActor{bySupplier, byReceiver}},
}

// next returns where a delivery stands after a move. Refused: fault.ErrForbidden for an actor whose
// move it is not, ErrReceived for what was received before, ErrDeliveryState.
func (s DeliveryState) next(move deliveryMove, actor deliveryActor) (DeliveryState, error) {
	step, known := deliverySteps[move]
	switch {
	case !known || !slices.Contains(step.actors, actor):
		return s, fault.ErrForbidden.With()
	case move == moveReceive && s.received():
		return s, ErrReceived.With()
	case !slices.Contains(step.from, s):
		return s, ErrDeliveryState.With("state", s, "action", move)
	case step.to == stays:
		return s, nil
	default:
		return step.to, nil
	}
}

// received reports whether somebody said what came.
func (s DeliveryState) received() bool {
	return s == DeliveryReceived || s == DeliveryDisputed || s == DeliverySettled
}

// state works out where a delivery stands.
func (d *deliveryRecord) state(now time.Time) DeliveryState {
	switch {
	case d.ReceivedAt != nil && d.dispute != nil && d.dispute.SettledAt != nil:
		return DeliverySettled
	case d.ReceivedAt != nil && d.dispute != nil && d.dispute.WithdrawnAt == nil:
		return DeliveryDisputed
	case d.ReceivedAt != nil:
		return DeliveryReceived
	case d.DispatchedAt == nil && d.CancelledAt != nil:
		return DeliveryCancelled
	case d.DispatchedAt == nil:
		return DeliveryScheduled
	case d.ConfirmBy != nil && now.After(*d.ConfirmBy):
		return DeliveryUnconfirmed
	default:
		return DeliveryDispatched
	}
}
