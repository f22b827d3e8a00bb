package exchange

import (
	"io"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/reference"
)

// templateTiers is how many price tiers or sizes a template has room for; a file may have more.
const templateTiers = 3

// Template is an empty list to be filled in: headings, an example that an import skips, notes, and
// in Excel lists to choose from. Lines narrow the grade columns to those of some product lines; none
// means all. Refused: fault.ErrUnknownValue for a kind or line that there is not.
func (s *Service) Template(kind Kind, lines []string, wish Wish) (Download, error) {
	if err := kind.check(); err != nil {
		return Download{}, err
	}
	columns := s.wording.list(kind, templateTiers)
	for i := 0; i < len(columns); {
		if columns[i].Written || strings.HasSuffix(columns[i].Field, "id") {
			columns = append(columns[:i], columns[i+1:]...)
			continue
		}
		i++
	}
	if kind == Products {
		wanted := lines
		if len(lines) == 0 {
			for _, line := range s.book.Lines() {
				wanted = append(wanted, line.Code)
			}
		}
		for _, line := range wanted {
			if _, ok := s.book.Line(line); !ok {
				return Download{}, fault.ErrUnknownValue.At("line", "value", clip(line), "allowed", "/v1/reference/lines")
			}
		}
		columns = append(columns, s.gradeColumns(wanted)...)
	}
	t := &template{service: s, kind: kind, columns: columns, lines: lines, language: wish.Language}
	write := t.csv(wish.separator())
	if wish.Format == sheet.XLSX {
		write = t.xlsx
	}
	return Download{Name: string(kind) + "-template." + string(wish.Format), Format: wish.Format, Write: write}, nil
}

// template is a template under way.
type template struct {
	service  *Service
	kind     Kind
	columns  []column
	lines    []string
	language string
}

// exampleMark begins the rows that an import skips; the end of it is what tells them (exampleMarks).
func (t *template) exampleMark() string {
	return reference.Names{Name: "VÍ DỤ – xoá dòng này", NameEN: "EXAMPLE – delete this row"}.In(t.language)
}

// noted makes a note that an import skips.
func (t *template) noted(note string) string {
	names := reference.Names{Name: "GHI CHÚ: %s – xoá dòng này", NameEN: "NOTES: %s – delete this row"}
	return strings.ReplaceAll(names.In(t.language), "%s", strings.TrimSuffix(note, "."))
}

// example is what a column holds in the example row. Codes of the data are shown as the words that
// people write.
func (t *template) example(at int) sheet.Cell {
	c := t.columns[at]
	if at == 0 {
		return sheet.T(t.exampleMark())
	}
	text := c.Example.In(t.language)
	book, w := t.service.book, t.service.wording
	switch c.Field {
	case "line":
		if line, ok := book.Line(text); ok {
			text = line.In(t.language)
		}
	case "form":
		for _, line := range book.Lines() {
			if form, ok := line.Form(text); ok {
				text = form.In(t.language)
				break
			}
		}
	case "unit":
		if unit, ok := book.Unit(text); ok {
			text = unit.In(t.language)
		}
	case "state", "visibility":
		text = w.say(c.Field, text, t.language)
	case gradePrefix + "count_per_kg_min":
		text = "20"
	case gradePrefix + "count_per_kg_max":
		text = "30"
	}
	return sheet.T(text)
}

// note is what to know of a column: the words of the data, or of the reference facts for a grade
// field, with the values that may be chosen.
func (t *template) note(c column) string {
	text := c.Note.In(t.language)
	if choices := t.choices(c.Field); len(choices) > 0 {
		text += " " + reference.Names{Name: "Các giá trị: ", NameEN: "Values: "}.In(t.language) + strings.Join(choices, ", ") + "."
	}
	if lines := t.linesOf(c.Field); lines != "" {
		text += " " + reference.Names{Name: "Dùng cho: ", NameEN: "For: "}.In(t.language) + lines + "."
	}
	return strings.TrimSpace(text)
}

// linesOf names the product lines that have a grade field, those that need it first marked so.
func (t *template) linesOf(field string) string {
	code, ok := strings.CutPrefix(field, gradePrefix)
	if !ok {
		return ""
	}
	var names []string
	for _, line := range t.service.book.Lines() {
		if f, has := line.Field(code); has {
			name := line.In(t.language)
			if f.Required {
				name += " (" + reference.Names{Name: "bắt buộc", NameEN: "required"}.In(t.language) + ")"
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// choices are the values that a column takes, as they are written; nil for free ones.
func (t *template) choices(field string) []string {
	book, w := t.service.book, t.service.wording
	var choices []string
	add := func(name string) {
		if !slices.Contains(choices, name) {
			choices = append(choices, name)
		}
	}
	stem, _, _ := strings.Cut(field, "_")
	switch {
	case field == "line":
		for _, line := range t.known() {
			add(line.In(t.language))
		}
	case stem == "form":
		for _, line := range t.known() {
			for _, form := range line.Forms {
				add(form.In(t.language))
			}
		}
	case field == "unit":
		for _, unit := range book.Units() {
			add(unit.In(t.language))
		}
	case field == "state":
		choices = w.allowed(field, []string{"published", "withdrawn", "draft"}, t.language)
	case field == "visibility":
		choices = w.allowed(field, []string{"public", "buyers", "on_request"}, t.language)
	case field == "price_basis":
		choices = w.allowed(field, []string{"net", "gross"}, t.language)
	}
	if code, ok := strings.CutPrefix(field, gradePrefix); ok {
		for _, line := range t.known() {
			f, _ := line.Field(code)
			for _, c := range f.Choices {
				add(c.In(t.language))
			}
		}
	}
	return choices
}

// known are the product lines that the template is for.
func (t *template) known() []reference.Line {
	if len(t.lines) == 0 {
		return t.service.book.Lines()
	}
	lines := make([]reference.Line, 0, len(t.lines))
	for _, code := range t.lines {
		if line, ok := t.service.book.Line(code); ok {
			lines = append(lines, line)
		}
	}
	return lines
}

// csv writes headings, the example and the notes.
func (t *template) csv(separator rune) func(to io.Writer) error {
	return func(to io.Writer) error {
		w, err := sheet.NewCSV(to, separator)
		if err != nil {
			return err
		}
		rows := make([][]sheet.Cell, 3)
		for at, c := range t.columns {
			note := sheet.T(t.note(c))
			if at == 0 {
				note = sheet.T(t.noted(note.Text))
			}
			rows[0], rows[1], rows[2] = append(rows[0], sheet.T(c.Heading.In(t.language))), append(rows[1], t.example(at)), append(rows[2], note)
		}
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				return err
			}
		}
		return w.Close()
	}
}
