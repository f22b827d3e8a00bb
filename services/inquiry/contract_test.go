package inquiry_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/paper/papertest"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/symbol/symboltest"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// reached is where people reach the service in these tests.
const reached = "https://ocop.example"

// signed is a market with an award whose paper says as much as a paper can.
type signed struct {
	*market

	buyer, producer, stranger identity.Principal
	award                     inquiry.Award
}

func newSigned(t *testing.T) *signed {
	t.Helper()
	ctx := context.Background()
	m := newMarket(t)
	m.Service = m.At(reached + "/")
	s := &signed{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer), stranger: m.organisation(identity.Buyer)}
	demand := m.asking(quantity.Of(100), "ASC_FARM")
	demand.DeliverTo.Note = "Kho trung tâm, cửa số 3, 03:00–05:00"
	demand.Lines[0].Grade = map[string]any{"count_per_kg_min": 15, "count_per_kg_max": 30}
	demand.Terms = inquiry.Terms{
		PriceBasis: "delivered", Invoicing: "own", TaxTreatment: "Không chịu thuế khâu nuôi trồng", PaymentDays: 30, DepositPercent: quantity.Of(10),
		DiscountPercent: 2500, Returns: "Trả hàng dạt trong 24 giờ", Consignment: true, Packaging: "Thùng xốp 20 kg", Note: "Gọi trước 1 giờ",
	}
	asked := m.placed(s.buyer, demand)
	product := m.shrimp(s.producer, "iced")
	m.certified(s.producer, "ASC_FARM", catalog.Scope{Kind: "farm_area"}, m.today.AddDays(300))
	m.certified(s.producer, "VIETGAP", catalog.Scope{Kind: "farm_area"}, m.today.AddDays(2))
	quote := m.answered(s.producer, asked, inquiry.NewQuote{
		OfferID: m.offer(s.producer, product.ID, quantity.Of(1000)), Quantity: quantity.Of(80), PriceVND: 250_000, DeliverOn: m.today.AddDays(5),
		SizePrices: []inquiry.SizePrice{{Grade: "20 con/kg", PriceVND: 260_000}, {Grade: "30 con/kg", PriceVND: 225_000}},
	})
	awards, err := m.Award(ctx, s.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: 66_667}})
	require.NoError(t, err)
	s.award = awards[0]
	return s
}

func (s *signed) paper(who identity.Principal, language string) []byte {
	s.t.Helper()
	paper, err := s.ContractPaper(context.Background(), who, s.award.ID, language)
	require.NoError(s.t, err)
	return paper
}

// code reads the code off a paper, by its QR code.
func (s *signed) code(paper []byte) string {
	s.t.Helper()
	pictures := papertest.Pictures(s.t, paper)
	require.Len(s.t, pictures, 1)
	code, leads := strings.CutPrefix(symboltest.ReadQR(s.t, pictures[0]), reached+"/v1/contracts/")
	require.True(s.t, leads, "the code leads to the check")
	return code
}

// What the paper of an award states, in both languages; kept in a folder for a look when one is named.
func TestThePaperOfAnAward(t *testing.T) {
	t.Parallel()
	s := newSigned(t)
	for language, want := range map[string][]string{
		"vi": {
			"Tóm tắt chốt mua", "Dữ liệu minh hoạ / demonstration data", "Bên bán", "Seller", s.award.Producer.Name, s.award.Buyer.Name, "Tôm sú thử",
			"66,667 kg", "250.000 ₫/kg", "16.666.750 ₫", "260.000 ₫/kg", "225.000 ₫/kg", "20–30 con/kg", "15–30 con/kg", "giao đến nơi",
			"hoá đơn điện tử của bên bán", "Không chịu thuế khâu nuôi trồng", "trong 30 ngày", "10 %", "2,5 %", "Trả hàng dạt trong 24 giờ", "Ký gửi",
			"Thùng xốp 20 kg", "Gọi trước 1 giờ", "Kho trung tâm, cửa số 3, 03:00–05:00", "còn hiệu lực", "không còn hiệu lực", "DEMO-", s.award.ID.String(),
		},
		"en": {
			"Summary of an award", "Tóm tắt chốt mua", "Seller", "66.667 kg", "250,000 ₫/kg", "16,666,750 ₫", "delivered", "within 30 days", "2.5 %", "no longer valid",
			s.today.AddDays(5).String(), s.today.AddDays(300).String(),
		},
	} {
		paper := s.paper(s.buyer, language)
		text := papertest.Text(t, paper)
		for _, part := range want {
			require.Contains(t, text, part, language)
		}
		require.NotContains(t, text, "□")
		if folder := os.Getenv("OCOP_TEST_PAPERS"); folder != "" {
			require.NoError(t, os.WriteFile(folder+"/award-"+language+".pdf", paper, 0o600))
		}
	}
	commune, known := s.book.Commune("25747")
	require.True(t, known)
	require.Contains(t, papertest.Text(t, s.paper(s.producer, "vi")), commune.Name)
}

// What nobody asks for is set down all the same, soon after the award: once, by however many
// processes.
func TestContractsAreSetDownBeforeAnybodyAsks(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSigned(t)
	name := s.award.Producer.Name
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := s.On(pgtest.Open(t, s.address())).SetDownContracts(ctx); err != nil {
				t.Errorf("setting down: %v", err)
			}
		})
	}
	group.Wait()
	made, err := s.SetDownContracts(ctx)
	require.NoError(t, err)
	require.Zero(t, made, "all are set down")
	_, err = s.lent.Owner.Exec(ctx, `UPDATE identity.organisations SET name = 'Tên mới'`)
	require.NoError(t, err)
	require.Contains(t, papertest.Text(t, s.paper(s.producer, "vi")), name)
	var recorded int
	require.NoError(t, s.db.Get(ctx, &recorded, `SELECT count(*) FROM identity.audit_events WHERE action = 'contract.set_down'`))
	require.Equal(t, 1, recorded)
	_, err = s.lent.Owner.Exec(ctx, `DELETE FROM inquiry.contracts`)
	require.NoError(t, err)
	_, err = s.lent.Owner.Exec(ctx, `UPDATE inquiry.awards SET id = CAST('018' || substr(CAST(id AS text), 4) AS uuid)`)
	require.NoError(t, err)
	made, err = s.SetDownContracts(ctx)
	require.NoError(t, err)
	require.Zero(t, made, "an old award's is set down when it is asked for")
}

// A paper is set down once: the same bytes for both parties, whatever becomes of names afterwards,
// and however many ask for it at once.
func TestAPaperStaysAsItWasSetDown(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSigned(t)
	papers := make([][]byte, 24)
	var group sync.WaitGroup
	for at := range papers {
		group.Go(func() {
			who := []identity.Principal{s.buyer, s.producer}[at%2]
			var err error
			if papers[at], err = s.ContractPaper(ctx, who, s.award.ID, "vi"); err != nil {
				t.Errorf("paper: %v", err)
			}
		})
	}
	group.Wait()
	_, err := s.lent.Owner.Exec(ctx, `UPDATE identity.organisations SET name = 'Tên mới'`)
	require.NoError(t, err)
	_, err = s.lent.Owner.Exec(ctx, `UPDATE catalog.products SET name = 'Sản phẩm khác', grade = '{}'`)
	require.NoError(t, err)
	for _, paper := range papers {
		require.Equal(t, string(papers[0]), string(paper))
	}
	require.Equal(t, string(papers[0]), string(s.paper(s.buyer, "vi")))
	var recorded int
	require.NoError(t, s.db.Get(ctx, &recorded, `SELECT count(*) FROM identity.audit_events WHERE action = 'contract.set_down'`))
	require.Equal(t, 1, recorded)
	for _, change := range []string{`UPDATE inquiry.contracts SET code = code`, `DELETE FROM inquiry.contracts`} {
		_, err = s.db.Exec(ctx, change)
		require.Error(t, err, "the service cannot change what was set down")
	}
	_, err = s.lent.Owner.Exec(ctx, `UPDATE inquiry.contracts SET facts = replace(facts, '250000', '150000')`)
	require.ErrorContains(t, err, "contract_digest")
}

func TestAPaperIsForTheParties(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSigned(t)
	path := "/v1/awards/" + s.award.ID.String() + "/contract"
	for name, c := range map[string]struct {
		who  identity.Principal
		path string
		want int
	}{
		"buyer": {s.buyer, path, 200}, "producer": {s.producer, path + "?language=en", 200}, "stranger": {s.stranger, path, 404},
		"nobody": {identity.Principal{}, path, 401}, "official": {s.organisation(identity.Authority), path, 403},
		"language": {s.buyer, path + "?language=fr", 422}, "unknown": {s.buyer, "/v1/awards/" + uuid.NewString() + "/contract", 404},
	} {
		answer := s.get(c.who, c.path)
		require.Equal(t, c.want, answer.Code, name)
		if c.want == http.StatusOK {
			require.Equal(t, "application/pdf", answer.Header().Get("Content-Type"))
			require.Equal(t, "nosniff", answer.Header().Get("X-Content-Type-Options"))
		}
	}
	_, err := s.ContractPaper(ctx, s.stranger, s.award.ID, "vi")
	require.ErrorIs(t, err, fault.ErrNotFound)
}

// Whoever holds the paper learns whether it is genuine and where the award stands, and nothing that
// is not on it; its prices are confirmed, never told.
func TestAPaperCanBeChecked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSigned(t)
	paper := s.paper(s.buyer, "vi")
	code, text := s.code(paper), papertest.Text(t, paper)
	require.Len(t, code, 32)
	answer := s.get(identity.Principal{}, "/v1/contracts/"+code)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	require.NotContains(t, answer.Body.String(), "250000")
	require.NotContains(t, answer.Body.String(), "16666750")
	require.NotContains(t, answer.Body.String(), "matches")
	var check inquiry.ContractCheck
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &check))
	require.Contains(t, text, check.Number)
	require.Equal(t, inquiry.AwardCommitted, check.State)
	require.Equal(t, quantity.Quantity(66_667), check.Quantity)
	require.Equal(t, reference.Day(s.award.CreatedAt), check.AwardedOn)
	require.Equal(t, []string{s.award.Producer.Name, s.award.Buyer.Name}, []string{check.Seller, check.Buyer})
	require.True(t, check.Invented)
	require.Contains(t, strings.Join(strings.Fields(text), ""), check.Digest, "the digest stands on the paper")

	for name, c := range map[string]struct {
		read inquiry.Reading
		want bool
	}{
		"digest":       {inquiry.Reading{Digest: check.Digest}, true},
		"as printed":   {inquiry.Reading{Digest: strings.ToUpper(check.Digest[:4] + " " + check.Digest[4:])}, true},
		"both":         {inquiry.Reading{Digest: check.Digest, ValueVND: 16_666_750}, true},
		"forged value": {inquiry.Reading{Digest: check.Digest, ValueVND: 26_666_750}, false},
		"forged":       {inquiry.Reading{Digest: strings.Repeat("0", 32)}, false},
		"cut off":      {inquiry.Reading{Digest: check.Digest[:8]}, false},
	} {
		got, err := s.CheckContract(ctx, code, c.read)
		require.NoError(t, err)
		require.Equal(t, c.want, *got.Matches, name)
	}
	require.Contains(t, s.get(identity.Principal{}, "/v1/contracts/"+code+"?value_vnd=16666750").Body.String(), `"matches":true`)

	for _, wrong := range []string{"x", strings.Repeat("a", 32), strings.ToUpper(code), s.award.ID.String(), code + "a", "%00"} {
		answer := s.get(identity.Principal{}, "/v1/contracts/"+wrong)
		require.Contains(t, []int{http.StatusNotFound, http.StatusBadRequest}, answer.Code, wrong)
	}
	_, err := s.CancelAward(ctx, s.buyer, s.award.ID, "", "")
	require.NoError(t, err)
	check, err = s.CheckContract(ctx, code, inquiry.Reading{ValueVND: money.VND(16_666_750)})
	require.NoError(t, err)
	require.Equal(t, inquiry.AwardCancelled, check.State)
	require.True(t, *check.Matches, "what was set down stays")
	cancelled := s.paper(s.buyer, "vi")
	require.Contains(t, papertest.Text(t, cancelled), "Phần chưa giao đã bị huỷ.")
	require.Equal(t, code, s.code(cancelled))
}

func TestCodesOfPapersDiffer(t *testing.T) {
	t.Parallel()
	first, second := newSigned(t), newSigned(t)
	require.NotEqual(t, first.code(first.paper(first.buyer, "vi")), second.code(second.paper(second.buyer, "vi")))
}

// A paper without any terms, of a certificate without an end and one that was lost since the award.
func TestAPaperOfLittle(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced")
	m.certified(producer, "ORGANIC_USDA", catalog.Scope{Kind: "farm_area"}, civil.Date{})
	lost := m.certified(producer, "ASC_FARM", catalog.Scope{Kind: "farm_area"}, m.today.AddDays(300))
	asked := m.placed(buyer, m.demand(quantity.Of(10)))
	quote := m.quote(producer, asked, m.offer(producer, product.ID, quantity.Of(1000)), quantity.Of(10), 1000)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}})
	require.NoError(t, err)
	require.Equal(t, []string{"ASC_FARM", "ORGANIC_USDA"}, awards[0].Claims)
	_, err = m.catalog.Revoke(ctx, official(), lost.ID, nil, "Demo")
	require.NoError(t, err)
	paper, err := m.ContractPaper(ctx, producer, awards[0].ID, "vi")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(papertest.Text(t, paper)), " ")
	for _, part := range []string{"không thời hạn", "đã mất hiệu lực sau khi chốt", "chưa nêu"} {
		require.Contains(t, text, part)
	}
	for _, part := range []string{"Đặt cọc", "Chiết khấu", "Ký gửi", "Giá theo cỡ", "Phần chưa giao"} {
		require.NotContains(t, text, part)
	}
	require.NotContains(t, text, lost.Number)
}
