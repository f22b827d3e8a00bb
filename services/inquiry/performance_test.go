package inquiry_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// measured reads one measure of a record.
func (m *market) measured(who identity.Principal, of uuid.UUID, code string) inquiry.Measure {
	m.t.Helper()
	record, err := m.PerformanceOf(context.Background(), who, of, inquiry.Window{}, "en")
	require.NoError(m.t, err)
	for _, measure := range record.Measures {
		if measure.Code == code {
			return measure
		}
	}
	require.Fail(m.t, "no such measure", code)
	return inquiry.Measure{}
}

// fulfilled sends off an award and has its buyer receive it.
func (m *market) fulfilled(buyer, producer identity.Principal, award inquiry.Award, sent quantity.Quantity, receipt inquiry.Receipt) inquiry.Delivery {
	m.t.Helper()
	out, err := m.Deliver(context.Background(), producer, award.ID, inquiry.Dispatch{Quantity: sent})
	require.NoError(m.t, err)
	got, err := m.Receive(context.Background(), buyer, out.ID, receipt)
	require.NoError(m.t, err)
	return got
}

// settled has both sides agree on another outcome of a receipt.
func (m *market) settled(buyer, producer identity.Principal, delivery uuid.UUID, instead inquiry.Receipt) {
	m.t.Helper()
	ctx := context.Background()
	_, err := m.Dispute(ctx, producer, delivery, inquiry.Objection{Reason: "weight"})
	require.NoError(m.t, err)
	proposed, err := m.ProposeSettlement(ctx, producer, delivery, instead)
	require.NoError(m.t, err)
	_, err = m.AgreeSettlement(ctx, buyer, delivery, proposed.Dispute.Proposal.ID)
	require.NoError(m.t, err)
}

// Each measure follows from what happened: on time, in full within the tolerance, what was announced
// apart from what did not come, rejections by quantity.
func TestARecordFollowsFromWhatHappened(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	due := func(award inquiry.Award, day civil.Date) {
		_, err := m.lent.Owner.Exec(ctx, `UPDATE inquiry.awards SET deliver_on = $2 WHERE id = $1`, award.ID, day)
		require.NoError(t, err)
	}
	whole := inquiry.Receipt{Accepted: quantity.Of(100)}
	for range 5 {
		m.fulfilled(buyer, producer, m.awarded(buyer, producer), quantity.Of(100), whole)
	}
	for _, short := range []int64{1, 10} { // one within the tolerance of two percent
		award := m.awarded(buyer, producer)
		_, err := m.Shortfall(ctx, producer, award.ID, quantity.Of(short), "")
		require.NoError(t, err)
		m.fulfilled(buyer, producer, award, quantity.Of(100-short), inquiry.Receipt{Accepted: quantity.Of(100 - short)})
	}
	due(m.awarded(buyer, producer), m.today.AddDays(-1)) // never came
	late := m.awarded(buyer, producer)
	due(late, m.today.AddDays(-1))
	m.fulfilled(buyer, producer, late, quantity.Of(100), whole)
	m.fulfilled(buyer, producer, m.awarded(buyer, producer), quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(10)}) // may come again
	_, err := m.CancelAward(ctx, buyer, m.awarded(buyer, producer).ID, "", "")
	require.NoError(t, err)

	for code, want := range map[string]struct {
		cases, met int
		percent    string
	}{
		"on_time": {9, 7, "77.8"}, "in_full": {9, 7, "77.8"}, "announced": {9, 1, "11.1"}, "defaulted": {9, 1, "11.1"}, "rejected": {9, 1, "1.1"},
	} {
		got := m.measured(producer, producer.OrganisationID, code)
		require.Equal(t, want.cases, got.Cases, code)
		require.False(t, got.TooFew, code)
		require.Equal(t, want.met, *got.Met, code)
		require.Equal(t, want.percent, got.Percent.String(), code)
	}
	for _, code := range []string{"answer_time", "inquiry_to_quote"} {
		got := m.measured(producer, producer.OrganisationID, code)
		require.Equal(t, 11, got.Cases, code)
		require.Equal(t, int64(0), *got.Minutes, code)
	}
	bought := m.measured(buyer, buyer.OrganisationID, "kept")
	require.Equal(t, 11, bought.Cases)
	require.Equal(t, 10, *bought.Met)
	require.Equal(t, 11, m.measured(buyer, buyer.OrganisationID, "quote_to_award").Cases)
	require.Equal(t, 0, m.measured(producer, producer.OrganisationID, "lapsed").Cases)

	before, err := m.PerformanceOf(ctx, producer, producer.OrganisationID, inquiry.Window{From: m.today.AddDays(-30), To: m.today.AddDays(-2)}, "vi")
	require.NoError(t, err)
	for _, measure := range before.Measures {
		require.Zero(t, measure.Cases, "before that window nothing happened: %s", measure.Code)
		require.Equal(t, "Chưa có lần nào.", measure.Text)
	}
}

// How long it takes is counted from the instant of the inquiry, and from that of the quote, in medians; a
// refusal is an answer and no quote; silence is told once the deadline's day is over.
func TestARecordKnowsHowLongAnswersTake(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	for at, minutes := range []int{10, 20, 90, 200, 300, 0} {
		demand := m.demand(quantity.Of(10))
		demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{producer.OrganisationID}
		asked := m.placed(buyer, demand)
		switch at {
		case 4:
			_, err := m.Decline(ctx, producer, asked.ID, "")
			require.NoError(t, err)
		case 5: // silent
		default:
			m.quote(producer, asked, offer, quantity.Of(10), 1000)
		}
		_, err := m.lent.Owner.Exec(ctx, `
			UPDATE inquiry.inquiries SET opened_at = opened_at - make_interval(mins => $2), quotes_due_at = now() - interval '2 days' WHERE id = $1`, asked.ID, minutes)
		require.NoError(t, err)
	}
	answers := m.measured(producer, producer.OrganisationID, "answer_time")
	require.Equal(t, 5, answers.Cases)
	require.Equal(t, int64(90), *answers.Minutes)
	require.Equal(t, "After 1 h 30 min (the median of 5).", answers.Text)
	quotes := m.measured(producer, producer.OrganisationID, "inquiry_to_quote")
	require.Equal(t, 4, quotes.Cases)
	require.True(t, quotes.TooFew)
	require.Nil(t, quotes.Minutes)
	require.Equal(t, "Only 4 so far, too few to tell.", quotes.Text)
	answered := m.measured(producer, producer.OrganisationID, "answered")
	require.Equal(t, 6, answered.Cases)
	require.Equal(t, 5, *answered.Met)
}

// A settled dispute changes the record of both sides; an open one, or one that was withdrawn, does not;
// and the service itself can change neither receipt nor settlement.
func TestOnlyASettledDisputeCorrectsARecord(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	deliveries := make([]inquiry.Delivery, 0, 5)
	for range 5 {
		deliveries = append(deliveries, s.fulfilled(s.buyer, s.producer, s.award, quantity.Of(16), inquiry.Receipt{Accepted: quantity.Of(14), Rejected: quantity.Of(2)}))
	}
	rejected := func() string {
		return s.measured(s.producer, s.producer.OrganisationID, "rejected").Percent.String()
	}
	require.Equal(t, "12.5", rejected())
	_, err := s.Dispute(ctx, s.producer, deliveries[0].ID, inquiry.Objection{Reason: "weight"})
	require.NoError(t, err)
	_, err = s.ProposeSettlement(ctx, s.producer, deliveries[0].ID, inquiry.Receipt{Accepted: quantity.Of(16)})
	require.NoError(t, err)
	require.Equal(t, "12.5", rejected(), "nothing is agreed")
	_, err = s.WithdrawDispute(ctx, s.producer, deliveries[0].ID)
	require.NoError(t, err)
	require.Equal(t, "12.5", rejected())

	for at, accepted := range []int64{16, 16, 16, 14, 12} {
		s.settled(s.buyer, s.producer, deliveries[at].ID, inquiry.Receipt{Accepted: quantity.Of(accepted), Rejected: quantity.Of(16 - accepted)})
	}
	require.Equal(t, "7.5", rejected())
	lost := s.measured(s.producer, s.producer.OrganisationID, "disputes_lost")
	require.Equal(t, 5, lost.Cases)
	require.Equal(t, 2, *lost.Met, "the last two: less is owed, and nothing changed")
	require.Equal(t, 3, *s.measured(s.buyer, s.buyer.OrganisationID, "disputes_lost").Met)

	for name, statement := range map[string]string{
		"receipt":         `UPDATE inquiry.deliveries SET rejected = 0`,
		"receipt's day":   `UPDATE inquiry.deliveries SET received_at = received_at - interval '3 days'`,
		"receipt removed": `DELETE FROM inquiry.deliveries`,
		"settlement":      `UPDATE inquiry.settlements SET rejected = 0 WHERE agreed_at IS NOT NULL`,
		"dispute":         `UPDATE inquiry.disputes SET settled_at = NULL`,
		"dispute removed": `DELETE FROM inquiry.disputes`,
		"balance":         `UPDATE ledger.awards SET accepted = 100`,
	} {
		_, err := s.db.Exec(ctx, statement)
		require.Error(t, err, name)
		require.Regexp(t, "stands|permission denied", err.Error(), name)
	}
	require.Equal(t, "7.5", rejected())
}

// What a job computed is shown until it is two hours old; a settled dispute has it computed again at once,
// and what was computed earlier does not replace it.
func TestASettledDisputeCorrectsWhatWasComputed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	workers := jobs.NewWorkers()
	s.Jobs(workers)
	deliver := func() inquiry.Delivery {
		return s.fulfilled(s.buyer, s.producer, s.award, quantity.Of(10), inquiry.Receipt{Accepted: quantity.Of(9), Rejected: quantity.Of(1)})
	}
	for range 5 {
		deliver()
	}
	require.NoError(t, s.KeepRecords(ctx))
	rejected := func() inquiry.Measure { return s.measured(s.producer, s.producer.OrganisationID, "rejected") }
	require.Equal(t, 5, rejected().Cases)
	last := deliver()
	require.Equal(t, 5, rejected().Cases, "as it was computed")
	windowed, err := s.PerformanceOf(ctx, s.producer, s.producer.OrganisationID, inquiry.Window{From: s.today.AddDays(-1)}, "vi")
	require.NoError(t, err)
	for _, measure := range windowed.Measures {
		if measure.Code == "rejected" {
			require.Equal(t, 6, measure.Cases, "any other window is computed")
		}
	}
	s.settled(s.buyer, s.producer, last.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
	require.NoError(t, jobs.Drain(ctx, s.db, workers))
	require.Equal(t, 6, rejected().Cases)
	require.Equal(t, "8.3", rejected().Percent.String())
	require.NoError(t, s.in(-1).KeepRecords(ctx))
	require.Equal(t, 6, rejected().Cases, "the later one stays")
	s.owner(`UPDATE inquiry.performance SET as_of = now() - interval '121 minutes'`)
	deliver()
	require.Equal(t, 7, rejected().Cases, "too old to be shown")
}

// The catalogue sorts and filters by what was computed, and a comparison sorts by it.
func TestProducersAreSortedByTheirRecords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	tardy, prompt, fresh := m.organisation(identity.Producer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	for at, producer := range []identity.Principal{tardy, prompt} {
		for n := range 5 {
			award := m.awarded(buyer, producer)
			if at == 0 && n == 0 {
				_, err := m.lent.Owner.Exec(ctx, `UPDATE inquiry.awards SET deliver_on = $2 WHERE id = $1`, award.ID, m.today.AddDays(-1))
				require.NoError(t, err)
			}
			m.fulfilled(buyer, producer, award, quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(100)})
		}
	}
	require.NoError(t, m.KeepRecords(ctx))
	listed, err := m.catalog.Producers(ctx, catalog.ProducerQuery{Records: true, Sort: catalog.SortByOnTime, Limit: 10})
	require.NoError(t, err)
	require.Len(t, listed, 2)
	require.Equal(t, prompt.OrganisationID, listed[0].ID)
	require.Equal(t, int64(800), *listed[1].Record.OnTime.Permille)
	listed, err = m.catalog.Producers(ctx, catalog.ProducerQuery{Records: true, OnTimeMin: 81, Limit: 10})
	require.NoError(t, err)
	require.Len(t, listed, 1)

	asked := m.placed(buyer, m.demand(quantity.Of(10)))
	for price, producer := range []identity.Principal{fresh, tardy, prompt} {
		m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(10), money.VND(1000+price))
	}
	order := func(query string) (ids []uuid.UUID) {
		t.Helper()
		answer := m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison?format=json"+query)
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		var comparison inquiry.Comparison
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &comparison))
		for _, quote := range comparison.Lines[0].Quotes {
			ids = append(ids, quote.Producer.ID)
		}
		return ids
	}
	require.Equal(t, []uuid.UUID{fresh.OrganisationID, tardy.OrganisationID, prompt.OrganisationID}, order(""))
	require.Equal(t, []uuid.UUID{prompt.OrganisationID, tardy.OrganisationID, fresh.OrganisationID}, order("&sort=on_time"))
	require.Equal(t, []uuid.UUID{tardy.OrganisationID, prompt.OrganisationID, fresh.OrganisationID}, order("&sort=in_full"))
	require.Equal(t, http.StatusUnprocessableEntity, m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison?sort=luck").Code)
}

// Organisations read their own record, buyers those of producers, producers those of buyers whose
// inquiries reach them, officials those of the kind they decide about. To anybody else there is none,
// and nobody learns with whom.
func TestWhoReadsARecord(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	rival, other := m.organisation(identity.Producer), m.organisation(identity.Buyer)
	official := m.organisation(identity.Authority)
	official.Province = "96"
	demand := m.demand(quantity.Of(100))
	demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{producer.OrganisationID}
	m.placed(buyer, demand)
	m.fulfilled(buyer, producer, m.dealt(buyer, producer), quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(100)})
	for name, test := range map[string]struct {
		who  identity.Principal
		of   uuid.UUID
		want int
	}{
		"own":                          {producer, producer.OrganisationID, http.StatusOK},
		"a buyer's own":                {buyer, buyer.OrganisationID, http.StatusOK},
		"a buyer of a producer":        {other, producer.OrganisationID, http.StatusOK},
		"a rival":                      {rival, producer.OrganisationID, http.StatusNotFound},
		"a buyer of another":           {other, buyer.OrganisationID, http.StatusNotFound},
		"a producer of its buyer":      {producer, buyer.OrganisationID, http.StatusOK},
		"a producer of another buyer":  {rival, buyer.OrganisationID, http.StatusNotFound},
		"the authority of producers":   {official, producer.OrganisationID, http.StatusOK},
		"the wrong authority":          {official, buyer.OrganisationID, http.StatusNotFound},
		"of nobody":                    {buyer, uuid.New(), http.StatusNotFound},
		"of an authority":              {buyer, official.OrganisationID, http.StatusNotFound},
		"an administrator, of a buyer": {identity.SystemPrincipal(), buyer.OrganisationID, http.StatusOK},
	} {
		answer := m.get(test.who, "/v1/organisations/"+test.of.String()+"/performance")
		require.Equal(t, test.want, answer.Code, name)
		for _, party := range []identity.Principal{buyer, producer} {
			if party.OrganisationID != test.of {
				require.NotContains(t, answer.Body.String(), party.OrganisationID.String(), name)
			}
		}
	}
	_, err := m.lent.Owner.Exec(ctx, `UPDATE identity.organisations SET state = 'suspended' WHERE id = $1`, producer.OrganisationID)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, m.get(other, "/v1/organisations/"+producer.OrganisationID.String()+"/performance").Code)

	for query, want := range map[string]*fault.Definition{"from=2026-02-01&to=2026-01-01": fault.ErrDateOrder, "from=2001-01-01": fault.ErrOutOfRange} {
		answer := m.get(buyer, "/v1/organisations/"+buyer.OrganisationID.String()+"/performance?"+query)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code)
		require.Contains(t, answer.Body.String(), want.Code, query)
	}
	var record inquiry.PerformanceRecord
	require.NoError(t, json.Unmarshal(m.get(buyer, "/v1/organisations/"+buyer.OrganisationID.String()+"/performance").Body.Bytes(), &record))
	require.Equal(t, m.today, record.To)
	require.Equal(t, m.today.AddMonths(-12).AddDays(1), record.From)
}

// dealt is awarded without anybody else being reached.
func (m *market) dealt(buyer, producer identity.Principal) inquiry.Award {
	m.t.Helper()
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	demand := m.demand(quantity.Of(100))
	demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{producer.OrganisationID}
	asked := m.placed(buyer, demand)
	quote := m.quote(producer, asked, offer, quantity.Of(100), 250_000)
	awards, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(m.t, err)
	return awards[0]
}

// A record takes two statements, whose it is and the facts, once a job has computed it.
func TestWhatARecordCosts(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	m.fulfilled(buyer, producer, m.awarded(buyer, producer), quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(100)})
	require.NoError(t, m.KeepRecords(t.Context()))
	for _, of := range []identity.Principal{buyer, producer} {
		var statements []string
		counted := m.On(m.db.WithCounter(func(statement string) {
			if statement != "SELECT now()" { // with which every transaction begins
				statements = append(statements, strings.TrimSpace(statement))
			}
		}))
		_, err := counted.PerformanceOf(t.Context(), buyer, of.OrganisationID, inquiry.Window{}, "vi")
		require.NoError(t, err)
		require.Len(t, statements, 2)
	}
}
