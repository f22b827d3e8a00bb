package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Period is from one day to another, both included, in Vietnam's calendar.
type Period struct {
	From civil.Date `json:"from"`
	To   civil.Date `json:"to"`
}

// FrameworkQuote says that a quote may be awarded as a framework (hợp đồng nguyên tắc).
type FrameworkQuote struct {
	Period

	Indicative bool `json:"indicative,omitempty" doc:"The price is a guide: each call-off names its own, and the quote can be awarded as a framework only."`
}

// Framework is an award that is drawn down by call-offs.
type Framework struct {
	Period

	Indicative bool              `json:"indicative,omitempty" doc:"Each call-off names its own price."`
	Called     quantity.Quantity `json:"called" doc:"The whole of the live call-offs, and what was sent against others."`
	Uncalled   quantity.Quantity `json:"uncalled" doc:"What can still be called off."`
	EndedAt    *time.Time        `json:"ended_at,omitempty" doc:"When the rest was released because the period was over."`
}

// check applies the rules of a period that need no more than the day.
func (p *Period) check(pointer string, today civil.Date) error {
	var found fault.Collector
	if p.From.Before(today) {
		found.Add(pointer+".from", ErrDatePast)
	}
	if p.To.Before(p.From) || p.To.After(today.AddDays(int(quotesAhead/(24*time.Hour)))) {
		found.Add(pointer+".to", ErrFrameworkPeriod)
	}
	return found.Err()
}

// checkFramework refuses what is ambiguous: a framework of a quote that offers none for the whole of the
// period, and goods at once at a price that is a guide.
func (g *ground) checkFramework(act Act, today civil.Date) error {
	if act.Framework != nil {
		if err := act.Framework.check("framework", today); err != nil {
			return err
		}
	}
	for at, allocation := range act.Allocations {
		offered := g.quotes[allocation.QuoteID].Framework.V
		pointer := index("allocations", at) + ".quote_id"
		switch {
		case act.Framework == nil && offered != nil && offered.Indicative:
			return ErrIndicativePrice.At(pointer)
		case act.Framework == nil:
		case offered == nil || act.Framework.From.Before(offered.From) || act.Framework.To.After(offered.To):
			return ErrNoFrameworkQuoted.At(pointer)
		}
	}
	return nil
}

// over is the ground of a framework: its volume is due by the end of the period, and so are its marks.
func (g *ground) over(period *Period) *ground {
	if period == nil {
		return g
	}
	framed := *g
	framed.quotes = make(map[uuid.UUID]*quoteRecord, len(g.quotes))
	for id, quote := range g.quotes {
		due := *quote
		due.DeliverOn, due.Split.V = period.To, nil
		framed.quotes[id] = &due
	}
	return &framed
}

// frame makes awards frameworks. A claim counts against the ceiling of one year, so a framework that
// claims a limited mark lies within one.
func (act *Act) frame(ctx context.Context, tx *postgres.Tx, g *ground, awards []*awardRecord) error {
	if act.Framework == nil {
		return nil
	}
	for _, a := range awards {
		if len(a.limited) > 0 && act.Framework.From.Year != act.Framework.To.Year {
			return ErrFrameworkYears.At("framework.to")
		}
		a.PeriodFrom, a.PeriodTo, a.Indicative = &act.Framework.From, &act.Framework.To, g.quotes[a.QuoteID].Framework.V.Indicative
		if err := jobs.InsertTx(ctx, tx, frameworkEnd{AwardID: a.ID}, jobs.At(act.Framework.To.AddDays(1).In(reference.Zone()))); err != nil {
			return err
		}
	}
	return nil
}

// isFramework reports whether goods leave against call-offs only.
func (a *awardRecord) isFramework() bool { return a.PeriodFrom != nil }

// framework is what an answer says of it; nil for other awards.
func (a *awardRecord) framework() *Framework {
	if !a.isFramework() {
		return nil
	}
	return &Framework{
		Period: Period{From: *a.PeriodFrom, To: *a.PeriodTo}, Indicative: a.Indicative, Called: a.Called,
		Uncalled: a.Quantity - a.Called - a.Freed, EndedAt: a.EndedAt,
	}
}
