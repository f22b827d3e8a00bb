package demonstration

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

const (
	// months of trade before today's month, and how far beyond it supply is on offer.
	monthsBack, monthsAhead = 12, 3
	// offerLead is how many days before its month a supply is put on offer.
	offerLead = 20
	// founding is how many days before the first month everybody signs up.
	founding = 30
	// deliveriesAhead bounds how far beyond today deliveries are asked for.
	deliveriesAhead = 25
)

// plan is all supply and all trade, drawn before the first transaction: the same day and seed
// give the same plan. Steps that would lie after now are planned too and not carried out: that is
// what is under way when somebody looks.
type plan struct {
	founded   time.Time
	offers    []*plannedOffer
	inquiries []*plannedInquiry
}

// plannedOffer is a product's supply of one month, or of a longer window ahead.
type plannedOffer struct {
	product *product
	openAt  time.Time
	new     catalog.NewOffer
	// left is what the planner may still let somebody quote on.
	left quantity.Quantity
	id   uuid.UUID
}

// covers reports whether a day lies in the offer's window.
func (o *plannedOffer) covers(day civil.Date) bool {
	return !day.Before(o.new.AvailableFrom) && !day.After(o.new.AvailableTo)
}

// planner draws the plan.
type planner struct {
	*cast

	book  *reference.Book
	today civil.Date
	now   time.Time
	rng   *rand.Rand
	plan  plan
}

// draw makes the plan as seen from an instant.
func draw(c *cast, book *reference.Book, now time.Time) plan {
	today := reference.Day(now)
	first := monthOf(today).AddMonths(-monthsBack)
	p := &planner{
		cast: c, book: book, today: today, now: now,
		rng:  rand.New(rand.NewPCG(Seed, uint64(today.In(time.UTC).Unix()))), //nolint:gosec // reproducible on purpose
		plan: plan{founded: first.AddDays(-founding).In(reference.Zone()).Add(9 * time.Hour)},
	}
	for n := range monthsBack + monthsAhead + 1 {
		p.supply(first.AddMonths(n))
	}
	p.standing()
	p.desk() // before the months, so that what it needs is not used up
	for n := range monthsBack + 2 {
		for _, wanted := range c.demands {
			p.ask(first.AddMonths(n), wanted)
		}
	}
	slices.SortStableFunc(p.plan.offers, func(a, b *plannedOffer) int { return a.openAt.Compare(b.openAt) })
	slices.SortStableFunc(p.plan.inquiries, func(a, b *plannedInquiry) int { return a.placeAt.Compare(b.placeAt) })
	return p.plan
}

func monthOf(day civil.Date) civil.Date { return civil.New(day.Year, day.Month, 1) }

// supply puts a month's volume of the fictional producers on offer, by season.
func (p *planner) supply(month civil.Date) {
	for _, product := range p.products {
		if !product.producer.fictional {
			continue
		}
		percent := p.between(85, 115, 5)
		switch product.level(p.book, month.Month) {
		case levelNone:
			continue
		case levelSome:
			percent /= 2
		}
		amount := roundTo(product.monthly*quantity.Quantity(percent)/100, 10*quantity.Unit)
		p.offer(product, month.AddDays(-offerLead), month, month.AddMonths(1).AddDays(-1), amount)
	}
}

// standing puts ahead what does not follow the months: the supply of real producers, and of the
// one that demonstrations begin with, which no planned trade touches.
func (p *planner) standing() {
	for _, product := range p.products {
		switch {
		case !product.producer.fictional:
			p.offer(product, p.today.AddDays(-int(p.between(5, 25, 1))), monthOf(p.today), p.today.AddDays(75), 3*product.monthly)
		case product.key == "su-hoso":
			standing := p.offer(product, p.today.AddDays(-3), p.today.AddDays(-3), p.today.AddDays(120), 3*product.monthly)
			standing.left = 0
		}
	}
}

// offer plans one supply. Nine tenths of it may be quoted on; the rest stays to be found.
func (p *planner) offer(product *product, openOn, from, to civil.Date, amount quantity.Quantity) *plannedOffer {
	openAt := openOn.In(reference.Zone()).Add(time.Duration(p.between(7*60, 16*60, 7)) * time.Minute)
	if latest := p.now.Add(-2 * time.Hour); openAt.After(latest) {
		openAt = latest
	}
	price := product.priceIn(p.book, from.Month)
	smallest := roundTo(amount/50, quantity.Unit)
	planned := &plannedOffer{
		product: product, openAt: openAt, left: amount / 10 * 9,
		new: catalog.NewOffer{
			AvailableFrom: from, AvailableTo: to, Quantity: amount, MinOrder: smallest,
			PriceTiers: []catalog.PriceTier{
				{FromQuantity: 0, PriceVND: price},
				{FromQuantity: roundTo(amount/5, quantity.Unit), PriceVND: rounded(price * 96 / 100)},
			},
			Visibility: product.visibility, Invented: true,
		},
	}
	p.plan.offers = append(p.plan.offers, planned)
	return planned
}

// between draws a multiple of step above least, up to most.
func (p *planner) between(least, most, step int64) int64 {
	return least + p.rng.Int64N((most-least)/step+1)*step
}

// chance is true in so many of a hundred cases.
func (p *planner) chance(percent int) bool { return p.rng.IntN(100) < percent }

func pick[T any](p *planner, from []T) T { return from[p.rng.IntN(len(from))] }

// shuffled returns the elements in a drawn order.
func shuffled[T any](p *planner, from []T) []T {
	drawn := slices.Clone(from)
	p.rng.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return drawn
}

// roundTo rounds to a multiple of step, never to nothing.
func roundTo(amount, step quantity.Quantity) quantity.Quantity {
	return max((amount+step/2)/step*step, step)
}

// vary returns a price a few percent around what the goods cost in a month.
func (p *planner) vary(product *product, month time.Month) money.VND {
	return rounded(product.priceIn(p.book, month) * money.VND(p.between(97, 105, 1)) / 100)
}

// cheapestFirst orders quotes as a buyer reads them.
func cheapestFirst(quotes []*plannedQuote) []*plannedQuote {
	ordered := slices.Clone(quotes)
	slices.SortStableFunc(ordered, func(a, b *plannedQuote) int { return cmp.Compare(a.price, b.price) })
	return ordered
}
