package sheet

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/written"
)

// rowReader gathers the cells of a row from the tokens of a sheet.
type rowReader struct {
	book  *workbook
	visit func(Row) error
	row   Row
	// of the cell under way
	at            int
	kind          string
	style         int
	text          strings.Builder
	inText, inRow bool
}

func (b *workbook) each(sheet int, visit func(Row) error) error {
	r := &rowReader{book: b, visit: visit}
	return b.read(b.sheets[sheet].part, func(_ *xml.Decoder, token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			return r.start(t)
		case xml.CharData:
			if r.inText {
				r.text.Write(t)
				if r.text.Len() > b.limits.Cell {
					return ErrCellTooLong.With("row", r.row.Number, "max", b.limits.Cell)
				}
			}
		case xml.EndElement:
			return r.end(t.Name.Local)
		}
		return nil
	})
}

func (r *rowReader) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		n := number(attribute(t, "r"))
		if n <= r.row.Number {
			n = r.row.Number + 1 // writers may leave numbers out
		}
		r.row = Row{Number: n}
		r.inRow = true
	case "c":
		r.at = columnOf(attribute(t, "r"))
		if r.at < 0 {
			r.at = len(r.row.Cells)
		}
		r.kind, r.style = attribute(t, "t"), number(attribute(t, "s"))
		r.text.Reset()
	case "v", "t":
		r.inText = r.inRow
	case "f", "rPh":
		r.inText = false
	}
	return nil
}

func (r *rowReader) end(name string) error {
	switch name {
	case "v", "t":
		r.inText = false
	case "c":
		return r.put()
	case "row":
		r.inRow = false
		return r.visit(r.row)
	}
	return nil
}

// put adds the cell to the row. A cell far to the right would make the row long: it is refused
// before room is made for it.
func (r *rowReader) put() error {
	cell := r.cell()
	if cell.Kind == Empty {
		return nil
	}
	if r.at >= r.book.limits.Columns {
		return ErrTooManyColumns.With("row", r.row.Number, "max", r.book.limits.Columns)
	}
	for len(r.row.Cells) <= r.at {
		r.row.Cells = append(r.row.Cells, Cell{})
	}
	r.row.Cells[r.at] = cell
	return nil
}

func (r *rowReader) cell() Cell {
	text := r.text.String()
	if text == "" {
		return Cell{}
	}
	switch r.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n >= len(r.book.shared) {
			return Cell{}
		}
		return T(r.book.shared[n])
	case "b":
		return Cell{Kind: Bool, Text: strconv.FormatBool(truth(text))}
	case "d":
		return Cell{Kind: Date, Text: text}
	case "", "n":
		if r.style >= 0 && r.style < len(r.book.dates) && r.book.dates[r.style] {
			return r.day(text)
		}
		return N(text)
	default: // str, inlineStr, and the names of errors
		return T(text)
	}
}

// day is a number shown as a day.
func (r *rowReader) day(text string) Cell {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value < 0 || value > 3e6 {
		return N(text)
	}
	whole, fraction := math.Modf(value)
	day := written.Serial(int(whole), r.book.from1904)
	cell := Cell{Kind: Date, Text: day.String()}
	if seconds := math.Round(fraction * 24 * 60 * 60); seconds > 0 {
		cell.Text += time.Unix(int64(seconds), 0).UTC().Format(" 15:04:05")
	}
	return cell
}

// columnOf reads the letters of a cell's address: 0 for "A7"; -1 for what is no address.
func columnOf(address string) int {
	column := 0
	for i := range len(address) {
		c := address[i]
		if c < 'A' || c > 'Z' {
			break
		}
		if column = column*26 + int(c-'A') + 1; column > 1<<14 {
			return 1 << 14
		}
	}
	return column - 1
}
