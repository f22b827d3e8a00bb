package monitor

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// figureBlock is a block with its newest figure.
type figureBlock struct {
	ID          int64             `db:"id"`
	Edition     int               `db:"edition"`
	PublishedAt time.Time         `db:"published_at"`
	Quantity    quantity.Quantity `db:"quantity"`
	ValueVND    money.VND         `db:"value_vnd"`

	cells []figureCell
	// keptBack says that something was moved since that is not told yet.
	keptBack bool
}

// figureBoard is all that was told of a book in some months.
type figureBoard struct {
	blocks map[traded][]*figureBlock
	// waiting are cells of which something was moved and nothing told: the running month, and
	// months that combine too few organisations.
	waiting map[traded][]figureCell
}

// boardTx reads what was told of the months from one to another; the first of each.
func boardTx(ctx context.Context, tx *postgres.Tx, book string, from, to civil.Date) (figureBoard, error) {
	board := figureBoard{blocks: make(map[traded][]*figureBlock), waiting: make(map[traded][]figureCell)}
	const told = `
		SELECT c.product_line, c.dried, c.unit, c.month, c.commune, c.block_id AS id, f.edition, f.published_at, f.quantity, f.value_vnd
		  FROM monitor.figure_cells c
		  JOIN LATERAL (SELECT g.edition, g.published_at, g.quantity, g.value_vnd FROM monitor.figures g
		                 WHERE g.block_id = c.block_id ORDER BY g.edition DESC LIMIT 1) f ON true
		 WHERE c.block_id IN (SELECT w.block_id FROM monitor.figure_cells w WHERE w.book = $1 AND w.month BETWEEN $2 AND $3)
		 ORDER BY c.product_line, c.dried, c.unit, c.block_id, c.month, c.commune`
	err := tx.Each(ctx, told, []any{book, from, to}, func(scan func(dest ...any) error) error {
		var goods traded
		var cell figureCell
		var block figureBlock
		if err := scan(&goods.Line, &goods.Dried, &goods.Unit, &cell.Month, &cell.Commune, &block.ID, &block.Edition,
			&block.PublishedAt, &block.Quantity, &block.ValueVND); err != nil {
			return err
		}
		blocks := board.blocks[goods]
		if len(blocks) == 0 || blocks[len(blocks)-1].ID != block.ID {
			blocks = append(blocks, &block)
			board.blocks[goods] = blocks
		}
		last := blocks[len(blocks)-1]
		last.cells = append(last.cells, cell)
		return nil
	})
	if err != nil {
		return board, err
	}
	return board, board.readWaiting(ctx, tx, book, from, to)
}

// readWaiting adds what was moved and not told: in months of which nothing was told, and in the cells of blocks or
// beside them. A block that lies partly within brings months that do not; what waits there is told with it as long as no
// other block has more cells of that month.
func (b figureBoard) readWaiting(ctx context.Context, tx *postgres.Tx, book string, from, to civil.Date) error {
	told, blocks, outside := make(map[traded]published), make(map[int64]*figureBlock), false
	for goods, each := range b.blocks {
		told[goods] = newPublished()
		for _, block := range each {
			blocks[block.ID] = block
			for _, cell := range block.cells {
				told[goods].has(cell, block.ID)
				outside = outside || cell.Month.Before(from) || cell.Month.After(to)
			}
		}
	}
	ids := postgres.Array(slices.Collect(maps.Keys(blocks)))
	if outside { // of those months the board knows no other blocks
		var err error
		if told, err = toldBesideTx(ctx, tx, book, ids); err != nil {
			return err
		}
	}
	const waiting = `
		SELECT u.product_line, u.dried, u.unit, u.month, u.commune
		  FROM monitor.unpublished u
		 WHERE u.book = $1 AND u.month BETWEEN $2 AND $3
		UNION
		SELECT u.product_line, u.dried, u.unit, u.month, u.commune
		  FROM monitor.figure_cells c
		  JOIN monitor.unpublished u USING (book, product_line, dried, unit, month)
		 WHERE c.block_id = ANY(CAST($4 AS bigint[])) AND c.month NOT BETWEEN $2 AND $3`
	return tx.Each(ctx, waiting, []any{book, from, to, ids}, func(scan func(dest ...any) error) error {
		var goods traded
		var cell figureCell
		if err := scan(&goods.Line, &goods.Dried, &goods.Unit, &cell.Month, &cell.Commune); err != nil {
			return err
		}
		known := told[goods]
		if !known.months[cell.Month] {
			b.waiting[goods] = append(b.waiting[goods], cell)
			return nil
		}
		if block, within := blocks[known.blockOf(cell)]; within {
			block.keptBack = true
		}
		return nil
	})
}

// toldBesideTx reads what was told of the months of some blocks, in those blocks and in others.
func toldBesideTx(ctx context.Context, tx *postgres.Tx, book string, ids any) (map[traded]published, error) {
	const beside = `
		SELECT c.product_line, c.dried, c.unit, c.month, c.commune, c.block_id
		  FROM monitor.figure_cells c
		 WHERE c.book = $1
		   AND (c.product_line, c.dried, c.unit, c.month) IN
		       (SELECT n.product_line, n.dried, n.unit, n.month FROM monitor.figure_cells n WHERE n.block_id = ANY(CAST($2 AS bigint[])))
		 ORDER BY c.block_id, c.month, c.commune`
	told := make(map[traded]published)
	err := tx.Each(ctx, beside, []any{book, ids}, func(scan func(dest ...any) error) error {
		var goods traded
		var cell figureCell
		var block int64
		if err := scan(&goods.Line, &goods.Dried, &goods.Unit, &cell.Month, &cell.Commune, &block); err != nil {
			return err
		}
		if _, known := told[goods]; !known {
			told[goods] = newPublished()
		}
		told[goods].has(cell, block)
		return nil
	})
	return told, err
}

// figure is what was told of the cells that belong to a row. Known is false when there is
// something that may not be told: a block lies partly outside, or what is within waits. KeptBack says that what
// was told is not the newest: changes of too few wait for others.
type figure struct {
	known    bool
	keptBack bool
	quantity quantity.Quantity
	valueVND money.VND
}

// sum adds up the blocks whose cells all belong to a row of some goods.
func (b figureBoard) sum(goods traded, within func(cell figureCell) bool) figure {
	if slices.ContainsFunc(b.waiting[goods], within) {
		return figure{}
	}
	found := figure{}
	for _, block := range b.blocks[goods] {
		inside := 0
		for _, cell := range block.cells {
			if within(cell) {
				inside++
			}
		}
		switch inside {
		case 0:
		case len(block.cells):
			found.known = true
			found.keptBack = found.keptBack || block.keptBack
			found.quantity += block.Quantity
			found.valueVND += block.ValueVND
		default:
			return figure{}
		}
	}
	return found
}
