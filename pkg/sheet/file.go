package sheet

import (
	"bytes"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// File is a list that was read from outside. It may be read again and again.
type File struct {
	Format Format
	// Separator parts the cells of a CSV file: a comma, a semicolon or a tab.
	Separator rune
	// Sheets are the names of a workbook's visible sheets; a CSV file has one without a name.
	Sheets []string

	limits Limits
	text   []byte    // of a CSV file, in UTF-8
	book   *workbook // of a workbook
}

// Row is one row as the spreadsheet numbers it, the first being 1.
type Row struct {
	Number int
	Cells  []Cell
}

// Cell returns a cell of the row, an empty one where the row has ended.
func (r Row) Cell(at int) Cell {
	if at < 0 || at >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[at]
}

// Blank reports whether no cell of the row holds anything.
func (r Row) Blank() bool {
	for _, cell := range r.Cells {
		if !cell.Blank() {
			return false
		}
	}
	return true
}

// Open looks at the beginning of a file, tells what it is by its bytes and prepares it for
// reading. The content is kept and must not change. Refused: ErrUnreadable, ErrOldWorkbook,
// ErrUnpacked.
func Open(content []byte, limits Limits) (*File, error) {
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		book, err := openWorkbook(content, limits)
		if err != nil {
			return nil, err
		}
		return &File{Format: XLSX, Sheets: book.names(), limits: limits, book: book}, nil
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		return nil, ErrOldWorkbook.With()
	}
	text, err := decode(content)
	if err != nil {
		return nil, err
	}
	text, separator := guessSeparator(text)
	return &File{Format: CSV, Separator: separator, Sheets: []string{""}, limits: limits, text: text}, nil
}

// Each calls visit for the rows of a sheet in turn, blank ones included where the file holds
// them. An error of visit ends the reading and is returned. Refused: ErrUnreadable,
// ErrTooManyRows, ErrTooManyColumns, ErrCellTooLong.
func (f *File) Each(sheet int, visit func(Row) error) error {
	filled := 0
	checked := func(row Row) error {
		for len(row.Cells) > 0 && row.Cells[len(row.Cells)-1].Blank() {
			row.Cells = row.Cells[:len(row.Cells)-1]
		}
		if len(row.Cells) > f.limits.Columns {
			return ErrTooManyColumns.With("row", row.Number, "max", f.limits.Columns)
		}
		for i, cell := range row.Cells {
			if len(cell.Text) > f.limits.Cell {
				return ErrCellTooLong.With("row", row.Number, "max", f.limits.Cell)
			}
			row.Cells[i].Text = norm.NFC.String(strings.TrimSpace(cell.Text))
		}
		if len(row.Cells) > 0 {
			filled++
		}
		if filled > f.limits.Rows {
			return ErrTooManyRows.With("max", f.limits.Rows)
		}
		return visit(row)
	}
	if f.Format == XLSX {
		return f.book.each(sheet, checked)
	}
	return eachCSV(f.text, f.Separator, f.limits, checked)
}
