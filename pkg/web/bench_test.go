package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ocop-market/ocop/pkg/web"
)

// nowhere is a response writer that keeps only what a handler needs to go on.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

// BenchmarkEdge measures what the edge costs beside net/http and a handler's own work.
func BenchmarkEdge(b *testing.B) {
	edge := newBench(b, func(o *web.Options) {
		o.Log = slog.New(slog.NewJSONHandler(io.Discard, nil)) //nolint:sloglint // writing the line is part of the cost
		o.RequestsPerSecond = 1_000_000_000
	})
	for name, ask := range map[string]func() *http.Request{
		"raw read": func() *http.Request { return httptest.NewRequest(http.MethodGet, "/v1/hot?q=tom", nil) },
		"create": func() *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/v1/boxes", strings.NewReader(goodBox))
			r.Header.Set("Content-Type", "application/json")
			return r
		},
		"only the request": nil,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ask == nil {
					_ = httptest.NewRequest(http.MethodGet, "/v1/hot?q=tom", nil)
					continue
				}
				edge.server.ServeHTTP(nowhere{http.Header{}}, ask())
			}
		})
	}
}
