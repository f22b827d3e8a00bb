package reference

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
)

const (
	// MaxUnknownFields is how many unknown fields a refusal names; more are left unsaid.
	MaxUnknownFields = 20
	maxEchoed        = 40 // characters of a caller's own text that a refusal repeats
)

// ValidateGrade checks how a product describes its goods and returns the description in its
// canonical form. Values may be strings, JSON numbers, Go integers, json.Number, json.RawMessage
// or quantities; nil counts as absent.
//
// It refuses an unknown form (pointer "form"), unknown fields, missing required ones, fields of
// another form, wrong types, values out of range and ranges upside down (pointers "grade.…"),
// all in one refusal.
func (l Line) ValidateGrade(form string, grade map[string]any) (Grade, error) {
	return l.validate(form, grade, true)
}

// ValidateWantedGrade checks how a buyer describes the goods looked for: like ValidateGrade, but
// nothing is required and the form may be empty, meaning any.
func (l Line) ValidateWantedGrade(form string, grade map[string]any) (Grade, error) {
	return l.validate(form, grade, false)
}

func (l Line) validate(form string, grade map[string]any, product bool) (Grade, error) {
	check := gradeCheck{line: l, product: product, values: make(Grade, len(grade))}
	if found, ok := l.Form(form); ok {
		check.state = found.State
	} else if product || form != "" {
		check.Add("form", ErrFormUnknown, "value", clip(form), "line", l.Name, "allowed", l.formCodes(""))
	}
	for _, field := range l.Fields {
		check.field(field, grade[field.Code])
	}
	check.unknown(grade)
	check.ranges()
	check.tie()
	if err := check.Err(); err != nil {
		return nil, err
	}
	return check.values, nil
}

// formCodes lists the line's forms of a state, or all for "".
func (l Line) formCodes(state string) string {
	var codes []string
	for _, form := range l.Forms {
		if state == "" || form.State == state {
			codes = append(codes, form.Code)
		}
	}
	return strings.Join(codes, ", ")
}

// gradeCheck gathers canonical values and complaints.
type gradeCheck struct {
	fault.Collector

	line    Line
	product bool   // whether required fields are required
	state   string // of the form; empty when there is none or it is unknown
	values  Grade
}

func (c *gradeCheck) field(field GradeField, given any) {
	pointer := "grade." + field.Code
	belongs := field.belongsTo(c.state)
	if isAbsent(given) {
		if c.product && field.Required && belongs {
			c.Add(pointer, fault.ErrRequired)
		}
		return
	}
	// Without a known form nobody can say whether the field belongs to it.
	if !belongs && c.state != "" {
		c.Add(pointer, ErrGradeFieldOtherForm, "forms", c.line.formCodes(field.FormState))
		return
	}
	value, refusal := field.read(given)
	if refusal != nil {
		c.Add(pointer, refusal.Definition, refusal.pairs...)
		return
	}
	c.values[field.Code] = value
}

func isAbsent(given any) bool {
	switch v := given.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case json.RawMessage:
		return len(v) == 0 || string(v) == "null"
	default:
		return false
	}
}

func (c *gradeCheck) unknown(grade map[string]any) {
	codes := make([]string, len(c.line.Fields))
	for i, field := range c.line.Fields {
		codes[i] = field.Code
	}
	allowed := strings.Join(codes, ", ")
	if allowed == "" {
		allowed = "–"
	}
	named := 0
	for _, name := range slices.Sorted(maps.Keys(grade)) {
		if slices.Contains(codes, name) {
			continue
		}
		if named++; named > MaxUnknownFields {
			return
		}
		c.Add("grade."+clip(name), ErrGradeFieldUnknown, "line", c.line.Name, "allowed", allowed)
	}
}

// ranges checks that no range is upside down. Both ends equal is one exact size.
func (c *gradeCheck) ranges() {
	for _, field := range c.line.Fields {
		stem, ok := strings.CutSuffix(field.Code, "_min")
		if !ok {
			continue
		}
		least, hasLeast := c.values.Decimal(field.Code)
		most, hasMost := c.values.Decimal(stem + "_max")
		if hasLeast && hasMost && least > most {
			c.Add("grade."+stem+"_max", ErrGradeRange, "min", least, "max", most)
		}
	}
}

// tie refuses a share of the tie for crab that has none; the price would be cut for nothing.
func (c *gradeCheck) tie() {
	tie, _ := c.values.Text("tie")
	share, stated := c.values.Decimal("tie_percent")
	if tie == "none" && stated && share != 0 {
		c.Add("grade.tie_percent", ErrTiePercentWithoutTie)
	}
}

// clip shortens a caller's own text before it is repeated.
func clip(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	if len(runes) > maxEchoed {
		return string(runes[:maxEchoed]) + "…"
	}
	return string(runes)
}
