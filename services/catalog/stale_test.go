package catalog_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/services/catalog"
)

// While PostgreSQL cannot be reached what was read goes on to be served, marked as what it is, and
// nothing old is shown when it is back.
func TestReadsOutliveTheDatabase(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	wire := pgtest.LayWire(t, m.lent.AppURL)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: wire.Through(m.lent.AppURL), Clock: m.now.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	registry := prometheus.NewRegistry()
	server := m.edge(catalog.NewService(db, nil, m.book, catalog.Options{Clock: m.now.now, Registry: registry}))

	page, list := "/v1/products/"+product.ID.String(), "/v1/products?q=tom+su"
	m.get(server, "", page)
	m.get(server, "", list)
	wire.Cut()
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
	wire.Mend()
	require.Eventually(t, func() bool {
		return !strings.Contains(m.send(server, "", http.MethodGet, page, "").Header().Get("Cache-Status"), "detail=stale")
	}, 10*time.Second, 20*time.Millisecond)
	answer := m.send(server, "", http.MethodGet, page, "")
	require.Contains(t, answer.Body.String(), name)
	require.Empty(t, answer.Header().Get("Age"))
}
