package exchange

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// typeface is what spreadsheets have without being told; a style that names none is shown in another.
const typeface = "Calibri"

// validatedRows is how far down a template's lists to choose from reach.
const validatedRows = 2000

// xlsx writes a workbook with two sheets: the list, with a note at each heading, and the values
// that its columns take, from which Excel offers a choice.
func (t *template) xlsx(to io.Writer) error {
	book := excelize.NewFile()
	err := t.fill(book)
	if err == nil {
		err = book.Write(to)
	}
	if err = errors.Join(err, book.Close()); err != nil {
		return fmt.Errorf("writing a template: %w", err)
	}
	return nil
}

func (t *template) fill(book *excelize.File) error {
	wish := Wish{Language: t.language}
	list, values := name(wish, "Sản phẩm", "Products"), name(wish, "Giá trị", "Values")
	switch t.kind {
	case Offers:
		list = name(wish, "Nguồn cung", "Offers")
	case Receipts:
		list = name(wish, "Biên nhận", "Receipts")
	default:
	}
	if err := book.SetSheetName("Sheet1", list); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	if _, err := book.NewSheet(values); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	styles, err := newTemplateStyles(book)
	if err != nil {
		return err
	}
	filled := 0
	for at, c := range t.columns {
		if err := t.column(book, list, at, styles); err != nil {
			return err
		}
		choices := t.choices(c.Field)
		if len(choices) == 0 {
			continue
		}
		filled++
		if err := t.offer(book, list, values, at, filled, choices, styles); err != nil {
			return err
		}
	}
	sideways := excelize.PageLayoutOptions{Orientation: new("landscape"), Size: new(9)} // A4; too many columns to be fitted to its width
	if err := book.SetPageLayout(list, &sideways); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	return book.SetPanes(list, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}) //nolint:wrapcheck // wrapped by the caller
}

// templateStyles are those of headings, of the example and of cells that must stay text.
type templateStyles struct{ head, example, text int }

func newTemplateStyles(book *excelize.File) (templateStyles, error) {
	var s templateStyles
	asText := "@"
	for _, each := range []struct {
		into  *int
		style excelize.Style
	}{
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true, Family: typeface}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&s.example, excelize.Style{Font: &excelize.Font{Italic: true, Color: "808080", Family: typeface}}},
		{&s.text, excelize.Style{CustomNumFmt: &asText}},
	} {
		var err error
		if *each.into, err = book.NewStyle(&each.style); err != nil {
			return s, err //nolint:wrapcheck // wrapped by the caller
		}
	}
	return s, nil
}

// column writes one column: heading with its note, the example, its width. Codes are kept as text,
// or Excel would write bar codes with an exponent.
func (t *template) column(book *excelize.File, sheet string, at int, styles templateStyles) error {
	c := t.columns[at]
	letter, err := excelize.ColumnNumberToName(at + 1)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	steps := []func() error{
		func() error { return book.SetColWidth(sheet, letter, letter, float64(c.Width)) },
		func() error {
			switch c.Field {
			case "gtin", "reference", "offer_reference", "delivery", "award":
				return book.SetColStyle(sheet, letter, styles.text)
			default:
				return nil
			}
		},
		func() error { return book.SetCellStr(sheet, letter+"1", c.Heading.In(t.language)) },
		func() error { return book.SetCellStyle(sheet, letter+"1", letter+"1", styles.head) },
		func() error { return book.SetCellStr(sheet, letter+"2", t.example(at).Text) },
		func() error { return book.SetCellStyle(sheet, letter+"2", letter+"2", styles.example) },
		func() error {
			if note := t.note(c); note != "" {
				return book.AddComment(sheet, excelize.Comment{Cell: letter + "1", Author: "OCOP", Text: note, Width: 300, Height: 120})
			}
			return nil
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// offer lists the values of a column on the second sheet and lets Excel offer them. What is not
// among them may be written all the same: an import understands more than the list shows.
func (t *template) offer(book *excelize.File, list, values string, at, place int, choices []string, styles templateStyles) error {
	letter, err := excelize.ColumnNumberToName(place)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	if err := book.SetCellStr(values, letter+"1", t.columns[at].Heading.In(t.language)); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	if err := book.SetCellStyle(values, letter+"1", letter+"1", styles.head); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	if err := book.SetColWidth(values, letter, letter, 30); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	for i, choice := range choices {
		if err := book.SetCellStr(values, fmt.Sprintf("%s%d", letter, i+2), choice); err != nil {
			return err //nolint:wrapcheck // wrapped by the caller
		}
	}
	column, err := excelize.ColumnNumberToName(at + 1)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(fmt.Sprintf("%s3:%s%d", column, column, validatedRows))
	rule.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", values, letter, letter, len(choices)+1))
	rule.ShowErrorMessage = false
	return book.AddDataValidation(list, rule) //nolint:wrapcheck // wrapped by the caller
}
