package monitor

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

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
	wrapped  int
	heading  int
	// hidden is the format of what stands in the place of a number.
	hidden  int
	formats map[numberFormat]int
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
	b.title = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Family: typeface}})
	b.wrapped = b.style(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	b.heading = b.style(&excelize.Style{
		Font: &excelize.Font{Bold: true, Size: 11, Color: "FFFFFF", Family: typeface}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"4472C4"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
	})
	b.hidden = b.style(&excelize.Style{Alignment: &excelize.Alignment{Horizontal: "right"}})
	b.formats = make(map[numberFormat]int)
	for _, kind := range []ColumnKind{QuantityColumn, MoneyColumn, CountColumn, PercentColumn} {
		for _, whole := range []bool{true, false} {
			for _, marked := range []bool{true, false} {
				format := numberFormat{kind, whole, marked}
				code := format.code()
				b.formats[format] = b.style(&excelize.Style{CustomNumFmt: &code})
			}
		}
	}
	made := b.report.AsOf.Format("2006-01-02T15:04:05Z")
	b.noted(b.file.SetDocProps(&excelize.DocProperties{Title: b.report.In(b.language), Created: made, Modified: made, Creator: "OCOP market"}))
}

// numberFormat is how a number is shown: of what kind, whole or in parts, and with a mark when it is not the newest; it is a
// number all the same.
type numberFormat struct {
	kind          ColumnKind
	whole, marked bool
}

// code is the format in the words of spreadsheets. A whole quantity has one of its own: Excel would show the point of
// the other with nothing behind it.
func (f numberFormat) code() string {
	code := "#,##0"
	switch {
	case f.kind == PercentColumn:
		code = "#,##0.0"
	case f.kind == QuantityColumn && !f.whole:
		code = "#,##0.0##"
	}
	if f.marked {
		code += `"` + keptBackMark + `"`
	}
	return code
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
	width := 0.0
	for column, each := range section.Columns {
		width += b.column(name, column, each, section)
	}
	b.head(name, section, width)
	b.page(name, section)
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

// page has the headings stand still and the sheet printed across the width of as many pages as it is long, with its headings on each.
func (b *reportBook) page(name string, section ReportSection) {
	b.noted(b.file.SetPanes(name, &excelize.Panes{
		Freeze: true, YSplit: firstRow, TopLeftCell: cellName(0, firstRow+1), ActivePane: "bottomLeft",
	}))
	b.noted(b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: new(true)}))
	orientation, pages := "landscape", 0 // as many as it needs
	switch {
	case section.Chart != nil:
		pages = 1 // a chart is not cut
	case len(section.Columns) <= narrow:
		orientation = "portrait"
	}
	b.noted(b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Orientation: &orientation, Size: new(paperA4), FitToWidth: new(1), FitToHeight: &pages,
	}))
	b.noted(b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, firstRow, firstRow), Scope: name,
	}))
	b.noted(b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}))
}

const (
	// paperA4 is what spreadsheets call it.
	paperA4 = 9
	// narrow is how many columns stand on a page that is upright.
	narrow = 5
	// typeface is what spreadsheets have without being told; a style that names none is shown in another.
	typeface = "Calibri"
	// lineHeight is that of a line of text, in points.
	lineHeight = 15.0
)

// head writes what the sheet is about, over the width of its table, in characters.
func (b *reportBook) head(name string, section ReportSection, width float64) {
	notes := section.notes(b.language)
	if b.report.Demonstration {
		notes += demonstrationNote
	}
	for at, line := range []string{section.In(b.language) + " · " + b.report.In(b.language), edition(b.report, b.language), notes} {
		b.noted(b.file.SetCellStr(name, cellName(0, at+1), line))
		if at > 0 && line != "" {
			last := cellName(len(section.Columns)-1, at+1)
			b.noted(b.file.MergeCell(name, cellName(0, at+1), last))
			b.noted(b.file.SetCellStyle(name, cellName(0, at+1), last, b.wrapped))
			lines := math.Ceil(float64(utf8.RuneCountInString(line)) / width)
			b.noted(b.file.SetRowHeight(name, at+1, lines*lineHeight))
		}
	}
	b.noted(b.file.SetCellStyle(name, "A1", "A1", b.title))
	b.noted(b.file.SetRowHeight(name, firstRow, headingLines*lineHeight))
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

// The bounds of a column's width, in characters, and how many lines a heading may take.
const (
	leastWidth, mostWidth = 11, 44
	headingLines          = 3
)

// column writes a heading and what stands under it, and returns how wide the column is, in characters.
func (b *reportBook) column(name string, column int, each ReportColumn, section ReportSection) float64 {
	heading := each.In(b.language)
	b.noted(b.file.SetCellStr(name, cellName(column, firstRow), heading))
	b.noted(b.file.SetCellStyle(name, cellName(column, firstRow), cellName(column, firstRow), b.heading))
	longest := utf8.RuneCountInString(heading)/headingLines + 3
	for word := range strings.FieldsSeq(heading) {
		longest = max(longest, utf8.RuneCountInString(word)+2) // beside the button that filters
	}
	for row, cells := range section.Rows {
		at, cell := cellName(column, firstRow+1+row), cells[column]
		shown := b.cell(name, at, cell)
		length := utf8.RuneCountInString(shown)
		switch {
		case cell.Hidden && each.Kind != TextColumn:
			b.noted(b.file.SetCellStyle(name, at, at, b.hidden))
		case each.Kind != TextColumn:
			whole, parts, _ := strings.Cut(shown, ".")
			length += len(whole)/3 + 1 // what parts thousands, and a mark
			b.noted(b.file.SetCellStyle(name, at, at, b.formats[numberFormat{each.Kind, parts == "", cell.KeptBack}]))
		}
		longest = max(longest, length)
	}
	letter, err := excelize.ColumnNumberToName(column + 1)
	b.noted(err)
	width := float64(min(max(longest+2, leastWidth), mostWidth))
	b.noted(b.file.SetColWidth(name, letter, letter, width))
	return width
}

// cell writes a number as one as long as a spreadsheet keeps it exactly, in fifteen digits; texts as
// texts, never as formulas. It returns what is there to be read.
func (b *reportBook) cell(name, at string, cell ReportCell) string {
	text := cell.in(b.language)
	switch number, err := strconv.ParseFloat(cell.Number, 64); {
	case cell.Hidden:
		text = called("(không công bố)", "(not shown)").In(b.language)
	case cell.Number != "" && err == nil && len(cell.Number) <= 16:
		b.noted(b.file.SetCellFloat(name, at, number, -1, 64))
		return cell.Number
	case cell.KeptBack:
		text = cell.Number + keptBackMark
	}
	b.noted(b.file.SetCellStr(name, at, text))
	return text
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
