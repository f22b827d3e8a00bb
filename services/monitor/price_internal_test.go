package monitor

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// deal is what an attacker knows of one pair in one month and commune: all but the value.
type deal struct {
	share

	grade string
}

// shown are the equations that hold for the values of deals: figures exactly, bands within a step.
type shown struct {
	rows   [][]float64
	inSpan []bool // of a band
}

// seen is all that anybody is shown of a quarter's deals; the attacker is even told who is in which half.
func seen(book figureBook, rule priceRule, deals []deal) shown {
	var all shown
	var shares []share
	for _, d := range deals {
		shares = append(shares, d.share)
	}
	for _, block := range book.blocks(shares) {
		row := make([]float64, len(deals))
		for i, d := range deals {
			for _, cell := range block.cells {
				if d.figureCell == cell {
					row[i] = 1
				}
			}
		}
		all.rows, all.inSpan = append(all.rows, row), append(all.inSpan, false)
	}
	for _, grade := range []string{"20-30", "40-50"} {
		var sold []ledger.Sold
		for _, d := range deals {
			if d.grade == grade {
				sold = append(sold, ledger.Sold{ProducerID: d.ProducerID, BuyerID: d.BuyerID, Quantity: d.Quantity, ValueVND: d.ValueVND})
			}
		}
		for _, half := range rule.halves(sellersOf(sold)) {
			row := make([]float64, len(deals))
			for _, s := range half {
				for i, d := range deals {
					if d.grade == grade && d.ProducerID == s.id {
						row[i] = 1 / (float64(s.quantity) * float64(len(half)))
					}
				}
			}
			all.rows, all.inSpan = append(all.rows, row), append(all.inSpan, true)
		}
	}
	return all
}

// solve finds how often each equation must be taken to give a target, the exact ones first; not where none do.
func (s shown) solve(target []float64) ([]float64, bool) {
	n := len(s.rows)
	m := make([][]float64, len(target)) // one equation for each deal, the unknowns are how often
	for i := range m {
		m[i] = make([]float64, n+1)
		for j := range n {
			m[i][j] = s.rows[j][i]
			if s.inSpan[j] {
				m[i][j] *= 1e5
			}
		}
		m[i][n] = target[i]
	}
	at, pivots := 0, []int{}
	for j := 0; j < n && at < len(m); j++ {
		best := at
		for i := at; i < len(m); i++ {
			if math.Abs(m[i][j]) > math.Abs(m[best][j]) {
				best = i
			}
		}
		if math.Abs(m[best][j]) < 1e-9 {
			continue
		}
		m[at], m[best] = m[best], m[at]
		for i := range m {
			if factor := m[i][j] / m[at][j]; i != at && factor != 0 {
				for c := j; c <= n; c++ {
					m[i][c] -= factor * m[at][c]
				}
			}
		}
		pivots, at = append(pivots, j), at+1
	}
	for i := at; i < len(m); i++ {
		if math.Abs(m[i][n]) > 1e-7 {
			return nil, false
		}
	}
	times := make([]float64, n)
	for i, j := range pivots {
		times[j] = m[i][n] / m[i][j]
		if s.inSpan[j] {
			times[j] *= 1e5
		}
	}
	return times, true
}

// known is to how many steps the mean price of an organisation's sales of a grade follows from all that is shown.
func (s shown) known(deals []deal, of uuid.UUID, grade string) float64 {
	target, total := make([]float64, len(deals)), 0.0
	for _, d := range deals {
		if (d.ProducerID == of || d.BuyerID == of) && d.grade == grade {
			total += float64(d.Quantity)
		}
	}
	for i, d := range deals {
		if (d.ProducerID == of || d.BuyerID == of) && d.grade == grade {
			target[i] = 1 / total * 1e5
		}
	}
	times, follows := s.solve(target)
	if !follows || total == 0 {
		return math.Inf(1)
	}
	steps := 0.0
	for j, n := range times {
		if s.inSpan[j] {
			steps += math.Abs(n) / 1e5
		}
	}
	return steps
}

// Whatever was sold, nobody's price follows from all that is shown to less than a step, though the attacker knows every
// quantity and who is behind which limit.
func TestNoPriceOfFewFollowsFromBandsAndFigures(t *testing.T) {
	t.Parallel()
	book := figureBook{Book: deliveredBook, LeastProducers: 3, LeastBuyers: 3, Valued: true}
	rule := priceRule{least: 3, mostPercent: 50}
	chance := rand.New(rand.NewPCG(3, 9))
	told, followed := 0, 0
	for range 4000 {
		deals := randomDeals(chance)
		all := seen(book, rule, deals)
		for _, band := range all.inSpan {
			if band {
				told++
			}
		}
		for _, d := range deals {
			for _, of := range []uuid.UUID{d.ProducerID, d.BuyerID} {
				steps := all.known(deals, of, d.grade)
				if !math.IsInf(steps, 1) {
					followed++
				}
				require.GreaterOrEqual(t, steps, 0.999, "%v", deals)
			}
		}
	}
	require.Greater(t, told, 1000)
	require.Positive(t, followed, "some prices follow, within a step or more: the attack is one")
}

// Without the bound on the largest the same attack succeeds: it can find what follows.
func TestTheAttackOnPricesFindsWhatFollows(t *testing.T) {
	t.Parallel()
	book := figureBook{Book: deliveredBook, LeastProducers: 3, LeastBuyers: 3, Valued: true}
	chance := rand.New(rand.NewPCG(3, 9))
	least := math.Inf(1)
	for range 4000 {
		deals := randomDeals(chance)
		all := seen(book, priceRule{least: 3, mostPercent: 100}, deals)
		for _, d := range deals {
			least = min(least, all.known(deals, d.ProducerID, d.grade))
		}
	}
	require.Less(t, least, 0.5)
}

// randomDeals are those of a quarter: few organisations, often with equal quantities, and sometimes one that has most.
func randomDeals(chance *rand.Rand) []deal {
	var deals []deal
	producers, buyers := 3+chance.IntN(5), 3+chance.IntN(2)
	grades := []string{"20-30", "40-50"}[:1+chance.IntN(2)]
	months := 1 + chance.IntN(2)
	for p := range producers {
		amount := quantity.Of(10)
		if chance.IntN(3) == 0 {
			amount = quantity.Of([]int64{5, 20, 400}[chance.IntN(3)])
		}
		for range 1 + chance.IntN(2) {
			deals = append(deals, deal{share{
				figureCell{civil.New(2026, 1, 1).AddMonths(chance.IntN(months)), []string{"a", "b"}[chance.IntN(2)]},
				uuid.UUID{1, byte(p)}, uuid.UUID{2, byte(chance.IntN(buyers))}, uuid.Nil, amount, money.VND(amount/1000) * money.VND(200_000+chance.IntN(100_000)),
			}, grades[chance.IntN(len(grades))]})
		}
	}
	return deals
}
