package catalog

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

//go:embed data/*.csv
var searchFiles embed.FS

// searchFacts is what search knows of words: which belong together, what they stand for, and the
// names of goods and places. It never changes.
type searchFacts struct {
	book *reference.Book
	// terms are what several words, or one, mean together, by the words without marks.
	terms map[string]*meaning
	// longest is how many words the longest term has.
	longest int
	// noise is compared with marks.
	noise map[string]bool
	// Words around numbers.
	stars, sizes, months map[string]bool
	monthNames           map[string]int
	// moreNames are names of lines that the reference facts lack.
	moreNames map[string][]string
	kinds     map[string][]string // by line, see kindNames
	// provinces are the names of provinces of today and before, without their kind.
	provinces map[string]bool
	bands     []priceBand
}

// meaning is what a term stands for beside its own words.
type meaning struct {
	schemes, forms, sellerKinds []string
	// lines are those whose name it is, with its marks.
	lines []namedLine
	// same are other words for it, without marks.
	same [][]string
}

// namedLine is a line and one of its names.
type namedLine struct{ code, marked string }

// priceBand is a band of the price facet; To is left out, 0 is open.
type priceBand struct {
	reference.Names

	Code     string
	From, To money.VND
}

// searchFactsOf reads the compiled-in files and collects what the reference facts know. It fails
// when a file is malformed, which a test would have found.
func searchFactsOf(book *reference.Book) (*searchFacts, error) {
	f := &searchFacts{
		book: book, terms: map[string]*meaning{}, noise: map[string]bool{}, stars: map[string]bool{}, sizes: map[string]bool{},
		months: map[string]bool{}, monthNames: map[string]int{}, moreNames: map[string][]string{}, kinds: map[string][]string{}, provinces: provincesOf(book),
	}
	if err := eachRow("search_terms", f.term); err != nil {
		return nil, err
	}
	if err := eachRow("price_bands", f.band); err != nil {
		return nil, err
	}
	for _, line := range book.Lines() {
		for _, name := range [...]string{line.Name, line.NameEN, line.Scientific} {
			if folded := vietnamese.Fold(name); folded != "" {
				f.meant(folded).lines = append(f.meant(folded).lines, namedLine{line.Code, vietnamese.Lower(name)})
			}
		}
		f.kinds[line.Code] = f.kindsOf(line)
		f.learn(f.kinds[line.Code]...)
		for _, form := range line.Forms {
			f.learn(form.Name)
		}
	}
	for _, commune := range book.Communes() {
		f.learn(bareName(commune.Name), bareName(commune.NameEN))
		for _, district := range commune.FormerDistricts {
			f.learn(bareName(district.Name))
		}
	}
	for _, province := range book.Provinces() {
		f.learn(bareName(province.Name))
	}
	return f, nil
}

// eachRow reads a compiled-in file.
func eachRow(name string, row func(columns map[string]string) error) error {
	content, err := searchFiles.ReadFile("data/" + name + ".csv")
	if err != nil {
		return fmt.Errorf("facts of search: %w", err)
	}
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comment = '#'
	records, err := reader.ReadAll()
	if err != nil {
		return fmt.Errorf("facts of search, %s: %w", name, err)
	}
	for i, record := range records[1:] {
		columns := make(map[string]string, len(record))
		for j, heading := range records[0] {
			columns[heading] = record[j]
		}
		if err := row(columns); err != nil {
			return fmt.Errorf("facts of search, %s, row %d: %w", name, i+1, err)
		}
	}
	return nil
}

// term takes up one row of search_terms.csv.
func (f *searchFacts) term(row map[string]string) error {
	term, values := row["term"], strings.Split(row["value"], "|")
	folded := strings.Join(vietnamese.Words(term), " ")
	switch row["kind"] {
	case "scheme":
		f.meant(folded).schemes = values
	case "form":
		f.meant(folded).forms = values
	case "producer_kind":
		f.meant(folded).sellerKinds = values
	case "line":
		f.moreNames[row["value"]] = append(f.moreNames[row["value"]], term)
	case "same":
		other := strings.Join(vietnamese.Words(row["value"]), " ")
		f.meant(folded).same = append(f.meant(folded).same, strings.Fields(other))
		f.meant(other).same = append(f.meant(other).same, strings.Fields(folded))
	case "stars":
		f.stars[folded] = true
	case "size":
		f.sizes[folded] = true
	case "month":
		if row["value"] == "" {
			f.months[folded] = true
			return nil
		}
		month, err := strconv.Atoi(row["value"])
		f.monthNames[folded] = month
		f.learn(term)
		return err //nolint:wrapcheck // eachRow says which row
	case "noise":
		f.noise[vietnamese.Lower(term)] = true
	default:
		return fmt.Errorf("%q is no kind of term", row["kind"])
	}
	return nil
}

func (f *searchFacts) band(row map[string]string) error {
	band := priceBand{Code: row["code"], Names: reference.Names{Name: row["name_vi"], NameEN: row["name_en"]}}
	for column, into := range map[string]*money.VND{"from": &band.From, "to": &band.To} {
		if row[column] == "" {
			continue
		}
		amount, err := strconv.ParseInt(row[column], 10, 64)
		if err != nil {
			return err //nolint:wrapcheck // eachRow says which row
		}
		*into = money.VND(amount)
	}
	f.bands = append(f.bands, band)
	return nil
}

// bandOf is the code of the band that holds a price; "" for a price that is not known.
func (f *searchFacts) bandOf(price money.VND) string {
	if price == noPrice {
		return ""
	}
	for _, band := range f.bands {
		if price >= band.From && (band.To == 0 || price < band.To) {
			return band.Code
		}
	}
	return ""
}

// bandCodes lists the codes of the price bands.
func (f *searchFacts) bandCodes() string {
	codes := make([]string, len(f.bands))
	for i, band := range f.bands {
		codes[i] = band.Code
	}
	return strings.Join(codes, ", ")
}

// meant finds or makes the meaning of a term.
func (f *searchFacts) meant(folded string) *meaning {
	m, ok := f.terms[folded]
	if !ok {
		m = &meaning{}
		f.terms[folded] = m
		f.longest = max(f.longest, strings.Count(folded, " ")+1)
	}
	return m
}

// learn notes that the words of each term belong together.
func (f *searchFacts) learn(terms ...string) {
	for _, term := range terms {
		if folded := vietnamese.Fold(term); strings.Contains(folded, " ") {
			f.meant(folded)
		}
	}
}

// kindNames are the names of a line beside its own.
func (f *searchFacts) kindNames(line string) []string { return f.kinds[line] }

// kindsOf collects the names of a line beside its own. Those that name a mark are left out: rice is
// searched for as "gạo hữu cơ", but not all rice is organic. So are those that name a place:
// "cua Năm Căn" asks for a place, and not all crab comes from there.
func (f *searchFacts) kindsOf(line reference.Line) []string {
	names := slices.Concat(line.Synonyms, f.moreNames[line.Code])
	return slices.DeleteFunc(names, func(name string) bool { return f.namesMark(name) || f.namesPlace(name) })
}

func (f *searchFacts) namesMark(text string) bool {
	return f.holds(text, func(term string) bool { m := f.terms[term]; return m != nil && len(m.schemes) > 0 })
}

func (f *searchFacts) namesPlace(text string) bool {
	return f.holds(text, func(term string) bool { return f.provinces[term] || len(f.book.CommunesOfFormerDistrict(term)) > 0 })
}

// provincesOf are the names of provinces, of today and before, as people type them.
func provincesOf(book *reference.Book) map[string]bool {
	names := map[string]bool{}
	for _, province := range book.Provinces() {
		names[province.Name] = true
	}
	for _, commune := range book.Communes() {
		for _, district := range commune.FormerDistricts {
			names[district.FormerProvince] = true
		}
	}
	bare := make(map[string]bool, len(names))
	for name := range names {
		bare[bareName(name)] = true
	}
	return bare
}

// holds reports whether some words of a text that stand together are a term of a kind.
func (f *searchFacts) holds(text string, is func(term string) bool) bool {
	words := vietnamese.Words(text)
	for from := range words {
		for to := from + 1; to <= len(words); to++ {
			if is(strings.Join(words[from:to], " ")) {
				return true
			}
		}
	}
	return false
}

// placeNames are the names by which the seat of a producer is found: the commune, what it was made
// of, and the provinces of then and now.
func (f *searchFacts) placeNames(commune, province string) []string {
	var names []string
	for _, p := range f.book.Provinces() {
		if p.Code == province {
			names = append(names, p.Name)
		}
	}
	if c, ok := f.book.Commune(commune); ok {
		names = append(names, c.Name)
		for _, district := range c.FormerDistricts {
			names = append(names, district.Name, district.FormerProvince)
		}
	}
	return names
}

// bareName takes the kind of place off a place's name: nobody types "xã".
func bareName(name string) string {
	folded := vietnamese.Fold(name)
	for _, kind := range [...]string{"xa ", "phuong ", "dac khu ", "huyen ", "thanh pho ", "thi xa ", "quan ", "tinh "} {
		if bare, ok := strings.CutPrefix(folded, kind); ok {
			return bare
		}
	}
	return folded
}
