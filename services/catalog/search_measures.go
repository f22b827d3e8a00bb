package catalog

import (
	"math"
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// What a search asks of offers is asked of one offer: the window of one and the price of another
// do not add up. So the offers of a product stand in places, and the index keeps for every place
// the measures of what stands there. What meets a wish is, place by place, an intersection of
// ranges, and no offer need be looked at.
const (
	// places is how many offers of a product have a place. A product with more of them, and one
	// with an offer that is held, whose volume grows with the clock, is looked at.
	places = 12
	// lookedAt is measureOffers of such a product.
	lookedAt = math.MaxInt32
)

// Measures of a product.
const (
	measureOffers   = iota // how many it has; lookedAt
	measuresOfPlace        // from here on those of the offers
)

// Measures of the offer in a place. One without anything left has none of them.
const (
	ofTo      = iota // the last day
	ofFrom           // the first day
	ofSlack          // the last day on which an order is in time
	ofLead           // days from the order to the goods
	ofSight          // who sees price and volume, see sightOf
	ofFree           // what can be ordered
	ofWeight         // the same in kilograms; goods without a weight have none
	ofPrice          // for the smallest order; daily prices have none
	ofLowest         // the lowest price for any order, and
	ofHighest        // the highest
	ofOrdered        // the price of the smallest order in the steps of the offer
	ofScarce         // what can be ordered, negated: most comes first
	measuresOfOffer
)

func measureOf(place, what int) int { return measuresOfPlace + place*measuresOfOffer + what }

// sightOf orders offers by who sees their price and volume: anybody, buyers, nobody.
func sightOf(v Visibility) int64 {
	switch v {
	case Public:
		return 0
	case Buyers:
		return 1
	default:
		return 2
	}
}

// seesUpTo is up to which sight a class of readers sees prices, or volumes.
func (c class) seesUpTo(volumes bool) int64 {
	switch {
	case c == official && volumes:
		return sightOf(OnRequest)
	case c == buyer:
		return sightOf(Buyers)
	default:
		return sightOf(Public)
	}
}

// measures are all measures of the index.
func measures() []func(p *listing) (int64, bool) {
	all := make([]func(p *listing) (int64, bool), measureOf(places, 0))
	all[measureOffers] = func(p *listing) (int64, bool) {
		for i := range p.offers {
			if len(p.offers[i].Held) > 0 {
				return lookedAt, true
			}
		}
		if len(p.offers) > places {
			return lookedAt, true
		}
		return int64(len(p.offers)), true
	}
	for place := range places {
		for what := range measuresOfOffer {
			all[measureOf(place, what)] = func(p *listing) (int64, bool) {
				if place >= len(p.offers) || p.offers[place].Free <= 0 {
					return 0, false
				}
				return p.offers[place].measure(what, p)
			}
		}
	}
	return all
}

func (s *supply) measure(what int, p *listing) (value int64, has bool) {
	switch what {
	case ofTo:
		return int64(s.To), true
	case ofFrom:
		return int64(s.From), true
	case ofSlack:
		return int64(s.To) - int64(s.LeadDays), true
	case ofLead:
		return int64(s.LeadDays), true
	case ofSight:
		return sightOf(s.Visibility), true
	case ofFree:
		return int64(s.Free), true
	case ofWeight:
		return kilograms(int64(s.Free), int64(p.weight)), p.weight > 0
	case ofScarce:
		return -int64(s.Free), true
	case ofOrdered:
		price, named := PriceAt(s.Tiers, Steps{MinOrder: s.Least, Multiple: s.Multiple}.Least())
		return int64(price), named
	default:
		return s.measurePrice(what)
	}
}

func (s *supply) measurePrice(what int) (value int64, has bool) {
	price, named := PriceAt(s.Tiers, s.Least)
	lowest, highest := price, price
	for _, tier := range s.Tiers {
		if tier.FromQuantity > s.Least {
			lowest, highest = min(lowest, tier.PriceVND), max(highest, tier.PriceVND)
		}
	}
	switch what {
	case ofLowest:
		return int64(lowest), named
	case ofHighest:
		return int64(highest), named
	default:
		return int64(price), named
	}
}

// kilograms is what so many units weigh, in whole thousandths: as much as was asked for when the
// units are as many as Amount.In makes of that.
func kilograms(units, weight int64) int64 {
	high, low := bits.Mul64(uint64(units), uint64(weight)) //nolint:gosec // neither is negative
	if high >= 1000 {
		return math.MaxInt64
	}
	whole, _ := bits.Div64(high, low, 1000)
	return int64(min(whole, math.MaxInt64))
}

// offering is every product of a set of which an offer meets the wish, as far as the reader's
// class may know.
func (s *run) offering(among *set) *set {
	who := viewer{class: s.who.class}
	found := s.reader.Collect(s.reader.Between(among, measureOffers, lookedAt, lookedAt), func(p *listing) bool { return p.meets(who, &s.wish) })
	for place := range places {
		there := s.reader.Between(among, measureOffers, int64(place)+1, places)
		if there.IsEmpty() {
			break
		}
		there.AndNot(found)
		found.Or(s.standing(there, place, who))
	}
	return found
}

// standing is every product of a set of which the offer in a place meets the wish.
func (s *run) standing(among *set, place int, who viewer) *set {
	w := &s.wish
	left := among
	narrow := func(what int, from, to int64) { left = s.reader.Between(left, measureOf(place, what), from, to) }
	switch sees := who.class.seesUpTo; {
	case w.priceMax > 0:
		narrow(ofSight, 0, sees(false))
	case w.least > 0:
		narrow(ofSight, 0, sees(true))
	}
	left = s.inTime(left, place, w.from != 0 || w.to != 0)
	switch {
	case w.byWeight:
		narrow(ofWeight, int64(w.least), math.MaxInt64)
	case w.least > 0:
		narrow(ofFree, int64(w.least), math.MaxInt64)
	}
	switch {
	case w.priceMax > 0 && w.least == 0:
		narrow(ofPrice, math.MinInt64, int64(w.priceMax))
	case w.priceMax > 0:
		left = s.priced(left, place, who)
	}
	return left
}

// inTime is every product of a set of which the offer in a place is there in the window wished for;
// ordered counts its lead time from today.
func (s *run) inTime(among *set, place int, ordered bool) *set {
	w := &s.wish
	if w.to != 0 && w.from > w.to {
		return roaring.New()
	}
	lead := int64(math.MaxInt64)
	if w.leadMax >= 0 {
		lead = int64(w.leadMax)
	}
	left := s.reader.Between(among, measureOf(place, ofTo), int64(max(w.day, w.from)), math.MaxInt64)
	if w.to != 0 {
		left = s.reader.Between(left, measureOf(place, ofFrom), math.MinInt64, int64(w.to))
		lead = min(lead, int64(w.to)-int64(w.day))
	}
	if ordered {
		left = s.reader.Between(left, measureOf(place, ofSlack), int64(w.day), math.MaxInt64)
	}
	if lead != math.MaxInt64 {
		left = s.reader.Between(left, measureOf(place, ofLead), 0, lead)
	}
	return left
}

// priced is what of a set asks no more than the wish allows for the quantity wished for. Most
// offers ask that for every quantity or for none; the others are asked.
func (s *run) priced(among *set, place int, who viewer) *set {
	most := int64(s.wish.priceMax)
	always := s.reader.Between(among, measureOf(place, ofHighest), math.MinInt64, most)
	sometimes := s.reader.Between(roaring.AndNot(among, always), measureOf(place, ofLowest), math.MinInt64, most)
	always.Or(s.reader.Collect(sometimes, func(p *listing) bool {
		w, known := s.wish.in(p)
		return known && p.offers[place].meets(who, p.producer, w)
	}))
	return always
}
