// Package civil holds calendar days without a time and without a zone, as business dates are.
//
// The zero Date is "no date": IsZero reports it, JSON leaves it out with omitzero, SQL stores NULL.
package civil

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// ErrSyntax is the refusal of a text that is no day of the calendar written YYYY-MM-DD.
var ErrSyntax = errors.New("not a date written YYYY-MM-DD")

// Date is one day of the Gregorian calendar, between the years 1 and 9999. It is comparable
// with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// New returns the day; values out of range roll over as in time.Date.
func New(year int, month time.Month, day int) Date {
	return Of(time.Date(year, month, day, 0, 0, 0, 0, time.UTC), time.UTC)
}

// Of returns the day that the instant falls on in a place.
func Of(t time.Time, place *time.Location) Date {
	year, month, day := t.In(place).Date()
	return Date{Year: year, Month: month, Day: day}
}

// Parse reads exactly YYYY-MM-DD.
func Parse(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%w: %.40q", ErrSyntax, text)
	}
	return Of(t, time.UTC), nil
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// In returns the first instant of the day in a place.
func (d Date) In(place *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, place)
}

// String writes YYYY-MM-DD, or nothing for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Compare returns -1, 0 or +1 as d lies before, on or after other. The zero Date lies before all.
func (d Date) Compare(other Date) int { return d.In(time.UTC).Compare(other.In(time.UTC)) }

// Before reports whether d lies before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d lies after other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return New(d.Year, d.Month, d.Day+n) }

// AddMonths returns the same day n months later, or that month's last day when it is shorter,
// exactly as PostgreSQL adds an interval: 29 Feb 2024 + 36 months = 28 Feb 2027.
func (d Date) AddMonths(n int) Date {
	last := New(d.Year, d.Month+time.Month(n)+1, 0)
	return Date{Year: last.Year, Month: last.Month, Day: min(d.Day, last.Day)}
}

// Days returns how many days lie from d to other: 1 from one day to the next. It counts seconds
// and not a time.Duration, which would overflow after 292 years.
func (d Date) Days(other Date) int {
	const day = 24 * 60 * 60
	return int((other.In(time.UTC).Unix() - d.In(time.UTC).Unix()) / day)
}

// MarshalText writes the day as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what Parse reads.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value stores a SQL date; the zero Date is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // NULL is what the driver takes nil for
	}
	return d.String(), nil
}

// Scan reads a SQL date; NULL becomes the zero Date.
func (d *Date) Scan(source any) error {
	switch v := source.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = Of(v, v.Location())
		return nil
	case []byte:
		return d.UnmarshalText(v)
	case string:
		return d.UnmarshalText([]byte(v))
	default:
		return fmt.Errorf("civil: cannot read %T", source)
	}
}
