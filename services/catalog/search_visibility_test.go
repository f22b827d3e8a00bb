package catalog_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// everyQuestion asks for every filter, order, facet and count that could tell something about
// prices and volumes.
func everyQuestion() map[string]catalog.Query {
	questions := map[string]catalog.Query{}
	for _, sort := range []string{catalog.ByRelevance, catalog.ByNewest, catalog.ByPrice, catalog.ByRemaining, catalog.ByLeadTime, catalog.ByName} {
		questions["all, by "+sort] = catalog.Query{Sort: sort}
		questions["a window, by "+sort] = catalog.Query{Sort: sort, AvailableFrom: date("2026-12-05"), AvailableTo: date("2026-12-06"), Limit: 3}
	}
	questions["page by page, by price"] = catalog.Query{Sort: catalog.ByPrice, Limit: 2}
	questions["page by page, by remaining"] = catalog.Query{Sort: catalog.ByRemaining, Limit: 2}
	maps.Copy(questions, map[string]catalog.Query{
		"words":                     {Text: "tôm sú"},
		"a price":                   {PriceMax: 150_000},
		"a high price":              {PriceMax: 1_000_000_000},
		"a quantity":                {MinQuantity: quantity.Of(200)},
		"a small quantity":          {MinQuantity: 1},
		"a price of a quantity":     {PriceMax: 150_000, MinQuantity: quantity.Of(200)},
		"a window":                  {AvailableFrom: date("2026-12-05"), AvailableTo: date("2026-12-06")},
		"a price in a window":       {AvailableFrom: date("2026-12-05"), PriceMax: 150_000},
		"a band":                    {PriceBands: []string{"100000-200000"}},
		"another band":              {PriceBands: []string{"300000-500000", "500000-1000000"}},
		"a month":                   {Months: []string{"2026-12"}},
		"a lead time and a price":   {LeadDaysMax: new(3), PriceMax: 150_000},
		"a band and a line":         {PriceBands: []string{"100000-200000"}, Lines: []string{"black_tiger_shrimp"}},
		"a producer and a quantity": {MinQuantity: quantity.Of(200), Forms: []string{"live"}},
	})
	for name, query := range questions {
		query.Facets, query.Count = true, true
		questions[name] = query
	}
	return questions
}

// answers are everything that a reader is told, page by page, as text.
func (m *market) answers(who identity.Principal) map[string]string {
	m.Helper()
	told := map[string]string{}
	for name, query := range everyQuestion() {
		var pages []catalog.Found
		for {
			found, err := m.service.Search(m.Context(), who, query)
			require.NoError(m, err, name)
			pages = append(pages, found)
			if found.Next == nil {
				break
			}
			query.After = found.Next
		}
		text, err := json.Marshal(pages)
		require.NoError(m, err)
		told[name] = string(text)
	}
	return told
}

// TestHiddenValuesDecideNothing changes the price and the volume of offers and asks everything
// before and after: whoever may not see them is told exactly the same, and whoever may is not.
func TestHiddenValuesDecideNothing(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	type offered struct {
		product catalog.Product
		offer   catalog.Offer
	}
	offers := map[catalog.Visibility]offered{}
	for _, visibility := range []catalog.Visibility{catalog.Public, catalog.Buyers, catalog.OnRequest} {
		product := m.publish(m.ann, shrimp())
		// Another product whose offer everybody sees stands between the prices and volumes.
		other := m.offer(m.ben, func() catalog.NewOffer {
			o := supply(m.publish(m.ben, shrimp()))
			o.Visibility, o.Quantity, o.PriceTiers = catalog.Public, quantity.Of(150), []catalog.PriceTier{{PriceVND: 120_000}}
			return o
		}())
		require.Equal(t, catalog.Public, other.Visibility)
		offer := supply(product)
		offer.Visibility, offer.MinOrder, offer.PriceTiers = visibility, 0, []catalog.PriceTier{{PriceVND: 400_000}}
		offers[visibility] = offered{product, m.offer(m.ann, offer)}
	}
	people := map[string]identity.Principal{
		"": {}, "ben": m.ben, "buyer": m.buyer, "ca-mau": m.caMau, "ann": m.ann,
	}
	change := func(visibility catalog.Visibility, price money.VND, amount int64) {
		_, err := m.service.ChangeOffer(t.Context(), m.ann, offers[visibility].offer.ID, nil, catalog.OfferChange{
			PriceTiers: []catalog.PriceTier{{PriceVND: price}}, Quantity: new(quantity.Of(amount)),
		})
		require.NoError(t, err)
	}
	for reader, who := range people {
		for visibility, sight := range seen()[reader] {
			change(visibility, 400_000, 500)
			before := m.answers(who)
			change(visibility, 110_000, 500)
			cheaper := m.answers(who)
			requireTold(t, sight == "PR", before, cheaper, reader+" and the price of "+string(visibility))
			change(visibility, 110_000, 100)
			fewer := m.answers(who)
			requireTold(t, sight != "", cheaper, fewer, reader+" and the volume of "+string(visibility))
		}
	}
}

func requireTold(t *testing.T, sees bool, before, after map[string]string, what string) {
	t.Helper()
	if sees {
		require.NotEqual(t, before, after, what)
		return
	}
	for name := range before {
		require.Equal(t, before[name], after[name], "%s: %s", what, name)
	}
}

// TestFacetsKnowWhoReads: price bands are counted by what the reader sees, the owner's own too.
func TestFacetsKnowWhoReads(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for visibility, price := range map[catalog.Visibility]money.VND{catalog.Public: 350_000, catalog.Buyers: 250_000, catalog.OnRequest: 150_000} {
		product := m.publish(m.ann, shrimp())
		offer := supply(product)
		offer.Visibility, offer.PriceTiers = visibility, []catalog.PriceTier{{PriceVND: price}}
		m.offer(m.ann, offer)
	}
	for reader, c := range map[string]struct {
		who  identity.Principal
		want []string
	}{
		"anybody": {identity.Principal{}, []string{"300000-500000"}},
		"buyer":   {m.buyer, []string{"200000-300000", "300000-500000"}},
		"ben":     {m.ben, []string{"300000-500000"}},
		"ann":     {m.ann, []string{"100000-200000", "200000-300000", "300000-500000"}},
		"officer": {m.caMau, []string{"300000-500000"}},
	} {
		found, err := m.service.Search(t.Context(), c.who, catalog.Query{Facets: true})
		require.NoError(t, err)
		var bands []string
		for _, facet := range found.Facets.PriceBand {
			bands = append(bands, facet.Value)
			require.Equal(t, 1, facet.Count, reader)
			require.NotEmpty(t, facet.Name.VI)
			require.Len(t, m.find(c.who, catalog.Query{PriceBands: []string{facet.Value}}), 1, "%s %s", reader, facet.Value)
		}
		require.Equal(t, c.want, bands, reader)
	}
}

// Choosing a value of a facet does not hide the others.
func TestFacetsLeaveOutTheirOwnFilter(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	fair(m)
	found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Facets: true, Count: true, Lines: []string{"rice"}, Communes: []string{"Thới Bình"}})
	require.NoError(t, err)
	require.Equal(t, 3, *found.Total)
	counts := map[string]int{}
	for _, facet := range found.Facets.Line {
		counts[facet.Value] = facet.Count
	}
	require.Equal(t, map[string]int{"rice": 3, "cake": 2}, counts, "of the place, in every line")
	require.Len(t, found.Facets.Commune, 1, "rice is only there")
	require.Equal(t, []catalog.Facet{{Value: "cooperative_group", Name: catalog.FacetNames{VI: "Tổ hợp tác", EN: "Cooperative group"}, Count: 3}}, found.Facets.ProducerKind)
}

func TestMonthsAndLeadTimes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	var made []uuid.UUID
	for i, window := range [][2]string{{"2026-12-10", "2026-12-20"}, {"2026-12-25", "2027-02-03"}, {"2027-03-01", "2027-03-31"}} {
		product := m.publish(m.ann, shrimp())
		made = append(made, product.ID)
		offer := supply(product)
		offer.AvailableFrom, offer.AvailableTo, offer.LeadDays = date(window[0]), date(window[1]), 5-2*i
		m.offer(m.ann, offer)
	}
	found, err := m.service.Search(t.Context(), identity.Principal{}, catalog.Query{Facets: true})
	require.NoError(t, err)
	name := func(vi, en string) catalog.FacetNames { return catalog.FacetNames{VI: vi, EN: en} }
	require.Equal(t, []catalog.Facet{
		{Value: "2026-12", Name: name("tháng 12/2026", "December 2026"), Count: 2}, {Value: "2027-01", Name: name("tháng 1/2027", "January 2027"), Count: 1},
		{Value: "2027-02", Name: name("tháng 2/2027", "February 2027"), Count: 1}, {Value: "2027-03", Name: name("tháng 3/2027", "March 2027"), Count: 1},
	}, found.Facets.Month)
	require.ElementsMatch(t, ids(made[1], made[2]), m.find(identity.Principal{}, catalog.Query{Months: []string{"2027-02", "2027-03"}}))
	require.Equal(t, ids(made[2]), m.find(identity.Principal{}, catalog.Query{Text: "tôm sú tháng 3"}))
	require.Equal(t, ids(made[1]), m.find(identity.Principal{}, catalog.Query{Text: "tom su january"}))
	require.Equal(t, ids(made[2], made[1], made[0]), m.find(identity.Principal{}, catalog.Query{Sort: catalog.ByLeadTime}))
	require.ElementsMatch(t, ids(made[2], made[1]), m.find(identity.Principal{}, catalog.Query{LeadDaysMax: new(3)}))
}
