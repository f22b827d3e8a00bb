package catalog

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// NewSeries is supply that recurs: each occurrence becomes an offer of its own, at once and for the
// whole time. Nothing opens supply later on its own: what is offered was offered by a person, can be
// asked for from the first day, stands in the calendar and in the ledger, and no worker can be late.
type NewSeries struct {
	ProductID     uuid.UUID         `json:"product_id"`
	Rule          Recurrence        `json:"rule"`
	From          civil.Date        `json:"from"                       doc:"Supplies lie wholly between from and to; those that are over are left out."`
	To            civil.Date        `json:"to"                         doc:"At most two years ahead."`
	Quantity      quantity.Quantity `json:"quantity"                   doc:"Of each occurrence."`
	Unit          string            `json:"unit,omitempty"             maxLength:"100" doc:"The product's unit."`
	MinOrder      quantity.Quantity `json:"min_order,omitempty"`
	Multiple      quantity.Quantity `json:"multiple,omitempty"         doc:"An order is min_order and a whole number of these; 0 or left out: any quantity from min_order on."`
	LeadDays      int               `json:"lead_days,omitempty"        minimum:"0" maximum:"365" doc:"Days from an order to the earliest delivery."`
	PriceTiers    []PriceTier       `json:"price_tiers,omitempty"      maxItems:"20" doc:"Ascending; left out with price_on_the_day."`
	PriceOnTheDay bool              `json:"price_on_the_day,omitempty" doc:"The price is made on the day."`
	PlaceCode     string            `json:"place_code,omitempty"       maxLength:"5" doc:"Commune where the goods are; the producer's when left out."`
	Visibility    Visibility        `json:"price_visibility,omitempty" enum:"public,buyers,on_request" doc:"Who sees price and remaining; buyers when left out."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// SeriesChange names what a producer changes of a series; what is absent stays. It reaches the
// occurrences that lie ahead and that nobody relies on.
type SeriesChange struct {
	Rule          *Recurrence          `json:"rule,omitempty"             doc:"Replaces the whole rule."`
	From          *civil.Date          `json:"from,omitempty"`
	To            *civil.Date          `json:"to,omitempty"`
	Quantity      *quantity.Quantity   `json:"quantity,omitempty"`
	MinOrder      *quantity.Quantity   `json:"min_order,omitempty"`
	Multiple      *quantity.Quantity   `json:"multiple,omitempty"         doc:"0: any quantity from min_order on."`
	LeadDays      *int                 `json:"lead_days,omitempty"        minimum:"0" maximum:"365"`
	PriceTiers    []PriceTier          `json:"price_tiers,omitempty"      maxItems:"20"`
	PriceOnTheDay *bool                `json:"price_on_the_day,omitempty"`
	PlaceCode     web.Optional[string] `json:"place_code,omitzero"        maxLength:"5" doc:"null: the producer's commune."`
	Visibility    *Visibility          `json:"price_visibility,omitempty" enum:"public,buyers,on_request"`
}

// Series is a series with its occurrences, for its producer and those who oversee producers.
type Series struct {
	ID            uuid.UUID         `json:"id"`
	ProductID     uuid.UUID         `json:"product_id"`
	Rule          Recurrence        `json:"rule"`
	From          civil.Date        `json:"from"`
	To            civil.Date        `json:"to"`
	Quantity      quantity.Quantity `json:"quantity"                   doc:"Of each occurrence."`
	Unit          string            `json:"unit"`
	MinOrder      quantity.Quantity `json:"min_order"`
	Multiple      quantity.Quantity `json:"multiple,omitzero"`
	LeadDays      int               `json:"lead_days,omitempty"`
	PriceTiers    []PriceTier       `json:"price_tiers,omitempty"      doc:"For the producer."`
	PriceOnTheDay bool              `json:"price_on_the_day,omitempty"`
	Place         *Place            `json:"place,omitempty"`
	Visibility    Visibility        `json:"price_visibility"           enum:"public,buyers,on_request"`
	State         OfferState        `json:"state"                      enum:"open,closed"`
	Invented      bool              `json:"invented,omitempty"         doc:"Demonstration data."`
	Version       int64             `json:"version"`
	CreatedAt     time.Time         `json:"created_at"`
	UpdatedAt     time.Time         `json:"updated_at"`
	Occurrences   []Occurrence      `json:"occurrences"                doc:"In order; closed ones only where they were closed on their own."`
}

// Occurrence is one supply of a series, in both calendars.
type Occurrence struct {
	OfferID       uuid.UUID          `json:"offer_id,omitzero"`
	On            civil.Date         `json:"on"                  doc:"The day of the rule it stands for."`
	LunarOn       LunarDay           `json:"lunar_on"`
	AvailableFrom civil.Date         `json:"available_from"`
	AvailableTo   civil.Date         `json:"available_to"`
	LunarFrom     LunarDay           `json:"lunar_from"`
	LunarTo       LunarDay           `json:"lunar_to"`
	Tide          string             `json:"tide,omitempty"      doc:"The spring tide it follows."`
	Quantity      *quantity.Quantity `json:"quantity,omitempty"`
	Committed     *quantity.Quantity `json:"committed,omitempty"`
	Remaining     *quantity.Quantity `json:"remaining,omitempty"`
	State         OfferState         `json:"state,omitempty"     enum:"open,closed,exhausted,lapsed"`
	Change        string             `json:"change,omitempty"    enum:"added,changed,closed,kept,unchanged" doc:"Of a preview or a change: what becomes of it."`
	Kept          string             `json:"kept,omitempty"      enum:"begun,committed,reserved,by_hand" doc:"Why a change of the series leaves it as it is."`
}

// offering is the offer that every occurrence repeats.
func (n NewSeries) offering() NewOffer {
	return NewOffer{
		ProductID: n.ProductID, AvailableFrom: n.From, AvailableTo: n.To, Quantity: n.Quantity, Unit: n.Unit, MinOrder: n.MinOrder,
		Multiple: n.Multiple, LeadDays: n.LeadDays, PriceTiers: n.PriceTiers, PriceOnTheDay: n.PriceOnTheDay, PlaceCode: n.PlaceCode,
		Visibility: n.Visibility, Invented: n.Invented,
	}
}

// check applies the rules of a series on a day and returns it with what may be left out filled in,
// and its occurrences that are not over.
func (n NewSeries) check(book *reference.Book, unit string, today civil.Date) (NewSeries, []occurrence, error) {
	var complaints fault.Collector
	checked, err := n.offering().check(book, unit, today)
	if err := complaints.Merge("", named(err, map[string]string{"available_from": "from", "available_to": "to"})); err != nil {
		return n, nil, err
	}
	if err := complaints.Merge("", n.Rule.check(book, today)); err != nil {
		return n, nil, err
	}
	if err := complaints.Err(); err != nil {
		return n, nil, err
	}
	n.Unit, n.Visibility = checked.Unit, checked.Visibility
	from := n.From
	if earliest := today.AddDays(-maxWindowDays); from.Before(earliest) {
		from = earliest // what was over before then is left out anyway
	}
	found, err := n.Rule.occurrences(book, from, n.To)
	if err != nil {
		return n, nil, err
	}
	found = slices.DeleteFunc(found, func(o occurrence) bool { return o.To.Before(today) })
	if len(found) == 0 {
		return n, nil, ErrSeriesEmpty.At("to")
	}
	return n, found, nil
}

// named gives the fields of a refusal the names that this request has for them.
func named(err error, names map[string]string) error {
	if refusal, ok := fault.From(err); ok {
		for at, field := range refusal.Fields {
			if name, renamed := names[field.Pointer]; renamed {
				refusal.Fields[at].Pointer = name
			}
		}
	}
	return err
}

// merged returns the series as it would be after the change.
func (c SeriesChange) merged(now NewSeries) NewSeries {
	offering := OfferChange{
		AvailableFrom: c.From, AvailableTo: c.To, Quantity: c.Quantity, MinOrder: c.MinOrder, Multiple: c.Multiple, LeadDays: c.LeadDays,
		PriceTiers: c.PriceTiers, PriceOnTheDay: c.PriceOnTheDay, PlaceCode: c.PlaceCode, Visibility: c.Visibility,
	}.merged(now.offering())
	replace(&now.Rule, c.Rule)
	now.From, now.To, now.Quantity, now.MinOrder, now.Multiple = offering.AvailableFrom, offering.AvailableTo, offering.Quantity, offering.MinOrder, offering.Multiple
	now.LeadDays, now.PriceTiers, now.PriceOnTheDay = offering.LeadDays, offering.PriceTiers, offering.PriceOnTheDay
	now.PlaceCode, now.Visibility = offering.PlaceCode, offering.Visibility
	return now
}

// supplied is an occurrence as it stands: its offer and its balance.
type supplied struct {
	offerRow

	balance ledger.OfferBalance
}

// keeps says why a change of the series leaves an occurrence alone; "" when it does not.
func (s supplied) keeps(today civil.Date) string {
	switch {
	case s.ByHand:
		return "by_hand"
	case !s.AvailableFrom.After(today):
		return "begun"
	case s.balance.Committed > 0:
		return "committed"
	case s.balance.Remaining < s.balance.Supplied:
		return "reserved"
	default:
		return ""
	}
}

// seriesPlan is what a change does to the occurrences of a series.
type seriesPlan struct {
	add    []occurrence
	change []supplied // as they are, with next beside them
	next   []NewOffer
	close  []supplied
	keep   []supplied
	// revives says that the series had come to its end and stands again.
	revives bool
}

// plan holds the occurrences wanted against those there are. What has begun, is committed or
// reserved, or was changed on its own stays; so does the gap that closing one on its own left.
func (n NewSeries) plan(wanted []occurrence, standing []supplied, today civil.Date) seriesPlan {
	var plan seriesPlan
	taken := make(map[civil.Date]bool)
	rest := make(map[civil.Date]supplied)
	for _, offer := range standing {
		switch {
		case offer.State == OfferClosed && offer.ByHand:
			taken[offer.SeriesOn] = true
		case offer.State == OfferClosed:
		case offer.keeps(today) != "":
			plan.keep, taken[offer.SeriesOn] = append(plan.keep, offer), true
		default:
			rest[offer.SeriesOn] = offer
		}
	}
	for _, o := range wanted {
		offer, stands := rest[o.On]
		delete(rest, o.On)
		switch {
		case taken[o.On] || !o.From.After(today):
		case stands:
			plan.change, plan.next = append(plan.change, offer), append(plan.next, n.dated(o))
		default:
			plan.add = append(plan.add, o)
		}
	}
	for _, offer := range standing {
		if _, left := rest[offer.SeriesOn]; left && offer.State == OfferOpen && offer.keeps(today) == "" {
			plan.close = append(plan.close, offer)
		}
	}
	return plan
}

// dated is the offer of one occurrence.
func (n NewSeries) dated(o occurrence) NewOffer {
	offer := n.offering()
	offer.AvailableFrom, offer.AvailableTo = o.From, o.To
	return offer
}
