package monitor

import (
	"slices"

	"github.com/ocop-market/ocop/services/ledger"
)

// leastOrganisations is how many producers, and how many buyers, a value must combine (PRODUCT.md:
// prices only as aggregates of at least three organisations). Both are asked for: where a single
// buyer bought, the value is what that buyer paid.
const leastOrganisations = 3

// opensValues reports whether the answer to a query may show values at all: rows by month and line,
// whole calendar months, no filter but the line. The dates must be filled in.
//
// A figure of many is no secret of few by itself, but two figures are when one lies within the
// other: a range less the same without a day, a total less the row of a scheme. Without
// complementary suppression the only safe way is one granularity for everybody, in which any two
// shown figures are either of the same postings or of postings that have nothing in common.
func opensValues(q ledger.Query) bool {
	if !slices.Contains(q.By, ledger.ByMonth) {
		return false
	}
	for _, dimension := range q.By {
		if dimension != ledger.ByMonth && dimension != ledger.ByLine {
			return false
		}
	}
	for dimension, value := range q.Only {
		if value != "" && dimension != ledger.ByLine {
			return false
		}
	}
	return q.From.Day == 1 && q.To.AddDays(1).Day == 1
}
