package ledger

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LaterTexts are the periods of [Query.Finest] among the query's days that are compared with a period: none
// where the query does not reach, two where a year has a week 53 and the one before has none.
func (q Query) LaterTexts(with Comparison, text string) []string {
	finest := q.Finest()
	span, known := SpanOf(finest, text)
	if !known {
		return []string{text}
	}
	days := []Span{span}
	switch {
	case finest == ByWeek && with == WithPrevious:
		days[0].From = span.From.AddDays(7)
	case finest == ByWeek: // 52 or 53 weeks on, and the one behind it
		days = []Span{{From: span.From.AddDays(7 * 52)}, {From: span.From.AddDays(7 * 53)}}
	case with == WithYearBefore:
		days[0].From = span.From.AddMonths(12)
	default:
		days[0].From = span.From.AddMonths(monthsOf(finest))
	}
	var later []string
	for _, day := range days {
		one := timeText(finest, day.From.In(time.UTC))
		if of, _ := SpanOf(finest, one); q.EarlierText(with, one) == text && !of.From.After(q.To) && !of.To.Before(q.From) {
			later = append(later, one)
		}
	}
	return later
}

// Compared puts the rows of [Query.Earlier] under the periods of this query that are compared with theirs; a
// row that two are compared with stands under both.
func (q Query) Compared(with Comparison, earlier []Row) []Row {
	finest := q.Finest()
	if finest == "" {
		return earlier
	}
	moved := make([]Row, 0, len(earlier))
	for _, row := range earlier {
		for _, text := range q.LaterTexts(with, row.Dimensions[finest]) {
			span, _ := SpanOf(finest, text)
			one := row
			one.Dimensions = maps.Clone(row.Dimensions)
			for _, each := range periods { // longer periods follow from the shortest
				if _, asked := one.Dimensions[each.dimension]; asked {
					one.Dimensions[each.dimension] = timeText(each.dimension, span.From.In(time.UTC))
				}
			}
			moved = append(moved, one)
		}
	}
	return moved
}

// Beside lines up the rows of a query with others of the same keys, which it may lack: all are its rows and,
// with nothing in them, the keys that only the others have, in the order in which [Volumes] answers; then[n]
// holds what each of all was among the nth others, nothing where it was none. It refuses more rows than
// Volumes does, with ErrTooManyRows.
func (q Query) Beside(rows []Row, others ...[]Row) (all []Row, then [][]Row, err error) {
	by := q.asked()
	there := make(map[string]bool, len(rows))
	for i := range rows {
		there[rows[i].place(by)] = true
	}
	all = slices.Clone(rows)
	found := make([]map[string]Row, len(others))
	for n, other := range others {
		found[n] = make(map[string]Row, len(other))
		for i := range other {
			place := other[i].place(by)
			if found[n][place] = other[i]; !there[place] {
				there[place], all = true, append(all, Row{Key: other[i].Key})
			}
		}
	}
	if len(all) > MaxVolumeRows {
		return nil, nil, ErrTooManyRows.With("max", MaxVolumeRows)
	}
	sortRows(all, by)
	then = make([][]Row, len(others))
	for n := range others {
		then[n] = make([]Row, len(all))
		for i := range all {
			then[n][i] = found[n][all[i].place(by)]
		}
	}
	return all, then, nil
}

// place tells keys of one query apart.
func (k *Key) place(by []Dimension) string {
	parts := make([]string, 0, len(by)+3)
	for _, dimension := range by {
		parts = append(parts, k.Dimensions[dimension])
	}
	return strings.Join(append(parts, k.Line, strconv.FormatBool(k.Dried), k.Unit), "\x00")
}
