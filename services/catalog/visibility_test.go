package catalog_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// What each reader sees of an offer by its visibility: P price, R remaining.
func seen() map[string]map[catalog.Visibility]string {
	return map[string]map[catalog.Visibility]string{
		"":              {catalog.Public: "PR", catalog.Buyers: "", catalog.OnRequest: ""},
		"new-buyer":     {catalog.Public: "PR", catalog.Buyers: "", catalog.OnRequest: ""},
		"ben":           {catalog.Public: "PR", catalog.Buyers: "", catalog.OnRequest: ""},
		"applicant":     {catalog.Public: "PR", catalog.Buyers: "", catalog.OnRequest: ""},
		"buyer":         {catalog.Public: "PR", catalog.Buyers: "PR", catalog.OnRequest: ""},
		"ca-mau":        {catalog.Public: "PR", catalog.Buyers: "R", catalog.OnRequest: "R"},
		"hcm":           {catalog.Public: "PR", catalog.Buyers: "R", catalog.OnRequest: "R"},
		"administrator": {catalog.Public: "PR", catalog.Buyers: "R", catalog.OnRequest: "R"},
		"ann":           {catalog.Public: "PR", catalog.Buyers: "PR", catalog.OnRequest: "PR"},
		"viewer":        {catalog.Public: "PR", catalog.Buyers: "PR", catalog.OnRequest: "PR"},
	}
}

// Every reader × visibility × price and remaining, on the page, in search and in the order of
// prices; twice, so that the second answer comes from the cache where there is one.
func TestPriceAndVolumeAreKeptFromWhoMayNotSeeThem(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	products := map[catalog.Visibility]catalog.Product{}
	for visibility, price := range map[catalog.Visibility]money.VND{catalog.Public: 300_000, catalog.Buyers: 200_000, catalog.OnRequest: 100_000} {
		product := m.publish(m.ann, shrimp())
		offer := supply(product)
		offer.Visibility, offer.PriceTiers = visibility, []catalog.PriceTier{{PriceVND: price}}
		m.offer(m.ann, offer)
		products[visibility] = product
	}
	for range 2 {
		for reader, sights := range seen() {
			for visibility, sight := range sights {
				product := products[visibility]
				page := m.get(server, reader, "/v1/products/"+product.ID.String())
				requireSight(t, sight, page, reader+" sees "+string(visibility)+" on the page")
				inSearch := m.get(server, reader, "/v1/products?producer="+m.ann.OrganisationID.String())
				for _, item := range inSearch["items"].([]any) {
					if found := item.(map[string]any); found["id"] == product.ID.String() {
						requireSight(t, sight, found, reader+" sees "+string(visibility)+" in a search")
					}
				}
			}
			require.Equal(t, wanted(products, sights, "P"), m.found(server, reader, "/v1/products?price_max_vnd=300000"),
				"%q filters by prices it sees", reader)
			require.Equal(t, wanted(products, sights, "R"), m.found(server, reader, "/v1/products?min_quantity=500"),
				"%q filters by volumes it sees", reader)
			require.Empty(t, m.found(server, reader, "/v1/products?min_quantity=500.001"))
		}
	}
	// In the order of prices, what a reader may not see stands behind what it sees, whatever it is.
	require.Equal(t, products[catalog.Public].ID.String(), m.list(server, "", "/v1/products?sort=price")[0])
	require.Equal(t, products[catalog.Buyers].ID.String(), m.list(server, "buyer", "/v1/products?sort=price")[0])
	require.Equal(t, products[catalog.OnRequest].ID.String(), m.list(server, "ann", "/v1/products?sort=price")[0])
	require.Equal(t, products[catalog.Public].ID.String(), m.list(server, "ca-mau", "/v1/products?sort=price")[0])
}

func wanted(products map[catalog.Visibility]catalog.Product, sights map[catalog.Visibility]string, letter string) map[string]bool {
	found := map[string]bool{}
	for visibility, sight := range sights {
		for _, l := range sight {
			if string(l) == letter {
				found[products[visibility].ID.String()] = true
			}
		}
	}
	return found
}

func requireSight(t *testing.T, sight string, product map[string]any, what string) {
	t.Helper()
	offers := product["offers"].([]any)
	require.Len(t, offers, 1, what)
	offer := offers[0].(map[string]any)
	got := ""
	if _, ok := offer["price_tiers"]; ok {
		got += "P"
	}
	if _, ok := offer["remaining"]; ok {
		got += "R"
	}
	require.Equal(t, sight, got, what)
}

func (m *market) send(server http.Handler, who, method, path string, body string, headers ...string) *httptest.ResponseRecorder {
	m.Helper()
	request := httptest.NewRequestWithContext(m.Context(), method, path, readerOf(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json") // unless headers say otherwise
	}
	if who != "" {
		request.Header.Set("Authorization", "Bearer "+who)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, request)
	return answer
}

func (m *market) get(server http.Handler, who, path string) map[string]any {
	m.Helper()
	answer := m.send(server, who, http.MethodGet, path, "")
	require.Equal(m, http.StatusOK, answer.Code, "%s: %s", path, answer.Body)
	var body map[string]any
	require.NoError(m, json.Unmarshal(answer.Body.Bytes(), &body))
	return body
}

func (m *market) list(server http.Handler, who, path string) []string {
	m.Helper()
	var list []string
	for _, item := range m.get(server, who, path)["items"].([]any) {
		list = append(list, item.(map[string]any)["id"].(string))
	}
	return list
}

func (m *market) found(server http.Handler, who, path string) map[string]bool {
	m.Helper()
	found := map[string]bool{}
	for _, id := range m.list(server, who, path) {
		found[id] = true
	}
	return found
}

func TestDraftsAreForTheirOwnerAndOfficials(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	draft, err := m.service.CreateProduct(t.Context(), m.ann, shrimp())
	require.NoError(t, err)
	for who, want := range map[string]int{
		"": 404, "ben": 404, "buyer": 404, "applicant": 404, "ann": 200, "viewer": 200, "ca-mau": 200, "administrator": 200,
	} {
		require.Equal(t, want, m.send(server, who, http.MethodGet, "/v1/products/"+draft.ID.String(), "").Code, "%q reads a draft", who)
	}
	require.Empty(t, m.found(server, "ann", "/v1/products"), "a draft is not found by searching")
	require.Contains(t, m.found(server, "ann", "/v1/products?mine=true"), draft.ID.String())
	require.Equal(t, 401, m.send(server, "", http.MethodGet, "/v1/products?mine=true", "").Code)
	require.Equal(t, 403, m.send(server, "buyer", http.MethodGet, "/v1/products?mine=true", "").Code)
	require.NotContains(t, m.found(server, "ben", "/v1/products?mine=true"), draft.ID.String())
}

func TestSuspendedProducersVanish(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	_, err := m.lent.App.Exec(t.Context(), `UPDATE identity.organisations SET state = 'suspended' WHERE id = $1`, m.ann.OrganisationID)
	require.NoError(t, err)
	found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{Text: "tom su"})
	require.NoError(t, err)
	require.Empty(t, found.Products)
	_, err = m.service.Product(t.Context(), m.buyer, product.ID)
	require.Error(t, err)
	_, err = m.service.Producer(t.Context(), m.ann.OrganisationID)
	require.Error(t, err)
}

// An API key of a buyer that is not for the catalogue sees what anybody sees.
func TestKeysSeeNoMoreThanTheirScopes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	m.offer(m.ann, supply(product))
	for scope, sees := range map[string]bool{"catalogue:read": true, "trade:write": true, "monitor:read": false} {
		key := m.buyer
		key.KeyID, key.Scopes = m.buyer.UserID, []string{scope}
		got, err := m.service.Product(t.Context(), key, product.ID)
		require.NoError(t, err)
		require.Equal(t, sees, got.Offers[0].Remaining != nil, scope)
	}
	key := m.ann
	key.KeyID, key.Scopes = m.ann.UserID, []string{"catalogue:write"}
	_, err := m.service.CreateProduct(t.Context(), key, shrimp())
	require.ErrorIs(t, err, identity.ErrScopeMissing)
	require.Equal(t, quantity.Of(500), supply(product).Quantity)
}
