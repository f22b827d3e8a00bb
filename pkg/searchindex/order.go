package searchindex

import (
	"cmp"
	"slices"
	"sort"
	"sync"
)

// column is an order of all documents, made when it is first asked for and kept from then on.
type column struct {
	mutex  sync.Mutex
	sorted []uint32 // by the comparison, then newest first
	made   bool
}

func (c *column) forget() { c.sorted, c.made = nil, false }

// leaveColumns and enterColumns are called by writers, who are alone, around a change of a payload.
func (x *Index[P]) leaveColumns(number uint32) {
	if !x.at(number).live {
		return
	}
	for i, c := range x.columns {
		if at, found := x.find(c, i, number); found {
			c.sorted = slices.Delete(c.sorted, at, at+1)
		}
	}
}

func (x *Index[P]) enterColumns(number uint32) {
	for i, c := range x.columns {
		if at, found := x.find(c, i, number); c.made && !found {
			c.sorted = slices.Insert(c.sorted, at, number)
		}
	}
}

func (x *Index[P]) find(c *column, i int, number uint32) (int, bool) {
	if !c.made {
		return 0, false
	}
	payload := &x.at(number).payload
	compare := x.options.Columns[i]
	return slices.BinarySearchFunc(c.sorted, number, func(other, number uint32) int {
		return cmp.Or(compare(&x.at(other).payload, payload), cmp.Compare(other, number))
	})
}

// sortedBy is the whole order of a column.
func (r *Reader[P]) sortedBy(i int) []uint32 {
	c := r.x.columns[i]
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.made {
		compare := r.x.options.Columns[i]
		c.sorted = r.x.all.ToArray()
		slices.SortFunc(c.sorted, func(a, b uint32) int {
			return cmp.Or(compare(r.At(a), r.At(b)), cmp.Compare(a, b))
		})
		c.made = true
	}
	return c.sorted
}

// Top lists the first documents of a set in the order of a column, then newest first: at most so
// many, of those that stand behind where the page before ended. Behind says so of a document; nil
// is the first page. It must agree with the order.
//
// A large set is met soon by walking along the order of all documents; a small one is looked
// through.
func (r *Reader[P]) Top(set *Set, i int, behind func(number uint32, p *P) bool, most int) []uint32 {
	size := int(set.GetCardinality()) //nolint:gosec // numbers have 32 bits
	if size == 0 || most <= 0 {
		return nil
	}
	// A step along the order costs about as much as looking at two documents of the set.
	if steps := 2 * most * (1 + len(r.x.slots)/size); steps < size {
		return r.walk(set, r.sortedBy(i), behind, most)
	}
	return r.Least(set, r.x.options.Columns[i], behind, most)
}

func (r *Reader[P]) walk(set *Set, sorted []uint32, behind func(number uint32, p *P) bool, most int) []uint32 {
	from := 0
	if behind != nil {
		from = sort.Search(len(sorted), func(at int) bool { return behind(sorted[at], r.At(sorted[at])) })
	}
	found := make([]uint32, 0, most)
	for _, number := range sorted[from:] {
		if set.Contains(number) {
			if found = append(found, number); len(found) == most {
				break
			}
		}
	}
	return found
}

// Along calls next with the documents of a set in the order of a column, until it says no or has
// been given them all.
func (r *Reader[P]) Along(set *Set, i int, next func(number uint32) bool) {
	for _, number := range r.sortedBy(i) {
		if set.Contains(number) && !next(number) {
			return
		}
	}
}

// Least is Top by a comparison that no column is kept for: every document of the set is looked at.
func (r *Reader[P]) Least(set *Set, compare func(a, b *P) int, behind func(number uint32, p *P) bool, most int) []uint32 {
	before := func(a, b uint32) int { return cmp.Or(compare(r.At(a), r.At(b)), cmp.Compare(a, b)) }
	var found []uint32
	each := set.Iterator()
	for each.HasNext() {
		number := each.Next()
		if behind != nil && !behind(number, r.At(number)) {
			continue
		}
		if len(found) == most && before(found[most-1], number) <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(found, number, before)
		found = slices.Insert(found, at, number)
		if len(found) > most {
			found = found[:most]
		}
	}
	return found
}
