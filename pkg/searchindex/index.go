package searchindex

import (
	"cmp"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"
)

// Options say what an index is made of.
type Options[P any] struct {
	// Fields are the fields of text, at most 32. Documents and questions name them by their place.
	Fields []Field
	// Words takes a text apart into its words without marks and the same words with them. It is
	// called by one writer at a time.
	Words func(text string) (folded, marked []string)
	// Columns are the orders that documents can be put in, each by a comparison of two of them.
	Columns []func(a, b *P) int
	// Measures are numbers that documents are asked for by range; false: a document has none. They
	// may look at nothing but the payload.
	Measures []func(p *P) (value int64, has bool)

	full, stride int // of measures; 0: as large as is best
}

// Field is a field of text.
type Field struct {
	// Phrases keeps which words stand next to each other, and which one begins.
	Phrases bool
	// Marks keeps the words with their marks, too.
	Marks bool
}

// Document is what the index is told of a thing.
type Document[P any] struct {
	ID uuid.UUID
	// Order puts the newest first: a larger one comes before a smaller, then a larger id.
	Order    int64
	Texts    []Text
	Keywords []Keyword
	// Shared are texts and keywords that many documents have together.
	Shared []Shared
	// Payload is the caller's: comparisons and tests are given it.
	Payload P
	// Reserved keeps the document's place in the order free: it is found by nothing.
	Reserved bool
}

// Text is a text of a field. A field may have several; no phrase reaches from one into the next.
type Text struct {
	Field int
	Text  string
}

// Shared are texts and keywords that many documents have together. They are read once for all that
// name the same key, so equal keys must stand for equal things.
type Shared struct {
	Key string
	Of  func() ([]Text, []Keyword)
}

// Keyword is a value of a keyword field. Both are the caller's choice; fields are below 64.
type Keyword struct {
	Field int
	Value string
}

// Index holds documents. Make one with [New].
type Index[P any] struct {
	options Options[P]

	writing sync.Mutex // one writer at a time
	mutex   sync.RWMutex
	// texts numbers every word and every keyword value.
	texts map[string]uint32
	names []string
	// lists finds the posting of a word in a field, of a pair, of a keyword: see key.
	lists    map[key]uint32
	postings []posting
	words    dictionary
	values   [maxKeywordFields][]uint32 // texts that are values of a keyword field
	shared   map[string][]uint32
	// slots are the documents, oldest first; the number of a document is first less its place.
	slots    []slot[P]
	byID     map[uuid.UUID]uint32
	all      *Set
	columns  []*column
	measures []*measure
}

// slot is a document as it is kept.
type slot[P any] struct {
	id      uuid.UUID
	order   int64
	lists   []uint32 // postings that hold it, ascending
	payload P
	live    bool
}

// first is the number of the oldest document. Numbers count down, so that the newest come first
// in every set.
const first = 1 << 31

const (
	maxFields        = 32
	maxKeywordFields = 64
)

// key names a posting: what it is of (3 bits), a field (6), and one or two texts (27 each).
type key uint64

const (
	ofWord    = iota // a word without marks
	ofMarked         // a word with its marks
	ofPair           // two words without marks, one behind the other
	ofBegin          // the first word of a text
	ofKeyword        // a value of a keyword field
)

const textBits = 27

func keyOf(kind, field int, a, b uint32) key {
	return key(kind)<<(6+2*textBits) | key(field)<<(2*textBits) | key(a)<<textBits | key(b) //nolint:gosec // small
}

// New makes an empty index.
func New[P any](options Options[P]) *Index[P] {
	x := &Index[P]{options: options}
	x.clear()
	return x
}

func (x *Index[P]) clear() {
	x.texts, x.names = make(map[string]uint32), nil
	x.lists, x.postings = make(map[key]uint32), nil
	x.words = newDictionary()
	x.values = [maxKeywordFields][]uint32{}
	x.shared = make(map[string][]uint32)
	x.slots, x.byID, x.all = nil, make(map[uuid.UUID]uint32), roaring.New()
	x.columns = make([]*column, len(x.options.Columns))
	for i := range x.columns {
		x.columns[i] = &column{}
	}
	x.measures = make([]*measure, len(x.options.Measures))
	for i := range x.measures {
		x.measures[i] = &measure{full: cmp.Or(x.options.full, fullBucket), stride: cmp.Or(x.options.stride, fullStride)}
	}
}

func (x *Index[P]) number(place int) uint32 { return first - uint32(place) } //nolint:gosec // fewer than 2³¹ documents

func (x *Index[P]) at(number uint32) *slot[P] { return &x.slots[first-number] }

// text numbers a string.
func (x *Index[P]) text(s string) uint32 {
	if n, ok := x.texts[s]; ok {
		return n
	}
	n := uint32(len(x.names)) //nolint:gosec // fewer than 2²⁷ words
	x.texts[s] = n
	x.names = append(x.names, s)
	return n
}

// list finds or makes the posting of a key.
func (x *Index[P]) list(k key) (n uint32, made bool) {
	if n, ok := x.lists[k]; ok {
		return n, false
	}
	n = uint32(len(x.postings)) //nolint:gosec // bounded by memory
	x.lists[k] = n
	x.postings = append(x.postings, posting{})
	return n, true
}

// Read calls do with one state of the index, which does not change meanwhile.
func (x *Index[P]) Read(do func(r *Reader[P])) {
	x.mutex.RLock()
	defer x.mutex.RUnlock()
	do(&Reader[P]{x: x})
}

// Reader is one state of an index, for the time of one call of [Index.Read].
type Reader[P any] struct{ x *Index[P] }

// Size is how much an index holds.
type Size struct{ Documents, Words, Postings int }

// Size says how much the index holds.
func (x *Index[P]) Size() Size {
	x.mutex.RLock()
	defer x.mutex.RUnlock()
	return Size{Documents: int(x.all.GetCardinality()), Words: len(x.names), Postings: len(x.postings)} //nolint:gosec // 32 bits
}
