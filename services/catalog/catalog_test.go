package catalog_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// noon is the instant that most tests live in: 1 December 2026, Vietnam's noon.
var noon = time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)

// market is a catalogue with people in it.
type market struct {
	*testing.T

	db      *postgres.DB
	lent    *referencetest.Database
	book    *reference.Book
	redis   *redis.Client
	service *catalog.Service
	now     *clock

	// Two producers, a collector and an applicant; buyers; officials.
	ann, ben, collector, applicant  identity.Principal
	buyer, newBuyer                 identity.Principal
	caMau, hoChiMinh, administrator identity.Principal
	viewer                          identity.Principal
	statements                      *counter
}

// clock is a time that a test sets.
type clock struct {
	mutex sync.Mutex
	at    time.Time
}

func (c *clock) now() time.Time   { c.mutex.Lock(); defer c.mutex.Unlock(); return c.at }
func (c *clock) set(at time.Time) { c.mutex.Lock(); defer c.mutex.Unlock(); c.at = at }

// counter counts statements.
type counter struct {
	mutex sync.Mutex
	seen  []string
}

func (c *counter) note(statement string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.seen = append(c.seen, statement)
}
func (c *counter) reset()     { c.mutex.Lock(); defer c.mutex.Unlock(); c.seen = nil }
func (c *counter) count() int { c.mutex.Lock(); defer c.mutex.Unlock(); return len(c.seen) }

// openMarket lends a database and fills it with organisations.
func openMarket(t *testing.T) *market {
	t.Helper()
	lent := referencetest.Lend(t)
	m := &market{T: t, lent: lent, book: lent.Book, now: &clock{at: noon}, statements: &counter{}}
	m.db = lent.App.WithClock(m.now.now).WithCounter(m.statements.note)
	m.redis = openRedis(t)
	m.service = m.another(m.redis)
	m.ann = m.producer("Hợp tác xã Tôm Sú Demo A", "cooperative", "32098", "approved")
	m.ben = m.producer("Công ty Gạo Demo B", "enterprise", "32065", "approved")
	m.collector = m.producer("Vựa Demo C", "collector", "32098", "approved")
	m.applicant = m.producer("Hộ kinh doanh Demo D", "household", "32098", "applied")
	m.buyer = m.organisation(identity.Buyer, "Siêu thị Demo", "approved", "79")
	m.newBuyer = m.organisation(identity.Buyer, "Cửa hàng Demo", "applied", "79")
	m.caMau = m.organisation(identity.Authority, "Sở Công Thương Cà Mau", "approved", "96")
	m.hoChiMinh = m.organisation(identity.Authority, "Sở Công Thương TPHCM", "approved", "79")
	m.administrator = identity.Principal{UserID: uuid.New(), Kind: identity.Platform, Role: identity.Owner, Approved: true, Administrator: true}
	m.viewer = m.ann
	m.viewer.Role = identity.Viewer
	return m
}

// another is a second process on the same database.
func (m *market) another(client *redis.Client) *catalog.Service {
	return catalog.NewService(m.db, client, m.book, catalog.Options{Clock: m.now.now, Files: files.NewKeeper(m.lent.App, files.NewFolder(m.TempDir()))})
}

func openRedis(t *testing.T) *redis.Client {
	t.Helper()
	address := os.Getenv("OCOP_TEST_REDIS_URL")
	require.NotEmpty(t, address, "start the servers of the tests: go run ./cmd/ocop private -- go test ./services/catalog/...")
	options, err := catalog.RedisOptions(address)
	require.NoError(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func (m *market) producer(name, form, commune, state string) identity.Principal {
	m.Helper()
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, province, created_at, updated_at)
		VALUES ($1, 'producer', $2, $3, $4, $5, $6, '96', $7, $7)`
	id := uuid.New()
	_, err := m.lent.App.Exec(m.Context(), insert, id, name, vietnamese.Fold(name), state, form, commune, noon)
	require.NoError(m, err)
	return identity.Principal{
		UserID: uuid.New(), OrganisationID: id, Kind: identity.Producer, Role: identity.Member, Approved: state == "approved", Province: "96",
	}
}

func (m *market) organisation(kind identity.OrganisationKind, name, state, province string) identity.Principal {
	m.Helper()
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, province, buyer_kind, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $2 = 'buyer' THEN 'independent' END, $7, $7)`
	id := uuid.New()
	_, err := m.lent.App.Exec(m.Context(), insert, id, string(kind), name, vietnamese.Fold(name), state, province, noon)
	require.NoError(m, err)
	return identity.Principal{
		UserID: uuid.New(), OrganisationID: id, Kind: kind, Role: identity.Member, Approved: state == "approved", Province: province,
	}
}

// shrimp is tôm sú as most tests sell it.
func shrimp() catalog.NewProduct {
	return catalog.NewProduct{
		Name: "Tôm sú sinh thái Demo", NameEN: "Demo black tiger shrimp", Line: "black_tiger_shrimp", Form: "live", Unit: "kg",
		Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
	}
}

func packedShrimp() catalog.NewProduct {
	p := shrimp()
	p.Name, p.Form = "Tôm sú đông lạnh Demo", "frozen_hlso"
	p.Grade = map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30, "glaze_percent": "10"}
	return p
}

func riceST25() catalog.NewProduct {
	return catalog.NewProduct{Name: "Gạo Demo ST25", Line: "rice", Form: "milled", Unit: "kg", Grade: map[string]any{"variety": "ST25"}}
}

// publish makes a published product.
func (m *market) publish(who identity.Principal, product catalog.NewProduct) catalog.Product {
	m.Helper()
	made, err := m.service.CreateProduct(m.Context(), who, product)
	require.NoError(m, err)
	made, err = m.service.Publish(m.Context(), who, made.ID)
	require.NoError(m, err)
	return made
}

func supply(product catalog.Product) catalog.NewOffer {
	return catalog.NewOffer{
		ProductID: product.ID, AvailableFrom: date("2026-12-01"), AvailableTo: date("2026-12-31"), Quantity: quantity.Of(500),
		Unit: product.Unit, MinOrder: quantity.Of(10), Visibility: catalog.Buyers,
		PriceTiers: []catalog.PriceTier{{FromQuantity: quantity.Of(10), PriceVND: 300_000}, {FromQuantity: quantity.Of(100), PriceVND: 280_000}},
	}
}

func (m *market) offer(who identity.Principal, offer catalog.NewOffer) catalog.Offer {
	m.Helper()
	made, err := m.service.OpenOffer(m.Context(), who, offer)
	require.NoError(m, err)
	return made
}

// certify makes a verified certificate.
func (m *market) certify(who identity.Principal, certificate catalog.NewCertificate) catalog.Certificate {
	m.Helper()
	made, err := m.service.SubmitCertificate(m.Context(), who, certificate)
	require.NoError(m, err)
	made, err = m.service.Verify(m.Context(), m.caMau, made.ID, nil)
	require.NoError(m, err)
	return made
}

func asc(scheme, number string) catalog.NewCertificate {
	return catalog.NewCertificate{Scheme: scheme, Number: number, Issuer: "DEMO", IssuedOn: date("2025-06-01"), Scope: catalog.Scope{Kind: kindOf(scheme)}}
}

func kindOf(scheme string) string {
	if scheme == "ASC_COC" {
		return "facility"
	}
	return "farm_area"
}

// date reads a day; one that is none is the zero Date, which no test expects.
func date(text string) civil.Date {
	d, _ := civil.Parse(text)
	return d
}

// edge serves the catalogue over HTTP; the bearer token names a principal.
func (m *market) edge(service *catalog.Service) http.Handler {
	m.Helper()
	people := map[string]identity.Principal{
		"ann": m.ann, "ben": m.ben, "collector": m.collector, "applicant": m.applicant, "buyer": m.buyer, "new-buyer": m.newBuyer,
		"ca-mau": m.caMau, "hcm": m.hoChiMinh, "administrator": m.administrator, "viewer": m.viewer,
	}
	api := web.New(web.Options{
		Title: "Catalogue", Version: "1.0.0", RequestsPerSecond: -1, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
			name := r.Header.Get("Authorization")
			if name == "" {
				return ctx, web.Caller{}, nil
			}
			who := people[name[len("Bearer "):]]
			return identity.WithPrincipal(ctx, who), web.Caller{Scope: who.UserID.String(), Groups: who.Groups(), Areas: who.Areas()}, nil
		},
	})
	catalog.Mount(api, service)
	return api.Handler()
}

func ids(list ...uuid.UUID) []uuid.UUID { return list }

func readerOf(body string) io.Reader {
	if body == "" {
		return http.NoBody
	}
	return strings.NewReader(body)
}
