package catalog

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// TestMidnightNeedsNoLoading: what was loaded for a day knows the next one, too: a mark that ends
// or begins, an offer that is over, a month that has passed.
func TestMidnightNeedsNoLoading(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	noon := time.Date(2026, 11, 30, 5, 0, 0, 0, time.UTC)
	today := reference.Day(noon)
	x := newSearchIndex(book)
	x.sellerKinds.Store(&map[string]reference.Names{})
	one := func(name string, change func(d *document)) document {
		d := document{
			ID: uuid.New(), Producer: uuid.New(), Shown: true, Name: name, Line: "rice", Form: "milled", Day: today, PublishedAt: noon,
			Offers: []supply{{
				From: dayNumber(today), To: dayNumber(today) + 40, Visibility: Public, Free: quantity.Of(100), Tiers: []PriceTier{{PriceVND: 10_000}},
			}},
		}
		change(&d)
		return d
	}
	x.replaceAll([]document{
		one("ending", func(d *document) { d.Marks[0] = []documentMark{{Scheme: "ASC_FARM"}} }),
		one("beginning", func(d *document) { d.Marks[1] = []documentMark{{Scheme: "OCOP", Stars: 4}} }),
		one("over", func(d *document) { d.Offers[0].To = dayNumber(today) }),
	}, today)
	at := func(now time.Time, query Query) []string {
		query.Sort, query.Facets, query.Limit = ByName, true, 10
		names := []string{}
		byID := map[uuid.UUID]string{}
		for _, id := range x.search(viewer{class: anybody}, query, now).ids {
			x.engine.Read(func(r *searchindex.Reader[listing]) {
				number, _ := r.Find(id)
				byID[id] = r.At(number).name
			})
			names = append(names, byID[id])
		}
		return names
	}
	late, midnight := time.Date(2026, 11, 30, 16, 59, 59, 0, time.UTC), time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		query         Query
		before, after []string
	}{
		{Query{Schemes: []string{"ASC_FARM"}}, []string{"ending"}, []string{}},
		{Query{StarsMin: 4}, []string{}, []string{"beginning"}},
		{Query{Text: "5 sao"}, []string{}, []string{}},
		{Query{PriceMax: 20_000}, []string{"beginning", "ending", "over"}, []string{"beginning", "ending"}},
		{Query{PriceBands: []string{"under-50000"}}, []string{"beginning", "ending", "over"}, []string{"beginning", "ending"}},
		{Query{Months: []string{"2026-11"}}, []string{"beginning", "ending", "over"}, []string{}},
		{Query{Months: []string{"2026-12"}}, []string{"beginning", "ending"}, []string{"beginning", "ending"}},
		{Query{MinQuantity: quantity.Of(100)}, []string{"beginning", "ending", "over"}, []string{"beginning", "ending"}},
	} {
		require.Equal(t, c.before, at(late, c.query), "%+v", c.query)
		require.Equal(t, c.after, at(midnight, c.query), "%+v", c.query)
	}
	require.True(t, x.covers(today.AddDays(1)))
	require.False(t, x.covers(today.AddDays(2)), "then it must be loaded")
}

// TestHoldsRunOut: what a quote holds counts again when it has run out, and the index says which
// products to look at.
func TestHoldsRunOut(t *testing.T) {
	t.Parallel()
	x := newSearchIndex(referencetest.Lend(t).Book)
	x.sellerKinds.Store(&map[string]reference.Names{})
	today := reference.Day(time.Now())
	until := time.Now().Add(time.Hour)
	d := document{
		ID: uuid.New(), Shown: true, Name: "gạo", Line: "rice", Form: "milled", Day: today, PublishedAt: time.Now(),
		Offers: []supply{{
			From: dayNumber(today), To: dayNumber(today) + 40, Visibility: Public, Tiers: []PriceTier{{PriceVND: 10_000}},
			Free: quantity.Of(10), Held: []hold{{Quantity: quantity.Of(90), Until: until}},
		}},
	}
	x.replaceAll([]document{d}, today)
	enough := Query{MinQuantity: quantity.Of(100), Limit: 10}
	require.Empty(t, x.search(viewer{class: anybody}, enough, time.Now()).ids)
	require.Empty(t, x.dueBy(time.Now()))
	require.Equal(t, []uuid.UUID{d.ID}, x.dueBy(until))
	d.Offers[0].Held[0].Until = time.Now().Add(-time.Second)
	x.apply([]document{d}, nil)
	require.Equal(t, []uuid.UUID{d.ID}, x.search(viewer{class: anybody}, enough, time.Now()).ids)
	require.Empty(t, x.dueBy(until))
}
