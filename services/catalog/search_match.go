package catalog

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/ocop-market/ocop/pkg/searchindex"
)

// set is a set of products by their number in the index.
type set = searchindex.Set

// What a word is worth where it stands: with the marks as they were typed (or none typed), and
// with others. An exact mark in a weaker place beats another word in the name: who types "đường"
// does not want Mr Dương.
const (
	worthName, worthNameOther     = 100, 35
	worthKind, worthKindOther     = 70, 25
	worthSeller, worthSellerOther = 45, 15
	worthPlace, worthPlaceOther   = 40, 14
	worthLine                     = 105 // goods of the line whose name it is
	worthMark                     = 90  // a mark that it carries
	worthKeyword                  = 60  // a size, a form, a kind of producer
	worthDescription              = 8
	// Words for the same thing, unfinished words and words that only look alike are worth less;
	// in percent.
	sameWord, unfinishedWord, nearWord = 60, 70, 40
	// For the whole text: it is the name, the name begins with it, it stands in the name.
	worthWhole, worthWholeMarked, worthBegin, worthPhrase = 3000, 3500, 500, 900
)

// matcher finds the products of a question in one state of the index.
type matcher struct {
	reader *searchindex.Reader[listing]
	facts  *searchFacts
	parity int
}

// matched is what a question finds: which, and by what they are ranked.
type matched struct {
	set   *set
	slots []searchindex.Slot
	// similar says that not all words were found as typed.
	similar bool
}

// known reports whether something is a word of names, kinds, places or producers.
func (m *matcher) known(word string) bool {
	return m.reader.Documents(word, inName, inKind, inPlace, inSeller) > 0
}

// found is what one segment finds.
type found struct {
	set   *set
	slot  searchindex.Slot
	words int // how many it has
}

// match finds what has all segments. When nothing has, it understands ever more loosely: the last
// word may be unfinished, words may stand in descriptions, be misspelt, and in the end one may be
// missing.
func (m *matcher) match(q question) matched {
	parts := make([]found, len(q.segments))
	similar := false
	for i, s := range q.segments {
		parts[i] = m.segment(s)
		if parts[i].set.IsEmpty() && !q.certain {
			parts[i] = m.misspelt(q, i)
			similar = similar || !parts[i].set.IsEmpty()
		}
	}
	all := together(parts)
	if all.IsEmpty() && len(parts) > 1 {
		m.widen(q, parts)
		all = together(parts)
	}
	if all.IsEmpty() && !q.certain {
		similar = true
		if all = m.anyNear(q, parts); all.IsEmpty() {
			parts, all = m.withoutOne(q, parts)
		}
	}
	result := matched{set: all, similar: similar && !all.IsEmpty()}
	for _, part := range parts {
		result.slots = append(result.slots, m.weighted(part))
	}
	result.slots = append(result.slots, m.whole(q)...)
	return result
}

func together(parts []found) *set {
	sets := make([]*set, len(parts))
	for i, part := range parts {
		sets[i] = part.set
	}
	return searchindex.And(sets...)
}

// segment finds a segment as it was typed; in descriptions only when nothing else has it.
func (m *matcher) segment(s segment) found {
	levels := m.words(s.folded, s.marked, 100)
	if s.joined != "" {
		levels = append(levels, m.words([]string{s.joined}, []string{s.joined}, 100)...)
	}
	if len(s.sizes) > 0 {
		levels = append(levels, searchindex.Level{Set: m.reader.Keywords(keySize, s.sizes), Score: worthKeyword})
	}
	if s.means != nil {
		levels = append(levels, m.meant(&s)...)
	}
	levels = filled(levels)
	if len(levels) == 0 && s.last {
		levels = filled(m.unfinished(s))
	}
	if len(levels) == 0 && len(s.folded) > 1 {
		return m.apart(s)
	}
	if len(levels) == 0 {
		levels = filled(m.described(s.folded))
	}
	return foundIn(levels, len(s.folded))
}

// meant are the levels of what a term stands for.
func (m *matcher) meant(s *segment) []searchindex.Level {
	means := s.means
	var levels []searchindex.Level
	for _, line := range means.lines {
		if !s.typedMarks() || line.marked == strings.Join(s.marked, " ") {
			levels = append(levels, searchindex.Level{Set: m.reader.Keyword(keyLine, line.code), Score: worthLine})
		}
	}
	add := func(field int, values []string, worth int64) {
		if len(values) > 0 {
			levels = append(levels, searchindex.Level{Set: m.reader.Keywords(field, values), Score: worth})
		}
	}
	add(keyScheme+m.parity, means.schemes, worthMark)
	add(keyForm, means.forms, worthKeyword)
	add(keySellerKind, means.sellerKinds, worthKeyword/2)
	for _, same := range means.same {
		levels = append(levels, m.words(same, same, sameWord)...)
	}
	return levels
}

// words are the levels of words that stand together.
func (m *matcher) words(folded, marked []string, percent int64) []searchindex.Level {
	return m.fields(func(field int) *set { return m.reader.Phrase(field, folded) }, folded, marked, percent)
}

// unfinished are the levels of a segment whose last word goes on.
func (m *matcher) unfinished(s segment) []searchindex.Level {
	last := len(s.folded) - 1
	return m.fields(func(field int) *set {
		switch last {
		case 0:
			return m.reader.Beginning(field, "", s.folded[0])
		case 1:
			return m.reader.Beginning(field, s.folded[0], s.folded[1])
		default:
			return roaring.And(m.reader.Phrase(field, s.folded[:last]), m.reader.Beginning(field, s.folded[last-1], s.folded[last]))
		}
	}, s.folded[:last], s.marked[:last], unfinishedWord)
}

// fields are the levels of something in every field: with the marks that were typed, and without.
func (m *matcher) fields(in func(field int) *set, folded, marked []string, percent int64) []searchindex.Level {
	levels := make([]searchindex.Level, 0, 8)
	for field, worth := range [...][2]int64{
		inName: {worthName, worthNameOther}, inKind: {worthKind, worthKindOther},
		inPlace: {worthPlace, worthPlaceOther}, inSeller: {worthSeller, worthSellerOther},
	} {
		all := in(field)
		if all.IsEmpty() {
			continue
		}
		exact := all
		for i := range folded {
			if marked[i] != folded[i] {
				exact = roaring.And(exact, m.reader.Marked(field, marked[i]))
			}
		}
		levels = append(levels, searchindex.Level{Set: exact, Score: worth[0] * percent / 100})
		if exact != all {
			levels = append(levels, searchindex.Level{Set: all, Score: worth[1] * percent / 100})
		}
	}
	return levels
}

// described are the levels of words in descriptions.
func (m *matcher) described(folded []string) []searchindex.Level {
	sets := make([]*set, 0, len(folded))
	for _, word := range folded {
		sets = append(sets, m.reader.Word(inDescription, word))
	}
	return []searchindex.Level{{Set: searchindex.And(sets...), Score: worthDescription}}
}

// apart finds the words of a segment one by one, because they stand nowhere together.
func (m *matcher) apart(s segment) found {
	parts := make([]found, len(s.folded))
	for i := range s.folded {
		parts[i] = m.segment(segment{folded: s.folded[i : i+1], marked: s.marked[i : i+1], last: s.last && i == len(s.folded)-1})
	}
	return found{set: together(parts), slot: parts[0].slot, words: len(s.folded)}
}

// widen lets the last word be unfinished and every word stand in a description, too.
func (m *matcher) widen(q question, parts []found) {
	for i, s := range q.segments {
		more := parts[i].slot
		if s.last && len(s.sizes) == 0 {
			more = append(slices.Clone(more), m.unfinished(s)...)
		}
		if s.means == nil || len(s.means.schemes) == 0 {
			more = append(slices.Clone(more), m.described(s.folded)...)
		}
		parts[i] = foundIn(filled(more), len(s.folded))
	}
}

// withoutOne leaves out the segment without which most is found. What is left must be most of
// what was typed, and every word must be one that is known: a question of strange words has no
// answer.
func (m *matcher) withoutOne(q question, parts []found) ([]found, *set) {
	typed, unknown := 0, 0
	for _, part := range parts {
		typed += part.words
		if part.set.IsEmpty() {
			unknown += part.words
		}
	}
	best, kept := roaring.New(), parts
	for i := range parts {
		if unknown > 0 && !parts[i].set.IsEmpty() || 2*parts[i].words > typed || 3*unknown > typed || q.segments[i].sizes == nil && len(parts) < 2 {
			continue
		}
		rest := slices.Delete(slices.Clone(parts), i, i+1)
		if all := together(rest); all.GetCardinality() > best.GetCardinality() {
			best, kept = all, rest
		}
	}
	return kept, best
}

// weighted multiplies the levels of a segment by how rare it is. The weight is coarse, so that
// the order of a list hardly changes while somebody pages through it.
func (m *matcher) weighted(part found) searchindex.Slot {
	all, some := m.reader.All().GetCardinality(), max(part.set.GetCardinality(), 1)
	weight := int64(4 + bits.Len64(all/some))
	slot := make(searchindex.Slot, len(part.slot))
	for i, level := range part.slot {
		slot[i] = searchindex.Level{Set: level.Set, Score: level.Score * weight}
	}
	return slot
}

// whole ranks by the text as a whole.
func (m *matcher) whole(q question) []searchindex.Slot {
	if len(q.folded) == 0 {
		return nil
	}
	name := m.reader.Keyword(keyName, strings.Join(q.folded, " "))
	phrase := m.reader.Phrase(inName, q.folded)
	exact := name
	for i := range q.folded {
		if q.marked[i] != q.folded[i] && !exact.IsEmpty() {
			exact = roaring.And(exact, m.reader.Marked(inName, q.marked[i]))
		}
	}
	slot := searchindex.Slot{
		{Set: exact, Score: worthWholeMarked},
		{Set: name, Score: worthWhole},
		{Set: roaring.And(phrase, m.reader.Begins(inName, q.folded[0])), Score: worthBegin + worthPhrase},
	}
	if len(q.folded) > 1 {
		slot = append(slot, searchindex.Level{Set: phrase, Score: worthPhrase})
	}
	return []searchindex.Slot{filled(slot)}
}

// filled leaves out empty levels and puts the best first.
func filled(levels []searchindex.Level) []searchindex.Level {
	levels = slices.DeleteFunc(levels, func(l searchindex.Level) bool { return l.Score <= 0 || l.Set.IsEmpty() })
	slices.SortStableFunc(levels, func(a, b searchindex.Level) int { return cmp.Compare(b.Score, a.Score) })
	return levels
}

// foundIn is what is in any of the levels.
func foundIn(levels []searchindex.Level, words int) found {
	union := roaring.New()
	for _, level := range levels {
		union.Or(level.Set)
	}
	return found{set: union, slot: levels, words: words}
}
