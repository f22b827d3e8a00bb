package demonstration

import (
	"time"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// course is how an awarded quote goes on: at most one delivery, or two when part of the first
// comes back. Only fictional organisations have one.
type course struct {
	// cancelAt and reason end the award before anything is sent.
	cancelAt time.Time
	byBuyer  bool
	reason   string
	// shortfall is announced before the dispatch.
	shortfall             quantity.Quantity
	shortAt               time.Time
	dispatchAt, receiveAt time.Time
	rejected, lost        quantity.Quantity
	why                   string
	// resend says that what was rejected is sent again the next day; else it is let go.
	resend bool
	// settleAt is when what will not come any more is let go.
	settleAt time.Time
}

// sent is how much the first delivery brings.
func (q *plannedQuote) sent() quantity.Quantity { return q.award - q.course.shortfall }

// course draws how a deal goes. Of a hundred about eighty go smoothly.
func (p *planner) course(quote *plannedQuote, wanted demand) course {
	day := quote.inquiry.day
	midnight := day.In(reference.Zone())
	c := course{settleAt: midnight.Add(34*time.Hour + time.Duration(p.between(0, 300, 10))*time.Minute)}
	if wanted.keep == 0 {
		// Live and iced goods travel in the night and are taken over before the market opens.
		c.dispatchAt = midnight.Add(-time.Duration(p.between(90, 240, 5)) * time.Minute)
		c.receiveAt = midnight.Add(time.Duration(p.between(3*60, 5*60, 5)) * time.Minute)
	} else {
		c.dispatchAt = midnight.AddDate(0, 0, -wanted.keep).Add(time.Duration(p.between(7*60, 11*60, 5)) * time.Minute)
		c.receiveAt = midnight.Add(time.Duration(p.between(7*60, 11*60, 5)) * time.Minute)
	}
	whole := quote.inquiry.unit != "kg"
	product, roll := quote.offer.product, p.rng.IntN(100)
	switch {
	case roll < 3:
		c.cancelAt, c.reason = c.dispatchAt.Add(-time.Duration(p.between(6, 20, 1))*time.Hour), pick(p, []string{"harvest_failed", "weather"})
	case roll < 5:
		c.cancelAt, c.byBuyer, c.reason = c.dispatchAt.Add(-time.Duration(p.between(6, 20, 1))*time.Hour), true, "buyer_request"
	case roll < 7 && (product.producer.key == "tom-rung" || product.producer.key == "vua"):
		c.cancelAt, c.byBuyer, c.reason = c.settleAt, true, "default"
		c.dispatchAt = time.Time{}
	case roll < 12:
		c.shortfall = roundTo(quote.award*quantity.Quantity(p.between(10, 35, 5))/100, quantity.Unit)
		c.shortAt = c.dispatchAt.Add(-time.Duration(p.between(2, 12, 1)) * time.Hour)
	case roll < 21 && !whole:
		c.rejected = roundTo(quote.award*quantity.Quantity(p.between(4, 25, 1))/100, quantity.Unit/10)
		c.why, c.resend = pick(p, complaints(product)), p.chance(45)
	}
	if product.live() && !whole && c.shortfall == 0 && c.rejected == 0 {
		c.lost = quote.award * quantity.Quantity(p.between(2, 18, 1)) / 1000
	}
	if c.shortfall >= quote.award {
		c.shortfall = 0
	}
	return c
}

// complaints lists what a buyer may find wrong with goods of a kind.
func complaints(product *product) []string {
	switch state := product.sale.Form; state {
	case "live":
		return []string{"dead_on_arrival", "wrong_size"}
	case "iced", "chilled", "frozen_hoso":
		return []string{"temperature", "wrong_size", "quality"}
	default:
		return []string{"quality", "damaged", "documents"}
	}
}
