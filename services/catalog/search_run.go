package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/services/reference"
)

// hits is what the index says of a query.
type hits struct {
	ids     []uuid.UUID
	next    *Position
	total   int
	facets  *Facets
	similar bool
}

// run is one search in one state of the index.
type run struct {
	*searchIndex

	reader *searchindex.Reader[listing]
	who    viewer
	query  Query
	wish   wish
	parity int
	// own are the reader's own products, of which it sees what others do not; nil when it has none.
	own   *set
	slots []searchindex.Slot
	// after is where the page before ended.
	after *after
}

// after is a Position as the index compares it.
type after struct {
	value  int64
	key    string // of a name
	number uint32 // the first that is as old or older
}

// search answers a query; it was checked.
func (x *searchIndex) search(who viewer, query Query, now time.Time) hits {
	var answer hits
	x.engine.Read(func(r *searchindex.Reader[listing]) {
		search := &run{searchIndex: x, reader: r, who: who, query: query}
		today := reference.Day(now)
		search.parity = parity(dayNumber(today))
		search.wish = query.wish(today)
		search.own = search.ownProducts()
		answer = search.do(today)
	})
	return answer
}

// ownProducts are the reader's own; nil when it has none.
func (s *run) ownProducts() *set {
	if s.who.own == uuid.Nil {
		return nil
	}
	if own := s.reader.Keyword(keySeller, s.who.own.String()); !own.IsEmpty() {
		return own
	}
	return nil
}

// wish is what the query asks of offers.
func (q *Query) wish(today civil.Date) wish {
	w := wish{
		day: dayNumber(today), now: time.Now(), from: dayNumber(q.AvailableFrom), to: dayNumber(q.AvailableTo), least: q.MinQuantity, byWeight: q.ByWeight,
		priceMax: q.PriceMax, leadMax: -1,
	}
	if q.LeadDaysMax != nil {
		w.leadMax = int32(*q.LeadDaysMax) //nolint:gosec // at most a year
	}
	return w
}

// asks reports whether the query asks anything of offers.
func (q *Query) asksOffers() bool {
	return !q.AvailableFrom.IsZero() || !q.AvailableTo.IsZero() || q.MinQuantity > 0 || q.PriceMax > 0 || q.LeadDaysMax != nil
}

func (s *run) do(today civil.Date) hits {
	var answer hits
	filters := s.ask(today, &answer)
	all := filters.all()
	answer.total = int(all.GetCardinality()) //nolint:gosec // numbers have 32 bits
	answer.similar = answer.similar && answer.total > 0
	if s.query.Facets {
		answer.facets = filters.facets()
	}
	s.page(all, &answer)
	return answer
}

// ask reads the words of the query and gathers what narrows it.
func (s *run) ask(today civil.Date, answer *hits) *filters {
	filters := newFilters(s)
	words := s.facts.ask(s.query.Text, today, (&matcher{reader: s.reader}).known)
	if len(words.segments) > 0 {
		m := &matcher{reader: s.reader, facts: s.facts, parity: s.parity}
		matched := m.match(words)
		filters.core = append(filters.core, matched.set)
		s.slots, answer.similar = matched.slots, matched.similar
	}
	if len(words.months) > 0 {
		filters.core = append(filters.core, s.reader.Keywords(keyMonth+s.parity, words.months))
	}
	if words.stars > 0 {
		filters.core = append(filters.core, s.reader.Keywords(keyStars+s.parity, starsFrom(words.stars)))
	}
	return filters
}

// starsFrom lists the numbers of stars from one on.
func starsFrom(least int) []string {
	var stars []string
	for n := max(least, 1); n <= 5; n++ {
		stars = append(stars, strconv.Itoa(n))
	}
	return stars
}

// hit is a product of a page and what it is sorted by.
type hit struct {
	number uint32
	value  int64
}

// page lists the products of one page.
func (s *run) page(all *set, answer *hits) {
	s.begin()
	most := s.query.Limit + 1
	var page []hit
	switch order := s.order(); order {
	case ByRelevance:
		page = s.best(all, most)
	case ByName:
		page = s.byName(all, most)
	case ByPrice, ByRemaining, ByLeadTime:
		page = s.byValue(all, order, most)
	default:
		from := uint32(0)
		if s.after != nil {
			from = s.after.number
		}
		for _, number := range searchindex.First(all, from, most) {
			page = append(page, hit{number: number})
		}
	}
	if len(page) > s.query.Limit {
		page = page[:s.query.Limit]
		answer.next = s.position(page[len(page)-1])
	}
	for _, h := range page {
		answer.ids = append(answer.ids, s.reader.At(h.number).id)
	}
}

// order is the order of the query; without words nothing is more relevant than what is new.
func (s *run) order() string {
	if s.query.Sort != "" && s.query.Sort != ByRelevance {
		return s.query.Sort
	}
	if len(s.slots) == 0 {
		return ByNewest
	}
	return ByRelevance
}

// position is where a page that ends with this product ended.
func (s *run) position(last hit) *Position {
	published, id := s.reader.Place(last.number)
	switch s.order() {
	case ByNewest:
		return &Position{Rank: published, ID: id}
	case ByName:
		return &Position{Rank: published, Text: s.reader.At(last.number).name, ID: id}
	default:
		return &Position{Rank: last.value, Text: strconv.FormatInt(published, 10), ID: id}
	}
}

// begin reads the position of the page before.
func (s *run) begin() {
	position := s.query.After
	if position == nil {
		return
	}
	published := position.Rank
	s.after = &after{value: position.Rank}
	switch s.order() {
	case ByNewest:
	case ByName:
		s.after.key = s.nameKey(position)
	default:
		published, _ = strconv.ParseInt(position.Text, 10, 64) // a position of ours; else the list begins anew
	}
	s.after.number = s.reader.Behind(published, position.ID)
}

// nameKey is the place in the order of names where a page ended. As a rule the product that ended it is
// still there under its name, and its key is known; making one takes longer than finding the page.
func (s *run) nameKey(ended *Position) string {
	if number, ok := s.reader.Find(ended.ID); ok {
		if p := s.reader.At(number); p.name == ended.Text {
			return p.nameKey
		}
	}
	return s.names.key(ended.Text)
}

func (s *run) best(all *set, most int) []hit {
	var behind *searchindex.Ranked
	if s.after != nil {
		behind = &searchindex.Ranked{Score: s.after.value, Number: s.after.number}
	}
	page := make([]hit, 0, most)
	for _, ranked := range s.reader.Rank(all, s.slots, behind, most) {
		page = append(page, hit{number: ranked.Number, value: ranked.Score})
	}
	return page
}

func (s *run) byName(all *set, most int) []hit {
	var behind func(number uint32, p *listing) bool
	if s.after != nil {
		behind = func(number uint32, p *listing) bool {
			return p.nameKey > s.after.key || p.nameKey == s.after.key && number >= s.after.number
		}
	}
	page := make([]hit, 0, most)
	for _, number := range s.reader.Top(all, columnName, behind, most) {
		page = append(page, hit{number: number})
	}
	return page
}

// ordering is an order by a value, ascending.
type ordering struct {
	value func(who viewer, p *listing) int64
	// column is an order that the index keeps, by a value that is known of every product: the same
	// one, or, when that is not kept, one that is never more.
	column int
	known  func(p *listing) int64
	kept   bool
}

// byValue sorts by what the reader may see: its own products by all of their offers, others by
// what its class sees.
func (s *run) byValue(all *set, order string, most int) []hit {
	by := s.ordering(order)
	behind := func(number uint32, v int64) bool {
		return s.after == nil || v > s.after.value || v == s.after.value && number >= s.after.number
	}
	others, own := all, (*set)(nil)
	if s.own != nil {
		others, own = roaring.AndNot(all, s.own), roaring.And(all, s.own)
	}
	page := s.ofOthers(others, by, behind, most)
	if own != nil {
		page = append(page, s.least(own, s.who, by.value, behind, most)...)
		slices.SortFunc(page, compareHits)
	}
	return page[:min(most, len(page))]
}

func (s *run) ofOthers(all *set, by ordering, behind func(number uint32, v int64) bool, most int) []hit {
	class := viewer{class: s.who.class}
	if !by.kept {
		return s.along(all, class, by, behind, most)
	}
	var page []hit
	for _, number := range s.reader.Top(all, by.column, func(number uint32, p *listing) bool { return behind(number, by.known(p)) }, most) {
		page = append(page, hit{number: number, value: by.known(s.reader.At(number))})
	}
	return page
}

// ordering is what an order sorts by.
func (s *run) ordering(order string) ordering {
	by := ordering{kept: s.wish.plain()}
	switch order {
	case ByPrice:
		c := priceClass(s.who.class)
		by.value = func(who viewer, p *listing) int64 { return int64(p.price(who, &s.wish)) }
		if s.wish.least > 0 { // more than the smallest order may cost less
			by.column, by.known = columnFloor+c, func(p *listing) int64 { return int64(p.floor[c]) }
		} else {
			by.column, by.known = columnPrice+2*c+s.parity, func(p *listing) int64 { return int64(p.known[s.parity].price[c]) }
		}
	case ByRemaining:
		c := volumeClass(s.who.class)
		by.value = func(who viewer, p *listing) int64 { return -int64(p.remaining(who, &s.wish)) }
		by.column, by.known = columnRemaining+2*c+s.parity, func(p *listing) int64 { return -int64(p.known[s.parity].remaining[c]) }
	default:
		by.value = func(_ viewer, p *listing) int64 { return int64(p.lead(&s.wish)) }
		by.column, by.known = columnLead+s.parity, func(p *listing) int64 { return int64(p.known[s.parity].lead) }
	}
	return by
}

func compareHits(a, b hit) int {
	return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.number, b.number))
}

// along walks along the order of a value that is never more than the one sorted by, until nothing
// further on can be less than what was found.
func (s *run) along(all *set, who viewer, by ordering, behind func(number uint32, v int64) bool, most int) []hit {
	page := smallest{most: most}
	// As many steps as it takes to meet enough of the set, and as long again to be sure.
	size, every := all.GetCardinality(), s.reader.All().GetCardinality()
	if size > 0 && 2*uint64(most)*(1+every/size) < size { //nolint:gosec // a page
		done := true
		seen := uint64(0)
		s.reader.Along(all, by.column, func(number uint32) bool {
			p := s.reader.At(number)
			if page.full() && compareHits(hit{number: number, value: by.known(p)}, page.hits[most-1]) > 0 {
				return false
			}
			if v := by.value(who, p); behind(number, v) {
				page.add(hit{number: number, value: v})
			}
			seen++
			done = seen < size/2
			return done
		})
		if done {
			return page.hits
		}
	}
	return s.least(all, who, by.value, behind, most)
}

// least looks at every product of a set.
func (s *run) least(all *set, who viewer, value func(who viewer, p *listing) int64, behind func(number uint32, v int64) bool, most int) []hit {
	page := smallest{most: most}
	each := all.Iterator()
	for each.HasNext() {
		number := each.Next()
		h := hit{number: number, value: value(who, s.reader.At(number))}
		if behind(number, h.value) {
			page.add(h)
		}
	}
	return page.hits
}

// smallest keeps the first of many hits, in order.
type smallest struct {
	hits []hit
	most int
}

func (s *smallest) full() bool { return len(s.hits) == s.most }

func (s *smallest) add(h hit) {
	if s.full() && compareHits(h, s.hits[s.most-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(s.hits, h, compareHits)
	s.hits = slices.Insert(s.hits, at, h)
	s.hits = s.hits[:min(len(s.hits), s.most)]
}
