package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/ocop-market/ocop/pkg/web"
)

// errPreparing is why the service is not ready while its database is being prepared.
var errPreparing = errors.New("the database is being prepared")

// gate answers from the moment the port is open: alive at once, everything else with 503 until the
// real handler is there.
type gate struct {
	early  http.Handler
	opened atomic.Pointer[http.Handler]
}

func newGate(log *slog.Logger) *gate {
	api := web.New(web.Options{Title: "OCOP", Version: apiVersion, Log: log})
	api.Health(func(context.Context) error { return errPreparing })
	return &gate{early: api.Handler()}
}

func (g *gate) open(handler http.Handler) { g.opened.Store(&handler) }

// ServeHTTP answers by the real handler once there is one.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler := g.opened.Load(); handler != nil {
		(*handler).ServeHTTP(w, r)
		return
	}
	if r.URL.Path != "/healthz" {
		// Whatever was asked for is answered as readiness is: not yet, in the reader's language.
		early := r.Clone(r.Context())
		early.Method, early.URL.Path, early.URL.RawPath = http.MethodGet, "/readyz", ""
		early.Body, early.ContentLength = http.NoBody, 0
		r = early
	}
	g.early.ServeHTTP(w, r)
}
