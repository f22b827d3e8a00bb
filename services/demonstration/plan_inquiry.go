package demonstration

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// plannedInquiry is a demand with everything that comes of it.
type plannedInquiry struct {
	buyer          *organisation
	visibility     inquiry.Visibility
	line, form     string
	unit           string
	quantity       quantity.Quantity
	schemes        []string
	ward           string
	day            civil.Date // of delivery
	placeAt, dueAt time.Time
	awardAt, endAt time.Time
	sealed         bool
	invited        []*organisation
	declining      []*organisation
	quotes         []*plannedQuote
	id             uuid.UUID
}

// awarded reports whether the buyer takes any of the quotes.
func (i *plannedInquiry) awarded() bool {
	for _, quote := range i.quotes {
		if quote.award > 0 {
			return true
		}
	}
	return false
}

// plannedQuote is an answer and, if it is awarded, how the deal goes on.
type plannedQuote struct {
	inquiry  *plannedInquiry
	offer    *plannedOffer
	at       time.Time
	quantity quantity.Quantity
	price    money.VND
	// award is how much of it the buyer takes; nothing when it is not awarded.
	award  quantity.Quantity
	course course

	id, awardID uuid.UUID
}

// wards are places of delivery in TPHCM.
func wards() []string { return []string{"26740", "26743", "26824", "26884", "27004", "27094", "27343"} }

// ask plans a month's inquiries for one kind of goods.
func (p *planner) ask(month civil.Date, wanted demand) {
	candidates := p.supplying(month, wanted)
	count := 0
	for _, candidate := range candidates {
		switch candidate.product.level(p.book, month.Month) {
		case levelHigh:
			count = max(count, wanted.high)
		case levelSome:
			count = max(count, wanted.some)
		}
	}
	for range count {
		length := int64(month.Days(month.AddMonths(1)))
		day := month.AddDays(int(p.between(2, length-2, 1)))
		if day.After(p.today.AddDays(deliveriesAhead)) {
			continue
		}
		p.inquiry(wanted, day, candidates)
	}
}

// supplying lists the month's offers that can meet a demand, in a drawn order.
func (p *planner) supplying(month civil.Date, wanted demand) []*plannedOffer {
	var found []*plannedOffer
	for _, offer := range p.plan.offers {
		sale := offer.product.sale
		if offer.product.producer.fictional && sale.Line == wanted.line && (wanted.form == "" || sale.Form == wanted.form) &&
			offer.new.AvailableFrom == month && offer.left > 0 {
			found = append(found, offer)
		}
	}
	return shuffled(p, found)
}

// inquiry plans one inquiry for a day of delivery: placed a week or two before, answered within
// two or three days, awarded the day after.
func (p *planner) inquiry(wanted demand, day civil.Date, candidates []*plannedOffer) {
	placeAt := day.AddDays(-int(p.between(7, 13, 1))).In(reference.Zone()).Add(time.Duration(p.between(8*60, 16*60, 5)) * time.Minute)
	if placeAt.After(p.now) {
		return
	}
	asked := &plannedInquiry{
		buyer: pick(p, p.fictional(identity.Buyer)), visibility: inquiry.Open, line: wanted.line, form: wanted.form,
		quantity: quantity.Of(p.between(wanted.least, wanted.most, wanted.step)), ward: pick(p, wards()), day: day,
		placeAt: placeAt, dueAt: placeAt.Add(time.Duration(p.between(40, 64, 4)) * time.Hour), sealed: p.chance(20),
	}
	asked.awardAt = asked.dueAt.Add(time.Duration(p.between(2, 18, 1)) * time.Hour)
	asked.endAt = day.AddDays(4).In(reference.Zone()).Add(10 * time.Hour)
	candidates = p.certified(asked, candidates)
	p.quote(asked, candidates)
	if len(asked.quotes) == 0 {
		asked.unit = p.unitOf(wanted.line)
	}
	if p.chance(25) && len(asked.quotes) > 0 {
		asked.visibility = inquiry.Invited
		asked.invited = append(quoting(asked.quotes), asked.declining...)
	}
	if !p.chance(6) { // now and then a buyer only asks around
		p.award(asked, wanted)
	}
	p.plan.inquiries = append(p.plan.inquiries, asked)
}

func (p *planner) unitOf(line string) string {
	known, _ := p.book.Line(line)
	return known.Unit
}

// certified makes some demands for tôm sú ask for ASC, and keeps those who can claim it then.
func (p *planner) certified(asked *plannedInquiry, candidates []*plannedOffer) []*plannedOffer {
	if asked.line != "black_tiger_shrimp" || !p.chance(30) {
		return candidates
	}
	var holding []*plannedOffer
	for _, candidate := range candidates {
		if candidate.product.producer.key == "tom-sinh-thai" {
			holding = append(holding, candidate)
		}
	}
	if len(holding) == 0 {
		return candidates
	}
	asked.schemes = []string{"ASC_FARM"}
	return holding
}

// quote plans who answers: up to three producers, each with one product and within what is left
// of its offer, and sometimes one that declines.
func (p *planner) quote(asked *plannedInquiry, candidates []*plannedOffer) {
	most := int(p.between(1, 3, 1))
	answered := map[*organisation]bool{}
	for _, offer := range candidates {
		producer := offer.product.producer
		if answered[producer] || !offer.covers(asked.day) {
			continue
		}
		if len(asked.quotes) == most {
			if p.chance(15) {
				answered[producer] = true
				asked.declining = append(asked.declining, producer)
			}
			continue
		}
		amount := min(asked.quantity, roundTo(asked.quantity*quantity.Quantity(p.between(60, 120, 10))/100, quantity.Unit), offer.left)
		if amount < asked.quantity/4 || amount <= 0 {
			continue
		}
		amount = amount / quantity.Unit * quantity.Unit
		answered[producer] = true
		offer.left -= amount
		hours := time.Duration(p.between(2, 34, 1)) * time.Hour
		asked.unit = p.unitOf(asked.line)
		asked.quotes = append(asked.quotes, &plannedQuote{
			inquiry: asked, offer: offer, at: asked.placeAt.Add(hours), quantity: amount,
			price: p.vary(offer.product, asked.day.Month),
		})
	}
}

func quoting(quotes []*plannedQuote) []*organisation {
	producers := make([]*organisation, 0, len(quotes))
	for _, quote := range quotes {
		producers = append(producers, quote.offer.product.producer)
	}
	return producers
}

// award gives the cheapest what it can bring and the next the rest.
func (p *planner) award(asked *plannedInquiry, wanted demand) {
	open := asked.quantity
	for _, quote := range cheapestFirst(asked.quotes) {
		if open <= 0 {
			break
		}
		quote.award = min(open, quote.quantity)
		open -= quote.award
		quote.course = p.course(quote, wanted)
	}
}
