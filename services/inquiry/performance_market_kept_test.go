package inquiry_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// scattered deals with every producer by plain awards, one of several dates and one from a framework, and puts what was
// due, received, opened and awarded on days of the last two months.
func (s *sold) scattered(chance *rand.Rand, buyer identity.Principal, producers []identity.Principal) {
	s.t.Helper()
	for at, producer := range producers {
		for n := range 3 {
			award := s.awarded(buyer, producer)
			receipt := inquiry.Receipt{Accepted: quantity.Of(100)}
			if (at+n)%2 == 0 {
				receipt = inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(10), Reasons: []string{"wrong_size"}}
			}
			if n < 2 {
				s.fulfilled(buyer, producer, award, quantity.Of(100), receipt)
			}
		}
		frame := s.frame(buyer, producer, "iced", false)
		called, err := s.CallOff(s.t.Context(), buyer, frame.ID, s.call(40, 0))
		require.NoError(s.t, err)
		out, err := s.Deliver(s.t.Context(), producer, frame.ID, inquiry.Dispatch{Quantity: quantity.Of(40), CallOffID: called.ID})
		require.NoError(s.t, err)
		_, err = s.Receive(s.t.Context(), buyer, out.ID, inquiry.Receipt{Accepted: quantity.Of(40)})
		require.NoError(s.t, err)
	}
	s.owner(`ALTER TABLE inquiry.deliveries DISABLE TRIGGER USER`)
	for _, table := range []string{"awards", "call_offs", "deliveries", "inquiries"} {
		var ids []uuid.UUID
		require.NoError(s.t, s.lent.Owner.Select(s.t.Context(), &ids, `SELECT id FROM inquiry.`+table+` ORDER BY id`))
		for _, id := range ids {
			s.owner(map[string]string{
				"awards": `UPDATE inquiry.awards SET created_at = created_at - make_interval(days => $2), deliver_on = deliver_on - CAST($3 AS int), schedule = (
				           SELECT coalesce(jsonb_agg(jsonb_set(e, '{deliver_on}', to_jsonb(CAST(CAST(e ->> 'deliver_on' AS date) - CAST($3 AS int) AS text)))), '[]')
				             FROM jsonb_array_elements(schedule) e) WHERE id = $1`,
				"call_offs": `UPDATE inquiry.call_offs SET created_at = created_at - make_interval(days => $2), deliver_on = deliver_on - CAST($3 AS int) WHERE id = $1`,
				"deliveries": `UPDATE inquiry.deliveries SET dispatched_at = dispatched_at - make_interval(days => CAST($2 AS int) + CAST($3 AS int)),
				                      received_at = received_at - make_interval(days => $2) WHERE id = $1`,
				"inquiries": `UPDATE inquiry.inquiries SET opened_at = opened_at - make_interval(days => $2, hours => $3) WHERE id = $1`,
			}[table], id, chance.IntN(60), chance.IntN(60))
		}
	}
	s.owner(`ALTER TABLE inquiry.deliveries ENABLE TRIGGER USER`)
}

// Whatever window is asked for, what is found by days is what all records of producers, read from all that they ever
// did, add up to: of deals of one date, of several, from frameworks, come early, late and not at all.
func TestTheMarketOfAnyWindowIsWhatRecordsAddUpTo(t *testing.T) {
	t.Parallel()
	s, quote := newSplit(t)
	s.award = s.take(quote, 100)
	for _, amount := range []int64{30, 30, 40} {
		s.fulfilled(s.buyer, s.producer, s.award, quantity.Of(amount), inquiry.Receipt{Accepted: quantity.Of(amount)})
	}
	producers := []identity.Principal{s.producer, s.organisation(identity.Producer), s.organisation(identity.Producer)}
	chance := rand.New(rand.NewPCG(5, 8))
	s.scattered(chance, s.buyer, producers)
	today := reference.Day(time.Now())
	counted := map[string]int{}
	for range 60 {
		within := inquiry.Window{From: today.AddDays(-chance.IntN(90))}
		within.To = within.From.AddDays(chance.IntN(40))
		sums, met := map[string]int{}, map[string]int{}
		for _, producer := range producers {
			rows, err := inquiry.Kept(t.Context(), s.lent.App, []uuid.UUID{producer.OrganisationID}, within, today)
			require.NoError(t, err)
			for _, row := range rows {
				sums[row.Measure] += row.Cases
				met[row.Measure] += row.Met
			}
		}
		found, err := inquiry.Market(t.Context(), s.lent.App, within, today)
		require.NoError(t, err)
		for _, measure := range found {
			if measure.Code == "quote_to_award" {
				continue // of buyers
			}
			require.Equal(t, []int{sums[measure.Code], met[measure.Code]}, []int{measure.Cases, measure.Met}, "%s of %v", measure.Code, within)
			counted[measure.Code] += measure.Cases
		}
	}
	for _, code := range []string{"answer_time", "inquiry_to_quote", "on_time", "in_full", "announced", "defaulted", "rejected"} {
		require.NotZero(t, counted[code], code)
	}
}
