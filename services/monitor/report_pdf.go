package monitor

import (
	"slices"
	"strconv"

	"github.com/ocop-market/ocop/pkg/paper"
)

// paperColumns are the quantities that a page is wide enough for; the workbook has all.
func paperColumns() []string { return []string{"offered", "awarded", "delivered", "rejected"} }

// unshown stands on paper for a number that may not be told.
const unshown = "•"

// pdf sets the report on paper: the same report has the same bytes.
func (r PeriodReport) pdf(language string) ([]byte, error) {
	title := called("Báo cáo sản lượng ", "Report of volumes ")
	foot := r.In(language) + " · " + edition(r, language)
	if r.Demonstration {
		foot += " · " + demonstrationNote
	}
	page := paper.New(paper.About{
		Title: title.In(language) + r.Period, Author: "OCOP market", Language: language, Made: r.AsOf, Foot: foot,
	})
	page.Title(title.In(language)+"– "+r.In(language), edition(r, language))
	if r.Demonstration {
		page.Notice(demonstrationNote)
	}
	for _, section := range r.Sections {
		if len(section.Rows) == 0 {
			continue
		}
		under, chart := section.notes(language), paper.Chart{}
		if section.hides() {
			under += unshown + " " + called("không công bố vì chưa đủ ba tổ chức.", "not shown: it would tell of fewer than three organisations.").In(language)
		}
		if section.Chart != nil {
			chart = section.bars(language)
		}
		page.Ahead(under, chart)
		page.Section(section.In(language), "")
		if under != "" {
			page.Note(under)
		}
		if section.Chart != nil {
			page.Bars(chart)
			continue
		}
		page.Table(section.onPaper(language))
	}
	return page.Bytes()
}

// paper is a column as a page has it, and whether it has it.
func (c ReportColumn) paper(language string) (paper.Column, bool) {
	column := paper.Column{Head: c.In(language), Number: c.Kind != TextColumn, Share: 1.3}
	switch {
	case c.Code == "condition":
		return column, false // dried goods are told by their name
	case c.Code == "unit":
		column.Share = 0.9
	case c.Kind == TextColumn:
		column.Share = 2
	case c.Kind == MoneyColumn:
		column.Share = 2
	case c.Kind == QuantityColumn:
		return column, slices.Contains(paperColumns(), c.Code)
	}
	return column, true
}

// onPaper is a section as a table of a page's width.
func (s ReportSection) onPaper(language string) ([]paper.Column, [][]string) {
	var columns []paper.Column
	rows, both := make([][]string, len(s.Rows)), s.bothConditions()
	for at, each := range s.Columns {
		column, shown := each.paper(language)
		if !shown {
			continue
		}
		columns = append(columns, column)
		for row, cells := range s.Rows {
			text := cells[at].onPaper(language)
			if each.Code == "line" && both[cells[at].Code] && cells[at+1].NameEN == driedName {
				text += " (" + cells[at+1].in(language) + ")"
			}
			rows[row] = append(rows[row], text)
		}
	}
	return columns, rows
}

// onPaper is a cell as people read it.
func (c ReportCell) onPaper(language string) string {
	switch {
	case c.Hidden:
		return unshown
	case c.Number == "":
		return c.in(language)
	case c.KeptBack:
		return Grouped(c.Number, language) + keptBackMark
	default:
		return Grouped(c.Number, language)
	}
}

// Grouped parts the thousands of a decimal and marks its fraction as the language does.
func Grouped(number, language string) string {
	part, mark := byte('.'), byte(',')
	if language == "en" {
		part, mark = ',', '.'
	}
	var text []byte
	whole := len(number)
	for at := range len(number) {
		if number[at] == '.' {
			whole = at
		}
	}
	for at := range len(number) {
		switch {
		case number[at] == '.':
			text = append(text, mark)
			continue
		case at > 0 && at < whole && (whole-at)%3 == 0 && number[at-1] != '-':
			text = append(text, part)
		}
		text = append(text, number[at])
	}
	return string(text)
}

// bars is a section as a chart on paper.
func (s ReportSection) bars(language string) paper.Chart {
	chart := paper.Chart{Shown: func(number string) string { return Grouped(number, language) }}
	for _, cells := range s.Rows {
		chart.Labels = append(chart.Labels, cells[s.Chart.Label].in(language))
	}
	for _, column := range s.Chart.Values {
		series := paper.Series{Name: s.Columns[column].In(language)}
		for _, cells := range s.Rows {
			value, err := strconv.ParseFloat(cells[column].Number, 64) // only drawn
			if err != nil {
				value = 0
			}
			series.Values = append(series.Values, value)
		}
		chart.Series = append(chart.Series, series)
	}
	return chart
}
