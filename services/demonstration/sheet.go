package demonstration

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

//go:embed data/*.csv
var files embed.FS

// row is one line of a file by its heading. What cannot be read is noted in the sheet, so that
// the code that reads rows stays straight.
type row struct {
	cells map[string]string
	sheet *sheet
	line  int
}

// sheet is a file being read.
type sheet struct {
	name string
	err  error
}

// read calls each for every row of a file and returns everything that was wrong.
func read(name string, each func(row)) error {
	file, err := files.Open("data/" + name + ".csv")
	if err != nil {
		return fmt.Errorf("demonstration data: %w", err)
	}
	reader := csv.NewReader(file)
	reader.Comment = '#'
	records, err := reader.ReadAll()
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("demonstration data %s: %w", name, err)
	}
	s := &sheet{name: name}
	for at, record := range records[1:] {
		cells := make(map[string]string, len(record))
		for column, heading := range records[0] {
			cells[heading] = record[column]
		}
		each(row{cells: cells, sheet: s, line: at + 1})
	}
	return s.err
}

// text returns a cell; a column that the file lacks is an error, not an empty cell.
func (r row) text(column string) string {
	cell, ok := r.cells[column]
	if !ok {
		r.fail(column, errors.New("the file has no such column"))
	}
	return cell
}

func (r row) fail(column string, err error) {
	r.sheet.err = errors.Join(r.sheet.err, fmt.Errorf("demonstration data %s, row %d, %s: %w", r.sheet.name, r.line, column, err))
}

// number returns a whole number; an empty cell is 0.
func (r row) number(column string) int64 {
	cell := r.text(column)
	if cell == "" {
		return 0
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil {
		r.fail(column, err)
	}
	return n
}

func (r row) vnd(column string) money.VND { return money.VND(r.number(column)) }

// quantity returns an exact amount; an empty cell is 0.
func (r row) quantity(column string) quantity.Quantity {
	cell := r.text(column)
	if cell == "" {
		return 0
	}
	amount, err := quantity.Parse(cell)
	if err != nil {
		r.fail(column, err)
	}
	return amount
}

// date returns a day; an empty cell is the zero date.
func (r row) date(column string) civil.Date {
	cell := r.text(column)
	if cell == "" {
		return civil.Date{}
	}
	day, err := civil.Parse(cell)
	if err != nil {
		r.fail(column, err)
	}
	return day
}

// list returns the parts of a cell divided by "|".
func (r row) list(column string) []string {
	cell := r.text(column)
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

// grade returns the fields of "field=value;field=value".
func (r row) grade(column string) map[string]any {
	grade := map[string]any{}
	cell := r.text(column)
	if cell == "" {
		return grade
	}
	for part := range strings.SplitSeq(cell, ";") {
		field, value, ok := strings.Cut(part, "=")
		if !ok {
			r.fail(column, fmt.Errorf("%q is not field=value", part))
		}
		grade[field] = value
	}
	return grade
}
