package written

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// First and last days that spreadsheets count and that a bare number may mean: 1 January 2000 and
// 31 December 2099. Days of other centuries in a list are slips.
const (
	firstSerial = 36526
	lastSerial  = 73050
)

// ReadDate reads a day: "15/12/2026", "15-12-26", "15.12.2026", "2026-12-15", "15 tháng 12 năm
// 2026", "15 Dec 2026", "December 15, 2026", with a midnight behind it or not, and the number by
// which a spreadsheet counts the day. Two digits of a year are of this century. Refused: ErrDate,
// and ErrNoYear for "15/12".
func ReadDate(text string) (civil.Date, error) {
	words := dateWords(text)
	if len(words) == 1 && words[0].month == 0 {
		if n := words[0].number; n >= firstSerial && n <= lastSerial && words[0].digits == 5 {
			return Serial(n, false), nil
		}
	}
	if len(words) == 2 && !words[0].isYear() && !words[1].isYear() {
		return civil.Date{}, ErrNoYear.With("text", clip(text))
	}
	date, ok := arrange(words)
	if !ok {
		return civil.Date{}, ErrDate.With("text", clip(text))
	}
	return date, nil
}

// Serial is the day that a spreadsheet counts as n: from 1900, or from 1904 where the workbook
// says so. The count of 1900 holds a 29 February that never was (ISO/IEC 29500-1, 18.17.4.1).
func Serial(n int, from1904 bool) civil.Date {
	if from1904 {
		return civil.New(1904, time.January, 1).AddDays(n)
	}
	return civil.New(1899, time.December, 30).AddDays(n)
}

// word is a number of a date, or a month by its name.
type word struct {
	number, digits int
	month          time.Month // 0 for a number
}

func (w word) isYear() bool { return w.month == 0 && w.digits == 4 }

// dateWords takes the numbers and month names out of a text; nil when there is anything else.
func dateWords(text string) []word {
	var found []word
	fields := runs(vietnamese.Fold(text))
	if len(fields) > 2 && (fields[0] == "thu" || fields[0] == "chu") {
		fields = fields[2:] // thứ hai … chủ nhật
	}
	for _, field := range fields {
		switch n, err := strconv.Atoi(field); {
		case err == nil:
			found = append(found, word{number: n, digits: len(field)})
		case filler(field):
		default:
			month := monthOf(field)
			if month == 0 {
				return nil
			}
			found = append(found, word{month: month, number: int(month)})
		}
	}
	return found
}

// filler reports a word that says what the number behind it is; places say it as well. "t" stands
// before a month, and before the time of day in ISO 8601.
func filler(text string) bool {
	switch text {
	case "ngay", "thang", "thg", "th", "t", "nam":
		return true
	default:
		return false
	}
}

func monthOf(text string) time.Month {
	for month := time.January; month <= time.December; month++ {
		full := strings.ToLower(month.String())
		if text == full || text == full[:3] || month == time.September && text == "sept" {
			return month
		}
	}
	return 0
}

// runs parts a folded text where blanks stand and where letters and digits meet.
func runs(text string) []string {
	var out strings.Builder
	var before rune
	for _, r := range text {
		if before != 0 && before != ' ' && r != ' ' && unicode.IsDigit(before) != unicode.IsDigit(r) {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
		before = r
	}
	return strings.Fields(out.String())
}

// arrange makes a day of three words: year first when it has four digits, else day, month, year;
// a month by name may also come first. What follows must be midnight.
func arrange(words []word) (civil.Date, bool) {
	if len(words) < 3 || len(words) > 6 {
		return civil.Date{}, false
	}
	for _, rest := range words[3:] {
		if rest.month != 0 || rest.number != 0 {
			return civil.Date{}, false
		}
	}
	day, month, year := words[0], words[1], words[2]
	switch {
	case words[0].isYear():
		year, day = words[0], words[2]
	case words[0].month != 0:
		day, month = words[1], words[0]
	}
	if day.month != 0 || day.digits > 2 || year.month != 0 || month.month == 0 && month.digits > 2 {
		return civil.Date{}, false
	}
	switch year.digits {
	case 4:
	case 2:
		year.number += 2000
	default:
		return civil.Date{}, false
	}
	date := civil.New(year.number, time.Month(month.number), day.number)
	// What rolled over was no day of the calendar.
	if date.Day != day.number || int(date.Month) != month.number || date.Year != year.number || date.Year < 1900 {
		return civil.Date{}, false
	}
	return date, true
}
