package catalog

import (
	"github.com/RoaringBitmap/roaring/v2"

	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

const (
	// mostGuesses is how many words one misspelt word may stand for.
	mostGuesses = 12
	// mostPieces is into how many words one that was run together is split.
	mostPieces = 5
)

// misspelt finds what a segment that nothing has may have meant: words run together ("tomsu"),
// typed for an input method that was off ("toom", "to6m"), or with a slip of the fingers ("tmo").
func (m *matcher) misspelt(q question, at int) found {
	s := q.segments[at]
	if len(s.folded) != 1 {
		return foundIn(nil, len(s.folded))
	}
	word := s.folded[0]
	if pieces := m.split(word); len(pieces) > 0 {
		return foundIn(filled(m.words(pieces, pieces, 100)), 1)
	}
	if typed := vietnamese.Keystrokes(word); typed != word {
		folded := vietnamese.Fold(typed)
		if m.known(folded) {
			return foundIn(filled(m.words([]string{folded}, []string{vietnamese.Lower(typed)}, 100)), 1)
		}
		if pieces := m.split(folded); len(pieces) > 0 {
			return foundIn(filled(m.words(pieces, pieces, 100)), 1)
		}
	}
	return m.near(q, at)
}

// near finds words that look like one; those that stand beside its neighbours elsewhere, if there
// are any.
func (m *matcher) near(q question, at int) found {
	word := q.segments[at].folded[0]
	guesses := m.reader.Near(word, inName, inKind, inPlace, inSeller)
	var likely []searchindex.Guess
	for _, guess := range guesses {
		if guess.Word != word && m.besideNeighbours(q, at, guess.Word) {
			likely = append(likely, guess)
		}
	}
	if len(likely) == 0 {
		likely = guesses
	}
	var levels []searchindex.Level
	for i, guess := range likely {
		if i == mostGuesses || guess.Distance > likely[0].Distance {
			break
		}
		levels = append(levels, m.words([]string{guess.Word}, []string{guess.Word}, nearWord)...)
	}
	return foundIn(filled(levels), 1)
}

func (m *matcher) besideNeighbours(q question, at int, word string) bool {
	for _, field := range [...]int{inName, inKind, inPlace, inSeller} {
		if at > 0 {
			before := q.segments[at-1].folded
			if !m.reader.Phrase(field, []string{before[len(before)-1], word}).IsEmpty() {
				return true
			}
		}
		if at+1 < len(q.segments) && !m.reader.Phrase(field, []string{word, q.segments[at+1].folded[0]}).IsEmpty() {
			return true
		}
	}
	return false
}

// split takes words apart that were run together: into words that stand side by side somewhere.
func (m *matcher) split(word string) []string {
	if len(word) < 4 || len(word) > 40 || isDigits(word) {
		return nil
	}
	var best []string
	most := uint64(0)
	var try func(pieces []string, rest string)
	try = func(pieces []string, rest string) {
		if len(pieces) > mostPieces {
			return
		}
		if rest == "" {
			if together := m.standTogether(pieces); together > most {
				best, most = append([]string(nil), pieces...), together
			}
			return
		}
		for end := 1; end <= len(rest); end++ {
			piece := rest[:end]
			if !m.known(piece) || (len(pieces) > 0 && m.standTogether([]string{pieces[len(pieces)-1], piece}) == 0) {
				continue
			}
			try(append(pieces, piece), rest[end:])
		}
	}
	try(nil, word)
	if len(best) < 2 {
		return nil
	}
	return best
}

// standTogether counts what has words next to each other in its strongest field.
func (m *matcher) standTogether(words []string) uint64 {
	most := uint64(0)
	for _, field := range [...]int{inName, inKind, inPlace, inSeller} {
		most = max(most, m.reader.Phrase(field, words).GetCardinality())
	}
	return most
}

// anyNear lets every word be misspelt, also those that are words: "bo phong" for "bánh phồng". It
// changes the parts and returns what has all of them.
func (m *matcher) anyNear(q question, parts []found) *set {
	if len(q.segments) < 2 {
		return roaring.New()
	}
	loose := make([]found, len(parts))
	for i, s := range q.segments {
		loose[i] = parts[i]
		if len(s.folded) != 1 || s.sizes != nil {
			continue
		}
		near := m.near(q, i)
		loose[i] = foundIn(filled(append(append([]searchindex.Level(nil), parts[i].slot...), near.slot...)), 1)
	}
	all := together(loose)
	if !all.IsEmpty() {
		copy(parts, loose)
	}
	return all
}
