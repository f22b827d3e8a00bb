package portal_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// A program that was built without what browsers need says so, and what to do, and the API works.
func TestPagesThatAreNotBundled(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.over(m.App, fstest.MapFS{"README": {Data: []byte("nothing")}})
	for _, path := range []string{"/sign-in", "/monitor", "/monitor/volumes"} {
		answer := m.get(t, "camau", path, "Accept-Language", "en")
		require.Equal(t, http.StatusServiceUnavailable, answer.Code, path)
		require.Contains(t, answer.Body.String(), "pages_not_bundled")
		require.Contains(t, answer.Body.String(), "make pages")
		require.NotContains(t, answer.Body.String(), "<script")
	}
	require.Equal(t, http.StatusOK, m.get(t, "camau", "/v1/me").Code)
}

// Nothing inline runs, nothing comes from elsewhere, and nobody keeps what a reader saw.
func TestWhatPagesAllow(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for _, path := range []string{"/sign-in", "/monitor", "/monitor/volumes?line=nothing"} {
		answer := m.get(t, "camau", path)
		header := answer.Header()
		require.Equal(t, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'", header.Get("Content-Security-Policy"))
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", header.Get("Referrer-Policy"))
		require.Equal(t, "private, no-store", header.Get("Cache-Control"), path)
		require.Empty(t, header.Get("Strict-Transport-Security"), "only over TLS")
		require.NotRegexp(t, `(?i)<script(>| [^>]*>[^<])|\son[a-z]+=|\sstyle=|<style|https?://`,
			regexp.MustCompile(`(?s)<script id="[a-z-]+" type="application/json">.*?</script>`).ReplaceAllString(answer.Body.String(), ""), path)
	}
}

func TestFilesOfPagesAreKeptForEver(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	page := m.get(t, "anonymous", "/sign-in").Body.String()
	at := regexp.MustCompile(`/assets/[0-9a-f]{16}/portal\.js`).FindString(page)
	require.NotEmpty(t, at)
	script := m.get(t, "anonymous", at, "Accept-Encoding", "gzip")
	require.Equal(t, http.StatusOK, script.Code)
	require.Equal(t, "public, max-age=31536000, immutable", script.Header().Get("Cache-Control"))
	require.Equal(t, "text/javascript; charset=utf-8", script.Header().Get("Content-Type"))
	unzipped, err := gzip.NewReader(script.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	require.Contains(t, string(text), "script script")

	older := m.get(t, "anonymous", "/assets/0000000000000000/portal.js")
	require.Equal(t, http.StatusOK, older.Code)
	require.Equal(t, "no-store", older.Header().Get("Cache-Control"), "it may not be what that page was made with")
	require.Equal(t, http.StatusNotFound, m.get(t, "anonymous", "/assets/0000000000000000/README").Code)
	require.Equal(t, http.StatusNotFound, m.get(t, "anonymous", "/assets/0000000000000000/..%2fportal.go").Code)
}
