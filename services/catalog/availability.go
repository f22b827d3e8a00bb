package catalog

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Availability is a calendar of supply: what can be delivered when. Rows and periods make a picture
// as they are: cells[i] of a row belongs to periods[i].
type Availability struct {
	ProductID  uuid.UUID        `json:"product_id,omitzero"`
	ProducerID uuid.UUID        `json:"producer_id,omitzero"`
	From       civil.Date       `json:"from"`
	To         civil.Date       `json:"to"`
	By         string           `json:"by"                   enum:"day,week,month"`
	Periods    []CalendarPeriod `json:"periods"`
	Rows       []SupplyRow      `json:"rows"                 doc:"By line, form and unit: different goods are never added up."`
}

// CalendarPeriod is one column of a calendar, in both calendars.
type CalendarPeriod struct {
	From      civil.Date   `json:"from"`
	To        civil.Date   `json:"to"`
	LunarFrom LunarDay     `json:"lunar_from"`
	LunarTo   LunarDay     `json:"lunar_to"`
	Tides     []TideWindow `json:"tides,omitempty" doc:"Spring tides that have a day in it."`
}

// SupplyRow is the supply of one kind of goods, period by period and as a whole.
type SupplyRow struct {
	Line  string       `json:"line"`
	Form  string       `json:"form"`
	Unit  string       `json:"unit"`
	Whole SupplyCell   `json:"whole" doc:"Over all periods, each offer once."`
	Cells []SupplyCell `json:"cells" doc:"One for each period."`
}

// SupplyCell is what can be delivered in one period. It is made of nothing but what the reader may
// see of each offer.
type SupplyCell struct {
	Offers int `json:"offers" doc:"How many can be delivered in it, their lead time allowing."`
	// Available counts an offer that lasts over several periods in each of them.
	Available *quantity.Quantity `json:"available,omitempty"      doc:"What remains of them: an offer that lasts over several periods stands in each with all that remains of it, so periods do not add up. Left out where all of it is hidden from you."`
	// Beginning counts every offer once.
	Beginning     *quantity.Quantity `json:"beginning,omitempty"      doc:"The same volume, each offer in its first period only: these add up to available of the whole."`
	VolumesHidden int                `json:"volumes_hidden,omitempty" doc:"Offers whose remaining volume you may not see; they are in no sum."`
	PriceFromVND  *money.VND         `json:"price_from_vnd,omitempty" doc:"The lowest price of any quantity, of offers whose price you may see."`
	PriceToVND    *money.VND         `json:"price_to_vnd,omitempty"   doc:"The highest."`
	OnTheDay      int                `json:"price_on_the_day,omitempty" doc:"Offers at a daily price."`
	PricesHidden  int                `json:"prices_hidden,omitempty"  doc:"Offers whose price you may not see."`
}

// The widths of periods.
const (
	byDay   = "day"
	byWeek  = "week"
	byMonth = "month"
)

// maxPeriods is how many columns a calendar may have.
const maxPeriods = 106

// span is what a calendar is asked for.
type span struct {
	From, To civil.Date
	By       string
}

// check fills in what was left out – from today on, by the week, twelve weeks; a month of days; a
// year of months – and refuses what no calendar can show.
func (s span) check(today civil.Date) (span, error) {
	var complaints fault.Collector
	s.By = cmp.Or(s.By, byWeek)
	if s.From.IsZero() {
		s.From = today
	}
	usual := map[string]civil.Date{byDay: s.From.AddDays(29), byWeek: s.From.AddDays(12*7 - 1), byMonth: s.From.AddMonths(12).AddDays(-1)}
	if _, known := usual[s.By]; !known {
		complaints.Add("by", fault.ErrUnknownValue, "value", s.By, "allowed", "day, week, month")
	}
	if s.To.IsZero() {
		s.To = usual[s.By]
	}
	earliest, latest := today.AddMonths(-12*MaxOfferYears), today.AddMonths(12*MaxOfferYears)
	if s.From.Before(earliest) || s.From.After(latest) {
		complaints.Add("from", fault.ErrOutOfRange, "min", earliest, "max", latest)
	}
	if s.To.Before(s.From) {
		complaints.Add("to", fault.ErrDateOrder)
	}
	if err := complaints.Err(); err != nil {
		return s, err
	}
	if last := s.longest(); s.To.After(last) {
		return s, fault.ErrOutOfRange.At("to", "min", s.From, "max", last)
	}
	return s, nil
}

// longest is the last day of the longest calendar from From on.
func (s span) longest() civil.Date {
	at := s.From
	for range maxPeriods - 1 {
		at = s.end(at).AddDays(1)
	}
	return s.end(at)
}

// end is the last day of the period that a day falls into: the day itself, a Sunday, or the last of
// its month.
func (s span) end(day civil.Date) civil.Date {
	switch s.By {
	case byDay:
		return day
	case byMonth:
		return civil.New(day.Year, day.Month, 1).AddMonths(1).AddDays(-1)
	default:
		return day.AddDays(7 - day.Weekday())
	}
}

// periods cuts the span, the first and the last period short where it begins and ends within one.
func (s span) periods(book *reference.Book) []CalendarPeriod {
	tides, almanac := tidesBetween(book, s.From, s.To), almanacOf(s.From, s.To)
	var list []CalendarPeriod
	for from := s.From; !from.After(s.To); {
		to := s.end(from)
		if to.After(s.To) {
			to = s.To
		}
		period := CalendarPeriod{From: from, To: to, LunarFrom: almanac.lunar(from), LunarTo: almanac.lunar(to)}
		for _, tide := range tides {
			if !tide.To.Before(from) && !tide.From.After(to) {
				period.Tides = append(period.Tides, tide)
			}
		}
		list = append(list, period)
		from = to.AddDays(1)
	}
	return list
}

// shownOffer is an offer as a reader may see it, with the goods it is of.
type shownOffer struct {
	Offer

	line, form string
}

// calendar puts offers into the periods of a span on a day.
func (s span) calendar(book *reference.Book, offers []shownOffer, today civil.Date) Availability {
	answer := Availability{From: s.From, To: s.To, By: s.By, Periods: s.periods(book), Rows: []SupplyRow{}}
	at := make(map[kindOfGoods]int)
	for _, offer := range offers {
		first, last := earliest(offer.AvailableFrom, offer.LeadDays, today), offer.AvailableTo
		if first.Before(s.From) {
			first = s.From
		}
		if first.After(last) || first.After(s.To) {
			continue
		}
		kind := kindOfGoods{offer.line, offer.form, offer.Unit}
		if _, known := at[kind]; !known {
			at[kind] = len(answer.Rows)
			answer.Rows = append(answer.Rows, SupplyRow{Line: kind.line, Form: kind.form, Unit: kind.unit, Cells: make([]SupplyCell, len(answer.Periods))})
		}
		row := &answer.Rows[at[kind]]
		row.Whole.add(offer.Offer, true)
		for i, period := range answer.Periods {
			if !period.To.Before(first) && !period.From.After(last) {
				row.Cells[i].add(offer.Offer, !first.Before(period.From))
			}
		}
	}
	for i := range answer.Rows {
		answer.Rows[i].finish()
	}
	slices.SortFunc(answer.Rows, func(a, b SupplyRow) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Unit, b.Unit))
	})
	return answer
}

// add counts an offer; begins says that this is its first period.
func (c *SupplyCell) add(offer Offer, begins bool) {
	c.Offers++
	if offer.Remaining == nil {
		c.VolumesHidden++
	} else {
		plus(&c.Available, *offer.Remaining)
		if begins {
			plus(&c.Beginning, *offer.Remaining)
		}
	}
	switch {
	case offer.PriceOnTheDay:
		c.OnTheDay++
	case len(offer.PriceTiers) == 0:
		c.PricesHidden++
	}
	for _, tier := range offer.PriceTiers {
		if c.PriceFromVND == nil || tier.PriceVND < *c.PriceFromVND {
			c.PriceFromVND = new(tier.PriceVND)
		}
		if c.PriceToVND == nil || tier.PriceVND > *c.PriceToVND {
			c.PriceToVND = new(tier.PriceVND)
		}
	}
}

func plus(sum **quantity.Quantity, more quantity.Quantity) {
	if *sum == nil {
		*sum = new(quantity.Quantity(0))
	}
	**sum += more
}

// finish writes nothing as nothing, where no volume is hidden.
func (r *SupplyRow) finish() {
	for i := range r.Cells {
		if cell := &r.Cells[i]; cell.VolumesHidden == 0 {
			plus(&cell.Available, 0)
			plus(&cell.Beginning, 0)
		}
	}
	r.Whole.Beginning = nil // it is what is available
}
