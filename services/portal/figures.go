package portal

import (
	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/pkg/quantity"
)

// figures is a table of figures, shown by figuresTable.
type figures struct {
	// caption says what the table is about; it is read out and stands above it.
	caption string
	heads   []head
	rows    [][]cell
}

// head is the head of a column.
type head struct {
	text string
	// group is what columns beside each other have in common; "" where there is nothing.
	group string
	// number says that the column holds figures, which stand under each other.
	number bool
}

// headGroup is a head over several columns.
type headGroup struct {
	text string
	span int
}

// cell is a figure or what it is about.
type cell struct {
	text string
	// link leads to what is behind a figure; empty: to nothing.
	link templ.SafeURL
	// was are what the figure was at other times, one for each comparison.
	was []string
	// why says why there is no figure.
	why string
}

// headed are the groups over the columns; none where no column has one.
func (f figures) headed() []headGroup {
	var groups []headGroup
	some := false
	for _, each := range f.heads {
		some = some || each.group != ""
		if last := len(groups) - 1; last >= 0 && groups[last].text == each.group {
			groups[last].span++
			continue
		}
		groups = append(groups, headGroup{each.group, 1})
	}
	if !some {
		return nil
	}
	return groups
}

// chart is what bars show, and the table beside them says.
type chart struct {
	Unit   string        `json:"unit"`
	Labels []string      `json:"labels"`
	Series []chartSeries `json:"series"`

	last string // the month of the last label
}

type chartSeries struct {
	Name   string              `json:"name"`
	Values []quantity.Quantity `json:"values"`
}

// choice is one of what a form offers.
type choice struct {
	value, label string
	chosen       bool
}

// chosenOf marks what is chosen.
func chosenOf(choices []choice, value string) []choice {
	for i := range choices {
		choices[i].chosen = choices[i].value == value
	}
	return choices
}

// table says what the bars show.
func (c *chart) table(v *visit, caption string) figures {
	made := figures{caption: caption, heads: []head{{text: ""}}}
	made.heads[0].text = c.Unit
	for _, series := range c.Series {
		made.heads = append(made.heads, head{text: series.Name, number: true})
	}
	for at, label := range c.Labels {
		row := make([]cell, 0, 1+len(c.Series))
		row = append(row, cell{text: label})
		for _, series := range c.Series {
			row = append(row, cell{text: v.amount(series.Values[at])})
		}
		made.rows = append(made.rows, row)
	}
	return made
}

// chosenLabel is what is chosen; "" when nothing is.
func chosenLabel(choices []choice) string {
	for _, each := range choices {
		if each.chosen {
			return each.label
		}
	}
	return ""
}
