package sheet

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Sheet describes the sheet of a new workbook.
type Sheet struct {
	Name string
	// Heads are rows to be shown as headings, from the first on.
	Heads int
	// Widths are those of the columns, in characters; columns beyond get a usual one.
	Widths []int
}

// xlsxWriter streams the rows of one sheet straight into the archive: libraries hold a workbook
// back, in memory, until its last row.
type xlsxWriter struct {
	archive *zip.Writer
	rows    *bufio.Writer
	heads   int
	number  int
	buffer  []byte
}

// The styles of cells, by their place in xl/styles.xml.
const (
	plainStyle = iota
	headStyle
	dateStyle
)

// NewXLSX writes a workbook with one sheet. Texts are stored as texts, never as formulas; numbers
// as numbers, days as days.
func NewXLSX(to io.Writer, sheet Sheet) (Writer, error) { //nolint:ireturn // formats are interchangeable
	w := &xlsxWriter{archive: zip.NewWriter(to), heads: sheet.Heads}
	// Lists shrink to a tenth with the least effort, and to little less with more.
	w.archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"xl/workbook.xml", fmt.Sprintf(workbookPart, escaped(sheet.Name))},
		{"xl/_rels/workbook.xml.rels", workbookRelations},
		{"xl/styles.xml", stylesPart},
	} {
		entry, err := w.archive.Create(part.name)
		if err == nil {
			_, err = io.WriteString(entry, xmlHead+part.text)
		}
		if err != nil {
			return nil, fmt.Errorf("beginning a workbook: %w", err)
		}
	}
	entry, err := w.archive.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, fmt.Errorf("beginning a workbook: %w", err)
	}
	w.rows = bufio.NewWriterSize(entry, 32<<10)
	if _, err := w.rows.WriteString(xmlHead + sheet.beginning()); err != nil {
		return nil, fmt.Errorf("beginning a workbook: %w", err)
	}
	return w, nil
}

// beginning is what stands before the rows: the pane of headings and the widths.
func (s Sheet) beginning() string {
	var text strings.Builder
	text.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">`)
	if s.Heads > 0 {
		fmt.Fprintf(&text, `<pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>`, s.Heads, s.Heads+1)
	}
	text.WriteString(`</sheetView></sheetViews><sheetFormatPr defaultColWidth="16" defaultRowHeight="15"/>`)
	if len(s.Widths) > 0 {
		text.WriteString(`<cols>`)
		for i, width := range s.Widths {
			fmt.Fprintf(&text, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
		}
		text.WriteString(`</cols>`)
	}
	text.WriteString(`<sheetData>`)
	return text.String()
}

// Write adds a row.
func (w *xlsxWriter) Write(cells []Cell) error {
	w.number++
	row := strconv.AppendInt(append(w.buffer[:0], `<row r="`...), int64(w.number), 10)
	row = append(row, `">`...)
	for at, cell := range cells {
		row = w.append(row, at, cell)
	}
	row = append(row, `</row>`...)
	w.buffer = row
	if _, err := w.rows.Write(w.buffer); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

func (w *xlsxWriter) append(row []byte, at int, cell Cell) []byte {
	value, kind, style := stored(cell)
	if cell.Kind == Empty {
		return row
	}
	if w.number <= w.heads {
		value, kind, style = cell.Text, "inlineStr", headStyle
	}
	row = append(row, `<c r="`...)
	row = appendColumn(row, at)
	row = strconv.AppendInt(row, int64(w.number), 10)
	row = append(row, '"')
	if style != plainStyle {
		row = append(row, ` s="`...)
		row = strconv.AppendInt(row, int64(style), 10)
		row = append(row, '"')
	}
	switch kind {
	case "inlineStr":
		row = append(row, ` t="inlineStr"><is><t xml:space="preserve">`...)
		row = appendEscaped(row, value)
		return append(row, `</t></is></c>`...)
	case "b":
		row = append(row, ` t="b"`...)
	}
	row = append(row, `><v>`...)
	row = append(row, value...)
	return append(row, `</v></c>`...)
}

// stored is how a cell stands in the workbook. A decimal of up to fifteen digits is the same
// number as a binary fraction; a longer one stays a text, as does what is no day.
func stored(cell Cell) (value, kind string, style int) {
	switch cell.Kind {
	case Number:
		if _, err := strconv.ParseFloat(cell.Text, 64); err == nil && len(cell.Text) <= 16 {
			return cell.Text, "n", plainStyle
		}
	case Date:
		if day, err := time.Parse(time.DateOnly, cell.Text); err == nil && day.Year() >= 1901 {
			return strconv.Itoa(int(day.Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours()) / 24), "n", dateStyle
		}
	case Bool:
		if cell.Text == "true" {
			return "1", "b", plainStyle
		}
		return "0", "b", plainStyle
	case Empty, Text:
	}
	return cell.Text, "inlineStr", plainStyle
}

// appendColumn writes the letters of a column: A for 0, AA for 26.
func appendColumn(to []byte, at int) []byte {
	if at >= 26 {
		to = appendColumn(to, at/26-1)
	}
	return append(to, byte('A'+at%26))
}

func escaped(text string) string { return string(appendEscaped(nil, text)) }

// appendEscaped writes text as XML and leaves out what XML 1.0 cannot hold.
func appendEscaped(to []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '&':
			to = append(to, `&amp;`...)
		case r == '<':
			to = append(to, `&lt;`...)
		case r == '>':
			to = append(to, `&gt;`...)
		case r == '"':
			to = append(to, `&quot;`...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
		default:
			to = utf8.AppendRune(to, r)
		}
	}
	return to
}

// Close ends the workbook.
func (w *xlsxWriter) Close() error {
	_, err := w.rows.WriteString(`</sheetData><pageSetup paperSize="9" orientation="landscape"/></worksheet>`)
	if err == nil {
		err = w.rows.Flush()
	}
	if err == nil {
		err = w.archive.Close()
	}
	if err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

// The parts of a workbook that are always the same (ISO/IEC 29500-1, 12.3).
const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`
	packageRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	workbookPart = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
	workbookRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	stylesPart = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="3"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
		`<xf xfId="0" numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`
)
