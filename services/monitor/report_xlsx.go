package monitor

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/ocop-market/ocop/services/reference"
)

// workbook writes a report as Excel has it: a sheet for each section, its rows a table that can be
// filtered and refers to its columns by name, with a chart where the section has one.
func (r PeriodReport) workbook(language string) ([]byte, error) {
	book := reportBook{file: excelize.NewFile(), report: r, language: language}
	defer func() { _ = book.file.Close() }() // nothing of it is kept outside memory
	book.styles()
	for at, section := range r.Sections {
		book.sheet(at, section)
	}
	var out bytes.Buffer
	book.noted(book.file.Write(&out))
	return out.Bytes(), book.err
}

// reportBook is a workbook being written.
type reportBook struct {
	file     *excelize.File
	report   PeriodReport
	language string
	title    int
	formats  map[ColumnKind]int
	// marked are the formats of numbers that are not the newest: they are numbers all the same.
	marked map[ColumnKind]int
	// err is the first that happened; what comes after it is of no use.
	err error
}

func (b *reportBook) noted(err error) {
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("writing a report as a workbook: %w", err)
	}
}

func (b *reportBook) style(style *excelize.Style) int {
	made, err := b.file.NewStyle(style)
	b.noted(err)
	return made
}

func (b *reportBook) styles() {
	b.title = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.formats, b.marked = make(map[ColumnKind]int), make(map[ColumnKind]int)
	for kind, format := range map[ColumnKind]string{QuantityColumn: "#,##0.###", MoneyColumn: "#,##0", CountColumn: "#,##0", PercentColumn: "0.0"} {
		marked := format + `"` + keptBackMark + `"`
		b.formats[kind], b.marked[kind] = b.style(&excelize.Style{CustomNumFmt: &format}), b.style(&excelize.Style{CustomNumFmt: &marked})
	}
	made := b.report.AsOf.Format("2006-01-02T15:04:05Z")
	b.noted(b.file.SetDocProps(&excelize.DocProperties{Title: b.report.In(b.language), Created: made, Modified: made, Creator: "OCOP market"}))
}

// firstRow is where the headings of a table stand: above are a title and how to read it.
const firstRow = 5

func (b *reportBook) sheet(at int, section ReportSection) {
	name := sheetName(section.In(b.language))
	if at == 0 {
		b.noted(b.file.SetSheetName(b.file.GetSheetName(0), name))
	} else {
		_, err := b.file.NewSheet(name)
		b.noted(err)
	}
	b.head(name, section)
	for column, each := range section.Columns {
		b.column(name, column, each, section)
	}
	if len(section.Rows) == 0 {
		return
	}
	last := cellName(len(section.Columns)-1, firstRow+len(section.Rows))
	b.noted(b.file.AddTable(name, &excelize.Table{
		Range: cellName(0, firstRow) + ":" + last, Name: "t_" + section.Code, StyleName: "TableStyleMedium2",
	}))
	if section.Chart != nil {
		b.chart(name, section)
	}
}

// head writes what the sheet is about.
func (b *reportBook) head(name string, section ReportSection) {
	notes := section.notes(b.language)
	if b.report.Demonstration {
		notes += demonstrationNote
	}
	for at, line := range []string{section.In(b.language) + " · " + b.report.In(b.language), edition(b.report, b.language), notes} {
		b.noted(b.file.SetCellStr(name, cellName(0, at+1), line))
	}
	b.noted(b.file.SetCellStyle(name, "A1", "A1", b.title))
}

// edition says which one it is and of when.
func edition(r PeriodReport, language string) string {
	text := called("Ấn bản "+strconv.Itoa(r.Edition)+", số liệu đến "+local(r), "Edition "+strconv.Itoa(r.Edition)+", data as of "+local(r)).In(language)
	if r.Preliminary {
		text += called(" (sơ bộ: kỳ chưa khép sổ)", " (preliminary: the period is not closed)").In(language)
	}
	return text
}

func local(r PeriodReport) string { return r.AsOf.In(reference.Zone()).Format("02/01/2006 15:04") }

// column writes a heading and what stands under it.
func (b *reportBook) column(name string, column int, each ReportColumn, section ReportSection) {
	b.noted(b.file.SetCellStr(name, cellName(column, firstRow), each.In(b.language)))
	width := 15.0
	if each.Kind == TextColumn {
		width = 26
	}
	letter, err := excelize.ColumnNumberToName(column + 1)
	b.noted(err)
	b.noted(b.file.SetColWidth(name, letter, letter, width))
	for row, cells := range section.Rows {
		b.cell(name, cellName(column, firstRow+1+row), cells[column])
	}
	if format, numeric := b.formats[each.Kind]; numeric && len(section.Rows) > 0 {
		b.noted(b.file.SetCellStyle(name, cellName(column, firstRow+1), cellName(column, firstRow+len(section.Rows)), format))
	}
	for row, cells := range section.Rows {
		if at := cellName(column, firstRow+1+row); cells[column].KeptBack {
			b.noted(b.file.SetCellStyle(name, at, at, b.marked[each.Kind]))
		}
	}
}

// cell writes a number as one as long as a spreadsheet keeps it exactly, in fifteen digits; texts as
// texts, never as formulas.
func (b *reportBook) cell(name, at string, cell ReportCell) {
	switch number, err := strconv.ParseFloat(cell.Number, 64); {
	case cell.Hidden:
		b.noted(b.file.SetCellStr(name, at, called("(không công bố)", "(not shown)").In(b.language)))
	case cell.Number != "" && err == nil && len(cell.Number) <= 16:
		b.noted(b.file.SetCellFloat(name, at, number, -1, 64))
	case cell.KeptBack:
		b.noted(b.file.SetCellStr(name, at, cell.Number+keptBackMark))
	default:
		b.noted(b.file.SetCellStr(name, at, cell.in(b.language)))
	}
}

func (b *reportBook) chart(name string, section ReportSection) {
	rows := len(section.Rows)
	span := func(column int) string {
		return "'" + name + "'!" + absolute(column, firstRow+1) + ":" + absolute(column, firstRow+rows)
	}
	kind := excelize.Col
	if section.Chart.Kind == "line" {
		kind = excelize.Line
	}
	chart := &excelize.Chart{
		Type: kind, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: section.In(b.language)}}}, Legend: excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 900, Height: 380},
	}
	for _, column := range section.Chart.Values {
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name: "'" + name + "'!" + absolute(column, firstRow), Categories: span(section.Chart.Label), Values: span(column),
		})
	}
	b.noted(b.file.AddChart(name, cellName(0, firstRow+rows+2), chart))
}

// cellName is the name of a cell by its column, from nothing, and row, from one.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return "" // the library refuses it where it is used
	}
	return name
}

func absolute(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row, true)
	if err != nil {
		return ""
	}
	return name
}

// sheetName is a text as the name of a sheet: at most 31 characters, without those that refer.
func sheetName(text string) string {
	var name []rune
	for _, r := range text {
		if len(name) == 31 {
			break
		}
		switch r {
		case ':', '\\', '/', '?', '*', '[', ']', '\'':
			r = ' '
		}
		name = append(name, r)
	}
	return string(name)
}
