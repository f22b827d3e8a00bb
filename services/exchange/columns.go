package exchange

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// Kind is what the rows of a list are.
type Kind string

// The kinds of lists. Products and offers are a producer's, receipts a buyer's. Catalogue and result
// are only ever written.
const (
	Products  Kind = "products"
	Offers    Kind = "offers"
	Receipts  Kind = "receipts"
	catalogue Kind = "catalogue"
	result    Kind = "result"
)

// kinds are those of lists that come in.
func kinds() []Kind { return []Kind{Products, Offers, Receipts} }

func (k Kind) known() bool { return slices.Contains(kinds(), k) }

// check refuses a kind of which no list comes in: fault.ErrUnknownValue.
func (k Kind) check() error {
	if !k.known() {
		return fault.ErrUnknownValue.At("kind", "value", string(k), "allowed", "products, offers, receipts")
	}
	return nil
}

// column is one column of a list.
type column struct {
	Field string
	// Written says that an import reads past it.
	Written bool
	Heading reference.Names
	Note    reference.Names
	Example reference.Names
	Width   int
}

// gradePrefix begins the fields that describe a grade.
const gradePrefix = "grade."

// tierPlace stands in data for the number of a price tier, or of a size.
const tierPlace = "{n}"

//go:embed data/columns.csv
var columnsCSV []byte

//go:embed data/headings.csv
var headingsCSV []byte

//go:embed data/words.csv
var wordsCSV []byte

// wording is how lists are written: columns, headings and words, as data.
type wording struct {
	columns  map[Kind][]column // with {n} as it stands in data
	grades   []column          // of all lines
	headings map[Kind]map[string]string
	written  map[string]column // by kind + "." + field
	words    map[string]map[string]word
	shown    map[string]reference.Names // words that are written, by what + "." + code
}

// word is what somebody may write for a value.
type word struct {
	code   string
	factor int64
}

// newWording reads the data. It fails when the data is malformed.
func newWording(book *reference.Book) (*wording, error) {
	w := &wording{
		columns: map[Kind][]column{}, headings: map[Kind]map[string]string{Products: {}, Offers: {}, Receipts: {}},
		written: map[string]column{}, words: map[string]map[string]word{}, shown: map[string]reference.Names{},
	}
	for _, read := range []struct {
		data []byte
		row  func(row map[string]string) error
	}{{columnsCSV, w.addColumn}, {headingsCSV, w.addHeading}, {wordsCSV, w.addWord}} {
		if err := eachRecord(read.data, read.row); err != nil {
			return w, err
		}
	}
	w.addGrades(book)
	return w, nil
}

func eachRecord(data []byte, visit func(row map[string]string) error) error {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comment = '#'
	records, err := reader.ReadAll()
	if err != nil {
		return fmt.Errorf("reading the wording of lists: %w", err)
	}
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, name := range records[0] {
			row[name] = record[i]
		}
		if err := visit(row); err != nil {
			return fmt.Errorf("reading the wording of lists: %v: %w", record, err)
		}
	}
	return nil
}

func (w *wording) addColumn(row map[string]string) error {
	width, err := strconv.Atoi(row["width"])
	if err != nil {
		return fmt.Errorf("a width: %w", err)
	}
	c := column{
		Field: row["field"], Written: row["use"] == "out", Width: width,
		Heading: reference.Names{Name: row["heading_vi"], NameEN: row["heading_en"]},
		Note:    reference.Names{Name: row["note_vi"], NameEN: row["note_en"]},
		Example: reference.Names{Name: row["example_vi"], NameEN: row["example_en"]},
	}
	kind := Kind(row["kind"])
	w.columns[kind] = append(w.columns[kind], c)
	w.written[string(kind)+"."+c.Field] = c
	if kind.known() {
		w.hear(kind, c.Field, c.Field, c.Heading.Name, c.Heading.NameEN)
	}
	if kind == result {
		for _, list := range kinds() {
			w.written[string(list)+"."+c.Field] = c
			w.hear(list, c.Field, c.Heading.Name, c.Heading.NameEN, headingOf(c))
		}
	}
	return nil
}

func (w *wording) addHeading(row map[string]string) error {
	for _, kind := range kinds() {
		if row["kind"] == "" || row["kind"] == string(kind) {
			w.hear(kind, row["field"], row["heading"])
		}
	}
	return nil
}

func (w *wording) addWord(row map[string]string) error {
	what, factor := row["what"], int64(0)
	if row["factor"] != "" {
		var err error
		if factor, err = strconv.ParseInt(row["factor"], 10, 64); err != nil {
			return fmt.Errorf("a factor: %w", err)
		}
	}
	if w.words[what] == nil {
		w.words[what] = map[string]word{}
	}
	w.words[what][vietnamese.Fold(row["word"])] = word{code: row["code"], factor: factor}
	names := w.shown[what+"."+row["code"]]
	switch row["language"] {
	case reference.English:
		names.NameEN = row["word"]
	case "vi":
		names.Name = row["word"]
	}
	w.shown[what+"."+row["code"]] = names
	return nil
}

// addGrades makes a column of every grade field that a line has.
func (w *wording) addGrades(book *reference.Book) {
	seen := map[string]bool{}
	for _, line := range book.Lines() {
		for _, field := range line.Fields {
			if seen[field.Code] {
				continue
			}
			seen[field.Code] = true
			c := column{Field: gradePrefix + field.Code, Heading: field.Names, Width: 16}
			w.grades = append(w.grades, c)
			for _, kind := range []Kind{Products, Offers} {
				w.written[string(kind)+"."+c.Field] = c
				w.hear(kind, c.Field, field.Code, field.Name, field.NameEN)
			}
		}
	}
}

// hear learns headings for a field, with what stands in brackets and without. The first to claim a
// heading keeps it.
func (w *wording) hear(kind Kind, field string, headings ...string) {
	numbers := []int{0}
	if strings.Contains(field, tierPlace) {
		numbers = numbers[:0]
		for n := range catalog.MaxPriceTiers {
			numbers = append(numbers, n+1)
		}
	}
	for _, n := range numbers {
		for _, heading := range headings {
			bare, _, _ := strings.Cut(heading, "(")
			for _, text := range []string{heading, bare} {
				folded := vietnamese.Fold(strings.ReplaceAll(text, tierPlace, strconv.Itoa(n)))
				if _, taken := w.headings[kind][folded]; !taken && folded != "" {
					w.headings[kind][folded] = strings.ReplaceAll(field, tierPlace, strconv.Itoa(n))
				}
			}
		}
	}
}

// column finds a column of a list by its field; tiers and sizes by their number.
func (w *wording) column(kind Kind, field string) (column, bool) {
	if c, ok := w.written[string(kind)+"."+field]; ok {
		return c, true
	}
	stem, n, found := strings.Cut(field, "_")
	if !found || strings.Trim(n, "0123456789") != "" {
		return column{}, false
	}
	c, ok := w.written[string(kind)+"."+stem+"_"+tierPlace]
	return c.numbered(n), ok
}

// numbered is the column of one price tier or size.
func (c column) numbered(n string) column {
	put := func(names reference.Names) reference.Names {
		return reference.Names{Name: strings.ReplaceAll(names.Name, tierPlace, n), NameEN: strings.ReplaceAll(names.NameEN, tierPlace, n)}
	}
	if n != "2" {
		c.Example = reference.Names{} // one tier more is example enough
	}
	c.Field, c.Heading, c.Note = strings.ReplaceAll(c.Field, tierPlace, n), put(c.Heading), put(c.Note)
	return c
}

// list is the columns of a list in their order, with so many price tiers or sizes: columns that are
// numbered stand together, and are repeated together.
func (w *wording) list(kind Kind, tiers int) []column {
	var list, together []column
	for at, c := range w.columns[kind] {
		if !strings.Contains(c.Field, tierPlace) {
			list = append(list, c)
			continue
		}
		together = append(together, c)
		if next := at + 1; next < len(w.columns[kind]) && strings.Contains(w.columns[kind][next].Field, tierPlace) {
			continue
		}
		for n := 2; n <= tiers; n++ {
			for _, each := range together {
				list = append(list, each.numbered(strconv.Itoa(n)))
			}
		}
		together = nil
	}
	return list
}

// say is the word that is written for a code.
func (w *wording) say(what, code, language string) string {
	if names, ok := w.shown[what+"."+code]; ok {
		return names.In(language)
	}
	return code
}

// heard finds what somebody wrote for a value.
func (w *wording) heard(what, text string) (word, bool) {
	found, ok := w.words[what][vietnamese.Fold(text)]
	return found, ok
}

// allowed lists the words that are written for a kind of value.
func (w *wording) allowed(what string, codes []string, language string) []string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = w.say(what, code, language)
	}
	return words
}
