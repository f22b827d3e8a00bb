package exchange

import (
	"io"
	"path"
	"strings"

	"github.com/ocop-market/ocop/pkg/sheet"
)

// resultName is what the result of a file is called.
func resultName(name string, format sheet.Format) string {
	stem := strings.TrimSuffix(name, path.Ext(name))
	if stem == "" {
		stem = "import"
	}
	return stem + "-result." + string(format)
}

// newWriter begins a list in a format; a CSV file has the separator that it came with.
func newWriter(to io.Writer, format sheet.Format, separator rune, outline sheet.Sheet) (sheet.Writer, error) { //nolint:ireturn // formats are interchangeable
	if format == sheet.XLSX {
		return sheet.NewXLSX(to, outline)
	}
	return sheet.NewCSV(to, separator)
}

// writeResult writes the sheet of a list again, row by row, with three columns behind.
func (s *Service) writeResult(to io.Writer, file *sheet.File, list layout, outcomes map[int]outcome) error {
	name := file.Sheets[list.sheet]
	if name == "" {
		name = "Result"
	}
	w, err := newWriter(to, file.Format, file.Separator, sheet.Sheet{Name: name, Heads: list.row})
	if err != nil {
		return err
	}
	columns := s.wording.columns[result]
	width := len(list.fields)
	number := 0
	err = file.Each(list.sheet, func(row sheet.Row) error {
		for number++; number < row.Number && number <= MaxRows; number++ { // rows stay where they were
			if err := w.Write(nil); err != nil {
				return err
			}
		}
		cells := make([]sheet.Cell, max(width, len(row.Cells)), width+len(columns))
		copy(cells, row.Cells)
		switch o, ok := outcomes[row.Number]; {
		case row.Number == list.row:
			cells = cells[:width]
			for _, c := range columns {
				cells = append(cells, sheet.T(headingOf(c)))
			}
		case ok:
			reasons, reasonsEN := o.reasons()
			cells = append(cells[:width], sheet.T(s.wording.say("verdict", string(o.Verdict), "vi")), sheet.T(reasons), sheet.T(reasonsEN))
		}
		return w.Write(cells)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// headingOf is a heading in both languages, or once where they are the same.
func headingOf(c column) string {
	if c.Heading.Name == c.Heading.NameEN {
		return c.Heading.Name
	}
	return c.Heading.Name + " / " + c.Heading.NameEN
}

// reasons writes why a row was refused, in Vietnamese and in English, each with the heading it is
// about.
func (o outcome) reasons() (vietnamese, english string) {
	vi, en := make([]string, 0, len(o.Complaints)), make([]string, 0, len(o.Complaints))
	for _, c := range o.Complaints {
		where := ""
		if c.Heading != "" {
			where = c.Heading + ": "
		}
		vi, en = append(vi, where+c.Reason), append(en, where+c.ReasonEN)
	}
	return strings.Join(vi, " "), strings.Join(en, " ")
}
