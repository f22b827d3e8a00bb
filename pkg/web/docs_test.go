package web_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDocumentIsDeterministic(t *testing.T) {
	t.Parallel()
	first, err := newBench(t).api.OpenAPI()
	require.NoError(t, err)
	firstYAML, err := newBench(t).api.OpenAPIYAML()
	require.NoError(t, err)
	for range 5 {
		again, err := newBench(t).api.OpenAPI()
		require.NoError(t, err)
		require.Equal(t, string(first), string(again))
		againYAML, err := newBench(t).api.OpenAPIYAML()
		require.NoError(t, err)
		require.Equal(t, string(firstYAML), string(againYAML)) //nolint:testifylint // byte for byte
	}
}

func TestTheDocumentSaysWhatTheEdgeDoes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	served := b.send(t, http.MethodGet, "/openapi.json", "").Body.Bytes()
	printed, err := b.api.OpenAPI()
	require.NoError(t, err)
	require.Equal(t, string(printed), string(served))
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Parameters []struct{ Name, In string }
			Responses  map[string]struct {
				Codes   []string `json:"x-codes"`
				Content map[string]any
			}
			Security []map[string][]string
			Access   struct{ Groups []string } `json:"x-access"`
		}
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	require.NoError(t, json.Unmarshal(printed, &document))
	require.Equal(t, "3.1.0", document.OpenAPI)
	create := document.Paths["/v1/boxes"]["post"]
	require.Contains(t, create.Responses["409"].Codes, "box_full")
	require.Contains(t, create.Responses["413"].Codes, "too_large")
	require.Contains(t, create.Responses["422"].Content, "application/problem+json")
	require.Equal(t, "Idempotency-Key", create.Parameters[0].Name)
	require.Empty(t, create.Security)
	get := document.Paths["/v1/boxes/{id}"]["get"]
	require.Equal(t, []string{"producer"}, get.Access.Groups)
	require.Len(t, get.Security, 1)
	require.Contains(t, document.Paths["/v1/boxes/{id}/close"]["post"].Responses, "412")
	require.Contains(t, document.Paths, "/v1/hot", "raw handlers are described, too")
	require.NotContains(t, string(printed), "/fail/", "hidden operations are not")
	require.NotContains(t, string(printed), "$schema")
	line := document.Components.Schemas["Line"].Properties
	quantity, err := json.Marshal(line["quantity"])
	require.NoError(t, err)
	require.Contains(t, string(quantity), `"anyOf":[{"pattern":"^(0|[1-9][0-9]{0,9})(\\.[0-9]{1,3})?$","type":"string"},{"maximum":1000000000,"minimum":0,"type":"number"}]`)
	require.Contains(t, b.send(t, http.MethodGet, "/openapi.yaml", "").Body.String(), "openapi: 3.1.0")
	require.Equal(t, "GET /docs", b.api.Routes()[0].Method+" "+b.api.Routes()[0].Path)
}

func TestThePageNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	everything := ""
	for _, path := range []string{"/docs", "/docs?lang=en", "/docs/docs.css", "/docs/docs.js"} {
		a := b.send(t, http.MethodGet, path, "")
		require.Equal(t, 200, a.Code)
		require.Contains(t, a.Header().Get("Content-Security-Policy"), "script-src 'self'")
		everything += a.Body.String()
	}
	require.NotRegexp(t, `(?i)https?:|//[a-z0-9.-]+\.[a-z]{2,}|url\(|@import|<script>|style=|onclick`, everything)
	page := b.send(t, http.MethodGet, "/docs?lang=vi", "").Body.String()
	for _, expected := range []string{`lang="vi"`, "/v1/boxes/{id}", "lines[].quantity", "Hộp đã đầy", "producer", "live | frozen", "mọi người", "phạm vi khoá API trade", "curl -X POST"} {
		require.Contains(t, page, expected)
	}
	english := b.send(t, http.MethodGet, "/docs", "", "Accept-Language", "en").Body.String()
	require.Contains(t, english, "The box is full")
	require.NotContains(t, english, "Hộp đã đầy")
	for _, target := range regexp.MustCompile(`(?:href|src)="(/[^"#]*)`).FindAllStringSubmatch(page, -1) {
		require.Equal(t, 200, b.send(t, http.MethodGet, strings.ReplaceAll(target[1], "&amp;", "&"), "").Code, target[1])
	}
}

func TestEveryRefusalIsExplained(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	refused := b.send(t, http.MethodPost, "/fail/full", "").problem
	explained := b.send(t, http.MethodGet, "/problems/stale", "")
	require.Contains(t, explained.Body.String(), `"code":"stale"`)
	require.Contains(t, explained.Body.String(), "Read it again")
	html := b.send(t, http.MethodGet, "/problems/box_full", "", "Accept", "text/html,*/*;q=0.8")
	require.Equal(t, "text/html; charset=utf-8", html.Header().Get("Content-Type"))
	require.Contains(t, html.Body.String(), "Hộp đã đầy")
	require.Equal(t, 404, b.send(t, http.MethodGet, "/problems/no_such_thing", "").Code)
	require.Equal(t, "/problems/box_full", refused.Type)
}

func TestTheDocumentIsCompressedOnceAndKnownByItsTag(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	tags := map[string]bool{}
	for _, path := range []string{"/openapi.json", "/openapi.yaml", "/docs"} {
		plain := b.send(t, http.MethodGet, path, "")
		require.Empty(t, plain.Header().Get("Content-Encoding"))
		for accept, zipped := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false} {
			a := b.send(t, http.MethodGet, path, "", "Accept-Encoding", accept)
			require.Contains(t, a.Header().Get("Vary"), "Accept-Encoding")
			if !zipped {
				require.Equal(t, plain.Body.String(), a.Body.String(), accept)
				require.Equal(t, plain.Header().Get("ETag"), a.Header().Get("ETag"))
				continue
			}
			require.Equal(t, "gzip", a.Header().Get("Content-Encoding"), accept)
			require.Less(t, a.Body.Len(), plain.Body.Len()/2)
			require.NotEqual(t, plain.Header().Get("ETag"), a.Header().Get("ETag"), "other bytes, another tag")
			reader, err := gzip.NewReader(a.Body)
			require.NoError(t, err)
			unpacked, err := io.ReadAll(reader)
			require.NoError(t, err)
			require.Equal(t, plain.Body.String(), string(unpacked))

			again := b.send(t, http.MethodGet, path, "", "Accept-Encoding", accept, "If-None-Match", `"old", W/`+a.Header().Get("ETag"))
			require.Equal(t, http.StatusNotModified, again.Code)
			require.Zero(t, again.Body.Len())
			require.Equal(t, a.Header().Get("ETag"), again.Header().Get("ETag"))
			require.Empty(t, again.Header().Get("Content-Encoding"))
		}
		require.Equal(t, http.StatusOK, b.send(t, http.MethodGet, path, "", "If-None-Match", `"old"`).Code)
		require.Equal(t, http.StatusNotModified, b.send(t, http.MethodHead, path, "", "If-None-Match", plain.Header().Get("ETag")).Code)
		tags[plain.Header().Get("ETag")] = true
	}
	require.Len(t, tags, 3)
}
