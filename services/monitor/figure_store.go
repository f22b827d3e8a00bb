package monitor

import (
	"context"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// waitingShares are what of some goods was not told, of months before one.
func waitingShares(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded, before civil.Date) ([]share, error) {
	const query = `
		SELECT month, commune, producer_id, buyer_id, quantity, value_vnd
		  FROM monitor.unpublished
		 WHERE book = $1 AND product_line = $2 AND dried = $3 AND unit = $4 AND month < $5
		 ORDER BY month, commune, producer_id, buyer_id`
	var shares []share
	err := tx.Select(ctx, &shares, query, book.Book, goods.Line, goods.Dried, goods.Unit, before)
	return shares, err
}

// published are the blocks of some goods.
type published struct {
	blocks map[figureCell]int64
	months map[civil.Date]bool
	// widest is the block of each month that has the most cells of it: what comes late from a
	// commune that had nothing that month is told with those that are told together already.
	widest map[civil.Date]int64
}

// blockOf is the block that a cell is told with; its month must be told.
func (p published) blockOf(cell figureCell) int64 {
	if id, known := p.blocks[cell]; known {
		return id
	}
	return p.widest[cell.Month]
}

func publishedCells(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded) (published, error) {
	const query = `
		SELECT month, commune, block_id FROM monitor.figure_cells
		 WHERE book = $1 AND product_line = $2 AND dried = $3 AND unit = $4 ORDER BY month, block_id, commune`
	found := published{
		blocks: make(map[figureCell]int64), months: make(map[civil.Date]bool), widest: make(map[civil.Date]int64),
	}
	type place struct {
		month civil.Date
		block int64
	}
	cells := make(map[place]int)
	err := tx.Each(ctx, query, []any{book.Book, goods.Line, goods.Dried, goods.Unit}, func(scan func(dest ...any) error) error {
		var cell figureCell
		var block int64
		if err := scan(&cell.Month, &cell.Commune, &block); err != nil {
			return err
		}
		found.blocks[cell], found.months[cell.Month] = block, true
		at := place{cell.Month, block}
		cells[at]++
		if widest, told := found.widest[cell.Month]; !told || cells[at] > cells[place{cell.Month, widest}] {
			found.widest[cell.Month] = block
		}
		return nil
	})
	return found, err
}

func makeBlock(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded) (int64, error) {
	const insert = `
		INSERT INTO monitor.figure_blocks (book, product_line, dried, unit, made_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`
	var id int64
	err := tx.Get(ctx, &id, insert, book.Book, goods.Line, goods.Dried, goods.Unit, tx.Now)
	return id, err
}

// tell writes a part as the next edition of a block, the block's new cells with it, and forgets what is
// told by it.
func tell(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded, seq, block int64, added part) error {
	months, communes := make([]string, len(added.cells)), make([]string, len(added.cells))
	for at, cell := range added.cells {
		months[at], communes[at] = cell.Month.String(), cell.Commune
	}
	const cells = `
		INSERT INTO monitor.figure_cells (book, product_line, dried, unit, month, commune, block_id)
		SELECT $1, $2, $3, $4, c.month, c.commune, $5 FROM unnest(CAST($6 AS date[]), CAST($7 AS text[])) AS c (month, commune)
		    ON CONFLICT ON CONSTRAINT cell_of_one_block DO NOTHING`
	if _, err := tx.Exec(ctx, cells, book.Book, goods.Line, goods.Dried, goods.Unit, block, postgres.Array(months), postgres.Array(communes)); err != nil {
		return err
	}
	const figure = `
		INSERT INTO monitor.figures (block_id, edition, seq, published_at, quantity, value_vnd)
		SELECT $1, coalesce(max(f.edition), 0) + 1, $2, $3,
		       $4 + coalesce((array_agg(f.quantity ORDER BY f.edition DESC))[1], 0), $5 + coalesce((array_agg(f.value_vnd ORDER BY f.edition DESC))[1], 0)
		  FROM monitor.figures f WHERE f.block_id = $1`
	if _, err := tx.Exec(ctx, figure, block, seq, tx.Now, int64(added.quantity), int64(added.valueVND)); err != nil {
		return err
	}
	const forget = `
		DELETE FROM monitor.unpublished u
		 USING unnest(CAST($5 AS date[]), CAST($6 AS text[])) AS c (month, commune)
		 WHERE u.book = $1 AND u.product_line = $2 AND u.dried = $3 AND u.unit = $4 AND u.month = c.month AND u.commune = c.commune`
	_, err := tx.Exec(ctx, forget, book.Book, goods.Line, goods.Dried, goods.Unit, postgres.Array(months), postgres.Array(communes))
	return err
}
