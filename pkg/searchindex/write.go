package searchindex

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// Write changes documents; readers see all of it or nothing. A document that is there already is
// replaced. Ids in gone are found by nothing any more; the place of each in the order is kept, in
// case it comes back.
func (x *Index[P]) Write(documents []Document[P], gone []uuid.UUID) {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mutex.Lock()
	defer x.mutex.Unlock()
	for _, id := range gone {
		if place, ok := x.byID[id]; ok {
			x.erase(int(place))
		}
	}
	for i := range documents {
		x.put(&documents[i])
	}
}

// Replace forgets everything and takes these documents instead. It is faster than Write, because
// it may sort first. It reorders documents.
func (x *Index[P]) Replace(documents []Document[P]) {
	x.writing.Lock()
	defer x.writing.Unlock()
	slices.SortFunc(documents, func(a, b Document[P]) int { return compareOrder(a.Order, a.ID, b.Order, b.ID) })
	fresh := New(x.options)
	fresh.words.bulk = true
	fresh.slots = make([]slot[P], len(documents))
	fresh.byID = make(map[uuid.UUID]uint32, len(documents))
	// Newest first: their numbers ascend, and adding at the end of a set is cheapest.
	for place := len(documents) - 1; place >= 0; place-- {
		d := &documents[place]
		fresh.slots[place] = slot[P]{id: d.ID, order: d.Order}
		fresh.byID[d.ID] = uint32(place) //nolint:gosec // fewer than 2³¹ documents
		fresh.fill(place, d)
	}
	fresh.words.settle()
	x.mutex.Lock()
	defer x.mutex.Unlock()
	x.texts, x.names, x.lists, x.postings = fresh.texts, fresh.names, fresh.lists, fresh.postings
	x.words, x.values, x.shared = fresh.words, fresh.values, fresh.shared
	x.slots, x.byID, x.all, x.columns, x.measures = fresh.slots, fresh.byID, fresh.all, fresh.columns, fresh.measures
}

// compareOrder sorts the oldest first.
func compareOrder(order int64, id uuid.UUID, otherOrder int64, otherID uuid.UUID) int {
	return cmp.Or(cmp.Compare(order, otherOrder), bytes.Compare(id[:], otherID[:]))
}

// put adds or replaces one document.
func (x *Index[P]) put(d *Document[P]) {
	place, known := x.byID[d.ID]
	if known && x.slots[place].order != d.Order {
		x.erase(int(place))
		x.cut(int(place))
		known = false
	}
	if !known {
		place = uint32(x.open(d.Order, d.ID)) //nolint:gosec // fewer than 2³¹ documents
	}
	x.fill(int(place), d)
}

// fill writes a document into its slot, touching only the postings that differ.
func (x *Index[P]) fill(place int, d *Document[P]) {
	s := &x.slots[place]
	number := x.number(place)
	if d.Reserved {
		x.erase(place)
		return
	}
	x.leaveColumns(number)
	lists := x.listsOf(d)
	before := s.lists
	for i, j := 0, 0; i < len(before) || j < len(lists); {
		switch {
		case j == len(lists) || i < len(before) && before[i] < lists[j]:
			x.postings[before[i]].remove(number)
			i++
		case i == len(before) || lists[j] < before[i]:
			x.postings[lists[j]].add(number)
			j++
		default:
			i, j = i+1, j+1
		}
	}
	if s.live {
		x.measure(number, &s.payload, &d.Payload)
	} else {
		x.measure(number, nil, &d.Payload)
	}
	s.lists, s.payload = lists, d.Payload
	if !s.live {
		s.live = true
		x.all.Add(number)
	}
	x.enterColumns(number)
}

// erase takes a document out of every set and keeps its place.
func (x *Index[P]) erase(place int) {
	s := &x.slots[place]
	if !s.live {
		return
	}
	number := x.number(place)
	x.leaveColumns(number)
	for _, list := range s.lists {
		x.postings[list].remove(number)
	}
	x.all.Remove(number)
	x.measure(number, &s.payload, nil)
	var nothing P
	s.lists, s.payload, s.live = nil, nothing, false
}

// open makes a slot for a document that is not there yet. Almost all are newer than the last one.
func (x *Index[P]) open(order int64, id uuid.UUID) int {
	place, _ := slices.BinarySearchFunc(x.slots, order, func(s slot[P], order int64) int {
		return compareOrder(s.order, s.id, order, id)
	})
	if place < len(x.slots) {
		x.shift(place, len(x.slots), 1)
	}
	x.slots = slices.Insert(x.slots, place, slot[P]{id: id, order: order})
	x.reindex(place)
	return place
}

// cut removes a slot whose document was erased.
func (x *Index[P]) cut(place int) {
	delete(x.byID, x.slots[place].id)
	x.shift(place+1, len(x.slots), -1)
	x.slots = slices.Delete(x.slots, place, place+1)
	x.reindex(place)
}

func (x *Index[P]) reindex(from int) {
	for place := from; place < len(x.slots); place++ {
		x.byID[x.slots[place].id] = uint32(place) //nolint:gosec // fewer than 2³¹ documents
	}
}

// shift renumbers the documents of some slots because one is put in or taken out before them. It
// happens when transactions commit in another order than they began, so there are few.
func (x *Index[P]) shift(from, to, by int) {
	for _, c := range x.columns {
		c.forget()
	}
	for _, m := range x.measures {
		m.forget()
	}
	move := func(place int) {
		s := &x.slots[place]
		if !s.live {
			return
		}
		old, now := x.number(place), x.number(place+by)
		for _, list := range s.lists {
			x.postings[list].remove(old)
			x.postings[list].add(now)
		}
		x.all.Remove(old)
		x.all.Add(now)
	}
	if by > 0 {
		for place := to - 1; place >= from; place-- {
			move(place)
		}
		return
	}
	for place := from; place < to; place++ {
		move(place)
	}
}

// mostShared bounds the shared texts and keywords that are remembered.
const mostShared = 100_000

// listsOf finds the postings a document belongs to, ascending.
func (x *Index[P]) listsOf(d *Document[P]) []uint32 {
	lists := x.read(make([]uint32, 0, 32), d.Texts, d.Keywords)
	for _, shared := range d.Shared {
		known, ok := x.shared[shared.Key]
		if !ok {
			texts, keywords := shared.Of()
			known = slices.Clip(x.read(nil, texts, keywords))
			if len(x.shared) < mostShared {
				x.shared[shared.Key] = known
			}
		}
		lists = merged(lists, known)
	}
	return slices.Clip(lists)
}

// read finds the postings of texts and keywords, ascending.
func (x *Index[P]) read(lists []uint32, texts []Text, keywords []Keyword) []uint32 {
	for _, text := range texts {
		lists = x.appendText(lists, text)
	}
	for _, keyword := range keywords {
		value := x.text(keyword.Value)
		list, made := x.list(keyOf(ofKeyword, keyword.Field, value, 0))
		if made {
			x.values[keyword.Field] = append(x.values[keyword.Field], value)
		}
		lists = append(lists, list)
	}
	slices.Sort(lists)
	return slices.Compact(lists)
}

// merged is the union of two ascending lists.
func merged(a, b []uint32) []uint32 {
	all := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			all, a = append(all, a[0]), a[1:]
		case b[0] < a[0]:
			all, b = append(all, b[0]), b[1:]
		default:
			all, a, b = append(all, a[0]), a[1:], b[1:]
		}
	}
	return append(append(all, a...), b...)
}

// appendText adds the postings of the words of a text.
func (x *Index[P]) appendText(lists []uint32, text Text) []uint32 {
	folded, marked := x.options.Words(text.Text)
	field := x.options.Fields[text.Field]
	previous := uint32(0)
	for i, word := range folded {
		n := x.text(word)
		x.words.add(word)
		lists = x.appendKey(lists, keyOf(ofWord, text.Field, n, 0))
		if field.Marks && i < len(marked) && marked[i] != word {
			lists = x.appendKey(lists, keyOf(ofMarked, text.Field, x.text(marked[i]), 0))
		}
		switch {
		case !field.Phrases:
		case i == 0:
			lists = x.appendKey(lists, keyOf(ofBegin, text.Field, n, 0))
		default:
			lists = x.appendKey(lists, keyOf(ofPair, text.Field, previous, n))
		}
		previous = n
	}
	return lists
}

func (x *Index[P]) appendKey(lists []uint32, k key) []uint32 {
	list, _ := x.list(k)
	return append(lists, list)
}
