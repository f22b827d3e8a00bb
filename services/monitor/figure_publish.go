package monitor

import (
	"context"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
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

// publish tells of some goods what may be told now.
func publish(ctx context.Context, tx *postgres.Tx, book figureBook, goods traded) (int, error) {
	seq, err := alone(ctx, tx)
	if err != nil {
		return 0, err
	}
	shares, err := waitingShares(ctx, tx, book, goods, book.closed(reference.Day(tx.Now)))
	if err != nil || len(shares) == 0 {
		return 0, err
	}
	told, err := publishedCells(ctx, tx, book, goods, shares)
	if err != nil {
		return 0, err
	}
	if book.takenBack, err = takenBack(ctx, tx, book, goods); err != nil {
		return 0, err
	}
	due := book.due(shares, told)
	for _, each := range due {
		if err := tell(ctx, tx, book, goods, seq, each); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
