package inquiry

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/services/identity"
)

// Purchasing is how a buyer's organisation buys. Version 0 is what holds before anything was set.
type Purchasing struct {
	AwardLimitVND money.VND   `json:"award_limit_vnd" doc:"An act of awarding worth more waits for a second person; 0: none does."`
	ProposalHours int         `json:"proposal_hours" doc:"How long it waits at most."`
	Approvers     []uuid.UUID `json:"approvers" doc:"Members who may approve besides the owners."`
	Version       int64       `json:"version"`
	SetAt         *time.Time  `json:"set_at,omitempty"`
	SetBy         *uuid.UUID  `json:"set_by,omitempty"`
}

// PurchasingChange is what an owner changes; what is left out stays.
type PurchasingChange struct {
	AwardLimitVND *money.VND   `json:"award_limit_vnd,omitempty" minimum:"0" doc:"Whole đồng; 0: no award needs a second person."`
	ProposalHours *int         `json:"proposal_hours,omitempty" minimum:"1" maximum:"168"`
	Approvers     *[]uuid.UUID `json:"approvers,omitempty" maxItems:"100" doc:"Members of my organisation, all of them; owners need not be named."`
}

// The bounds of how long a proposal waits, and what holds until an organisation says otherwise.
const (
	defaultProposalHours = 24
	maxProposalHours     = 168
)

// maxApprovers bounds the list of approvers.
const maxApprovers = 100

// with returns the rules after a change by somebody at an instant.
func (p Purchasing) with(change PurchasingChange, by uuid.UUID, now time.Time) (Purchasing, error) {
	var found fault.Collector
	if change.AwardLimitVND != nil {
		if p.AwardLimitVND = *change.AwardLimitVND; p.AwardLimitVND < 0 {
			found.Add("award_limit_vnd", fault.ErrOutOfRange, "min", 0, "max", int64(maxWorth))
		}
	}
	if change.ProposalHours != nil {
		if p.ProposalHours = *change.ProposalHours; p.ProposalHours < 1 || p.ProposalHours > maxProposalHours {
			found.Add("proposal_hours", fault.ErrOutOfRange, "min", 1, "max", maxProposalHours)
		}
	}
	if change.Approvers != nil {
		p.Approvers = slices.SortedFunc(slices.Values(*change.Approvers), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		if p.Approvers = slices.Compact(p.Approvers); len(p.Approvers) > maxApprovers {
			found.Add("approvers", fault.ErrOutOfRange, "min", 0, "max", maxApprovers)
		}
	}
	p.Version, p.SetAt, p.SetBy = p.Version+1, &now, &by
	return p, found.Err()
}

// mayApprove reports whether a principal's role lets it approve what others propose: a person who
// owns the organisation or is marked. A key is no person.
func (p Purchasing) mayApprove(who identity.Principal) bool {
	return who.KeyID == uuid.Nil && (who.Role == identity.Owner || slices.Contains(p.Approvers, who.UserID))
}
