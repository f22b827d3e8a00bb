package catalog

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/web"
)

// An answer that took so long to make that it is too old for whoever waited for it is turned away,
// made again, and counted; one that is fresh is not.
func TestAnAnswerThatWasSlowIsTurnedAway(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	answers := newAnswers(newMetrics(registry))
	ages := []time.Duration{Staleness + time.Millisecond, 0}
	made := 0
	assemble := func(context.Context) (Page, error) {
		page := Page{Rendition: web.Render(jsonType, "", []byte{byte('0' + made)}), asOf: time.Now().Add(-ages[made]), tier: fromDatabase}
		made++
		return page, nil
	}
	today := civil.New(2026, 12, 1)
	page, err := answers.page(t.Context(), answerKey{kind: "search", query: "tôm"}, today, assemble)
	require.NoError(t, err)
	require.Equal(t, "1", string(page.Plain()))
	require.Equal(t, []int{1, 1}, countedOf(t, registry))

	ages = append(ages, 0)
	page, err = answers.page(t.Context(), answerKey{kind: "search", query: "cua"}, today, assemble)
	require.NoError(t, err)
	require.Equal(t, "2", string(page.Plain()))
	require.Equal(t, []int{2, 1}, countedOf(t, registry))
}

// countedOf is how many answers were kept and turned away.
func countedOf(t *testing.T, registry *prometheus.Registry) []int {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	counted := make([]int, 2)
	for _, family := range families {
		at := slices.Index([]string{"ocop_catalogue_fills_total", "ocop_catalogue_fences_lost_total"}, family.GetName())
		for _, metric := range family.GetMetric() {
			if at >= 0 && metric.GetLabel()[0].GetValue() == "answer" {
				counted[at] = int(metric.GetCounter().GetValue())
			}
		}
	}
	return counted
}
