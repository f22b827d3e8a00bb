package portal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

// applicant is an organisation that waits, with its page.
func (m *market) applicant(t *testing.T) (id uuid.UUID, path string) {
	t.Helper()
	id = m.apply(t, identity.NewOrganisation{Kind: identity.Producer, Name: `HTX <script>alert(2)</script> chờ`, LegalForm: identity.Cooperative, CommuneCode: "32065", TaxCode: "2000000001"})
	return id, "/monitor/desk/organisations/" + id.String()
}

// certificate is one of the producer's that waits to be verified.
func (m *market) certificate(t *testing.T, number string) (id uuid.UUID, path string) {
	t.Helper()
	id = newID()
	day := now().AddDate(0, -3, 0).Format("2006-01-02")
	m.tell(t, `
		INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issued_on, valid_until, scope_kind, state, created_at, updated_at)
		VALUES ($1, $2, 'ASC_FARM', $3, 'Tổ chức thử', $4, CAST($4 AS date) + 600, 'farm_area', 'submitted', now() - interval '9 days', now())`,
		id, m.who["producer"].OrganisationID, number, day)
	return id, "/monitor/desk/certificates/" + id.String()
}

// An application waits on the desk of its authority, is read there and approved, once.
func TestAnApplicationIsApprovedOnTheDesk(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id, path := m.applicant(t)
	desk := m.shown(t, "camau", "/monitor/desk")
	require.Contains(t, desk.Body.String(), path)
	require.Contains(t, words(desk), "HTX <script>alert(2)</script> chờ")
	require.NotContains(t, m.shown(t, "tphcm", "/monitor/desk").Body.String(), path, "it is the other authority's")
	require.Contains(t, words(m.shown(t, "camau", path)), "2000000001")

	state := func() string { return ask[string](t, m, `SELECT state FROM identity.organisations WHERE id = $1`, id) }
	m.refused(t, http.StatusPreconditionFailed, "stale", "camau", path, "act", "approve-organisation", "version", "7")
	for _, act := range []string{"approve-organisation", "reject-organisation"} {
		m.refused(t, http.StatusNotFound, "not_found", "tphcm", path, "act", act, "version", "1", "sure", "yes", "reason", "x")
	}
	require.Equal(t, "applied", state())
	done := m.done(t, "camau", path, "act", "approve-organisation", "version", "1", "key", "k")
	require.Equal(t, "approved", state())
	require.Contains(t, words(done), "The organisation is approved")
	require.Equal(t, 1, m.recorded(t, "camau", "organisation.approved"))
	m.refused(t, http.StatusPreconditionFailed, "stale", "camau", path, "act", "approve-organisation", "version", "1")
}

// A rejection needs a reason and a confirmation; what was typed stays in the form.
func TestAnApplicationIsRejectedOnTheDesk(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id, path := m.applicant(t)
	unsure := m.refused(t, http.StatusUnprocessableEntity, "required", "camau", path, "act", "reject-organisation", "version", "1", "reason", "no <i>seat</i>")
	require.Contains(t, unsure.Body.String(), "no &lt;i&gt;seat&lt;/i&gt;</textarea>")
	m.refused(t, http.StatusUnprocessableEntity, "required", "camau", path, "act", "reject-organisation", "version", "1", "reason", " ", "sure", "yes")
	m.done(t, "camau", path, "act", "reject-organisation", "version", "1", "reason", "no seat", "sure", "yes")
	require.Equal(t, "rejected: no seat", ask[string](t, m, `SELECT state || ': ' || reason FROM identity.organisations WHERE id = $1`, id))
}

// An approved organisation is suspended with a reason, and reinstated.
func TestAnOrganisationIsSuspendedAndReinstated(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id := m.who["producer"].OrganisationID
	path := "/monitor/desk/organisations/" + id.String()
	version := func() string {
		return fmt.Sprint(ask[int64](t, m, `SELECT version FROM identity.organisations WHERE id = $1`, id))
	}
	m.done(t, "camau", path, "act", "suspend-organisation", "version", version(), "reason", "for the test")
	require.Equal(t, "suspended", ask[string](t, m, `SELECT state FROM identity.organisations WHERE id = $1`, id))
	m.done(t, "camau", path, "act", "reinstate-organisation", "version", version())
	require.Equal(t, "approved", ask[string](t, m, `SELECT state FROM identity.organisations WHERE id = $1`, id))
}

// A certificate is verified and revoked from its page, by the authority of producers alone.
func TestACertificateIsDecidedOnTheDesk(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id, path := m.certificate(t, "T-1")
	_, twin := m.certificate(t, "T-2")
	require.Contains(t, m.shown(t, "camau", "/monitor/desk?kind=certificates").Body.String(), path)
	page := m.shown(t, "camau", path)
	require.Contains(t, words(page), "Numbers of ASC_FARM usually look like", "what the check says")
	require.Contains(t, words(page), "There is no scan.")
	state := func() string { return ask[string](t, m, `SELECT state FROM catalog.certificates WHERE id = $1`, id) }
	version := func() string {
		return fmt.Sprint(ask[int64](t, m, `SELECT version FROM catalog.certificates WHERE id = $1`, id))
	}
	for _, act := range []string{"verify-certificate", "reject-certificate", "revoke-certificate"} {
		m.refused(t, http.StatusForbidden, "forbidden", "tphcm", path, "act", act, "version", version(), "sure", "yes", "reason", "x")
	}
	m.refused(t, http.StatusPreconditionFailed, "stale", "camau", path, "act", "verify-certificate", "version", "99")
	require.Equal(t, "submitted", state())
	m.done(t, "camau", path, "act", "verify-certificate", "version", version())
	require.Equal(t, "verified", state())
	m.refused(t, http.StatusUnprocessableEntity, "required", "camau", path, "act", "revoke-certificate", "version", version(), "reason", "sold")
	m.done(t, "camau", path, "act", "revoke-certificate", "version", version(), "reason", "sold", "sure", "yes", "effective_at", now().AddDate(0, 0, -1).Format("2006-01-02"))
	require.Equal(t, "revoked", state())
	require.Equal(t, 1, m.recorded(t, "camau", "certificate.revoked"))
	refused := m.refused(t, http.StatusUnprocessableEntity, "required", "camau", twin, "act", "reject-certificate", "version", "1", "sure", "yes")
	require.Contains(t, refused.Body.String(), `class="text-sm font-semibold text-error"`, "a reason is missing, and said so beside the field")
	m.done(t, "camau", twin, "act", "reject-certificate", "version", "1", "sure", "yes", "reason", "twice")
	require.Equal(t, 1, m.recorded(t, "camau", "certificate.rejected"))
}

// A gap waits until an official of that authority has looked at it.
func TestAGapIsAcknowledgedOnTheDesk(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	threshold, alert := newID(), newID()
	m.tell(t, `INSERT INTO monitor.gap_thresholds (id, organisation_id, product_line, uncovered, least, weeks, set_by, set_at)
		VALUES ($1, $2, NULL, 10, 0, 3, $3, now())`, threshold, m.who["camau"].OrganisationID, m.who["camau"].UserID)
	m.tell(t, `INSERT INTO monitor.gap_alerts (id, organisation_id, threshold_id, product_line, dried, unit, month, scheme, uncovered, least, requested, available, noted_at)
		VALUES ($1, $2, $3, 'black_tiger_shrimp', false, 'kg', CAST(date_trunc('month', now()) AS date) + interval '1 month', '', 10, 0, 5000000, 1000000, now())`,
		alert, m.who["camau"].OrganisationID, threshold)
	const path = "/monitor/desk?kind=gap_alerts"
	require.Contains(t, words(m.shown(t, "camau", path)), "4,000 kg wanting (demand 5,000, supply left 1,000)")
	seen := func() int { return ask[int](t, m, `SELECT count(*) FROM monitor.gap_acknowledgements`) }
	m.refused(t, http.StatusNotFound, "not_found", "tphcm", path, "act", "acknowledge-gap", "id", alert.String())
	m.refused(t, http.StatusNotFound, "not_found", "camau", path, "act", "acknowledge-gap", "id", "nothing")
	require.Zero(t, seen())
	require.Contains(t, words(m.done(t, "camau", path, "act", "acknowledge-gap", "id", alert.String())), "Nothing waits.")
	require.Equal(t, 1, seen())
}

// The desk is read page by page, the oldest first, in as many statements however much waits.
func TestTheDeskIsReadPageByPageOnItsPage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for n := range 27 {
		m.certificate(t, fmt.Sprintf("P-%d", n))
	}
	counted := 0
	m.over(m.App.WithCounter(func(string) { counted++ }), bundled())
	first := m.shown(t, "camau", "/monitor/desk?kind=certificates")
	require.Equal(t, 25, strings.Count(first.Body.String(), "/monitor/desk/certificates/"))
	require.LessOrEqual(t, counted, deskStatements, "statements of a page of 25")
	next := linkOf(t, first, "Next page")
	second := m.shown(t, "camau", next)
	require.Equal(t, 2, strings.Count(second.Body.String(), "/monitor/desk/certificates/"))
	m.get(t, "camau", next+"x")
	require.Equal(t, http.StatusUnprocessableEntity, m.get(t, "camau", next+"x").Code)
}

// deskStatements bounds what a page of the desk asks of the database.
const deskStatements = 40

// A form that a browser sends twice does what it says once, and both answers say so.
func TestAFormThatIsSentTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id, path := m.applicant(t)
	version := fmt.Sprint(ask[int64](t, m, `SELECT version FROM identity.organisations WHERE id = $1`, id))
	for range 2 {
		m.done(t, "camau", path, "act", "approve-organisation", "version", version, "key", "k-1")
	}
	require.Equal(t, 1, m.recorded(t, "camau", "organisation.approved"))
	m.refused(t, http.StatusUnprocessableEntity, "too_long", "camau", path, "act", "suspend-organisation", "version", "2", "reason", "x", "key", strings.Repeat(version, 40))
	begin := "/monitor/watches?organisation=" + m.who["producer"].OrganisationID.String()
	review := now().AddDate(0, 1, 0).Format("2006-01-02")
	reason := ask[string](t, m, `SELECT code FROM monitor.watch_reasons ORDER BY 1 LIMIT 1`)
	m.done(t, "camau", begin, "act", "put-under-watch", "reason", reason, "text", "words", "review_on", review, "sure", "yes")
	watch := "/monitor/watches/" + ask[uuid.UUID](t, m, `SELECT id FROM monitor.watches`).String()
	for range 2 {
		m.done(t, "camau", watch, "act", "end-watch", "text", "over", "version", "1", "sure", "yes", "key", "k-2")
	}
}
