package trade_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/trade"
)

func TestAMemorandumOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	event, _ := m.announced()
	body := fmt.Sprintf(`{"event_id": %q, "producer": {"id": %q}, "buyer": {"id": %q}, "signed_on": "2026-12-01", "term_to": "2027-11-30",
		"lines": [{"line": %q, "quantity": "12.5", "unit": "kg", "value_vnd": 3000000}]}`, event.ID, m.ann.OrganisationID, m.may.OrganisationID, shrimp)
	answer := m.send(server, "ann", http.MethodPost, "/v1/memoranda", body, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body)
	made := read[trade.Memorandum](t, answer)
	again := m.send(server, "ann", http.MethodPost, "/v1/memoranda", body, "Idempotency-Key", "one")
	require.Equal(t, made.ID, read[trade.Memorandum](t, again).ID, "once per key")
	at := "/v1/memoranda/" + made.ID.String()
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "may", http.MethodPost, at+"/confirm", "", "If-Match", `"v9"`).Code)
	require.Equal(t, http.StatusForbidden, m.send(server, "caMau", http.MethodPost, at+"/confirm", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "may", http.MethodPost, at+"/confirm", "", "If-Match", answer.Header().Get("ETag")).Code)
	require.Equal(t, http.StatusConflict, m.send(server, "may", http.MethodPost, at+"/contest", `{"reason": "x"}`).Code)
	inquiry := m.inquiry(m.may)
	link := m.send(server, "may", http.MethodPost, at+"/inquiries", fmt.Sprintf(`{"inquiry_id": %q}`, inquiry))
	require.Equal(t, http.StatusOK, link.Code, link.Body)
	require.Equal(t, http.StatusConflict, m.send(server, "may", http.MethodPost, at+"/inquiries", fmt.Sprintf(`{"inquiry_id": %q}`, inquiry)).Code)
	require.Equal(t, http.StatusOK, m.send(server, "may", http.MethodDelete, at+"/inquiries/"+inquiry.String(), "").Code)
	seen := read[trade.Event](t, m.send(server, "sum", http.MethodGet, "/v1/trade-events/"+event.ID.String(), ""))
	require.Equal(t, 1, seen.Memoranda)
	official := m.send(server, "caMau", http.MethodGet, at, "")
	require.Equal(t, http.StatusOK, official.Code)
	require.NotContains(t, official.Body.String(), "vnd")
	require.NotContains(t, official.Body.String(), m.may.OrganisationID.String())

	m.recorded(m.may, signed(m.ben, m.may))
	path, count := "/v1/memoranda?limit=1", 0
	for path != "" {
		page := read[web.List[trade.Memorandum]](t, m.send(server, "may", http.MethodGet, path, ""))
		require.Len(t, page.Items, 1)
		count++
		path = ""
		if page.NextCursor != "" {
			path = "/v1/memoranda?limit=1&cursor=" + page.NextCursor
		}
	}
	require.Equal(t, 2, count)
	filtered := read[web.List[trade.Memorandum]](t, m.send(server, "caMau", http.MethodGet, "/v1/memoranda?state=recorded", ""))
	require.Len(t, filtered.Items, 1)
	filtered = read[web.List[trade.Memorandum]](t, m.send(server, "caMau", http.MethodGet, "/v1/memoranda?event_id="+event.ID.String(), ""))
	require.Len(t, filtered.Items, 1)
}
