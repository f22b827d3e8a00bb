package monitor

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// table is a report as a spreadsheet shows it.
type table struct {
	header []string
	rows   [][]string
}

// byteOrderMark makes Excel read the file as UTF-8.
const byteOrderMark = "\uFEFF"

// csv writes the table as RFC 4180 has it.
func (t table) csv() []byte {
	var file bytes.Buffer
	file.WriteString(byteOrderMark)
	writer := csv.NewWriter(&file)
	writer.UseCRLF = true
	// A buffer never fails to be written to.
	_ = writer.Write(t.header)
	_ = writer.WriteAll(t.rows)
	return file.Bytes()
}

// plainText guards a text against being run as a formula (OWASP: CSV injection). Amounts are written
// by this program and may begin with a minus.
func plainText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}

// column is a dimension's name and value in each row.
type column struct {
	name  string
	value func(Dimensions) *string
}

// columns lists the dimensions in the order of the file. Those of no row are left out.
func columns(rows []Dimensions) []column {
	line := func(d Dimensions) *string { return &d.Line }
	dried := func(d Dimensions) *string { return new(strconv.FormatBool(d.Dried)) }
	unit := func(d Dimensions) *string { return &d.Unit }
	used := []column{}
	for _, each := range []column{
		{"year", func(d Dimensions) *string { return d.Year }},
		{"half_year", func(d Dimensions) *string { return d.HalfYear }},
		{"quarter", func(d Dimensions) *string { return d.Quarter }},
		{"month", func(d Dimensions) *string { return d.Month }},
		{"week", func(d Dimensions) *string { return d.Week }},
		{"line", line},
		{"dried", dried},
		{"form", func(d Dimensions) *string { return d.Form }},
		{"grade", func(d Dimensions) *string { return d.Grade }},
		{"stars", func(d Dimensions) *string { return d.Stars }},
		{"district", func(d Dimensions) *string { return d.District }},
		{"commune", func(d Dimensions) *string { return d.Commune }},
		{"scheme", func(d Dimensions) *string { return d.Scheme }},
		{"buyer_system", func(d Dimensions) *string { return d.BuyerSystem }},
		{"ward", func(d Dimensions) *string { return d.Ward }},
		{"producer", func(d Dimensions) *string { return d.Producer }},
		{"buyer", func(d Dimensions) *string { return d.Buyer }},
		{"unit", unit},
	} {
		if len(rows) == 0 || each.value(rows[0]) != nil {
			used = append(used, each)
		}
	}
	return used
}

// newTable writes the dimensions of rows and beside them their measures.
func newTable(about Report, rows []Dimensions, measures []string, measured func(i int) []string) table {
	shown := columns(rows)
	result := table{rows: make([][]string, len(rows))}
	for _, each := range shown {
		result.header = append(result.header, each.name)
	}
	result.header = append(result.header, measures...)
	if about.Demonstration {
		result.header = append(result.header, "note")
	}
	for i, row := range rows {
		for _, each := range shown {
			result.rows[i] = append(result.rows[i], plainText(*each.value(row)))
		}
		result.rows[i] = append(result.rows[i], measured(i)...)
		if about.Demonstration {
			result.rows[i] = append(result.rows[i], demonstrationNote)
		}
	}
	return result
}

// CSV is the report as a file for spreadsheets, with codes where people read names.
func (v Volumes) CSV() []byte { return v.table().csv() }

func (v Volumes) table() table {
	dimensions := make([]Dimensions, len(v.Rows))
	for i, row := range v.Rows {
		dimensions[i] = row.Dimensions
	}
	measures := []string{
		"offered", "requested", "quoted", "awarded", "dispatched", "unconfirmed", "delivered", "rejected", "released", "declared",
		"value_vnd", "value_suppressed", "value_kept_back",
	}
	compared := map[string]bool{"previous_": v.Previous != nil, "year_before_": v.YearBefore != nil}
	for _, prefix := range []string{"previous_", "year_before_"} {
		for _, measure := range ledger.Measures() {
			if compared[prefix] {
				measures = append(measures, prefix+measure)
			}
		}
	}
	return newTable(v.Report, dimensions, measures, func(i int) []string {
		row, value, declared := v.Rows[i], "", ""
		if row.Declared != nil {
			declared = row.Declared.String()
		}
		if row.ValueVND != nil {
			value = strconv.FormatInt(int64(*row.ValueVND), 10)
		}
		measured := amounts(row.Offered, row.Requested, row.Quoted, row.Awarded, row.Dispatched, row.Unconfirmed, row.Delivered, row.Rejected,
			row.Released)
		measured = append(measured, declared, value, strconv.FormatBool(row.ValueSuppressed), strconv.FormatBool(row.ValueKeptBack))
		if v.Previous != nil {
			measured = append(measured, row.Previous.amounts()...)
		}
		if v.YearBefore != nil {
			measured = append(measured, row.YearBefore.amounts()...)
		}
		return measured
	})
}

func (g Gaps) table() table {
	dimensions := make([]Dimensions, len(g.Rows))
	for i, row := range g.Rows {
		dimensions[i] = row.Dimensions
	}
	measures := []string{"requested", "offered", "available", "reserved", "committed", "gap", "alert", "past_years", "past_offered", "past_delivered", "seasons"}
	return newTable(g.Report, dimensions, measures, func(i int) []string {
		row := g.Rows[i]
		return append(amounts(row.Requested, row.Offered, row.Available, row.Reserved, row.Committed, row.Gap), row.expectation()...)
	})
}

func amounts(quantities ...quantity.Quantity) []string {
	texts := make([]string, len(quantities))
	for i, each := range quantities {
		texts[i] = each.String()
	}
	return texts
}
