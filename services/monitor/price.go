package monitor

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/ledger"
)

// A price by grade is another cut of the values that figures tell by month and commune, and must not be taken
// from them. So a band tells no sum: each producer's own mean price of a quarter counts once, however much it
// sold; the lower half of producers gives the low limit and the upper half the high one, each the mean of its
// half, and each rounded down to a step and told as the whole step. A half combines at least three producers and
// three buyers of whom none has more than half of its quantity, and the halves have nothing in common; where
// there are too few for two, one step is told of all together.
//
// Why it is safe: who knows all quantities holds figures (sums of values) and, within a step, means (sums of
// values over quantities). To be left with one producer's price, the others of its half must cancel, so they
// sold equally much, q each, and it sold Q. What remains is known to within k/|1 − Q/q| steps, where k is how many
// the half has. As Q is at most half of all, Q/q is at most k − 1, and that is more than one step: no more than
// being told the step in which it sold. (Hundepool et al., 2012, ch. 4: the dominance rule.) A quarter that has
// ended is told once, so that no two tellings differ by one sale, and the running one never.

// priceRule says what a limit of a band must combine.
type priceRule struct {
	least, mostPercent int64
	steps              []priceStep
}

// priceStep is how limits are rounded from a price on; steps are in the order of their prices.
type priceStep struct {
	From int64 `db:"price_from"`
	Step int64 `db:"step_vnd"`
}

// seller is what a producer sold of some goods of a grade in a quarter.
type seller struct {
	id       uuid.UUID
	quantity int64
	value    int64
	buyers   map[uuid.UUID]int64
}

// mean is đồng for a unit.
func (s seller) mean() float64 { return float64(s.value) * 1000 / float64(s.quantity) }

// sellersOf gathers what pairs sold by producer, the cheapest first.
func sellersOf(sold []ledger.Sold) []seller {
	by := make(map[uuid.UUID]seller)
	for _, one := range sold {
		s, known := by[one.ProducerID]
		if !known {
			s = seller{id: one.ProducerID, buyers: make(map[uuid.UUID]int64)}
		}
		s.quantity += int64(one.Quantity)
		s.value += int64(one.ValueVND)
		s.buyers[one.BuyerID] += int64(one.Quantity)
		by[one.ProducerID] = s
	}
	return slices.SortedFunc(maps.Values(by), func(a, b seller) int {
		return cmp.Or(cmp.Compare(a.mean(), b.mean()), slices.Compare(a.id[:], b.id[:]))
	})
}

// halves are the sellers behind each limit: two halves, or all behind both; none where nothing may be told.
func (r priceRule) halves(sellers []seller) [][]seller {
	lower, upper := sellers[:len(sellers)/2], sellers[len(sellers)/2:]
	switch {
	case r.hides(lower) && r.hides(upper):
		return [][]seller{lower, upper}
	case r.hides(sellers):
		return [][]seller{sellers}
	default:
		return nil
	}
}

// hides reports whether sellers combine enough, and none of them or of their buyers too much.
func (r priceRule) hides(sellers []seller) bool {
	buyers := make(map[uuid.UUID]int64)
	var total, most int64
	for _, s := range sellers {
		total, most = total+s.quantity, max(most, s.quantity)
		for id, quantity := range s.buyers {
			buyers[id] += quantity
		}
	}
	for _, quantity := range buyers {
		most = max(most, quantity)
	}
	return int64(len(sellers)) >= r.least && int64(len(buyers)) >= r.least && most*100 <= total*r.mostPercent
}

// band is the low and the high limit of some goods of a grade in a quarter; not told where there are too few.
func (r priceRule) band(sold []ledger.Sold) (low, high int64, told bool) {
	halves := r.halves(sellersOf(sold))
	if len(halves) == 0 {
		return 0, 0, false
	}
	low, _ = r.stepOf(halves[0])
	_, high = r.stepOf(halves[len(halves)-1])
	return low, high, true
}

// stepOf is the step in which the mean of the sellers' own means lies: its first price, and the first above it.
func (r priceRule) stepOf(sellers []seller) (from, below int64) {
	sum := 0.0
	for _, s := range sellers {
		sum += s.mean()
	}
	mean := int64(sum / float64(len(sellers)))
	step := int64(1)
	for _, each := range r.steps {
		if mean >= each.From {
			step = each.Step
		}
	}
	from = mean / step * step
	return from, from + step
}
