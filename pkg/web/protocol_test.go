package web_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

func TestIfMatch(t *testing.T) {
	t.Parallel()
	require.Equal(t, `"v7"`, web.ETag(7))
	for header, want := range map[string]error{
		"": fault.ErrPreconditionRequired, "  ": fault.ErrPreconditionRequired, "*": nil, `"v7"`: nil, `"v6", "v7"`: nil, `"a,b" ,"v7"`: nil,
		`"v6"`: fault.ErrStale, `W/"v7"`: fault.ErrStale, "v7": fault.ErrStale, `"v7`: fault.ErrStale, `"v77"`: fault.ErrStale, `"V7"`: fault.ErrStale,
		`x"v7"`: fault.ErrStale, `"*"`: fault.ErrStale,
	} {
		err := web.CheckIfMatch(header, 7)
		if want == nil {
			require.NoError(t, err, header)
			continue
		}
		require.ErrorIs(t, err, want, header)
	}
}

func TestIfNoneMatch(t *testing.T) {
	t.Parallel()
	for header, whole := range map[string]bool{
		"": true, `"v7"`: false, `W/"v7"`: false, `"v6", W/"v7"`: false, "*": false, `"v6"`: true, "v7": true,
	} {
		require.Equal(t, whole, web.NoneMatch(header, `"v7"`), header)
		require.Equal(t, whole, web.NoneMatch(header, `W/"v7"`), header)
	}
}

func TestCursors(t *testing.T) {
	t.Parallel()
	text := web.EncodeCursor("q=tôm", int64(1<<62+1), "Cà Mau", nil)
	require.NotContains(t, text, "=")
	var id int64
	var place string
	var nothing *int
	require.NoError(t, web.DecodeCursor(text, "q=tôm", &id, &place, &nothing))
	require.Equal(t, int64(1<<62+1), id)
	require.Equal(t, "Cà Mau", place)

	require.ErrorIs(t, web.DecodeCursor(text, "q=cua", &id, &place, &nothing), web.ErrInvalidCursor, "another query")
	require.ErrorIs(t, web.DecodeCursor(text, "q=tôm", &id), web.ErrInvalidCursor, "another number of keys")
	require.ErrorIs(t, web.DecodeCursor(text, "q=tôm", &place, &id, &nothing), web.ErrInvalidCursor, "other types")
	for i := range text {
		for _, swap := range []byte("A_9") {
			if text[i] == swap {
				continue
			}
			tampered := text[:i] + string(swap) + text[i+1:]
			require.ErrorIs(t, web.DecodeCursor(tampered, "q=tôm", &id, &place, &nothing), web.ErrInvalidCursor, "byte %d", i)
		}
	}
	for _, bad := range []string{"", "x", "%%%", text + "A", text[1:], "bnVsbA", "e30", base64.RawURLEncoding.EncodeToString([]byte(`{"k":["\u0000"],"s":""}`))} {
		require.ErrorIs(t, web.DecodeCursor(bad, "q=tôm", &id, &place, &nothing), web.ErrInvalidCursor, bad)
	}
}

func TestListsLinkToTheNextPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first := b.send(t, http.MethodGet, "/v1/boxes?q=t%C3%B4m&limit=5", "")
	link := first.Header().Get("Link")
	require.True(t, strings.HasPrefix(link, "</v1/boxes?") && strings.HasSuffix(link, `>; rel="next"`), link)
	next := strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	second := b.send(t, http.MethodGet, next, "")
	require.Equal(t, 200, second.Code, second.Body.String())
	require.Empty(t, second.Header().Get("Link"))
	b.send(t, http.MethodGet, strings.Replace(next, "q=t%C3%B4m", "q=cua", 1), "").requireRefused(t, 422, "invalid_cursor", "query.cursor")
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, bad := range []string{" ", "a b", "khoá", strings.Repeat("k", 256), "a\tb"} {
		b.send(t, http.MethodPost, "/v1/boxes", goodBox, "Idempotency-Key", bad).requireRefused(t, 422, "idempotency_key_malformed", "header.Idempotency-Key")
	}
	b.send(t, http.MethodPost, "/v1/boxes", goodBox, "Idempotency-Key", "a", "Idempotency-Key", "b").
		requireRefused(t, 422, "idempotency_key_malformed", "")
	for _, good := range []string{"k", strings.Repeat("k", 255), `"quoted"`, "01941f29-7c00-7000-8000-000000000000"} {
		require.Equal(t, 201, b.send(t, http.MethodPost, "/v1/boxes", goodBox, "Idempotency-Key", good).Code)
	}
	require.Equal(t, 200, b.send(t, http.MethodGet, "/v1/boxes", "", "Idempotency-Key", "a b").Code, "reads take no notice of a key")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *web.Options) { o.RequestsPerSecond = 1 })
	var err error
	b.api.Health(func(context.Context) error { return err })
	for range 5 {
		require.JSONEq(t, `{"status":"ok"}`, b.send(t, http.MethodGet, "/healthz", "", "Authorization", "Bearer forged").Body.String())
		require.JSONEq(t, `{"status":"ready"}`, b.send(t, http.MethodGet, "/readyz", "").Body.String())
	}
	err = context.DeadlineExceeded
	a := b.send(t, http.MethodGet, "/readyz", "")
	a.requireRefused(t, 503, "not_ready", "")
	require.Equal(t, "1", a.Header().Get("Retry-After"))
	require.NotContains(t, b.log.String(), `"route":"/healthz"`)
}
