// Package sheet reads and writes lists as CSV and as Excel workbooks (ISO/IEC 29500).
//
// Files from outside are read row by row within [Limits]: what a workbook would unpack to is known
// before anything is unpacked, so an archive bomb is refused at once. A cell keeps what the file
// says of it: a number that a workbook stores is no text, and needs no guessing.
//
// Files for outside open in spreadsheets as what they are: CSV with a byte-order mark and CRLF,
// texts never as formulas.
package sheet

import (
	"net/http"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Format is how a list is written.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// MediaType names the format to clients.
func (f Format) MediaType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv"
}

// Kind is what a cell holds.
type Kind uint8

// The kinds of cells.
const (
	Empty Kind = iota
	Text
	// Number is stored as a number: Text is its decimal, a point as decimal mark.
	Number
	// Date is a number that the workbook shows as a day: Text is YYYY-MM-DD, with the time of day
	// behind it unless that is midnight.
	Date
	Bool
)

// Cell is one cell of a row.
type Cell struct {
	Kind Kind
	Text string
}

// Blank reports whether there is nothing to see.
func (c Cell) Blank() bool { return strings.TrimSpace(c.Text) == "" }

// T is a cell of text; an empty text is an empty cell.
func T(text string) Cell {
	if text == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: text}
}

// N is a cell with a number, as a decimal with a point.
func N(decimal string) Cell { return Cell{Kind: Number, Text: decimal} }

// D is a cell with a day, as YYYY-MM-DD; none for an empty text.
func D(day string) Cell {
	if day == "" {
		return Cell{}
	}
	return Cell{Kind: Date, Text: day}
}

// Limits bound what is read of a file from outside. All must be positive.
type Limits struct {
	// Rows and Columns are the most that may be filled.
	Rows, Columns int
	// Cell is the longest text of a cell, in bytes.
	Cell int
	// Unpacked is what all parts of a workbook together may unpack to, in bytes.
	Unpacked int64
}

// An archive that unpacks to more than looseUnpacked and to more than maxRatio times its size is
// taken for a bomb: sheets of text shrink to a twentieth.
const (
	maxRatio      = 100
	looseUnpacked = 8 << 20
	maxParts      = 1000
)

// The refusals of this package.
var (
	ErrUnreadable = fault.Define("sheet_unreadable", http.StatusUnprocessableEntity,
		"Không đọc được tệp này. Hãy lưu lại thành .xlsx hoặc .csv rồi gửi lại.",
		"The file cannot be read. Save it again as .xlsx or .csv and send that.")
	ErrOldWorkbook = fault.Define("sheet_old_workbook", http.StatusUnprocessableEntity,
		"Đây là tệp .xls cũ hoặc tệp có mật khẩu. Hãy lưu thành .xlsx không mật khẩu rồi gửi lại.",
		"This is an old .xls workbook or one with a password. Save it as .xlsx without a password and send that.")
	ErrUnpacked = fault.Define("sheet_too_large_unpacked", http.StatusRequestEntityTooLarge,
		"Tệp này khi giải nén lớn quá {max} MB hoặc nén bất thường.",
		"The file unpacks to more than {max} MB, or is packed as no list is.")
	ErrTooManyRows = fault.Define("sheet_too_many_rows", http.StatusRequestEntityTooLarge,
		"Tệp có quá {max} dòng. Hãy chia thành nhiều tệp.", "The file has more than {max} rows. Send it in parts.")
	ErrTooManyColumns = fault.Define("sheet_too_many_columns", http.StatusUnprocessableEntity,
		"Dòng {row} có quá {max} cột.", "Row {row} has more than {max} columns.")
	ErrCellTooLong = fault.Define("sheet_cell_too_long", http.StatusUnprocessableEntity,
		"Dòng {row} có ô dài quá {max} ký tự; có thể thiếu dấu nháy kép.",
		"Row {row} has a cell of more than {max} characters; perhaps a quotation mark is missing.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{ErrUnreadable, ErrOldWorkbook, ErrUnpacked, ErrTooManyRows, ErrTooManyColumns, ErrCellTooLong}
}
