package inquiry

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Act is one decision of a buyer to award: all of it or nothing.
type Act struct {
	Allocations []Allocation `json:"allocations" minItems:"1" maxItems:"100" doc:"All or nothing."`
	Framework   *Period      `json:"framework,omitempty" doc:"Award a framework (hợp đồng nguyên tắc): the whole is committed now and called off between these days."`
	DeclineRest *DeclineRest `json:"decline_rest,omitempty" doc:"Decline the other quotes on these lines at once. Left out: they are declined when their line is full."`
}

// DeclineRest says why the quotes that were not chosen are declined.
type DeclineRest struct {
	Reason string `json:"reason" maxLength:"60" doc:"A code of /v1/reference/reasons that applies to quotes."`
	Note   string `json:"note,omitempty" maxLength:"1000"`
}

// Awards is the answer to an act of awarding: the awards, or the proposal that it became.
type Awards struct {
	Awards   []Award   `json:"awards"`
	Proposal *Proposal `json:"proposal,omitempty" doc:"The act is worth more than the organisation's limit and waits for a second person."`
}

// checkReason refuses a reason that is not on the list. It costs a statement, where there is one.
func (d *DeclineRest) checkReason(ctx context.Context, tx *postgres.Tx) error {
	if d == nil {
		return nil
	}
	const query = `SELECT code FROM inquiry.reasons WHERE applies = 'quote' ORDER BY code`
	var codes []string
	if err := tx.Select(ctx, &codes, query); err != nil {
		return err
	}
	if !slices.Contains(codes, d.Reason) {
		return fault.ErrUnknownValue.At("decline_rest.reason", "value", d.Reason, "allowed", strings.Join(codes, ", "))
	}
	return nil
}

// decline declines the quotes without awards: all others on the lines of the act when the buyer says
// so, else those on lines that want nothing more.
func (a *Act) decline(ctx context.Context, tx *postgres.Tx, who identity.Principal, g *ground, awards []*awardRecord) error {
	filled := g.filledBy(awards)
	if a.DeclineRest == nil && len(filled) == 0 {
		return nil
	}
	if err := tx.MakeCalls(ctx); err != nil {
		return err
	}
	if a.DeclineRest != nil {
		return declineRest(ctx, tx, who, lineIDs(g.Lines), a.DeclineRest.Reason, a.DeclineRest.Note)
	}
	return declineRest(ctx, tx, who, filled, "line_filled", "")
}

// check applies the rules of an act that need no more than the request.
func (a *Act) check() error { return checkAllocations(a.Allocations) }

// maxWorth is what a sum of values is told as at most.
const maxWorth money.VND = math.MaxInt64

// worth is the value of allocations at what they would be committed at, net of tie and by their tiers, with
// the freight that their quotes name beside it, each rounded half up.
func (g *ground) worth(allocations []Allocation) money.VND {
	var sum money.VND
	for _, allocation := range allocations {
		quote := g.quotes[allocation.QuoteID]
		freight, _ := freightBeside(quote.FreightVND, g.Terms.V.PriceBasis)
		value := money.Value(quote.netPrice(allocation.Quantity), allocation.Quantity) + money.Value(freight, allocation.Quantity)
		if value > maxWorth-sum {
			return maxWorth
		}
		sum += value
	}
	return sum
}

// waitsUntil is until when an act can wait: as long as the buyer lets it, and no longer than the
// quotes are valid, which is as long as they hold volume.
func (g *ground) waitsUntil(allocations []Allocation, now time.Time) time.Time {
	until := now.Add(time.Duration(g.proposalHours) * time.Hour)
	for _, allocation := range allocations {
		if valid := g.quotes[allocation.QuoteID].ValidUntil; valid.Before(until) {
			until = valid
		}
	}
	return until
}
