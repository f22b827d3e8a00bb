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
	o := openOffice(t)
	require.Contains(t, o.shown(t, "official.camau", "/monitor/reports").text(), "No report has been made.")
	year := today().AddDate(-1, 0, 0).Format("2006")
	asked := o.done(t, "official.camau", "/monitor/reports", "act", "make-report", "period", year, "reason", "for the <b>council</b>", "key", "once")
	require.Contains(t, asked.text(), "The report was asked for.")
	require.Contains(t, asked.text(), "waits for its turn")
	require.Contains(t, asked.Body.String(), "every 3s")
	require.NotContains(t, o.shown(t, "official.tphcm", "/monitor/reports").text(), "waits for its turn", "it is the other authority's")

	again := url.Values{"act": {"make-report"}, "period": {year}, "reason": {"for the <b>council</b>"}, "key": {"once"}}
	require.Equal(t, http.StatusSeeOther, o.send(t, "official.camau", "/monitor/reports", again).Code)
	o.work(t)
	made := o.shown(t, "official.camau", "/monitor/reports")
	require.NotContains(t, made.Body.String(), "every 3s")
	require.NotContains(t, made.Body.String(), "<b>council")
	require.Contains(t, made.text(), "for the <b>council</b>")
	digest := one[string](t, o, `SELECT encode(digest, 'hex') FROM monitor.reports`) // one row: sent twice it was made once
	require.Contains(t, made.Body.String(), digest)
	for _, file := range []string{"format=xlsx", "format=csv", "format=pdf&amp;language=vi", "format=pdf&amp;language=en", "format=json"} {
		require.Contains(t, made.Body.String(), "/v1/reports/"+year+"?edition=1&amp;"+file)
	}
	require.Equal(t, 1, o.recorded(t, "official.camau", "report.made"))
	require.NotContains(t, o.shown(t, "official.tphcm", "/monitor/reports").Body.String(), digest)
	require.Contains(t, o.shown(t, "administrator", "/monitor/reports?province=96&period="+year).Body.String(), digest)
	require.Contains(t, o.shown(t, "administrator", "/monitor/reports?province=79").text(), "No report has been made.")
}

// What is refused is said beside its field, and what was typed stays.
func TestARefusedReportKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	refused := o.post(t, "official.camau", "/monitor/reports", "act", "make-report", "period", "2999", "reason", `why "not"`)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.text(), "2999 is no period that is reported")
	require.Contains(t, refused.Body.String(), `value="why &#34;not&#34;"`)
	require.Contains(t, refused.Body.String(), `text-error">2999 is no period`, "beside the field, too")
	require.Equal(t, http.StatusForbidden, o.post(t, "viewer", "/monitor/reports", "act", "make-report", "period", "2026").Code)
	require.NotContains(t, o.shown(t, "viewer", "/monitor/reports").Body.String(), `value="make-report"`, "who only reads is offered nothing")
	require.Equal(t, http.StatusNotFound, o.post(t, "official.camau", "/monitor/reports", "act", "nothing").Code)
	require.Zero(t, one[int](t, o, `SELECT count(*) FROM jobs.river_job WHERE kind = 'monitor.make_report'`))
}

// Reports are ordered and no longer ordered for the authority of whoever asks.
func TestReportsAreOrderedOnThePage(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ordered := func() int { return one[int](t, o, `SELECT count(*) FROM monitor.report_orders WHERE organisation_id = $1 AND kind = 'quarter'`, o.people["official.tphcm"].OrganisationID) }
	page := o.done(t, "official.tphcm", "/monitor/reports", "act", "order-reports", "kind", "quarter")
	require.Equal(t, 1, ordered())
	require.Contains(t, page.text(), "sent to official.tphcm")
	require.NotContains(t, o.shown(t, "official.camau", "/monitor/reports").text(), "sent to ")
	o.done(t, "official.tphcm", "/monitor/reports", "act", "end-report-order", "kind", "quarter")
	require.Zero(t, ordered())
	require.Equal(t, 1, o.recorded(t, "official.tphcm", "report.order_ended"))
	require.Equal(t, http.StatusForbidden, o.post(t, "administrator", "/monitor/reports", "act", "order-reports", "kind", "quarter").Code)
}

// What another site sends changes nothing.
func TestAnotherSiteMakesNoPageDoAnything(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	form := url.Values{"act": {"order-reports"}, "kind": {"quarter"}}
	refused := o.send(t, "official.tphcm", "/monitor/reports", form, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, refused.Code)
	require.Zero(t, one[int](t, o, `SELECT count(*) FROM monitor.report_orders`))
	anonymous := o.send(t, "anonymous", "/monitor/reports", form)
	require.Equal(t, http.StatusSeeOther, anonymous.Code)
	require.True(t, strings.HasPrefix(anonymous.Header().Get("Location"), "/sign-in?next="))
	require.Equal(t, http.StatusForbidden, o.send(t, "buyer", "/monitor/reports", form).Code)
}
