// Package lunar is the Vietnamese lunisolar calendar (âm lịch): which day of which lunar month a
// civil day is, and back.
//
// The rules, as Hồ Ngọc Đức describes them ("Thuật toán tính âm lịch",
// https://www.informatik.uni-leipzig.de/~duc/amlich/calrules.html): a month begins on the day of
// the new moon in Vietnam (UTC+7, the 105th meridian); the winter solstice falls into month 11; when
// thirteen months begin between two months 11, the first of them in which the sun passes no major
// term (a multiple of 30° of longitude) is a leap month and bears the number of the one before it.
// China reckons the same at UTC+8, which is why the two calendars sometimes differ.
//
// New moons and the sun's longitude come from the formulas in Jean Meeus, Astronomical Formulae for
// Calculators (1982) and Astronomical Algorithms (1998), which are good to about two minutes for the
// moon: enough between 1800 and 2199. Vietnam as a whole has reckoned at UTC+7 since 1968 in the
// north and 1976 in the south; earlier days are given as if it always had.
package lunar

import (
	"fmt"

	"github.com/ocop-market/ocop/pkg/civil"
)

// Date is one day of the lunar calendar.
type Date struct {
	// Year is the number of the civil year in which the lunar year begins.
	Year  int
	Month int
	Day   int
	// Leap says that the month is the second of its number ("tháng nhuận").
	Leap bool
}

// Month is one lunar month.
type Month struct {
	Year, Month int
	Leap        bool
	// First is the day of its new moon.
	First civil.Date
	// Days is 29 or 30.
	Days int
}

// Of returns the lunar date of a civil day.
func Of(day civil.Date) Date {
	year := yearOf(day)
	for _, month := range year {
		if !day.Before(month.First) && day.Before(month.First.AddDays(month.Days)) {
			return month.On(month.First.Days(day) + 1)
		}
	}
	return Date{} // not reached: the months of a year leave no gap
}

// yearOf lists the months of the lunar year that a civil day falls into.
func yearOf(day civil.Date) []Month {
	months := Year(day.Year)
	if day.Before(months[0].First) {
		months = Year(day.Year - 1)
	}
	return months
}

// On returns the n-th day of the month.
func (m Month) On(n int) Date { return Date{Year: m.Year, Month: m.Month, Day: n, Leap: m.Leap} }

// Civil returns the civil day of a lunar date, and false when the calendar has no such day: a
// thirtieth of a short month, a leap month of another year.
func (d Date) Civil() (civil.Date, bool) {
	for _, month := range Year(d.Year) {
		if month.Month == d.Month && month.Leap == d.Leap {
			return month.First.AddDays(d.Day - 1), d.Day >= 1 && d.Day <= month.Days
		}
	}
	return civil.Date{}, false
}

// NewYear returns the first day of a lunar year (Tết).
func NewYear(year int) civil.Date { return Year(year)[0].First }

// LeapMonth returns the number of the month that a lunar year has twice, 0 when it has none.
func LeapMonth(year int) int {
	for _, month := range Year(year) {
		if month.Leap {
			return month.Month
		}
	}
	return 0
}

// Months lists the lunar months that have a day between two civil days, both included, in order.
func Months(from, to civil.Date) []Month {
	var found []Month
	for year := from.Year - 1; year <= to.Year; year++ {
		for _, month := range Year(year) {
			if !month.First.After(to) && month.First.AddDays(month.Days-1).Compare(from) >= 0 {
				found = append(found, month)
			}
		}
	}
	return found
}

// String writes the day as people do: 15/8, 1/6 nhuận.
func (d Date) String() string {
	if d.Leap {
		return fmt.Sprintf("%d/%d nhuận", d.Day, d.Month)
	}
	return fmt.Sprintf("%d/%d", d.Day, d.Month)
}

// YearName names a lunar year by its stem and branch (can chi): 2026 is Bính Ngọ.
func YearName(year int) string {
	stems := [...]string{"Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý"}
	branches := [...]string{"Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi"}
	return stems[floorMod(year-4, len(stems))] + " " + branches[floorMod(year-4, len(branches))]
}

func floorMod(n, by int) int { return ((n % by) + by) % by }
