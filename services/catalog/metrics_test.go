package catalog_test

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
)

// The metrics say where reads were answered and how old what they showed was.
func TestMetricsOfTheCache(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	path := "/v1/products/" + m.publish(m.ann, shrimp()).ID.String()
	registry := prometheus.NewRegistry()
	service := catalog.NewService(m.db, m.redis, m.book, catalog.Options{Clock: m.now.now, Registry: registry})
	server := m.edge(service)
	m.get(server, "", path)
	m.get(server, "", path)
	require.Equal(t, "ocop; fwd=bypass", m.send(server, "ann", http.MethodGet, path, "").Header().Get("Cache-Status"))
	families, err := registry.Gather()
	require.NoError(t, err)
	counted := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetValue()
			}
			counted[name] = metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	require.Equal(t, map[string]float64{
		"ocop_catalogue_reads_total local": 1, "ocop_catalogue_reads_total shared": 0, "ocop_catalogue_reads_total database": 1,
		"ocop_catalogue_reads_total stale": 0, "ocop_catalogue_reads_total bypass": 1, "ocop_catalogue_age_seconds": 2,
		"ocop_catalogue_fills_total": 1, "ocop_catalogue_fences_lost_total": 0, "ocop_catalogue_redis_failures_total": 0,
	}, counted)
}
