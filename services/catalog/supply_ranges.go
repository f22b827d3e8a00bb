package catalog

import (
	"math"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"
)

// find takes the offers of a set of products that meet the query, and says which products have one
// that can be delivered in time. Of a small set every offer is looked at. Else the measures of offers
// say which and how many they are, and only the first in order are looked at; when a quantity is
// wanted, all that are in time and whose volume is seen, because the pools are sums over them.
func (s *supplySearch) find(among *set) *set {
	if among.GetCardinality() <= fewToAsk {
		return s.reader.Collect(among, s.look)
	}
	special := s.reader.Between(among, measureOffers, lookedAt, lookedAt)
	if s.own != nil {
		special.Or(roaring.And(among, s.own))
	}
	found := s.reader.Collect(special, s.look)
	others := roaring.AndNot(among, special)
	var rests [places]*set
	for place := range places {
		there := s.reader.Between(others, measureOffers, int64(place)+1, places)
		if there.IsEmpty() {
			break
		}
		inTime := s.deliverable(there, place)
		found.Or(inTime)
		if s.wish.least > 0 {
			s.takeMeasured(s.seen(inTime, place, true), place)
			continue
		}
		if s.wish.priceMax > 0 {
			inTime = s.reader.Between(s.seen(inTime, place, false), measureOf(place, ofOrdered), math.MinInt64, int64(s.wish.priceMax))
		}
		s.total += int(inTime.GetCardinality()) //nolint:gosec // numbers have 32 bits
		rests[place] = s.first(inTime, place)
	}
	for place, rest := range rests {
		if rest != nil && !s.full(unranked) {
			s.takeAll(rest, place)
		}
	}
	return found
}

// deliverable is what of a set has an offer in a place that can be delivered in time, where the
// goods are wanted, and in the measure that is asked for.
func (s *supplySearch) deliverable(among *set, place int) *set {
	inTime := s.inTime(among, place, true)
	if s.wish.byWeight {
		inTime = s.reader.Between(inTime, measureOf(place, ofWeight), math.MinInt64, math.MaxInt64)
	}
	if len(s.places) > 0 {
		inTime = s.reader.Collect(inTime, func(p *listing) bool { return s.lies(p, &p.offers[place]) })
	}
	return inTime
}

// takeMeasured takes all offers of a set that stand in a place.
func (s *supplySearch) takeMeasured(among *set, place int) {
	each := among.Iterator()
	for each.HasNext() {
		p := s.reader.At(each.Next())
		if w, known := s.wish.in(p); known {
			s.take(p, &p.offers[place], w)
		}
	}
}

// seen is what of a set has an offer in a place whose price, or volume, the reader sees.
func (s *supplySearch) seen(among *set, place int, volumes bool) *set {
	return s.reader.Between(among, measureOf(place, ofSight), 0, s.who.class.seesUpTo(volumes))
}

// first takes the first offers of a place in the order asked for, and returns those without a rank.
func (s *supplySearch) first(among *set, place int) *set {
	var ranked *set
	by := ofOrdered
	switch s.query.SupplySort {
	case ByLeadTime:
		s.soonest(among, place)
		return nil
	case ByRemaining:
		by, ranked = ofScarce, s.seen(among, place, true)
	default:
		ranked = s.reader.Between(s.seen(among, place, false), measureOf(place, ofOrdered), math.MinInt64, math.MaxInt64)
	}
	rest := roaring.AndNot(among, ranked)
	if s.query.AfterOffer != uuid.Nil {
		ranked = s.reader.Between(ranked, measureOf(place, by), s.query.AfterRank, math.MaxInt64)
	}
	s.reader.Ascend(ranked, measureOf(place, by), func(part *set, least int64) bool {
		if s.full(least) {
			return false
		}
		s.takeAll(part, place)
		return true
	})
	return rest
}

// soonest takes those that can be delivered first: on the first day wanted, on the next, and in ever
// longer steps, until the page is full.
func (s *supplySearch) soonest(among *set, place int) {
	from := max(0, int64(s.wish.from)-int64(s.wish.day))
	if s.query.AfterOffer != uuid.Nil && s.query.AfterRank > from {
		from = s.query.AfterRank
		among = roaring.AndNot(among, s.within(among, place, from-1))
	}
	left, least := among, from
	for step := int64(1); !left.IsEmpty() && !s.full(least); step *= 2 {
		now := s.within(left, place, from)
		s.takeAll(now, place)
		left, least, from = roaring.AndNot(left, now), from+1, from+step
	}
}

// within is what of a set can be delivered in so many days.
func (s *supplySearch) within(among *set, place int, days int64) *set {
	soon := s.reader.Between(among, measureOf(place, ofLead), 0, days)
	return s.reader.Between(soon, measureOf(place, ofFrom), math.MinInt64, int64(s.wish.day)+days)
}

// full reports whether nothing of that rank, or a higher one, belongs on the page.
func (s *supplySearch) full(rank int64) bool {
	return len(s.page) > s.query.Limit && s.page[s.query.Limit].rank < rank
}

// takeAll keeps the offers of a set that stand in a place.
func (s *supplySearch) takeAll(among *set, place int) {
	each := among.Iterator()
	for each.HasNext() {
		p := s.reader.At(each.Next())
		if c, there := s.candidate(p, &p.offers[place], &s.wish); there {
			s.keep(c)
		}
	}
}
