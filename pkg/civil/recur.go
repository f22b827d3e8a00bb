package civil

import (
	"slices"
	"time"
)

// Weekday is the day of the week by ISO 8601: Monday is 1, Sunday 7.
func (d Date) Weekday() int {
	if weekday := d.In(time.UTC).Weekday(); weekday != time.Sunday {
		return int(weekday)
	}
	return 7
}

// EachWeekday lists the days between two, both included and in order, that fall on weekdays of ISO 8601, in
// every so many weeks counted from the week, Monday to Sunday, of first. Every is at least 1.
func EachWeekday(from, to, first Date, every int, weekdays []int) []Date {
	var days []Date
	monday := first.AddDays(1 - first.Weekday())
	for day := from; !day.After(to); day = day.AddDays(1) {
		weeks := monday.Days(day.AddDays(1-day.Weekday())) / 7
		if weeks%every == 0 && slices.Contains(weekdays, day.Weekday()) {
			days = append(days, day)
		}
	}
	return days
}

// EachMonthDay lists the days between two, both included and in order, whose number in the month is
// wanted; in shorter months the last day stands once for those that it lacks.
func EachMonthDay(from, to Date, wanted []int) []Date {
	var days []Date
	for month := New(from.Year, from.Month, 1); !month.After(to); month = month.AddMonths(1) {
		last := month.AddMonths(1).AddDays(-1).Day
		numbers := make([]int, 0, len(wanted))
		for _, number := range wanted {
			numbers = append(numbers, min(number, last))
		}
		slices.Sort(numbers)
		for _, number := range slices.Compact(numbers) {
			if day := month.AddDays(number - 1); !day.Before(from) && !day.After(to) {
				days = append(days, day)
			}
		}
	}
	return days
}
