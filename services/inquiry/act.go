package inquiry

import (
	"math"
	"time"

	"github.com/ocop-market/ocop/pkg/money"
)

// Act is one decision of a buyer to award: all of it or nothing.
type Act struct {
	Allocations []Allocation `json:"allocations" minItems:"1" maxItems:"100" doc:"All or nothing."`
}

// Awards is the answer to an act of awarding: the awards, or the proposal that it became.
type Awards struct {
	Awards   []Award   `json:"awards"`
	Proposal *Proposal `json:"proposal,omitempty" doc:"The act is worth more than the organisation's limit and waits for a second person."`
}

// check applies the rules of an act that need no more than the request.
func (a *Act) check() error { return checkAllocations(a.Allocations) }

// maxWorth is what a sum of values is told as at most.
const maxWorth money.VND = math.MaxInt64

// worth is the value of allocations at the quotes' prices, rounded half up for each.
func (g *ground) worth(allocations []Allocation) money.VND {
	var sum money.VND
	for _, allocation := range allocations {
		value := money.Value(g.quotes[allocation.QuoteID].PriceVND, allocation.Quantity)
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
