package catalog

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/reference"
)

// series is the answer for a reader: the series and its occurrences as they stand. Officials see
// no prices that are not public.
func (r seriesRow) series(book *reference.Book, who viewer, standing []supplied, today civil.Date) Series {
	series := Series{
		ID: r.ID, ProductID: r.ProductID, Rule: r.Rule, From: r.From, To: r.To, Quantity: r.Quantity, Unit: r.Unit, MinOrder: r.MinOrder,
		Multiple: r.Multiple, LeadDays: r.LeadDays, PriceTiers: r.PriceTiers, PriceOnTheDay: r.PriceOnTheDay, Place: placeOf(book, r.PlaceCode),
		Visibility: r.Visibility, State: r.State, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		Occurrences: make([]Occurrence, 0, len(standing)),
	}
	if !who.seesPrice(r.ProducerID, r.Visibility) {
		series.PriceTiers, series.PriceOnTheDay = nil, false
	}
	almanac := r.almanac(standing)
	for _, offer := range standing {
		if offer.State == OfferOpen || offer.ByHand {
			series.Occurrences = append(series.Occurrences, almanac.standing(offer, today))
		}
	}
	sortOccurrences(series.Occurrences)
	return series
}

// almanac covers the series and whatever stands of it.
func (n NewSeries) almanac(standing []supplied) almanac {
	from, to := n.From, n.To
	for _, offer := range standing {
		if offer.AvailableFrom.Before(from) {
			from = offer.AvailableFrom
		}
		if offer.AvailableTo.After(to) {
			to = offer.AvailableTo
		}
	}
	return almanacOf(from, to)
}

// standing shows an occurrence that is an offer.
func (a almanac) standing(offer supplied, today civil.Date) Occurrence {
	shown := a.dated(occurrence{On: offer.SeriesOn, From: offer.AvailableFrom, To: offer.AvailableTo})
	balance := offer.balance
	shown.OfferID, shown.Quantity, shown.Committed, shown.Remaining = offer.ID, &balance.Supplied, &balance.Committed, &balance.Remaining
	shown.State = offerState(offer.State, offer.AvailableTo, balance.Remaining, today)
	shown.Kept = offer.keeps(today)
	return shown
}

func (a almanac) dated(o occurrence) Occurrence {
	return Occurrence{
		On: o.On, LunarOn: a.lunar(o.On), AvailableFrom: o.From, AvailableTo: o.To, LunarFrom: a.lunar(o.From), LunarTo: a.lunar(o.To),
		Tide: o.Tide,
	}
}

func sortOccurrences(list []Occurrence) {
	slices.SortStableFunc(list, func(a, b Occurrence) int { return a.AvailableFrom.Compare(b.AvailableFrom) })
}

// preview shows what a plan would do, or did.
func (n NewSeries) preview(plan seriesPlan, today civil.Date) []Occurrence {
	almanac := n.almanac(slices.Concat(plan.change, plan.close, plan.keep))
	list := make([]Occurrence, 0, len(plan.add)+len(plan.change)+len(plan.close)+len(plan.keep))
	add := func(shown Occurrence, change string) {
		shown.Change = change
		if change != "kept" {
			shown.Kept = ""
		}
		list = append(list, shown)
	}
	for _, o := range plan.add {
		shown := almanac.dated(o)
		shown.Quantity, shown.Remaining, shown.State = &n.Quantity, &n.Quantity, OfferOpen
		add(shown, "added")
	}
	for at, offer := range plan.change {
		if offer.equal(plan.next[at]) {
			add(almanac.standing(offer, today), "unchanged")
			continue
		}
		offer.AvailableFrom, offer.AvailableTo = plan.next[at].AvailableFrom, plan.next[at].AvailableTo
		offer.balance.Supplied, offer.balance.Remaining = n.Quantity, n.Quantity
		add(almanac.standing(offer, today), "changed")
	}
	for _, offer := range plan.close {
		offer.State, offer.balance.Remaining = OfferClosed, 0
		add(almanac.standing(offer, today), "closed")
	}
	for _, offer := range plan.keep {
		add(almanac.standing(offer, today), "kept")
	}
	sortOccurrences(list)
	return list
}

// equal reports whether an occurrence is already as the series wants it.
func (s supplied) equal(next NewOffer) bool {
	return s.AvailableFrom == next.AvailableFrom && s.AvailableTo == next.AvailableTo && s.balance.Supplied == next.Quantity &&
		s.MinOrder == next.MinOrder && s.Multiple == next.Multiple && s.LeadDays == next.LeadDays && slices.Equal(s.PriceTiers, next.PriceTiers) &&
		s.PriceOnTheDay == next.PriceOnTheDay && s.PlaceCode == next.PlaceCode && s.Visibility == next.Visibility
}
