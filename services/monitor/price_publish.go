package monitor

import (
	"context"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// pricesDue is the job that publishes price bands of quarters that have ended.
type pricesDue struct{}

// Kind implements jobs.Args.
func (pricesDue) Kind() string { return "monitor.prices_due" }

const (
	pricesEvery = 24 * time.Hour
	// priceQuarters is how far back the first run looks.
	priceQuarters = 20
)

func (s *Service) priceJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ pricesDue) error {
		_, err := s.PublishPrices(ctx)
		return err
	})
	jobs.Every(workers, pricesEvery, pricesDue{})
}

// PublishPrices publishes the bands of the quarters that have been closed and were not looked at yet, and returns how many
// bands that were. A quarter is looked at once.
func (s *Service) PublishPrices(ctx context.Context) (int, error) {
	published := 0
	for ago := priceQuarters; ago > 0; ago-- {
		var made int
		err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
			made, err = publishPrices(ctx, tx, ago)
			return err
		})
		if published += made; err != nil {
			return published, err
		}
	}
	return published, nil
}

// publishPrices looks at the quarter that began so many before the first one that is still open.
func publishPrices(ctx context.Context, tx *postgres.Tx, ago int) (int, error) {
	const grace = `SELECT grace_days FROM monitor.figure_books WHERE book = 'delivered'`
	var book figureBook
	if err := tx.Get(ctx, &book.GraceDays, grace); err != nil {
		return 0, err
	}
	open := book.closed(reference.Day(tx.Now))
	first := civil.New(open.Year, (open.Month-1)/3*3+1, 1).AddMonths(-3 * ago)
	const look = `INSERT INTO monitor.price_quarters (quarter, closed_at) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT price_quarter_once DO NOTHING`
	if added, err := tx.Exec(ctx, look, first, tx.Now); err != nil || added == 0 {
		return 0, err
	}
	last := first.AddMonths(3).AddDays(-1)
	rule, err := priceRuleOf(ctx, tx, last)
	if err != nil {
		return 0, err
	}
	sold, err := ledger.SoldTx(ctx, tx, first, last)
	if err != nil {
		return 0, err
	}
	type graded struct {
		traded

		grade string
	}
	groups := make(map[graded][]ledger.Sold)
	for _, one := range sold {
		key := graded{traded{Line: one.Line, Dried: one.Dried, Unit: one.Unit}, one.Grade}
		groups[key] = append(groups[key], one)
	}
	published := 0
	for goods, of := range groups {
		low, high, told := rule.band(of)
		if !told {
			continue
		}
		const insert = `
			INSERT INTO monitor.price_bands (quarter, product_line, dried, unit, grade, low_vnd, high_vnd) VALUES ($1, $2, $3, $4, $5, $6, $7)`
		if _, err := tx.Exec(ctx, insert, first, goods.Line, goods.Dried, goods.Unit, goods.grade, low, high); err != nil {
			return published, err
		}
		published++
	}
	return published, nil
}

func priceRuleOf(ctx context.Context, tx *postgres.Tx, day civil.Date) (priceRule, error) {
	rules, err := indicatorRules(ctx, tx, day)
	if err != nil {
		return priceRule{}, err
	}
	rule := priceRule{least: rules[rulePriceLeast].Value, mostPercent: rules[rulePriceMost].Value}
	err = tx.Select(ctx, &rule.steps, `SELECT price_from, step_vnd FROM monitor.price_steps ORDER BY price_from`)
	return rule, err
}
