package catalog_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
)

// wire is a way to a server that can be cut and mended.
type wire struct {
	listener net.Listener
	target   string

	mutex sync.Mutex
	cut   bool
	ends  []net.Conn
}

func layWire(t *testing.T, target string) *wire {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{listener: listener, target: target}
	t.Cleanup(func() { _ = listener.Close(); w.set(true) })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(near)
		}
	}()
	return w
}

func (w *wire) carry(near net.Conn) {
	defer near.Close()
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.target)
	if err != nil {
		return
	}
	defer far.Close()
	w.mutex.Lock()
	cut := w.cut
	w.ends = append(w.ends, near, far)
	w.mutex.Unlock()
	if cut {
		return
	}
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	_, _ = io.Copy(near, far)
}

// set cuts the wire or mends it.
func (w *wire) set(cut bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.cut = cut
	if cut {
		for _, end := range w.ends {
			_ = end.Close()
		}
		w.ends = nil
	}
}

// While PostgreSQL cannot be reached what was read goes on to be served, marked as what it is, and
// nothing old is shown when it is back.
func TestReadsOutliveTheDatabase(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	address, err := url.Parse(m.lent.AppURL)
	require.NoError(t, err)
	wire := layWire(t, address.Host)
	address.Host = wire.listener.Addr().String()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: address.String(), Clock: m.now.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	registry := prometheus.NewRegistry()
	server := m.edge(catalog.NewService(db, nil, m.book, catalog.Options{Clock: m.now.now, Registry: registry}))

	page, list := "/v1/products/"+product.ID.String(), "/v1/products?q=tom+su"
	m.get(server, "", page)
	m.get(server, "", list)
	wire.set(true)
	for _, path := range []string{page, list} {
		require.Eventually(t, func() bool {
			return strings.Contains(m.send(server, "", http.MethodGet, path, "").Header().Get("Cache-Status"), "detail=stale")
		}, 10*time.Second, 20*time.Millisecond, path)
		answer := m.send(server, "", http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, answer.Code, path)
		require.NotEmpty(t, answer.Header().Get("Age"), path)
		require.Contains(t, answer.Body.String(), product.Name, path)
	}
	require.NotEqual(t, "0", scraped(t, registry)[`reads_total{tier="stale"}`])
	other := m.publish(m.ben, shrimp())
	missing := m.send(server, "", http.MethodGet, "/v1/products/"+other.ID.String(), "")
	require.Equal(t, http.StatusServiceUnavailable, missing.Code, "what was never read cannot be served")
	require.NotEmpty(t, missing.Header().Get("Retry-After"))

	name := "Tôm sú Demo đổi tên"
	_, err = m.service.ChangeProduct(t.Context(), m.ann, product.ID, nil, catalog.ProductChange{Name: &name})
	require.NoError(t, err)
	wire.set(false)
	require.Eventually(t, func() bool {
		return !strings.Contains(m.send(server, "", http.MethodGet, page, "").Header().Get("Cache-Status"), "detail=stale")
	}, 10*time.Second, 20*time.Millisecond)
	answer := m.send(server, "", http.MethodGet, page, "")
	require.Contains(t, answer.Body.String(), name)
	require.Empty(t, answer.Header().Get("Age"))
}
