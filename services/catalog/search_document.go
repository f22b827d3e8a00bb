package catalog

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// document is a product as search knows it.
type document struct {
	ID, Producer uuid.UUID
	// Shown says that it is published and its producer approved. One that is not keeps its place
	// in the order of publishing, in case it comes back, and is found by nothing.
	Shown       bool
	PublishedAt time.Time
	Name        string
	NameEN      string
	Line, Form  string
	Unit        string
	UnitWeight  quantity.Quantity // of counted goods, kg; 0: none
	Grade       reference.Grade
	// GradeText is the grade as it is stored; equal grades have equal texts.
	GradeText   string
	Description string
	Seller      documentSeller
	// Marks it may show on the day it was loaded for, and on the next: midnight waits for nobody.
	Marks [2][]documentMark
	// Offers that are open and not over on the day it was loaded for.
	Offers []supply
	// Day is the day it was loaded for.
	Day civil.Date
}

// documentSeller is the producer of a document.
type documentSeller struct{ Name, NameEN, LegalForm, Commune, Province string }

// documentMark is a mark that a product may show.
type documentMark struct {
	Scheme string
	Stars  int
}

// day number of a date: days since 1970, so that dates compare as numbers.
func dayNumber(d civil.Date) int32 {
	if d.IsZero() {
		return 0
	}
	return int32(d.In(time.UTC).Unix() / 86400) //nolint:gosec // fits for millions of years
}

// supply is an offer as search knows it. It is small, because a search may look at all of them.
type supply struct {
	ID         uuid.UUID
	From, To   int32 // days
	Visibility Visibility
	// Free is what nothing holds, Held what live reservations hold.
	Free quantity.Quantity
	Held []hold
	// Least is the smallest order, Multiple the steps from there on; 0: none.
	Least, Multiple quantity.Quantity
	Place           string // commune; empty: the producer's
	// LeadDays is how long after the order the goods leave.
	LeadDays int32
	Tiers    []PriceTier // none: the price is made on the day
}

// hold is volume that a quote reserves until an instant.
type hold struct {
	Quantity quantity.Quantity
	Until    time.Time
}

// remaining is what can be promised at an instant.
func (s *supply) remaining(now time.Time) quantity.Quantity {
	left := s.Free
	for _, h := range s.Held {
		if !h.Until.After(now) {
			left += h.Quantity
		}
	}
	return left
}

// listing is what the index keeps of a document beside its words and keywords.
type listing struct {
	id, producer uuid.UUID
	name, seller string
	nameKey      string // sorts as names do
	seat         string // commune of the producer
	kind         kindOfGoods
	weight       quantity.Quantity // of one unit, kg; 0: none
	offers       []supply
	// known are the values that are asked for most, by the parity of the day.
	known [2]knownValues
	// floor is the lowest price of any order on any day, by priceClass.
	floor [2]money.VND
	// due is when the first of the holds runs out; zero: there are none.
	due time.Time
}

// knownValues are what everybody who sees no more than their class knows of a product on a day.
type knownValues struct {
	price     [2]money.VND         // by priceClass
	remaining [3]quantity.Quantity // by volumeClass
	lead      int32
}

// What is unknown sorts behind everything that is known.
const (
	noPrice = money.VND(math.MaxInt64)
	noLead  = int32(math.MaxInt32)
)

// viewer classes as places in knownValues.
func priceClass(c class) int {
	if c == buyer {
		return 1
	}
	return 0
}

func volumeClass(c class) int {
	switch c {
	case buyer:
		return 1
	case official:
		return 2
	default:
		return 0
	}
}

func listingOf(d *document, now time.Time) listing {
	e := listing{id: d.ID, producer: d.Producer, name: d.Name, seller: d.Seller.Name, offers: d.Offers}
	e.kind, e.weight, e.seat = kindOfGoods{line: d.Line, form: d.Form, unit: d.Unit}, d.UnitWeight, d.Seller.Commune
	if d.Unit == kilogram {
		e.weight = quantity.Unit
	}
	for _, o := range d.Offers {
		for _, h := range o.Held {
			if h.Until.After(now) && (e.due.IsZero() || h.Until.Before(e.due)) {
				e.due = h.Until
			}
		}
	}
	for ahead := range 2 {
		day := dayNumber(d.Day) + int32(ahead)
		e.known[parity(day)] = e.valuesOn(day, now)
	}
	for i, c := range [...]class{anybody, buyer} {
		e.floor[i] = e.lowest(viewer{class: c})
	}
	return e
}

// lowest is the lowest price that a reader may know of, for any order on any day.
func (e *listing) lowest(who viewer) money.VND {
	least := noPrice
	for i := range e.offers {
		if o := &e.offers[i]; who.seesPrice(e.producer, o.Visibility) {
			for _, tier := range o.Tiers {
				least = min(least, tier.PriceVND)
			}
		}
	}
	return least
}

// parity is under which of two names something that changes with the day is kept: what holds
// today and what holds tomorrow stand side by side.
func parity(day int32) int { return int(day & 1) }

func (e *listing) valuesOn(day int32, now time.Time) knownValues {
	var known knownValues
	ask := &wish{day: day, now: now}
	for i, c := range [...]class{anybody, buyer} {
		known.price[i] = e.price(viewer{class: c}, ask)
	}
	for i, c := range [...]class{anybody, buyer, official} {
		known.remaining[i] = e.remaining(viewer{class: c}, ask)
	}
	known.lead = e.lead(ask)
	return known
}

// wish is what a search asks of offers.
type wish struct {
	day      int32 // today
	now      time.Time
	from, to int32 // the window that an offer must overlap; 0: open
	least    quantity.Quantity
	byWeight bool // least is kilograms
	priceMax money.VND
	leadMax  int32 // -1: any
}

// plain reports whether nothing is asked that the known values do not answer.
func (w *wish) plain() bool { return w.from == 0 && w.to == 0 && w.least == 0 }

// open reports whether an offer can be ordered for the window that is asked for, its lead time
// counted from today.
func (w *wish) open(o *supply) bool {
	if ready := max(w.day+o.LeadDays, w.from); (w.from != 0 || w.to != 0) && (ready > o.To || w.to != 0 && ready > w.to) {
		return false
	}
	return o.To >= max(w.day, w.from) && (w.to == 0 || o.From <= w.to) && o.remaining(w.now) > 0
}

// asked is what an offer asks for the quantity wanted, or for its smallest order.
func (w *wish) asked(o *supply) (money.VND, bool) { return PriceAt(o.Tiers, max(o.Least, w.least)) }

// in is the wish in units of the product; false for goods without a weight that are asked for by
// weight.
func (w *wish) in(e *listing) (*wish, bool) {
	if !w.byWeight {
		return w, true
	}
	amount, known := Amount{Quantity: w.least, ByWeight: true}.In(e.weight)
	if amount == w.least {
		return w, known
	}
	own := *w
	own.least = amount
	return &own, known
}

// meets reports whether an offer of the product meets the wish, as far as the reader may know:
// what an offer keeps from the reader decides nothing.
func (e *listing) meets(who viewer, w *wish) bool {
	w, known := w.in(e)
	if !known {
		return false
	}
	if who.own == uuid.Nil {
		switch e.quickly(who, w) {
		case certainly:
			return true
		case never:
			return false
		case perhaps:
		}
	}
	for i := range e.offers {
		if e.offers[i].meets(who, e.producer, w) {
			return true
		}
	}
	return false
}

// answer is what can be said without looking at offers.
type answer int

const (
	perhaps answer = iota
	certainly
	never
)

// quickly says what the known values tell of a wish.
func (e *listing) quickly(who viewer, w *wish) answer {
	known := &e.known[parity(w.day)]
	if w.least > 0 && known.remaining[volumeClass(who.class)] < w.least {
		return never
	}
	if w.priceMax > 0 && w.least == 0 && known.price[priceClass(who.class)] > w.priceMax {
		return never
	}
	if w.from == 0 && w.to == 0 && w.leadMax < 0 && (w.least == 0 || w.priceMax == 0) {
		return certainly // a price or a volume alone is known
	}
	return perhaps
}

func (s *supply) meets(who viewer, producer uuid.UUID, w *wish) bool {
	if !w.open(s) || w.leadMax >= 0 && s.LeadDays > w.leadMax {
		return false
	}
	if w.least > 0 && (s.remaining(w.now) < w.least || !who.seesRemaining(producer, s.Visibility)) {
		return false
	}
	if w.priceMax > 0 {
		price, named := w.asked(s)
		return named && price <= w.priceMax && who.seesPrice(producer, s.Visibility)
	}
	return true
}

// price is the least that the reader may know of; noPrice when there is none.
func (e *listing) price(who viewer, w *wish) money.VND {
	least := noPrice
	w, known := w.in(e)
	if !known {
		return least
	}
	for i := range e.offers {
		o := &e.offers[i]
		if price, named := w.asked(o); named && price < least && w.open(o) && who.seesPrice(e.producer, o.Visibility) {
			least = price
		}
	}
	return least
}

// remaining is the most on one offer that the reader may know of; -1 when there is none.
func (e *listing) remaining(who viewer, w *wish) quantity.Quantity {
	most := quantity.Quantity(-1)
	for i := range e.offers {
		if o := &e.offers[i]; w.open(o) && who.seesRemaining(e.producer, o.Visibility) {
			most = max(most, o.remaining(w.now))
		}
	}
	return most
}

// lead is the shortest lead time of what can be ordered; noLead when nothing can.
func (e *listing) lead(w *wish) int32 {
	least := noLead
	for i := range e.offers {
		if o := &e.offers[i]; w.open(o) {
			least = min(least, o.LeadDays)
		}
	}
	return least
}

// months lists the months, from a day on, in which something can be ordered: "2026-12".
func (d *document) months(day int32, now time.Time) []string {
	var months []string
	w := wish{day: day, now: now}
	for i := range d.Offers {
		o := &d.Offers[i]
		if !w.open(o) {
			continue
		}
		first := time.Unix(int64(max(day, o.From))*86400, 0).UTC()
		last := time.Unix(int64(o.To)*86400, 0).UTC()
		for month := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); !month.After(last); month = month.AddDate(0, 1, 0) {
			months = append(months, month.Format(monthLayout))
		}
	}
	slices.Sort(months)
	return slices.Compact(months)
}

const monthLayout = "2006-01"
