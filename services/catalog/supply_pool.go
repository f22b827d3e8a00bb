package catalog

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Pool says whether several offers together reach a quantity, the cheapest first. It is made of
// nothing but volumes and prices that the reader may see; different goods are never pooled.
type Pool struct {
	Line     string            `json:"line"`
	Form     string            `json:"form"`
	Unit     string            `json:"unit"`
	Wanted   quantity.Quantity `json:"wanted"              doc:"What was asked for, in the unit."`
	Offers   int               `json:"offers"              doc:"How many could be part of it; grades may differ."`
	Quantity quantity.Quantity `json:"quantity"            doc:"What remains of them together."`
	Reached  bool              `json:"reached"             doc:"The parts reach what was asked for."`
	ValueVND money.VND         `json:"value_vnd,omitempty" doc:"Of the parts whose price you see."`
	Unpriced quantity.Quantity `json:"unpriced,omitzero"   doc:"In parts at a daily price or at one you may not see."`
	Parts    []PoolPart        `json:"parts"               doc:"The cheapest first, then those without a price."`
}

// PoolPart is what one offer gives to a pool.
type PoolPart struct {
	OfferID   uuid.UUID         `json:"offer_id"`
	ProductID uuid.UUID         `json:"product_id"`
	Quantity  quantity.Quantity `json:"quantity"`
	PriceVND  *money.VND        `json:"price_vnd,omitempty" doc:"For this quantity."`
}

// pooling gathers a pool: the sums over all offers, and the cheapest of them.
type pooling struct {
	wanted, sum quantity.Quantity
	offers      int
	cheapest    []candidate
}

// Sizes of pools.
const (
	// maxParts is how many offers one demand is pooled from; more suppliers than that are nobody's
	// wish.
	maxParts = 50
	maxPools = 20
)

// pool adds an offer whose volume the reader sees to those of its kind. It is ranked by the price of
// what it would give.
func (s *supplySearch) pool(c candidate, wanted quantity.Quantity) {
	give := c.steps.Below(min(c.remaining, wanted))
	if give == 0 {
		return
	}
	c.price, c.priced = PriceAt(c.tiers, give)
	if s.wish.priceMax > 0 && (!c.priced || c.price > s.wish.priceMax) {
		return
	}
	c.rank = unranked
	if c.priced {
		c.rank = int64(c.price)
	}
	p := s.pools[c.kind]
	if p == nil {
		p = &pooling{wanted: wanted}
		s.pools[c.kind] = p
	}
	p.wanted, p.sum, p.offers = max(p.wanted, wanted), p.sum+c.remaining, p.offers+1
	if len(p.cheapest) == maxParts && compareCandidates(c, p.cheapest[maxParts-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(p.cheapest, c, compareCandidates)
	p.cheapest = slices.Insert(p.cheapest, at, c)
	p.cheapest = p.cheapest[:min(len(p.cheapest), maxParts)]
}

// pooled are the pools, those with most first.
func (s *supplySearch) pooled() []Pool {
	pools := make([]Pool, 0, len(s.pools))
	for kind, p := range s.pools {
		pools = append(pools, p.pool(kind))
	}
	slices.SortFunc(pools, func(a, b Pool) int {
		return cmp.Or(cmp.Compare(b.Quantity, a.Quantity), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Unit, b.Unit))
	})
	return pools[:min(len(pools), maxPools)]
}

// pool takes from the cheapest offer what it can give, then from the next, each in its own steps.
func (p *pooling) pool(kind kindOfGoods) Pool {
	pool := Pool{Line: kind.line, Form: kind.form, Unit: kind.unit, Wanted: p.wanted, Offers: p.offers, Quantity: p.sum, Parts: []PoolPart{}}
	left := p.wanted
	for _, c := range p.cheapest {
		if left <= 0 {
			break
		}
		give := c.steps.Below(min(c.remaining, left))
		if enough := c.steps.Above(left); enough <= c.remaining {
			give = enough
		}
		if give == 0 {
			continue
		}
		part := PoolPart{OfferID: c.offer, ProductID: c.product, Quantity: give}
		if price, priced := PriceAt(c.tiers, give); priced {
			part.PriceVND = &price
			pool.ValueVND += money.Value(price, give)
		} else {
			pool.Unpriced += give
		}
		pool.Parts, left = append(pool.Parts, part), left-give
	}
	pool.Reached = left <= 0
	return pool
}
