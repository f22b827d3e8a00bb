package shelf

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// TickState is where a product's Green Tick in a system stands.
type TickState string

// The states of a Green Tick. A suspended one waits for the supplier's answer, an answered one for
// the system's decision.
const (
	TickApplied   TickState = "applied"
	TickApproved  TickState = "approved"
	TickRefused   TickState = "refused"
	TickWithdrawn TickState = "withdrawn"
	TickSuspended TickState = "suspended"
	TickAnswered  TickState = "answered"
	TickRevoked   TickState = "revoked"
)

// Actor is for whom a step is taken.
type Actor string

// The actors: the producer, the buyers of the system, the trade department of TPHCM.
const (
	Supplier   Actor = "supplier"
	BySystem   Actor = "system"
	ByOfficial Actor = "official"
)

// TickMove is a step in a Green Tick's life.
type TickMove string

// The moves. Report stops the sale at once; the supplier answers; the system clears or confirms.
// Lift ends, by an official's decision, what a confirmed breach does to the other systems.
const (
	MoveApply    TickMove = "apply"
	MoveWithdraw TickMove = "withdraw"
	MoveApprove  TickMove = "approve"
	MoveRefuse   TickMove = "refuse"
	MoveReport   TickMove = "report"
	MoveAnswer   TickMove = "answer"
	MoveClear    TickMove = "clear"
	MoveConfirm  TickMove = "confirm"
	MoveLift     TickMove = "lift"
)

// AnswerWithin is how long a supplier has to answer and remedy: the rule of the programme between
// the trade department of TPHCM and the retail systems.
const AnswerWithin = 24 * time.Hour

// step is a move: from where, to where, and by whom.
type step struct {
	from   []TickState
	to     TickState
	actors []Actor
	// past is what the audit trail calls it; reasoned says that it needs a reason.
	past     string
	reasoned bool
}

// steps is the whole life cycle: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var steps = map[TickMove]step{
	MoveApply:    {[]TickState{TickRefused, TickWithdrawn}, TickApplied, []Actor{Supplier}, "applied", false},
	MoveWithdraw: {[]TickState{TickApplied, TickApproved}, TickWithdrawn, []Actor{Supplier}, "withdrawn", false},
	MoveApprove:  {[]TickState{TickApplied}, TickApproved, []Actor{BySystem, ByOfficial}, "approved", false},
	MoveRefuse:   {[]TickState{TickApplied}, TickRefused, []Actor{BySystem, ByOfficial}, "refused", true},
	MoveReport:   {[]TickState{TickApproved}, TickSuspended, []Actor{BySystem, ByOfficial}, "suspended", true},
	MoveAnswer:   {[]TickState{TickSuspended}, TickAnswered, []Actor{Supplier}, "answered", true},
	MoveClear:    {[]TickState{TickSuspended, TickAnswered}, TickApproved, []Actor{BySystem, ByOfficial}, "cleared", false},
	MoveConfirm:  {[]TickState{TickSuspended, TickAnswered}, TickRevoked, []Actor{BySystem, ByOfficial}, "revoked", true},
	MoveLift:     {[]TickState{TickRevoked}, TickWithdrawn, []Actor{ByOfficial}, "lifted", true},
}

// Tick is the Green Tick of a product in a system.
type Tick struct {
	ID          uuid.UUID  `db:"id"            json:"id"`
	ProductID   uuid.UUID  `db:"product_id"    json:"product_id"`
	ProducerID  uuid.UUID  `db:"producer_id"   json:"producer_id"`
	System      string     `db:"system"        json:"system"`
	State       TickState  `db:"state"         json:"state"                   enum:"applied,approved,refused,withdrawn,suspended,answered,revoked"`
	InForce     bool       `db:"in_force"      json:"in_force"                doc:"Approved, and no open case of another system has reached this one."`
	HaltedBy    string     `db:"halted_by"     json:"halted_by,omitempty"     doc:"The system whose case, confirmed or not answered in time, halts this one."`
	AnswerDueAt *time.Time `db:"answer_due_at" json:"answer_due_at,omitempty" doc:"Until when the supplier may answer before the other systems learn of it."`
	AnsweredAt  *time.Time `db:"answered_at"   json:"answered_at,omitempty"`
	Invented    bool       `db:"invented"      json:"invented,omitempty"      doc:"Demonstration data."`
	Version     int64      `db:"version"       json:"version"`
	CreatedAt   time.Time  `db:"created_at"    json:"created_at"`
	UpdatedAt   time.Time  `db:"updated_at"    json:"updated_at"`
	History     []Event    `db:"-"             json:"history,omitempty"       doc:"What was done, in order; not in lists."`
}

// Event is one step that was taken.
type Event struct {
	At     time.Time `db:"at"         json:"at"`
	Move   TickMove  `db:"move"       json:"move"`
	Actor  Actor     `db:"actor"      json:"actor"   enum:"supplier,system,official"`
	From   string    `db:"from_state" json:"from,omitempty"`
	To     TickState `db:"to_state"   json:"to"`
	Reason string    `db:"reason"     json:"reason,omitempty"`
}

// next returns the tick after a move at an instant. Refused: fault.ErrForbidden for an actor whose
// move it is not, ErrTickState, ErrAnswerPending for a breach that is confirmed while the supplier
// may still answer.
func (t Tick) next(move TickMove, actor Actor, now time.Time) (Tick, error) {
	taken, known := steps[move]
	if !known || !slices.Contains(taken.actors, actor) {
		return Tick{}, fault.ErrForbidden.With()
	}
	if !slices.Contains(taken.from, t.State) {
		return Tick{}, ErrTickState.With("state", string(t.State), "action", string(move))
	}
	if move == MoveConfirm && t.State == TickSuspended && now.Before(*t.AnswerDueAt) {
		return Tick{}, ErrAnswerPending.With("due", t.AnswerDueAt.In(reference.Zone()).Format(time.RFC3339))
	}
	t.State = taken.to
	switch move {
	case MoveReport:
		due := now.Add(AnswerWithin)
		t.AnswerDueAt, t.AnsweredAt = &due, nil
	case MoveAnswer:
		t.AnsweredAt = &now
	case MoveClear, MoveLift:
		t.AnswerDueAt, t.AnsweredAt = nil, nil
	case MoveApply, MoveWithdraw, MoveApprove, MoveRefuse, MoveConfirm:
	}
	return t, nil
}

// fact is the tick as the catalogue and deals need to know it, after a move at an instant. It agrees
// with shelf.cases_spread.
func (t Tick) fact(now time.Time) catalog.TickFact {
	fact := catalog.TickFact{ProductID: t.ProductID, System: t.System, Given: t.State == TickApproved}
	if t.AnswerDueAt == nil {
		return fact
	}
	fact.StoppedSince = new(t.AnswerDueAt.Add(-AnswerWithin))
	switch {
	case t.AnsweredAt == nil || !t.AnsweredAt.Before(*t.AnswerDueAt):
		fact.SpreadsAt = t.AnswerDueAt
	case t.State == TickRevoked:
		fact.SpreadsAt = &now
	}
	return fact
}
