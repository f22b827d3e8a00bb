// Package quantity holds amounts of goods exactly, in thousandths of a unit.
//
// Nothing here knows the unit: 1 500 thousandths are 1.5 kg, 1.5 litres or 1.5 pieces, as the
// value beside it says. There is no floating point and no rounding: what has more than three
// decimals is refused.
package quantity

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Quantity counts thousandths of a unit.
type Quantity int64

const (
	// Unit is one whole unit.
	Unit Quantity = 1000
	// Max is the largest amount accepted from outside: one thousand million units. Times the
	// largest price it still fits an int64 after division by a thousand.
	Max Quantity = 1_000_000_000 * Unit
)

// ErrSyntax is the refusal of a text that is no exact decimal; the message says why.
var ErrSyntax = errors.New("not an exact decimal number")

// Of returns n whole units.
func Of(n int64) Quantity { return Quantity(n) * Unit }

// Parse reads a decimal such as "12", "12.5" or "-0.125". Refused with ErrSyntax: exponents,
// more than three decimals, signs other than one leading minus, leading zeros (as in JSON), blanks,
// group separators and amounts beyond Max.
func Parse(text string) (Quantity, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	if !isDigits(whole) || (dotted && !isDigits(fraction)) {
		return 0, fmt.Errorf("%w: %.40q", ErrSyntax, text)
	}
	if len(whole) > 1 && whole[0] == '0' {
		return 0, fmt.Errorf("%w: %.40q has a leading zero", ErrSyntax, text)
	}
	if len(fraction) > 3 {
		return 0, fmt.Errorf("%w: %.40q has more than three decimals", ErrSyntax, text)
	}
	for len(fraction) < 3 {
		fraction += "0"
	}
	thousandths, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || Quantity(thousandths) > Max {
		return 0, fmt.Errorf("%w: %.40q is larger than %s", ErrSyntax, text, Max)
	}
	if negative {
		thousandths = -thousandths
	}
	return Quantity(thousandths), nil
}

func isDigits(text string) bool {
	if text == "" {
		return false
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// String writes the shortest exact decimal: "12", "12.5", "-0.125".
func (q Quantity) String() string {
	sign, n := "", int64(q)
	if n < 0 {
		sign, n = "-", -n
	}
	text := sign + strconv.FormatInt(n/1000, 10)
	if rest := n % 1000; rest != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%03d", rest), "0")
	}
	return text
}

// MarshalText writes the decimal; in JSON it becomes a string, so that no reader rounds it.
func (q Quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what Parse reads.
func (q *Quantity) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*q = parsed
	return nil
}

// MarshalJSON writes a JSON string.
func (q Quantity) MarshalJSON() ([]byte, error) { return []byte(`"` + q.String() + `"`), nil }

// UnmarshalJSON reads a JSON string or a JSON number written without an exponent.
func (q *Quantity) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return fmt.Errorf("%w: null", ErrSyntax)
	}
	if len(data) >= 2 && data[0] == '"' {
		data = data[1 : len(data)-1]
	}
	return q.UnmarshalText(data)
}

// Value stores thousandths as a bigint.
func (q Quantity) Value() (driver.Value, error) { return int64(q), nil }

// Scan reads a bigint of thousandths.
func (q *Quantity) Scan(source any) error {
	switch v := source.(type) {
	case int64:
		*q = Quantity(v)
	case []byte:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return fmt.Errorf("quantity: %w", err)
		}
		*q = Quantity(n)
	default:
		return fmt.Errorf("quantity: cannot read %T", source)
	}
	return nil
}
