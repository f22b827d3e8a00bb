package monitor

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
)

// csv writes one section, with codes beside names so that other programs can read it.
func (r PeriodReport) csv(code string) ([]byte, error) {
	at := slices.IndexFunc(r.Sections, func(s ReportSection) bool { return s.Code == code })
	if at < 0 {
		codes := make([]string, len(r.Sections))
		for i, section := range r.Sections {
			codes[i] = section.Code
		}
		return nil, fault.ErrUnknownValue.At("query.section", "value", code, "allowed", strings.Join(codes, ", "))
	}
	section := r.Sections[at]
	var file bytes.Buffer
	writer, err := sheet.NewCSV(&file, ',')
	if err != nil {
		return nil, err
	}
	heads, keptBack := []sheet.Cell{}, section.keptBackColumns()
	for i, column := range section.Columns {
		heads = append(heads, sheet.T(column.Code))
		if column.Kind == TextColumn {
			heads = append(heads, sheet.T(column.Code+"_name"), sheet.T(column.Code+"_name_en"))
		}
		if keptBack[i] {
			heads = append(heads, sheet.T(column.Code+"_kept_back"))
		}
	}
	if r.Demonstration {
		heads = append(heads, sheet.T("note"))
	}
	if err := writer.Write(heads); err != nil {
		return nil, err
	}
	for _, cells := range section.Rows {
		row := []sheet.Cell{}
		for i, cell := range cells {
			switch {
			case section.Columns[i].Kind == TextColumn:
				row = append(row, sheet.T(cell.Code), sheet.T(cell.Name), sheet.T(cell.NameEN))
			case cell.Number == "":
				row = append(row, sheet.Cell{})
			default:
				row = append(row, sheet.N(cell.Number))
			}
			if keptBack[i] {
				row = append(row, sheet.T(strconv.FormatBool(cell.KeptBack)))
			}
		}
		if r.Demonstration {
			row = append(row, sheet.T(demonstrationNote))
		}
		if err := writer.Write(row); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// keptBackColumns are the columns in which a number is not the newest; beside each stands another that says of which.
func (s ReportSection) keptBackColumns() map[int]bool {
	columns := make(map[int]bool)
	for _, cells := range s.Rows {
		for at, cell := range cells {
			if cell.KeptBack {
				columns[at] = true
			}
		}
	}
	return columns
}
