package exchange

import (
	"errors"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// layout is where a list stands in a file and what its columns mean.
type layout struct {
	kind Kind
	// sheet and row are where the headings stand.
	sheet, row int
	// fields are what the columns mean, by their place; "" means nothing.
	fields []string
	// headings are as they are written, by field.
	headings map[string]string
	// unknown and ignored are headings that mean nothing, and those that are only ever written.
	unknown, ignored []string
	// rows counts the rows below that hold something and are no examples.
	rows int
}

// errFound ends a reading that has found what it looked for.
var errFound = errors.New("found")

// identifying lists the fields one of which every row needs.
func identifying(kind Kind) []string {
	switch kind {
	case Offers:
		return []string{"reference", "name", "gtin", "offer_reference", "offer_id", "product_id"}
	case Receipts:
		return []string{"delivery", "award"}
	default:
		return []string{"reference", "name", "gtin", "id"}
	}
}

// findLayout looks for headings in the first rows of each sheet, below a title perhaps, and counts
// the rows. The kind is guessed when it is "", as a producer's: a list that says when or how much is of
// offers.
// Refused: ErrNoHeadings, ErrHeadingTwice, ErrNoRows, and what sheet refuses.
func (w *wording) findLayout(file *sheet.File, kind Kind) (layout, error) {
	var found layout
	for at := range file.Sheets {
		seen := 0
		err := file.Each(at, func(row sheet.Row) error {
			if candidate, ok := w.headingsOf(row, kind); ok && len(candidate.headings) > len(found.headings) {
				candidate.sheet = at
				found = candidate
			}
			if seen++; seen >= headingRows {
				return errFound
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return layout{}, err
		}
		if found.row > 0 {
			break
		}
	}
	if found.row == 0 {
		return layout{}, ErrNoHeadings.With("needed", w.needed(kind))
	}
	if err := w.assign(file, &found); err != nil {
		return layout{}, err
	}
	return found, nil
}

// needed names the columns one of which a list needs.
func (w *wording) needed(kind Kind) string {
	if kind == "" {
		kind = Products
	}
	var names []string
	for _, field := range identifying(kind) {
		if c, ok := w.column(kind, field); ok {
			names = append(names, c.Heading.Name+" / "+c.Heading.NameEN)
		}
	}
	return strings.Join(names, ", ")
}

// headingsOf reads a row as headings; false when it is none.
func (w *wording) headingsOf(row sheet.Row, kind Kind) (layout, bool) {
	kinds := []Kind{kind}
	if kind == "" {
		kinds = []Kind{Offers, Products}
	}
	var best layout
	for _, kind := range kinds {
		candidate := layout{kind: kind, row: row.Number, headings: map[string]string{}}
		identified, tells := false, kind == Products
		for _, cell := range row.Cells {
			field := w.headings[kind][vietnamese.Fold(cell.Text)]
			if field == "" {
				continue
			}
			candidate.headings[field] = cell.Text
			for _, one := range identifying(kind) {
				identified = identified || one == field
			}
			tells = tells || kind == Offers && tellsOffers(field)
		}
		if identified && (tells || len(kinds) == 1) && len(candidate.headings) > len(best.headings) {
			best = candidate
		}
	}
	return best, best.row > 0
}

// tellsOffers reports a field that no list of products has.
func tellsOffers(field string) bool {
	switch field {
	case "available_from", "available_to", "quantity", "min_order", "price_1", "visibility", "offer_id", "offer_reference":
		return true
	default:
		return false
	}
}

// assign gives every column its meaning and counts the rows below.
func (w *wording) assign(file *sheet.File, l *layout) error {
	l.headings = map[string]string{}
	err := file.Each(l.sheet, func(row sheet.Row) error {
		switch {
		case row.Number < l.row:
		case row.Number == l.row:
			return w.assignColumns(row, l)
		case !row.Blank() && !l.example(row):
			l.rows++
		}
		return nil
	})
	if err == nil && l.rows == 0 {
		return ErrNoRows.With()
	}
	return err
}

func (w *wording) assignColumns(row sheet.Row, l *layout) error {
	for _, cell := range row.Cells {
		field := w.headings[l.kind][vietnamese.Fold(cell.Text)]
		c, known := w.column(l.kind, field)
		switch {
		case cell.Blank():
		case !known:
			l.unknown = append(l.unknown, clip(cell.Text))
			field = ""
		case c.Written:
			l.ignored = append(l.ignored, clip(cell.Text))
			field = ""
		case l.headings[field] != "":
			return ErrHeadingTwice.With("first", clip(l.headings[field]), "second", clip(cell.Text))
		default:
			l.headings[field] = cell.Text
		}
		l.fields = append(l.fields, field)
	}
	return nil
}

// exampleMarks end the text of the first column of rows that templates bring along, folded.
func exampleMarks() []string { return []string{"xoa dong nay", "delete this row"} }

// example reports a row of the template that nobody means.
func (l *layout) example(row sheet.Row) bool {
	folded := vietnamese.Fold(row.Cell(0).Text)
	for _, mark := range exampleMarks() {
		if strings.HasSuffix(folded, mark) {
			return true
		}
	}
	return false
}

// values are what a row says, by field.
func (l *layout) values(row sheet.Row) map[string]sheet.Cell {
	said := make(map[string]sheet.Cell, len(row.Cells))
	for at, cell := range row.Cells {
		if at < len(l.fields) && l.fields[at] != "" && !cell.Blank() {
			said[l.fields[at]] = cell
		}
	}
	return said
}

// eachRow visits the rows that count, the first of them as 0.
func (l *layout) eachRow(file *sheet.File, visit func(at int, row sheet.Row) error) error {
	at := 0
	return file.Each(l.sheet, func(row sheet.Row) error {
		if row.Number <= l.row || row.Blank() || l.example(row) {
			return nil
		}
		at++
		return visit(at-1, row)
	})
}

// Complaint is one reason why a row was refused.
type Complaint struct {
	Field   string `json:"field,omitempty"   doc:"What is wrong, as /v1/imports/templates names it."`
	Heading string `json:"heading,omitempty" doc:"The heading of its column in the file."`
	Code    string `json:"code"              doc:"Stable name of the complaint."`
	Reason  string `json:"reason"            doc:"Vietnamese."`
	// ReasonEN is in English, so that a result can be read on by others.
	ReasonEN string `json:"reason_en" doc:"English."`
}

// complaints words a refusal for the people who made the file.
func (w *wording) complaints(l *layout, err error) ([]Complaint, bool) {
	refusal, named := fault.From(err)
	if !named {
		return nil, false
	}
	fields := refusal.Fields
	if len(fields) == 0 {
		fields = []fault.Field{{Definition: refusal.Definition, Params: refusal.Params}}
	}
	list := make([]Complaint, 0, len(fields))
	for _, field := range fields {
		name := fieldOf(field.Pointer)
		heading := l.headings[name]
		if heading == "" {
			c, _ := w.column(l.kind, name)
			heading = c.Heading.Name
		}
		list = append(list, Complaint{
			Field: name, Heading: heading, Code: field.Definition.Code,
			Reason:   fault.Fill(field.Definition.Vietnamese, field.Params),
			ReasonEN: fault.Fill(field.Definition.English, field.Params),
		})
	}
	return list, true
}

// fieldOf is the column that a refusal of the catalogue, or of receipts, points at.
func fieldOf(pointer string) string {
	pointer = strings.TrimPrefix(pointer, "body.")
	switch pointer {
	case "place_code":
		return "place"
	case "price_visibility":
		return "visibility"
	case "price_tiers", "price_on_the_day":
		return "price_1"
	case "sizes":
		return "quantity_1"
	}
	list, rest, found := strings.Cut(pointer, "[")
	n, member, _ := strings.Cut(rest, "]")
	switch {
	case !found:
		return pointer
	case list == "price_tiers" && member == ".from_quantity":
		return "from_" + next(n)
	case list == "price_tiers":
		return "price_" + next(n)
	case list == "sizes" && member == ".form":
		return "form_" + next(n)
	case list == "sizes":
		return "size_" + next(n)
	case list == "reasons":
		return list
	}
	return pointer
}

// next counts a tier from 1 that is counted from 0.
func next(n string) string {
	count := 0
	for _, digit := range n {
		count = count*10 + int(digit-'0')
	}
	return decimal(count + 1)
}

// clip shortens a caller's own text before it is repeated.
func clip(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
