package shelf_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference/referencetest"
	"github.com/ocop-market/ocop/services/shelf"
)

// noon is the instant that the tests begin at: 1 December 2026, Vietnam's noon.
var noon = time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)

// The systems of the tests' buyers; they exist, and everything said of them here is invented and
// gone with the test.
const (
	systemA = "satra"
	systemB = "kingfood"
)

// market is a database with producers, buyers of two systems and officials.
type market struct {
	*shelf.Service

	t       *testing.T
	db      *postgres.DB
	lent    *referencetest.Database
	catalog *catalog.Service

	mutex      sync.Mutex
	at         time.Time
	statements []string

	ann, ben                        identity.Principal
	buyerA, buyerB, caterer         identity.Principal
	caMau, hoChiMinh, administrator identity.Principal
	annViewer, buyerAViewer         identity.Principal
}

func openMarket(t *testing.T) *market {
	t.Helper()
	lent := referencetest.Lend(t)
	m := &market{t: t, lent: lent, at: noon}
	m.db = lent.App.WithClock(m.now).WithCounter(m.note)
	keeper := files.NewKeeper(m.db, files.NewFolder(t.TempDir()))
	m.catalog = catalog.NewService(m.db, nil, lent.Book, catalog.Options{Clock: m.now, Files: keeper})
	m.Service = shelf.NewService(m.db, lent.Book, m.catalog, keeper)
	m.ann, m.ben = m.organisation(identity.Producer, "96", ""), m.organisation(identity.Producer, "96", "")
	m.buyerA, m.buyerB = m.organisation(identity.Buyer, "79", systemA), m.organisation(identity.Buyer, "79", systemB)
	m.caterer = m.organisation(identity.Buyer, "79", "")
	m.caMau, m.hoChiMinh = m.organisation(identity.Authority, "96", ""), m.organisation(identity.Authority, "79", "")
	m.administrator = identity.Principal{UserID: uuid.New(), Kind: identity.Platform, Role: identity.Owner, Approved: true, Administrator: true}
	m.annViewer, m.buyerAViewer = m.ann, m.buyerA
	m.annViewer.Role, m.buyerAViewer.Role = identity.Viewer, identity.Viewer
	return m
}

func (m *market) now() time.Time { m.mutex.Lock(); defer m.mutex.Unlock(); return m.at }

func (m *market) wait(d time.Duration) { m.mutex.Lock(); defer m.mutex.Unlock(); m.at = m.at.Add(d) }

func (m *market) note(statement string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.statements = append(m.statements, statement)
}

// counted is how many statements something needs.
func (m *market) counted(do func()) int {
	m.mutex.Lock()
	m.statements = nil
	m.mutex.Unlock()
	do()
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return len(m.statements)
}

func (m *market) organisation(kind identity.OrganisationKind, province, system string) identity.Principal {
	m.t.Helper()
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, province, buyer_kind, buyer_system,
		       fictional, created_at, updated_at)
		VALUES ($1, $2, $3, $3, 'approved', CASE WHEN $2 = 'producer' THEN 'cooperative' END, CASE WHEN $2 = 'producer' THEN '32065' END, $4,
		       CASE WHEN $2 = 'buyer' THEN 'supermarket_chain' END, nullif($5, ''), true, $6, $6)`
	id := uuid.New()
	_, err := m.lent.App.Exec(m.t.Context(), insert, id, string(kind), "to chuc thu "+id.String(), province, system, noon)
	require.NoError(m.t, err)
	return identity.Principal{UserID: uuid.New(), OrganisationID: id, Kind: kind, Role: identity.Member, Approved: true, Province: province}
}

// driedShrimp publishes packs of dried shrimp, which need everything.
func (m *market) driedShrimp(who identity.Principal, gtin string) catalog.Product {
	m.t.Helper()
	made, err := m.catalog.CreateProduct(m.t.Context(), who, catalog.NewProduct{
		Name: "Tôm khô thử", NameEN: "Trial dried shrimp", Line: "dried_shrimp", Form: "dried", Unit: "pack",
		UnitWeightKg: new(quantity.Quantity(500)), GTIN: gtin, Grade: map[string]any{"count_per_100g": 50},
	})
	require.NoError(m.t, err)
	made, err = m.catalog.Publish(m.t.Context(), who, made.ID)
	require.NoError(m.t, err)
	return made
}

func (m *market) haccp(who identity.Principal, lines ...string) {
	m.t.Helper()
	made, err := m.catalog.SubmitCertificate(m.t.Context(), who, catalog.NewCertificate{
		Scheme: "HACCP", Number: "DEMO-" + who.OrganisationID.String()[:8], Issuer: "Tổ chức thử", IssuedOn: day("2026-01-01"),
		Scope: catalog.Scope{Kind: "facility", Lines: lines},
	})
	require.NoError(m.t, err)
	_, err = m.catalog.Verify(m.t.Context(), m.caMau, made.ID, nil)
	require.NoError(m.t, err)
}

// complete tells and sends what everybody is asked for.
func (m *market) complete(who identity.Principal, product catalog.Product) {
	m.t.Helper()
	ctx := m.t.Context()
	for _, d := range []shelf.NewDocument{
		{Type: "business_registration"}, {Type: "self_declaration", ProductID: product.ID}, {Type: "test_report", ProductID: product.ID},
	} {
		d.Number, d.IssuedOn = "DEMO-1", day("2026-06-01")
		_, err := m.SendDocument(ctx, who, d)
		if err != nil {
			require.ErrorIs(m.t, err, shelf.ErrDocumentExists)
		}
	}
	_, err := m.SetProductFacts(ctx, who, product.ID, nil, shelf.Facts{
		"origin": "Việt Nam", "ingredients": "tôm, muối", "net_content": "500 g", "storage": "dưới 5 °C", "shelf_life_days": float64(180),
	})
	require.NoError(m.t, err)
	_, err = m.SetTerms(ctx, who, nil, shelf.Facts{"e_invoice": true, "payment_days": float64(30)})
	require.NoError(m.t, err)
}

func (m *market) readiness(who identity.Principal, product catalog.Product, system string) shelf.Readiness {
	m.t.Helper()
	found, err := m.Readiness(m.t.Context(), who, product.ID, system)
	require.NoError(m.t, err)
	require.Len(m.t, found, 1)
	return found[0]
}

func day(text string) civil.Date {
	d, _ := civil.Parse(text)
	return d
}

// edge serves the shelf over HTTP; the bearer token names a principal.
func (m *market) edge() http.Handler {
	m.t.Helper()
	people := map[string]identity.Principal{
		"ann": m.ann, "ben": m.ben, "buyerA": m.buyerA, "buyerB": m.buyerB, "caMau": m.caMau, "hoChiMinh": m.hoChiMinh,
	}
	api := web.New(web.Options{
		Title: "Shelf", Version: "1.0.0", RequestsPerSecond: -1, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
			name, signed := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			if !signed {
				return ctx, web.Caller{}, nil
			}
			who := people[name]
			return identity.WithPrincipal(ctx, who), web.Caller{Scope: who.UserID.String(), Groups: who.Groups()}, nil
		},
	})
	shelf.Mount(api, m.Service)
	return api.Handler()
}

func (m *market) send(server http.Handler, who, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	m.t.Helper()
	var sent *strings.Reader
	request := httptest.NewRequestWithContext(m.t.Context(), method, path, http.NoBody)
	if body != "" {
		sent = strings.NewReader(body)
		request = httptest.NewRequestWithContext(m.t.Context(), method, path, sent)
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if who != "" {
		request.Header.Set("Authorization", "Bearer "+who)
	}
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, request)
	return answer
}

// gtin makes up a number; nobody's prefix is used.
func gtin(n int) string {
	number := fmt.Sprintf("893999%06d", n)
	return number + string(gs1.CheckDigit(number))
}
