package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/ocop-market/ocop/pkg/quantity"
)

// Types of grade fields.
const (
	FieldInt     = "int"
	FieldDecimal = "decimal"
	FieldText    = "text"
	FieldChoice  = "choice"
)

// GradeField is one property by which goods of a line are graded.
type GradeField struct {
	Names

	Code string `db:"code" json:"code"`
	Type string `db:"type" json:"type" enum:"int,decimal,text,choice"`
	// FormState is the state of the forms it belongs to; empty: every form.
	FormState string `db:"form_state" json:"form_state,omitempty" doc:"Belongs to forms of this state alone; absent: to every form."`
	// Required says that a product must state it, in the forms it belongs to.
	Required bool `db:"required" json:"required" doc:"A product must state it, in the forms it belongs to."`
	// Reported says that volumes of the line are told apart by it.
	Reported bool `db:"reported" json:"reported" doc:"Volumes of the line are told apart by it."`
	// Least and Most bound a number, both inclusive; nil for texts and choices.
	Least   *quantity.Quantity `db:"least_thousandths" json:"min,omitempty"`
	Most    *quantity.Quantity `db:"most_thousandths"  json:"max,omitempty"`
	Choices []Choice           `db:"-"                 json:"choices,omitempty"`

	Prefix   string `db:"prefix_vi" json:"-"`
	PrefixEN string `db:"prefix_en" json:"-"`
	Suffix   string `db:"suffix_vi" json:"suffix,omitempty"    doc:"Written behind the number: %, g, con/kg."`
	SuffixEN string `db:"suffix_en" json:"suffix_en,omitempty"`
}

// Choice is one value of a field with a fixed list of values.
type Choice struct {
	Names

	Code string `db:"choice" json:"code"`
}

// belongsTo reports whether goods in a form of this state have the field.
func (f GradeField) belongsTo(state string) bool { return f.FormState == "" || f.FormState == state }

// Grade describes goods by the fields of their line, as [Line.ValidateGrade] made it canonical:
// whole numbers are int64 (JSON numbers), everything else is a string, decimals in their shortest
// exact form. Its JSON has the keys in alphabetical order, so equal grades have equal JSON.
type Grade map[string]any

// Int returns a whole-number field.
func (g Grade) Int(field string) (int64, bool) {
	n, ok := g[field].(int64)
	return n, ok
}

// Text returns a text or the code of a choice.
func (g Grade) Text(field string) (string, bool) {
	text, ok := g[field].(string)
	return text, ok
}

// Decimal returns a decimal or whole-number field exactly.
func (g Grade) Decimal(field string) (quantity.Quantity, bool) {
	switch value := g[field].(type) {
	case int64:
		return quantity.Of(value), true
	case string:
		amount, err := quantity.Parse(value)
		return amount, err == nil
	default:
		return 0, false
	}
}

// UnmarshalJSON reads what encoding/json writes for a Grade and restores whole numbers as int64.
// It trusts its input to have been validated when it was stored, and refuses only what no Grade
// can hold.
func (g *Grade) UnmarshalJSON(data []byte) error {
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return fmt.Errorf("reading a grade: %w", err)
	}
	if values == nil {
		*g = nil
		return nil
	}
	for field, value := range values {
		switch v := value.(type) {
		case string:
		case json.Number:
			n, err := strconv.ParseInt(v.String(), 10, 64)
			if err != nil {
				return fmt.Errorf("reading a grade: %s is %s, not a whole number", field, v)
			}
			values[field] = n
		default:
			return fmt.Errorf("reading a grade: %s is neither text nor whole number", field)
		}
	}
	*g = values
	return nil
}
