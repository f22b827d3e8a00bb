package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// RecurrenceKind is how supply recurs.
type RecurrenceKind string

// The kinds of recurrence.
const (
	Weekly  RecurrenceKind = "weekly"
	Monthly RecurrenceKind = "monthly"
	// ByTide follows the spring tides of the lunar month ("con nước rong").
	ByTide RecurrenceKind = "tide"
)

// Bounds of a recurrence.
const (
	// MaxOccurrences is how many dated offers a series may have at once: every week for two years,
	// or twice a week for one.
	MaxOccurrences = 110
	maxWindowDays  = 31
	maxTideDays    = 7
)

// Recurrence says on which days supply comes again.
type Recurrence struct {
	Kind RecurrenceKind `json:"kind"                  enum:"weekly,monthly,tide"`
	// Weekdays are ISO 8601's: Monday is 1, Sunday 7.
	Weekdays []int `json:"weekdays,omitempty"    maxItems:"7"  doc:"weekly: 1 Monday … 7 Sunday."`
	// MonthDays beyond a month's end are its last day, once.
	MonthDays []int `json:"month_days,omitempty"  maxItems:"31" doc:"monthly: 1–31; in shorter months the last day stands for what they lack."`
	// Days is how long each supply lasts, weekly and monthly.
	Days int `json:"days,omitempty"        minimum:"0" maximum:"31" doc:"weekly, monthly: how many days each supply lasts; 1 when left out."`
	// Tides are codes of reference tides; none means all.
	Tides []string `json:"tides,omitempty"       maxItems:"10" doc:"tide: which of /v1/reference/tides; all when left out."`
	// DaysBefore and DaysAfter replace the usual days around the moon.
	DaysBefore *int `json:"days_before,omitempty" minimum:"0" maximum:"7" doc:"tide: days before the new or full moon; the usual ones when left out."`
	DaysAfter  *int `json:"days_after,omitempty"  minimum:"0" maximum:"7" doc:"tide: days after it."`
}

// occurrence is one supply of a series: the day of the rule it stands for and its window.
type occurrence struct {
	On, From, To civil.Date
	Tide         string
}

// check refuses what no recurrence can mean, each at its field below "rule".
func (r Recurrence) check(book *reference.Book, today civil.Date) error {
	var complaints fault.Collector
	foreign := func(field string, given bool) {
		if given {
			complaints.Add("rule."+field, ErrRuleField, "field", field, "kind", string(r.Kind))
		}
	}
	tidal := len(r.Tides) > 0 || r.DaysBefore != nil || r.DaysAfter != nil
	switch r.Kind {
	case Weekly:
		checkDays(&complaints, "rule.weekdays", r.Weekdays, 7)
		foreign("month_days", len(r.MonthDays) > 0)
		foreign("tides", tidal)
	case Monthly:
		checkDays(&complaints, "rule.month_days", r.MonthDays, 31)
		foreign("weekdays", len(r.Weekdays) > 0)
		foreign("tides", tidal)
	case ByTide:
		foreign("weekdays", len(r.Weekdays) > 0)
		foreign("month_days", len(r.MonthDays) > 0)
		foreign("days", r.Days != 0)
		r.checkTides(&complaints, book, today)
	default:
		complaints.Add("rule.kind", fault.ErrUnknownValue, "value", string(r.Kind), "allowed", "weekly, monthly, tide")
	}
	if r.Days < 0 || r.Days > maxWindowDays {
		complaints.Add("rule.days", fault.ErrOutOfRange, "min", 1, "max", maxWindowDays)
	}
	return complaints.Err()
}

func checkDays(complaints *fault.Collector, pointer string, days []int, most int) {
	if len(days) == 0 {
		complaints.Add(pointer, fault.ErrRequired)
	}
	for at, day := range days {
		if day < 1 || day > most {
			complaints.Add(fmt.Sprintf("%s[%d]", pointer, at), fault.ErrOutOfRange, "min", 1, "max", most)
		}
	}
}

func (r Recurrence) checkTides(complaints *fault.Collector, book *reference.Book, today civil.Date) {
	tides := book.TidesOn(today)
	known := make([]string, 0, len(tides))
	for _, tide := range tides {
		known = append(known, tide.Code)
	}
	for at, code := range r.Tides {
		if !slices.Contains(known, code) {
			complaints.Add(fmt.Sprintf("rule.tides[%d]", at), fault.ErrUnknownValue, "value", code, "allowed", strings.Join(known, ", "))
		}
	}
	for field, days := range map[string]*int{"rule.days_before": r.DaysBefore, "rule.days_after": r.DaysAfter} {
		if days != nil && (*days < 0 || *days > maxTideDays) {
			complaints.Add(field, fault.ErrOutOfRange, "min", 0, "max", maxTideDays)
		}
	}
}

// occurrences lists the supplies whose whole window lies between two days, in order. Refused:
// ErrSeriesOverlap when windows share a day, because the same goods would be offered twice;
// ErrSeriesTooLong beyond MaxOccurrences; ErrSeriesEmpty when there is none.
func (r Recurrence) occurrences(book *reference.Book, from, to civil.Date) ([]occurrence, error) {
	var found []occurrence
	switch r.Kind {
	case Weekly:
		found = r.weekly(from, to)
	case Monthly:
		found = r.monthly(from, to)
	case ByTide:
		found = r.tidal(book, from, to)
	}
	found = slices.DeleteFunc(found, func(o occurrence) bool { return o.From.Before(from) || o.To.After(to) })
	slices.SortFunc(found, func(a, b occurrence) int { return cmp.Or(a.From.Compare(b.From), a.On.Compare(b.On)) })
	for at := 1; at < len(found); at++ {
		if !found[at].From.After(found[at-1].To) {
			return nil, ErrSeriesOverlap.At("rule", "first", found[at-1].From, "second", found[at].From)
		}
	}
	switch {
	case len(found) == 0:
		return nil, ErrSeriesEmpty.At("to")
	case len(found) > MaxOccurrences:
		return nil, ErrSeriesTooLong.At("to", "count", len(found), "max", MaxOccurrences, "last", found[MaxOccurrences-1].To)
	}
	return found, nil
}

func (r Recurrence) weekly(from, to civil.Date) []occurrence {
	return r.each(civil.EachWeekday(from, to, from, 1, r.Weekdays))
}

func (r Recurrence) monthly(from, to civil.Date) []occurrence {
	return r.each(civil.EachMonthDay(from, to, r.MonthDays))
}

func (r Recurrence) each(days []civil.Date) []occurrence {
	found := make([]occurrence, 0, len(days))
	for _, day := range days {
		found = append(found, r.lasting(day))
	}
	return found
}

// lasting is the occurrence that begins on a day.
func (r Recurrence) lasting(day civil.Date) occurrence {
	return occurrence{On: day, From: day, To: day.AddDays(max(r.Days, 1) - 1)}
}

func (r Recurrence) tidal(book *reference.Book, from, to civil.Date) []occurrence {
	var found []occurrence
	for _, tide := range tidesBetween(book, from, to) {
		if len(r.Tides) > 0 && !slices.Contains(r.Tides, tide.Code) {
			continue
		}
		o := occurrence{On: tide.On, From: tide.From, To: tide.To, Tide: tide.Code}
		if r.DaysBefore != nil {
			o.From = tide.On.AddDays(-*r.DaysBefore)
		}
		if r.DaysAfter != nil {
			o.To = tide.On.AddDays(*r.DaysAfter)
		}
		found = append(found, o)
	}
	return found
}
