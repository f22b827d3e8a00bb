package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// worded returns the parameters as people of a language read them: 1.000.000,5 in Vietnamese,
// 1,000,000.5 in English. The members of the answer keep the values themselves.
func worded(params map[string]any, language string) map[string]any {
	if len(params) == 0 {
		return params
	}
	said := make(map[string]any, len(params))
	for name, value := range params {
		if digits, unit := decimal(value); digits != "" {
			value = grouped(digits, language) + unit
		}
		said[name] = value
	}
	return said
}

// decimal writes a number without exponent or separators, with its unit apart; "" when the value
// is no number. A text that looks like a number may be a code and stays as it is.
func decimal(value any) (digits, unit string) {
	switch n := value.(type) {
	case int:
		return strconv.Itoa(n), ""
	case int32:
		return strconv.FormatInt(int64(n), 10), ""
	case int64:
		return strconv.FormatInt(n, 10), ""
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), ""
	case quantity.Quantity:
		return n.String(), ""
	case *quantity.Quantity:
		if n != nil {
			return n.String(), ""
		}
	case money.VND:
		return strconv.FormatInt(int64(n), 10), " ₫"
	}
	return "", ""
}

// grouped puts separators between the thousands of a plain decimal.
func grouped(digits, language string) string {
	group, point := ".", ","
	if language == English {
		group, point = ",", "."
	}
	whole, fraction, dotted := strings.Cut(digits, ".")
	whole, negative := strings.CutPrefix(whole, "-")
	var out strings.Builder
	if negative {
		out.WriteString("-")
	}
	for i, digit := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteString(group)
		}
		out.WriteByte(digit)
	}
	if dotted {
		out.WriteString(point + fraction)
	}
	return out.String()
}

// bound reads a limit out of one of huma's messages, which writes large ones as 1e+09. What is
// no number stays a text.
func bound(text string) any {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0):
		return text
	case n == math.Trunc(n) && math.Abs(n) < 1<<62:
		return int64(n)
	default:
		return n
	}
}
