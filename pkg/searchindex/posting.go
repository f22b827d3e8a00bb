package searchindex

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// Set is a set of documents by number. Those that a [Reader] hands out are shared: combine them
// with roaring.And, roaring.Or and roaring.AndNot, which make new ones.
type Set = roaring.Bitmap

// fewest is how many documents a posting holds as a plain slice: most words are rare, and a bitmap
// of one costs ten times as much.
const fewest = 24

// posting is the set of documents that have something.
type posting struct {
	few  []uint32 // ascending; unused once many is there
	many *Set
}

func (p *posting) add(number uint32) {
	if p.many != nil {
		p.many.Add(number)
		return
	}
	at, found := slices.BinarySearch(p.few, number)
	if found {
		return
	}
	if len(p.few) == fewest {
		p.many = roaring.BitmapOf(p.few...)
		p.few = nil
		p.many.Add(number)
		return
	}
	p.few = slices.Insert(p.few, at, number)
}

func (p *posting) remove(number uint32) {
	if p.many != nil {
		p.many.Remove(number)
		return
	}
	if at, found := slices.BinarySearch(p.few, number); found {
		p.few = slices.Delete(p.few, at, at+1)
	}
}

func (p *posting) size() int {
	if p.many != nil {
		return int(p.many.GetCardinality()) //nolint:gosec // numbers have 32 bits
	}
	return len(p.few)
}

// set is the posting as a set that must not be changed.
func (p *posting) set() *Set {
	if p.many != nil {
		return p.many
	}
	return roaring.BitmapOf(p.few...)
}

// addTo unites the posting with a set of the caller's own.
func (p *posting) addTo(own *Set) {
	if p.many != nil {
		own.Or(p.many)
		return
	}
	own.AddMany(p.few)
}

// countIn counts the documents that a set has too.
func (p *posting) countIn(set *Set) int {
	if p.many != nil {
		return int(p.many.AndCardinality(set)) //nolint:gosec // numbers have 32 bits
	}
	n := 0
	for _, number := range p.few {
		if set.Contains(number) {
			n++
		}
	}
	return n
}
