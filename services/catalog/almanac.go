package catalog

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/lunar"
	"github.com/ocop-market/ocop/services/reference"
)

// LunarDay is a day of the Vietnamese lunar calendar (âm lịch).
type LunarDay struct {
	Day      int    `json:"day"            minimum:"1" maximum:"30"`
	Month    int    `json:"month"          minimum:"1" maximum:"12"`
	Leap     bool   `json:"leap,omitempty" doc:"Tháng nhuận."`
	Year     int    `json:"year"           doc:"The civil year in which the lunar year begins."`
	YearName string `json:"year_name"      doc:"Can chi."`
	Text     string `json:"text"           doc:"As people write it: 15/10, 1/6 nhuận."`
}

// TideWindow is a spring tide ("con nước rong"), at which extensive ponds harvest.
type TideWindow struct {
	Code     string     `json:"code"     doc:"See the tides of /v1/reference/tides."`
	Name     string     `json:"name"`
	NameEN   string     `json:"name_en"`
	On       civil.Date `json:"on"       doc:"The day of the new or full moon it belongs to."`
	From     civil.Date `json:"from"`
	To       civil.Date `json:"to"`
	Verified bool       `json:"verified" doc:"False: these days are usual, not published."`
}

// almanac knows the lunar months of a span of days, so that each is reckoned once.
type almanac struct{ months []lunar.Month }

// almanacOf covers the days between two, both included.
func almanacOf(from, to civil.Date) almanac { return almanac{months: lunar.Months(from, to)} }

// lunar returns the lunar day of a civil day, whether or not the almanac covers it.
func (a almanac) lunar(day civil.Date) LunarDay {
	at, _ := slices.BinarySearchFunc(a.months, day, func(m lunar.Month, day civil.Date) int {
		switch {
		case m.First.AddDays(m.Days - 1).Before(day):
			return -1
		case m.First.After(day):
			return 1
		default:
			return 0
		}
	})
	var date lunar.Date
	if at < len(a.months) && !a.months[at].First.After(day) {
		date = a.months[at].On(a.months[at].First.Days(day) + 1)
	} else {
		date = lunar.Of(day)
	}
	return LunarDay{
		Day: date.Day, Month: date.Month, Leap: date.Leap, Year: date.Year, YearName: lunar.YearName(date.Year), Text: date.String(),
	}
}

// tides lists the spring tides of the almanac's months in order.
func (a almanac) tides(book *reference.Book) []TideWindow {
	var found []TideWindow
	for _, month := range a.months {
		for _, tide := range book.TidesOn(month.First) {
			on := month.First.AddDays(min(tide.LunarDay, month.Days) - 1)
			found = append(found, TideWindow{
				Code: tide.Code, Name: tide.Name, NameEN: tide.NameEN, On: on, From: on.AddDays(-tide.DaysBefore),
				To: on.AddDays(tide.DaysAfter), Verified: tide.Verified,
			})
		}
	}
	return found
}

// tidesBetween lists the spring tides that have a day between two days.
func tidesBetween(book *reference.Book, from, to civil.Date) []TideWindow {
	return slices.DeleteFunc(almanacOf(from.AddDays(-tideReach), to.AddDays(tideReach)).tides(book), func(t TideWindow) bool {
		return t.To.Before(from) || t.From.After(to)
	})
}

// tideReach is further than any tide reaches from its moon.
const tideReach = 16
