package inquiry

import (
	"slices"

	"github.com/ocop-market/ocop/services/catalog"
)

// throughout lists what carries the marks of a quote's product on every one of its delivery days,
// by scheme. A mark that comes through scopes with a ceiling alone on one of the days counts against
// one that carries it on all such days; so nothing is sold under a claim uncounted.
func (c *choice) throughout(quote *quoteRecord) []catalog.Backing {
	on := days(quote.DeliverOn, quote.Split.V)
	carried := c.carried[on[0]][quote.ProductID]
	for _, day := range on[1:] {
		carried = onBoth(carried, c.carried[day][quote.ProductID])
	}
	return carried
}

// onBoth lists what carries marks on two days, in the order of schemes. A scope without a ceiling
// is as good as any on its day, and gives way to what the other day needs.
func onBoth(one, other []catalog.Backing) []catalog.Backing {
	var both []catalog.Backing
	for _, scheme := range schemesOf(one) {
		of := func(b catalog.Backing) bool { return b.Scheme == scheme }
		first, second := filtered(one, of), filtered(other, of)
		switch {
		case len(second) == 0:
		case slices.ContainsFunc(first, unlimited):
			both = append(both, second...)
		case slices.ContainsFunc(second, unlimited):
			both = append(both, first...)
		default:
			both = append(both, filtered(first, func(b catalog.Backing) bool {
				return slices.ContainsFunc(second, func(o catalog.Backing) bool { return o.CeilingID == b.CeilingID })
			})...)
		}
	}
	return both
}

func unlimited(b catalog.Backing) bool { return b.Ceiling == 0 }

func filtered(all []catalog.Backing, keep func(catalog.Backing) bool) []catalog.Backing {
	var kept []catalog.Backing
	for _, one := range all {
		if keep(one) {
			kept = append(kept, one)
		}
	}
	return kept
}
