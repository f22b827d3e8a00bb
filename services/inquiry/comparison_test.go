package inquiry_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// get asks the service's API as somebody.
func (m *market) get(who identity.Principal, path string, headers ...string) *httptest.ResponseRecorder {
	m.t.Helper()
	return m.asked(m.Service, who, http.MethodGet, path, "", headers...)
}

// edge serves what the service answers over HTTP to one principal.
func edge(service *inquiry.Service, who identity.Principal) *web.API {
	api := web.New(web.Options{
		Title: "test", Version: "1", RequestsPerSecond: -1, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(ctx context.Context, _ *http.Request) (context.Context, web.Caller, error) {
			if !who.SignedIn() {
				return ctx, web.Caller{}, nil
			}
			return identity.WithPrincipal(ctx, who), identity.CallerOf(who), nil
		},
	})
	inquiry.Mount(api, service)
	return api
}

// asked sends a request over HTTP; a body is JSON.
func (m *market) asked(service *inquiry.Service, who identity.Principal, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	m.t.Helper()
	request := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for at := 0; at < len(headers); at += 2 {
		request.Header.Set(headers[at], headers[at+1])
	}
	answer := httptest.NewRecorder()
	edge(service, who).Handler().ServeHTTP(answer, request)
	return answer
}

// answered quotes the first line of an inquiry.
func (m *market) answered(producer identity.Principal, to inquiry.Inquiry, quote inquiry.NewQuote) inquiry.Quote {
	m.t.Helper()
	quote.Reserve = new(false)
	made, err := m.Quote(context.Background(), producer, to.ID, quote)
	require.NoError(m.t, err)
	return made
}

func codes(deviations []inquiry.Deviation, miss bool) []string {
	var found []string
	for _, deviation := range deviations {
		if deviation.Miss == miss {
			found = append(found, deviation.Code)
		}
	}
	return found
}

// compared is a market where six producers were asked for 100 kg with an ASC certificate: two meet
// everything, one misses much, one lapses, one has nothing, one keeps silent.
type compared struct {
	*market

	buyer                                         identity.Principal
	cheap, dear, poor, lapsing, declining, silent identity.Principal
	asked                                         inquiry.Inquiry
}

func newCompared(t *testing.T) *compared {
	t.Helper()
	ctx := context.Background()
	m := newMarket(t)
	c := &compared{market: m, buyer: m.organisation(identity.Buyer)}
	for _, producer := range []*identity.Principal{&c.cheap, &c.dear, &c.poor, &c.lapsing, &c.declining, &c.silent} {
		*producer = m.organisation(identity.Producer)
	}
	demand := m.asking(quantity.Of(100), "ASC_FARM")
	demand.Visibility, demand.Terms.PriceBasis = inquiry.Invited, "delivered"
	demand.Lines[0].Form, demand.Lines[0].TargetPriceVND = "iced", 255_000
	demand.Lines[0].Grade = map[string]any{"count_per_kg_min": 15, "count_per_kg_max": 30}
	for _, producer := range []identity.Principal{c.cheap, c.dear, c.poor, c.lapsing, c.declining, c.silent} {
		demand.InvitedProducers = append(demand.InvitedProducers, producer.OrganisationID)
	}
	c.asked = m.placed(c.buyer, demand)
	farm := catalog.Scope{Kind: "farm_area"}
	m.certified(c.cheap, "ASC_FARM", farm, m.today.AddDays(300))
	m.certified(c.dear, "ASC_FARM", farm, m.today.AddDays(300))
	m.certified(c.lapsing, "ASC_FARM", farm, m.today.AddDays(2))
	on := m.today.AddDays(5)
	goods := func(producer identity.Principal, form string) uuid.UUID {
		return m.offer(producer, m.shrimp(producer, form).ID, quantity.Of(2000))
	}
	m.answered(c.dear, c.asked, inquiry.NewQuote{OfferID: goods(c.dear, "iced"), Quantity: quantity.Of(100), PriceVND: 260_000, DeliverOn: on})
	m.answered(c.cheap, c.asked, inquiry.NewQuote{OfferID: goods(c.cheap, "iced"), Quantity: quantity.Of(120), PriceVND: 250_001, DeliverOn: on})
	m.answered(c.poor, c.asked, inquiry.NewQuote{
		OfferID: goods(c.poor, "frozen_hoso"), Quantity: 33_333, PriceVND: 99_999, DeliverOn: m.today.AddDays(20),
	})
	m.answered(c.lapsing, c.asked, inquiry.NewQuote{OfferID: goods(c.lapsing, "iced"), Quantity: quantity.Of(100), PriceVND: 200_000, DeliverOn: on})
	_, err := m.Decline(ctx, c.declining, c.asked.ID, "=1+1")
	require.NoError(t, err)
	return c
}

func TestQuotesAreComparedLineByLine(t *testing.T) {
	t.Parallel()
	c := newCompared(t)
	comparison, err := c.Comparison(context.Background(), c.buyer, c.asked.ID, "en")
	require.NoError(t, err)
	require.Len(t, comparison.Lines, 1)
	require.True(t, comparison.Invented)
	quotes := comparison.Lines[0].Quotes
	require.Len(t, quotes, 4)

	first, second, poor, lapsing := quotes[0], quotes[1], quotes[2], quotes[3]
	require.Equal(t, c.cheap.OrganisationID, first.Producer.ID)
	require.True(t, first.Meets)
	require.Equal(t, 1, *first.Rank)
	require.Equal(t, money.VND(250_001), *first.LandedPriceVND)
	require.Equal(t, quantity.Of(100), first.Compared, "120 kg are offered for 100")
	require.Equal(t, money.VND(25_000_100), first.ValueVND)
	require.Equal(t, "ASC_FARM", first.Claims[0].Scheme)
	require.Equal(t, c.today.AddDays(300), first.Claims[0].ValidUntil)
	require.Equal(t, money.VND(250_000), first.Price.ListedVND)
	require.Equal(t, "No cases yet.", first.Performance.OnTime.Text)
	require.Nil(t, first.Performance.OnTime.Percent)
	require.Empty(t, first.Deviations)
	require.Positive(t, first.ValidForMinutes)

	require.Equal(t, c.dear.OrganisationID, second.Producer.ID)
	require.Equal(t, 2, *second.Rank)
	require.Equal(t, []string{"above_target_price"}, codes(second.Deviations, false), "a wish is no requirement")
	require.Empty(t, codes(second.Deviations, true))

	require.Nil(t, poor.Rank)
	require.False(t, poor.InWindow)
	require.Equal(t, []string{"delivery_after_window", "less_than_asked", "other_form", "claim_missing"}, codes(poor.Deviations, true))
	require.Equal(t, money.VND(3_333_267), poor.ValueVND, "33.333 × 99 999 = 3 333 266.667, half up")

	require.Equal(t, []string{"claim_lapses"}, codes(lapsing.Deviations, true))
	require.Equal(t, []string{"ASC_FARM"}, lapsing.Missing)
	require.Equal(t, "ASC_FARM", lapsing.Lapsing[0].Scheme)
	require.Contains(t, lapsing.Deviations[0].Text, c.today.AddDays(2).String())

	answers := make(map[uuid.UUID]string)
	for _, answer := range comparison.Answers {
		require.True(t, answer.Invited)
		answers[answer.Producer.ID] = answer.Answer
	}
	require.Equal(t, map[uuid.UUID]string{
		c.cheap.OrganisationID: "quoted", c.dear.OrganisationID: "quoted", c.poor.OrganisationID: "quoted",
		c.lapsing.OrganisationID: "quoted", c.declining.OrganisationID: "declined", c.silent.OrganisationID: "silent",
	}, answers)

	alternative := c.answered(c.cheap, c.asked, inquiry.NewQuote{
		OfferID: c.offer(c.cheap, c.shrimp(c.cheap, "iced").ID, quantity.Of(200)), Quantity: quantity.Of(100), PriceVND: 260_000,
		DeliverOn: c.today.AddDays(5), Alternative: true,
	})
	again, err := c.Comparison(context.Background(), c.buyer, c.asked.ID, "en")
	require.NoError(t, err)
	for at, place := range []int{1, 2, 2} {
		require.Equal(t, place, *again.Lines[0].Quotes[at].Rank, "equal prices share a rank")
	}
	_, err = c.Withdraw(context.Background(), c.cheap, alternative.ID)
	require.NoError(t, err)
	_, err = c.Withdraw(context.Background(), c.cheap, first.QuoteID)
	require.NoError(t, err)

	vietnamese, err := c.Comparison(context.Background(), c.buyer, c.asked.ID, "vi")
	require.NoError(t, err)
	for _, answer := range vietnamese.Answers {
		require.Equal(t, answer.Producer.ID == c.cheap.OrganisationID, answer.Answer == "withdrawn")
	}
	require.Contains(t, vietnamese.Lines[0].Quotes[2].Deviations[0].Text, "trước ngày giao")
	require.Equal(t, "Chưa có lần nào.", vietnamese.Lines[0].Quotes[0].Performance.InFull.Text)
}

// Freight that nobody knows is not invented, and what has no landed price has no rank.
func TestFreightIsNeverGuessed(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	for basis, why := range map[string]string{"farm_gate": "freight_unknown", "": "price_basis_unsaid"} {
		demand := m.demand(quantity.Of(10))
		demand.Terms.PriceBasis = basis
		asked := m.placed(buyer, demand)
		m.answered(producer, asked, inquiry.NewQuote{
			OfferID: offer, Quantity: quantity.Of(10), PriceVND: 1000, DeliverOn: m.today.AddDays(5),
			SizePrices: []inquiry.SizePrice{{Grade: "20/kg", PriceVND: 1200}, {Grade: "30/kg", PriceVND: 900}},
		})
		comparison, err := m.Comparison(context.Background(), buyer, asked.ID, "vi")
		require.NoError(t, err)
		quote := comparison.Lines[0].Quotes[0]
		require.True(t, quote.Meets)
		require.Nil(t, quote.LandedPriceVND)
		require.Nil(t, quote.Rank)
		require.Equal(t, why, quote.LandedUnknown.Code)
		require.Equal(t, "scale", quote.Price.Applies)
		require.Equal(t, []money.VND{900, 1200}, []money.VND{quote.Price.LowestVND, quote.Price.HighestVND})
		answer := m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison")
		require.Contains(t, answer.Body.String(), `"landed_price_vnd":null`)
	}
}

// Who may compare; and of sealed quotes nothing at all is told before the deadline.
func TestSealedQuotesAreNotCompared(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, stranger, producer, other := m.organisation(identity.Buyer), m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	demand := m.demand(quantity.Of(10))
	demand.QuotesSealed, demand.QuotesDueAt = true, time.Now().Add(time.Hour)
	asked := m.placed(buyer, demand)
	before := m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison")
	m.answered(producer, asked, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(10), PriceVND: 1000, DeliverOn: m.today.AddDays(5)})
	_, err := m.Decline(ctx, other, asked.ID, "")
	require.NoError(t, err)

	_, err = m.Comparison(ctx, buyer, asked.ID, "vi")
	require.ErrorIs(t, err, inquiry.ErrSealed)
	for _, format := range []string{"json", "xlsx", "csv"} {
		answer := m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison?format="+format)
		require.Equal(t, http.StatusConflict, answer.Code)
		require.Equal(t, withoutTrace(before.Body.String()), withoutTrace(answer.Body.String()), "the refusal does not change with what is there")
	}
	_, err = m.Comparison(ctx, stranger, asked.ID, "vi")
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.Comparison(ctx, producer, asked.ID, "vi")
	require.ErrorIs(t, err, fault.ErrForbidden)

	_, err = m.lent.Owner.Exec(ctx, `UPDATE inquiry.inquiries SET quotes_due_at = now() - interval '1 second' WHERE id = $1`, asked.ID)
	require.NoError(t, err)
	comparison, err := m.Comparison(ctx, buyer, asked.ID, "vi")
	require.NoError(t, err)
	require.Len(t, comparison.Lines[0].Quotes, 1)
	require.Len(t, comparison.Answers, 2)
	require.Equal(t, http.StatusUnprocessableEntity, m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison?format=doc").Code)
	require.Equal(t, http.StatusUnprocessableEntity, m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison?language=fr").Code)
}

// withoutTrace cuts what differs from answer to answer out of a problem.
func withoutTrace(problem string) string {
	head, _, _ := strings.Cut(problem, `"trace_id"`)
	return head
}

// How a producer kept its word is counted exactly, over all who bought.
func TestComparisonsKnowHowProducersKeptTheirWord(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	for at := range 6 {
		award := m.awarded(m.organisation(identity.Buyer), producer)
		sent, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(100)})
		require.NoError(t, err)
		receipt := inquiry.Receipt{Accepted: quantity.Of(100)}
		if at == 0 {
			receipt = inquiry.Receipt{Accepted: quantity.Of(95), Rejected: quantity.Of(5)}
		}
		_, err = m.Receive(ctx, identity.Principal{UserID: uuid.New(), OrganisationID: award.Buyer.ID, Kind: identity.Buyer, Role: identity.Owner, Approved: true}, sent.ID, receipt)
		require.NoError(t, err)
		if at == 0 { // the rest will not come
			_, err = m.Shortfall(ctx, producer, award.ID, quantity.Of(5), "")
			require.NoError(t, err)
		}
		if at == 1 { // it was to be sent the day before it was
			_, err = m.lent.Owner.Exec(ctx, `UPDATE inquiry.awards SET deliver_on = $2 WHERE id = $1`, award.ID, m.today.AddDays(-1))
			require.NoError(t, err)
		}
	}
	cancelled := m.awarded(buyer, producer)
	_, err := m.CancelAward(ctx, buyer, cancelled.ID, "", "")
	require.NoError(t, err)
	require.NoError(t, m.KeepRecords(ctx))
	asked := m.placed(buyer, m.demand(quantity.Of(10)))
	m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(10), 1000)
	comparison, err := m.Comparison(ctx, buyer, asked.ID, "en")
	require.NoError(t, err)
	kept := comparison.Lines[0].Quotes[0].Performance
	for name, want := range map[string]struct {
		got        inquiry.Share
		cases, met int
		percent    string
	}{
		"on time":  {kept.OnTime, 6, 5, "83.3"},
		"in full":  {kept.InFull, 6, 5, "83.3"},
		"rejected": {kept.Rejected, 6, 1, "0.8"},
	} {
		require.Equal(t, want.cases, want.got.Cases, name)
		require.Equal(t, want.met, want.got.Met, name)
		require.Equal(t, want.percent, want.got.Percent.String(), name)
	}
	require.Equal(t, "5 of 6 (83.3%).", kept.OnTime.Text)
}

// A comparison of forty quotes takes as many statements as one of a single quote.
func TestWhatAComparisonCosts(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	var statements int
	counted := m.On(m.db.WithCounter(func(string) { statements++ }))
	cost := func() int {
		statements = 0
		_, err := counted.Comparison(t.Context(), buyer, asked.ID, "vi")
		require.NoError(t, err)
		return statements
	}
	producer := m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	m.quote(producer, asked, offer, quantity.Of(100), 1000)
	one := cost()
	require.LessOrEqual(t, one, 12)
	for at := range 39 {
		m.answered(producer, asked, inquiry.NewQuote{
			OfferID: offer, Quantity: quantity.Of(100), PriceVND: money.VND(2000 + at), DeliverOn: m.today.AddDays(3 + at%7), Alternative: true,
		})
	}
	require.Equal(t, one, cost())
}

// A grade that is missed and a validity that has run out are told in words.
func TestComparisonsTellWhatAQuoteMisses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(10))
	demand.Lines[0].Grade = map[string]any{"count_per_kg_min": 10, "count_per_kg_max": 25}
	asked := m.placed(buyer, demand)
	quote := m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(10), 1000)
	_, err := m.lent.Owner.Exec(ctx, `UPDATE inquiry.quotes SET created_at = now() - interval '2 days', valid_until = now() - interval '1 day' WHERE id = $1`, quote.ID)
	require.NoError(t, err)
	for language, want := range map[string][]string{
		"vi": {"10–25 con/kg", "20–30 con/kg", "Báo giá đã hết hiệu lực."},
		"en": {"10–25 pcs/kg", "20–30 pcs/kg", "The quote has expired."},
	} {
		comparison, err := m.Comparison(ctx, buyer, asked.ID, language)
		require.NoError(t, err)
		missed := comparison.Lines[0].Quotes[0]
		require.Equal(t, []string{"other_grade", "expired"}, codes(missed.Deviations, true))
		require.Equal(t, "count_per_kg_max", missed.Deviations[0].About)
		require.Contains(t, missed.Deviations[0].Text, want[0])
		require.Contains(t, missed.Deviations[0].Text, want[1])
		require.Equal(t, want[2], missed.Deviations[1].Text)
		require.False(t, missed.Meets)
		require.Zero(t, missed.ValidForMinutes)
	}
}
