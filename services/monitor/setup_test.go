package monitor_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// testBundle is the service behind the real edge, over a database of the test's own.
type testBundle struct {
	*referencetest.Database

	handler http.Handler
	cast    map[string]identity.Principal
}

// cast is everybody who may come to the door; each signs in with its name as a bearer token.
func cast() map[string]identity.Principal {
	principal := func(kind identity.OrganisationKind, province string) identity.Principal {
		return identity.Principal{
			UserID: newID(), OrganisationID: newID(), Kind: kind, Role: identity.Owner, Approved: true, Province: province,
		}
	}
	people := map[string]identity.Principal{
		"anonymous":      {},
		"producer":       principal(identity.Producer, reference.CaMau),
		"buyer":          principal(identity.Buyer, reference.HoChiMinh),
		"official.camau": principal(identity.Authority, reference.CaMau),
		"official.tphcm": principal(identity.Authority, reference.HoChiMinh),
		"administrator":  {UserID: newID(), Kind: identity.Platform, Role: identity.Owner, Approved: true, Administrator: true},
	}
	applicant := principal(identity.Authority, reference.CaMau)
	applicant.Approved = false
	people["applicant"] = applicant
	viewer := principal(identity.Authority, reference.CaMau)
	viewer.Role = identity.Viewer
	people["viewer"] = viewer
	for name, scope := range map[string]string{"key.monitor": "monitor:read", "key.trade": "trade:write"} {
		key := principal(identity.Authority, reference.CaMau)
		key.KeyID, key.Scopes = newID(), []string{scope}
		people[name] = key
	}
	return people
}

func setup(t *testing.T, options monitor.Options) *testBundle {
	t.Helper()
	b := &testBundle{Database: referencetest.Lend(t), cast: cast()}
	return b.over(b.App, options)
}

// over is the same database behind a service that reaches it in its own way.
func (b *testBundle) over(db *postgres.DB, options monitor.Options) *testBundle {
	api := web.New(web.Options{
		Title: "test", Version: "0", Log: slog.New(slog.DiscardHandler),
		Authenticate: func(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
			who, known := b.cast[r.Header.Get("Authorization")]
			if !known || !who.SignedIn() {
				return ctx, web.Caller{}, nil
			}
			return identity.WithPrincipal(ctx, who), identity.CallerOf(who), nil
		},
	})
	monitor.Mount(api, monitor.NewService(db, options))
	b.handler = api.Handler()
	return b
}

// enter writes an organisation that filters can name.
func (b *testBundle) enter(t *testing.T, kind identity.OrganisationKind, id uuid.UUID) {
	t.Helper()
	b.tamper(t, `INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, buyer_kind, province, created_at, updated_at)
		VALUES ($1, $2, 'Tổ chức thử (hư cấu)', 'to chuc thu hu cau', 'approved', CASE $2 WHEN 'producer' THEN 'cooperative' END,
		        CASE $2 WHEN 'buyer' THEN 'caterer' END, CASE $2 WHEN 'producer' THEN '96' ELSE '79' END, now(), now())`, id, kind)
}

// send asks for a change.
func (b *testBundle) send(t *testing.T, who, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Authorization", who)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, request)
	return recorder
}

// fixedID is the same id in every run.
func fixedID(n int) uuid.UUID { return uuid.UUID{6: 0x70, 8: 0x80, 15: byte(n + 1)} }

// golden holds an answer against what was committed, or writes that anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(kept), string(got), "write it anew with UPDATE_GOLDEN=1")
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func kg(n int64) quantity.Quantity { return quantity.Of(n) }

// get asks as somebody; headers are names and values in turn.
func (b *testBundle) get(t *testing.T, who, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	request.Header.Set("Authorization", who)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, request)
	return recorder
}

// read asks and decodes an answer that must be 200.
func read[T any](t *testing.T, b *testBundle, who, path string, headers ...string) T {
	t.Helper()
	answer := b.get(t, who, path, headers...)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	var decoded T
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &decoded))
	return decoded
}

// code asks and returns the status and the code of the problem.
func (b *testBundle) code(t *testing.T, who, path string) (status int, code string) {
	t.Helper()
	answer := b.get(t, who, path)
	var problem struct {
		Code string `json:"code"`
	}
	if answer.Code != http.StatusOK {
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &problem), answer.Body.String())
	}
	return answer.Code, problem.Code
}

// sale is a whole deal between a producer and a buyer: everything offered is wanted, awarded and
// delivered.
type sale struct {
	goods  ledger.Goods
	amount quantity.Quantity
	price  money.VND
	on     civil.Date
	// claim is the ceiling it is sold under, if any.
	claim ledger.Claim
}

func shrimpSale(amount int64) sale {
	return sale{
		goods: ledger.Goods{
			Line: "black_tiger_shrimp", Form: "live", Unit: "kg", Schemes: []string{"ASC_FARM", "OCOP"}, BuyerSystem: "saigon-coop",
			ProducerID: newID(), BuyerID: newID(), ProductID: newID(),
		},
		amount: kg(amount), price: 250_000, on: civil.New(2026, time.March, 10),
	}
}

// record posts a sale; every posting names all its goods but what a side cannot know.
func (b *testBundle) record(t *testing.T, s sale) (offer, award uuid.UUID) {
	t.Helper()
	offer, line, award := newID(), newID(), newID()
	post := func(movement ledger.Movement, amount quantity.Quantity) ledger.Posting {
		return ledger.Posting{
			Goods: s.goods, Movement: movement, Quantity: amount, BusinessDate: s.on, PriceVND: s.price,
			OfferID: offer, InquiryID: line, InquiryLineID: line, AwardID: award,
		}
	}
	opened, wanted := post(ledger.OfferOpened, s.amount), post(ledger.DemandOpened, s.amount)
	opened.InquiryLineID, opened.AwardID, opened.BuyerSystem, opened.BuyerID, opened.PriceVND = uuid.Nil, uuid.Nil, "", uuid.Nil, 0
	wanted.OfferID, wanted.AwardID, wanted.ProducerID, wanted.Commune, wanted.PriceVND = uuid.Nil, uuid.Nil, uuid.Nil, "", 0
	awarded := post(ledger.Awarded, s.amount)
	if s.claim.Ceiling > 0 {
		awarded.Claims = []ledger.Claim{s.claim}
	}
	for _, posting := range []ledger.Posting{
		opened, wanted, awarded, post(ledger.Dispatched, s.amount), post(ledger.Accepted, s.amount),
	} {
		require.NoError(t, b.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
			return ledger.PostTx(ctx, tx, b.cast["buyer"], posting)
		}))
	}
	return offer, award
}

func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	for _, definition := range monitor.Faults() {
		require.NotEmpty(t, definition.Vietnamese, definition.Code)
		require.NotEmpty(t, definition.English, definition.Code)
		_, ok := fault.From(definition)
		require.True(t, ok)
	}
}
