package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Writer writes a list row by row. What is written may be held back until Close.
type Writer interface {
	Write(cells []Cell) error
	Close() error
}

// csvWriter writes CSV that spreadsheets open as it is meant.
type csvWriter struct {
	out    *csv.Writer
	buffer *bufio.Writer
	mark   string
	record []string
}

// NewCSV writes CSV in UTF-8 with a byte-order mark and CRLF, the cells parted by separator. Where
// that is a semicolon, as in places that write decimals with a comma, so do the numbers.
func NewCSV(to io.Writer, separator rune) (Writer, error) { //nolint:ireturn // formats are interchangeable
	w := &csvWriter{buffer: bufio.NewWriterSize(to, 32<<10), mark: "."}
	if separator == ';' {
		w.mark = ","
	}
	w.out = csv.NewWriter(w.buffer)
	w.out.Comma, w.out.UseCRLF = separator, true
	if _, err := w.buffer.WriteString(byteOrderMark); err != nil {
		return nil, fmt.Errorf("writing CSV: %w", err)
	}
	return w, nil
}

// Write adds a row.
func (w *csvWriter) Write(cells []Cell) error {
	w.record = w.record[:0]
	for _, cell := range cells {
		w.record = append(w.record, w.field(cell))
	}
	if err := w.out.Write(w.record); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// field writes a cell as text. Three decimals get a fourth, a zero: 1,125 could be taken for more
// than a thousand.
func (w *csvWriter) field(cell Cell) string {
	if cell.Kind != Number {
		return guarded(cell.Text)
	}
	whole, fraction, dotted := strings.Cut(cell.Text, ".")
	if !dotted {
		return cell.Text
	}
	if len(fraction) == 3 {
		fraction += "0"
	}
	return whole + w.mark + fraction
}

// Close writes what was held back.
func (w *csvWriter) Close() error {
	w.out.Flush()
	if err := w.out.Error(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	if err := w.buffer.Flush(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}
