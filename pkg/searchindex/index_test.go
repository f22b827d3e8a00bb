package searchindex_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/searchindex"
)

// goods is what the tests index: a title with marks, a colour, a price.
type goods struct {
	id     uuid.UUID
	order  int64
	title  string // upper case stands for a mark
	colour string
	price  int
}

func words(text string) (folded, marked []string) {
	return strings.Fields(strings.ToLower(text)), strings.Fields(text)
}

func newIndex() *searchindex.Index[goods] {
	return searchindex.New(searchindex.Fine(searchindex.Options[goods]{
		Fields: []searchindex.Field{{Phrases: true, Marks: true}, {}}, Words: words,
		Columns:  []func(a, b *goods) int{func(a, b *goods) int { return cmp.Compare(a.price, b.price) }},
		Measures: []func(g *goods) (int64, bool){func(g *goods) (int64, bool) { return int64(g.price), g.colour != "green" }},
	}))
}

func documentOf(g goods) searchindex.Document[goods] {
	return searchindex.Document[goods]{
		ID: g.id, Order: g.order, Payload: g,
		Texts: []searchindex.Text{{Field: 0, Text: g.title}},
		Shared: []searchindex.Shared{{Key: g.colour, Of: func() ([]searchindex.Text, []searchindex.Keyword) {
			return []searchindex.Text{{Field: 1, Text: "about " + g.colour}}, []searchindex.Keyword{{Field: 3, Value: g.colour}}
		}}},
	}
}

func idOf(n int) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// model is the same without any index.
type model map[uuid.UUID]goods

// list is what passes a test, newest first.
func (m model) list(test func(g goods) bool) []uuid.UUID {
	all := m.sorted(func(goods, goods) int { return 0 }, test)
	ids := make([]uuid.UUID, 0, len(all))
	for _, g := range all {
		ids = append(ids, g.id)
	}
	return ids
}

func (m model) sorted(compare func(a, b goods) int, test func(g goods) bool) []goods {
	var all []goods
	for _, g := range m {
		if test(g) {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b goods) int {
		return cmp.Or(compare(a, b), cmp.Compare(b.order, a.order), bytes.Compare(b.id[:], a.id[:]))
	})
	return all
}

func idsOf(r *searchindex.Reader[goods], set *searchindex.Set) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, number := range searchindex.First(set, 0, 1_000_000) {
		ids = append(ids, r.At(number).id)
	}
	return ids
}

func has(g goods, wanted ...string) bool {
	folded, _ := words(g.title)
	for i := range folded {
		if i+len(wanted) <= len(folded) && slices.Equal(folded[i:i+len(wanted)], wanted) {
			return true
		}
	}
	return false
}

func generated(t *rapid.T, n int) goods {
	word := rapid.SampledFrom([]string{"tom", "Tom", "su", "Su", "the", "kho", "12", "tomsu"})
	return goods{
		id: idOf(n), order: rapid.Int64Range(0, 6).Draw(t, "order"), title: strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "title"), " "),
		colour: rapid.SampledFrom([]string{"red", "green", "blue"}).Draw(t, "colour"), price: rapid.IntRange(1, 30).Draw(t, "price"),
	}
}

// TestIndexEqualsItsModel changes an index at random, orders of arrival included, and asks it
// everything; a plain list of the documents must answer the same.
func TestIndexEqualsItsModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, m := newIndex(), model{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				var all []searchindex.Document[goods]
				m = model{}
				for n := range rapid.IntRange(0, 40).Draw(t, "many") {
					g := generated(t, n)
					m[g.id] = g
					all = append(all, documentOf(g))
				}
				x.Replace(all)
			case 1:
				id := idOf(rapid.IntRange(0, 40).Draw(t, "gone"))
				delete(m, id)
				x.Write(nil, []uuid.UUID{id})
			default:
				g := generated(t, rapid.IntRange(0, 40).Draw(t, "changed"))
				m[g.id] = g
				x.Write([]searchindex.Document[goods]{documentOf(g)}, nil)
			}
			x.Read(func(r *searchindex.Reader[goods]) { compareWithModel(t, r, m) })
		}
		require.Equal(t, len(m), x.Size().Documents)
	})
}

func compareWithModel(t *rapid.T, r *searchindex.Reader[goods], m model) {
	every := func(goods) bool { return true }
	require.Equal(t, m.list(every), idsOf(r, r.All()))
	for _, word := range []string{"tom", "su", "12", "nothing"} {
		require.Equal(t, m.list(func(g goods) bool { return has(g, word) }), idsOf(r, r.Word(0, word)), word)
	}
	marked := m.list(func(g goods) bool { return slices.Contains(strings.Fields(g.title), "Tom") })
	require.Equal(t, marked, idsOf(r, r.Marked(0, "Tom")))
	require.Equal(t, m.list(func(g goods) bool { return has(g, "tom", "su") }), idsOf(r, r.Phrase(0, []string{"tom", "su"})))
	require.Equal(t, m.list(func(g goods) bool { return has(g, "tom") || has(g, "tomsu") || has(g, "the") }),
		idsOf(r, r.Beginning(0, "", "t")))
	require.Equal(t, m.list(func(g goods) bool { return has(g, "su", "tom") || has(g, "su", "tomsu") }), idsOf(r, r.Beginning(0, "su", "to")))
	require.Equal(t, m.list(func(g goods) bool { return g.colour == "red" }), idsOf(r, r.Keyword(3, "red")))
	require.Equal(t, m.list(func(g goods) bool { return g.colour == "red" }), idsOf(r, r.Word(1, "red")))
	from, to := rapid.Int64Range(0, 31).Draw(t, "from"), rapid.Int64Range(0, 31).Draw(t, "to")
	require.Equal(t, m.list(func(g goods) bool { return g.colour != "green" && int64(g.price) >= from && int64(g.price) <= to }),
		idsOf(r, r.Between(r.All(), 0, from, to)))
	measured := searchindex.And(r.All(), r.All())
	measured.Clear()
	above := int64(-1)
	r.Ascend(r.All(), 0, func(part *searchindex.Set, least int64) bool {
		for _, number := range part.ToArray() {
			require.GreaterOrEqual(t, int64(r.At(number).price), least)
		}
		require.Greater(t, least, above)
		above = least
		measured.Or(part)
		return true
	})
	require.Equal(t, m.list(func(g goods) bool { return g.colour != "green" }), idsOf(r, measured))
	counts := map[string]int{}
	for _, g := range m {
		counts[g.colour]++
	}
	total := 0
	for _, count := range r.Count(r.All(), 3) {
		require.Equal(t, counts[count.Value], count.N)
		total += count.N
	}
	require.Equal(t, len(m), total)
	compareOrders(t, r, m)
}

// compareOrders pages through every order.
func compareOrders(t *rapid.T, r *searchindex.Reader[goods], m model) {
	byPrice := func(a, b goods) int { return cmp.Compare(a.price, b.price) }
	size := rapid.IntRange(1, 7).Draw(t, "page")
	for _, test := range []func(g goods) bool{
		func(goods) bool { return true },
		func(g goods) bool { return g.colour == "red" },
	} {
		var want []uuid.UUID
		for _, g := range m.sorted(byPrice, test) {
			want = append(want, g.id)
		}
		set := r.Collect(r.All(), func(g *goods) bool { return test(*g) })
		var got []uuid.UUID
		var behind func(number uint32, g *goods) bool
		for {
			page := r.Top(set, 0, behind, size)
			for _, number := range page {
				got = append(got, r.At(number).id)
			}
			if len(page) < size {
				break
			}
			last := *r.At(page[len(page)-1])
			from := r.Behind(last.order, last.id)
			behind = func(number uint32, g *goods) bool {
				return g.price > last.price || g.price == last.price && number >= from
			}
		}
		require.Equal(t, want, got, "by price, page by page")
	}
	compareRanks(t, r, m, size)
}

func compareRanks(t *rapid.T, r *searchindex.Reader[goods], m model, size int) {
	slots := []searchindex.Slot{
		{{Set: r.Marked(0, "Tom"), Score: 7}, {Set: r.Word(0, "tom"), Score: 3}},
		{{Set: r.Keyword(3, "red"), Score: 4}, {Set: r.Keyword(3, "blue"), Score: 3}},
		{},
		{{Set: r.Begins(0, "su"), Score: 1}},
	}
	score := func(g goods) int64 {
		sum := int64(0)
		folded, marked := words(g.title)
		switch {
		case slices.Contains(marked, "Tom"):
			sum += 7
		case slices.Contains(folded, "tom"):
			sum += 3
		}
		sum += map[string]int64{"red": 4, "blue": 3}[g.colour]
		if folded[0] == "su" {
			sum++
		}
		return sum
	}
	var want []uuid.UUID
	for _, g := range m.sorted(func(a, b goods) int { return cmp.Compare(score(b), score(a)) }, func(goods) bool { return true }) {
		want = append(want, g.id)
	}
	for name, rank := range map[string]func(after *searchindex.Ranked) []searchindex.Ranked{
		"as it chooses": func(after *searchindex.Ranked) []searchindex.Ranked { return r.Rank(r.All(), slots, after, size) },
		"by splitting": func(after *searchindex.Ranked) []searchindex.Ranked {
			return searchindex.Split(r.All(), slots, after, size)
		},
	} {
		var got []uuid.UUID
		var after *searchindex.Ranked
		for {
			page := rank(after)
			for _, ranked := range page {
				got = append(got, r.At(ranked.Number).id)
			}
			if len(page) < size {
				break
			}
			last := page[len(page)-1]
			order, id := r.Place(last.Number)
			after = &searchindex.Ranked{Score: last.Score, Number: r.Behind(order, id)}
		}
		require.Equal(t, want, got, "best first, %s, page by page", name)
	}
}

func TestNearWords(t *testing.T) {
	t.Parallel()
	x := newIndex()
	var all []searchindex.Document[goods]
	for i, title := range []string{"tom su", "tom the", "cua gach", "gao st25", "banh phong", "vallentina"} {
		all = append(all, documentOf(goods{id: idOf(i), order: int64(i), title: title}))
	}
	x.Replace(all)
	x.Read(func(r *searchindex.Reader[goods]) {
		for typed, want := range map[string]string{
			"tmo": "tom", "tomm": "tom", "cau": "cua", "gahc": "gach", "phonh": "phong", "valentna": "vallentina", "vallnetina": "vallentina",
			"us": "", "xyz": "", "st26": "", "banhphong": "",
		} {
			near := r.Near(typed, 0)
			if want == "" {
				require.Empty(t, near, typed)
				continue
			}
			require.NotEmpty(t, near, typed)
			require.Equal(t, want, near[0].Word, typed)
		}
		require.Equal(t, 1, r.Near("tmo", 0)[0].Distance, "letters exchanged are one slip")
		require.Equal(t, 2, r.Near("tmo", 0)[0].Documents)
	})
}

// TestReservedPlaces: what is not shown keeps its place, and comes back to it.
func TestReservedPlaces(t *testing.T) {
	t.Parallel()
	x := newIndex()
	hidden := documentOf(goods{id: idOf(2), order: 2, title: "tom"})
	hidden.Reserved = true
	x.Replace([]searchindex.Document[goods]{documentOf(goods{id: idOf(1), order: 1, title: "tom"}), hidden, documentOf(goods{id: idOf(3), order: 3, title: "tom"})})
	newest := func() (ids []uuid.UUID) {
		x.Read(func(r *searchindex.Reader[goods]) { ids = idsOf(r, r.Word(0, "tom")) })
		return ids
	}
	require.Equal(t, []uuid.UUID{idOf(3), idOf(1)}, newest())
	hidden.Reserved = false
	x.Write([]searchindex.Document[goods]{hidden}, nil)
	require.Equal(t, []uuid.UUID{idOf(3), idOf(2), idOf(1)}, newest())
	hidden.Reserved = true
	x.Write([]searchindex.Document[goods]{hidden}, nil)
	require.Equal(t, []uuid.UUID{idOf(3), idOf(1)}, newest())
}

// Readers beside a writer see whole states: both of two documents that always change together.
func TestReadersSeeWholeStates(t *testing.T) {
	t.Parallel()
	x := newIndex()
	pair := func(colour string) []searchindex.Document[goods] {
		return []searchindex.Document[goods]{
			documentOf(goods{id: idOf(1), order: 1, title: "tom", colour: colour}), documentOf(goods{id: idOf(2), order: 2, title: "su", colour: colour}),
		}
	}
	x.Write(pair("red"), nil)
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 2000 {
				x.Read(func(r *searchindex.Reader[goods]) {
					for _, colour := range []string{"red", "blue"} {
						if n := r.Keyword(3, colour).GetCardinality(); n == 1 {
							t.Errorf("%d document is %s", n, colour)
						}
						r.Between(r.All(), 0, 0, 0)
						r.Top(r.All(), 0, nil, 1)
					}
				})
			}
		})
	}
	for i := range 500 {
		x.Write(pair([]string{"blue", "red"}[i%2]), nil)
	}
	running.Wait()
}

func BenchmarkWrite(b *testing.B) {
	x := newIndex()
	var all []searchindex.Document[goods]
	for i := range 100_000 {
		all = append(all, documentOf(goods{id: idOf(i), order: int64(i), title: fmt.Sprintf("tom su so %d", i), colour: "red", price: i % 1000}))
	}
	x.Replace(all)
	x.Read(func(r *searchindex.Reader[goods]) { r.Top(r.All(), 0, nil, 1) })
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		n := i % 100_000
		x.Write([]searchindex.Document[goods]{documentOf(goods{id: idOf(n), order: int64(n), title: "tom the", colour: "blue", price: n % 7})}, nil)
		i++
	}
}
