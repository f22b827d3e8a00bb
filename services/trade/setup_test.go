package trade_test

import (
	"context"
	"encoding/json"
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
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference/referencetest"
	"github.com/ocop-market/ocop/services/trade"
)

// noon is the instant that the tests begin at: 1 December 2026, Vietnam's noon.
var noon = time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)

var today = civil.New(2026, time.December, 1)

// market is a database with producers, buyers and officials.
type market struct {
	*trade.Service

	t    *testing.T
	db   *postgres.DB
	lent *referencetest.Database

	mutex sync.Mutex
	at    time.Time

	ann, ben, may, sum, caMau, hoChiMinh, administrator identity.Principal
}

func openMarket(t *testing.T) *market {
	t.Helper()
	lent := referencetest.Lend(t)
	m := &market{t: t, lent: lent, at: noon}
	m.db = lent.App.WithClock(m.now)
	m.Service = trade.NewService(m.db, lent.Book)
	m.ann, m.ben = m.organisation(identity.Producer, "96"), m.organisation(identity.Producer, "96")
	m.may, m.sum = m.organisation(identity.Buyer, "79"), m.organisation(identity.Buyer, "79")
	m.caMau, m.hoChiMinh = m.organisation(identity.Authority, "96"), m.organisation(identity.Authority, "79")
	m.administrator = identity.Principal{UserID: uuid.New(), Kind: identity.Platform, Role: identity.Owner, Approved: true, Administrator: true}
	return m
}

func (m *market) now() time.Time { m.mutex.Lock(); defer m.mutex.Unlock(); return m.at }

func (m *market) wait(d time.Duration) { m.mutex.Lock(); defer m.mutex.Unlock(); m.at = m.at.Add(d) }

func (m *market) organisation(kind identity.OrganisationKind, province string) identity.Principal {
	m.t.Helper()
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, province, buyer_kind,
		       fictional, created_at, updated_at)
		VALUES ($1, $2, $3, $3, 'approved', CASE WHEN $2 = 'producer' THEN 'cooperative' END, CASE WHEN $2 = 'producer' THEN '32065' END, $4,
		       CASE WHEN $2 = 'buyer' THEN 'caterer' END, true, $5, $5)`
	id := uuid.Must(uuid.NewV7())
	_, err := m.lent.App.Exec(m.t.Context(), insert, id, string(kind), "to chuc thu "+id.String(), province, noon)
	require.NoError(m.t, err)
	return identity.Principal{UserID: uuid.New(), OrganisationID: id, Kind: kind, Role: identity.Member, Approved: true, Province: province}
}

// inquiry places one of a buyer's.
func (m *market) inquiry(buyer identity.Principal) uuid.UUID {
	m.t.Helper()
	const insert = `
		INSERT INTO inquiry.inquiries (id, buyer_id, visibility, quotes_sealed, quotes_due_at, ward, delivery_note, terms, stage, created_at, updated_at, opened_at)
		VALUES ($1, $2, 'open', false, $3, '25747', '', '{}', 'open', $3, $3, $3)`
	id := uuid.Must(uuid.NewV7())
	_, err := m.lent.App.Exec(m.t.Context(), insert, id, buyer.OrganisationID, m.now())
	require.NoError(m.t, err)
	return id
}

// sale is an award of an inquiry, and what became of it.
type sale struct {
	producer, buyer    identity.Principal
	inquiry            uuid.UUID
	line, form         string
	awarded, delivered quantity.Quantity
	price              money.VND
	commune            string
}

// sell posts what the deal of a sale posts.
func (m *market) sell(s sale) uuid.UUID {
	m.t.Helper()
	award := uuid.Must(uuid.NewV7())
	goods := ledger.Goods{
		Line: s.line, Form: s.form, Unit: "kg", Schemes: []string{}, Commune: s.commune,
		ProducerID: s.producer.OrganisationID, BuyerID: s.buyer.OrganisationID, ProductID: uuid.Must(uuid.NewV7()),
	}
	post := func(movement ledger.Movement, amount quantity.Quantity) ledger.Posting {
		return ledger.Posting{
			Goods: goods, Movement: movement, Quantity: amount, BusinessDate: civil.Of(m.now(), time.UTC), PriceVND: s.price,
			OfferID: award, InquiryID: s.inquiry, InquiryLineID: award, AwardID: award,
		}
	}
	opened, wanted := post(ledger.OfferOpened, s.awarded), post(ledger.DemandOpened, s.awarded)
	opened.InquiryLineID, opened.InquiryID, opened.AwardID, opened.BuyerID, opened.PriceVND = uuid.Nil, uuid.Nil, uuid.Nil, uuid.Nil, 0
	wanted.OfferID, wanted.AwardID, wanted.ProducerID, wanted.Commune, wanted.PriceVND = uuid.Nil, uuid.Nil, uuid.Nil, "", 0
	postings := []ledger.Posting{opened, wanted, post(ledger.Awarded, s.awarded)}
	if s.delivered > 0 {
		postings = append(postings, post(ledger.Dispatched, s.delivered), post(ledger.Accepted, s.delivered))
	}
	require.NoError(m.t, m.db.InTx(m.t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, s.buyer, postings...)
	}))
	return award
}

func kg(n int64) quantity.Quantity { return quantity.Of(n) }

// edge serves the endpoints; the bearer token names a principal.
func (m *market) edge() http.Handler {
	m.t.Helper()
	people := map[string]identity.Principal{
		"ann": m.ann, "ben": m.ben, "may": m.may, "sum": m.sum, "caMau": m.caMau, "hoChiMinh": m.hoChiMinh, "administrator": m.administrator,
	}
	api := web.New(web.Options{
		Title: "Trade", Version: "1.0.0", RequestsPerSecond: -1, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
			name, signed := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			if !signed {
				return ctx, web.Caller{}, nil
			}
			who := people[name]
			return identity.WithPrincipal(ctx, who), web.Caller{Scope: who.UserID.String(), Groups: who.Groups()}, nil
		},
	})
	trade.Mount(api, m.Service)
	return api.Handler()
}

// send asks as somebody; headers are names and values in turn.
func (m *market) send(server http.Handler, who, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	m.t.Helper()
	request := httptest.NewRequestWithContext(m.t.Context(), method, path, http.NoBody)
	if body != "" {
		request = httptest.NewRequestWithContext(m.t.Context(), method, path, strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	request.Header.Set("Authorization", "Bearer "+who)
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, request)
	return answer
}

// read decodes an answer.
func read[T any](t *testing.T, answer *httptest.ResponseRecorder) T {
	t.Helper()
	var decoded T
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &decoded), answer.Body.String())
	return decoded
}
