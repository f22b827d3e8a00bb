package portal_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// linkOf is where a link of a page leads.
func linkOf(t *testing.T, page *httptest.ResponseRecorder, text string) string {
	t.Helper()
	found := regexp.MustCompile(`<a[^>]* href="([^"]*)"[^>]*>` + regexp.QuoteMeta(text) + `</a>`).FindStringSubmatch(page.Body.String())
	require.NotNil(t, found, text)
	return html.UnescapeString(found[1])
}

// An official finds an organisation of its side, puts it under watch, goes on watching, and ends the watch.
func TestAWatchIsBegunAndEndedOnThePages(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	reason := ask[string](t, m, `SELECT code FROM monitor.watch_reasons ORDER BY position LIMIT 1`)
	found := m.shown(t, "camau", "/monitor/watches?q=htx")
	path := html.UnescapeString(regexp.MustCompile(`/monitor/watches\?organisation=[0-9a-f-]{36}`).FindString(found.Body.String()))
	require.Equal(t, "/monitor/watches?organisation="+m.who["producer"].OrganisationID.String(), path)
	require.Contains(t, words(m.shown(t, "tphcm", "/monitor/watches?q=htx")), "No approved organisation is called so.")

	review := now().AddDate(0, 2, 0).Format("2006-01-02")
	form := []string{"act", "put-under-watch", "reason", reason, "text", "Hàng bị trả lại nhiều", "review_on", review, "sure", "yes"}
	m.refused(t, http.StatusNotFound, "not_found", "tphcm", path, form...)
	refused := m.refused(t, http.StatusUnprocessableEntity, "out_of_range", "camau", path, "act", "put-under-watch", "reason", reason, "text", "kept", "review_on", "2020-01-01", "sure", "yes")
	require.Contains(t, refused.Body.String(), "kept</textarea>")
	require.Contains(t, refused.Body.String(), `value="2020-01-01"`)
	require.Zero(t, ask[int](t, m, `SELECT count(*) FROM monitor.watches`))
	begun := m.done(t, "camau", path, form...)
	id := ask[uuid.UUID](t, m, `SELECT id FROM monitor.watches WHERE state = 'watched' AND text = 'Hàng bị trả lại nhiều'`)
	require.Contains(t, words(begun), "Hàng bị trả lại nhiều")

	one := "/monitor/watches/" + id.String()
	require.Contains(t, m.shown(t, "camau", "/monitor/watches?state=watched").Body.String(), one)
	require.NotContains(t, m.shown(t, "tphcm", "/monitor/watches").Body.String(), one)
	require.Equal(t, http.StatusNotFound, m.get(t, "tphcm", one).Code)
	m.refused(t, http.StatusNotFound, "not_found", "tphcm", one, "act", "end-watch", "version", "1", "text", "x", "sure", "yes")
	m.refused(t, http.StatusPreconditionFailed, "stale", "camau", one, "act", "end-watch", "version", "9", "text", "x", "sure", "yes")
	later := now().AddDate(0, 3, 0).Format("2006-01-02")
	m.done(t, "camau", one, "act", "review-watch", "version", "1", "text", "vẫn còn", "review_on", later)
	require.Equal(t, later, ask[string](t, m, `SELECT CAST(review_on AS text) FROM monitor.watches WHERE id = $1`, id))
	m.refused(t, http.StatusUnprocessableEntity, "required", "camau", one, "act", "end-watch", "version", "2", "text", "x")
	m.done(t, "camau", one, "act", "end-watch", "version", "2", "text", "đã khắc phục", "sure", "yes")
	require.Equal(t, "ended", ask[string](t, m, `SELECT state FROM monitor.watches WHERE id = $1`, id))
	require.Equal(t, 1, m.recorded(t, "camau", "watch.ended"))
}

// What the platform proposes is accepted or dismissed.
func TestAProposedWatchIsDecidedOnItsPage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	propose := func() string {
		id := newID()
		m.tell(t, `INSERT INTO monitor.watches (id, organisation_id, state, reason, text, review_on, facts, created_at, updated_at)
			VALUES ($1, $2, 'proposed', 'rejections', '', NULL, '[{"rule": "rejected", "line": "black_tiger_shrimp", "unit": "kg", "cases": 12, "permille": 125}]', now(), now())`,
			id, m.who["producer"].OrganisationID)
		return "/monitor/watches/" + id.String()
	}
	one := propose()
	desk := m.shown(t, "camau", "/monitor/desk?kind=watch_proposals")
	require.Contains(t, desk.Body.String(), one)
	require.Contains(t, words(m.shown(t, "camau", one)), "12.5 %")
	m.refused(t, http.StatusNotFound, "not_found", "tphcm", one, "act", "dismiss-watch", "version", "1", "text", "x", "sure", "yes")
	m.done(t, "camau", one, "act", "dismiss-watch", "version", "1", "text", "một lần", "sure", "yes")
	require.Equal(t, "dismissed", ask[string](t, m, `SELECT state FROM monitor.watches`))
	m.tell(t, `UPDATE monitor.watches SET updated_at = updated_at - interval '1 year'`)

	two := propose()
	review := now().AddDate(0, 1, 0).Format("2006-01-02")
	m.done(t, "camau", two, "act", "accept-watch", "version", "1", "reason", "", "text", "xem kỹ", "review_on", review, "sure", "yes")
	require.Equal(t, "watched rejections", ask[string](t, m, `SELECT state || ' ' || reason FROM monitor.watches WHERE state <> 'dismissed'`))
	require.Equal(t, []int{1, 1}, []int{m.recorded(t, "camau", "watch.accepted"), m.recorded(t, "camau", "watch.dismissed")})
}

// A form of a page that another site sends does nothing, and who is not signed in is asked to.
func TestAnotherSitesFormsDoNothing(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id, path := m.applicant(t)
	form := url.Values{"act": {"approve-organisation"}, "version": {"1"}}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
		require.Equal(t, http.StatusForbidden, m.submit(t, "camau", path, form, headers...).Code)
	}
	anonymous := m.submit(t, "", path, form)
	require.Equal(t, fmt.Sprintf("/sign-in?next=%s", url.QueryEscape(path)), anonymous.Header().Get("Location"))
	for _, reader := range []string{"producer", "buyer", "applicant"} {
		require.Equal(t, http.StatusForbidden, m.submit(t, reader, path, form).Code, reader)
	}
	require.Equal(t, "applied", ask[string](t, m, `SELECT state FROM identity.organisations WHERE id = $1`, id))
}
