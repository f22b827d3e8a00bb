package exchange

import (
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/pkg/written"
	"github.com/ocop-market/ocop/services/reference"
)

// rowReader reads the cells of one row and gathers what is wrong with them.
type rowReader struct {
	fault.Collector

	rules *rules
	said  map[string]sheet.Cell
}

// rules are what rows are read by: words, names and their memory.
type rules struct {
	*wording
	*lexicon

	// remembered are names that were looked up before: lists repeat them.
	remembered map[string]remembered
}

type remembered struct {
	code string
	err  error
}

// once looks a name up, or remembers what it meant before.
func (r *rules) once(where, text string, look func(text string) (string, error)) (string, error) {
	key := where + "\x00" + text
	known, ok := r.remembered[key]
	if !ok {
		known.code, known.err = look(text)
		r.remembered[key] = known
	}
	return known.code, known.err
}

func (r *rules) read(said map[string]sheet.Cell) *rowReader {
	reader := &rowReader{rules: r, said: said}
	for field, cell := range said {
		if !web.Plain(cell.Text) {
			reader.Add(field, ErrForbiddenText)
		}
	}
	return reader
}

// cleared reports a dash, which removes what was there.
func (r *rowReader) cleared(field string) bool {
	switch r.said[field].Text {
	case "-", "–", "—":
		return true
	default:
		return false
	}
}

// has reports whether the row says anything in a column.
func (r *rowReader) has(field string) bool { return !r.said[field].Blank() }

// text is what a cell says; a number that a workbook stores is written out: codes look like
// numbers to spreadsheets.
func (r *rowReader) text(field string) string {
	cell := r.said[field]
	if cell.Kind == sheet.Number {
		if amount, err := written.Stored(cell.Text); err == nil {
			return amount.String()
		}
		if whole, ok := longWhole(cell.Text); ok {
			return whole
		}
	}
	return cell.Text
}

// fail notes the refusal of a column; an accident stays one.
func (r *rowReader) fail(field string, err error) {
	if refusal, ok := fault.From(err); ok {
		r.Add(field, refusal.Definition, pairs(refusal.Params)...)
	}
}

func pairs(params map[string]any) []any {
	list := make([]any, 0, 2*len(params))
	for name, value := range params {
		list = append(list, name, value)
	}
	return list
}

// optional is a text that a dash removes; not set when nothing is said.
func (r *rowReader) optional(field string) web.Optional[string] {
	if !r.has(field) {
		return web.Optional[string]{}
	}
	if r.cleared(field) {
		return web.Optional[string]{Set: true}
	}
	return web.Optional[string]{Set: true, Value: r.text(field)}
}

// id is an id that the market gave; uuid.Nil when nothing is said.
func (r *rowReader) id(field string) uuid.UUID {
	if !r.has(field) || r.cleared(field) {
		return uuid.Nil
	}
	id, err := uuid.Parse(r.text(field))
	if err != nil {
		r.Add(field, ErrNotAnID, "text", clip(r.text(field)))
	}
	return id
}

// gtin is a bar code without the blanks and dashes that people put into it.
func (r *rowReader) gtin() string {
	if r.cleared("gtin") {
		return ""
	}
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(r.text("gtin"))
}

// date is a day; the zero date when nothing is said.
func (r *rowReader) date(field string) *civil.Date {
	if !r.has(field) {
		return nil
	}
	date, err := written.ReadDate(r.said[field].Text)
	if err != nil {
		r.fail(field, err)
		return nil
	}
	return &date
}

// amount is a quantity, counted in a unit: what is written in another that can be changed into it
// is. beside names the unit that another column gives for it. Nil when nothing is said.
func (r *rowReader) amount(field, unit, beside string) *quantity.Quantity {
	if !r.has(field) {
		return nil
	}
	if r.cleared(field) {
		return new(quantity.Quantity)
	}
	cell := r.said[field]
	number := written.Number{}
	var err error
	if cell.Kind == sheet.Number {
		number.Amount, err = written.Stored(cell.Text)
	} else {
		number, err = written.ReadNumber(cell.Text, false)
	}
	if err != nil {
		r.fail(field, err)
		return nil
	}
	if number.Unit == "" {
		number.Unit = beside
	}
	amount, ok := r.rules.convert(number.Amount, number.Unit, unit)
	if !ok {
		r.Add(field, ErrForeignUnit, "text", clip(strings.TrimSpace(cell.Text+" "+beside)), "unit", unit)
		return nil
	}
	return &amount
}

// convert counts an amount of one unit, as people name it, in another. No name is the unit itself.
func (r *rules) convert(amount quantity.Quantity, from, to string) (quantity.Quantity, bool) {
	if from == "" || strings.EqualFold(from, to) {
		return amount, true
	}
	if w, ok := r.heard("unit", from); ok && w.code == to {
		if amount > quantity.Max || amount < -quantity.Max {
			return 0, false
		}
		exact := int64(amount) * w.factor
		return quantity.Quantity(exact / int64(quantity.Unit)), exact%int64(quantity.Unit) == 0
	}
	code, err := r.unit(from)
	return amount, err == nil && code == to
}

// unit finds a unit by what people call it, such as one that others are counted in by a factor.
func (r *rules) unit(text string) (string, error) {
	return r.once("unit", text, func(text string) (string, error) {
		code, err := lookUp(text, r.units)
		if w, ok := r.heard("unit", text); err != nil && ok {
			return w.code, nil
		}
		return code, err
	})
}

// price is đồng per unit, or false for a price that is made on the day.
func (r *rowReader) price(field, unit string) (price money.VND, fixed bool) {
	cell := r.said[field]
	if _, daily := r.rules.heard("price", cell.Text); daily {
		return 0, false
	}
	amount, err := r.rules.money(cell, unit)
	switch {
	case err != nil:
		r.fail(field, err)
	case amount%quantity.Unit != 0:
		r.Add(field, ErrNotWhole, "text", clip(cell.Text))
	}
	return money.VND(amount / quantity.Unit), true
}

// money reads "250.000 đ/kg", "250k", "1,2 triệu". Đồng has no fraction, so a mark before three
// digits parts thousands; unless the number counts thousands or millions itself.
func (r *rules) money(cell sheet.Cell, unit string) (quantity.Quantity, error) {
	if cell.Kind == sheet.Number {
		return written.Stored(cell.Text)
	}
	text := strings.ReplaceAll(cell.Text, "₫", "đ")
	number, err := written.ReadNumber(text, true)
	if err != nil {
		return 0, err
	}
	words, per, divided := strings.Cut(number.Unit, "/")
	if divided {
		if code, err := r.unit(strings.TrimSpace(per)); err != nil || code != unit || r.factor("unit", per) != int64(quantity.Unit) {
			return 0, ErrForeignUnit.With("text", clip(cell.Text), "unit", unit)
		}
	}
	multiple := int64(1)
	for each := range strings.FieldsSeq(words) {
		w, known := r.heard("money", each)
		if !known {
			return 0, ErrNotAMoney.With("text", clip(cell.Text))
		}
		multiple *= w.factor
	}
	if multiple > 1 {
		if number, err = written.ReadNumber(text, false); err != nil {
			return 0, err
		}
	}
	if number.Amount > quantity.Quantity(int64(quantity.Max)/multiple) {
		return 0, fault.ErrOutOfRange.With("min", 1, "max", int64(money.Max))
	}
	return number.Amount * quantity.Quantity(multiple), nil
}

// factor is how much one of a unit is in the unit it is counted in, in thousandths.
func (r *rules) factor(what, text string) int64 {
	if w, ok := r.heard(what, text); ok {
		return w.factor
	}
	return int64(quantity.Unit)
}

// longWhole writes a whole number of up to fifteen digits that a workbook stores.
func longWhole(text string) (string, bool) {
	whole, exponent, _ := strings.Cut(strings.ToUpper(text), "E")
	if exponent == "" {
		return whole, whole != "" && strings.Trim(whole, "0123456789") == "" && len(whole) <= 15
	}
	digits, fraction, _ := strings.Cut(whole, ".")
	power := 0
	for _, digit := range strings.TrimPrefix(exponent, "+") {
		if digit < '0' || digit > '9' || power > 15 {
			return "", false
		}
		power = power*10 + int(digit-'0')
	}
	if len(digits) != 1 || len(fraction) > power || power > 14 {
		return "", false
	}
	return digits + fraction + strings.Repeat("0", power-len(fraction)), true
}

// grade reads the grade fields of a row for a line. A dash removes a field: its value is nil.
func (r *rowReader) grade(line reference.Line) map[string]any {
	grade := map[string]any{}
	for column := range r.said {
		code, ok := strings.CutPrefix(column, gradePrefix)
		if !ok {
			continue
		}
		field, known := line.Field(code)
		switch {
		case r.cleared(column):
			grade[code] = nil
		case !known:
			r.Add(column, ErrGradeWithoutLine, "line", line.Name)
		default:
			value, err := r.gradeValue(field, column)
			if err != nil {
				r.fail(column, err)
				continue
			}
			grade[code] = value
		}
	}
	return grade
}

func (r *rowReader) gradeValue(field reference.GradeField, column string) (any, error) {
	cell := r.said[column]
	switch field.Type {
	case reference.FieldChoice:
		return r.rules.once(column, cell.Text, func(text string) (string, error) { return choice(field, text) })
	case reference.FieldInt, reference.FieldDecimal:
		if cell.Kind == sheet.Number {
			return written.Stored(cell.Text)
		}
		number, err := written.ReadNumber(cell.Text, field.Type == reference.FieldInt)
		if err != nil {
			return nil, err
		}
		if number.Unit != "" && !sameWords(number.Unit, field.Suffix) && !sameWords(number.Unit, field.SuffixEN) {
			return nil, ErrForeignUnit.With("text", clip(cell.Text), "unit", field.Suffix)
		}
		return number.Amount, nil
	default:
		return r.text(column), nil
	}
}

// sameWords compares without marks; signs such as % count.
func sameWords(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), b) || vietnamese.Fold(a) != "" && vietnamese.Fold(a) == vietnamese.Fold(b)
}

// code finds the code that a word stands for; "" when nothing is said.
func (r *rowReader) code(field, what string, codes ...string) string {
	if !r.has(field) {
		return ""
	}
	text := r.text(field)
	if w, ok := r.rules.heard(what, text); ok {
		return w.code
	}
	r.Add(field, ErrUnknownName, "value", clip(text), "allowed", strings.Join(r.rules.allowed(what, codes, "vi"), ", "))
	return ""
}

// codeOf finds the code that a name stands for; "" when nothing is said, or nothing was found.
func (r *rowReader) codeOf(field, where string, look func(text string) (string, error)) string {
	if !r.has(field) {
		return ""
	}
	code, err := r.rules.once(where, r.text(field), look)
	if err != nil {
		r.fail(field, err)
	}
	return code
}
