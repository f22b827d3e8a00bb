package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const byteOrderMark = "\uFEFF"

// sampled is how much of a file is looked at to tell its encoding and separator, in bytes.
const sampled = 64 << 10

// decode brings a text file into UTF-8: UTF-8 itself, UTF-16 by its mark or by the zero bytes of
// its Latin letters, and else Windows-1258, which older programs in Vietnam write.
func decode(content []byte) ([]byte, error) {
	var from encoding.Encoding
	switch sample := content[:min(len(content), sampled)]; {
	case bytes.HasPrefix(content, []byte(byteOrderMark)):
		content = content[len(byteOrderMark):]
	case bytes.HasPrefix(content, []byte("\xff\xfe")), zeros(sample, 1):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(content, []byte("\xfe\xff")), zeros(sample, 0):
		from = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case !utf8.Valid(content):
		from = charmap.Windows1258
	}
	if from != nil {
		var err error
		if content, err = from.NewDecoder().Bytes(content); err != nil {
			return nil, ErrUnreadable.With().Because(err)
		}
	}
	// A text has no zero bytes and no undefined letters: whatever this is, it is no list.
	if len(bytes.TrimSpace(content)) == 0 || bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content) || bytes.Contains(content, []byte("\uFFFD")) {
		return nil, ErrUnreadable.With()
	}
	return content, nil
}

// zeros reports whether more than a third of the bytes at odd or even places are zero, and none
// elsewhere: UTF-16 without a mark.
func zeros(sample []byte, odd int) bool {
	here := 0
	for at, b := range sample {
		if b != 0 {
			continue
		}
		if at%2 != odd {
			return false
		}
		here++
	}
	return here*6 > len(sample)
}

// separators in the order in which a draw is decided.
const separators = ";\t,"

// guessSeparator takes the separator that stands equally often in most of the first lines: what
// parts cells does, what stands within them does not. Excel's own "sep=;" in the first line
// decides and is no row.
func guessSeparator(text []byte) ([]byte, rune) {
	if rest, ok := bytes.CutPrefix(text, []byte("sep=")); ok && len(rest) > 1 && strings.ContainsRune(separators, rune(rest[0])) {
		_, after, _ := bytes.Cut(rest, []byte("\n"))
		return after, rune(rest[0])
	}
	best, mostLines, mostCells := ',', 0, 0
	for _, separator := range separators {
		lines, cells := regularity(text[:min(len(text), sampled)], separator)
		if lines > mostLines || lines == mostLines && cells > mostCells {
			best, mostLines, mostCells = separator, lines, cells
		}
	}
	return text, best
}

// regularity is on how many lines a separator stands the number of times that it stands most
// often, and that number. Quoted text does not count.
func regularity(text []byte, separator rune) (lines, times int) {
	seen := make(map[int]int)
	count, quoted := 0, false
	for _, b := range append(bytes.Clone(text), '\n') {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case rune(b) == separator:
			count++
		case b == '\n':
			if count > 0 {
				seen[count]++
			}
			count = 0
		}
	}
	for n, on := range seen {
		if on > lines || on == lines && n > times {
			lines, times = on, n
		}
	}
	return lines, times
}

// eachCSV reads the rows of a CSV file (RFC 4180), forgiving stray quotation marks as people make
// them. Rows are numbered as a spreadsheet does: a line end within a cell begins no row.
func eachCSV(text []byte, separator rune, limits Limits, visit func(Row) error) error {
	reader := csv.NewReader(bytes.NewReader(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes, reader.ReuseRecord = separator, -1, true, true
	number, line := 0, 0
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrUnreadable.With().Because(err)
		}
		start, _ := reader.FieldPos(0)
		number += start - line // blank lines, which the reader skips, are rows
		line = start
		if len(record) > limits.Columns && !blankFrom(record, limits.Columns) {
			return ErrTooManyColumns.With("row", number, "max", limits.Columns)
		}
		row := Row{Number: number, Cells: make([]Cell, len(record))}
		for i, field := range record {
			line += strings.Count(field, "\n")
			row.Cells[i] = T(unguarded(field))
		}
		if err := visit(row); err != nil {
			return err
		}
	}
}

func blankFrom(record []string, at int) bool {
	for _, field := range record[at:] {
		if strings.TrimSpace(field) != "" {
			return false
		}
	}
	return true
}

// dangerous are the beginnings by which spreadsheets take a text for a formula (OWASP, CSV
// Injection).
const dangerous = "=+-@\t\r"

// guarded keeps a text from being taken for a formula: spreadsheets show what follows an
// apostrophe as it is.
func guarded(text string) string {
	if formula(strings.TrimLeft(text, "'")) {
		return "'" + text
	}
	return text
}

// unguarded takes off what guarded put before a text, so that what was written here is read back.
func unguarded(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && formula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return text
}

func formula(text string) bool { return text != "" && strings.ContainsRune(dangerous, rune(text[0])) }
