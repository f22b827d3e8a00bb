package catalog

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/services/reference"
)

// SupplyQuery asks who can supply what when: the goods as a search of products does, answered offer
// by offer.
type SupplyQuery struct {
	// Query asks for the goods. Of its fields, Communes is where the goods are, not the producer's
	// seat; Sort, Facets, Months, PriceBands and After mean nothing here.
	Query

	// SupplySort is price, lead_time or remaining; empty: price.
	SupplySort string
	// AfterRank and AfterOffer are where the page before ended.
	AfterRank  int64
	AfterOffer uuid.UUID
}

// candidate is an offer that meets a supply query, as far as the reader may know it.
type candidate struct {
	offer, product uuid.UUID
	kind           kindOfGoods
	rank           int64
	// first and last are the days of the window asked for on which it can be delivered.
	first, last int32
	// order is the smallest order of at least what was asked for.
	order quantity.Quantity
	price money.VND
	// priced says that the reader sees a price; measured that the reader sees the volume.
	priced, measured bool
	remaining        quantity.Quantity
	steps            Steps
	tiers            []PriceTier
}

// supplyHits is what the index says of a supply query.
type supplyHits struct {
	page  []candidate
	more  bool
	total int
	pools []Pool
	// products have an offer that meets what is asked of time and place; only listed when marks are
	// asked for and it is not known yet who will carry them.
	products []uuid.UUID
}

// unranked stands behind everything that is ranked.
const unranked = int64(math.MaxInt64)

// supplySorts lists the orders.
func supplySorts() []string { return []string{ByPrice, ByLeadTime, ByRemaining} }

func (q *SupplyQuery) check(x *searchIndex) error {
	var complaints fault.Collector
	q.Sort = ""
	if err := complaints.Merge("", q.Query.check(x)); err != nil {
		return err
	}
	if q.SupplySort = cmp.Or(q.SupplySort, ByPrice); !slices.Contains(supplySorts(), q.SupplySort) {
		complaints.Add("sort", fault.ErrUnknownValue, "value", q.SupplySort, "allowed", strings.Join(supplySorts(), ", "))
	}
	return complaints.Err()
}

// goods is the query without what it asks of offers, and without the place, which is theirs too.
func (q *SupplyQuery) goods() Query {
	goods := q.Query
	goods.AvailableFrom, goods.AvailableTo, goods.MinQuantity, goods.PriceMax, goods.LeadDaysMax = civil.Date{}, civil.Date{}, 0, 0, nil
	goods.Communes, goods.Facets, goods.After = nil, false, nil
	return goods
}

// supply finds offers. carrying holds the products that will carry the marks asked for in the window
// asked for; nil: any.
func (x *searchIndex) supply(who viewer, query SupplyQuery, carrying map[uuid.UUID]bool, now time.Time) supplyHits {
	var found supplyHits
	x.engine.Read(func(r *searchindex.Reader[listing]) {
		today := reference.Day(now)
		search := &run{searchIndex: x, reader: r, who: who, query: query.goods(), parity: parity(dayNumber(today))}
		search.wish = search.query.wish(today)
		var words hits
		all := search.ask(today, &words).all()
		search.wish, search.own = query.wish(today), search.ownProducts()
		s := supplySearch{run: search, query: query, places: communeCodes(x.book, query.Communes), pools: map[kindOfGoods]*pooling{}}
		if carrying != nil {
			all = r.Collect(all, func(p *listing) bool { return carrying[p.id] })
		}
		inTime := s.find(all)
		if carrying == nil && len(query.Schemes) > 0 {
			r.Collect(inTime, func(p *listing) bool {
				found.products = append(found.products, p.id)
				return false
			})
		}
		found.page, found.total, found.pools = s.page, s.total, s.pooled()
	})
	if len(found.page) > query.Limit {
		found.page, found.more = found.page[:query.Limit], true
	}
	return found
}

// supplySearch finds offers and keeps the first of them.
type supplySearch struct {
	*run

	query  SupplyQuery
	places []string
	page   []candidate
	total  int
	pools  map[kindOfGoods]*pooling
}

// look takes the offers of a product that meet the query, and says whether one can be delivered in
// time.
func (s *supplySearch) look(p *listing) bool {
	w, known := s.wish.in(p)
	inTime := false
	if !known {
		return false
	}
	for i := range p.offers {
		if s.take(p, &p.offers[i], w) {
			inTime = true
		}
	}
	return inTime
}

// take takes an offer if it meets the query, and says whether it can be delivered in time.
func (s *supplySearch) take(p *listing, o *supply, w *wish) bool {
	c, there := s.candidate(p, o, w)
	if !there {
		return false
	}
	if w.least > 0 && c.measured {
		s.pool(c, w.least)
	}
	if w.least > 0 && (!c.measured || c.order > c.remaining) || s.wish.priceMax > 0 && (!c.priced || c.price > s.wish.priceMax) {
		return true
	}
	s.total++
	s.keep(c)
	return true
}

// candidate is an offer that can be delivered in time; what the reader may not know of it is left
// out, so that nothing further on can tell.
func (s *supplySearch) candidate(p *listing, o *supply, w *wish) (candidate, bool) {
	c := candidate{offer: o.ID, product: p.id, kind: p.kind, steps: Steps{MinOrder: o.Least, Multiple: o.Multiple}}
	c.first, c.last = max(o.From, w.from, w.day+o.LeadDays), o.To
	if w.to != 0 {
		c.last = min(c.last, w.to)
	}
	left := o.remaining(w.now)
	if c.first > c.last || left <= 0 || w.leadMax >= 0 && o.LeadDays > w.leadMax {
		return c, false
	}
	if len(s.places) > 0 && !s.lies(p, o) {
		return c, false
	}
	c.order = c.steps.Above(w.least)
	if s.who.seesPrice(p.producer, o.Visibility) {
		c.tiers = o.Tiers
		c.price, c.priced = PriceAt(o.Tiers, c.order)
	}
	if s.who.seesRemaining(p.producer, o.Visibility) {
		c.remaining, c.measured = left, true
	}
	c.rank = unranked
	switch {
	case s.query.SupplySort == ByLeadTime:
		c.rank = int64(c.first - w.day)
	case s.query.SupplySort == ByRemaining && c.measured:
		c.rank = -int64(c.remaining)
	case s.query.SupplySort == ByPrice && c.priced:
		c.rank = int64(c.price)
	}
	return c, true
}

// lies reports whether an offer is where it is wanted.
func (s *supplySearch) lies(p *listing, o *supply) bool {
	return slices.Contains(s.places, cmp.Or(o.Place, p.seat))
}

// keep holds on to the first of the page after the one before, and one more.
func (s *supplySearch) keep(c candidate) {
	if s.query.AfterOffer != uuid.Nil && compareCandidates(c, candidate{rank: s.query.AfterRank, offer: s.query.AfterOffer}) <= 0 {
		return
	}
	if len(s.page) > s.query.Limit && compareCandidates(c, s.page[len(s.page)-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(s.page, c, compareCandidates)
	s.page = slices.Insert(s.page, at, c)
	s.page = s.page[:min(len(s.page), s.query.Limit+1)]
}

func compareCandidates(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), bytes.Compare(a.offer[:], b.offer[:]))
}

// dayOf is the date of a day number.
func dayOf(number int32) civil.Date { return civil.New(1970, 1, 1).AddDays(int(number)) }
