package portal_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// tell changes the database as its owner.
func (m *market) tell(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := m.Owner.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
}

// ask reads one value from the database.
func ask[T any](t *testing.T, m *market, query string, args ...any) T {
	t.Helper()
	var found T
	require.NoError(t, m.Owner.Get(t.Context(), &found, query, args...))
	return found
}

// apply registers an organisation that waits to be approved.
func (m *market) apply(t *testing.T, organisation identity.NewOrganisation) uuid.UUID {
	t.Helper()
	registered, err := m.identity.Register(t.Context(), identity.SystemPrincipal(), identity.Application{
		Organisation: organisation, User: identity.NewUser{Name: "Người thử", Email: newID().String() + "@ocop.example", Password: password},
	})
	require.NoError(t, err)
	return registered.Organisation.ID
}

// shown opens a page that must be there, in English.
func (m *market) shown(t *testing.T, reader, path string) *httptest.ResponseRecorder {
	t.Helper()
	answer := m.get(t, reader, path, "Accept-Language", "en")
	require.Equal(t, http.StatusOK, answer.Code, "%s as %s: %s", path, reader, words(answer))
	require.NotContains(t, answer.Body.String(), "<script>alert", "what people wrote is text")
	return answer
}

// sent sends a form of a page, in English; fields are names and values in turn.
func (m *market) sent(t *testing.T, reader, path string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return m.submit(t, reader, path, form, "Accept-Language", "en")
}

// done sends a form that must be carried out, and opens the page that it leads to.
func (m *market) done(t *testing.T, reader, path string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	answer := m.sent(t, reader, path, fields...)
	require.Equal(t, http.StatusSeeOther, answer.Code, words(answer))
	next := m.shown(t, reader, answer.Header().Get("Location"))
	require.Contains(t, next.Body.String(), `<p role="status"`, "it says what was done")
	return next
}

// refused sends a form that must be refused, with a code.
func (m *market) refused(t *testing.T, status int, code, reader, path string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	answer := m.sent(t, reader, path, fields...)
	require.Equal(t, status, answer.Code, words(answer))
	require.Contains(t, words(answer), "Code: "+code+" ")
	return answer
}

// words are what people read of a page.
func words(answer *httptest.ResponseRecorder) string {
	tags := regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(answer.Body.String(), " "))), " ")
}

// work lets the jobs be done that wait.
func (m *market) work(t *testing.T) {
	t.Helper()
	workers := jobs.NewWorkers()
	m.monitor.Jobs(workers)
	require.NoError(t, jobs.Drain(t.Context(), m.App, workers))
}

// recorded counts the events of an action by somebody.
func (m *market) recorded(t *testing.T, reader, action string) int {
	t.Helper()
	return ask[int](t, m, `SELECT count(*) FROM identity.audit_events WHERE action = $1 AND actor_id = $2`, action, m.who[reader].UserID)
}

// now is the time in Vietnam.
func now() time.Time { return time.Now().In(reference.Zone()) }
