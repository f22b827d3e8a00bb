package catalog

import (
	"strconv"
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
	labels map[[2]string][2]string // of grades, by line and stored text
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
		book: book, facts: facts, broken: err, names: newNameOrder(), labels: make(map[[2]string][2]string), due: make(map[uuid.UUID]time.Time),
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
	clear(x.due)
	clear(x.labels)
	prepared := make([]searchindex.Document[listing], 0, len(documents))
	for i := range documents {
		prepared = append(prepared, x.prepare(&documents[i], now))
	}
	x.engine.Replace(prepared)
	x.day, x.turning = day, uuid.Nil
}

// apply puts documents in the place of what was known of them; those that are gone, or not shown,
// are found no more.
func (x *searchIndex) apply(documents []document, gone []uuid.UUID) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	now := time.Now()
	prepared := make([]searchindex.Document[listing], 0, len(documents))
	for i := range documents {
		prepared = append(prepared, x.prepare(&documents[i], now))
	}
	for _, id := range gone {
		delete(x.due, id)
	}
	x.engine.Write(prepared, gone)
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

func (x *searchIndex) prepare(d *document, now time.Time) searchindex.Document[listing] {
	made := searchindex.Document[listing]{ID: d.ID, Order: d.PublishedAt.UnixMicro(), Reserved: !d.Shown}
	delete(x.due, d.ID)
	if !d.Shown {
		return made
	}
	made.Texts, made.Keywords = x.texts(d), x.keywords(d, now)
	made.Payload = listingOf(d, now)
	made.Payload.nameKey = x.names.key(d.Name)
	if !made.Payload.due.IsZero() {
		x.due[d.ID] = made.Payload.due
	}
	for ahead := range 2 {
		day := dayNumber(d.Day) + int32(ahead)
		for c, field := range [...]int{keyBandOfAnybody, keyBandOfBuyer} {
			if band := x.facts.bandOf(made.Payload.known[parity(day)].price[c]); band != "" {
				made.Keywords = append(made.Keywords, searchindex.Keyword{Field: field + parity(day), Value: band})
			}
		}
	}
	return made
}

// texts is what a product is found by: its names; its line with every name people use for it, its
// form and grade; its places; its producer; what it says of itself.
func (x *searchIndex) texts(d *document) []searchindex.Text {
	texts := make([]searchindex.Text, 0, 32)
	add := func(field int, shared bool, parts ...string) {
		for _, part := range parts {
			if part != "" {
				texts = append(texts, searchindex.Text{Field: field, Text: part, Shared: shared})
			}
		}
	}
	add(inName, false, d.Name, d.NameEN)
	if line, ok := x.book.Line(d.Line); ok {
		add(inKind, true, line.Name, line.NameEN, line.Scientific)
		add(inKind, true, x.facts.kindNames(d.Line)...)
		if form, ok := line.Form(d.Form); ok {
			add(inKind, true, form.Name, form.NameEN)
		}
		add(inKind, true, x.gradeLabels(line, d)...)
		if group, ok := x.book.Group(line.OCOPGroup); ok {
			add(inKind, true, group.Name, group.NameEN)
		}
	}
	add(inSeller, true, d.Seller.Name, d.Seller.NameEN)
	add(inPlace, true, x.facts.placeNames(d.Seller.Commune, d.Seller.Province)...)
	// Short descriptions are often the same.
	description := d.Description[:min(len(d.Description), longestDescription)]
	add(inDescription, len(description) < longestDescription/20, description)
	return texts
}

// gradeLabels are a grade in words; many products share one.
func (x *searchIndex) gradeLabels(line reference.Line, d *document) []string {
	key := [2]string{line.Code, d.GradeText}
	labels, ok := x.labels[key]
	if !ok {
		labels = [2]string{line.GradeLabel(d.Grade, "vi"), line.GradeLabel(d.Grade, "en")}
		x.labels[key] = labels
	}
	return labels[:]
}

func (x *searchIndex) keywords(d *document, now time.Time) []searchindex.Keyword {
	keywords := make([]searchindex.Keyword, 0, 24)
	add := func(field int, values ...string) {
		for _, value := range values {
			if value != "" {
				keywords = append(keywords, searchindex.Keyword{Field: field, Value: value})
			}
		}
	}
	add(keyLine, d.Line)
	add(keyForm, d.Form)
	add(keyCommune, d.Seller.Commune)
	add(keySellerKind, d.Seller.LegalForm)
	add(keySeller, d.Producer.String())
	add(keyName, vietnamese.Fold(d.Name), vietnamese.Fold(d.NameEN))
	add(keySize, sizes(d.Grade)...)
	for ahead, marks := range d.Marks {
		day := dayNumber(d.Day) + int32(ahead)
		for _, m := range marks {
			add(keyScheme+parity(day), m.Scheme)
			if m.Scheme == reference.OCOP {
				add(keyStars+parity(day), strconv.Itoa(m.Stars))
			}
		}
		add(keyMonth+parity(day), d.months(day, now)...)
	}
	return keywords
}

// sizes lists the counts per kg that goods of a grade have.
func sizes(grade reference.Grade) []string {
	least, ok := grade.Int("count_per_kg_min")
	most, bounded := grade.Int("count_per_kg_max")
	if !ok || !bounded || most < least {
		return nil
	}
	var all []string
	for n := least; n <= min(most, least+longestSizesRange); n++ {
		all = append(all, strconv.FormatInt(n, 10))
	}
	return all
}
