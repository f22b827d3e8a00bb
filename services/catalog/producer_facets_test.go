package catalog_test

import (
	"maps"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every value of every facet of producers is counted as the list counts when it alone is asked of
// its property, whatever else is asked; and it has a name in both languages.
func TestFacetsOfProducers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	fair(m)
	m.publish(m.ann, shrimp())
	m.publish(m.ben, riceST25())
	m.certify(m.ann, asc("ASC_FARM", "DEMO-1"))
	server := m.edge(m.service)
	properties := []string{"line", "scheme", "commune", "producer_kind"}
	counted := map[string]int{}
	for _, asked := range []url.Values{
		{},
		{"line": {"rice"}},
		{"line": {"rice,black_tiger_shrimp"}, "producer_kind": {"cooperative"}},
		{"scheme": {"ASC_FARM"}},
		{"scheme": {"ASC_FARM"}, "line": {"rice"}},
		{"commune": {"thoi binh"}, "line": {"cake"}},
		{"producer_kind": {"cooperative_group"}},
		{"q": {"đầm dơi"}},
		{"q": {"nobody"}},
	} {
		for _, reader := range []string{"", "ben"} { // from the cache, and past it
			facets := m.get(server, reader, "/v1/producers?facets=true&"+asked.Encode())["facets"].(map[string]any)
			require.Len(t, facets, len(properties))
			for _, property := range properties {
				for _, facet := range facets[property].([]any) {
					facet := facet.(map[string]any)
					name := facet["name"].(map[string]any)
					require.NotEmpty(t, name["vi"])
					require.NotEmpty(t, name["en"])
					one := url.Values{"count": {"true"}, "limit": {"1"}}
					maps.Copy(one, asked)
					one[property] = []string{facet["value"].(string)}
					total := m.get(server, reader, "/v1/producers?"+one.Encode())["total"]
					require.Positive(t, facet["count"])
					require.InDelta(t, total, facet["count"], 0, "%s of %v", one.Encode(), asked)
					counted[property]++
				}
			}
		}
	}
	for _, property := range properties {
		require.Positive(t, counted[property], property)
	}
	facets := m.get(server, "", "/v1/producers?facets=true&line=rice")["facets"].(map[string]any)
	require.Greater(t, len(facets["line"].([]any)), 1, "choosing one does not hide the others")
	require.NotContains(t, m.get(server, "", "/v1/producers"), "facets")
}
