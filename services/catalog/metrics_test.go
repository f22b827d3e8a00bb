package catalog_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
)

// scraped is what /metrics says of the cache, by name and labels, without the buckets.
func scraped(t *testing.T, registry *prometheus.Registry) map[string]string {
	t.Helper()
	answer := httptest.NewRecorder()
	web.Admin(registry, func(context.Context) error { return nil }).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	found := map[string]string{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if short, ok := strings.CutPrefix(name, "ocop_catalogue_"); ok && !strings.HasPrefix(short, "age_seconds_bucket") && short != "age_seconds_sum" {
			found[short] = value
		}
	}
	return found
}

// /metrics says of every kind of read where it was answered and how old what it showed was, and of
// every kind of copy how many were made and turned away.
func TestMetricsOfTheCache(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	one, two := m.publish(m.ann, shrimp()), m.publish(m.ann, riceST25())
	m.offer(m.ann, supply(one))
	registry := prometheus.NewRegistry()
	service := catalog.NewService(m.db, m.redis, m.book, catalog.Options{Clock: m.now.now, Registry: registry})
	require.NoError(t, service.Follow(t.Context()))
	require.NoError(t, m.service.Follow(t.Context()))
	server := m.edge(service)
	m.get(m.edge(m.service), "", "/v1/products/"+two.ID.String()) // now Redis has it

	want := map[string]string{
		`reads_total{tier="local"}`: "0", `reads_total{tier="shared"}`: "0", `reads_total{tier="database"}`: "0", `reads_total{tier="stale"}`: "0",
		`reads_total{tier="bypass"}`: "0", `age_seconds_count`: "0", `redis_failures_total`: "0", `fills_total{of="product"}`: "0",
		`fills_total{of="answer"}`: "0", `fences_lost_total{of="product"}`: "0", `fences_lost_total{of="answer"}`: "0",
	}
	require.Equal(t, want, scraped(t, registry), "they are there before anybody reads")
	counts := map[string]int{}
	for _, read := range []struct {
		path, who string
		counted   string // the tier
		fills     string // of what, if any
	}{
		{"/v1/products/" + one.ID.String(), "", "database", "product"},
		{"/v1/products/" + one.ID.String(), "", "local", ""},
		{"/v1/products/" + one.ID.String(), "ann", "bypass", ""},
		{"/v1/products/" + two.ID.String(), "", "shared", ""},
		{"/v1/products?q=tom+su", "", "local", "answer"}, // put together from what is in the process
		{"/v1/products?q=tom+su", "", "local", ""},
		{"/v1/products?q=tom+su", "ann", "bypass", ""},
		{"/v1/suggestions?q=tom", "", "database", "answer"},
		{"/v1/suggestions?q=tom", "", "local", ""},
		{"/v1/producers", "", "database", "answer"},
		{"/v1/producers", "", "local", ""},
		{"/v1/producers", "ca-mau", "bypass", ""},
		{"/v1/producers/" + m.ann.OrganisationID.String(), "", "database", "answer"},
		{"/v1/products/" + one.ID.String() + "/availability", "", "database", "answer"},
		{"/v1/supply?q=tom+su", "", "database", "answer"},
	} {
		m.get(server, read.who, read.path)
		counts[`reads_total{tier="`+read.counted+`"}`]++
		if read.counted != "bypass" {
			counts["age_seconds_count"]++
		}
		if read.fills != "" {
			counts[`fills_total{of="`+read.fills+`"}`]++
		}
		for name, n := range counts {
			want[name] = strconv.Itoa(n)
		}
		require.Equal(t, want, scraped(t, registry), "%s by %q", read.path, read.who)
	}
	require.Eventually(t, func() bool { // an answer is kept for less than a second
		m.get(server, "", "/v1/producers")
		return scraped(t, registry)[`fills_total{of="answer"}`] != want[`fills_total{of="answer"}`]
	}, 5*time.Second, 50*time.Millisecond)
}
