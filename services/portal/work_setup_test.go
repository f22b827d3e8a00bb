package portal_test

import (
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/portal"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
	"github.com/ocop-market/ocop/services/trade"
)

// office is the pages behind the real edge, over a database of the test's own, with everybody who may come.
type office struct {
	*referencetest.Database

	handler http.Handler
	people  map[string]identity.Principal
	monitor *monitor.Service
	trade   *trade.Service
	// asked are the statements since they were last forgotten.
	asked []string
}

// markup is in the name of an organisation: it must be shown as text everywhere.
const markup = `<b onclick="x">Vựa & Tôm</b>`

func openOffice(t *testing.T) *office {
	t.Helper()
	o := &office{Database: referencetest.Lend(t), people: map[string]identity.Principal{"anonymous": {}}}
	for name, kind := range map[string]identity.OrganisationKind{
		"official.camau": identity.Authority, "official.tphcm": identity.Authority, "viewer": identity.Authority, "producer": identity.Producer, "buyer": identity.Buyer,
	} {
		province := reference.CaMau
		if name == "official.tphcm" || name == "buyer" {
			province = reference.HoChiMinh
		}
		who := identity.Principal{UserID: uuid.Must(uuid.NewV7()), Kind: kind, Role: identity.Owner, Approved: true, Province: province}
		if name == "viewer" {
			who.Role = identity.Viewer
		}
		who.OrganisationID = o.organisation(t, kind, province, "approved", name+" "+markup)
		o.user(t, who.UserID, name, false)
		o.people[name] = who
	}
	admin := identity.Principal{UserID: uuid.Must(uuid.NewV7()), Kind: identity.Platform, Role: identity.Owner, Approved: true, Administrator: true}
	o.user(t, admin.UserID, "administrator", true)
	o.people["administrator"] = admin

	db := o.App.WithCounter(func(statement string) { o.asked = append(o.asked, statement) })
	o.monitor, o.trade = monitor.NewService(db, monitor.Options{}), trade.NewService(db, o.Book)
	api := web.New(web.Options{
		Title: "test", Version: "0", RequestsPerSecond: -1, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
			who := o.people[r.Header.Get("Authorization")]
			if !who.SignedIn() {
				return ctx, web.Caller{}, nil
			}
			return identity.WithPrincipal(ctx, who), identity.CallerOf(who), nil
		},
	})
	portal.Mount(api, portal.NewService(portal.Needs{
		DB: db, Book: o.Book, Identity: identity.NewService(db, o.Book, identity.Options{}), Monitor: o.monitor,
		Catalog: catalog.NewService(db, nil, o.Book, catalog.Options{}), Trade: o.trade,
	}, portal.Options{Bundle: fstest.MapFS{"portal.css": {Data: []byte("a{}")}, "portal.js": {Data: []byte("0")}}}))
	o.handler = api.Handler()
	return o
}

// tell changes the database as its owner.
func (o *office) tell(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := o.Owner.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
}

func (o *office) organisation(t *testing.T, kind identity.OrganisationKind, province, state, name string) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	o.tell(t, `INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, buyer_kind, province, created_at, updated_at)
		VALUES ($1, $2, $3, lower($3), $4, CASE $2 WHEN 'producer' THEN 'cooperative' END, CASE $2 WHEN 'producer' THEN '32065' END,
		        CASE $2 WHEN 'buyer' THEN 'caterer' END, $5, now(), now())`, id, string(kind), name, state, province)
	return id
}

func (o *office) user(t *testing.T, id uuid.UUID, name string, administrator bool) {
	t.Helper()
	o.tell(t, `INSERT INTO identity.users (id, name, email, administrator, created_at, updated_at) VALUES ($1, $2, $3, $4, now(), now())`,
		id, name, id.String()+"@test.example", administrator)
}

// sheet is a page as it was answered.
type sheet struct {
	*httptest.ResponseRecorder
}

// open reads a page as somebody, in a language.
func (o *office) open(t *testing.T, who, path, language string) sheet {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	request.Header.Set("Authorization", who)
	request.Header.Set("Accept-Language", language)
	return o.serve(request)
}

// shown is a page that must be there, in English.
func (o *office) shown(t *testing.T, who, path string) sheet {
	t.Helper()
	answer := o.open(t, who, path, "en")
	require.Equal(t, http.StatusOK, answer.Code, "%s as %s: %s", path, who, answer.text())
	require.NotContains(t, answer.Body.String(), markup, "what people wrote is text")
	return answer
}

// post sends a form of a page; fields are names and values in turn.
func (o *office) post(t *testing.T, who, path string, fields ...string) sheet {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return o.send(t, who, path, form)
}

func (o *office) send(t *testing.T, who, path string, form url.Values, headers ...string) sheet {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	request.Header.Set("Authorization", who)
	request.Header.Set("Accept-Language", "en")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return o.serve(request)
}

func (o *office) serve(request *http.Request) sheet {
	answer := httptest.NewRecorder()
	o.handler.ServeHTTP(answer, request)
	return sheet{answer}
}

// done sends a form that must be carried out, and reads the page that it leads to.
func (o *office) done(t *testing.T, who, path string, fields ...string) sheet {
	t.Helper()
	answer := o.post(t, who, path, fields...)
	require.Equal(t, http.StatusSeeOther, answer.Code, answer.text())
	next := o.shown(t, who, answer.Header().Get("Location"))
	require.Contains(t, next.Body.String(), `role="status"`, "it says what was done")
	return next
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// text is what people read of a page.
func (s sheet) text() string {
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(s.Body.String(), " ")), " "))
}

// one reads one value from the database.
func one[T any](t *testing.T, o *office, query string, args ...any) T {
	t.Helper()
	var found T
	require.NoError(t, o.Owner.Get(t.Context(), &found, query, args...))
	return found
}

// work lets the jobs be done that wait.
func (o *office) work(t *testing.T) {
	t.Helper()
	workers := jobs.NewWorkers()
	o.monitor.Jobs(workers)
	require.NoError(t, jobs.Drain(t.Context(), o.App, workers))
}

// recorded counts the events of an action by somebody.
func (o *office) recorded(t *testing.T, who, action string) int {
	t.Helper()
	return one[int](t, o, `SELECT count(*) FROM identity.audit_events WHERE action = $1 AND actor_id = $2`, action, o.people[who].UserID)
}

// today is the day in Vietnam.
func today() time.Time { return time.Now().In(reference.Zone()) }

