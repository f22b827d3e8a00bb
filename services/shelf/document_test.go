package shelf_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/shelf"
)

// A document is sent once and shown to those whom it concerns.
func TestDocuments(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	product, other := m.driedShrimp(m.ann, gtin(1)), m.driedShrimp(m.ann, gtin(2))
	sent, err := m.SendDocument(ctx, m.ann, shelf.NewDocument{Type: "test_report", ProductID: product.ID, Number: "DEMO-1", IssuedOn: day("2026-06-01")})
	require.NoError(t, err)
	require.Equal(t, "2027-06-01", sent.ValidUntil.String())
	require.Equal(t, shelf.DocumentValid, sent.State)
	_, err = m.SendDocument(ctx, m.ann, shelf.NewDocument{Type: "test_report", ProductID: product.ID, Number: "demo-1", IssuedOn: day("2026-06-01")})
	require.ErrorIs(t, err, shelf.ErrDocumentExists)
	_, err = m.SendDocument(ctx, m.ann, shelf.NewDocument{Type: "test_report", ProductID: other.ID, Number: "DEMO-1", IssuedOn: day("2026-06-01")})
	require.NoError(t, err, "one report may be about two products")
	_, err = m.SendDocument(ctx, m.ben, shelf.NewDocument{Type: "test_report", ProductID: product.ID, Number: "DEMO-1", IssuedOn: day("2026-06-01")})
	require.ErrorIs(t, err, shelf.ErrDocumentProduct)
	for _, who := range []identity.Principal{m.buyerA, m.caMau} {
		_, err = m.SendDocument(ctx, who, shelf.NewDocument{Type: "business_registration", Number: "1", IssuedOn: day("2026-06-01")})
		require.ErrorIs(t, err, fault.ErrForbidden)
	}

	see := func(who identity.Principal) error { _, err := m.Document(ctx, who, sent.ID); return err }
	require.NoError(t, see(m.ann))
	require.NoError(t, see(m.caMau))
	for _, who := range []identity.Principal{m.ben, m.buyerA, m.caterer, m.hoChiMinh} {
		require.ErrorIs(t, see(who), fault.ErrNotFound)
	}
	_, err = m.Apply(ctx, m.ann, other.ID, systemA)
	require.NoError(t, err)
	require.ErrorIs(t, see(m.buyerA), fault.ErrNotFound, "it is about another product")
	applied, err := m.Apply(ctx, m.ann, product.ID, systemA)
	require.NoError(t, err)
	require.NoError(t, see(m.buyerA))
	require.ErrorIs(t, see(m.buyerB), fault.ErrNotFound)
	m.move(m.ann, applied, shelf.MoveWithdraw, "")
	require.ErrorIs(t, see(m.buyerA), fault.ErrNotFound)

	withdrawn, err := m.WithdrawDocument(ctx, m.ann, sent.ID)
	require.NoError(t, err)
	require.Equal(t, shelf.DocumentWithdrawn, withdrawn.State)
	_, err = m.WithdrawDocument(ctx, m.ann, sent.ID)
	require.ErrorIs(t, err, shelf.ErrDocumentWithdrawn)
	_, err = m.WithdrawDocument(ctx, m.ben, sent.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	require.Equal(t, shelf.NotMet, m.readiness(m.ann, product, systemA).Checks[3].Verdict)

	mine, err := m.Documents(ctx, m.ann, uuid.Nil, 10)
	require.NoError(t, err)
	require.Len(t, mine, 2)
	rest, err := m.Documents(ctx, m.ann, mine[0].ID, 10)
	require.NoError(t, err)
	require.Equal(t, mine[1:], rest)
	none, err := m.Documents(ctx, m.ben, uuid.Nil, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = m.Documents(ctx, m.buyerA, uuid.Nil, 10)
	require.ErrorIs(t, err, fault.ErrForbidden)
}

func TestFactsAreToldWhole(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	product := m.driedShrimp(m.ann, gtin(1))
	sheet, err := m.ProductFacts(ctx, identity.Principal{}, product.ID)
	require.NoError(t, err)
	require.Empty(t, sheet.Facts)
	version := func(want int64) shelf.Match {
		return func(version int64) error {
			if version != want {
				return fault.ErrStale
			}
			return nil
		}
	}
	sheet, err = m.SetProductFacts(ctx, m.ann, product.ID, version(0), shelf.Facts{"storage": "mát", "shelf_life_days": float64(90)})
	require.NoError(t, err)
	require.EqualValues(t, 1, sheet.Version)
	_, err = m.SetProductFacts(ctx, m.ann, product.ID, version(0), shelf.Facts{})
	require.ErrorIs(t, err, fault.ErrStale)
	sheet, err = m.SetProductFacts(ctx, m.ann, product.ID, version(1), shelf.Facts{"storage": "lạnh"})
	require.NoError(t, err)
	require.Equal(t, shelf.Facts{"storage": "lạnh"}, sheet.Facts, "what is missing is forgotten")
	_, err = m.SetProductFacts(ctx, m.ben, product.ID, nil, shelf.Facts{})
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.SetProductFacts(ctx, m.annViewer, product.ID, nil, shelf.Facts{})
	require.ErrorIs(t, err, identity.ErrReadOnly)
	_, err = m.SetTerms(ctx, m.ann, nil, shelf.Facts{"storage": "mát"})
	require.ErrorIs(t, err, fault.ErrUnknownValue)
	terms, err := m.SetTerms(ctx, m.ann, nil, shelf.Facts{"returns": false})
	require.NoError(t, err)
	read, err := m.Terms(ctx, m.ann)
	require.NoError(t, err)
	require.Equal(t, terms, read)
	_, err = m.Terms(ctx, m.buyerA)
	require.ErrorIs(t, err, fault.ErrForbidden)
}

func scanForm(t *testing.T, content string) (*bytes.Buffer, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("scan", "../../scan.exe")
	require.NoError(t, err)
	_, err = part.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return &body, form.FormDataContentType()
}

func TestScansOfDocuments(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	sent := m.send(server, "ann", http.MethodPost, "/v1/documents", `{"type":"business_registration","number":"DEMO-1","issued_on":"2020-01-01"}`)
	require.Equal(t, http.StatusCreated, sent.Code, sent.Body)
	path := sent.Header().Get("Location") + "/scan"
	require.Equal(t, http.StatusNotFound, m.send(server, "ann", http.MethodGet, path, "").Code)
	put := func(who, content string) *httptest.ResponseRecorder {
		body, kind := scanForm(t, content)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, path, body)
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Authorization", "Bearer "+who)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		return answer
	}
	const paper = "%PDF-1.4\n%%EOF\n"
	require.Equal(t, http.StatusNotFound, put("ben", paper).Code)
	require.Equal(t, http.StatusUnsupportedMediaType, put("ann", "<script>").Code)
	require.Equal(t, http.StatusOK, put("ann", paper).Code)
	read := m.send(server, "ann", http.MethodGet, path, "")
	require.Equal(t, http.StatusOK, read.Code)
	require.Equal(t, paper, read.Body.String())
	require.Equal(t, "nosniff", read.Header().Get("X-Content-Type-Options"))
	require.True(t, strings.HasPrefix(read.Header().Get("Content-Disposition"), "attachment;"))
	require.Equal(t, http.StatusNotFound, m.send(server, "ben", http.MethodGet, path, "").Code)
	require.Equal(t, http.StatusNotFound, m.send(server, "buyerA", http.MethodGet, path, "").Code)
	require.Equal(t, http.StatusOK, put("ann", paper+"%%EOF\n").Code, "a scan is replaced")
	require.Equal(t, paper+"%%EOF\n", m.send(server, "ann", http.MethodGet, path, "").Body.String())
}

// The whole way of a Green Tick through HTTP.
func TestTheShelfOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	product := m.driedShrimp(m.ann, gtin(1))
	at := "/v1/products/" + product.ID.String()
	told := m.send(server, "ann", http.MethodPut, at+"/facts", `{"facts":{"shelf_life_days":180,"origin":"Việt Nam"}}`, "If-Match", `"v0"`)
	require.Equal(t, http.StatusOK, told.Code, told.Body)
	require.Equal(t, `"v1"`, told.Header().Get("ETag"))
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "ann", http.MethodPut, at+"/facts", `{"facts":{}}`, "If-Match", `"v0"`).Code)
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "ann", http.MethodPut, at+"/facts", `{"facts":{"shelf_life_days":1.5}}`).Code)
	require.Equal(t, http.StatusOK, m.send(server, "", http.MethodGet, at+"/facts", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPut, "/v1/shelf/terms", `{"facts":{"e_invoice":true}}`).Code)
	set := m.send(server, "buyerA", http.MethodPost, "/v1/shelf/systems/"+systemA+"/requirements",
		`{"requirements":[{"code":"shelf_life","kind":"fact","params":{"field":"shelf_life_days","least":365},"mandatory":true,"name":"Hạn một năm","name_en":"One year"}]}`)
	require.Equal(t, http.StatusCreated, set.Code, set.Body)
	require.Equal(t, http.StatusNotFound, m.send(server, "buyerB", http.MethodGet, "/v1/shelf/systems/"+systemA+"/requirements", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodGet, "/v1/shelf/systems/"+systemA+"/requirements?line=dried_shrimp&on=2026-12-31", "").Code)
	ready := m.send(server, "ann", http.MethodGet, at+"/readiness?system="+systemA, "")
	require.Contains(t, ready.Body.String(), `180 ngày, cần ít nhất 365.`)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodGet, "/v1/shelf/readiness?limit=5", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "buyerA", http.MethodGet, "/v1/shelf/products?all=true", "").Code)

	applied := m.send(server, "ann", http.MethodPost, at+"/green-ticks", `{"system":"`+systemA+`"}`, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, applied.Code, applied.Body)
	require.Equal(t, applied.Body.String(), m.send(server, "ann", http.MethodPost, at+"/green-ticks", `{"system":"`+systemA+`"}`, "Idempotency-Key", "one").Body.String())
	tick := applied.Header().Get("Location")
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "buyerA", http.MethodPost, tick+"/approve", "", "If-Match", `"v9"`).Code)
	require.Equal(t, http.StatusOK, m.send(server, "buyerA", http.MethodPost, tick+"/approve", "", "If-Match", applied.Header().Get("ETag")).Code)
	require.Equal(t, http.StatusConflict, m.send(server, "buyerA", http.MethodPost, tick+"/approve", "").Code)
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "buyerA", http.MethodPost, tick+"/report", `{}`).Code)
	require.Equal(t, http.StatusForbidden, m.send(server, "ann", http.MethodPost, tick+"/report", `{"reason":"thử"}`).Code)
	require.Equal(t, http.StatusOK, m.send(server, "buyerA", http.MethodPost, tick+"/report", `{"reason":"thử"}`).Code)
	read := m.send(server, "hoChiMinh", http.MethodGet, tick, "")
	var shown shelf.Tick
	require.NoError(t, json.Unmarshal(read.Body.Bytes(), &shown))
	require.Equal(t, shelf.TickSuspended, shown.State)
	require.Equal(t, "thử", shown.History[2].Reason)
	require.Contains(t, m.send(server, "buyerA", http.MethodGet, "/v1/green-ticks?state=suspended", "").Body.String(), shown.ID.String())
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "buyerA", http.MethodGet, "/v1/green-ticks?state=x", "").Code)
	require.Contains(t, m.send(server, "", http.MethodGet, "/v1/shelf/document-types", "").Body.String(), "test_report")
	require.Contains(t, m.send(server, "", http.MethodGet, "/v1/shelf/fields", "").Body.String(), "shelf_life_days")
}
