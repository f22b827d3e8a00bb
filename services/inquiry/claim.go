package inquiry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/ledger"
)

// Claims of an award. An award is sold with the marks that its product carries on the delivery
// day. A mark that comes through a group scope with a yearly ceiling goes with it only when the
// inquiry line asks for the scheme: then the award's weight counts against that scope's ceiling (see
// ledger.Claim). Nobody's ceiling is used up by a buyer who did not ask; and a buyer who asked may
// still buy without the claim, when the ceiling is full: Allocation.Unclaimed.
//
// Where several scopes cover the product, whether of one certificate or of many, the claim is made
// whole against the one that has most left in the year, the earlier allocations of the same award
// taken off; of equals the first in the order of certificates and scopes. A claim is never split between
// scopes; of an award with several dates it counts in the year of each, and the year with least left decides.

// ceilingYear is the ceiling of a scope in one calendar year.
type ceilingYear struct {
	id   uuid.UUID
	year int
}

// choice is what the claims of one award are chosen from.
type choice struct {
	// carried says by day and product through which scopes marks are carried.
	carried map[civil.Date]map[uuid.UUID][]catalog.Backing
	// between are the ceilings of marks that come through more than one; usually none.
	between map[uuid.UUID]bool
	// taken is what is claimed of those, this award's own claims included. Of all others nothing is
	// read: the ledger decides alone.
	taken map[ceilingYear]quantity.Quantity
}

// choiceOf reads it for the delivery days of quotes.
func choiceOf(ctx context.Context, tx *postgres.Tx, quotes map[uuid.UUID]*quoteRecord) (*choice, error) {
	byDay := make(map[civil.Date][]uuid.UUID)
	for _, quote := range quotes {
		if !quote.certified {
			continue
		}
		for _, on := range days(quote.DeliverOn, quote.Split.V) {
			byDay[on] = append(byDay[on], quote.ProductID)
		}
	}
	c := &choice{carried: make(map[civil.Date]map[uuid.UUID][]catalog.Backing, len(byDay))}
	for on, products := range byDay {
		claims, err := catalog.ClaimsTx(ctx, tx, products, on)
		if err != nil {
			return nil, err
		}
		c.carried[on] = claims
	}
	c.between = c.alternatives()
	if len(c.between) == 0 {
		return c, nil
	}
	balances, err := ledger.CeilingBalances(ctx, tx, slices.Collect(maps.Keys(c.between)))
	if err != nil {
		return nil, err
	}
	c.taken = make(map[ceilingYear]quantity.Quantity, len(balances))
	for _, balance := range balances {
		c.taken[ceilingYear{balance.CeilingID, balance.Year}] = balance.Claimed
	}
	return c, nil
}

// alternatives finds the ceilings of marks that come through more than one.
func (c *choice) alternatives() map[uuid.UUID]bool {
	found := make(map[uuid.UUID]bool)
	for _, products := range c.carried {
		for _, list := range products {
			for at, backing := range list[:max(len(list)-1, 0)] {
				if next := list[at+1]; backing.Ceiling > 0 && next.Ceiling > 0 && next.Scheme == backing.Scheme {
					found[backing.CeilingID], found[next.CeilingID] = true, true
				}
			}
		}
	}
	return found
}

// claim decides what an award claims of the marks its product carries: every mark that comes
// through a scope without a ceiling, and those with one that were asked for.
func (c *choice) claim(a *awardRecord, carried []catalog.Backing, asked []string) {
	weights := a.weights()
	for at := 0; at < len(carried); {
		scheme, from := carried[at].Scheme, at
		for at < len(carried) && carried[at].Scheme == scheme {
			at++
		}
		through := carried[from:at]
		if slices.ContainsFunc(through, func(b catalog.Backing) bool { return b.Ceiling == 0 }) {
			a.Claims = append(a.Claims, scheme)
			continue
		}
		if slices.Contains(asked, scheme) {
			a.Claims = append(a.Claims, scheme)
			a.limited = append(a.limited, c.widest(through, weights))
		}
	}
	for _, backing := range a.limited {
		if c.between[backing.CeilingID] {
			for year, weight := range weights {
				c.taken[ceilingYear{backing.CeilingID, year}] += weight
			}
		}
	}
}

// widest is the backing whose ceiling has most left after an award, in the year in which that is least.
func (c *choice) widest(through []catalog.Backing, weights map[int]quantity.Quantity) catalog.Backing {
	left := func(of catalog.Backing) quantity.Quantity {
		least := of.Ceiling
		for year, weight := range weights {
			least = min(least, of.Ceiling-weight-c.taken[ceilingYear{of.CeilingID, year}])
		}
		return least
	}
	return slices.MaxFunc(through, func(a, b catalog.Backing) int { return cmp.Compare(left(a), left(b)) })
}

// outrun reports whether a ceiling that refused had room when the choice was made: others took it
// meanwhile, and another scope may be the widest now.
func (c *choice) outrun(through catalog.Backing, year int) bool {
	return c.between[through.CeilingID] && c.taken[ceilingYear{through.CeilingID, year}] <= through.Ceiling
}

// schemesOf lists the schemes of backings, each once.
func schemesOf(carried []catalog.Backing) []string {
	var schemes []string
	for _, backing := range carried {
		if !slices.Contains(schemes, backing.Scheme) {
			schemes = append(schemes, backing.Scheme)
		}
	}
	return schemes
}

// ledgerClaims are the claims as the ledger counts them.
func (a *awardRecord) ledgerClaims() []ledger.Claim {
	claims := make([]ledger.Claim, len(a.limited))
	for at, backing := range a.limited {
		claims[at] = ledger.Claim{CeilingID: backing.CeilingID, Ceiling: backing.Ceiling}
	}
	return claims
}

// pointAtCeiling says which allocations meet a full ceiling, of which scope of which certificate,
// and what it has left. A ceiling that was filled while others could be chosen asks for another
// run: postgres.ErrRetry. Any other error is returned as it is.
func (c *choice) pointAtCeiling(awards []*awardRecord, refused error) error {
	if !errors.Is(refused, ledger.ErrCeilingExceeded) && !errors.Is(refused, ledger.ErrClaimWeightless) {
		return refused
	}
	met, _ := fault.From(refused)
	ceiling, _ := met.Params["ceiling_id"].(uuid.UUID)
	remaining, _ := met.Params["remaining"].(quantity.Quantity)
	refusal := met.With("year", met.Params["year"], "remaining", remaining).Because(refused)
	if errors.Is(refused, ledger.ErrClaimWeightless) {
		refusal = met.With("unit", met.Params["unit"]).Because(refused)
	}
	year, _ := strconv.Atoi(fmt.Sprint(met.Params["year"]))
	var taken quantity.Quantity
	outrun := false
	for at, a := range awards {
		place := index("allocations", at) + ".quantity"
		weight, due := a.weights()[year]
		sold := a.posting(ledger.Awarded, a.Quantity, a.DeliverOn)
		_, weighed := sold.Weight()
		through := slices.IndexFunc(a.limited, func(b catalog.Backing) bool { return b.CeilingID == ceiling })
		switch {
		case !weighed && len(a.limited) > 0:
			refusal.Fields = append(refusal.Fields, fault.Field{Pointer: place, Definition: ledger.ErrClaimWeightless, Params: refusal.Params})
		case through >= 0 && due:
			met := a.limited[through]
			outrun = outrun || c.outrun(met, year)
			refusal.Params["scheme"], refusal.Params["number"] = met.Scheme, met.Number
			refusal.Params["certificate_id"], refusal.Params["scope"] = met.CertificateID, met.Scope
			if taken += weight; taken > remaining {
				refusal.Fields = append(refusal.Fields, fault.Field{Pointer: place, Definition: ledger.ErrCeilingExceeded, Params: refusal.Params})
			}
		}
	}
	if outrun {
		return fmt.Errorf("%w: %w", postgres.ErrRetry, refusal)
	}
	return refusal
}
