package ledger

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// Image holds the rollup in memory, so that any grouping of it is added up in some milliseconds: adding
// up a year of ten million postings in SQL takes seconds, whatever it is grouped by. It takes 18 bytes
// a row of the rollup and 16 for each stretch of the same goods and demand: some 50 MB for a million rows, where each is a stretch of its own. It follows the postings by itself, with [Image.Follow];
// what is not in it yet is read with each question, so that answers are exact all the same.
//
// It is safe for concurrent use. A [View] of it never changes: months that get more postings are replaced.
type Image struct {
	db *postgres.DB
	// following lets one at a time bring it up to date.
	following sync.Mutex
	current   atomic.Pointer[View]
	// begun is closed when somebody follows it for the first time, ready when it has caught up with the postings once.
	begun, ready         chan struct{}
	beginning, beingRead sync.Once
	patience             time.Duration
}

// imagePatience is how long a question waits for an image that is being read: less than a statement may take.
const imagePatience = 5 * time.Second

// ErrImageNotRead is the refusal to add up in the database what takes it longer than anybody waits.
var ErrImageNotRead = fault.Define("volumes_not_read", http.StatusServiceUnavailable,
	"Hệ thống vừa khởi động và đang nạp số liệu sản lượng. Thử lại sau ít giây.",
	"The service has just started and is still reading the volumes. Try again in a few seconds.")

// NewImage returns an image that is empty until it is followed.
func NewImage(db *postgres.DB) *Image {
	return &Image{db: db, begun: make(chan struct{}), ready: make(chan struct{}), patience: imagePatience}
}

// View is the image at one moment; nil until it has caught up once, and a nil View answers from the
// rollup in the database. Take it before the snapshot in which you ask it: then the snapshot sees all
// that is in it.
func (i *Image) View() *View {
	select {
	case <-i.ready:
		return i.current.Load()
	default:
		return nil
	}
}

// Await is View, but waits for an image that is being read, a few seconds at most. Refused: ErrImageNotRead, when that
// takes longer. Of an image that nobody follows it returns nil.
func (i *Image) Await(ctx context.Context) (*View, error) {
	select {
	case <-i.ready:
		return i.View(), nil
	case <-i.begun:
	default:
		return nil, nil //nolint:nilnil // a nil View answers from the database
	}
	late := time.NewTimer(i.patience)
	defer late.Stop()
	select {
	case <-i.ready:
		return i.View(), nil
	case <-late.C:
		return nil, ErrImageNotRead.With().After(i.patience)
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the volumes to be read: %w", ctx.Err())
	}
}

// View is the rollup up to a place. The slices grow behind its back, never within their length.
type View struct {
	place place
	// months are those with postings, in order.
	months  []*monthCells
	goods   []goodsFacts
	demands []demandFacts
	codes   *codes
	known   *knowledge
}

// Cells is how many rows of the rollup the view holds.
func (v *View) Cells() int {
	cells := 0
	for _, month := range v.months {
		cells += len(month.amount)
	}
	return cells
}

// place is the last posting that is in, by the order of [Image.Follow].
type place struct {
	Xact  string    `db:"xact"`
	ID    uuid.UUID `db:"id"`
	Epoch int64     `db:"epoch"`
}

// monthCells are the sums of one month in the order of goods, demand, movement and day: what is of the same
// goods and demand lies together, finds its group once and is added up from one end of memory to the
// other. It is never changed.
type monthCells struct {
	// first is the month's first day, counted from 1 January 1970.
	first int32
	runs  []run
	// day counts from 0 within the month.
	movement, day []uint8
	// amount in thousandths of the goods' unit; value in đồng, worthless where nothing has a price.
	amount, value []int64
	// total are the sums of all demands and days: enough for questions that tell neither apart, and some hundred
	// times fewer. nil in a total.
	total *monthCells
}

// run is a stretch of cells of the same goods and demand, up to end.
type run struct {
	goods, demand uint32
	end           int
}

// worthless stands for no value, which is not the same as a value of nothing.
const worthless = math.MinInt64

// cell is one sum on its way into a month.
type cell struct {
	goods, demand uint32
	movement, day uint8
	amount, value int64
}

// compare orders cells as months keep them.
func (c cell) compare(other cell) int {
	switch {
	case c.goods != other.goods:
		return before(c.goods < other.goods)
	case c.demand != other.demand:
		return before(c.demand < other.demand)
	case c.movement != other.movement:
		return before(c.movement < other.movement)
	case c.day != other.day:
		return before(c.day < other.day)
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

// emptyMonth is a month with room for so many cells.
func emptyMonth(first int32, room int) *monthCells {
	return &monthCells{
		first: first, movement: make([]uint8, 0, room), day: make([]uint8, 0, room), amount: make([]int64, 0, room), value: make([]int64, 0, room),
	}
}

// add appends a cell, or adds it to the last one when it is of the same.
func (m *monthCells) add(c cell) {
	last, next := len(m.runs)-1, len(m.amount)
	same := last >= 0 && m.runs[last].goods == c.goods && m.runs[last].demand == c.demand
	if same && m.movement[next-1] == c.movement && m.day[next-1] == c.day {
		m.amount[next-1] += c.amount
		m.value[next-1] = together(m.value[next-1], c.value)
		return
	}
	m.movement, m.day = append(m.movement, c.movement), append(m.day, c.day)
	m.amount, m.value = append(m.amount, c.amount), append(m.value, c.value)
	if same {
		m.runs[last].end = next + 1
	} else {
		m.runs = append(m.runs, run{goods: c.goods, demand: c.demand, end: next + 1})
	}
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

// with returns the month with more cells, which are in order and taken over.
func (m *monthCells) with(more []cell) *monthCells {
	next, had := m.merged(more), m.total
	if had == nil {
		had = emptyMonth(m.first, 0)
	}
	for at := range more {
		more[at].demand, more[at].day = 0, 0
	}
	slices.SortFunc(more, cell.compare)
	next.total = had.merged(more)
	return next
}

// merged are the cells of the month and more, without a total.
func (m *monthCells) merged(more []cell) *monthCells {
	merged, at, next := emptyMonth(m.first, len(m.amount)+len(more)), 0, 0
	for _, each := range m.runs {
		for ; at < each.end; at++ {
			have := cell{
				goods: each.goods, demand: each.demand, movement: m.movement[at], day: m.day[at], amount: m.amount[at], value: m.value[at],
			}
			for next < len(more) && more[next].compare(have) < 0 {
				merged.add(more[next])
				next++
			}
			merged.add(have)
		}
	}
	for ; next < len(more); next++ {
		merged.add(more[next])
	}
	return merged
}

// monthOf returns the first day of the month of a day, and which of its days it is, from 0.
func monthOf(on int32) (first int32, day uint8) {
	of := time.Unix(int64(on)*secondsPerDay, 0).UTC().Day() - 1
	return on - int32(of), uint8(of) //nolint:gosec // a day of a month
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
