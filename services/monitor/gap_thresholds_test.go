package monitor_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/monitor"
)

// put sets the thresholds of Cà Mau under a condition.
func (b *testBundle) put(t *testing.T, match, body string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/v1/gap-thresholds", strings.NewReader(body))
	for name, value := range map[string]string{"Authorization": "official.camau", "Content-Type": "application/json", "If-Match": match} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, request)
	return recorder
}

// Thresholds have a tag that every change moves, and a change that was made of older ones is refused.
func TestThresholdsHaveAVersion(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	b.authorities(t)
	const one, two = `{"thresholds":[{"uncovered_percent":50,"least":"1","weeks":4}]}`, `{"thresholds":[{"uncovered_percent":60,"least":"1","weeks":4}]}`
	tag := func() string { return b.get(t, "official.camau", "/v1/gap-thresholds").Header().Get("ETag") }
	empty := tag()
	require.Equal(t, `"v0"`, empty)
	first := b.put(t, empty, one)
	require.Equal(t, http.StatusOK, first.Code, first.Body.String())
	require.NotEqual(t, empty, tag())
	require.Equal(t, tag(), first.Header().Get("ETag"))
	require.Equal(t, http.StatusOK, b.put(t, tag(), one).Code)
	require.Equal(t, first.Header().Get("ETag"), tag(), "the same again is no change")
	require.Equal(t, http.StatusPreconditionFailed, b.put(t, empty, two).Code)
	require.Equal(t, first.Header().Get("ETag"), tag())
	require.Equal(t, empty, b.get(t, "official.tphcm", "/v1/gap-thresholds").Header().Get("ETag"), "each authority has its own")
	require.Equal(t, http.StatusOK, b.put(t, "", two).Code, "without a condition as before")
	require.Equal(t, http.StatusOK, b.put(t, "*", `{"thresholds":[]}`).Code)
	require.Equal(t, empty, tag())
}

// Of officials who change what they all read only one does, also where there was nothing yet.
func TestOfThresholdsSetTogetherOneStays(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	b.authorities(t)
	for range 5 {
		read := b.get(t, "official.camau", "/v1/gap-thresholds").Header().Get("ETag")
		var wait sync.WaitGroup
		codes := make([]int, 6)
		for at := range codes {
			wait.Go(func() {
				line := []string{"rice", "mud_crab", "black_tiger_shrimp", "whiteleg_shrimp", "dried_shrimp", "giant_freshwater_prawn"}[at]
				codes[at] = b.put(t, read, `{"thresholds":[{"line":"`+line+`","uncovered_percent":5,"least":"1","weeks":4}]}`).Code
			})
		}
		wait.Wait()
		counts := make(map[int]int)
		for _, code := range codes {
			counts[code]++
		}
		require.LessOrEqual(t, counts[http.StatusOK], 2, "one changes them; before it who asks for what there is changes nothing")
		require.Equal(t, len(codes), counts[http.StatusOK]+counts[http.StatusPreconditionFailed], counts)
		require.Positive(t, counts[http.StatusOK])
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM monitor.gap_thresholds WHERE organisation_id = $1`, b.cast["official.camau"].OrganisationID))
	}
}
