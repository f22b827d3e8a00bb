package catalog

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// Fields of text, best first.
const (
	inName = iota
	inKind
	inPlace
	inSeller
	inDescription
	textFields
)

// Fields of keywords. Those that come in two hold what is true on days of one parity: today's and
// tomorrow's stand side by side.
const (
	keyLine = iota
	keyForm
	keyCommune
	keySellerKind
	keySeller
	keyName
	keySize
	keyScheme
	_
	keyStars
	_
	keyMonth
	_
	keyBandOfAnybody
	_
	keyBandOfBuyer
	_
)

// Columns of the index, by what they sort.
const (
	columnName      = 0
	columnPrice     = columnName + 1 // by price class and parity
	columnRemaining = columnPrice + 4
	columnLead      = columnRemaining + 6
	columnFloor     = columnLead + 2 // by price class
	columns         = columnFloor + 2
)

const (
	longestDescription = 2000 // bytes of a description; more only dilutes
	longestSizesRange  = 200  // sizes of a product that are counted one by one
)

// searchIndex is the published catalogue in memory, as search asks it. It is safe for concurrent
// use.
type searchIndex struct {
	book   *reference.Book
	facts  *searchFacts
	engine *searchindex.Index[listing]
	names  *nameOrder
	// broken is why the facts of search could not be read.
	broken error
	// sellerKinds are the legal forms of producers.
	sellerKinds atomic.Pointer[map[string]reference.Names]

	mutex sync.Mutex // of writers; the engine has its own for readers
	// day is the day that everything was loaded for; zero: nothing was.
	day civil.Date
	// turning is up to which product the index was loaded for the day after that.
	turning uuid.UUID
	// due is when the first of all holds runs out.
	due map[uuid.UUID]time.Time
}

// newSearchIndex makes an empty index. Whether the facts compiled into the program could be read is
// said by the first search.
func newSearchIndex(book *reference.Book) *searchIndex {
	facts, err := searchFactsOf(book)
	sort := make([]func(a, b *listing) int, columns)
	sort[columnName] = func(a, b *listing) int { return strings.Compare(a.nameKey, b.nameKey) }
	for p := range 2 {
		for c := range 2 {
			sort[columnPrice+2*c+p] = func(a, b *listing) int { return compareNumbers(a.known[p].price[c], b.known[p].price[c]) }
		}
		for c := range 3 {
			sort[columnRemaining+2*c+p] = func(a, b *listing) int { return compareNumbers(b.known[p].remaining[c], a.known[p].remaining[c]) }
		}
		sort[columnLead+p] = func(a, b *listing) int { return compareNumbers(a.known[p].lead, b.known[p].lead) }
	}
	for c := range 2 {
		sort[columnFloor+c] = func(a, b *listing) int { return compareNumbers(a.floor[c], b.floor[c]) }
	}
	fields := make([]searchindex.Field, textFields)
	for i := range inDescription {
		fields[i] = searchindex.Field{Phrases: true, Marks: true}
	}
	return &searchIndex{
		book: book, facts: facts, broken: err, names: newNameOrder(), due: make(map[uuid.UUID]time.Time),
		engine: searchindex.New(searchindex.Options[listing]{Fields: fields, Words: newWordMemo().of, Columns: sort, Measures: measures()}),
	}
}

func compareNumbers[N ~int32 | ~int64](a, b N) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// wordsOf takes a text apart; both forms have the same words.
func wordsOf(text string) (folded, marked []string) {
	return vietnamese.Words(text), strings.Fields(vietnamese.Lower(text))
}

// wordMemo takes texts apart for the index, remembering what it did: products are named with few
// words. It is used by one writer at a time.
type wordMemo struct{ known map[string][2][]string }

// mostRemembered bounds the memo; then it begins anew.
const mostRemembered = 50_000

func newWordMemo() *wordMemo { return &wordMemo{known: make(map[string][2][]string)} }

func (m *wordMemo) of(text string) (folded, marked []string) {
	for piece := range strings.FieldsSeq(text) {
		words, ok := m.known[piece]
		if !ok {
			words[0], words[1] = wordsOf(piece)
			if len(m.known) >= mostRemembered {
				clear(m.known)
			}
			m.known[strings.Clone(piece)] = words
		}
		folded, marked = append(folded, words[0]...), append(marked, words[1]...)
	}
	return folded, marked
}

// nameOrder sorts names as Vietnamese does.
type nameOrder struct {
	mutex    sync.Mutex
	collator *collate.Collator
	buffer   collate.Buffer
}

func newNameOrder() *nameOrder { return &nameOrder{collator: collate.New(language.Vietnamese)} }

func (n *nameOrder) key(name string) string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.buffer.Reset()
	return string(n.collator.KeyFromString(&n.buffer, name))
}

// replaceAll takes these documents, loaded for a day, and forgets all others.
func (x *searchIndex) replaceAll(documents []document, day civil.Date) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	now := time.Now()
	prepared := make([]searchindex.Document[listing], len(documents))
	var preparing sync.WaitGroup
	share := (len(documents) + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	for from := 0; from < len(documents); from += share {
		preparing.Go(func() {
			p := newPreparer(x, now)
			for i := from; i < min(from+share, len(documents)); i++ {
				prepared[i] = p.prepare(&documents[i])
			}
		})
	}
	preparing.Wait()
	clear(x.due)
	for i := range prepared {
		x.follow(&prepared[i])
	}
	x.engine.Replace(prepared)
	x.day, x.turning = day, uuid.Nil
}

// apply puts documents in the place of what was known of them; those that are gone, or not shown,
// are found no more.
func (x *searchIndex) apply(documents []document, gone []uuid.UUID) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	p := newPreparer(x, time.Now())
	prepared := make([]searchindex.Document[listing], 0, len(documents))
	for i := range documents {
		prepared = append(prepared, p.prepare(&documents[i]))
		x.follow(&prepared[i])
	}
	for _, id := range gone {
		delete(x.due, id)
	}
	x.engine.Write(prepared, gone)
}

// follow notes when the first hold of a product runs out.
func (x *searchIndex) follow(made *searchindex.Document[listing]) {
	if made.Payload.due.IsZero() {
		delete(x.due, made.ID)
		return
	}
	x.due[made.ID] = made.Payload.due
}

// dueBy lists the products of which a hold has run out: they must be applied again.
func (x *searchIndex) dueBy(now time.Time) []uuid.UUID {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	var due []uuid.UUID
	for id, at := range x.due {
		if !at.After(now) {
			due = append(due, id)
		}
	}
	return due
}

// covers reports whether the index knows what holds on a day: it was loaded for this one or the
// one before.
func (x *searchIndex) covers(day civil.Date) bool {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	return !x.day.IsZero() && (x.day == day || x.day.AddDays(1) == day)
}
