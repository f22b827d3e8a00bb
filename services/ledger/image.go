package ledger

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Image holds the rollup in memory, so that any grouping of it is added up in some milliseconds: adding
// up a year of ten million postings in SQL takes seconds, whatever it is grouped by. It takes 25 bytes
// a row of the rollup, 25 MB for a million. It follows the postings by itself, with [Image.Follow];
// what is not in it yet is read with each question, so that answers are exact all the same.
//
// It is safe for concurrent use. A [View] of it never changes: days that get more postings are replaced.
type Image struct {
	db *postgres.DB
	// following lets one at a time bring it up to date.
	following sync.Mutex
	current   atomic.Pointer[View]
	// ready says that it has caught up with the postings once.
	ready atomic.Bool
}

// NewImage returns an image that is empty until it is followed.
func NewImage(db *postgres.DB) *Image { return &Image{db: db} }

// View is the image at one moment; nil until it has caught up once, and a nil View answers from the
// rollup in the database. Take it before the snapshot in which you ask it: then the snapshot sees all
// that is in it.
func (i *Image) View() *View {
	if !i.ready.Load() {
		return nil
	}
	return i.current.Load()
}

// View is the rollup up to a place. The slices grow behind its back, never within their length.
type View struct {
	place place
	// days are those with postings, in order.
	days    []*dayCells
	goods   []goodsFacts
	demands []demandFacts
	codes   *codes
	known   *knowledge
}

// Cells is how many rows of the rollup the view holds.
func (v *View) Cells() int {
	cells := 0
	for _, day := range v.days {
		cells += len(day.amount)
	}
	return cells
}

// place is the last posting that is in, by the order of [Image.Follow].
type place struct {
	Xact  string    `db:"xact"`
	ID    uuid.UUID `db:"id"`
	Epoch int64     `db:"epoch"`
}

// dayCells are the sums of one day in the order of goods, demand and movement: what is asked for is read
// from one end of memory to the other. It is never changed.
type dayCells struct {
	// on counts days from 1 January 1970.
	on            int32
	goods, demand []uint32
	movement      []uint8
	// amount in thousandths of the goods' unit; value in đồng, worthless where nothing has a price.
	amount, value []int64
}

// worthless stands for no value, which is not the same as a value of nothing.
const worthless = math.MinInt64

// cell is one sum on its way into a day.
type cell struct {
	goods, demand uint32
	movement      uint8
	amount, value int64
}

// compare orders cells as days keep them.
func (c cell) compare(other cell) int {
	switch {
	case c.goods != other.goods:
		return before(c.goods < other.goods)
	case c.demand != other.demand:
		return before(c.demand < other.demand)
	case c.movement != other.movement:
		return before(c.movement < other.movement)
	default:
		return 0
	}
}

func before(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

func (d *dayCells) at(i int) cell {
	return cell{goods: d.goods[i], demand: d.demand[i], movement: d.movement[i], amount: d.amount[i], value: d.value[i]}
}

// add appends a cell, or adds it to the last one when it is of the same.
func (d *dayCells) add(c cell) {
	if last := len(d.amount) - 1; last >= 0 && d.at(last).compare(c) == 0 {
		d.amount[last] += c.amount
		d.value[last] = together(d.value[last], c.value)
		return
	}
	d.goods, d.demand, d.movement = append(d.goods, c.goods), append(d.demand, c.demand), append(d.movement, c.movement)
	d.amount, d.value = append(d.amount, c.amount), append(d.value, c.value)
}

func together(one, other int64) int64 {
	switch {
	case one == worthless:
		return other
	case other == worthless:
		return one
	default:
		return one + other
	}
}

// emptyDay is a day with room for so many cells.
func emptyDay(on int32, room int) *dayCells {
	return &dayCells{
		on: on, goods: make([]uint32, 0, room), demand: make([]uint32, 0, room), movement: make([]uint8, 0, room),
		amount: make([]int64, 0, room), value: make([]int64, 0, room),
	}
}

// with returns the day with more cells, which are in order.
func (d *dayCells) with(more []cell) *dayCells {
	merged := emptyDay(d.on, len(d.amount)+len(more))
	next := 0
	for i := range d.amount {
		have := d.at(i)
		for next < len(more) && more[next].compare(have) < 0 {
			merged.add(more[next])
			next++
		}
		merged.add(have)
	}
	for ; next < len(more); next++ {
		merged.add(more[next])
	}
	return merged
}

// goodsFacts is what postings say of goods; "" and the nil UUID where they say nothing.
type goodsFacts struct {
	line, form, grade, unit, commune string
	stars                            int
	// schemes are each once, in order, joined by commas.
	schemes  string
	producer uuid.UUID
}

// demandFacts is what they say of the demand.
type demandFacts struct {
	buyer        uuid.UUID
	system, ward string
}

// codes number goods and demands, from 0 on.
type codes struct {
	mutex   sync.RWMutex
	goods   map[goodsFacts]uint32
	demands map[demandFacts]uint32
}

func newCodes() *codes {
	return &codes{goods: make(map[goodsFacts]uint32), demands: make(map[demandFacts]uint32)}
}

// numberGoods finds the code of goods, or gives them the next. Views that were handed out before have
// their own lengths and see nothing of it.
func (c *codes) numberGoods(v *View, goods goodsFacts) uint32 {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	code, known := c.goods[goods]
	if !known {
		code = uint32(len(v.goods)) //nolint:gosec // far from four thousand million
		c.goods[goods], v.goods = code, append(v.goods, goods)
	}
	return code
}

// numberDemand is numberGoods for a demand.
func (c *codes) numberDemand(v *View, demand demandFacts) uint32 {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	code, known := c.demands[demand]
	if !known {
		code = uint32(len(v.demands)) //nolint:gosec // the same
		c.demands[demand], v.demands = code, append(v.demands, demand)
	}
	return code
}
