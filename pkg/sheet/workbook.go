package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// workbook is an opened .xlsx. It is read here and not by a library because those hand out every
// cell as text: 1.125 that was stored as a number and 1.125 that somebody typed as text are not
// the same amount to every reader.
type workbook struct {
	parts    map[string]*zip.File
	sheets   []sheetPart
	shared   []string
	dates    []bool // by style: whether numbers are shown as days
	from1904 bool
	limits   Limits
}

type sheetPart struct{ name, part string }

func (b *workbook) names() []string {
	names := make([]string, len(b.sheets))
	for i, sheet := range b.sheets {
		names[i] = sheet.name
	}
	return names
}

func openWorkbook(content []byte, limits Limits) (*workbook, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, ErrUnreadable.With().Because(err)
	}
	if err := checkArchive(archive, int64(len(content)), limits); err != nil {
		return nil, err
	}
	b := &workbook{parts: make(map[string]*zip.File, len(archive.File)), limits: limits}
	for _, part := range archive.File {
		b.parts[strings.ToLower(path.Clean("/"+strings.ReplaceAll(part.Name, `\`, "/")))] = part
	}
	for _, load := range []func() error{b.loadSheets, b.loadShared, b.loadStyles} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	if len(b.sheets) == 0 {
		return nil, ErrUnreadable.With()
	}
	return b, nil
}

// checkArchive looks at what the archive says it holds. An archive that says less than it holds
// fails while it is read: archive/zip compares.
func checkArchive(archive *zip.Reader, packed int64, limits Limits) error {
	total := int64(0)
	for _, part := range archive.File {
		if part.UncompressedSize64 > uint64(limits.Unpacked) { //nolint:gosec // limits are positive
			return ErrUnpacked.With("max", limits.Unpacked>>20)
		}
		total += int64(part.UncompressedSize64) //nolint:gosec // bounded one line above
		if total > limits.Unpacked || len(archive.File) > maxParts {
			return ErrUnpacked.With("max", limits.Unpacked>>20)
		}
	}
	if total > looseUnpacked && total > packed*maxRatio {
		return ErrUnpacked.With("max", limits.Unpacked>>20)
	}
	return nil
}

// read decodes one part of the workbook by tokens; a part that is missing has none.
func (b *workbook) read(name string, token func(*xml.Decoder, xml.Token) error) (err error) {
	part, ok := b.parts[strings.ToLower(path.Clean("/"+name))]
	if !ok {
		return nil
	}
	opened, err := part.Open()
	if err != nil {
		return ErrUnreadable.With().Because(err)
	}
	defer func() { _ = opened.Close() }() // only read from
	decoder := xml.NewDecoder(opened)
	for {
		next, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrUnreadable.With().Because(err)
		}
		if err := token(decoder, next); err != nil {
			return err
		}
	}
}

// loadSheets lists the visible sheets in the order of their tabs.
func (b *workbook) loadSheets() error {
	targets := make(map[string]string)
	err := b.read("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, token xml.Token) error {
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "Relationship" {
			target := attribute(start, "Target")
			if !strings.HasPrefix(target, "/") {
				target = "/xl/" + target
			}
			targets[attribute(start, "Id")] = target
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.read("xl/workbook.xml", func(_ *xml.Decoder, token xml.Token) error {
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case start.Name.Local == "workbookPr":
			b.from1904 = truth(attribute(start, "date1904"))
		case start.Name.Local == "sheet" && (attribute(start, "state") == "" || attribute(start, "state") == "visible"):
			if target, known := targets[attribute(start, "id")]; known {
				b.sheets = append(b.sheets, sheetPart{name: attribute(start, "name"), part: target})
			}
		}
		return nil
	})
}

// attribute finds an attribute by its name without a prefix.
func attribute(start xml.StartElement, name string) string {
	for _, attr := range start.Attr {
		if attr.Name.Local == name {
			return attr.Value
		}
	}
	return ""
}

func truth(text string) bool { return text == "1" || text == "true" }

// loadShared reads the texts that cells name by number. Readings that stand above a text (rPh) are
// not part of it.
func (b *workbook) loadShared() error {
	var text strings.Builder
	inText, reading := false, 0
	return b.read("xl/sharedStrings.xml", func(_ *xml.Decoder, token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "t":
				inText = reading == 0
			case "rPh":
				reading++
			}
		case xml.CharData:
			if inText {
				text.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				b.shared = append(b.shared, text.String())
			case "t":
				inText = false
			case "rPh":
				reading--
			}
		}
		return nil
	})
}

// loadStyles learns which styles show a number as a day.
func (b *workbook) loadStyles() error {
	formats := make(map[int]bool)
	inCells := false
	return b.read("xl/styles.xml", func(_ *xml.Decoder, token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				formats[number(attribute(t, "numFmtId"))] = showsDay(attribute(t, "formatCode"))
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					id := number(attribute(t, "numFmtId"))
					own, known := formats[id]
					b.dates = append(b.dates, known && own || !known && builtInDay(id))
				}
			}
		case xml.EndElement:
			inCells = inCells && t.Name.Local != "cellXfs"
		}
		return nil
	})
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// builtInDay reports the built-in formats that show a day (ISO/IEC 29500-1, 18.8.30), those of
// East Asian languages included.
func builtInDay(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 58
}

// showsDay reports whether a format code shows a day: it names days or years outside quotation
// marks and brackets.
func showsDay(code string) bool {
	quoted, bracketed := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracketed = true
		case c == ']':
			bracketed = false
		case bracketed:
		case c == '\\' || c == '_' || c == '*':
			i++ // the next letter stands for itself
		case strings.ContainsRune("dDyY", rune(c)):
			return true
		}
	}
	return false
}
