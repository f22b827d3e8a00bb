package portal_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/portal"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
	"github.com/ocop-market/ocop/services/trade"
)

const password = "a phrase for the pages"

// readers are who may come, in the order of the table of pages.
func readers() []string {
	return []string{"anonymous", "producer", "buyer", "applicant", "camau", "tphcm", "administrator"}
}

// market is everything that pages stand on, behind the real edge, with a database of the test's own.
type market struct {
	*referencetest.Database

	identity *identity.Service
	monitor  *monitor.Service
	trade    *trade.Service
	handler  http.Handler
	// cookies are the sessions of readers, as a browser sends them; who is behind them stands beside.
	cookies map[string]string
	who     map[string]identity.Principal
}

// bundled are files as `make pages` would leave them; what is in them is the browser's concern.
func bundled() fs.FS {
	return fstest.MapFS{
		"portal.js":  {Data: []byte("// " + strings.Repeat("script ", 200))},
		"portal.css": {Data: []byte("/* style */")},
		"README":     {Data: []byte("not for browsers")},
	}
}

func open(t *testing.T, bundle fs.FS) *market {
	t.Helper()
	m := &market{Database: referencetest.Lend(t), cookies: make(map[string]string), who: make(map[string]identity.Principal)}
	m.over(m.App, bundle)
	m.people(t)
	return m
}

// over puts the services over a way to the same database.
func (m *market) over(db *postgres.DB, bundle fs.FS) {
	m.identity = identity.NewService(db, m.Book, identity.Options{
		Hashing: identity.Hashing{MemoryKiB: 64, Passes: 1}, PublicURL: "http://127.0.0.1:8080", Registrations: 1000,
	})
	m.monitor = monitor.NewService(db, monitor.Options{})
	api := web.New(web.Options{
		Title: "test", Version: "0", Log: slog.New(slog.DiscardHandler), RequestsPerSecond: -1, Authenticate: m.identity.Authenticate,
	})
	identity.Mount(api, m.identity)
	monitor.Mount(api, m.monitor)
	m.trade = trade.NewService(db, m.Book)
	portal.Mount(api, portal.NewService(portal.Needs{
		DB: db, Book: m.Book, Identity: m.identity, Monitor: m.monitor, Catalog: catalog.NewService(db, nil, m.Book, catalog.Options{}), Trade: m.trade,
	}, portal.Options{Bundle: bundle}))
	m.handler = api.Handler()
}

// people registers every reader and signs them in. The producer's name is one that must stay text.
func (m *market) people(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	for name, organisation := range map[string]identity.NewOrganisation{
		"producer":  {Kind: identity.Producer, Name: "HTX <script>alert(1)</script> & bạn", LegalForm: identity.Cooperative, CommuneCode: "32065"},
		"buyer":     {Kind: identity.Buyer, Name: "Siêu thị thử (hư cấu)", BuyerSystem: "satra", CommuneCode: "25747"},
		"camau":     {Kind: identity.Authority, Name: "Sở thử Cà Mau (hư cấu)", Province: reference.CaMau},
		"tphcm":     {Kind: identity.Authority, Name: "Sở thử TPHCM (hư cấu)", Province: reference.HoChiMinh},
		"applicant": {Kind: identity.Authority, Name: "Sở chưa duyệt (hư cấu)", Province: reference.CaMau},
	} {
		registered, err := m.identity.Register(ctx, identity.SystemPrincipal(), identity.Application{
			Organisation: organisation, User: identity.NewUser{Name: "Người thử", Email: name + "@ocop.example", Password: password},
		})
		require.NoError(t, err)
		if name != "applicant" {
			_, err = m.identity.Approve(ctx, identity.SystemPrincipal(), registered.Organisation.ID)
			require.NoError(t, err)
		}
		m.signIn(t, name)
	}
	require.NoError(t, m.identity.CreateAdministrator(ctx, identity.NewUser{Name: "Quản trị thử", Email: "administrator@ocop.example", Password: password}))
	m.signIn(t, "administrator")
}

// signIn signs a reader in by the page, as a browser does.
func (m *market) signIn(t *testing.T, name string) {
	t.Helper()
	answer := m.submit(t, "", "/sign-in", url.Values{"login": {name + "@ocop.example"}, "password": {password}, "next": {"/monitor"}})
	require.Equal(t, http.StatusSeeOther, answer.Code, answer.Body.String())
	cookies := answer.Result().Cookies()
	require.Len(t, cookies, 1)
	m.cookies[name] = cookies[0].Name + "=" + cookies[0].Value
	who, err := m.identity.Principal(context.Background(), cookies[0].Value, uuid.Nil)
	require.NoError(t, err)
	m.who[name] = who
}

// get opens an address as a reader; headers are names and values in turn.
func (m *market) get(t *testing.T, reader, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return m.send(t, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody), reader, headers...)
}

// submit sends a form as a reader.
func (m *market) submit(t *testing.T, reader, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return m.send(t, request, reader, headers...)
}

func (m *market) send(t *testing.T, request *http.Request, reader string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	if cookie := m.cookies[reader]; cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Cookie" && request.Header.Get("Cookie") != "" {
			headers[i+1] = request.Header.Get("Cookie") + "; " + headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	m.handler.ServeHTTP(recorder, request)
	return recorder
}

// sale is a deal that ran through, on one day.
type sale struct {
	line, form, grade string
	amount            quantity.Quantity
	on                civil.Date
}

// record posts a sale of the producer to the buyer; the sent part is dispatched and accepted.
func (m *market) record(t *testing.T, s sale) {
	t.Helper()
	goods := ledger.Goods{
		Line: s.line, Form: s.form, Unit: "kg", Grade: s.grade, Schemes: []string{"ASC_FARM", "OCOP"}, Commune: "32065", BuyerSystem: "satra",
		ProducerID: m.who["producer"].OrganisationID, BuyerID: m.who["buyer"].OrganisationID, ProductID: newID(),
	}
	offer, line, award := newID(), newID(), newID()
	post := func(movement ledger.Movement) ledger.Posting {
		return ledger.Posting{
			Goods: goods, Movement: movement, Quantity: s.amount, BusinessDate: s.on, PriceVND: 250_000,
			OfferID: offer, InquiryID: line, InquiryLineID: line, AwardID: award,
		}
	}
	opened, wanted := post(ledger.OfferOpened), post(ledger.DemandOpened)
	opened.InquiryLineID, opened.AwardID, opened.BuyerSystem, opened.BuyerID, opened.PriceVND = uuid.Nil, uuid.Nil, "", uuid.Nil, 0
	wanted.OfferID, wanted.AwardID, wanted.ProducerID, wanted.Commune, wanted.PriceVND = uuid.Nil, uuid.Nil, uuid.Nil, "", 0
	for _, posting := range []ledger.Posting{opened, wanted, post(ledger.Awarded), post(ledger.Dispatched), post(ledger.Accepted)} {
		require.NoError(t, m.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
			return ledger.PostTx(ctx, tx, m.who["buyer"], posting)
		}))
	}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
