package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
)

// endless gives n bytes without holding them.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	e.left -= n
	return n, nil
}

// TestLargeBodiesAreRefusedWithoutBeingHeld counts bytes allocated, not time.
//
//nolint:paralleltest // measures the whole process
func TestLargeBodiesAreRefusedWithoutBeingHeld(t *testing.T) {
	b := newBench(t)
	for name, test := range map[string]struct {
		size    int
		chunked bool
		bound   uint64
	}{
		"10 MB":           {10 << 20, false, 256 << 10},
		"100 MB":          {100 << 20, false, 256 << 10},
		"10 MB chunked":   {10 << 20, true, 8 << 20},
		"100 MB chunked":  {100 << 20, true, 8 << 20},
		"limit and a bit": {1<<20 + 1, true, 8 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			body := &endless{left: test.size}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/boxes", body)
			r.Header.Set("Content-Type", "application/json")
			r.ContentLength = int64(test.size)
			if test.chunked {
				r.ContentLength = -1
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			a := b.do(t, r)
			runtime.ReadMemStats(&after)
			a.requireRefused(t, http.StatusRequestEntityTooLarge, "too_large", "")
			require.Less(t, after.TotalAlloc-before.TotalAlloc, test.bound)
			require.GreaterOrEqual(t, body.left, test.size-(1<<20)-4096, "no more is read than the limit")
		})
	}
}

func TestExactlyTheLimitIsTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *web.Options) { o.MaxBody = int64(len(goodBox)) })
	require.Equal(t, http.StatusCreated, b.send(t, http.MethodPost, "/v1/boxes", goodBox).Code)
	b.send(t, http.MethodPost, "/v1/boxes", goodBox+" ").requireRefused(t, 413, "too_large", "")
}

func TestCompressedBodiesAreNeverUnpacked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var bomb bytes.Buffer
	writer := gzip.NewWriter(&bomb)
	_, err := io.Copy(writer, &endless{left: 50 << 20})
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for _, encoding := range []string{"gzip", "GZIP", "br", "deflate", "gzip, identity"} {
		a := b.send(t, http.MethodPost, "/v1/boxes", bomb.String(), "Content-Encoding", encoding)
		a.requireRefused(t, 415, "unsupported_encoding", "")
	}
	require.Equal(t, 201, b.send(t, http.MethodPost, "/v1/boxes", goodBox, "Content-Encoding", "identity").Code)
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, wrong := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/xml", "json", ";;", "application/cbor"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/boxes", strings.NewReader(goodBox))
		if wrong != "" {
			r.Header.Set("Content-Type", wrong)
		}
		b.do(t, r).requireRefused(t, 415, "unsupported_media_type", "")
	}
	for _, charset := range []string{"utf-16", "UTF-16LE", "iso-8859-1", "us-ascii", `"utf 8"`} {
		b.send(t, http.MethodPost, "/v1/boxes", goodBox, "Content-Type", "", "Content-Type", "application/json; charset="+charset).
			requireRefused(t, 415, "unsupported_media_type", "")
	}
	right := b.send(t, http.MethodPost, "/v1/boxes", goodBox, "Content-Type", "", "Content-Type", `application/json; charset="UTF-8"`)
	require.Equal(t, 201, right.Code)
	for accept, status := range map[string]int{
		"": 200, "*/*": 200, "application/*": 200, "application/json": 200, "text/html,application/xhtml+xml,*/*;q=0.8": 200,
		"text/csv": 406, "application/json;q=0": 406, "image/*": 406, "json": 406, "text/html, application/json;q=0.1": 200,
		"*/*, application/json;q=0": 406,
	} {
		require.Equal(t, status, b.send(t, http.MethodGet, "/v1/boxes", "", "Accept", accept).Code, accept)
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, path := range []string{"/", "/nowhere", "/v1/boxes/", "/V1/boxes", "/v1/boxes/1/2/3", "/v1//boxes", "/v1/../v1/boxes"} {
		b.send(t, http.MethodGet, path, "").requireRefused(t, 404, "route_not_found", "")
	}
	for _, path := range []string{"/v1/boxes/%00", "/v1/boxes/%ff", "/v1/%C0%80", "/%0d%0a", "/v1/%E2%80%AE"} {
		b.send(t, http.MethodGet, path, "").requireRefused(t, 400, "malformed_request", "")
	}
	for _, method := range []string{http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodOptions, "BREW"} {
		a := b.send(t, method, "/v1/boxes", "")
		a.requireRefused(t, 405, "method_not_allowed", "")
		for _, allowed := range []string{"GET", "HEAD", "POST"} {
			require.Contains(t, a.Header().Get("Allow"), allowed)
		}
	}
	head := b.send(t, http.MethodHead, "/v1/boxes", "")
	require.Equal(t, 200, head.Code)
	require.Zero(t, head.Body.Len())
}

func TestPathUUIDs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"7", "null", "00000000-0000-0000-0000-00000000000g", "%27%20or%201=1"} {
		b.send(t, http.MethodPost, "/v1/boxes/"+id+"/close", "").requireRefused(t, 404, "not_found", "")
	}
	require.Equal(t, 204, b.send(t, http.MethodPost, "/v1/boxes/01941f29-7c00-7000-8000-000000000000/close", "").Code)
	require.Equal(t, 204, b.send(t, http.MethodPost, "/v1/boxes/01941f29-7c00-7000-8000-000000000000/close", "{}").Code)
	b.send(t, http.MethodPost, "/v1/boxes/01941f29-7c00-7000-8000-000000000000/close", `{"reason":"x"}`).
		requireRefused(t, 422, "body_not_expected", "")
}

func TestQueryParameters(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for query, want := range map[string]struct {
		status        int
		code, pointer string
	}{
		"colour=red":                        {422, "unknown_parameter", "query.colour"},
		"Q=x":                               {422, "unknown_parameter", "query.Q"},
		"q=a&q=b":                           {422, "repeated_parameter", "query.q"},
		"q=%ff":                             {422, "forbidden_character", "query.q"},
		"q=%00":                             {422, "forbidden_character", "query.q"},
		"q=t%E2%80%AEm":                     {422, "forbidden_character", "query.q"},
		"q=t%E2%80%8Bm":                     {422, "forbidden_character", "query.q"},
		"q=t%1bm":                           {422, "forbidden_character", "query.q"},
		"q=%zz":                             {400, "malformed_request", ""},
		"q=a;b":                             {400, "malformed_request", ""},
		"q=" + strings.Repeat("a", 3000):    {422, "too_long", "query.q"},
		"limit=0":                           {422, "out_of_range", "query.limit"},
		"limit=101":                         {422, "out_of_range", "query.limit"},
		"limit=1e2":                         {422, "wrong_type", "query.limit"},
		"limit=99999999999999999999":        {422, "wrong_type", "query.limit"},
		"count=maybe":                       {422, "wrong_type", "query.count"},
		"min_quantity=1.2345":               {422, "not_a_quantity", "query.min_quantity"},
		"min_quantity=-1":                   {422, "not_a_quantity", "query.min_quantity"},
		"min_quantity=007":                  {422, "not_a_quantity", "query.min_quantity"},
		"min_quantity=many":                 {422, "not_a_quantity", "query.min_quantity"},
		"from=2026-02-30":                   {422, "not_a_date", "query.from"},
		"offer_id=7":                        {422, "wrong_format", "query.offer_id"},
		"cursor=abc":                        {422, "invalid_cursor", "query.cursor"},
		"min_quantity=x&colour=red&q=%00":   {422, "invalid", "query.colour"},
		strings.Repeat("k", 5000) + "=long": {422, "unknown_parameter", ""},
	} {
		b.send(t, http.MethodGet, "/v1/boxes?"+query, "").requireRefused(t, want.status, want.code, want.pointer)
	}
	a := b.send(t, http.MethodGet, "/v1/boxes?q=t%C3%B4m&min_quantity=300.5&from=2026-01-31&forms=live,frozen&limit=7", "")
	require.Equal(t, 200, a.Code, a.Body.String())
	require.Contains(t, a.Body.String(), `{"q":"tôm","min":"300.5","from":"2026-01-31","forms":["live","frozen"],"limit":7}`)
	require.Contains(t, b.send(t, http.MethodGet, "/v1/boxes?min_quantity=300", "").Body.String(), `"min":"300"`,
		"300 is three hundred units, not three hundred thousandths")
	require.Contains(t, b.send(t, http.MethodGet, "/v1/boxes", "").Body.String(), `"forms":[],"limit":20`, "defaults; nil lists are []")
}

func TestRawHandlersPassTheSameGuard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.JSONEq(t, `{"q":"tôm"}`, b.send(t, http.MethodGet, "/v1/hot?q=to%CC%82m", "").Body.String())
	b.send(t, http.MethodGet, "/v1/hot?colour=red", "").requireRefused(t, 422, "unknown_parameter", "query.colour")
	a := b.send(t, http.MethodGet, "/v1/hot?q=bad", "")
	a.requireRefused(t, 409, "box_full", "")
	require.Equal(t, 3, a.problem.Left)
}

func TestHeadersThatEveryAnswerHas(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, path := range []string{"/v1/boxes", "/nowhere", "/docs"} {
		header := b.send(t, http.MethodGet, path, "").Header()
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
		require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
		require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
		require.Len(t, header.Get("Trace-Id"), 32)
		require.Empty(t, header.Get("Strict-Transport-Security"))
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/boxes", nil)
	r.TLS = &tls.ConnectionState{}
	require.NotEmpty(t, b.do(t, r).Header().Get("Strict-Transport-Security"))
}

func TestTraceIDs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const given = "4bf92f3577b34da6a3ce929d0e0e4736"
	a := b.send(t, http.MethodGet, "/v1/boxes", "", "traceparent", "00-"+given+"-00f067aa0ba902b7-01")
	require.Equal(t, given, a.Header().Get("Trace-Id"))
	require.Contains(t, b.log.String(), `"trace_id":"`+given+`"`)
	for _, forged := range []string{"", "x", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-" + strings.ToUpper(given) + "-1-1", "ff-" + given + "-1-1", "00-abc\"}-1-1"} {
		a := b.send(t, http.MethodGet, "/v1/boxes", "", "traceparent", forged)
		require.Len(t, a.Header().Get("Trace-Id"), 32)
		require.NotEqual(t, given, a.Header().Get("Trace-Id"))
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	form := func(boundary, scope, filename, content string) string {
		part := func(header, value string) string {
			return "--" + boundary + "\r\nContent-Disposition: form-data; " + header + "\r\n\r\n" + value + "\r\n"
		}
		return part(`name="number"`, "to\u0302m") + part(`name="scope"`, scope) +
			part(`name="scan"; filename="`+filename+"\"\r\nContent-Type: text/plain", content) + "--" + boundary + "--\r\n"
	}
	send := func(body string) answer {
		return b.send(t, http.MethodPost, "/v1/uploads", body, "Content-Type", "", "Content-Type", "multipart/form-data; boundary=XX")
	}
	const scope = `{"good":"tôm","quantity":"1"}`
	a := send(form("XX", scope, `../../etc/passwd`, "hello"))
	require.Equal(t, 200, a.Code, a.Body.String())
	require.JSONEq(t, `{"Number":"tôm","Name":"passwd","Text":"hello"}`, a.Body.String())
	send(form("XX", scope, "x", strings.Repeat("x", 3<<20))).requireRefused(t, 413, "too_large", "")
	send(strings.ReplaceAll(form("XX", scope, "x", "y"), `name="number"`, `name="nummer"`)).requireRefused(t, 422, "unknown_field", "form.nummer")
	send(strings.ReplaceAll(form("XX", scope, "x", "y"), "to\u0302m", "t\x00m")).requireRefused(t, 422, "forbidden_character", "form.number")
	send(form("XX", `{"good":"tôm","good":"x","quantity":"1"}`, "x", "y")).requireRefused(t, 400, "duplicate_member", "form.scope.good")
	send(form("XX", `{"good":"tôm","quantity":"1","extra":1}`, "x", "y")).requireRefused(t, 422, "unknown_field", "form.scope.extra")
	send(form("XX", `{"good":"t\u202em","quantity":"1"}`, "x", "y")).requireRefused(t, 422, "forbidden_character", "form.scope.good")
	send(form("XX", `{"good":"tôm","quantity":"1","form":null}`, "x", "y")).requireRefused(t, 422, "wrong_type", "form.scope.form")
	send(form("XX", scope, "a\u202eb", "y")).requireRefused(t, 422, "forbidden_character", "form.scan")
	send("--XX\r\nnonsense").requireRefused(t, 400, "malformed_form", "")
}
