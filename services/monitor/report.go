package monitor

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/reference"
)

// PeriodReport is what an authority was told of a period. An edition never changes; what is corrected
// later is in the next.
type PeriodReport struct {
	reference.Names

	ID          uuid.UUID  `json:"id"`
	Period      string     `json:"period"   doc:"2026-03, 2026-Q1, 2026-H1, 2026, or 2026-S1: the price-stabilisation year from 1 April 2026."`
	Kind        string     `json:"kind"`
	Province    string     `json:"province" doc:"Of the authority that it is made for: 96 Cà Mau, 79 Ho Chi Minh City."`
	Edition     int        `json:"edition"`
	From        civil.Date `json:"from"`
	To          civil.Date `json:"to"          doc:"Inclusive."`
	AsOf        time.Time  `json:"as_of"       doc:"Postings committed by this instant are in it."`
	Preliminary bool       `json:"preliminary" doc:"It was made before receipts of the period had to be in."`
	Reason      string     `json:"reason,omitempty" doc:"Why this edition was made."`
	// Demonstration says that invented data is among the totals.
	Demonstration bool            `json:"demonstration,omitempty"`
	Sections      []ReportSection `json:"sections"`
}

// ReportSection is a table of a report.
type ReportSection struct {
	reference.Names

	Code        string            `json:"code"`
	Overlapping bool              `json:"overlapping,omitempty" doc:"Rows share volume and must not be added up."`
	Notes       []reference.Names `json:"notes,omitempty"`
	Columns     []ReportColumn    `json:"columns"`
	Rows        [][]ReportCell    `json:"rows"`
	Chart       *ReportChart      `json:"chart,omitempty"`
}

// ReportColumn heads a column of a section.
type ReportColumn struct {
	reference.Names

	Code string     `json:"code"`
	Kind ColumnKind `json:"kind" enum:"text,quantity,vnd,count,percent"`
}

// ColumnKind is what stands in a column.
type ColumnKind string

// The kinds of columns. Quantities are in the row's unit, percents have one decimal.
const (
	TextColumn     ColumnKind = "text"
	QuantityColumn ColumnKind = "quantity"
	MoneyColumn    ColumnKind = "vnd"
	CountColumn    ColumnKind = "count"
	PercentColumn  ColumnKind = "percent"
)

// ReportCell is one cell: a text in both languages, a number, or what may not be told.
type ReportCell struct {
	Code   string `json:"code,omitempty"`
	Name   string `json:"name,omitempty"`
	NameEN string `json:"name_en,omitempty"`
	Number string `json:"number,omitempty" doc:"An exact decimal."`
	Hidden bool   `json:"hidden,omitempty" doc:"There is a number, and it would tell of fewer than three organisations."`
	// KeptBack marks a number that later changes are not in.
	KeptBack bool `json:"kept_back,omitempty" doc:"The number is not the newest: later changes are not in it, because too few organisations stand behind them to be told yet."`
}

// ReportChart says how a section is drawn.
type ReportChart struct {
	Kind string `json:"kind" enum:"column,line"`
	// Label and Values are places of columns.
	Label  int   `json:"label"`
	Values []int `json:"values"`
}

// driedName is the English name of the condition of dried goods.
const driedName = "dried"

// bothConditions are the lines of which a section has fresh and dried goods.
func (s ReportSection) bothConditions() map[string]bool {
	both := make(map[string]bool)
	at := slices.IndexFunc(s.Columns, func(c ReportColumn) bool { return c.Code == "condition" })
	if at < 1 {
		return both
	}
	seen := make(map[string]string) // the condition of the first row of each line
	for _, cells := range s.Rows {
		line, condition := cells[at-1].Code, cells[at].NameEN
		if first, known := seen[line]; !known {
			seen[line] = condition
		} else if (first == driedName) != (condition == driedName) {
			both[line] = true
		}
	}
	return both
}

// notes say how to read the section, one after the other.
func (s ReportSection) notes(language string) string {
	var text strings.Builder
	for _, note := range s.Notes {
		text.WriteString(note.In(language) + " ")
	}
	return text.String()
}

// hides reports whether a number of the section may not be told.
func (s ReportSection) hides() bool {
	return slices.ContainsFunc(s.Rows, func(cells []ReportCell) bool {
		return slices.ContainsFunc(cells, func(c ReportCell) bool { return c.Hidden })
	})
}

// keptBackMark stands behind a number that is not the newest, on paper and in a workbook.
const keptBackMark = "*"

// withKeptBack says below the other notes what the mark means, where it stands.
func (s ReportSection) withKeptBack() ReportSection {
	if len(s.keptBackColumns()) > 0 {
		s.Notes = append(s.Notes, called(keptBackMark+" Chưa phải số mới nhất: các thay đổi sau đó chưa đủ số tổ chức để công bố.",
			keptBackMark+" Not the newest: too few organisations stand behind later changes for them to be told yet."))
	}
	return s
}

// in is a cell's text in a language.
func (c ReportCell) in(language string) string {
	if c.Number != "" {
		return c.Number
	}
	return reference.Names{Name: c.Name, NameEN: c.NameEN}.In(language)
}

func named(code string, names reference.Names) ReportCell {
	return ReportCell{Code: code, Name: names.Name, NameEN: names.NameEN}
}

func numbered(number string) ReportCell { return ReportCell{Number: number} }

func called(vietnamese, english string) reference.Names {
	return reference.Names{Name: vietnamese, NameEN: english}
}
