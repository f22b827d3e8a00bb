package catalog_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
)

// A filter that names what does not exist is refused, and the parameter is named.
func TestUnknownFiltersAreRefused(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	for address, want := range map[string]string{
		"/v1/products?line=nope":                           "unknown_value line",
		"/v1/products?line=rice,nope":                      "unknown_value line",
		"/v1/products?form=nope":                           "unknown_value form",
		"/v1/products?scheme=nope":                         "unknown_value scheme",
		"/v1/products?commune=nope":                        "unknown_value commune",
		"/v1/products?commune=99999":                       "unknown_value commune",
		"/v1/products?sort=nope":                           "unknown_value sort",
		"/v1/producers?line=nope":                          "unknown_value line",
		"/v1/producers?commune=nope":                       "unknown_value commune",
		"/v1/producers?line=nope&count=true":               "unknown_value line",
		"/v1/producers?scheme=nope":                        "unknown_value scheme",
		"/v1/producers?producer_kind=nope&facets=true":     "unknown_value producer_kind",
		"/v1/producers?facets=maybe":                       "unknown_value facets",
		"/v1/certificates?scheme=nope":                     "unknown_value scheme",
		"/v1/certificates?state=nope":                      "unknown_value state",
		"/v1/certificates?expiring_within=-1":              "out_of_range expiring_within",
		"/v1/certificates?expiring_within=4000":            "out_of_range expiring_within",
		"/v1/certificates?scheme=nope&expiring_within=-30": "out_of_range expiring_within",
	} {
		answer := m.send(server, "ca-mau", http.MethodGet, address, "")
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, "%s: %s", address, answer.Body)
		code, field, _ := strings.Cut(want, " ")
		first := decode(t, answer)["errors"].([]any)[0].(map[string]any)
		require.Equal(t, []any{code, field, "query." + field}, []any{first["code"], first["field"], first["pointer"]}, address)
	}
	for _, address := range []string{
		"/v1/products?line=rice,salt&form=live,milled&scheme=OCOP,ASC_FARM", "/v1/producers?line=rice",
		"/v1/certificates?expiring_within=0", "/v1/certificates?scheme=OCOP", "/v1/certificates",
	} {
		require.Equal(t, http.StatusOK, m.send(server, "ca-mau", http.MethodGet, address, "").Code, address)
	}
}

// A place is asked for by code, by its name in any spelling, or by a former district's.
func TestCommunesByName(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	product := m.publish(m.ann, shrimp())
	commune, ok := m.book.Commune("32098")
	require.True(t, ok)
	for _, text := range []string{commune.Code, commune.Name, strings.ToUpper(commune.Name)} {
		require.Contains(t, m.found(server, "", "/v1/products?commune="+url.QueryEscape(text)), product.ID.String(), text)
		require.Len(t, m.list(server, "", "/v1/producers?commune="+url.QueryEscape(text)), 1, text)
	}
}

// The certificates that are never asked for by days are all listed; 0 days asks for today's.
func TestExpiringWithinNoDays(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	last := asc("ASC_FARM", "today")
	last.ValidUntil = date("2026-12-01")
	m.certify(m.ann, last)
	m.certify(m.ann, asc("ASC_FARM", "later"))
	require.Len(t, m.list(server, "ca-mau", "/v1/certificates"), 2)
	require.Len(t, m.list(server, "ca-mau", "/v1/certificates?expiring_within=0"), 1)
}

func TestProducersAreCounted(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	m.publish(m.ann, shrimp())
	m.publish(m.ben, riceST25())
	page := m.get(server, "", "/v1/producers?count=true&limit=1")
	require.Len(t, page["items"], 1)
	require.EqualValues(t, 2, page["total"])
	require.EqualValues(t, 1, m.get(server, "", "/v1/producers?count=true&line=rice")["total"])
	require.EqualValues(t, 0, m.get(server, "", "/v1/producers?count=true&line=salt")["total"])
	require.NotContains(t, m.get(server, "", "/v1/producers"), "total")
	second := m.get(server, "", "/v1/producers?limit=5&cursor="+page["next_cursor"].(string))
	require.Len(t, second["items"], 1)
}

// A cursor belongs to filters and order, not to how much is told beside the items.
func TestCursorsOutliveWhatIsToldBesideTheItems(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	for range 3 {
		m.publish(m.ann, shrimp())
	}
	told := []string{"", "&facets=true", "&count=true", "&facets=true&count=true&limit=2"}
	for _, from := range told {
		cursor := m.get(server, "", "/v1/products?line=black_tiger_shrimp&limit=1"+strings.Replace(from, "&limit=2", "", 1))["next_cursor"].(string)
		for _, to := range told {
			page := m.get(server, "", "/v1/products?line=black_tiger_shrimp"+to+"&cursor="+cursor)
			require.Len(t, page["items"], 2, "%q then %q", from, to)
		}
		require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "", http.MethodGet, "/v1/products?line=rice&cursor="+cursor, "").Code)
	}
}

// Whoever signs in sees at least what anybody sees.
func TestNobodySeesLessThanAnybody(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	product := m.publish(m.ann, shrimp())
	open := supply(product)
	open.Visibility = catalog.Public
	at := "/v1/offers/" + m.offer(m.ann, open).ID.String()
	for reader := range seen() {
		require.Contains(t, m.get(server, reader, at), "price_tiers", reader)
		for _, address := range []string{"/v1/products", "/v1/products?price_max_vnd=300000", "/v1/products?sort=price", "/v1/products?min_quantity=100&price_max_vnd=280000"} {
			items := m.get(server, reader, address)["items"].([]any)
			require.Len(t, items, 1, "%q %s", reader, address)
			offer := items[0].(map[string]any)["offers"].([]any)[0]
			require.Contains(t, offer, "price_tiers", "%q %s", reader, address)
			require.Contains(t, offer, "remaining", "%q %s", reader, address)
		}
		require.Empty(t, m.list(server, reader, "/v1/products?price_max_vnd=279999"), reader)
	}
	for _, overseer := range []string{"ca-mau", "administrator"} {
		offers := m.get(server, overseer, "/v1/offers")["items"].([]any)
		require.Contains(t, offers[0], "price_tiers", overseer)
	}
}

// Wrong fields are named in full, and null is never taken for nothing.
func TestFieldsAreNamed(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	named := func(method, path, body, code, field string) {
		t.Helper()
		answer := m.send(server, "ann", method, path, body, "If-Match", "*")
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, "%s: %s", body, answer.Body)
		first := decode(t, answer)["errors"].([]any)[0].(map[string]any)
		require.Equal(t, []any{code, field, "body." + field}, []any{first["code"], first["field"], first["pointer"]}, body)
	}
	named(http.MethodPost, "/v1/products", `{"name":"Demo","line":"rice","form":"nope","unit":"kg","grade":{"variety":"ST25"}}`, "form_unknown", "form")
	offer := `{"product_id":"01941f29-7c00-7000-8000-000000000000","available_from":"2026-12-01","available_to":"2026-12-31","quantity":"500","unit":"kg",
		"price_tiers":[{"from_quantity":0,"price_vnd":1}]}`
	named(http.MethodPost, "/v1/offers", offer, "product_unknown", "product_id")

	product := m.publish(m.ann, shrimp())
	path := "/v1/products/" + product.ID.String()
	named(http.MethodPatch, path, `{"form":"nope"}`, "form_unknown", "form")
	for _, field := range []string{"name", "line", "form", "grade", "unit"} {
		named(http.MethodPatch, path, fmt.Sprintf(`{%q:null}`, field), web.ErrWrongType.Code, field)
	}
	told := m.send(server, "ann", http.MethodPatch, path, `{"name_en":"Demo","description":"Demo","gtin":"4006381333931"}`, "If-Match", "*")
	require.Equal(t, http.StatusOK, told.Code, told.Body)
	require.Equal(t, "4006381333931", decode(t, told)["gtin"])
	cleared := m.send(server, "ann", http.MethodPatch, path, `{"name_en":null,"description":null,"gtin":null,"unit_weight_kg":null}`, "If-Match", "*")
	require.Equal(t, http.StatusOK, cleared.Code, cleared.Body)
	for _, field := range []string{"name_en", "description", "gtin", "unit_weight_kg"} {
		require.NotContains(t, decode(t, cleared), field)
	}

	at := "/v1/offers/" + m.offer(m.ann, supply(product)).ID.String()
	for _, field := range []string{"available_from", "available_to", "quantity", "min_order", "price_tiers", "price_on_the_day", "price_visibility"} {
		named(http.MethodPatch, at, fmt.Sprintf(`{%q:null}`, field), web.ErrWrongType.Code, field)
	}
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPatch, at, `{"place_code":null}`, "If-Match", "*").Code)
}
