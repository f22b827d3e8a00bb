package ledger

import (
	"context"
	"math"
	"slices"

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

// numbers tell which code a row of ledger.goods or ledger.demands has here.
type numbers struct{ goods, demands map[int]uint32 }

func (v *View) loadGoods(ctx context.Context, tx *postgres.Tx) (numbers, error) {
	known := numbers{make(map[int]uint32), make(map[int]uint32)}
	const goods = `
		SELECT id, product_line, form, grade, stars, array_to_string(schemes, ','), unit, commune, producer_id FROM ledger.goods`
	err := tx.Each(ctx, goods, nil, func(scan func(dest ...any) error) error {
		var id int
		var g goodsFacts
		if err := scan(&id, &g.line, &g.form, &g.grade, &g.stars, &g.schemes, &g.unit, &g.commune, &g.producer); err != nil {
			return err
		}
		known.goods[id] = v.codes.numberGoods(v, g)
		return nil
	})
	if err != nil {
		return known, err
	}
	const demands = `SELECT id, buyer_id, buyer_system, ward FROM ledger.demands`
	return known, tx.Each(ctx, demands, nil, func(scan func(dest ...any) error) error {
		var id int
		var d demandFacts
		if err := scan(&id, &d.buyer, &d.system, &d.ward); err != nil {
			return err
		}
		known.demands[id] = v.codes.numberDemand(v, d)
		return nil
	})
}

func (v *View) loadMonths(ctx context.Context, tx *postgres.Tx, known numbers) error {
	const query = `
		SELECT d.business_date - DATE '1970-01-01', d.goods, d.demand, d.movement, d.amount, d.value_vnd FROM ledger.daily d
		 ORDER BY d.business_date`
	var cells []cell
	var month int32
	finish := func() {
		if len(cells) > 0 {
			slices.SortFunc(cells, cell.compare)
			v.months = append(v.months, emptyMonth(month, 0).with(cells))
			cells = cells[:0]
		}
	}
	lastOn, first, day := int32(math.MinInt32), int32(0), uint8(0)
	err := tx.Each(ctx, query, nil, func(scan func(dest ...any) error) error {
		var (
			on            int32
			goods, demand int
			value         *int64
			c             cell
		)
		if err := scan(&on, &goods, &demand, &c.movement, &c.amount, &value); err != nil {
			return err
		}
		if c.value = worthless; value != nil {
			c.value = *value
		}
		if on != lastOn {
			lastOn = on
			if first, day = monthOf(on); first != month {
				finish()
				month = first
			}
		}
		c.goods, c.demand, c.day = known.goods[goods], known.demands[demand], day
		cells = append(cells, c)
		return nil
	})
	finish()
	return err
}
