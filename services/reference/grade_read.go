package reference

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// MaxGradeText is how many characters a text field may have.
const MaxGradeText = 100

// complaint is why one value is refused, before it is known where the value stood.
type complaint struct {
	*fault.Definition

	pairs []any
}

func newComplaint(definition *fault.Definition, pairs ...any) *complaint {
	return &complaint{Definition: definition, pairs: pairs}
}

// read returns a given value in its canonical form, or why it is refused.
func (f GradeField) read(given any) (any, *complaint) {
	text, number, ok := literal(given)
	switch f.Type {
	case FieldInt:
		return f.readWhole(text, ok)
	case FieldDecimal:
		return f.readDecimal(text, ok)
	case FieldChoice:
		return f.readChoice(text)
	default:
		return f.readText(text, ok && !number)
	}
}

func (f GradeField) readWhole(text string, ok bool) (any, *complaint) {
	amount, err := quantity.Parse(text)
	switch {
	case isHuge(text):
		return nil, f.outOfRange()
	case !ok || err != nil || amount%quantity.Unit != 0:
		return nil, newComplaint(ErrGradeWhole)
	}
	if refusal := f.within(amount); refusal != nil {
		return nil, refusal
	}
	return int64(amount / quantity.Unit), nil
}

func (f GradeField) readDecimal(text string, ok bool) (any, *complaint) {
	amount, err := quantity.Parse(text)
	switch {
	case isHuge(text):
		return nil, f.outOfRange()
	case !ok || err != nil:
		return nil, newComplaint(ErrGradeDecimal)
	}
	if refusal := f.within(amount); refusal != nil {
		return nil, refusal
	}
	return amount.String(), nil
}

// within refuses a number outside the field's bounds.
func (f GradeField) within(amount quantity.Quantity) *complaint {
	if f.Least != nil && amount < *f.Least || f.Most != nil && amount > *f.Most {
		return f.outOfRange()
	}
	return nil
}

func (f GradeField) outOfRange() *complaint {
	return newComplaint(fault.ErrOutOfRange, "min", f.Least, "max", f.Most)
}

// isHuge reports a number that is well written but larger than any quantity, which is out of
// range rather than malformed.
func isHuge(text string) bool {
	return len(text) > 10 && strings.Trim(text, "0123456789") == ""
}

func (f GradeField) readChoice(text string) (any, *complaint) {
	codes := make([]string, len(f.Choices))
	for i, choice := range f.Choices {
		codes[i] = choice.Code
	}
	if !slices.Contains(codes, text) {
		return nil, newComplaint(fault.ErrUnknownValue, "value", clip(text), "allowed", strings.Join(codes, ", "))
	}
	return text, nil
}

// readText keeps one line of NFC text with single blanks. Control characters are refused, not
// dropped: NUL cannot be stored, and whoever sent one meant something else.
func (f GradeField) readText(text string, ok bool) (any, *complaint) {
	text = norm.NFC.String(strings.Join(strings.Fields(text), " "))
	switch {
	case !ok || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return nil, newComplaint(ErrGradeText)
	case utf8.RuneCountInString(text) > MaxGradeText:
		return nil, newComplaint(fault.ErrTooLong, "max", MaxGradeText)
	}
	return text, nil
}

// literal returns a given value as it is written and whether it is a number; ok is false for
// what is neither text nor number. A float64 is what encoding/json makes of a number: its
// shortest decimal is the number that was sent.
func literal(given any) (text string, number, ok bool) {
	switch v := given.(type) {
	case string:
		return strings.TrimSpace(v), false, true
	case json.Number:
		return v.String(), true, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true, true
	case int:
		return strconv.Itoa(v), true, true
	case int64:
		return strconv.FormatInt(v, 10), true, true
	case quantity.Quantity:
		return v.String(), true, true
	case json.RawMessage:
		var value any
		decoder := json.NewDecoder(bytes.NewReader(v))
		decoder.UseNumber()
		if decoder.Decode(&value) != nil {
			return "", false, false
		}
		return literal(value)
	default:
		return "", false, false
	}
}
