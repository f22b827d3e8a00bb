package searchindex

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// Count is a value of a keyword field and how many documents have it.
type Count struct {
	Value string
	N     int
}

// Count counts the documents of a set by the values of a keyword field, the most frequent first;
// values that none has are left out.
func (r *Reader[P]) Count(set *Set, field int) []Count {
	counts := []Count{}
	if set.IsEmpty() {
		return counts
	}
	for _, value := range r.x.values[field] {
		list := r.x.lists[keyOf(ofKeyword, field, value, 0)]
		if n := r.x.postings[list].countIn(set); n > 0 {
			counts = append(counts, Count{Value: r.x.names[value], N: n})
		}
	}
	SortCounts(counts)
	return counts
}

// SortCounts puts the most frequent first.
func SortCounts(counts []Count) {
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Value, b.Value))
	})
}

// First lists the newest documents of a set from a number on: at most so many.
func First(set *Set, from uint32, most int) []uint32 {
	numbers := make([]uint32, 0, most)
	each := set.Iterator()
	each.AdvanceIfNeeded(from)
	for len(numbers) < most && each.HasNext() {
		numbers = append(numbers, each.Next())
	}
	return numbers
}

// Collect makes a set of the documents of another that pass a test.
func (r *Reader[P]) Collect(among *Set, test func(p *P) bool) *Set {
	passed := make([]uint32, 0, 1024)
	found := roaring.New()
	each := among.ManyIterator()
	buffer := make([]uint32, 1024)
	for {
		n := each.NextMany(buffer)
		if n == 0 {
			break
		}
		for _, number := range buffer[:n] {
			if test(&r.x.at(number).payload) {
				passed = append(passed, number)
			}
		}
		if len(passed) > 0 {
			found.AddMany(passed)
			passed = passed[:0]
		}
	}
	return found
}
