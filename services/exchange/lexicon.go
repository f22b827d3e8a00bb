package exchange

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// entry is one thing that a name may mean.
type entry struct {
	code string
	// names are what it is called, synonyms what it is called as well: a name wins.
	names, synonyms []string
	// label is how a refusal names it.
	label string
}

// lookUp finds what a name means: by its code, by a name with marks, by one without, by a synonym
// with marks, by one without. The first of these that anything answers to decides; several answers
// there are refused. Refused: ErrUnknownName, ErrAmbiguousName.
func lookUp(text string, entries []entry) (string, error) {
	text = strings.TrimSpace(text)
	lower, folded := vietnamese.Lower(text), vietnamese.Fold(text)
	for _, answers := range []func(entry) bool{
		func(e entry) bool { return strings.EqualFold(e.code, text) },
		func(e entry) bool { return hears(e.names, vietnamese.Lower, lower) },
		func(e entry) bool { return hears(e.names, vietnamese.Fold, folded) },
		func(e entry) bool { return hears(e.synonyms, vietnamese.Lower, lower) },
		func(e entry) bool { return hears(e.synonyms, vietnamese.Fold, folded) },
	} {
		var found []entry
		for _, e := range entries {
			if answers(e) {
				found = append(found, e)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0].code, nil
		default:
			return "", ErrAmbiguousName.With("value", clip(text), "allowed", labels(found))
		}
	}
	return "", ErrUnknownName.With("value", clip(text), "allowed", labels(entries))
}

func hears(names []string, form func(string) string, wanted string) bool {
	return wanted != "" && slices.ContainsFunc(names, func(name string) bool { return form(name) == wanted })
}

// maxNamed bounds how many possibilities a refusal names.
const maxNamed = 40

func labels(entries []entry) string {
	named := make([]string, 0, len(entries))
	for _, e := range entries[:min(len(entries), maxNamed)] {
		named = append(named, e.label)
	}
	if len(entries) > maxNamed {
		named = append(named, "…")
	}
	return strings.Join(named, ", ")
}

// lexicon finds the codes of reference facts by what people call them. It never changes.
type lexicon struct {
	book     *reference.Book
	lines    []entry
	forms    map[string][]entry // by line
	units    []entry
	communes map[string][]entry // by each folded text that they answer to
}

func newLexicon(book *reference.Book) *lexicon {
	x := &lexicon{book: book, forms: map[string][]entry{}, communes: map[string][]entry{}}
	for _, line := range book.Lines() {
		synonyms := slices.Clone(line.Synonyms)
		if line.Scientific != "" {
			synonyms = append(synonyms, line.Scientific)
		}
		x.lines = append(x.lines, entry{code: line.Code, names: []string{line.Name, line.NameEN}, synonyms: synonyms, label: line.Name})
		for _, form := range line.Forms {
			x.forms[line.Code] = append(x.forms[line.Code], named(form.Code, form.Names))
		}
	}
	for _, unit := range book.Units() {
		x.units = append(x.units, named(unit.Code, unit.Names))
	}
	for _, commune := range book.Communes() {
		e := entry{code: commune.Code, names: []string{commune.Name, commune.NameEN}, label: commune.Name + " (" + commune.Code + ")"}
		bare := bareCommune(vietnamese.Fold(commune.Name))
		e.synonyms = []string{bare}
		for _, text := range slices.Compact([]string{commune.Code, vietnamese.Fold(commune.Name), vietnamese.Fold(commune.NameEN), bare}) {
			x.communes[text] = append(x.communes[text], e)
		}
	}
	return x
}

// named is a thing with two names; what they hold in brackets is a synonym: "đông lạnh bỏ đầu
// (HLSO)" answers to "HLSO" and to "đông lạnh bỏ đầu" as well.
func named(code string, names reference.Names) entry {
	e := entry{code: code, names: []string{names.Name, names.NameEN}, label: names.Name}
	for _, name := range e.names {
		if before, rest, ok := strings.Cut(name, "("); ok {
			inner, _, _ := strings.Cut(rest, ")")
			e.synonyms = append(e.synonyms, strings.TrimSpace(before), inner)
		}
	}
	return e
}

func bareCommune(folded string) string {
	for _, kind := range []string{"xa ", "phuong ", "thi tran ", "dac khu "} {
		if bare, ok := strings.CutPrefix(folded, kind); ok {
			return bare
		}
	}
	return folded
}

// commune finds a commune by code or name, with its kind or without. Of several with one name
// that of Cà Mau is meant: goods of the market are there.
func (x *lexicon) commune(text string) (string, error) {
	found := x.communes[vietnamese.Fold(text)]
	if len(found) == 0 {
		return "", ErrUnknownName.With("value", clip(text), "allowed", "/v1/reference/communes")
	}
	code, err := lookUp(text, found)
	if err == nil {
		return code, nil
	}
	var near []entry
	for _, e := range found {
		if commune, _ := x.book.Commune(e.code); commune.Province == reference.CaMau {
			near = append(near, e)
		}
	}
	if len(near) == 1 {
		return near[0].code, nil
	}
	return "", err
}

// choice finds the code of a choice of a grade field.
func choice(field reference.GradeField, text string) (string, error) {
	entries := make([]entry, len(field.Choices))
	for i, c := range field.Choices {
		entries[i] = named(c.Code, c.Names)
	}
	return lookUp(text, entries)
}

// at points a refusal at a field.
func at(field string, err error) error {
	refusal, ok := fault.From(err)
	if err == nil || !ok || len(refusal.Fields) > 0 {
		return err
	}
	refusal.Fields = []fault.Field{{Pointer: field, Definition: refusal.Definition, Params: refusal.Params}}
	return refusal
}

func decimal(n int) string { return strconv.Itoa(n) }
