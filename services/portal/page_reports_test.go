package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An official asks for a report on the page, sees that it is being made, and finds it with its files.
func TestAReportIsMadeOnThePage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	require.Contains(t, words(m.shown(t, "camau", "/monitor/reports")), "No report has been made.")
	year := now().AddDate(-1, 0, 0).Format("2006")
	asked := m.done(t, "camau", "/monitor/reports", "act", "make-report", "period", year, "reason", "for the <b>council</b>", "key", "once")
	require.Contains(t, words(asked), "The report was asked for.")
	require.Contains(t, words(asked), "waits for its turn")
	require.Contains(t, asked.Body.String(), "every 3s")
	require.NotContains(t, words(m.shown(t, "tphcm", "/monitor/reports")), "waits for its turn", "it is the other authority's")

	again := url.Values{"act": {"make-report"}, "period": {year}, "reason": {"for the <b>council</b>"}, "key": {"once"}}
	require.Equal(t, http.StatusSeeOther, m.submit(t, "camau", "/monitor/reports", again).Code)
	m.work(t)
	made := m.shown(t, "camau", "/monitor/reports")
	require.NotContains(t, made.Body.String(), "every 3s")
	require.NotContains(t, made.Body.String(), "<b>council")
	require.Contains(t, words(made), "for the <b>council</b>")
	digest := ask[string](t, m, `SELECT encode(digest, 'hex') FROM monitor.reports`) // one row: sent twice it was made once
	require.Contains(t, made.Body.String(), digest)
	for _, file := range []string{"format=xlsx", "format=csv", "format=pdf&amp;language=vi", "format=pdf&amp;language=en", "format=json"} {
		require.Contains(t, made.Body.String(), "/v1/reports/"+year+"?edition=1&amp;"+file)
	}
	require.Equal(t, 1, m.recorded(t, "camau", "report.made"))
	require.NotContains(t, m.shown(t, "tphcm", "/monitor/reports").Body.String(), digest)
	require.Contains(t, m.shown(t, "administrator", "/monitor/reports?province=96&period="+year).Body.String(), digest)
	require.Contains(t, words(m.shown(t, "administrator", "/monitor/reports?province=79")), "No report has been made.")
}

// What is refused is said beside its field, and what was typed stays.
func TestARefusedReportKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	refused := m.sent(t, "camau", "/monitor/reports", "act", "make-report", "period", "2999", "reason", `why "not"`)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, words(refused), "2999 is no period that is reported")
	require.Contains(t, refused.Body.String(), `value="why &#34;not&#34;"`)
	require.Contains(t, refused.Body.String(), `text-error">2999 is no period`, "beside the field, too")
	m.tell(t, `UPDATE identity.memberships SET role = 'viewer' WHERE user_id = $1`, m.who["tphcm"].UserID)
	require.Equal(t, http.StatusForbidden, m.sent(t, "tphcm", "/monitor/reports", "act", "make-report", "period", "2026").Code)
	require.NotContains(t, m.shown(t, "tphcm", "/monitor/reports").Body.String(), `value="make-report"`, "who only reads is offered nothing")
	require.Equal(t, http.StatusNotFound, m.sent(t, "camau", "/monitor/reports", "act", "nothing").Code)
	require.Zero(t, ask[int](t, m, `SELECT count(*) FROM jobs.river_job WHERE kind = 'monitor.make_report'`))
}

// Reports are ordered and no longer ordered for the authority of whoever asks.
func TestReportsAreOrderedOnThePage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	ordered := func() int {
		return ask[int](t, m, `SELECT count(*) FROM monitor.report_orders WHERE organisation_id = $1 AND kind = 'quarter'`, m.who["tphcm"].OrganisationID)
	}
	page := m.done(t, "tphcm", "/monitor/reports", "act", "order-reports", "kind", "quarter")
	require.Equal(t, 1, ordered())
	require.Contains(t, words(page), "sent to Sở thử TPHCM")
	require.NotContains(t, words(m.shown(t, "camau", "/monitor/reports")), "sent to ")
	m.done(t, "tphcm", "/monitor/reports", "act", "end-report-order", "kind", "quarter")
	require.Zero(t, ordered())
	require.Equal(t, 1, m.recorded(t, "tphcm", "report.order_ended"))
	require.Equal(t, http.StatusForbidden, m.sent(t, "administrator", "/monitor/reports", "act", "order-reports", "kind", "quarter").Code)
}

// What another site sends changes nothing.
func TestAnotherSiteMakesNoPageDoAnything(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	form := url.Values{"act": {"order-reports"}, "kind": {"quarter"}}
	refused := m.submit(t, "tphcm", "/monitor/reports", form, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, refused.Code)
	require.Zero(t, ask[int](t, m, `SELECT count(*) FROM monitor.report_orders`))
	anonymous := m.submit(t, "anonymous", "/monitor/reports", form)
	require.Equal(t, http.StatusSeeOther, anonymous.Code)
	require.True(t, strings.HasPrefix(anonymous.Header().Get("Location"), "/sign-in?next="))
	require.Equal(t, http.StatusForbidden, m.submit(t, "buyer", "/monitor/reports", form).Code)
}
