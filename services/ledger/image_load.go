package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// load reads the rollup as it is, in one snapshot.
func (i *Image) load(ctx context.Context) (*View, error) {
	v := &View{}
	err := i.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		*v = View{codes: newCodes()}
		const place = `SELECT CAST(xact AS text) AS xact, id, epoch FROM ledger.rollup_place`
		if err := tx.Get(ctx, &v.place, place); err != nil {
			return err
		}
		var err error
		if v.known, err = know(ctx, tx); err != nil {
			return err
		}
		numbers, err := v.loadGoods(ctx, tx)
		if err != nil {
			return err
		}
		return v.loadMonths(ctx, tx, numbers)
	})
	return v, err
}

// numbers tell which code a row of ledger.goods or ledger.demands has here, by its id.
type numbers struct{ goods, demands []uint32 }

// numbered enters the code of an id; ids are given out one after the other.
func numbered(codes []uint32, id int, code uint32) []uint32 {
	if missing := id + 1 - len(codes); missing > 0 {
		codes = append(codes, make([]uint32, missing)...)
	}
	codes[id] = code
	return codes
}

func (v *View) loadGoods(ctx context.Context, tx *postgres.Tx) (numbers, error) {
	var known numbers
	const goods = `
		SELECT id, product_line, form, grade, stars, array_to_string(schemes, ','), unit, commune, producer_id FROM ledger.goods`
	err := tx.Each(ctx, goods, nil, func(scan func(dest ...any) error) error {
		var id int
		var g goodsFacts
		if err := scan(&id, &g.line, &g.form, &g.grade, &g.stars, &g.schemes, &g.unit, &g.commune, &g.producer); err != nil {
			return err
		}
		known.goods = numbered(known.goods, id, v.codes.numberGoods(v, g))
		return nil
	})
	if err != nil {
		return known, err
	}
	const demands = `SELECT id, buyer_id, buyer_system, ward FROM ledger.demands`
	err = tx.Each(ctx, demands, nil, func(scan func(dest ...any) error) error {
		var id int
		var d demandFacts
		if err := scan(&id, &d.buyer, &d.system, &d.ward); err != nil {
			return err
		}
		known.demands = numbered(known.demands, id, v.codes.numberDemand(v, d))
		return nil
	})
	return known, err
}

// pagesAtOnce are how many pages of ledger.daily one statement reads: some 200 000 rows.
const pagesAtOnce = 2000

// packedRow is how many bytes a row of ledger.daily is packed in: a row by itself takes the database and the driver longer than
// all that is done with it.
const packedRow = 28

// loadMonths reads the rollup page by page, in no order, and adds it up month by month; while the database
// packs rows, those before are taken apart.
func (v *View) loadMonths(ctx context.Context, tx *postgres.Tx, known numbers) error {
	const size = `SELECT pg_relation_size('ledger.daily') / CAST(current_setting('block_size') AS bigint)`
	const query = `
		SELECT string_agg(int8send(CAST(d.goods AS bigint) << 32 | d.demand) || int4send((d.business_date - DATE '1970-01-01') << 8 | d.movement)
		                  || int8send(d.amount) || int8send(coalesce(d.value_vnd, CAST('-9223372036854775808' AS bigint))), '')
		  FROM ledger.daily d WHERE d.ctid >= CAST($1 AS tid) AND d.ctid < CAST($2 AS tid)`
	var pages int
	if err := tx.Get(ctx, &pages, size); err != nil {
		return err
	}
	months := make(unsorted)
	read, taken := make(chan []byte, 1), make(chan error, 1)
	go func() {
		var failed error
		for rows := range read {
			if failed == nil {
				failed = months.take(rows, known)
			}
		}
		taken <- failed
	}()
	var err error
	for page := 0; page < pages && err == nil; page += pagesAtOnce {
		err = tx.Each(ctx, query, []any{tid(page), tid(page + pagesAtOnce)}, func(scan func(dest ...any) error) error {
			var rows []byte
			err := scan(&rows)
			read <- rows
			return err
		})
	}
	close(read)
	if failed := <-taken; err == nil {
		err = failed
	}
	if err == nil {
		v.months = months.sorted(len(v.goods), len(v.demands))
	}
	return err
}

// tid is the place of the first row of a page.
func tid(page int) string { return "(" + strconv.Itoa(page) + ",0)" }

// unsorted are cells by month, as they come.
type unsorted map[int32][]cell

var errPacked = errors.New("rows of the rollup are not packed as they were asked for")

// take adds packed rows to their months.
func (u unsorted) take(rows []byte, known numbers) error {
	lastOn, first, day := int32(math.MinInt32), int32(0), uint8(0)
	for ; len(rows) >= packedRow; rows = rows[packedRow:] {
		time := int32(binary.BigEndian.Uint32(rows[8:])) //nolint:gosec // signed, as it was packed
		if on := time >> 8; on != lastOn {
			lastOn = on
			first, day = monthOf(on)
		}
		u[first] = append(u[first], cell{
			goods: known.goods[binary.BigEndian.Uint32(rows)], demand: known.demands[binary.BigEndian.Uint32(rows[4:])],
			movement: uint8(time & math.MaxUint8), day: day,
			amount: int64(binary.BigEndian.Uint64(rows[12:])), value: int64(binary.BigEndian.Uint64(rows[20:])), //nolint:gosec // signed, as they were packed
		})
	}
	if len(rows) > 0 {
		return errPacked
	}
	return nil
}

// sorted puts each month in order, as many at once as there are processors, and in their order.
func (u unsorted) sorted(goods, demands int) []*monthCells {
	firsts := slices.Sorted(maps.Keys(u))
	months := make([]*monthCells, len(firsts))
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(firsts)) {
		done.Go(func() {
			for {
				at := int(next.Add(1)) - 1
				if at >= len(firsts) {
					return
				}
				months[at] = inOrder(firsts[at], u[firsts[at]], goods, demands)
			}
		})
	}
	done.Wait()
	return months
}

// inOrder sorts the cells of a month by counting: by what decides least first.
func inOrder(first int32, cells []cell, goods, demands int) *monthCells {
	room := make([]cell, len(cells))
	cells, room = counted(cells, room, 1<<16, func(c *cell) uint32 { return uint32(c.movement)<<8 | uint32(c.day) })
	cells, room = counted(cells, room, demands, func(c *cell) uint32 { return c.demand })
	cells, room = counted(cells, room, goods, func(c *cell) uint32 { return c.goods })
	month := emptyMonth(first, len(cells))
	for _, each := range cells {
		month.add(each)
	}
	month.total = emptyMonth(first, 0)
	cells, room = counted(cells, room, 1<<8, func(c *cell) uint32 { return uint32(c.movement) })
	cells, _ = counted(cells, room, goods, func(c *cell) uint32 { return c.goods })
	for _, each := range cells {
		each.demand, each.day = 0, 0
		month.total.add(each)
	}
	return month
}

// counted moves cells into room in the order of a key, those alike in the order they have.
func counted(cells, room []cell, keys int, key func(c *cell) uint32) (moved, free []cell) {
	places := make([]int32, keys+1)
	for at := range cells {
		places[key(&cells[at])+1]++
	}
	for at := range keys {
		places[at+1] += places[at]
	}
	for at := range cells {
		to := key(&cells[at])
		room[places[to]] = cells[at]
		places[to]++
	}
	return room, cells
}
