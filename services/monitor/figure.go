package monitor

import (
	"cmp"
	"maps"
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
// subtracted. Time is no way around it: a block's figure changes only when what changed combines
// enough organisations by itself, and the running month has none.

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
	Quantity   quantity.Quantity `db:"quantity"`
	ValueVND   money.VND         `db:"value_vnd"`
}

// part is some cells, what they add up to and who stands behind that.
type part struct {
	cells             []figureCell
	producers, buyers map[uuid.UUID]bool
	quantity          quantity.Quantity
	valueVND          money.VND
}

// add counts a share in.
func (b figureBook) add(p part, one share) part {
	if p.producers == nil {
		p.producers, p.buyers = make(map[uuid.UUID]bool), make(map[uuid.UUID]bool)
	}
	if !slices.Contains(p.cells, one.figureCell) {
		p.cells = append(p.cells, one.figureCell)
	}
	p.quantity += one.Quantity
	p.valueVND += one.ValueVND
	if one.Quantity != 0 && (!b.Valued || one.ValueVND != 0) {
		p.producers[one.ProducerID], p.buyers[one.BuyerID] = true, true
	}
	return p
}

// with is both parts in one.
func (p part) with(other part) part {
	if len(p.cells) == 0 {
		return other
	}
	both := part{
		cells: slices.Concat(p.cells, other.cells), producers: maps.Clone(p.producers), buyers: maps.Clone(p.buyers),
		quantity: p.quantity + other.quantity, valueVND: p.valueVND + other.valueVND,
	}
	maps.Copy(both.producers, other.producers)
	maps.Copy(both.buyers, other.buyers)
	return both
}

// of counts the organisations behind a part; a book that knows no buyers has the zero id for all.
func (p part) of() int { return len(p.producers) + len(p.buyers) }

// hides reports whether a part combines enough organisations to be told.
func (b figureBook) hides(p part) bool {
	return len(p.producers) >= b.LeastProducers && (b.LeastBuyers == 0 || len(p.buyers) >= b.LeastBuyers)
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
	for _, month := range b.months(shares) {
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
			least := smallest(told)
			told[least], waiting = told[least].with(waiting), part{}
		}
		made = append(made, told...)
	}
	return made
}

// months are the shares by month, and within it by commune, in order.
func (b figureBook) months(shares []share) [][]part {
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
		(*last)[len(*last)-1] = b.add((*last)[len(*last)-1], one)
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
		least := smallest(alone)
		rest = rest.with(alone[least])
		alone = slices.Delete(alone, least, least+1)
	}
	if len(rest.cells) > 0 {
		alone = append(alone, rest)
	}
	return alone
}

// smallest is the place of the part of the fewest organisations.
func smallest(parts []part) int {
	least := 0
	for at := range parts {
		if parts[at].of() < parts[least].of() {
			least = at
		}
	}
	return least
}

func endsQuarter(month civil.Date) bool { return month.Month%3 == time.March%3 }
