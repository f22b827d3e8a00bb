package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// Suggestion is one way to finish what was typed.
type Suggestion struct {
	Kind  string `json:"kind"  enum:"line,scheme,commune,product,producer"`
	Text  string `json:"text"`
	Value string `json:"value" doc:"A code, or the id of a product or producer."`
}

const (
	// suggestionsOfKind is how many suggestions there are of each kind.
	suggestionsOfKind = 4
	// suggestFrom is how many products suggestions are gathered from.
	suggestFrom = 200
)

// Suggest finishes what was typed, from the index: lines, marks and places, products and
// producers. Small slips are forgiven. Nothing typed suggests nothing.
func (s *Service) Suggest(ctx context.Context, text string) ([]Suggestion, error) {
	if _, err := s.keepUp(ctx, viewer{cached: true}); err != nil {
		return nil, err
	}
	return s.index.suggest(text), nil
}

func (x *searchIndex) suggest(text string) []Suggestion {
	folded, marked := wordsOf(text)
	if len(folded) == 0 {
		return []Suggestion{}
	}
	folded, marked = folded[:min(len(folded), maxWords)], marked[:min(len(marked), maxWords)]
	found := x.suggestFacts(strings.Join(folded, " "))
	x.engine.Read(func(r *searchindex.Reader[listing]) {
		m := &matcher{reader: r, facts: x.facts}
		found = append(found, m.suggest(folded, marked)...)
	})
	return found
}

// suggestFacts finds lines, marks and communes of the supplying province that begin like the
// folded text.
func (x *searchIndex) suggestFacts(folded string) []Suggestion {
	found := []Suggestion{}
	ofKind := map[string]int{}
	add := func(kind, text, value string, terms ...string) {
		begins := slices.ContainsFunc(terms, func(term string) bool { return strings.HasPrefix(vietnamese.Fold(term), folded) })
		if begins && ofKind[kind] < suggestionsOfKind {
			ofKind[kind]++
			found = append(found, Suggestion{Kind: kind, Text: text, Value: value})
		}
	}
	for _, line := range x.book.Lines() {
		add("line", line.Name, line.Code, slices.Concat([]string{line.Name, line.NameEN, line.Scientific}, line.Synonyms, x.facts.moreNames[line.Code])...)
	}
	for _, scheme := range x.book.Schemes() {
		add("scheme", scheme.Name, scheme.Code, scheme.Name, scheme.NameEN, scheme.Code)
	}
	for _, commune := range x.book.Communes() {
		if commune.Province != reference.CaMau {
			continue
		}
		terms := []string{bareName(commune.Name), commune.Name}
		for _, district := range commune.FormerDistricts {
			terms = append(terms, bareName(district.Name))
		}
		add("commune", commune.Name, commune.Code, terms...)
	}
	return found
}

// suggest finds products and producers by their names.
func (m *matcher) suggest(folded, marked []string) []Suggestion {
	products := m.unfinishedIn(inName, folded)
	if products.set.IsEmpty() {
		products = m.unfinishedIn(inName, m.corrected(folded))
	}
	slot := searchindex.Slot{}
	begins := m.reader.Begins(inName, folded[0])
	if !begins.IsEmpty() {
		slot = append(slot, searchindex.Level{Set: begins, Score: 1})
	}
	slots := []searchindex.Slot{slot}
	for i := range folded {
		if marked[i] != folded[i] {
			slots = append(slots, filled([]searchindex.Level{{Set: m.reader.Marked(inName, marked[i]), Score: 2}}))
		}
	}
	suggestions := []Suggestion{}
	seen := map[string]bool{}
	for _, ranked := range m.reader.Rank(products.set, slots, nil, suggestFrom) {
		p := m.reader.At(ranked.Number)
		if name := vietnamese.Fold(p.name); !seen[name] && len(seen) < suggestionsOfKind {
			seen[name] = true
			suggestions = append(suggestions, Suggestion{Kind: "product", Text: p.name, Value: p.id.String()})
		}
	}
	return append(suggestions, m.suggestSellers(folded)...)
}

func (m *matcher) suggestSellers(folded []string) []Suggestion {
	sellers := m.unfinishedIn(inSeller, folded)
	if sellers.set.IsEmpty() {
		sellers = m.unfinishedIn(inSeller, m.corrected(folded))
	}
	suggestions := []Suggestion{}
	for _, count := range m.reader.Count(sellers.set, keySeller) {
		if len(suggestions) == suggestionsOfKind {
			break
		}
		first := searchindex.First(m.reader.Keyword(keySeller, count.Value), 0, 1)
		if len(first) > 0 {
			suggestions = append(suggestions, Suggestion{Kind: "producer", Text: m.reader.At(first[0]).seller, Value: count.Value})
		}
	}
	return suggestions
}

// unfinishedIn finds what has all words in a field, the last of which may go on.
func (m *matcher) unfinishedIn(field int, folded []string) found {
	if len(folded) == 0 {
		return foundIn(nil, 0)
	}
	last := len(folded) - 1
	sets := []*set{m.reader.Beginning(field, "", folded[last])}
	for _, word := range folded[:last] {
		sets = append(sets, m.reader.Word(field, word))
	}
	return found{set: searchindex.And(sets...)}
}

// corrected replaces words that are none by what they most likely mean.
func (m *matcher) corrected(folded []string) []string {
	var corrected []string
	for _, word := range folded {
		if m.known(word) {
			corrected = append(corrected, word)
			continue
		}
		if pieces := m.split(word); len(pieces) > 0 {
			corrected = append(corrected, pieces...)
			continue
		}
		if near := m.reader.Near(word, inName, inKind, inPlace, inSeller); len(near) > 0 {
			word = near[0].Word
		}
		corrected = append(corrected, word)
	}
	return corrected
}
