package written

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/ocop-market/ocop/pkg/quantity"
)

// Number is an amount as it was written: the digits, and the word beside them.
type Number struct {
	Amount quantity.Quantity
	// Unit is what stood before and behind the digits, such as "kg", "tấn" or "đ/kg"; empty for
	// a bare number.
	Unit string
}

// ReadNumber reads a decimal with points, commas, blanks or apostrophes between its digits.
//
// whole says that the amount can have no fraction, as money has none: then one point or comma
// before three digits can only part thousands. Refused: ErrNumber, ErrAmbiguous for such a
// separator otherwise, ErrTooPrecise, ErrTooLarge beyond quantity.Max.
func ReadNumber(text string, whole bool) (Number, error) {
	plain := oneBlank(text)
	front, body, behind := split(plain)
	sign, front := signOf(front)
	digits, fraction, refusal := amount(body, whole)
	if refusal != nil {
		return Number{}, refusal(plain)
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > 3 {
		return Number{}, ErrTooPrecise.With("text", clip(plain))
	}
	thousandths, err := strconv.ParseInt(digits+fraction+strings.Repeat("0", 3-len(fraction)), 10, 64)
	if err != nil || quantity.Quantity(thousandths) > quantity.Max {
		return Number{}, ErrTooLarge.With("text", clip(plain), "max", quantity.Max)
	}
	return Number{Amount: sign * quantity.Quantity(thousandths), Unit: strings.TrimSpace(front + " " + behind)}, nil
}

// Stored reads a number as a spreadsheet stores it: a binary fraction written in decimal, perhaps
// with an exponent. Fifteen digits of it count, which is what spreadsheets show.
func Stored(text string) (quantity.Quantity, error) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) {
		return 0, ErrNumber.With("text", clip(text))
	}
	if value > float64(quantity.Max) || value < -float64(quantity.Max) {
		return 0, ErrTooLarge.With("text", clip(text), "max", quantity.Max)
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 14, 64), 64)
	if err != nil {
		return 0, ErrNumber.With("text", clip(text))
	}
	exact := strconv.FormatFloat(rounded, 'f', -1, 64)
	if exact == "-0" {
		exact = "0"
	}
	if _, fraction, _ := strings.Cut(exact, "."); len(fraction) > 3 {
		return 0, ErrTooPrecise.With("text", clip(text))
	}
	amount, err := quantity.Parse(exact)
	if err != nil {
		return 0, ErrTooLarge.With("text", clip(text), "max", quantity.Max)
	}
	return amount, nil
}

// oneBlank writes every kind of blank as one ordinary blank: spreadsheets part thousands with
// narrow and unbreakable ones.
func oneBlank(text string) string { return strings.Join(strings.FieldsFunc(text, isBlank), " ") }

func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u00a0' || r == '\u202f' || r == '\u2007' || r == '\u2009'
}

// split cuts a text into what stands before the number, the number and what stands behind. A
// blank belongs to the number when digits follow it.
func split(text string) (front, body, behind string) {
	start := strings.IndexFunc(text, isDigit)
	if start < 0 {
		return text, "", ""
	}
	end := start
	for end < len(text) {
		switch r := text[end]; {
		case r >= '0' && r <= '9':
		case strings.ContainsRune(".,' ", rune(r)) && end+1 < len(text) && isDigit(rune(text[end+1])):
		case strings.HasPrefix(text[end:], "’") && end+3 < len(text) && isDigit(rune(text[end+3])):
			end += 2
		default:
			return text[:start], text[start:end], text[end:]
		}
		end++
	}
	return text[:start], text[start:end], ""
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// signOf takes a minus off what stands before a number; a minus there is also U+2212.
func signOf(front string) (quantity.Quantity, string) {
	trimmed := strings.TrimRight(front, " ")
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutSuffix(trimmed, minus); ok {
			return -1, rest
		}
	}
	return 1, front
}

// refusal makes the fault about the whole text.
type refusal func(text string) error

func notANumber(text string) error { return ErrNumber.With("text", clip(text)) }

// amount reads the digits of a number apart: those before the decimal mark and those after it.
func amount(body string, whole bool) (digits, fraction string, refused refusal) {
	parts, marks := cut(body)
	if len(parts) == 0 {
		return "", "", notANumber
	}
	if len(marks) == 0 {
		return parts[0], "", nil
	}
	last := marks[len(marks)-1]
	before := marks[:len(marks)-1]
	head := strings.Join(parts[:len(parts)-1], "")
	tail := parts[len(parts)-1]
	switch {
	case last == ' ' || strings.ContainsRune(before, rune(last)):
		// The last mark parts thousands, so all of them do.
		return grouped(parts, marks)
	case before != "":
		// Another mark stood before it: this one begins the fraction.
		if _, _, refused := grouped(parts[:len(parts)-1], before); refused != nil {
			return "", "", refused
		}
		return head, tail, nil
	case len(tail) != 3 || len(head) > 3 || head[0] == '0':
		return head, tail, nil
	case whole:
		return head + tail, "", nil
	default:
		return "", "", ambiguous(head, tail)
	}
}

// ambiguous names both readings of one mark before three digits, and how to write each.
func ambiguous(head, tail string) refusal {
	return func(text string) error {
		fraction := strings.TrimRight(tail, "0")
		one, other := head+tail, head+","+fraction
		written := other
		switch len(fraction) {
		case 0:
			other, written = head, head
		case 3:
			written += "0" // four decimals cannot be thousands
		}
		return ErrAmbiguous.With("text", clip(text), "one", one, "other", other, "other_written", written)
	}
}

// grouped joins groups of thousands: one to three digits, then three each, parted by one mark.
func grouped(parts []string, marks string) (string, string, refusal) {
	if len(marks) > 0 && strings.Trim(marks, marks[:1]) != "" {
		return "", "", notANumber
	}
	for at, part := range parts {
		if at == 0 && len(marks) > 0 && (len(part) > 3 || part[0] == '0') || at > 0 && len(part) != 3 {
			return "", "", notANumber
		}
	}
	return strings.Join(parts, ""), "", nil
}

// cut parts a number at its marks; blanks and apostrophes are one mark, written as a blank.
func cut(body string) (parts []string, marks string) {
	body = strings.NewReplacer("'", " ", "’", " ").Replace(body)
	for body != "" {
		at := strings.IndexAny(body, "., ")
		if at < 0 {
			return append(parts, body), marks
		}
		parts = append(parts, body[:at])
		marks += body[at : at+1]
		body = body[at+1:]
	}
	return parts, marks
}

// clip shortens a caller's own text before it is repeated.
func clip(text string) string {
	const most = 40
	runes := []rune(strings.ToValidUTF8(text, "?"))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}
