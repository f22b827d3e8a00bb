package ledger

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
)

// Span is some days, both ends included.
type Span struct{ From, To civil.Date }

// periods are the dimensions of time, the shortest first, with the months they last; a week is none.
//
//nolint:gochecknoglobals // an immutable table
var periods = []struct {
	dimension Dimension
	months    int
}{{ByWeek, 0}, {ByMonth, 1}, {ByQuarter, 3}, {ByHalfYear, 6}, {ByYear, 12}}

// SpanOf returns the days of a period, such as "2026-Q1" of [ByQuarter]; ok is false for what is none.
func SpanOf(dimension Dimension, text string) (span Span, ok bool) {
	var year, part int
	for _, each := range periods {
		if each.dimension != dimension {
			continue
		}
		format := map[Dimension]string{ByWeek: "%d-W%d", ByMonth: "%d-%d", ByQuarter: "%d-Q%d", ByHalfYear: "%d-H%d", ByYear: "%d"}[dimension]
		into := []any{&year, &part}
		if part = 1; dimension == ByYear {
			into = into[:1]
		}
		if _, err := fmt.Sscanf(text, format, into...); err != nil || year < 1 {
			return Span{}, false
		}
		if dimension == ByWeek {
			monday := civil.New(year, time.January, 4)
			monday = monday.AddDays(7*(part-1) - weekday(monday))
			span = Span{monday, monday.AddDays(6)}
		} else {
			first := civil.New(year, time.Month((part-1)*each.months+1), 1)
			span = Span{first, first.AddMonths(each.months).AddDays(-1)}
		}
		// What is written otherwise, or is no week of its year, is another text or none.
		return span, timeText(dimension, span.From.In(time.UTC)) == text
	}
	return Span{}, false
}

// weekday counts from Monday, 0.
func weekday(day civil.Date) int { return (int(day.In(time.UTC).Weekday()) + 6) % 7 }

// Narrowed turns filters on periods into bounds of the days. It refuses what [Query.Check] refuses, and
// what is no period with fault.ErrUnknownValue at its dimension; some is false when no day is left.
func (q Query) Narrowed() (narrow Query, some bool, err error) {
	if err := q.Check(); err != nil {
		return q, false, err
	}
	var wrong fault.Collector
	only := make(map[Dimension]string, len(q.Only))
	maps.Copy(only, q.Only)
	for _, each := range periods {
		value := q.Only[each.dimension]
		delete(only, each.dimension)
		if value == "" {
			continue
		}
		span, known := SpanOf(each.dimension, value)
		if !known {
			wrong.Add(string(each.dimension), fault.ErrUnknownValue, "value", value, "allowed", timeText(each.dimension, q.From.In(time.UTC)))
			continue
		}
		if q.From.Before(span.From) {
			q.From = span.From
		}
		if q.To.After(span.To) {
			q.To = span.To
		}
	}
	q.Only = only
	return q, !q.To.Before(q.From), wrong.Err()
}

// Finest is the shortest period that rows are grouped by; "" where they are not.
func (q Query) Finest() Dimension {
	for _, each := range periods {
		if slices.Contains(q.By, each.dimension) {
			return each.dimension
		}
	}
	return ""
}

// Comparison is what volumes are compared with.
type Comparison string

// The comparisons.
const (
	WithPrevious   Comparison = "previous"
	WithYearBefore Comparison = "year_before"
)

// Earlier is the query of the days that its rows are compared with: each row's period before, or the same a
// year before; without periods the days before, as many months or days. What ends a month ends one.
func (q Query) Earlier(with Comparison) Query {
	earlier := q
	switch finest := q.Finest(); {
	case finest == ByWeek && with == WithPrevious:
		earlier.From, earlier.To = q.From.AddDays(-7), q.To.AddDays(-7)
	case finest == ByWeek:
		earlier.From, earlier.To = sameWeekBefore(q.From), sameWeekBefore(q.To)
	case with == WithYearBefore:
		earlier.From, earlier.To = back(q.From, 12), backToEnd(q.To, 12)
	case finest != "":
		earlier.From, earlier.To = back(q.From, monthsOf(finest)), backToEnd(q.To, monthsOf(finest))
	case q.From.Day == 1 && endsMonth(q.To):
		months := (q.To.Year-q.From.Year)*12 + int(q.To.Month-q.From.Month) + 1
		earlier.From, earlier.To = back(q.From, months), q.From.AddDays(-1)
	default:
		earlier.From, earlier.To = q.From.AddDays(-q.From.Days(q.To)-1), q.From.AddDays(-1)
	}
	return earlier
}

// EarlierText is the period that a period of [Query.Finest] is compared with.
func (q Query) EarlierText(with Comparison, text string) string {
	finest := q.Finest()
	span, known := SpanOf(finest, text)
	if !known {
		return text
	}
	day := span.From
	switch {
	case finest == ByWeek && with == WithPrevious:
		day = day.AddDays(-7)
	case finest == ByWeek:
		day = sameWeekBefore(day)
	case with == WithYearBefore:
		day = back(day, 12)
	default:
		day = back(day, monthsOf(finest))
	}
	return timeText(finest, day.In(time.UTC))
}

func monthsOf(dimension Dimension) int {
	for _, each := range periods {
		if each.dimension == dimension {
			return each.months
		}
	}
	return 0
}

func endsMonth(day civil.Date) bool { return day.AddDays(1).Day == 1 }

func back(day civil.Date, months int) civil.Date { return day.AddMonths(-months) }

// backToEnd is back, from the end of a month to the end of one.
func backToEnd(day civil.Date, months int) civil.Date {
	if endsMonth(day) {
		return back(day.AddDays(1), months).AddDays(-1)
	}
	return back(day, months)
}

// sameWeekBefore is the same day of the week of the same number a year before; of the last one where that
// year has none of the number.
func sameWeekBefore(day civil.Date) civil.Date {
	year, week := day.In(time.UTC).ISOWeek()
	for ; ; week-- {
		if span, known := SpanOf(ByWeek, fmt.Sprintf("%04d-W%02d", year-1, week)); known {
			return span.From.AddDays(weekday(day))
		}
	}
}
