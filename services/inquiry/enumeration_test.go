package inquiry_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// things are the ids of a deal, by the prefix of the routes that name them.
type things map[string]uuid.UUID

// foreign is a deal between two, with everything that has an id.
func (m *market) foreign(buyer, producer identity.Principal) (things, inquiry.Inquiry) {
	m.t.Helper()
	ctx := context.Background()
	demand := m.demand(quantity.Of(200))
	demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{producer.OrganisationID}
	asked := m.placed(buyer, demand)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	quote := m.quote(producer, asked, offer, quantity.Of(100), 777_777)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(50)}})
	require.NoError(m.t, err)
	question, err := m.Ask(ctx, producer, asked.ID, "hỏi 777")
	require.NoError(m.t, err)
	got := m.fulfilled(buyer, producer, awards[0], quantity.Of(20), inquiry.Receipt{Accepted: quantity.Of(20)})
	series := m.planned(buyer, m.daily())
	paid, err := m.RecordPayment(ctx, buyer, awards[0].ID, inquiry.NewPayment{Kind: "payment", AmountVND: 777, PaidOn: m.today})
	require.NoError(m.t, err)
	return things{
		"/v1/payments/":  paid.ID,
		"/v1/inquiries/": asked.ID, "/v1/quotes/": quote.ID, "/v1/awards/": awards[0].ID, "/v1/deliveries/": got.ID, "/v1/questions/": question.ID,
		"/v1/inquiry-series/": series.ID, "/v1/organisations/": buyer.OrganisationID,
	}, asked
}

// bodies that the routes would take of the right caller.
func bodies(m *market) map[string]string {
	day := m.today.AddDays(3)
	return map[string]string{
		"submit-quote":    fmt.Sprintf(`{"line_id": %q, "quantity": "5", "price_vnd": 1000, "deliver_on": %q}`, uuid.New(), day),
		"submit-quotes":   fmt.Sprintf(`{"quotes": [{"line_id": %q, "quantity": "5", "price_vnd": 1000, "deliver_on": %q}]}`, uuid.New(), day),
		"revise-quote":    fmt.Sprintf(`{"quantity": "5", "price_vnd": 900, "deliver_on": %q}`, day),
		"award-quotes":    fmt.Sprintf(`{"allocations": [{"quote_id": %q, "quantity": "1"}]}`, uuid.New()),
		"open-round":      `{"until": "2100-01-01T00:00:00Z"}`,
		"amend-inquiry":   `{"terms": {"payment_days": 7}}`,
		"ask-question":    `{"question": "Giao mấy giờ?"}`,
		"answer-question": `{"answer": "03:00"}`, "announce-shortfall": `{"quantity": "1"}`, "reject-award-proposal": `{"reason": "thử"}`,
		"ask-cancellation": `{"reason": "weather"}`, "refuse-call-off": `{"reason": "thử"}`, "cancel-call-off": `{"reason": "thử"}`,
		"call-off":                  fmt.Sprintf(`{"quantity": "1", "deliver_on": %q, "commune_code": "25747"}`, day),
		"dispatch-delivery":         `{"quantity": "1"}`,
		"schedule-delivery":         fmt.Sprintf(`{"quantity": "1", "day": %q}`, day),
		"dispatch-planned-delivery": `{"quantity": "1"}`,
		"dispute-delivery":          `{"reason": "weight"}`, "propose-settlement": `{"accepted": "5", "rejected": "0"}`,
		"agree-settlement":         fmt.Sprintf(`{"proposal_id": %q}`, uuid.New()),
		"receive-delivery":         `{"accepted": "5", "rejected": "0"}`,
		"record-payment":           fmt.Sprintf(`{"kind": "payment", "amount_vnd": 1000, "paid_on": %q}`, m.today),
		"contest-payment":          `{"reason": "thử"}`,
		"skip-inquiry-series-date": fmt.Sprintf(`{"deliver_on": %q}`, day),
	}
}

var instance = regexp.MustCompile(`"(instance|trace_id)":"[^"]*"`)

// probe is what somebody can observe of an answer, but for how long it took: status, headers, length and
// text without the ids that were asked for, and how many statements it cost.
type probe struct {
	status, length, statements int
	text                       string
	headers                    http.Header
}

// prober asks as one principal and counts statements.
type prober struct {
	*web.API

	statements int
}

func (m *market) prober(who identity.Principal) *prober {
	p := &prober{}
	p.API = edge(m.On(m.db.WithCounter(func(string) { p.statements++ })), who)
	return p
}

func (p *prober) ask(method, path, body string) probe {
	request := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("If-Match", "*")
	answer := httptest.NewRecorder()
	p.statements = 0
	p.Handler().ServeHTTP(answer, request)
	headers := answer.Header().Clone()
	headers.Del("Trace-Id") // each request has its own
	return probe{
		status: answer.Code, length: answer.Body.Len(), statements: p.statements, headers: headers,
		text: instance.ReplaceAllString(answer.Body.String(), ""),
	}
}

// To a stranger, a thing of others answers as one that does not exist, by every route that names one and
// whichever side the stranger is on: the same status, headers, text, length and number of statements.
func TestForeignThingsAnswerAsMissingOnes(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	foreign, _ := m.foreign(buyer, producer)
	sent := bodies(m)
	probes := 0
	for _, who := range []identity.Principal{m.organisation(identity.Producer), m.organisation(identity.Buyer)} {
		prober := m.prober(who)
		for _, route := range prober.Routes() {
			if !strings.Contains(route.Path, "{id}") || route.ID == "attach-paper" || route.ID == "add-receipt-photo" {
				continue // the two are forms, which the matrix of access asks
			}
			id := uuid.New()
			for prefix, other := range foreign {
				if strings.HasPrefix(route.Path, prefix) {
					id = other
				}
			}
			path := func(id uuid.UUID) string {
				fill := strings.NewReplacer("{id}", id.String(), "{photo}", uuid.NewString(), "{link}", uuid.NewString(), "{size}", "thumb.jpg")
				return fill.Replace(route.Path)
			}
			body := sent[route.ID]
			missing, there := prober.ask(route.Method, path(uuid.New()), body), prober.ask(route.Method, path(id), body)
			require.Equal(t, missing, there, "%s, %s", route.ID, who.Kind)
			require.Contains(t, []int{http.StatusNotFound, http.StatusForbidden}, there.status, "%s, %s: %s", route.ID, who.Kind, there.text)
			probes++
		}
	}
	require.Greater(t, probes, 80)
}

// Whether nobody, or many, quoted on an inquiry that does not reach a producer, and whether there is such
// an inquiry, cannot be told; nor can the number of rivals on one that does.
func TestRivalsCannotBeCounted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, me := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	rivals := make([]identity.Principal, 0, 6)
	for range 6 {
		rivals = append(rivals, m.organisation(identity.Producer))
	}
	invitation := m.demand(quantity.Of(100))
	invitation.Visibility = inquiry.Invited
	for _, rival := range rivals {
		invitation.InvitedProducers = append(invitation.InvitedProducers, rival.OrganisationID)
	}
	empty, contested := m.placed(buyer, invitation), m.placed(buyer, invitation)
	alone, crowded := m.placed(buyer, m.demand(quantity.Of(100))), m.placed(buyer, m.demand(quantity.Of(100)))
	for at, rival := range rivals {
		offer := m.offer(rival, m.shrimp(rival, "iced").ID, quantity.Of(1000))
		for _, asked := range []inquiry.Inquiry{contested, crowded} {
			m.quote(rival, asked, offer, quantity.Of(10), 1000)
			if at%2 == 0 {
				_, err := m.Ask(ctx, rival, asked.ID, fmt.Sprintf("hỏi %d", at))
				require.NoError(t, err)
			}
		}
	}
	sent := bodies(m)
	hide := func(p probe) probe {
		p.text = unnamed([]string{p.text})[0]
		p.length = len(p.text) // instants are written without the zeros at their end
		p.headers.Del("Etag")
		return p
	}
	prober := m.prober(me)
	for _, route := range prober.Routes() {
		if !strings.HasPrefix(route.Path, "/v1/inquiries/{id}") || route.ID == "attach-paper" {
			continue
		}
		ask := func(id uuid.UUID) probe {
			return prober.ask(route.Method, strings.ReplaceAll(route.Path, "{id}", id.String()), sent[route.ID])
		}
		require.Equal(t, ask(uuid.New()), ask(empty.ID), route.ID)
		require.Equal(t, ask(empty.ID), ask(contested.ID), route.ID)
		if route.Method == http.MethodGet && route.ID != "list-questions" { // questions are for all to read, without names
			require.Equal(t, hide(ask(alone.ID)), hide(ask(crowded.ID)), route.ID)
		}
	}
}

// BenchmarkWhatTimeTells measures how long a stranger waits for "no such inquiry", for one that is not for
// it, and for one on which rivals quoted; the last two as ratios to the first. A test could not tell a leak from
// a busy machine: that the statements are the same is TestRivalsCannotBeCounted's to say.
func BenchmarkWhatTimeTells(b *testing.B) {
	m := newMarket(b)
	buyer, me, rival := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	invitation := m.demand(quantity.Of(100))
	invitation.Visibility, invitation.InvitedProducers = inquiry.Invited, []uuid.UUID{rival.OrganisationID}
	quiet, busy := m.placed(buyer, invitation), m.placed(buyer, invitation)
	offer := m.offer(rival, m.shrimp(rival, "iced").ID, quantity.Of(1000))
	m.quote(rival, busy, offer, quantity.Of(10), 1000)
	server := edge(m.Service, me).Handler()
	took := make(map[string]time.Duration)
	asks := []struct {
		name string
		id   uuid.UUID
	}{{"none", uuid.New()}, {"foreign", quiet.ID}, {"rivals", busy.ID}}
	for b.Loop() {
		for _, ask := range asks { // in turn, so that they meet the same machine
			request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/v1/inquiries/"+ask.id.String(), nil)
			answer := httptest.NewRecorder()
			began := time.Now()
			server.ServeHTTP(answer, request)
			took[ask.name] += time.Since(began)
			require.Equal(b, http.StatusNotFound, answer.Code)
		}
	}
	b.ReportMetric(float64(took["foreign"])/float64(took["none"]), "foreign/none")
	b.ReportMetric(float64(took["rivals"])/float64(took["none"]), "rivals/none")
}
