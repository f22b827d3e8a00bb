package monitor

import (
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// place is where a delivery stands.
type place struct {
	figureCell

	goods traded
}

// dealing is a delivery of a pair: what an outsider must not find out.
type dealing struct {
	pair
	amount
	place

	stands bool // or was taken back
}

// toldBlock is a block as those who publish and those who listen know it.
type toldBlock struct {
	amount

	goods traded
	cells []figureCell
}

// editions is a trade whose deliveries are taken back, moved and added again, and what is published of it.
// Whoever keeps all editions holds heard: which deliveries each of them was the sum of.
type editions struct {
	figureBook

	chance   *rand.Rand
	people   []uuid.UUID
	deals    []*dealing
	waiting  map[place]map[pair]amount
	known    map[pair]bool
	blocks   map[int64]*toldBlock
	heard    [][]bool
	later    int  // editions after the first
	forgets  bool // what was taken back
	communes int
}

func newEditions(seed uint64, book figureBook) *editions {
	e := &editions{
		figureBook: book, chance: rand.New(rand.NewPCG(seed, 7)), people: make([]uuid.UUID, 12), waiting: make(map[place]map[pair]amount),
		known: make(map[pair]bool), blocks: make(map[int64]*toldBlock), communes: 2,
	}
	e.takenBack = make(map[pair]amount)
	for i := range e.people {
		e.people[i] = uuid.UUID{byte(i + 1)}
	}
	return e
}

func (e *editions) place(month time.Month) place {
	goods := traded{Line: "rice", Unit: "kg"}
	goods.Dried = e.chance.IntN(4) == 0
	return place{figureCell{civil.New(2026, month, 1), fmt.Sprint(e.chance.IntN(e.communes))}, goods}
}

// post adds an amount of a pair somewhere, or takes it away.
func (e *editions) post(at place, who pair, adds amount) {
	if e.waiting[at] == nil {
		e.waiting[at] = make(map[pair]amount)
	}
	e.waiting[at][who] = e.waiting[at][who].and(adds)
	if e.waiting[at][who] == (amount{}) {
		delete(e.waiting[at], who)
	}
	if adds.quantity < 0 && e.known[who] && !e.forgets {
		e.takenBack[who] = e.takenBack[who].and(amount{-adds.quantity, -adds.valueVND})
	}
}

func (e *editions) deliver(month time.Month) {
	one := &dealing{
		pair:   pair{producer: e.people[e.chance.IntN(6)], buyer: e.people[6+e.chance.IntN(6)]},
		amount: amount{quantity.Quantity(1 + e.chance.IntN(3)), money.VND(1 + e.chance.IntN(3))}, place: e.place(month), stands: true,
	}
	if !e.Valued { // supply: an offer
		one.pair = pair{producer: one.producer, offer: uuid.UUID{1: byte(len(e.deals) >> 8), 2: byte(len(e.deals)), 3: 1}}
		one.valueVND = 0
	}
	e.deals = append(e.deals, one)
	e.post(one.place, one.pair, one.amount)
}

// correct takes a delivery back, adds one again that was taken back, there or elsewhere, or moves it.
func (e *editions) correct(month time.Month) {
	one := e.deals[e.chance.IntN(len(e.deals))]
	to := one.place
	switch e.chance.IntN(4) {
	case 0:
		to = e.place(1 + time.Month(e.chance.IntN(int(month))))
	case 1:
		to.Month = civil.New(2026, month, 1)
	case 2:
		to.Commune = fmt.Sprint(e.chance.IntN(e.communes))
	}
	stood := one.stands
	e.takeBack(one)
	if !stood || e.chance.IntN(2) == 0 {
		e.addAgain(one, to)
	}
}

// correctMany does the same with most of what was delivered somewhere: a batch that was entered wrongly.
func (e *editions) correctMany(month time.Month) {
	from := e.deals[e.chance.IntN(len(e.deals))].place
	to, moves := e.place(1+time.Month(e.chance.IntN(int(month)))), e.chance.IntN(3) > 0
	for _, one := range e.deals {
		if one.place != from || e.chance.IntN(5) == 0 {
			continue
		}
		stood := one.stands
		e.takeBack(one)
		if moves || !stood {
			e.addAgain(one, to)
		}
	}
}

func (e *editions) takeBack(one *dealing) {
	if one.stands {
		e.post(one.place, one.pair, amount{-one.quantity, -one.valueVND})
		one.stands = false
	}
}

func (e *editions) addAgain(one *dealing, to place) {
	one.place, one.stands = to, true
	e.post(one.place, one.pair, one.amount)
}

// publish is what the job does with what waits.
func (e *editions) publish(t *testing.T, open civil.Date) {
	t.Helper()
	for _, dried := range []bool{false, true} {
		goods, told := traded{Line: "rice", Unit: "kg", Dried: dried}, newPublished()
		for _, id := range slices.Sorted(maps.Keys(e.blocks)) {
			for _, cell := range e.blocks[id].cells {
				if e.blocks[id].goods == goods {
					told.has(cell, id)
				}
			}
		}
		var shares []share
		for at, pairs := range e.waiting {
			for who, adds := range pairs {
				if at.goods == goods && at.Month.Before(open) {
					shares = append(shares, share{at.figureCell, who.producer, who.buyer, who.offer, adds.quantity, adds.valueVND})
				}
			}
		}
		for _, each := range e.due(shares, told) {
			e.tell(t, goods, each)
		}
	}
}

// tell publishes an edition: whoever listens learns the sum of what stands in its block by now.
func (e *editions) tell(t *testing.T, goods traded, told telling) {
	t.Helper()
	block := e.blocks[told.block]
	if block == nil {
		block = &toldBlock{goods: goods}
		e.blocks[int64(len(e.blocks)+1)] = block
	} else {
		e.later++
	}
	for _, cell := range told.cells {
		if !slices.Contains(block.cells, cell) {
			block.cells = append(block.cells, cell)
		}
		delete(e.waiting, place{cell, goods})
	}
	for who := range told.pairs {
		e.known[who] = true
	}
	block.amount = block.and(told.amount)
	heard, sum := make([]bool, 1000), amount{}
	for i, one := range e.deals {
		if one.stands && one.goods == goods && slices.Contains(block.cells, one.figureCell) {
			heard[i], sum = true, sum.and(one.amount)
		}
	}
	require.Equal(t, sum, block.amount, "a figure is the sum of what stands in its block")
	e.heard = append(e.heard, heard)
}

// solve returns what follows from all editions about fewer organisations than must stand behind a figure, on either side;
// empty where nothing does. Leaving the deliveries of a few out makes equations depend on each other that did
// not exactly when something about those few alone follows.
func (e *editions) solve() string {
	all := make([][]uint64, len(e.heard))
	for at, heard := range e.heard {
		all[at] = make([]uint64, len(e.deals))
		for i := range all[at] {
			if heard[i] {
				all[at][i] = 1
			}
		}
	}
	all = reduced(all)
	for first, one := range e.people {
		for _, other := range e.people[:first] {
			for _, side := range []func(p pair) uuid.UUID{func(p pair) uuid.UUID { return p.producer }, func(p pair) uuid.UUID { return p.buyer }} {
				rest := make([][]uint64, len(all))
				for at := range all {
					rest[at] = slices.Clone(all[at])
					for i, deal := range e.deals {
						if who := side(deal.pair); who == one || who == other {
							rest[at][i] = 0
						}
					}
				}
				if len(reduced(rest)) < len(all) {
					return fmt.Sprintf("something about %v and %v alone", one[:1], other[:1])
				}
			}
		}
	}
	return ""
}

// prime is that of the field in which equations are solved: an edition's ones and noughts depend on each other there as
// among rational numbers, but for one case in some 10^18.
const prime = 1<<61 - 1

func times(x, y uint64) uint64 {
	high, low := bits.Mul64(x, y)
	_, rest := bits.Div64(high, low, prime)
	return rest
}

// reduced are independent equations from which all follow.
func reduced(equations [][]uint64) [][]uint64 {
	var basis [][]uint64
	var leads []int
	for _, row := range equations {
		row = slices.Clone(row)
		for at, known := range basis {
			if factor := row[leads[at]]; factor != 0 {
				for i := leads[at]; i < len(row); i++ {
					if known[i] != 0 {
						row[i] = (row[i] + prime - times(factor, known[i])) % prime
					}
				}
			}
		}
		lead := slices.IndexFunc(row, func(x uint64) bool { return x != 0 })
		if lead < 0 {
			continue
		}
		inverse := uint64(1)
		for power, square := uint64(prime-2), row[lead]; power > 0; power, square = power>>1, times(square, square) {
			if power&1 == 1 {
				inverse = times(inverse, square)
			}
		}
		for i := range row {
			row[i] = times(row[i], inverse)
		}
		basis, leads = append(basis, row), append(leads, lead)
	}
	return basis
}

// history lets half a year pass, with much taken back, moved and added again, and everything published twice a month.
func (e *editions) history(t *testing.T) {
	t.Helper()
	for month := time.January; month <= time.June; month++ {
		for range 2 {
			for range 7 {
				e.deliver(month)
			}
			for range 4 {
				e.deliver(1 + time.Month(e.chance.IntN(int(month))))
			}
			for range 4 {
				e.correct(month)
			}
			if e.chance.IntN(2) == 0 {
				e.correctMany(month)
			}
			e.publish(t, civil.New(2026, month, 1))
		}
	}
	e.publish(t, civil.New(2026, time.July, 1))
}

// Whatever is taken back, moved between months, communes and goods and added again, and however often: whoever keeps all
// editions and solves for what is in them learns nothing about one or two producers or buyers.
func TestNothingOfFewFollowsFromAllEditions(t *testing.T) {
	t.Parallel()
	for _, book := range []figureBook{
		{Book: deliveredBook, LeastProducers: 3, LeastBuyers: 3, Valued: true}, {Book: offeredBook, LeastProducers: 3},
	} {
		t.Run(book.Book, func(t *testing.T) {
			t.Parallel()
			const histories = 60
			first, later, leaks := 0, 0, 0
			for seed := range uint64(histories) {
				e := newEditions(seed, book)
				e.history(t)
				require.Empty(t, e.solve(), "seed %d", seed)
				first, later = first+len(e.blocks), later+e.later

				forgetful := newEditions(seed, book)
				forgetful.forgets = true
				forgetful.history(t)
				if forgetful.solve() != "" {
					leaks++
				}
			}
			t.Logf("%d figures and %d later editions told; without the memory of what was taken back %d of %d histories tell of few", first, later, leaks, histories)
			require.Greater(t, first, 5*histories, "months are told")
			require.Greater(t, later, histories/3, "and corrections")
			require.Positive(t, leaks, "the attack is none")
		})
	}
}
