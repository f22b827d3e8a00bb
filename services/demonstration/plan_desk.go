package demonstration

import (
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// desk plans what lies on the desks of those who sign in: an inquiry that producer@ has not
// answered, one of buyer@ with two quotes to choose from, an award to dispatch and a delivery to
// receive. The day of loading decides what has happened of each.
func (p *planner) desk() {
	buyer, other := p.byKey["sieu-thi"], p.byKey["tien-loi"]
	hours := func(n int) time.Time { return p.now.Add(time.Duration(n) * time.Hour) }

	fresh := p.onDesk(buyer, 260, p.today.AddDays(12), hours(-5), hours(120))
	fresh.schemes = []string{"ASC_FARM"}

	choice := p.onDesk(buyer, 300, p.today.AddDays(10), hours(-46), hours(70))
	p.answer(choice, "su-da", 300, hours(-30))
	p.answer(choice, "vua-su", 300, hours(-26))

	p.onDesk(other, 180, p.today.AddDays(14), hours(-9), hours(90)).visibility = inquiry.Open

	for _, running := range []struct {
		buyer  *organisation
		day    civil.Date
		placed int
		sent   bool
	}{{buyer, p.today.AddDays(4), -150, false}, {buyer, p.today, -220, true}, {other, p.today.AddDays(6), -140, false}} {
		deal := p.onDesk(running.buyer, 150, running.day, hours(running.placed), hours(running.placed+48))
		deal.awardAt = deal.dueAt.Add(3 * time.Hour)
		if quote := p.answer(deal, "su-hoso", 150, deal.placeAt.Add(5*time.Hour)); quote != nil {
			quote.award = quote.quantity
			sentAt := running.day.AddDays(-1).In(reference.Zone()).Add(9 * time.Hour)
			if running.sent {
				sentAt = hours(-6)
			}
			quote.course = course{dispatchAt: sentAt, receiveAt: sentAt.Add(40 * time.Hour), settleAt: sentAt.Add(80 * time.Hour)}
		}
	}
}

// onDesk plans an open inquiry for tôm sú that nobody has answered.
func (p *planner) onDesk(buyer *organisation, kilograms int64, day civil.Date, placeAt, dueAt time.Time) *plannedInquiry {
	asked := &plannedInquiry{
		buyer: buyer, visibility: inquiry.Open, line: "black_tiger_shrimp", unit: "kg", quantity: quantity.Of(kilograms),
		ward: wards()[0], day: day, placeAt: placeAt, dueAt: dueAt, awardAt: p.now.AddDate(1, 0, 0), endAt: p.now.AddDate(1, 0, 0),
	}
	p.plan.inquiries = append(p.plan.inquiries, asked)
	return asked
}

// answer plans a quote from the month's offer of a product; nil where that is used up.
func (p *planner) answer(asked *plannedInquiry, key string, kilograms int64, at time.Time) *plannedQuote {
	amount := quantity.Of(kilograms)
	for _, offer := range p.plan.offers {
		if offer.product.key != key || !offer.covers(asked.day) || offer.left < amount || offer.openAt.After(at) {
			continue
		}
		offer.left -= amount
		quote := &plannedQuote{inquiry: asked, offer: offer, at: at, quantity: amount, price: p.vary(offer.product, asked.day.Month)}
		asked.quotes = append(asked.quotes, quote)
		return quote
	}
	return nil
}
