package monitor

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// waitingShares are what of some goods was not told, of months before one.
func waitingShares(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded, before civil.Date) ([]share, error) {
	const query = `
		SELECT month, commune, producer_id, buyer_id, offer_id, quantity, value_vnd
		  FROM monitor.unpublished
		 WHERE book = $1 AND product_line = $2 AND dried = $3 AND unit = $4 AND month < $5
		 ORDER BY month, commune, producer_id, buyer_id, offer_id`
	var shares []share
	err := tx.Select(ctx, &shares, query, book.Book, goods.Line, goods.Dried, goods.Unit, before)
	return shares, err
}

// takenBack is what was taken back of those of whom something of some goods waits, in any goods, since they were first told of.
func takenBack(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded) (map[pair]amount, error) {
	const query = `
		SELECT t.producer_id, t.buyer_id, t.offer_id, t.back_quantity, t.back_value_vnd
		  FROM monitor.told_pairs t
		 WHERE t.book = $1 AND (t.back_quantity > 0 OR t.back_value_vnd > 0)
		   AND (t.producer_id, t.buyer_id, t.offer_id) IN (SELECT u.producer_id, u.buyer_id, u.offer_id FROM monitor.unpublished u
		         WHERE u.book = $1 AND u.product_line = $2 AND u.dried = $3 AND u.unit = $4)`
	back := make(map[pair]amount)
	err := tx.Each(ctx, query, []any{book.Book, goods.Line, goods.Dried, goods.Unit}, func(scan func(dest ...any) error) error {
		var who pair
		var taken amount
		if err := scan(&who.producer, &who.buyer, &who.offer, &taken.quantity, &taken.valueVND); err != nil {
			return err
		}
		back[who] = taken
		return nil
	})
	return back, err
}

// published are the blocks of some goods, as far as they are about some months.
type published struct {
	blocks map[figureCell]int64
	months map[civil.Date]bool
	// widest is the block of each month that has the most cells of it: what comes late from a
	// commune that had nothing that month is told with those that are told together already.
	widest map[civil.Date]int64
	// counted are the cells that each block has of a month.
	counted map[placedBlock]int
}

type placedBlock struct {
	month civil.Date
	block int64
}

func newPublished() published {
	return published{
		blocks: make(map[figureCell]int64), months: make(map[civil.Date]bool), widest: make(map[civil.Date]int64), counted: make(map[placedBlock]int),
	}
}

// has notes a cell of a block; blocks must come in their order.
func (p published) has(cell figureCell, block int64) {
	p.blocks[cell], p.months[cell.Month] = block, true
	at := placedBlock{cell.Month, block}
	p.counted[at]++
	if widest, told := p.widest[cell.Month]; !told || p.counted[at] > p.counted[placedBlock{cell.Month, widest}] {
		p.widest[cell.Month] = block
	}
}

// blockOf is the block that a cell is told with; its month must be told.
func (p published) blockOf(cell figureCell) int64 {
	if id, known := p.blocks[cell]; known {
		return id
	}
	return p.widest[cell.Month]
}

// publishedCells are the blocks of the months of some shares; other months cannot change.
func publishedCells(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded, shares []share) (published, error) {
	const query = `
		SELECT month, commune, block_id FROM monitor.figure_cells
		 WHERE book = $1 AND product_line = $2 AND dried = $3 AND unit = $4 AND month = ANY(CAST($5 AS date[])) ORDER BY block_id, month, commune`
	waiting := make([]string, len(shares))
	for at, one := range shares {
		waiting[at] = one.Month.String()
	}
	found := newPublished()
	months := postgres.Array(distinct(waiting))
	err := tx.Each(ctx, query, []any{book.Book, goods.Line, goods.Dried, goods.Unit, months}, func(scan func(dest ...any) error) error {
		var cell figureCell
		var block int64
		if err := scan(&cell.Month, &cell.Commune, &block); err != nil {
			return err
		}
		found.has(cell, block)
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

// tell writes the next edition of a block, its new cells and what it tells of whom with it, and forgets what
// waited for it.
func tell(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded, seq int64, told telling) error {
	if told.block == 0 {
		id, err := makeBlock(ctx, tx, book, goods)
		if err != nil {
			return err
		}
		told.block = id
	}
	months, communes := make([]string, len(told.cells)), make([]string, len(told.cells))
	for at, cell := range told.cells {
		months[at], communes[at] = cell.Month.String(), cell.Commune
	}
	const cells = `
		INSERT INTO monitor.figure_cells (book, product_line, dried, unit, month, commune, block_id)
		SELECT $1, $2, $3, $4, c.month, c.commune, $5 FROM unnest(CAST($6 AS date[]), CAST($7 AS text[])) AS c (month, commune)
		    ON CONFLICT ON CONSTRAINT figure_cell_of_one_block DO NOTHING`
	if _, err := tx.Exec(ctx, cells, book.Book, goods.Line, goods.Dried, goods.Unit, told.block, postgres.Array(months), postgres.Array(communes)); err != nil {
		return err
	}
	const figure = `
		INSERT INTO monitor.figures (block_id, edition, seq, published_at, quantity, value_vnd)
		SELECT $1, coalesce(max(f.edition), 0) + 1, $2, $3,
		       $4 + coalesce((array_agg(f.quantity ORDER BY f.edition DESC))[1], 0), $5 + coalesce((array_agg(f.value_vnd ORDER BY f.edition DESC))[1], 0)
		  FROM monitor.figures f WHERE f.block_id = $1
		RETURNING edition`
	var edition int
	if err := tx.Get(ctx, &edition, figure, told.block, seq, tx.Now, int64(told.quantity), int64(told.valueVND)); err != nil {
		return err
	}
	if err := noteTold(ctx, tx, book, told, edition); err != nil {
		return err
	}
	const forget = `
		DELETE FROM monitor.unpublished u
		 USING unnest(CAST($5 AS date[]), CAST($6 AS text[])) AS c (month, commune)
		 WHERE u.book = $1 AND u.product_line = $2 AND u.dried = $3 AND u.unit = $4 AND u.month = c.month AND u.commune = c.commune`
	_, err := tx.Exec(ctx, forget, book.Book, goods.Line, goods.Dried, goods.Unit, postgres.Array(months), postgres.Array(communes))
	return err
}

// shareRecord is what an edition tells of a pair.
type shareRecord struct {
	ProducerID uuid.UUID `json:"producer_id"`
	BuyerID    uuid.UUID `json:"buyer_id"`
	OfferID    uuid.UUID `json:"offer_id"`
	Quantity   int64     `json:"quantity"`
	ValueVND   int64     `json:"value_vnd"`
	Hides      bool      `json:"hides"`
}

// noteTold keeps what an edition tells of each pair.
func noteTold(ctx context.Context, tx *postgres.Tx, book figureBook, told telling, edition int) error {
	records := make([]shareRecord, 0, len(told.pairs))
	for who, adds := range told.pairs {
		records = append(records, shareRecord{
			ProducerID: who.producer, BuyerID: who.buyer, OfferID: who.offer,
			Quantity: int64(adds.quantity), ValueVND: int64(adds.valueVND), Hides: book.tellsNew(who, adds),
		})
	}
	const shares = `
		INSERT INTO monitor.figure_shares (block_id, edition, producer_id, buyer_id, offer_id, quantity, value_vnd, hides)
		SELECT $1, $2, r.producer_id, r.buyer_id, r.offer_id, r.quantity, r.value_vnd, r.hides
		  FROM jsonb_to_recordset(CAST($3 AS jsonb)) AS r (producer_id uuid, buyer_id uuid, offer_id uuid, quantity bigint, value_vnd bigint, hides boolean)`
	if _, err := tx.Exec(ctx, shares, told.block, edition, postgres.JSON[[]shareRecord]{V: records}); err != nil {
		return err
	}
	const pairs = `
		INSERT INTO monitor.told_pairs AS t (book, producer_id, buyer_id, offer_id, quantity, value_vnd)
		SELECT $1, r.producer_id, r.buyer_id, r.offer_id, r.quantity, r.value_vnd
		  FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS r (producer_id uuid, buyer_id uuid, offer_id uuid, quantity bigint, value_vnd bigint)
		    ON CONFLICT ON CONSTRAINT told_pair_once
		    DO UPDATE SET quantity = t.quantity + excluded.quantity, value_vnd = t.value_vnd + excluded.value_vnd`
	_, err := tx.Exec(ctx, pairs, book.Book, postgres.JSON[[]shareRecord]{V: records})
	return err
}
