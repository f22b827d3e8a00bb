package catalog_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/catalog"
)

// The authority's queue: the oldest first, with their age, whose they are, and the same number
// elsewhere, which a holder is not told of.
func TestTheQueueOfTheAuthority(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	var sent []uuid.UUID
	for i, day := range []string{"2026-11-01", "2026-11-20", "2026-11-30"} {
		m.at(day)
		who := m.ann
		if i == 1 {
			who = m.ben
		}
		made, err := m.service.SubmitCertificate(t.Context(), who, asc("ASC_FARM", []string{"ASC 1", "asc 1", "ASC 2"}[i]))
		require.NoError(t, err)
		sent = append(sent, made.ID)
	}
	m.now.set(noon)
	m.certify(m.ben, asc("ASC_COC", "ASC-C-1"))

	queue := m.entries(server, "ca-mau", "/v1/certificates?state=submitted")
	require.Len(t, queue, 3)
	for i, entry := range queue {
		require.Equal(t, sent[i].String(), entry["id"], "the oldest first")
	}
	require.InDelta(t, 30, queue[0]["waiting_days"], 0)
	require.Equal(t, "Hợp tác xã Tôm Sú Demo A", queue[0]["producer"].(map[string]any)["name"])
	require.Equal(t, "32098", queue[0]["producer"].(map[string]any)["commune"].(map[string]any)["code"])
	twin := queue[0]["duplicates"].([]any)[0].(map[string]any)
	require.Equal(t, sent[1].String(), twin["certificate_id"])
	require.Equal(t, "Công ty Gạo Demo B", twin["producer"].(map[string]any)["name"])
	require.NotContains(t, queue[2], "duplicates")
	require.NotContains(t, m.entries(server, "ann", "/v1/certificates?state=submitted")[0], "duplicates", "nobody is told of others' certificates")
	require.NotContains(t, m.get(server, "ann", "/v1/certificates/"+sent[0].String()), "duplicates")
	require.Contains(t, m.get(server, "ca-mau", "/v1/certificates/"+sent[0].String()), "duplicates")

	first := m.get(server, "ca-mau", "/v1/certificates?state=submitted&limit=2")
	require.Len(t, first["items"], 2)
	rest := m.entries(server, "ca-mau", "/v1/certificates?state=submitted&limit=2&cursor="+first["next_cursor"].(string))
	require.Equal(t, sent[2].String(), rest[0]["id"])
	for query, want := range map[string]int{
		"commune=32098": 2, "commune=32065": 2, "commune=32098,32065": 4, "commune=32236": 0, "scheme=ASC_COC": 1, "sort=ending": 4, "sort=oldest": 4,
		"on=2026-11-19": 4, "state=submitted&on=2026-11-19": 1, "state=valid&on=2026-11-30": 0, "state=valid": 1,
		"producer=" + m.ben.OrganisationID.String(): 2,
	} {
		require.Len(t, m.entries(server, "ca-mau", "/v1/certificates?"+query), want, query)
	}
	counts := func(path string) map[string]any {
		found := map[string]any{}
		for _, row := range m.entries(server, "ca-mau", "/v1/certificates/counts"+path) {
			found[row["state"].(string)] = row["count"]
		}
		return found
	}
	require.Equal(t, map[string]any{"submitted": 3., "valid": 1.}, counts(""))
	require.Equal(t, map[string]any{"submitted": 1., "not_submitted": 3.}, counts("?on=2026-11-10"))
	require.Equal(t, map[string]any{"submitted": 1., "valid": 1.}, counts("?producer="+m.ben.OrganisationID.String()))
	require.Len(t, m.entries(server, "ann", "/v1/certificates/counts"), 1, "a producer counts its own")
	_, err := m.service.Certificates(t.Context(), m.caMau, catalog.CertificateFilter{Sort: "colour"})
	refused(t, err, fault.ErrUnknownValue, "sort", "sorting by colour")
}

// Decisions over HTTP: with the ETag that was read, with a reason of the list or own words.
func TestDecisionsOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	made, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", "ASC 1"))
	require.NoError(t, err)
	path := "/v1/certificates/" + made.ID.String()
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "ca-mau", http.MethodPost, path+"/verify", "", "If-Match", `"7"`).Code)
	verified := m.send(server, "ca-mau", http.MethodPost, path+"/verify", "", "If-Match", m.send(server, "ca-mau", http.MethodGet, path, "").Header().Get("ETag"))
	require.Equal(t, http.StatusOK, verified.Code, verified.Body)
	surveyed := m.send(server, "ca-mau", http.MethodPost, path+"/surveillance", `{"done_on":"2026-06-01","passed":true,"note":"Demo"}`, "If-Match", verified.Header().Get("ETag"))
	require.Equal(t, http.StatusOK, surveyed.Code, surveyed.Body)
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "ca-mau", http.MethodPost, path+"/revoke", `{}`).Code)
	revoked := m.send(server, "ca-mau", http.MethodPost, path+"/revoke", `{"reason_code":"holder_gave_up","effective_at":"2026-11-01T00:00:00+07:00"}`)
	require.Equal(t, http.StatusOK, revoked.Code, revoked.Body)
	require.Equal(t, "2026-11-01", decode(t, revoked)["revoked_on"])
	history := m.get(server, "ann", path+"/history?on=2026-10-31")
	require.Equal(t, "not_submitted", history["state"], "it came later")
	require.Len(t, history["decisions"], 3)
	require.NotContains(t, history["decisions"].([]any)[2], "by_user")
	require.Equal(t, "revoked", m.get(server, "ann", path+"?on=2026-12-01")["state"])
	require.Equal(t, http.StatusForbidden, m.send(server, "buyer", http.MethodGet, path+"/history", "").Code)
	require.Equal(t, http.StatusNotFound, m.send(server, "ben", http.MethodGet, path+"/history", "").Code)
}

// entries reads a list whole.
func (m *market) entries(server http.Handler, who, path string) []map[string]any {
	m.Helper()
	list := []map[string]any{}
	for _, item := range m.get(server, who, path)["items"].([]any) {
		list = append(list, item.(map[string]any))
	}
	return list
}
