package searchindex

import (
	"container/heap"

	"github.com/RoaringBitmap/roaring/v2"
)

// Level is a part of a slot: the documents in its set score so much.
type Level struct {
	Set   *Set
	Score int64
}

// Slot is one thing that documents are ranked by. A document scores by the first of its levels
// that holds it, and nothing when none does; levels stand from the highest score to the lowest,
// and all are positive.
type Slot []Level

// Ranked is a document and what it scored.
type Ranked struct {
	Number uint32
	Score  int64
}

const (
	// fewToRank is how large a set is scored document by document.
	fewToRank = 512
	// mostParts is into how many parts a set is split before every document is scored after all.
	mostParts = 3000
)

// Rank lists the best documents of a set: those that score most over all slots, then the newest.
// After is where the page before ended; nil is the first page.
//
// The set is not scored document by document. It is split by the levels of one slot after the
// other, always the part that can score most, until the best parts fill the page: how often
// depends on the slots, hardly on the number of documents.
func (r *Reader[P]) Rank(set *Set, slots []Slot, after *Ranked, most int) []Ranked {
	if set.GetCardinality() <= fewToRank {
		return score(set, slots, after, most)
	}
	found, done := split(set, slots, after, most)
	if !done {
		return score(set, slots, after, most)
	}
	return found
}

// part is what is left of the set behind some slots.
type part struct {
	set   *Set
	depth int
	score int64
	most  int64 // what it can score at best
}

type parts []part

func (p *parts) Len() int           { return len(*p) }
func (p *parts) Less(i, j int) bool { return (*p)[i].most > (*p)[j].most }
func (p *parts) Swap(i, j int)      { (*p)[i], (*p)[j] = (*p)[j], (*p)[i] }
func (p *parts) Push(x any)         { *p = append(*p, x.(part)) } //nolint:forcetypeassert // only parts are pushed
func (p *parts) Pop() any {
	old := *p
	last := old[len(old)-1]
	*p = old[:len(old)-1]
	return last
}

// split finds the best; it gives up when there are too many parts.
func split(set *Set, slots []Slot, after *Ranked, most int) ([]Ranked, bool) {
	rest := make([]int64, len(slots)+1) // what the slots from here on can add
	for i := len(slots) - 1; i >= 0; i-- {
		rest[i] = rest[i+1]
		if len(slots[i]) > 0 {
			rest[i] += slots[i][0].Score
		}
	}
	waiting := parts{{set: set, most: rest[0]}}
	found := make([]Ranked, 0, most)
	for made := 0; len(waiting) > 0; {
		best, _ := heap.Pop(&waiting).(part)
		if best.depth < len(slots) {
			made += divide(&waiting, best, slots[best.depth], rest[best.depth+1], after)
			if made > mostParts {
				return nil, false
			}
			continue
		}
		tier := best.set
		for len(waiting) > 0 && waiting[0].most == best.score {
			other, _ := heap.Pop(&waiting).(part)
			if other.depth < len(slots) {
				made += divide(&waiting, other, slots[other.depth], rest[other.depth+1], after)
				continue
			}
			tier = roaring.Or(tier, other.set)
		}
		if found = take(found, tier, best.score, after, most); len(found) == most {
			break
		}
	}
	return found, true
}

// divide splits a part by the levels of a slot and returns how many parts it made. Parts that
// score more than where the page before ended were shown.
func divide(waiting *parts, p part, slot Slot, rest int64, after *Ranked) int {
	made := 0
	left := p.set
	add := func(set *Set, score int64) {
		if !set.IsEmpty() && (after == nil || score <= after.Score) {
			heap.Push(waiting, part{set: set, depth: p.depth + 1, score: score, most: score + rest})
			made++
		}
	}
	for _, level := range slot {
		inside := roaring.And(left, level.Set)
		made++
		if inside.IsEmpty() {
			continue
		}
		add(inside, p.score+level.Score)
		left = roaring.AndNot(left, inside)
		if left.IsEmpty() {
			return made
		}
	}
	add(left, p.score)
	return made
}

// take adds the newest of a tier to a page.
func take(found []Ranked, tier *Set, score int64, after *Ranked, most int) []Ranked {
	from := uint32(0)
	if after != nil {
		if score > after.Score {
			return found
		}
		if score == after.Score {
			from = after.Number
		}
	}
	for _, number := range First(tier, from, most-len(found)) {
		found = append(found, Ranked{Number: number, Score: score})
	}
	return found
}

// score looks at every document.
func score(set *Set, slots []Slot, after *Ranked, most int) []Ranked {
	numbers := set.ToArray()
	scores := make([]int64, len(numbers))
	for _, slot := range slots {
		addScores(numbers, scores, slot)
	}
	better := func(a, b Ranked) bool { return a.Score > b.Score || a.Score == b.Score && a.Number < b.Number }
	worst := &worstFirst{better: better}
	for i, number := range numbers {
		one := Ranked{Number: number, Score: scores[i]}
		if after != nil && (one.Score > after.Score || one.Score == after.Score && number < after.Number) {
			continue
		}
		switch {
		case worst.Len() < most:
			heap.Push(worst, one)
		case better(one, worst.list[0]):
			worst.list[0] = one
			heap.Fix(worst, 0)
		}
	}
	found := make([]Ranked, worst.Len())
	for i := len(found) - 1; i >= 0; i-- {
		found[i], _ = heap.Pop(worst).(Ranked)
	}
	return found
}

// addScores adds what the documents score in one slot.
func addScores(numbers []uint32, scores []int64, slot Slot) {
	given := make([]bool, len(numbers))
	for _, level := range slot {
		if level.Set.IsEmpty() {
			continue
		}
		each := level.Set.Iterator()
		for i, number := range numbers {
			each.AdvanceIfNeeded(number)
			if !each.HasNext() {
				break
			}
			if each.PeekNext() == number && !given[i] {
				scores[i] += level.Score
				given[i] = true
			}
		}
	}
}

// worstFirst is a heap of the best so far, the worst of them on top.
type worstFirst struct {
	list   []Ranked
	better func(a, b Ranked) bool
}

func (w *worstFirst) Len() int           { return len(w.list) }
func (w *worstFirst) Less(i, j int) bool { return w.better(w.list[j], w.list[i]) }
func (w *worstFirst) Swap(i, j int)      { w.list[i], w.list[j] = w.list[j], w.list[i] }
func (w *worstFirst) Push(x any)         { w.list = append(w.list, x.(Ranked)) } //nolint:forcetypeassert // only these are pushed
func (w *worstFirst) Pop() any {
	last := w.list[len(w.list)-1]
	w.list = w.list[:len(w.list)-1]
	return last
}
