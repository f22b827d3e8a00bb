package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
)

// ProposalState is where a proposal to award stands.
type ProposalState string

// The states of a proposal. That one has expired is computed.
const (
	Proposed          ProposalState = "proposed"
	ProposalApproved  ProposalState = "approved"
	ProposalRejected  ProposalState = "rejected"
	ProposalWithdrawn ProposalState = "withdrawn"
	ProposalExpired   ProposalState = "expired"
)

// ProposalMove is a step in a proposal's life.
type ProposalMove string

// The moves. Approving makes the awards exactly as they were asked for.
const (
	MoveApprove  ProposalMove = "approve"
	MoveReject   ProposalMove = "reject"
	MoveWithdraw ProposalMove = "withdraw"
)

// proposalActor is what somebody of the buyer's organisation is to a proposal.
type proposalActor string

const (
	proposer  proposalActor = "proposer"
	approver  proposalActor = "approver"
	colleague proposalActor = "colleague"
)

// proposalStep is a move: to where, by whom; all begin where a proposal waits.
type proposalStep struct {
	to    ProposalState
	actor proposalActor
	// past is what the audit trail calls it; reasoned says that it needs a reason.
	past     string
	reasoned bool
}

// proposalSteps is the whole life cycle: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var proposalSteps = map[ProposalMove]proposalStep{
	MoveApprove:  {ProposalApproved, approver, "approved", false},
	MoveReject:   {ProposalRejected, approver, "rejected", true},
	MoveWithdraw: {ProposalWithdrawn, proposer, "withdrawn", false},
}

// Proposal is an act of awarding that is worth more than the buyer's limit, alone or together with what
// its proposer awarded alone before.
type Proposal struct {
	ID          uuid.UUID            `json:"id"`
	InquiryID   uuid.UUID            `json:"inquiry_id"`
	Allocations []ProposedAllocation `json:"allocations"`
	Framework   *Period              `json:"framework,omitempty"`
	DeclineRest *DeclineRest         `json:"decline_rest,omitempty"`
	ValueVND    money.VND            `json:"value_vnd"                doc:"With the freight that the quotes name beside their prices."`
	LimitVND    money.VND            `json:"limit_vnd" doc:"The organisation's limit when it was proposed."`
	AloneVND    money.VND            `json:"awarded_alone_vnd,omitempty" doc:"What its proposer had awarded without a second person, of the same inquiry or that day of the same producers: it counts towards the limit together with this."`
	State       ProposalState        `json:"state" enum:"proposed,approved,rejected,withdrawn,expired"`
	ExpiresAt   time.Time            `json:"expires_at" doc:"Within the hours of /v1/purchasing, and no later than its quotes."`
	ProposedBy  uuid.UUID            `json:"proposed_by" doc:"A person: see /v1/members."`
	CreatedAt   time.Time            `json:"created_at"`
	DecidedBy   *uuid.UUID           `json:"decided_by,omitempty"`
	DecidedAt   *time.Time           `json:"decided_at,omitempty"`
	Reason      string               `json:"reason,omitempty"`
	Awards      []uuid.UUID          `json:"awards,omitempty" doc:"What was awarded when it was approved."`
}

// ProposedAllocation is a part of a proposal.
type ProposedAllocation struct {
	Allocation

	Reserved bool `json:"reserved" doc:"The quote holds this volume while the proposal waits. A quote that reserves nothing promises nothing until it is awarded."`
}

// stateAt is where a proposal stands at an instant.
func (p *Proposal) stateAt(now time.Time) ProposalState {
	if p.State == Proposed && !now.Before(p.ExpiresAt) {
		return ProposalExpired
	}
	return p.State
}

// next returns the state after a move at an instant. Refused: ErrSecondPerson for the proposer,
// ErrNotApprover for others who may not decide, fault.ErrForbidden for whoever would withdraw what
// another proposed, ErrProposalState for one that does not wait, fault.ErrRequired for a reason.
func (p *Proposal) next(move ProposalMove, actor proposalActor, reason string, now time.Time) (ProposalState, error) {
	step, known := proposalSteps[move]
	switch {
	case known && step.actor == actor:
	case known && step.actor == approver && actor == proposer:
		return "", ErrSecondPerson.With()
	case known && step.actor == approver:
		return "", ErrNotApprover.With()
	default:
		return "", fault.ErrForbidden.With()
	}
	if state := p.stateAt(now); state != Proposed {
		return "", ErrProposalState.With("state", string(state))
	}
	if step.reasoned && reason == "" {
		return "", fault.ErrRequired.At("reason")
	}
	return step.to, nil
}
