package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// CancelledAs says how an award came to be cancelled.
type CancelledAs string

// Before the agreed day either side may cancel alone. From that day on the other side must agree; once
// it has passed, the buyer may also cancel by default. Each is recorded apart, and apart from a
// shortfall.
const (
	CancelledAlone     CancelledAs = "alone"
	CancelledAgreement CancelledAs = "agreement"
	CancelledDefault   CancelledAs = "default"
)

// reasonDefault is the reason by which a buyer says that the goods did not come.
const reasonDefault = "default"

// movement is what the release is called in the ledger.
func (c CancelledAs) movement() ledger.Movement {
	if c == CancelledDefault {
		return ledger.Defaulted
	}
	return ledger.AwardReleased
}

// endsAlone says how one side's word alone ends what is due on a day. Refused: fault.ErrForbidden for a
// default that is not the buyer's word, ErrNotOverdue for one before the day has passed,
// ErrNeedsAgreement for anything else from the day on.
func endsAlone(side identity.OrganisationKind, reason string, due, today civil.Date) (CancelledAs, error) {
	switch {
	case reason == reasonDefault && side != identity.Buyer:
		return "", fault.ErrForbidden.With()
	case reason == reasonDefault && !today.After(due):
		return "", ErrNotOverdue.With("day", due)
	case reason == reasonDefault:
		return CancelledDefault, nil
	case !today.Before(due):
		return "", ErrNeedsAgreement.With("day", due)
	default:
		return CancelledAlone, nil
	}
}

// CancellationState is where a request to cancel stands.
type CancellationState string

// The states of a request. That one has lapsed, because the award ended otherwise, is computed.
const (
	CancellationAsked     CancellationState = "asked"
	CancellationAgreed    CancellationState = "agreed"
	CancellationRefused   CancellationState = "refused"
	CancellationWithdrawn CancellationState = "withdrawn"
	CancellationLapsed    CancellationState = "lapsed"
)

// CancellationMove is a step in a request's life.
type CancellationMove string

// The moves. Until the other side agrees, the award stands.
const (
	MoveAgree    CancellationMove = "agree"
	MoveRefuse   CancellationMove = "refuse"
	MoveTakeBack CancellationMove = "withdraw"
)

// cancellationActor is what a side of the award is to a request.
type cancellationActor string

const (
	asker     cancellationActor = "asker"
	otherSide cancellationActor = "other side"
)

// cancellationSteps is the whole life cycle, from asked; what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var cancellationSteps = map[CancellationMove]struct {
	to    CancellationState
	actor cancellationActor
}{
	MoveAgree:    {CancellationAgreed, otherSide},
	MoveRefuse:   {CancellationRefused, otherSide},
	MoveTakeBack: {CancellationWithdrawn, asker},
}

// Cancellation is a request to cancel what an award still owes.
type Cancellation struct {
	ID         uuid.UUID         `db:"id"          json:"id"`
	AwardID    uuid.UUID         `db:"award_id"    json:"award_id"`
	AskedBy    uuid.UUID         `db:"asked_by"    json:"asked_by"               doc:"The organisation that asked."`
	Reason     string            `db:"reason"      json:"reason"`
	Note       string            `db:"note"        json:"note,omitempty"`
	State      CancellationState `db:"state"       json:"state"                  enum:"asked,agreed,refused,withdrawn,lapsed"`
	CreatedAt  time.Time         `db:"created_at"  json:"created_at"`
	AnsweredAt *time.Time        `db:"answered_at" json:"answered_at,omitempty"`
	Answer     string            `db:"answer"      json:"answer,omitempty"`
	Released   quantity.Quantity `db:"released"    json:"released"               doc:"What was neither delivered nor on its way when it was agreed."`
}

// on is the request as it stands on an award: one that was not answered lapses with the award.
func (c Cancellation) on(a *awardRecord) Cancellation {
	if c.State == CancellationAsked && (a.Cancelled || a.state() == AwardCompleted) {
		c.State = CancellationLapsed
	}
	return c
}

// next returns the state after a move. Refused: fault.ErrForbidden for a side whose move it is not,
// ErrCancellationState for a request that was answered or has lapsed.
func (c Cancellation) next(move CancellationMove, actor cancellationActor) (CancellationState, error) {
	step, known := cancellationSteps[move]
	if !known || step.actor != actor {
		return "", fault.ErrForbidden.With()
	}
	if c.State != CancellationAsked {
		return "", ErrCancellationState.With("state", string(c.State))
	}
	return step.to, nil
}
