package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Bounds of a series.
const (
	maxEvery     = 12  // weeks
	maxLead      = 60  // days between placing and delivery
	maxSeries    = 366 // days after its first date that are looked at for the next one
	shownDates   = 20  // of those to come, and of those dealt with
	longestStay  = 31  // days of a delivery window
	seriesAtOnce = 100
)

// The events of a series that its buyer is told of.
const (
	EventSeriesRefused = "series.refused"
	EventSeriesLeftOut = "series.left_out"
	// EventSeriesOrphaned says that nobody answers for it any more: it is paused.
	EventSeriesOrphaned = "series.orphaned"
)

// SeriesState is where a series stands.
type SeriesState string

// The states of a series. A paused one places nothing; what fell due meanwhile is not made up for. It pauses
// by itself when whoever it places for – who planned it, or resumed it last – no longer works for the buyer.
const (
	SeriesActive SeriesState = "active"
	SeriesPaused SeriesState = "paused"
	SeriesEnded  SeriesState = "ended"
)

// Rhythm says on which days goods are wanted again, in Vietnam's calendar.
type Rhythm struct {
	Kind string `json:"kind"                 enum:"weekly,monthly"`
	// Weekdays are ISO 8601's: Monday is 1, Sunday 7.
	Weekdays []int `json:"weekdays,omitempty"   maxItems:"7"  doc:"weekly: 1 Monday … 7 Sunday."`
	Every    int   `json:"every,omitempty"      minimum:"0" maximum:"12" doc:"weekly: every so many weeks, counted from the week of from; each when left out."`
	// MonthDays beyond a month's end are its last day, once.
	MonthDays []int      `json:"month_days,omitempty" maxItems:"31" doc:"monthly: 1–31; in shorter months the last day stands for what they lack."`
	From      civil.Date `json:"from"                 doc:"No delivery before."`
	Until     civil.Date `json:"until,omitzero"       doc:"No delivery after; for ever when left out."`
}

// NewSeries is a demand that comes again.
type NewSeries struct {
	Rhythm Rhythm `json:"rhythm"`
	// LeadDays is how long before its delivery each inquiry is placed.
	LeadDays int `json:"lead_days" minimum:"1" maximum:"60" doc:"How many days before its delivery each inquiry is placed, soon after midnight in Vietnam."`
	// QuotesDue is when its deadline is.
	QuotesDue        QuotesDue    `json:"quotes_due"`
	Visibility       Visibility   `json:"visibility" enum:"direct,invited,open"`
	QuotesSealed     bool         `json:"quotes_sealed,omitempty"`
	InvitedProducers []uuid.UUID  `json:"invited_producers,omitempty" maxItems:"200" doc:"Those that are not approved on the day are left out, and you are told."`
	Terms            Terms        `json:"terms,omitzero"`
	DeliverTo        Place        `json:"deliver_to"`
	Lines            []SeriesLine `json:"lines" minItems:"1" maxItems:"100"`
}

// QuotesDue is the deadline of each inquiry, by its delivery.
type QuotesDue struct {
	DaysBefore int    `json:"days_before" minimum:"0" maximum:"59" doc:"Days before the delivery; fewer than lead_days."`
	At         string `json:"at" doc:"Time of day in Vietnam: 17:00."`
}

// SeriesLine is a line of each inquiry.
type SeriesLine struct {
	OfferID        uuid.UUID         `json:"offer_id,omitzero"`
	ProductID      uuid.UUID         `json:"product_id,omitzero"`
	ProductLine    string            `json:"line,omitempty" doc:"Product line; see /v1/reference/lines."`
	Form           string            `json:"form,omitempty"`
	Grade          map[string]any    `json:"grade,omitempty"`
	Schemes        []string          `json:"schemes,omitempty" maxItems:"20"`
	Quantity       quantity.Quantity `json:"quantity"`
	Unit           string            `json:"unit"`
	Days           int               `json:"days,omitempty" minimum:"0" maximum:"31" doc:"How many days the delivery may take, from its date; 1 when left out."`
	TargetPriceVND money.VND         `json:"target_price_vnd,omitempty" minimum:"0" maximum:"1000000000"`
}

// SeriesDate is a date of a series.
type SeriesDate struct {
	DeliverOn civil.Date `json:"deliver_on"`
	State     string     `json:"state"                enum:"due,skipped,placed,refused"`
	PlaceOn   civil.Date `json:"place_on"`
	QuotesDue time.Time  `json:"quotes_due_at"`
	InquiryID *uuid.UUID `json:"inquiry_id,omitempty"`
	// Complaints say why no inquiry was placed.
	Complaints []SeriesComplaint `json:"complaints,omitempty"`
	LeftOut    []uuid.UUID       `json:"left_out,omitempty" doc:"Invited producers that were not approved on the day."`
}

// SeriesComplaint is a refusal of placing, in both languages.
type SeriesComplaint struct {
	Code    string `json:"code"`
	Pointer string `json:"pointer,omitempty"`
	Text    string `json:"text"`
	TextEN  string `json:"text_en"`
}

// Series is a demand that comes again, with its dates.
type Series struct {
	NewSeries

	ID      uuid.UUID    `json:"id"`
	State   SeriesState  `json:"state"    enum:"active,paused,ended"`
	Next    []SeriesDate `json:"next"     doc:"Up to twenty to come. While it is paused, those that there would be."`
	Past    []SeriesDate `json:"past"     doc:"Up to twenty that were dealt with, latest first."`
	Version int64        `json:"version"`

	CreatedAt time.Time `json:"created_at"`
}

// check applies the rules of a rhythm, of the deadline and of the lead.
func (n *NewSeries) check() error {
	var found fault.Collector
	days := func(field string, given []int, most int) {
		if len(given) == 0 {
			found.Add(field, fault.ErrRequired)
		}
		for at, day := range given {
			if day < 1 || day > most {
				found.Add(index(field, at), fault.ErrOutOfRange, "min", 1, "max", most)
			}
		}
	}
	switch r := n.Rhythm; r.Kind {
	case "weekly":
		days("rhythm.weekdays", r.Weekdays, week)
		if r.Every < 0 || r.Every > maxEvery {
			found.Add("rhythm.every", fault.ErrOutOfRange, "min", 1, "max", maxEvery)
		}
		if len(r.MonthDays) > 0 {
			found.Add("rhythm.month_days", fault.ErrNotAllowedHere, "reason", r.Kind)
		}
	case "monthly":
		days("rhythm.month_days", r.MonthDays, longestStay)
		if len(r.Weekdays) > 0 || r.Every != 0 {
			found.Add("rhythm.weekdays", fault.ErrNotAllowedHere, "reason", r.Kind)
		}
	default:
		found.Add("rhythm.kind", fault.ErrUnknownValue, "value", r.Kind, "allowed", "weekly, monthly")
	}
	if n.Rhythm.From.IsZero() {
		found.Add("rhythm.from", fault.ErrRequired)
	}
	if !n.Rhythm.Until.IsZero() && n.Rhythm.Until.Before(n.Rhythm.From) {
		found.Add("rhythm.until", fault.ErrDateOrder)
	}
	if n.LeadDays < 1 || n.LeadDays > maxLead {
		found.Add("lead_days", fault.ErrOutOfRange, "min", 1, "max", maxLead)
	}
	if n.QuotesDue.DaysBefore < 0 || n.QuotesDue.DaysBefore >= n.LeadDays {
		found.Add("quotes_due.days_before", ErrSeriesDeadline, "lead", n.LeadDays)
	}
	if !isHour(n.QuotesDue.At) {
		found.Add("quotes_due.at", ErrSeriesHour)
	}
	for at, line := range n.Lines {
		if line.Days < 0 || line.Days > longestStay {
			found.Add(index("lines", at)+".days", fault.ErrOutOfRange, "min", 1, "max", longestStay)
		}
	}
	return found.Err()
}

// between lists the dates of the rhythm between two days, both included.
func (r *Rhythm) between(from, to civil.Date) []civil.Date {
	if from.Before(r.From) {
		from = r.From
	}
	if !r.Until.IsZero() && r.Until.Before(to) {
		to = r.Until
	}
	if r.Kind == "monthly" {
		return civil.EachMonthDay(from, to, r.MonthDays)
	}
	return civil.EachWeekday(from, to, r.From, max(r.Every, 1), r.Weekdays)
}

// next is the first date on or after a day; zero when there is none.
func (r *Rhythm) next(from civil.Date) civil.Date {
	if from.Before(r.From) {
		from = r.From
	}
	if days := r.between(from, from.AddDays(maxSeries)); len(days) > 0 {
		return days[0]
	}
	return civil.Date{}
}

// nextOpen is the first date from a day whose inquiry can still be placed: its deadline lies ahead.
func (n *NewSeries) nextOpen(from civil.Date, now time.Time) civil.Date {
	day := n.Rhythm.next(from)
	for !day.IsZero() && !n.dueAt(day).After(now) {
		day = n.Rhythm.next(day.AddDays(1))
	}
	return day
}

// placeOn is the day on which the inquiry for a date is placed.
func (n *NewSeries) placeOn(day civil.Date) civil.Date { return day.AddDays(-n.LeadDays) }

// dueAt is the deadline of the inquiry for a date.
func (n *NewSeries) dueAt(day civil.Date) time.Time {
	at, err := time.Parse("15:04", n.QuotesDue.At)
	if err != nil {
		return time.Time{} // check refuses it
	}
	midnight := day.AddDays(-n.QuotesDue.DaysBefore).In(reference.Zone())
	return midnight.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute) // Vietnam has no summer time
}

// demand is the inquiry for a date.
func (n *NewSeries) demand(day civil.Date) Demand {
	demand := Demand{
		Visibility: n.Visibility, QuotesSealed: n.QuotesSealed, QuotesDueAt: n.dueAt(day), InvitedProducers: n.InvitedProducers,
		Terms: n.Terms, DeliverTo: n.DeliverTo,
	}
	for _, line := range n.Lines {
		demand.Lines = append(demand.Lines, DemandLine{
			OfferID: line.OfferID, ProductID: line.ProductID, ProductLine: line.ProductLine, Form: line.Form, Grade: line.Grade,
			Schemes: line.Schemes, Quantity: line.Quantity, Unit: line.Unit, DeliverFrom: day, DeliverTo: day.AddDays(max(line.Days, 1) - 1),
			TargetPriceVND: line.TargetPriceVND,
		})
	}
	return demand
}

// preview lists dates from a day on.
func (n *NewSeries) preview(from civil.Date, skipped map[civil.Date]bool) []SeriesDate {
	dates := []SeriesDate{}
	for day := n.Rhythm.next(from); !day.IsZero() && len(dates) < shownDates; day = n.Rhythm.next(day.AddDays(1)) {
		state := "due"
		if skipped[day] {
			state = "skipped"
		}
		dates = append(dates, SeriesDate{DeliverOn: day, State: state, PlaceOn: n.placeOn(day), QuotesDue: n.dueAt(day)})
	}
	return dates
}

// complaintsOf are a refusal in words.
func complaintsOf(refusal *fault.Error) []SeriesComplaint {
	if len(refusal.Fields) == 0 {
		return []SeriesComplaint{complaint(refusal.Definition, "", refusal.Params)}
	}
	found := make([]SeriesComplaint, 0, len(refusal.Fields))
	for _, field := range refusal.Fields {
		found = append(found, complaint(field.Definition, field.Pointer, field.Params))
	}
	return found
}

func complaint(of *fault.Definition, pointer string, params map[string]any) SeriesComplaint {
	return SeriesComplaint{Code: of.Code, Pointer: pointer, Text: fault.Fill(of.Vietnamese, params), TextEN: fault.Fill(of.English, params)}
}
