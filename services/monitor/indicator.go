package monitor

import (
	"context"
	"strconv"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Indicators answers GET /v1/indicators.
type Indicators struct {
	Sections []ReportSection `json:"sections"`
	// Day is what stands as of a day stands as of: the last of the period, or today before it is over.
	Day    civil.Date `json:"day" doc:"What stands as of a day: the last of the period, or today before it is over."`
	Report            //nolint:embeddedstructfieldcheck // the answer begins with the tables
}

// Indicators measures the market between two days, the current year's when none are named. It refuses as
// Volumes does.
func (s *Service) Indicators(ctx context.Context, who identity.Principal, from, to civil.Date) (Indicators, error) {
	q := ledger.Query{From: from, To: to}
	if err := mayWatch(who, q); err != nil {
		return Indicators{}, err
	}
	var answer Indicators
	view, err := s.image.Await(ctx) // before the snapshot, which then sees all that is in it
	if err != nil {
		return Indicators{}, err
	}
	err = s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := roomFor(ctx, tx, view); err != nil {
			return err
		}
		q := inYear(q, reference.Day(tx.Now))
		if err := q.Check(); err != nil {
			return err
		}
		names, err := readNames(ctx, tx)
		if err != nil {
			return err
		}
		of, err := indicating(ctx, tx, view, names, q.From, q.To)
		if err != nil {
			return err
		}
		answer.Day = of.day
		if answer.Sections, err = of.sections(ctx); err != nil {
			return err
		}
		answer.Report, err = s.about(ctx, tx, q)
		return err
	})
	return answer, err
}

// indicated is what indicators are made from, at one instant.
type indicated struct {
	tx       *postgres.Tx
	view     *ledger.View
	names    reportNames
	from, to civil.Date
	// day is the last of the period, or today.
	day   civil.Date
	rules map[string]indicatorRule
	// market is how words were kept within the period.
	market inquiry.MarketRecord
}

// indicatorRule is a target or a bound, as the table monitor.indicator_rules says.
type indicatorRule struct {
	Code          string     `db:"code"`
	EffectiveFrom civil.Date `db:"effective_from"`
	Value         int64      `db:"value"`
	Source        string     `db:"source"`
}

// The codes of monitor.indicator_rules.
const (
	ruleModernChannel     = "modern_channel_percent"
	ruleExpiringDays      = "expiring_days"
	ruleConcentrationOf   = "concentration_least"
	ruleConcentrationMost = "concentration_most_percent"
	rulePriceLeast        = "price_least"
	rulePriceMost         = "price_most_percent"
)

// indicating reads the rules that hold for a period, and how words were kept within it. The view must be older than the snapshot.
func indicating(ctx context.Context, tx *postgres.Tx, view *ledger.View, names reportNames, from, to civil.Date) (indicated, error) {
	of := indicated{tx: tx, view: view, names: names, from: from, to: to, day: to}
	if today := reference.Day(tx.Now); today.Before(to) {
		of.day = today
	}
	var err error
	if of.rules, err = indicatorRules(ctx, tx, to); err != nil {
		return of, err
	}
	of.market, err = inquiry.Market(ctx, tx, inquiry.Window{From: from, To: to}, reference.Day(tx.Now))
	return of, err
}

// indicatorRules are those in effect on a day, by code.
func indicatorRules(ctx context.Context, tx *postgres.Tx, day civil.Date) (map[string]indicatorRule, error) {
	const query = `
		SELECT DISTINCT ON (code) code, effective_from, value, source FROM monitor.indicator_rules
		 WHERE effective_from <= $1 ORDER BY code, effective_from DESC`
	var found []indicatorRule
	if err := tx.Select(ctx, &found, query, day); err != nil {
		return nil, err
	}
	rules := make(map[string]indicatorRule, len(found))
	for _, rule := range found {
		rules[rule.Code] = rule
	}
	return rules, nil
}

// sections are all the tables.
func (i indicated) sections(ctx context.Context) ([]ReportSection, error) {
	made := []ReportSection{}
	for _, table := range []func(context.Context) (ReportSection, error){
		i.ocopGroups, i.ocopForms, i.modernChannels, i.certificates, i.measures, i.rejections, i.concentration, i.prices,
	} {
		section, err := table(ctx)
		if err != nil {
			return nil, err
		}
		made = append(made, section)
	}
	return made, nil
}

// percentOf is a part of a whole in percent with one decimal, half up; empty where there is no whole.
func percentOf(part, whole int64) ReportCell {
	if whole <= 0 {
		return ReportCell{}
	}
	permille := (2000*part + whole) / (2 * whole)
	return numbered((quantity.Quantity(permille) * quantity.Unit / 10).String())
}

func counted(n int) ReportCell { return numbered(strconv.Itoa(n)) }

// indicatorRows is how many rows the questions of indicators may have: those of every producer.
const indicatorRows = 1_000_000

// delivered totals the ledger by what has more values than anybody reads.
func (i indicated) delivered(ctx context.Context, from, to civil.Date, by ...ledger.Dimension) ([]ledger.Supply, error) {
	rows, err := i.view.SuppliesOf(ctx, i.tx, ledger.Query{By: by, From: from, To: to, Most: indicatorRows}, ledger.Span{From: from, To: to})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}
