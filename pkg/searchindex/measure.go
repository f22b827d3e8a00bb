package searchindex

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

const (
	// fullBucket is how many documents a bucket holds when a measure is made; a value that more
	// documents have gets a bucket of its own.
	fullBucket = 1024
	// mostGrown is how often that many a bucket may come to hold before the measure is made anew.
	mostGrown = 8
	// fullStride is how many buckets lie between two sums.
	fullStride = 32
)

// measure is a number of all documents, made when it is first asked for and followed from then on.
// The documents lie in buckets by their number, and every so many buckets there is the set of all
// below: a range is the difference of two such sums, the buckets between them and its ends, and
// only what lies in the two buckets where it begins and ends is looked at. So a range costs hardly
// more in a large index than in a small one.
type measure struct {
	full, stride int // see fullBucket and fullStride
	mutex        sync.Mutex
	made         bool
	buckets      []bucket // ascending
	sums         []*Set   // sums[i] holds the documents of the first i × stride buckets
}

// bucket holds the documents whose number is at least from and less than that of the next bucket.
type bucket struct {
	from int64
	// least and most bound the numbers that are in it.
	least, most int64
	set         *Set
}

func emptyBucket(from int64) bucket {
	return bucket{from: from, least: math.MaxInt64, most: math.MinInt64, set: roaring.New()}
}

// measured is a document and its number.
type measured struct {
	value  int64
	number uint32
}

// forget makes the measure anew when it is asked for again.
func (m *measure) forget() { m.made, m.buckets, m.sums = false, nil, nil }

// make puts documents, which are in ascending order, into buckets.
func (m *measure) make(all []measured) {
	slices.SortFunc(all, func(a, b measured) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.number, b.number)) })
	m.buckets, m.sums = []bucket{emptyBucket(math.MinInt64)}, nil
	var same []uint32
	for at := 0; at < len(all); {
		value, end := all[at].value, at
		same = same[:0]
		for ; end < len(all) && all[end].value == value; end++ {
			same = append(same, all[end].number)
		}
		last := &m.buckets[len(m.buckets)-1]
		if held := int(last.set.GetCardinality()); held > 0 && held+len(same) > m.full { //nolint:gosec // numbers have 32 bits
			m.buckets = append(m.buckets, emptyBucket(value))
			last = &m.buckets[len(m.buckets)-1]
		}
		last.least, last.most = min(last.least, value), value
		last.set.AddMany(same)
		at = end
	}
	sum := roaring.New()
	m.sums = append(m.sums, roaring.New())
	for i := range m.buckets {
		sum.Or(m.buckets[i].set)
		if (i+1)%m.stride == 0 {
			m.sums = append(m.sums, sum.Clone())
		}
	}
	m.made = true
}

// at is the bucket of a number.
func (m *measure) at(value int64) int {
	return sort.Search(len(m.buckets), func(i int) bool { return m.buckets[i].from > value }) - 1
}

func (m *measure) enter(number uint32, value int64) {
	at := m.at(value)
	b := &m.buckets[at]
	b.least, b.most = min(b.least, value), max(b.most, value)
	b.set.Add(number)
	if b.least < b.most && int(b.set.GetCardinality()) > mostGrown*m.full { //nolint:gosec // numbers have 32 bits
		m.forget()
		return
	}
	for i := at/m.stride + 1; i < len(m.sums); i++ {
		m.sums[i].Add(number)
	}
}

func (m *measure) leave(number uint32, value int64) {
	at := m.at(value)
	m.buckets[at].set.Remove(number)
	for i := at/m.stride + 1; i < len(m.sums); i++ {
		m.sums[i].Remove(number)
	}
}

// among is what of a set lies in the buckets from one to before another.
func (m *measure) among(set *Set, from, to int) *Set {
	switch {
	case from >= to:
		return roaring.New()
	case to-from <= m.stride:
		return m.run(set, from, to)
	}
	found := m.below(set, to)
	if from > 0 {
		found.AndNot(m.below(set, from))
	}
	return found
}

// below is what of a set lies in the first buckets: the nearest sum, more or less some buckets.
func (m *measure) below(set *Set, to int) *Set {
	nearest := min((to+m.stride/2)/m.stride, len(m.sums)-1)
	found := roaring.And(set, m.sums[nearest])
	if at := nearest * m.stride; at < to {
		found.Or(m.run(set, at, to))
	} else if at > to {
		found.AndNot(m.run(set, to, at))
	}
	return found
}

// run is what of a set lies in some buckets, taken one by one.
func (m *measure) run(set *Set, from, to int) *Set {
	sets := make([]*Set, 0, to-from)
	for i := from; i < to; i++ {
		sets = append(sets, m.buckets[i].set)
	}
	found := roaring.FastOr(sets...)
	found.And(set)
	return found
}

// measured is a measure, made if need be.
func (r *Reader[P]) measured(i int) *measure {
	m := r.x.measures[i]
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if !m.made {
		all := make([]measured, 0, r.x.all.GetCardinality())
		each := r.x.all.Iterator()
		for each.HasNext() {
			number := each.Next()
			if value, has := r.x.options.Measures[i](r.At(number)); has {
				all = append(all, measured{value, number})
			}
		}
		m.make(all)
	}
	return m
}

// Between is every document of a set of which a measure is at least from and at most to. It is the
// caller's own.
func (r *Reader[P]) Between(set *Set, i int, from, to int64) *Set {
	if from > to || set.IsEmpty() {
		return roaring.New()
	}
	m := r.measured(i)
	first, last := m.at(from), m.at(to)
	begins, ends := m.buckets[first].least < from, m.buckets[last].most > to
	inside, outside := first, last+1
	if begins {
		inside++
	}
	if ends {
		outside--
	}
	found := m.among(set, inside, outside)
	value := r.x.options.Measures[i]
	within := func(p *P) bool {
		is, _ := value(p)
		return is >= from && is <= to
	}
	look := func(b *bucket) {
		if b.least <= to && b.most >= from {
			found.Or(r.Collect(roaring.And(set, b.set), within))
		}
	}
	if begins {
		look(&m.buckets[first])
	}
	if ends && (last > first || !begins) {
		look(&m.buckets[last])
	}
	return found
}

// Ascend calls next with the documents of a set that have a measure, a bucket at a time from the
// least up, and with what none of them is less than, until it says no.
func (r *Reader[P]) Ascend(set *Set, i int, next func(part *Set, least int64) bool) {
	m := r.measured(i)
	for at := range m.buckets {
		b := &m.buckets[at]
		if part := roaring.And(set, b.set); !part.IsEmpty() && !next(part, b.least) {
			return
		}
	}
}

// measure follows a change of a document; before and after are nil when it was not there, or is
// there no more. Writers call it, who are alone.
func (x *Index[P]) measure(number uint32, before, after *P) {
	for i, m := range x.measures {
		if !m.made {
			continue
		}
		value := x.options.Measures[i]
		was, had := int64(0), false
		is, has := int64(0), false
		if before != nil {
			was, had = value(before)
		}
		if after != nil {
			is, has = value(after)
		}
		if had == has && was == is {
			continue
		}
		if had {
			m.leave(number, was)
		}
		if has {
			m.enter(number, is)
		}
	}
}
