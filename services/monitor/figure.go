package monitor

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// A figure that combines three organisations hides each of them; two figures may not, when one is
// taken from the other. So values, and whatever the public is told, are never summed afresh for whoever
// asks. Each month that has ended is cut once into blocks, each of which combines enough organisations,
// and what is shown is a sum of whole blocks or nothing (complementary suppression; Hundepool et al.,
// Statistical Disclosure Control, 2012, ch. 4). Every figure that anybody can compute from those shown
// is then a combination of whole blocks as well, and of enough organisations, however they are added and
// subtracted. The running month has none.
//
// Time is no way around it, whoever keeps every edition. What anybody can know are sums of tellings: the
// first figure of a block, or what one edition adds to the one before. Each telling holds something of
// enough organisations that no telling before it held. So in whatever is added and subtracted, the latest of the
// tellings in it has something that none of the others has, and that of enough organisations stays. What does
// not qualify waits, all of a block together, until enough others add to it.
//
// Whether a pair adds something new is decided without knowing what came from where. What was told and is
// now elsewhere was taken back from where it was told. So of what a pair adds, at most as much as was ever
// taken back since it was first told of is old; what exceeds that is new. Gross, because what left hides
// behind what came; over all months, communes and goods, because it may come again in any.

// The books of figures, as the table monitor.figure_books names them.
const (
	deliveredBook = "delivered"
	offeredBook   = "offered"
)

// figureBook is what is published, and of how many.
type figureBook struct {
	Book           string `db:"book"`
	LeastProducers int    `db:"least_producers"`
	LeastBuyers    int    `db:"least_buyers"`
	Valued         bool   `db:"valued"`
	GraceDays      int    `db:"grace_days"`

	// takenBack is what was ever taken back of a pair since it was first told of.
	takenBack map[pair]amount
}

// closed returns the first day of the first month that is still open on a day.
func (b figureBook) closed(today civil.Date) civil.Date {
	last := today.AddDays(-b.GraceDays)
	return civil.New(last.Year, last.Month, 1)
}

// traded is what is never totalled with anything else.
type traded struct {
	Line  string `db:"product_line"`
	Dried bool   `db:"dried"`
	Unit  string `db:"unit"`
}

func (g traded) compare(other traded) int {
	dried := func(g traded) int {
		if g.Dried {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(g.Line, other.Line), cmp.Compare(dried(g), dried(other)), cmp.Compare(g.Unit, other.Unit))
}

// figureCell is the finest thing that a figure may be about.
type figureCell struct {
	Month   civil.Date `db:"month"`
	Commune string     `db:"commune"`
}

func (c figureCell) compare(other figureCell) int {
	return cmp.Or(c.Month.Compare(other.Month), cmp.Compare(c.Commune, other.Commune))
}

// share is what one pair of organisations adds to a cell.
type share struct {
	figureCell

	ProducerID uuid.UUID         `db:"producer_id"`
	BuyerID    uuid.UUID         `db:"buyer_id"`
	OfferID    uuid.UUID         `db:"offer_id"`
	Quantity   quantity.Quantity `db:"quantity"`
	ValueVND   money.VND         `db:"value_vnd"`
}

// pair is a producer and a buyer. Supply has no buyer and is lowered every day, so there it is a producer and
// one of its offers: what is new is a new offer, or more of it than was ever taken out.
type pair struct{ producer, buyer, offer uuid.UUID }

// amount is what a figure tells.
type amount struct {
	quantity quantity.Quantity
	valueVND money.VND
}

func (a amount) and(other amount) amount {
	return amount{a.quantity + other.quantity, a.valueVND + other.valueVND}
}

// part is some cells, what they add up to and what each pair adds to that.
type part struct {
	amount

	cells []figureCell
	pairs map[pair]amount
}

// add counts a share in; what p was before is not to be used any more.
func (p part) add(one share) part {
	if p.pairs == nil {
		p.pairs = make(map[pair]amount)
	}
	if !slices.Contains(p.cells, one.figureCell) {
		p.cells = append(p.cells, one.figureCell)
	}
	adds, who := amount{one.Quantity, one.ValueVND}, pair{one.ProducerID, one.BuyerID, one.OfferID}
	p.amount, p.pairs[who] = p.and(adds), p.pairs[who].and(adds)
	return p
}

// with is both parts, which have no cell in common, in one.
func (p part) with(other part) part {
	if len(p.cells) == 0 {
		return other
	}
	both := part{amount: p.and(other.amount), cells: slices.Concat(p.cells, other.cells), pairs: maps.Clone(p.pairs)}
	for who, adds := range other.pairs {
		both.pairs[who] = both.pairs[who].and(adds)
	}
	return both
}

// tellsNew reports whether what a pair adds holds something that was never told.
func (b figureBook) tellsNew(who pair, adds amount) bool {
	back := b.takenBack[who]
	return adds.quantity > back.quantity && (!b.Valued || adds.valueVND > back.valueVND)
}

// behind counts the producers and the buyers who add something new to a part, all its cells taken together; the zero id,
// which stands for whoever is not named, is nobody. Who takes back hides nobody: what is left of a block when three have
// taken back what they added is what the others added.
func (b figureBook) behind(p part) (producers, buyers int) {
	sellers, takers := make(map[uuid.UUID]bool), make(map[uuid.UUID]bool)
	for who, adds := range p.pairs {
		if b.tellsNew(who, adds) {
			sellers[who.producer], takers[who.buyer] = true, true
		}
	}
	delete(sellers, uuid.Nil)
	delete(takers, uuid.Nil)
	return len(sellers), len(takers)
}

// hides reports whether a part combines enough organisations to be told.
func (b figureBook) hides(p part) bool {
	producers, buyers := b.behind(p)
	return producers >= b.LeastProducers && (b.LeastBuyers == 0 || buyers >= b.LeastBuyers)
}

// telling is a part that is told: as the next edition of a block, or of a new one whose id is zero.
type telling struct {
	part

	block int64
}

// due is what may be told now of all that waits: the blocks of months that have ended, and new editions of blocks
// to which enough organisations have added something new. The rest is kept back.
func (b figureBook) due(shares []share, told published) []telling {
	var fresh []share
	changes := make(map[int64]part)
	for _, one := range shares {
		if !told.months[one.Month] {
			fresh = append(fresh, one)
			continue
		}
		id := told.blockOf(one.figureCell)
		changes[id] = changes[id].add(one)
	}
	var due []telling
	for _, block := range b.blocks(fresh) {
		due = append(due, telling{part: block})
	}
	for _, id := range slices.Sorted(maps.Keys(changes)) {
		if b.hides(changes[id]) {
			due = append(due, telling{part: changes[id], block: id})
		}
	}
	return due
}

// blocks cuts the months that have ended, and of which nothing is published, into what will be told
// together. What is in no block waits for later months.
//
// A month that combines enough is told at once, by commune where one alone combines enough; the
// other communes together, with the smallest of those if they must. A month that does not waits for
// others like it. At the end of a quarter whatever waits is told with the smallest block of that month:
// one month is given up so that the quarter, and with it the half-year and the year, can be told.
func (b figureBook) blocks(shares []share) []part {
	var made []part
	var waiting part
	for _, month := range months(shares) {
		var whole part
		for _, commune := range month {
			whole = whole.with(commune)
		}
		if !b.hides(whole) {
			if waiting = waiting.with(whole); b.hides(waiting) {
				made, waiting = append(made, waiting), part{}
			}
			continue
		}
		told := b.cut(month)
		if len(waiting.cells) > 0 && endsQuarter(month[0].cells[0].Month) {
			least := b.smallest(told)
			if both := told[least].with(waiting); b.hides(both) { // not where what waits was taken back
				told[least], waiting = both, part{}
			}
		}
		made = append(made, told...)
	}
	return made
}

// months are the shares by month, and within it by commune, in order.
func months(shares []share) [][]part {
	ordered := slices.SortedFunc(slices.Values(shares), func(x, y share) int { return x.compare(y.figureCell) })
	var months [][]part
	for at, one := range ordered {
		if at == 0 || one.Month != ordered[at-1].Month {
			months = append(months, nil)
		}
		last := &months[len(months)-1]
		if at == 0 || one.figureCell != ordered[at-1].figureCell {
			*last = append(*last, part{})
		}
		(*last)[len(*last)-1] = (*last)[len(*last)-1].add(one)
	}
	return months
}

// cut cuts a month that combines enough.
func (b figureBook) cut(communes []part) []part {
	var alone []part
	var rest part
	for _, commune := range communes {
		if b.hides(commune) {
			alone = append(alone, commune)
		} else {
			rest = rest.with(commune)
		}
	}
	for len(rest.cells) > 0 && !b.hides(rest) { // ends: all together do
		least := b.smallest(alone)
		rest = rest.with(alone[least])
		alone = slices.Delete(alone, least, least+1)
	}
	if len(rest.cells) > 0 {
		alone = append(alone, rest)
	}
	return alone
}

// smallest is the place of the part of the fewest organisations.
func (b figureBook) smallest(parts []part) int {
	least, fewest := 0, math.MaxInt
	for at, each := range parts {
		if producers, buyers := b.behind(each); producers+buyers < fewest {
			least, fewest = at, producers+buyers
		}
	}
	return least
}

func endsQuarter(month civil.Date) bool { return month.Month%3 == time.March%3 }
