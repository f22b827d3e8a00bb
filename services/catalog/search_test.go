package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// fair is a small catalogue whose names are asked for by the tests below.
func fair(m *market) map[string]catalog.Product {
	damDoi := m.producer("Hợp tác xã Đầm Dơi Demo", "cooperative", m.communeOf("Đầm Dơi"), "approved")
	thoiBinh := m.producer("Tổ hợp tác Thới Bình Demo", "cooperative_group", m.communeOf("Thới Bình"), "approved")
	products := map[string]catalog.Product{}
	add := func(key string, who identity.Principal, product catalog.NewProduct) {
		products[key] = m.publish(who, product)
	}
	plain := shrimp()
	plain.Name, plain.NameEN = "Tôm sú Demo", ""
	add("shrimp", damDoi, plain)
	white := plain
	white.Name, white.Line = "Tôm thẻ Demo", "whiteleg_shrimp"
	add("whiteleg", damDoi, white)
	crab := catalog.NewProduct{
		Name: "Cua gạch Demo", Line: "mud_crab", Form: "live", Unit: "kg",
		Grade: map[string]any{"type": "gach", "grams_each_min": 400, "tie": "nylon"},
	}
	add("crab", damDoi, crab)
	add("rice", thoiBinh, riceST25())
	organic := riceST25()
	organic.Name = "Gạo sạch hữu cơ Demo"
	add("organic", thoiBinh, organic)
	useful := riceST25()
	useful.Name, useful.Description = "Gạo cơ sở Hữu Ích Demo", ""
	add("useful", thoiBinh, useful)
	sugar := catalog.NewProduct{Name: "Kẹo đường Demo", Line: "cake", Form: "packed", Unit: "piece", Grade: map[string]any{"pack_g": 200}}
	add("sugar", thoiBinh, sugar)
	duong := sugar
	duong.Name = "Kẹo Dương Demo"
	add("duong", thoiBinh, duong)
	return products
}

// communeOf is a commune made of a former district.
func (m *market) communeOf(district string) string {
	m.Helper()
	communes := m.book.CommunesOfFormerDistrict(district)
	require.NotEmpty(m, communes)
	return communes[0].Code
}

func TestSearchUnderstandsVietnamese(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	products := fair(m)
	for _, c := range []struct {
		text  string
		first string   // must come first; "" for any
		has   []string // must be found
		not   []string // must not be found
	}{
		{"tom su", "shrimp", nil, []string{"crab", "rice"}},
		{"tôm sú", "shrimp", nil, []string{"whiteleg", "crab"}},
		{"TÔM SÚ", "shrimp", nil, []string{"whiteleg"}},
		{"to\u0302m su\u0301", "shrimp", nil, []string{"whiteleg"}},
		{"su", "shrimp", nil, []string{"crab"}},
		{"black tiger", "shrimp", nil, []string{"whiteleg"}},
		{"Penaeus monodon", "shrimp", nil, []string{"whiteleg"}},
		{"vannamei", "whiteleg", nil, []string{"shrimp"}},
		{"tom", "", []string{"shrimp", "whiteleg"}, []string{"rice"}},
		{"tom s", "shrimp", nil, []string{"rice"}},
		{"dam doi", "", []string{"shrimp", "whiteleg", "crab"}, []string{"rice"}},
		{"Đầm Dơi", "", []string{"shrimp", "whiteleg", "crab"}, []string{"rice"}},
		{"Ðầm Dơi", "", []string{"shrimp"}, []string{"rice"}},
		{"thoi binh", "", []string{"rice", "sugar"}, []string{"shrimp"}},
		{"gạo Thới Bình", "", []string{"rice"}, []string{"shrimp", "sugar"}},
		{"st25", "", []string{"rice"}, []string{"shrimp"}},
		{"cua gach", "crab", nil, []string{"shrimp"}},
		{"20-30 con/kg", "", []string{"shrimp"}, []string{"rice"}},
		{"hữu cơ", "organic", nil, []string{"useful"}},
		{"đường", "sugar", []string{"duong"}, nil},
		{"Dương", "duong", []string{"sugar"}, nil},
		{"duong", "", []string{"duong", "sugar"}, nil},
		{"tmo su", "shrimp", nil, nil}, // a slip of the fingers
		{"ca cao nguyen chat", "", nil, []string{"shrimp", "crab"}},
		{`")(&|!:*<->`, "", nil, nil},
	} {
		found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Text: c.text, Limit: 100})
		require.NoError(t, err, c.text)
		ids := named(found)
		if c.first != "" {
			require.NotEmpty(t, ids, c.text)
			require.Equal(t, products[c.first].Name, found.Products[0].Name, "first for %q", c.text)
		}
		for _, key := range c.has {
			require.Contains(t, ids, products[key].ID, "%q finds %s", c.text, key)
		}
		for _, key := range c.not {
			require.NotContains(t, ids, products[key].ID, "%q does not find %s", c.text, key)
		}
	}
}

func TestWordsThatNameMarks(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	with, without := m.publish(m.ann, shrimp()), m.publish(m.ben, shrimp())
	m.certify(m.ann, asc("ASC_FARM", "F"))
	m.certify(m.ann, ocop(with, 4, "province", "2025-08-01"))
	for text, want := range map[string][]uuid.UUID{
		"asc": {with.ID}, "tôm sú ASC": {with.ID}, "tom su ocop 4 sao": {with.ID}, "tôm sú 5 sao": nil, "tom su": {with.ID, without.ID},
	} {
		found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Text: text})
		require.NoError(t, err)
		require.ElementsMatch(t, want, named(found), text)
	}
	m.now.set(time.Date(2028, 6, 2, 5, 0, 0, 0, time.UTC))
	found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Text: "tôm sú ASC"})
	require.NoError(t, err)
	require.Empty(t, found.Products, "the certificate has lapsed")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	products := fair(m)
	shrimp, rice := products["shrimp"], products["rice"]
	owner := m.ann
	owner.OrganisationID = shrimp.Producer.ID
	offer := supply(shrimp)
	offer.Visibility, offer.AvailableFrom, offer.AvailableTo = catalog.Public, date("2026-12-05"), date("2026-12-20")
	m.offer(owner, offer)
	for name, c := range map[string]struct {
		query catalog.Query
		want  bool
	}{
		"the line":                        {catalog.Query{Lines: []string{"black_tiger_shrimp", "mud_crab"}}, true},
		"another line":                    {catalog.Query{Lines: []string{"mud_crab"}}, false},
		"the form":                        {catalog.Query{Forms: []string{"live"}}, true},
		"another form":                    {catalog.Query{Forms: []string{"iced"}}, false},
		"the commune":                     {catalog.Query{Communes: []string{m.communeOf("Đầm Dơi")}}, true},
		"the former district":             {catalog.Query{Communes: []string{"dam doi"}}, true},
		"another former district":         {catalog.Query{Communes: []string{"Thới Bình"}}, false},
		"the producer":                    {catalog.Query{Producer: shrimp.Producer.ID}, true},
		"another producer":                {catalog.Query{Producer: rice.Producer.ID}, false},
		"a window that overlaps":          {catalog.Query{AvailableFrom: date("2026-12-20"), AvailableTo: date("2026-12-31")}, true},
		"a window after":                  {catalog.Query{AvailableFrom: date("2026-12-21")}, false},
		"a window before":                 {catalog.Query{AvailableTo: date("2026-12-04")}, false},
		"the quantity":                    {catalog.Query{MinQuantity: quantity.Of(500)}, true},
		"more than there is":              {catalog.Query{MinQuantity: quantity.Of(500) + 1}, false},
		"the price of the smallest order": {catalog.Query{PriceMax: 300_000}, true},
		"below it":                        {catalog.Query{PriceMax: 299_999}, false},
		"the price of a quantity":         {catalog.Query{PriceMax: 280_000, MinQuantity: quantity.Of(100)}, true},
		"a quantity of a dearer tier":     {catalog.Query{PriceMax: 280_000, MinQuantity: quantity.Of(99)}, false},
		"a mark it has not":               {catalog.Query{Schemes: []string{"ASC_FARM"}}, false},
		"all at once":                     {catalog.Query{Text: "tom su", PriceMax: 300_000, AvailableFrom: date("2026-12-01"), AvailableTo: date("2026-12-15"), Lines: []string{"black_tiger_shrimp"}}, true},
	} {
		for _, sort := range []string{catalog.ByRelevance, catalog.ByNewest, catalog.ByPrice, catalog.ByName} {
			c.query.Sort, c.query.Facets, c.query.Count, c.query.Limit = sort, true, true, 100
			found, err := m.service.Search(t.Context(), identity.Principal{}, c.query)
			require.NoError(t, err, name)
			if c.want {
				require.Contains(t, named(found), shrimp.ID, "%s, by %s", name, sort)
				require.False(t, found.Similar)
				require.Equal(t, len(found.Products), *found.Total)
			} else {
				require.NotContains(t, named(found), shrimp.ID, "%s, by %s", name, sort)
			}
		}
	}
	_, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Sort: "luck"})
	require.Error(t, err)
}

func TestFacetsCountWhatIsFound(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	products := fair(m)
	owner := m.ann
	owner.OrganisationID = products["shrimp"].Producer.ID
	m.certify(owner, asc("ASC_FARM", "F"))
	found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Facets: true, Count: true, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, 8, *found.Total)
	require.Equal(t, catalog.Facet{Value: "rice", Name: catalog.FacetNames{VI: "gạo", EN: "rice"}, Count: 3}, found.Facets.Line[0])
	require.Equal(t, []catalog.Facet{{Value: "ASC_FARM", Name: catalog.FacetNames{VI: "ASC trại nuôi", EN: "ASC Farm (incl. Group)"}, Count: 2}}, found.Facets.Scheme, "both shrimp lines")
	sum := 0
	for _, facet := range found.Facets.Commune {
		sum += facet.Count
	}
	require.Equal(t, 8, sum)
	require.Empty(t, found.Facets.Stars)
}

// Every order, page by page: everything once.
func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	const many = 23
	want := map[uuid.UUID]bool{}
	for i := range many {
		product := shrimp()
		product.Name = fmt.Sprintf("Tôm sú Demo %02d", i%5)
		made := m.publish(m.ann, product)
		want[made.ID] = true
		if i%3 != 0 {
			offer := supply(made)
			offer.Visibility = catalog.Public
			offer.PriceTiers = []catalog.PriceTier{{PriceVND: 100_000 + money.VND(i%4)*1000}}
			m.offer(m.ann, offer)
		}
	}
	for _, sort := range []string{catalog.ByRelevance, catalog.ByNewest, catalog.ByPrice, catalog.ByName} {
		for _, text := range []string{"", "tom su"} {
			seen := map[uuid.UUID]bool{}
			query := catalog.Query{Text: text, Sort: sort, Limit: 4, Count: true}
			for page := 0; ; page++ {
				require.Less(t, page, many)
				found, err := m.service.Search(t.Context(), identity.Principal{}, query)
				require.NoError(t, err)
				require.Equal(t, many, *found.Total)
				for _, product := range found.Products {
					require.False(t, seen[product.ID], "by %s, %s came twice", sort, product.ID)
					seen[product.ID] = true
				}
				if found.Next == nil {
					break
				}
				require.Len(t, found.Products, 4)
				query.After = found.Next
			}
			require.Equal(t, want, seen, "by %s", sort)
		}
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	products := fair(m)
	for text, want := range map[string]catalog.Suggestion{
		"tôm s":    {Kind: "line", Text: "tôm sú", Value: "black_tiger_shrimp"},
		"black":    {Kind: "line", Text: "tôm sú", Value: "black_tiger_shrimp"},
		"asc":      {Kind: "scheme", Text: "ASC trại nuôi", Value: "ASC_FARM"},
		"cua gach": {Kind: "product", Text: "Cua gạch Demo", Value: products["crab"].ID.String()},
		"cua gahc": {Kind: "product", Text: "Cua gạch Demo", Value: products["crab"].ID.String()},
		"cuagach":  {Kind: "product", Text: "Cua gạch Demo", Value: products["crab"].ID.String()},
		"vannamei": {Kind: "line", Text: "tôm thẻ chân trắng", Value: "whiteleg_shrimp"},
		"hop tac xa dam": {
			Kind: "producer", Text: "Hợp tác xã Đầm Dơi Demo", Value: products["shrimp"].Producer.ID.String(),
		},
	} {
		found, err := m.service.Suggest(t.Context(), text)
		require.NoError(t, err)
		require.Contains(t, found, want, text)
	}
	nothing, err := m.service.Suggest(t.Context(), " ")
	require.NoError(t, err)
	require.Empty(t, nothing)
}

func TestProducers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	products := fair(m)
	all, err := m.service.Producers(t.Context(), catalog.ProducerQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, all, 2, "those without a published product are not listed")
	rice, err := m.service.Producers(t.Context(), catalog.ProducerQuery{Lines: []string{"rice"}, Limit: 10})
	require.NoError(t, err)
	require.Len(t, rice, 1)
	require.Equal(t, 5, rice[0].Products)
	require.Equal(t, []string{"cake", "rice"}, rice[0].Lines)
	there, err := m.service.Producers(t.Context(), catalog.ProducerQuery{Communes: []string{"dam doi"}, Text: "đầm dơi", Limit: 10})
	require.NoError(t, err)
	require.Len(t, there, 1)
	one, err := m.service.Producer(t.Context(), products["rice"].Producer.ID)
	require.NoError(t, err)
	require.Equal(t, rice[0], one)
	_, err = m.service.Producer(t.Context(), m.applicant.OrganisationID)
	require.Error(t, err)
}

// A producer that takes another name is found by the new one, and no longer by the old.
func TestANewNameIsFollowed(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	require.NotEmpty(t, m.find(m.buyer, catalog.Query{Text: "Hợp tác xã Tôm Sú Demo A"}))
	people := identity.NewService(m.lent.App, m.book, identity.Options{})
	name := "Hợp tác xã Bình Minh Thử"
	owner := m.ann
	owner.Role, owner.SessionID = identity.Owner, owner.UserID
	_, err := people.Amend(t.Context(), owner, m.ann.OrganisationID, func(int64) error { return nil }, identity.OrganisationChange{Name: &name})
	require.NoError(t, err)
	require.Equal(t, ids(product.ID), m.find(m.buyer, catalog.Query{Text: "bình minh thử"}))
	require.Empty(t, m.find(m.buyer, catalog.Query{Text: "demo a"}))
}

// find lists what a search finds, in its order.
func (m *market) find(who identity.Principal, query catalog.Query) []uuid.UUID {
	m.Helper()
	found, err := m.service.Search(m.Context(), who, query)
	require.NoError(m, err)
	return named(found)
}
