package monitor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// figuresDue is the job that publishes the figures of months that have ended.
type figuresDue struct{}

// Kind implements jobs.Args.
func (figuresDue) Kind() string { return "monitor.figures_due" }

const (
	figuresEvery = time.Minute
	// figuresWithin bounds one attempt; one that is cut short goes on where it stopped.
	figuresWithin = 20 * time.Minute
	// followBatch is how many postings one transaction reads: some hundred milliseconds of work.
	followBatch = 20_000
)

// Jobs says what this service does that nobody waits for.
func (s *Service) Jobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ figuresDue) error {
		_, err := s.PublishFigures(ctx)
		return err
	}, jobs.Within(figuresWithin))
	jobs.Every(workers, figuresEvery, figuresDue{})
	s.reportJobs(workers)
	s.gapJobs(workers)
	s.watchJobs(workers)
	s.priceJobs(workers)
}

// PublishFigures follows the sealed ledger to its end and publishes whatever may be told by now, and
// returns how many figures that were. What is published is the same whoever runs it, and however often.
func (s *Service) PublishFigures(ctx context.Context) (int, error) {
	if err := s.follow(ctx); err != nil {
		return 0, err
	}
	books, err := figureBooks(ctx, s.db)
	if err != nil {
		return 0, err
	}
	published := 0
	for _, book := range books {
		made, err := s.publishBook(ctx, book)
		if published += made; err != nil {
			return published, fmt.Errorf("publishing what was %s: %w", book.Book, err)
		}
	}
	return published, nil
}

// follow reads the sealed ledger to its end.
func (s *Service) follow(ctx context.Context) error {
	for {
		var read int64
		err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
			read, err = followFigures(ctx, tx)
			return err
		})
		if err != nil || read < followBatch {
			return err
		}
	}
}

func figureBooks(ctx context.Context, reader postgres.Reader) ([]figureBook, error) {
	var books []figureBook
	const query = `SELECT book, least_producers, least_buyers, valued, grace_days FROM monitor.figure_books ORDER BY book`
	err := reader.Select(ctx, &books, query)
	return books, err
}

// publishBook publishes each kind of goods by itself, so that no transaction is long.
func (s *Service) publishBook(ctx context.Context, book figureBook) (int, error) {
	var goods []traded
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const query = `
			SELECT DISTINCT product_line, dried, unit FROM monitor.unpublished WHERE book = $1 AND month < $2 ORDER BY product_line, dried, unit`
		return tx.Select(ctx, &goods, query, book.Book, book.closed(reference.Day(tx.Now)))
	})
	if err != nil {
		return 0, err
	}
	published := 0
	for _, each := range goods {
		var made int
		err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
			made, err = publish(ctx, tx, book, each)
			return err
		})
		if published += made; err != nil {
			return published, err
		}
	}
	return published, nil
}

// alone makes whoever publishes wait for whoever does already, and returns how far the ledger was read.
func alone(ctx context.Context, tx *postgres.Tx) (int64, error) {
	const query = `SELECT seq FROM monitor.figures_followed FOR UPDATE`
	var seq int64
	err := tx.Get(ctx, &seq, query)
	return seq, err
}

// unpublishedRecord is a contribution as it waits to be told.
type unpublishedRecord struct {
	Book       string     `json:"book"`
	Line       string     `json:"product_line"`
	Dried      bool       `json:"dried"`
	Unit       string     `json:"unit"`
	Month      civil.Date `json:"month"`
	Commune    string     `json:"commune"`
	ProducerID uuid.UUID  `json:"producer_id"`
	BuyerID    uuid.UUID  `json:"buyer_id"`
	Quantity   int64      `json:"quantity"`
	ValueVND   int64      `json:"value_vnd"`
}

// followFigures notes what the next postings add, and returns how many places of the chain it passed.
func followFigures(ctx context.Context, tx *postgres.Tx) (int64, error) {
	from, err := alone(ctx, tx)
	if err != nil {
		return 0, err
	}
	sealed, err := ledger.SealedTx(ctx, tx)
	if err != nil || sealed <= from {
		return 0, err
	}
	upTo := min(sealed, from+followBatch)
	if err := noteDays(ctx, tx, from, upTo); err != nil {
		return 0, err
	}
	contributions, err := ledger.ContributionsTx(ctx, tx, from, upTo)
	if err != nil {
		return 0, err
	}
	if err := noteContributions(ctx, tx, contributions); err != nil {
		return 0, err
	}
	const move = `UPDATE monitor.figures_followed SET seq = $1`
	_, err = tx.Exec(ctx, move, upTo)
	return upTo - from, err
}

// noteDays keeps the last posting of each business day.
func noteDays(ctx context.Context, tx *postgres.Tx, from, upTo int64) error {
	days, err := ledger.DaysPostedTx(ctx, tx, from, upTo)
	if err != nil || len(days) == 0 {
		return err
	}
	const note = `
		INSERT INTO monitor.days_posted AS d (business_date, seq)
		SELECT r.business_date, r.seq FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS r (business_date date, seq bigint)
		    ON CONFLICT (business_date) DO UPDATE SET seq = excluded.seq`
	_, err = tx.Exec(ctx, note, postgres.JSON[[]ledger.DayPosted]{V: days})
	return err
}

// noteContributions adds to what waits to be published.
func noteContributions(ctx context.Context, tx *postgres.Tx, contributions []ledger.Contribution) error {
	var records []unpublishedRecord
	for _, c := range contributions {
		record := unpublishedRecord{
			Line: c.Line, Dried: c.Dried, Unit: c.Unit, Month: c.Month, Commune: c.Commune, ProducerID: c.ProducerID,
		}
		if c.Offered != 0 {
			record.Book, record.Quantity = offeredBook, int64(c.Offered)
			records = append(records, record)
		}
		if c.Delivered != 0 || c.ValueVND != 0 {
			record.Book, record.Quantity, record.BuyerID, record.ValueVND = deliveredBook, int64(c.Delivered), c.BuyerID, int64(c.ValueVND)
			records = append(records, record)
		}
	}
	// Supply names no buyer, but a posting that moves it may: one row for each key.
	const note = `
		INSERT INTO monitor.unpublished AS u (book, product_line, dried, unit, month, commune, producer_id, buyer_id, quantity, value_vnd)
		SELECT r.book, r.product_line, r.dried, r.unit, r.month, r.commune, r.producer_id, r.buyer_id,
		       CAST(sum(r.quantity) AS bigint), CAST(sum(r.value_vnd) AS bigint)
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS r (book text, product_line text, dried boolean, unit text, month date,
		       commune text, producer_id uuid, buyer_id uuid, quantity bigint, value_vnd bigint)
		 GROUP BY r.book, r.product_line, r.dried, r.unit, r.month, r.commune, r.producer_id, r.buyer_id
		    ON CONFLICT (book, product_line, dried, unit, month, commune, producer_id, buyer_id)
		    DO UPDATE SET quantity = u.quantity + excluded.quantity, value_vnd = u.value_vnd + excluded.value_vnd`
	if len(records) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, note, postgres.JSON[[]unpublishedRecord]{V: records}); err != nil {
		return err
	}
	const nothing = `DELETE FROM monitor.unpublished WHERE quantity = 0 AND value_vnd = 0`
	_, err := tx.Exec(ctx, nothing)
	return err
}

// publish tells of some goods what may be told: the blocks of months that have ended, and new editions
// of blocks whose changes combine enough organisations.
func publish(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded) (int, error) {
	seq, err := alone(ctx, tx)
	if err != nil {
		return 0, err
	}
	open := book.closed(reference.Day(tx.Now))
	shares, err := waitingShares(ctx, tx, book, goods, open)
	if err != nil {
		return 0, err
	}
	told, err := publishedCells(ctx, tx, book, goods)
	if err != nil {
		return 0, err
	}
	published := 0
	for _, block := range book.blocks(slices.DeleteFunc(slices.Clone(shares), func(one share) bool { return told.months[one.Month] })) {
		id, err := makeBlock(ctx, tx, book, goods)
		if err != nil {
			return published, err
		}
		if err := tell(ctx, tx, book, goods, seq, id, block); err != nil {
			return published, err
		}
		published++
	}
	changes := make(map[int64]part)
	for _, one := range shares {
		if told.months[one.Month] {
			id := told.blockOf(one.figureCell)
			changes[id] = changes[id].add(one)
		}
	}
	for id, change := range changes {
		if !book.hides(change) {
			continue
		}
		if err := tell(ctx, tx, book, goods, seq, id, change); err != nil {
			return published, err
		}
		published++
	}
	return published, nil
}
