package gs1

import (
	"errors"
	"strings"
)

// Why a text is no GTIN.
var (
	ErrDigits     = errors.New("gs1: a GTIN has 8, 12, 13 or 14 digits and nothing else")
	ErrCheckDigit = errors.New("gs1: the check digit does not match")
)

// GTIN is a Global Trade Item Number in its one form of fourteen digits: shorter ones are filled
// with zeros on the left (General Specifications 3.3.2). The zero value is no GTIN.
type GTIN string

// length of the form that all others are brought into.
const length = 14

// ParseGTIN reads a GTIN-8, GTIN-12, GTIN-13 or GTIN-14. It fails with ErrDigits or ErrCheckDigit.
func ParseGTIN(text string) (GTIN, error) {
	switch len(text) {
	case 8, 12, 13, length:
	default:
		return "", ErrDigits
	}
	if !digits(text) || strings.Count(text, "0") == len(text) {
		return "", ErrDigits
	}
	last := len(text) - 1
	if CheckDigit(text[:last]) != text[last] {
		return "", ErrCheckDigit
	}
	return GTIN(strings.Repeat("0", length-len(text)) + text), nil
}

// CheckDigit returns the digit, '0' to '9', that completes a number: weights 3 and 1 in turn from
// the right, filled up to a multiple of ten (General Specifications 7.9). Its argument holds
// digits only.
func CheckDigit(number string) byte {
	sum := 0
	for i := range len(number) {
		weight := 1
		if (len(number)-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(number[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// Short is the GTIN as it stands under its bars: with 8, 12, 13 or, for a case or for goods of
// varying weight, 14 digits.
func (g GTIN) Short() string {
	text := string(g)
	for _, zeros := range []string{"000000", "00", "0"} {
		if short, ok := strings.CutPrefix(text, zeros); ok {
			return short
		}
	}
	return text
}

// eight reports whether it is a GTIN-8: its prefixes are others than those of the longer numbers
// (General Specifications 1.4.3).
func (g GTIN) eight() bool { return strings.HasPrefix(string(g), "000000") }

// number is what a prefix is read from: the GTIN-8, else the GTIN-13 within, without the digit
// that says which pack it is.
func (g GTIN) number() string {
	if g.eight() {
		return string(g[6:])
	}
	return string(g[1:])
}

// Vietnamese reports whether the number was given out by GS1 Vietnam: prefix 893 (General
// Specifications 1.4.2). It says who gave it out, not where the goods are from.
func (g GTIN) Vietnamese() bool { return strings.HasPrefix(g.number(), "893") }

// Restricted reports whether the number means something only within a country, a company or a
// shop, or is kept for coupons, refunds and publications: two companies may use the same one
// (General Specifications 1.4.2, 1.4.3 and 2.1.11).
func (g GTIN) Restricted() bool {
	prefixes := []string{"02", "04", "05", "2", "977", "978", "979", "98", "99"}
	if g.eight() {
		prefixes = []string{"0", "2"}
	}
	for _, prefix := range prefixes {
		if strings.HasPrefix(g.number(), prefix) {
			return true
		}
	}
	return false
}

// Pack is the digit that tells a case from what is in it: 0 the thing itself, 1 to 8 packs of it,
// 9 goods of varying weight (General Specifications 2.1.7).
func (g GTIN) Pack() int {
	if g == "" {
		return 0
	}
	return int(g[0] - '0')
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
