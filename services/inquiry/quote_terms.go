package inquiry

import (
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// QuoteTerms is what a quote may say beside quantity, price and date. All of it may be left out.
type QuoteTerms struct {
	PriceTiers  []catalog.PriceTier `json:"price_tiers,omitempty" maxItems:"20" doc:"Prices from a quantity on, ascending; price_vnd holds below the first. An award takes the price of its own quantity."`
	Tie         quantity.Quantity   `json:"tie,omitempty" doc:"Crab: units gross for each unit net, 1.2 where the tie weighs 20 % on top."`
	PriceGross  bool                `json:"price_gross,omitempty" doc:"The prices are for a unit gross, with its tie. Quantities are net all the same."`
	MinQuantity quantity.Quantity   `json:"min_quantity,omitempty" doc:"Less than this of the quote cannot be awarded."`
	Split       []Part              `json:"split,omitempty" maxItems:"60" doc:"Several delivery dates, ascending, together the quantity; the first is deliver_on."`
	Lot         string              `json:"lot,omitempty" maxLength:"20" doc:"Code of a declared lot of the product."`
	// FreightVND is for each unit, not for the whole: so an award of a part carries its share of it.
	FreightVND *money.VND `json:"freight_vnd,omitempty" minimum:"0" maximum:"1000000000" doc:"To the place of delivery, in đồng for each unit (net of the tie), beside the price; 0: none is charged; left out: not said. An inquiry for delivered prices has it in the price."`
}

// Part is what of a quote is delivered on one of its dates.
type Part struct {
	DeliverOn civil.Date        `json:"deliver_on"`
	Quantity  quantity.Quantity `json:"quantity"`
}

// Bounds of the terms of a quote.
const (
	maxParts = 60
	// maxTie is three units gross for each unit net: beyond it is a slip.
	maxTie = 3 * quantity.Unit
	// perTie is how many thousandths of a percent make a thousandth of the net weight.
	perTie = 100
)

// checkTerms applies the rules of the terms that need no more than the quote itself, and turns a
// tie said in percent into units gross.
func (q *NewQuote) checkTerms(found *fault.Collector) {
	catalog.CheckPriceTiers(found, q.PriceTiers)
	// Who writes tiers as on an offer begins at nothing: that says the same as price_vnd.
	if len(q.PriceTiers) > 0 && q.PriceTiers[0] == (catalog.PriceTier{PriceVND: q.PriceVND}) {
		q.PriceTiers = q.PriceTiers[1:]
	}
	if len(q.PriceTiers) > 0 && q.PriceTiers[0].FromQuantity <= 0 {
		found.Add("price_tiers[0].from_quantity", ErrQuantityNotPositive)
	}
	q.checkTie(found)
	if freight := q.FreightVND; freight != nil && (*freight < 0 || *freight > money.Max) {
		found.Add("freight_vnd", fault.ErrOutOfRange, "min", 0, "max", money.Max)
	}
	if q.MinQuantity < 0 || q.MinQuantity > max(q.Quantity, 0) {
		found.Add("min_quantity", fault.ErrOutOfRange, "min", 0, "max", q.Quantity)
	}
	q.checkSplit(found)
}

func (q *NewQuote) checkTie(found *fault.Collector) {
	if said := q.TiePercent; said != nil {
		tie := quantity.Unit + *said/perTie
		switch {
		case *said%perTie != 0:
			found.Add("tie_percent", ErrTieTooFine)
			return
		case q.Tie != 0 && q.Tie != tie:
			found.Add("tie_percent", ErrTieTwice)
			return
		}
		q.Tie, q.TiePercent = tie, nil
	}
	switch {
	case q.Tie != 0 && (q.Tie <= quantity.Unit || q.Tie > maxTie):
		found.Add("tie", fault.ErrOutOfRange, "min", quantity.Unit+1, "max", maxTie)
	case q.PriceGross && q.Tie == 0:
		found.Add("tie", ErrTieNeeded)
	case q.PriceGross && len(q.SizePrices) > 0:
		found.Add("size_prices", ErrSizesGross)
	case q.dearest() > money.Max:
		found.Add("price_vnd", ErrPriceNotPositive, "max", money.Max)
	}
}

// dearest is the highest net price that the quote can come to.
func (q *NewQuote) dearest() money.VND {
	dearest := q.net(q.PriceVND)
	for _, tier := range q.PriceTiers {
		dearest = max(dearest, q.net(tier.PriceVND))
	}
	return dearest
}

func (q *NewQuote) checkSplit(found *fault.Collector) {
	if len(q.Split) == 0 {
		return
	}
	if len(q.Split) > maxParts {
		found.Add("split", fault.ErrOutOfRange, "min", 1, "max", maxParts)
	}
	if q.Split[0].DeliverOn != q.DeliverOn {
		found.Add("split[0].deliver_on", ErrSplitStart, "deliver_on", q.DeliverOn)
	}
	var sum quantity.Quantity
	for at, part := range q.Split {
		if part.Quantity <= 0 || part.Quantity > quantity.Max {
			found.Add(index("split", at)+".quantity", ErrQuantityNotPositive)
			return
		}
		if at > 0 && !q.Split[at-1].DeliverOn.Before(part.DeliverOn) {
			found.Add(index("split", at)+".deliver_on", ErrSplitStart, "deliver_on", q.DeliverOn)
		}
		sum += part.Quantity
	}
	if sum != q.Quantity {
		found.Add("split", ErrSplitSum, "quantity", q.Quantity)
	}
}

// row is the terms as their table holds them.
func (t *QuoteTerms) row() termsRow {
	return termsRow{
		PriceTiers: postgres.JSON[[]catalog.PriceTier]{V: t.PriceTiers}, Tie: t.Tie, PriceGross: t.PriceGross, MinQuantity: t.MinQuantity,
		Split: postgres.JSON[[]Part]{V: t.Split}, FreightVND: t.FreightVND,
	}
}

// tied refuses a tie of goods that have none: the grade of the product says what binds them.
func (q *NewQuote) tied(grade reference.Grade) error {
	if q.Tie == 0 {
		return nil
	}
	if material, named := grade.Text("tie"); !named || material == "none" {
		return ErrNoTie.At("tie")
	}
	return nil
}

// days are the dates on which a quote is delivered, ascending.
func days(first civil.Date, split []Part) []civil.Date {
	on := []civil.Date{first}
	for at, part := range split {
		if at > 0 {
			on = append(on, part.DeliverOn)
		}
	}
	return on
}

// last is the last of the delivery dates.
func last(first civil.Date, split []Part) civil.Date {
	on := days(first, split)
	return on[len(on)-1]
}

// net is a price per unit net, rounded half up.
func (t *QuoteTerms) net(price money.VND) money.VND {
	if !t.PriceGross {
		return price
	}
	return money.Value(price, t.Tie)
}

// tierOf is the tier of a quantity, as the producer named its price; below the first the quote's own.
func (t *QuoteTerms) tierOf(amount quantity.Quantity, below money.VND) catalog.PriceTier {
	found := catalog.PriceTier{PriceVND: below}
	for _, tier := range t.PriceTiers {
		if tier.FromQuantity <= amount {
			found = tier
		}
	}
	return found
}

// priceOf is what a unit net costs in an award of a quantity.
func (t *QuoteTerms) priceOf(amount quantity.Quantity, below money.VND) money.VND {
	return t.net(t.tierOf(amount, below).PriceVND)
}

// freightBeside is what a unit's freight adds to its price, and whether that is known: a quote says it, or
// the terms say that prices are delivered ones. A freight is never guessed.
//
// It is one rule wherever freight counts: freight is for each unit of what is taken. So an award of a part carries
// its share and several awards of one quote together carry it once; it lands the price in a comparison and
// the value of an award, counts towards a limit, stands in the contract, and is owed with what is accepted.
func freightBeside(said *money.VND, basis string) (perUnit money.VND, known bool) {
	if said != nil {
		return *said, true
	}
	return 0, basis == basisDelivered
}

// freightFits refuses freight beside a price that has it in already, as the inquiry's terms say.
func (t *QuoteTerms) freightFits(terms Terms) error {
	if terms.PriceBasis == basisDelivered && t.FreightVND != nil && *t.FreightVND > 0 {
		return ErrFreightIncluded.At("freight_vnd")
	}
	return nil
}
