package searchindex

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"
)

// All is every document.
func (r *Reader[P]) All() *Set { return r.x.all }

// At is the payload of a document, and whether there is one of that number.
func (r *Reader[P]) At(number uint32) *P { return &r.x.at(number).payload }

// Place is where a document stands in the order, newest first.
func (r *Reader[P]) Place(number uint32) (order int64, id uuid.UUID) {
	s := r.x.at(number)
	return s.order, s.id
}

// Find is the number of a document; false when there is none.
func (r *Reader[P]) Find(id uuid.UUID) (uint32, bool) {
	place, ok := r.x.byID[id]
	if !ok || !r.x.slots[place].live {
		return 0, false
	}
	return r.x.number(int(place)), true
}

// Behind is the first number that a document of this place, or the next older one, has: where a
// list that ended there goes on. The document need not be there any more.
func (r *Reader[P]) Behind(order int64, id uuid.UUID) uint32 {
	place, _ := slices.BinarySearchFunc(r.x.slots, order, func(s slot[P], order int64) int {
		return compareOrder(s.order, s.id, order, id)
	})
	return r.x.number(place) + 1 // the slots before this one are older
}

func (r *Reader[P]) posting(kind, field int, a, b string) *posting {
	first, ok := r.x.texts[a]
	if !ok {
		return nil
	}
	second := uint32(0)
	if kind == ofPair {
		if second, ok = r.x.texts[b]; !ok {
			return nil
		}
	}
	list, ok := r.x.lists[keyOf(kind, field, first, second)]
	if !ok {
		return nil
	}
	return &r.x.postings[list]
}

func (r *Reader[P]) set(kind, field int, a, b string) *Set {
	if p := r.posting(kind, field, a, b); p != nil {
		return p.set()
	}
	return roaring.New()
}

// Word is every document with a word in a field; the word has no marks.
func (r *Reader[P]) Word(field int, word string) *Set { return r.set(ofWord, field, word, "") }

// Marked is every document with a word, marks included, in a field. A word without any mark is in
// no such set.
func (r *Reader[P]) Marked(field int, word string) *Set { return r.set(ofMarked, field, word, "") }

// Begins is every document of which a text of the field begins with a word.
func (r *Reader[P]) Begins(field int, word string) *Set { return r.set(ofBegin, field, word, "") }

// Keyword is every document with a value of a keyword field.
func (r *Reader[P]) Keyword(field int, value string) *Set { return r.set(ofKeyword, field, value, "") }

// Keywords is every document with one of the values.
func (r *Reader[P]) Keywords(field int, values []string) *Set {
	union := roaring.New()
	for _, value := range values {
		if p := r.posting(ofKeyword, field, value, ""); p != nil {
			p.addTo(union)
		}
	}
	return union
}

// Phrase is every document that has words next to each other in a field. Three and more are
// found as pairs that overlap.
func (r *Reader[P]) Phrase(field int, words []string) *Set {
	if len(words) == 1 {
		return r.Word(field, words[0])
	}
	sets := make([]*Set, 0, len(words)-1)
	for i := 1; i < len(words); i++ {
		p := r.posting(ofPair, field, words[i-1], words[i])
		if p == nil {
			return roaring.New()
		}
		sets = append(sets, p.set())
	}
	return And(sets...)
}

// Beginning is every document that has, in a field, a word that begins so; behind, when it is not
// empty, is the word that must stand before it.
func (r *Reader[P]) Beginning(field int, behind, with string) *Set {
	union := roaring.New()
	for _, word := range r.x.words.beginning(with) {
		kind, a, b := ofWord, word, ""
		if behind != "" {
			kind, a, b = ofPair, behind, word
		}
		if p := r.posting(kind, field, a, b); p != nil {
			p.addTo(union)
		}
	}
	return union
}

// Documents counts those that have a word in any of the fields. A document that has it in two
// counts twice.
func (r *Reader[P]) Documents(word string, fields ...int) int {
	n := 0
	for _, field := range fields {
		if p := r.posting(ofWord, field, word, ""); p != nil {
			n += p.size()
		}
	}
	return n
}

// Near lists the words that may have been meant by one, in any of the fields: the nearest first,
// of those the most common.
func (r *Reader[P]) Near(word string, fields ...int) []Guess {
	most := slips(word)
	if most == 0 {
		return nil
	}
	guesses := r.x.words.near(word, most)
	kept := guesses[:0]
	for _, guess := range guesses {
		if guess.Documents = r.Documents(guess.Word, fields...); guess.Documents > 0 {
			kept = append(kept, guess)
		}
	}
	slices.SortFunc(kept, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Word, b.Word))
	})
	return kept
}

// And intersects sets, smallest first; of none it is empty. Its result is the caller's own only
// when there are at least two.
func And(sets ...*Set) *Set {
	switch len(sets) {
	case 0:
		return roaring.New()
	case 1:
		return sets[0]
	}
	slices.SortFunc(sets, func(a, b *Set) int { return cmp.Compare(a.GetCardinality(), b.GetCardinality()) })
	both := roaring.And(sets[0], sets[1])
	for _, set := range sets[2:] {
		if both.IsEmpty() {
			break
		}
		both.And(set)
	}
	return both
}
