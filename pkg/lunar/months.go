package lunar

import "github.com/ocop-market/ocop/pkg/civil"

// Year lists the months of a lunar year in order: twelve, or thirteen with a leap month. It begins
// with month 1 and needs the two solstice years that overlap it.
func Year(year int) []Month {
	var months []Month
	for _, month := range append(solsticeYear(year), solsticeYear(year+1)...) {
		if month.Year == year {
			months = append(months, month)
		}
	}
	return months
}

// solsticeYear lists the months from month 11 of the lunar year before to month 10 of a year: what
// lies between two winter solstices.
func solsticeYear(year int) []Month {
	first, next := eleventh(year-1), eleventh(year)
	count := next - first // in months: 12, or 13 with a leap month
	leap := leapAt(first, count)
	months := make([]Month, 0, count)
	number := 11
	for at := range count {
		month := Month{First: civilOf(newMoonDay(first + at)), Days: newMoonDay(first+at+1) - newMoonDay(first+at), Leap: at == leap}
		if at > 0 && !month.Leap {
			number = number%12 + 1
		}
		month.Month, month.Year = number, year
		if number >= 11 && at < 4 { // months 11 and 12, and a leap one after them, end the year before
			month.Year = year - 1
		}
		months = append(months, month)
	}
	return months
}

// eleventh numbers the new moon that begins the eleventh month of a year: the last one whose day
// does not lie after that of the winter solstice.
func eleventh(year int) int {
	moon := moonBefore(dayNumber(civil.New(year, 12, 31)))
	if term(newMoonDay(moon)) >= solstice {
		moon--
	}
	return moon
}

// solstice is the major term at which winter begins: 270° of longitude.
const solstice = 9

// leapAt finds which of the months that begin with the given new moon is the leap month: the first
// in which the sun passes no major term; −1 for a year of twelve.
func leapAt(first, count int) int {
	if count == 12 {
		return -1
	}
	for at := 1; at < count; at++ {
		if term(newMoonDay(first+at)) == term(newMoonDay(first+at+1)) {
			return at
		}
	}
	return -1
}

// moonBefore numbers the last new moon whose day is not after a day.
func moonBefore(day int) int {
	moon := int(float64(day-epoch)/synodicMonth) + 1
	for newMoonDay(moon) > day {
		moon--
	}
	return moon
}

// Julian day numbers count the days that begin at noon of Universal Time; here they name civil days.
const (
	// epoch is the day of new moon 0, 1 January 1900.
	epoch = 2415021
	// unixDay is 1 January 1970.
	unixDay = 2440588
)

func dayNumber(day civil.Date) int { return unixDay + civil.New(1970, 1, 1).Days(day) }

func civilOf(number int) civil.Date { return civil.New(1970, 1, 1).AddDays(number - unixDay) }
