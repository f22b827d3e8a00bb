package written

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
)

// Moment is a day, and an hour of it where one is said.
type Moment struct {
	Day civil.Date
	// Clock is how long after midnight; it counts only when Timed.
	Clock time.Duration
	Timed bool
}

// clock is an hour at the end of a text: "03:40", "3h40", "3 giờ 40", "15:04:05".
var clock = regexp.MustCompile(`^(.*?)(?:[\sT,]+)(\d{1,2})\s*(?::|h|g|giờ)\s*(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*$`)

// ReadMoment reads a day as ReadDate does, with an hour behind it or not. Midnight is an hour as well when
// it is written as one. Refused besides: ErrDate for an hour that no clock shows.
func ReadMoment(text string) (Moment, error) {
	parts := clock.FindStringSubmatch(text)
	if parts == nil {
		day, err := ReadDate(text)
		return Moment{Day: day}, err
	}
	day, err := ReadDate(strings.TrimSpace(parts[1]))
	if err != nil {
		return Moment{}, err
	}
	hour, minute, second := number(parts[2]), number(parts[3]), number(parts[4])
	if hour > 23 || minute > 59 || second > 59 {
		return Moment{}, ErrDate.With("text", clip(text))
	}
	at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return Moment{Day: day, Clock: at, Timed: true}, nil
}

// number is that of up to two digits, 0 for none.
func number(digits string) int {
	n, _ := strconv.Atoi(digits) // the pattern lets nothing else through
	return n
}
