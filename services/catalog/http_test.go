package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
)

func decode(t *testing.T, answer *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var body map[string]any
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &body), answer.Body.String())
	return body
}

// The whole way of a producer's supply through HTTP.
func TestSupplyOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	const product = `{"name":"Tôm sú Demo","line":"black_tiger_shrimp","form":"live","unit":"kg","grade":{"count_per_kg_min":20,"count_per_kg_max":30}}`
	made := m.send(server, "ann", http.MethodPost, "/v1/products", product)
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	require.Equal(t, `"v1"`, made.Header().Get("ETag"))
	path := made.Header().Get("Location")
	require.Equal(t, "draft", decode(t, made)["state"])

	require.Equal(t, http.StatusPreconditionRequired, m.send(server, "ann", http.MethodPatch, path, `{"name":"Tôm sú Demo 2"}`).Code)
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "ann", http.MethodPatch, path, `{"name":"Tôm sú Demo 2"}`, "If-Match", `"v7"`).Code)
	read := m.send(server, "ann", http.MethodGet, path, "")
	patched := m.send(server, "ann", http.MethodPatch, path, `{"name":"Tôm sú Demo 2"}`, "If-Match", read.Header().Get("ETag"))
	require.Equal(t, http.StatusOK, patched.Code, patched.Body)
	require.Equal(t, `"v2"`, patched.Header().Get("ETag"))
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPatch, path, `{"description":"Demo"}`, "If-Match", "*").Code)
	require.Equal(t, http.StatusNotFound, m.send(server, "ben", http.MethodPatch, path, `{"name":"x"}`, "If-Match", "*").Code)
	require.Equal(t, http.StatusForbidden, m.send(server, "buyer", http.MethodPatch, path, `{"name":"x"}`, "If-Match", "*").Code)
	require.Equal(t, http.StatusUnauthorized, m.send(server, "", http.MethodPatch, path, `{"name":"x"}`, "If-Match", "*").Code)
	for _, forbidden := range []string{`{"state":"published"}`, `{"producer_id":"x"}`, `{"invented":true}`, `{"version":9}`} {
		require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "ann", http.MethodPatch, path, forbidden, "If-Match", "*").Code, forbidden)
	}
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPost, path+"/publish", "").Code)
	require.Equal(t, http.StatusConflict, m.send(server, "ann", http.MethodPost, path+"/publish", "").Code)

	id := decode(t, made)["id"]
	offer := fmt.Sprintf(`{"product_id":%q,"available_from":"2026-12-01","available_to":"2026-12-31","quantity":"500","unit":"kg","min_order":10,
		"price_tiers":[{"from_quantity":0,"price_vnd":300000}],"price_visibility":"public"}`, id)
	opened := m.send(server, "ann", http.MethodPost, "/v1/offers", offer, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, opened.Code, opened.Body)
	again := m.send(server, "ann", http.MethodPost, "/v1/offers", offer, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, again.Code)
	require.Equal(t, opened.Body.String(), again.Body.String())
	at := opened.Header().Get("Location")
	require.Equal(t, http.StatusPreconditionRequired, m.send(server, "ann", http.MethodPatch, at, `{"quantity":"400"}`).Code)
	lowered := m.send(server, "ann", http.MethodPatch, at, `{"quantity":"400.5"}`, "If-Match", opened.Header().Get("ETag"))
	require.Equal(t, http.StatusOK, lowered.Code, lowered.Body)
	require.Equal(t, "400.5", decode(t, lowered)["remaining"])
	page := m.get(server, "", path)
	require.Equal(t, "400.5", page["offers"].([]any)[0].(map[string]any)["remaining"])
	require.Len(t, m.list(server, "ann", "/v1/offers"), 1)
	require.Empty(t, m.list(server, "ben", "/v1/offers"))
	require.Equal(t, http.StatusForbidden, m.send(server, "buyer", http.MethodGet, "/v1/offers", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "", http.MethodGet, at, "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPost, at+"/close", "").Code)
	require.Equal(t, http.StatusNotFound, m.send(server, "", http.MethodGet, at, "").Code)
}

func TestCertificatesOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	const certificate = `{"scheme":"ASC_FARM","number":"DEMO-1","issuer":"Demo","issued_on":"2025-06-01","scope":{"kind":"farm_area"}}`
	made := m.send(server, "ann", http.MethodPost, "/v1/certificates", certificate)
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	body := decode(t, made)
	require.Equal(t, "2028-06-01", body["valid_until"])
	require.Equal(t, "submitted", body["state"])
	require.Equal(t, http.StatusConflict, m.send(server, "ann", http.MethodPost, "/v1/certificates", certificate).Code)
	path := made.Header().Get("Location")
	require.Equal(t, http.StatusNotFound, m.send(server, "ben", http.MethodGet, path, "").Code)
	require.Equal(t, http.StatusForbidden, m.send(server, "buyer", http.MethodGet, path, "").Code)
	require.Equal(t, http.StatusForbidden, m.send(server, "ann", http.MethodPost, path+"/verify", "").Code)
	require.Equal(t, http.StatusForbidden, m.send(server, "hcm", http.MethodPost, path+"/verify", "").Code)
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "ca-mau", http.MethodPost, path+"/verify", "", "If-Match", `"v9"`).Code)
	verified := m.send(server, "ca-mau", http.MethodPost, path+"/verify", "")
	require.Equal(t, http.StatusOK, verified.Code, verified.Body)
	require.Equal(t, "valid", decode(t, verified)["state"])
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "ca-mau", http.MethodPost, path+"/revoke", `{"reason":""}`).Code)
	require.Equal(t, http.StatusOK, m.send(server, "ca-mau", http.MethodPost, path+"/revoke", `{"reason":"Demo"}`).Code)
	require.Len(t, m.list(server, "ca-mau", "/v1/certificates?state=revoked"), 1)
	require.Empty(t, m.list(server, "ca-mau", "/v1/certificates?expiring_within=90"))
	bare := m.send(server, "ben", http.MethodPost, "/v1/certificates", `{"scheme":"VIETGAP","number":"DEMO-2","issuer":"Demo","issued_on":"2026-06-01"}`)
	require.Equal(t, http.StatusCreated, bare.Code, bare.Body)
	require.Equal(t, "farm_area", decode(t, bare)["scope"].(map[string]any)["kind"])
}

func TestScans(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	made, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", "F"))
	require.NoError(t, err)
	path := "/v1/certificates/" + made.ID.String() + "/scan"
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
	upload := func(who string, scan []byte) *httptest.ResponseRecorder {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("scan", "../../etc/passwd.png")
		require.NoError(t, err)
		_, err = part.Write(scan)
		require.NoError(t, err)
		require.NoError(t, form.Close())
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, path, &body)
		request.Header.Set("Content-Type", form.FormDataContentType())
		request.Header.Set("Authorization", "Bearer "+who)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		return answer
	}
	require.Equal(t, http.StatusNotFound, m.send(server, "ann", http.MethodGet, path, "").Code)
	require.Equal(t, http.StatusUnsupportedMediaType, upload("ann", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`)).Code)
	require.Equal(t, http.StatusUnsupportedMediaType, upload("ann", []byte("\x89PNG\r\n\x1a\nnot a picture")).Code)
	require.Equal(t, http.StatusNotFound, upload("ben", picture.Bytes()).Code)
	require.Equal(t, http.StatusForbidden, upload("buyer", picture.Bytes()).Code)
	kept := upload("ann", picture.Bytes())
	require.Equal(t, http.StatusOK, kept.Code, kept.Body)
	require.Equal(t, "image/png", decode(t, kept)["scan_type"])
	require.Equal(t, http.StatusRequestEntityTooLarge, upload("ann", append([]byte("%PDF-1.7"), make([]byte, catalog.MaxScanBytes)...)).Code)
	for _, who := range []string{"ann", "ca-mau"} {
		got := m.send(server, who, http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		require.Equal(t, picture.Bytes(), got.Body.Bytes())
		require.Equal(t, "image/png", got.Header().Get("Content-Type"))
		require.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"))
		require.True(t, strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment"))
	}
	require.Equal(t, http.StatusNotFound, m.send(server, "ben", http.MethodGet, path, "").Code)
	_, err = m.service.Verify(t.Context(), m.caMau, made.ID, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusConflict, upload("ann", picture.Bytes()).Code, "what was verified is not exchanged")
}

func TestSearchParameters(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	for _, query := range []string{
		"limit=0", "limit=101", "limit=x", "stars_min=9", "min_quantity=1.2345", "price_max_vnd=-1", "available_from=2026-02-30",
		"producer=me", "sort=luck", "facets=maybe", "colour=red", "cursor=abc", "available_from=2026-12-02&available_to=2026-12-01",
	} {
		answer := m.send(server, "", http.MethodGet, "/v1/products?"+query, "")
		require.GreaterOrEqual(t, answer.Code, 400, query)
		require.Less(t, answer.Code, 500, query)
		require.Contains(t, answer.Header().Get("Content-Type"), "application/problem+json", query)
	}
	require.Equal(t, http.StatusNotFound, m.send(server, "", http.MethodGet, "/v1/products/x", "").Code)
	require.Equal(t, http.StatusNotFound, m.send(server, "", http.MethodGet, "/v1/producers/x", "").Code)
}

func TestCursorsOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	for range 5 {
		m.publish(m.ann, shrimp())
	}
	seen := map[string]bool{}
	address := "/v1/products?q=tom+su&limit=2"
	for address != "" {
		answer := m.send(server, "", http.MethodGet, address, "")
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		for _, item := range decode(t, answer)["items"].([]any) {
			id := item.(map[string]any)["id"].(string)
			require.False(t, seen[id])
			seen[id] = true
		}
		address = strings.TrimSuffix(strings.TrimPrefix(answer.Header().Get("Link"), "<"), `>; rel="next"`)
	}
	require.Len(t, seen, 5)
	first := decode(t, m.send(server, "", http.MethodGet, "/v1/products?limit=2", ""))["next_cursor"].(string)
	require.Equal(t, http.StatusOK, m.send(server, "", http.MethodGet, "/v1/products?limit=2&cursor="+first, "").Code)
	require.GreaterOrEqual(t, m.send(server, "", http.MethodGet, "/v1/products?limit=2&q=cua&cursor="+first, "").Code, 400, "a cursor of another query")
	mine := decode(t, m.send(server, "ann", http.MethodGet, "/v1/products?mine=true&limit=2", ""))
	require.Len(t, mine["items"], 2)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodGet, "/v1/products?mine=true&limit=2&cursor="+mine["next_cursor"].(string), "").Code)
}
