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

// history goes on with deals as it comes: some are sent late, short or not at all, corrected by settlements, cancelled,
// declined, put off. Whoever acts may do so days from now.
func (s *sold) history(chance *rand.Rand, buyer, producer identity.Principal) {
	s.t.Helper()
	ctx, later := s.t.Context(), s.in(chance.IntN(9))
	switch chance.IntN(7) {
	case 0:
		award := s.awarded(buyer, producer)
		got := s.fulfilled(buyer, producer, award, quantity.Of(60), inquiry.Receipt{Accepted: quantity.Of(50), Rejected: quantity.Of(10), Reasons: []string{"wrong_size"}})
		s.settled(buyer, producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(55), Rejected: quantity.Of(5), Reasons: []string{"wrong_size", "spoiled"}})
	case 1:
		out, err := later.Deliver(ctx, producer, s.awarded(buyer, producer).ID, inquiry.Dispatch{Quantity: quantity.Of(100)})
		require.NoError(s.t, err)
		_, err = s.in(9+chance.IntN(5)).Receive(ctx, buyer, out.ID, inquiry.Receipt{Accepted: quantity.Of(98), Loss: quantity.Of(2)})
		require.NoError(s.t, err)
	case 2:
		_, err := s.Shortfall(ctx, producer, s.awarded(buyer, producer).ID, quantity.Of(int64(1+chance.IntN(100))), "")
		require.NoError(s.t, err)
	case 3:
		who := []identity.Principal{buyer, producer}[chance.IntN(2)]
		_, err := s.CancelAward(ctx, who, s.awarded(buyer, producer).ID, "other", "")
		require.NoError(s.t, err)
	case 4:
		asked := s.placed(buyer, s.demand(quantity.Of(100)))
		_, err := later.Decline(ctx, producer, asked.ID, "")
		require.NoError(s.t, err)
		if chance.IntN(2) == 0 { // and quotes after all
			s.quote(producer, asked, s.offer(producer, s.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
		}
	case 5:
		called, err := s.CallOff(ctx, buyer, s.frame(buyer, producer, "iced", false).ID, s.call(40, 0))
		require.NoError(s.t, err)
		if chance.IntN(2) == 0 {
			s.owner(`UPDATE inquiry.call_offs SET deliver_on = deliver_on - 1 WHERE id = $1`, called.ID)
		}
	default:
		award := s.awarded(buyer, producer)
		s.owner(`UPDATE inquiry.inquiries SET quotes_sealed = true, quotes_due_at = quotes_due_at - make_interval(hours => $2) WHERE id = $1`, award.InquiryID, chance.IntN(90))
	}
}

// requireMarket compares what is found of some windows with what all records of producers, read from all that they ever did,
// add up to, and with what a plain reading of the rows gives; today may be a day to come. It returns the cases of each measure.
func (s *sold) requireMarket(chance *rand.Rand, producers []identity.Principal, windows int) map[string]int {
	s.t.Helper()
	counted := map[string]int{}
	for range windows {
		today := reference.Day(time.Now()).AddDays(chance.IntN(2) * chance.IntN(16))
		within := inquiry.Window{From: today.AddDays(-chance.IntN(90))}
		within.To = within.From.AddDays(chance.IntN(100))
		sums, met := map[string]int{}, map[string]int{}
		for _, producer := range producers {
			rows, err := inquiry.Kept(s.t.Context(), s.lent.App, []uuid.UUID{producer.OrganisationID}, within, today)
			require.NoError(s.t, err)
			for _, row := range rows {
				sums[row.Measure+row.Line+row.Unit] += row.Cases
				met[row.Measure+row.Line+row.Unit] += row.Met
			}
		}
		found, err := inquiry.Market(s.t.Context(), s.lent.App, within, today)
		require.NoError(s.t, err)
		require.Equal(s.t, s.reasonsRead(within), found.Reasons, "%v", within)
		for _, measure := range found.Measures {
			cases, minutes, share := s.plainly(measure, within)
			require.Equal(s.t, []*int64{minutes, share}, []*int64{measure.Minutes, measure.Permille}, "%s of %v", measure.Code, within)
			counted[measure.Code] += measure.Cases
			if measure.Code == "quote_to_award" { // of buyers
				require.Equal(s.t, cases, measure.Cases)
				continue
			}
			of := measure.Code + measure.Line + measure.Unit
			require.Equal(s.t, []int{sums[of], met[of]}, []int{measure.Cases, measure.Met}, "%s of %v on %v", of, within, today)
		}
	}
	return counted
}

// Whatever window is asked for and however far facts were followed, what is found is what records add up to: of deals of
// one date, of several, from frameworks, come early, late and not at all, and corrected long after.
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
	s.requireMarket(chance, producers, 10) // nobody has followed yet
	s.followed()
	counted := s.requireMarket(chance, producers, 30)
	for _, code := range []string{"answer_time", "inquiry_to_quote", "on_time", "in_full", "announced", "defaulted", "rejected"} {
		require.NotZero(t, counted[code], code)
	}
	for step := range 24 {
		s.history(chance, s.buyer, producers[chance.IntN(len(producers))])
		if chance.IntN(3) == 0 {
			_, err := s.FollowMarket(t.Context())
			require.NoError(t, err)
		}
		if step == 12 { // a wider tolerance is another measure of all that came
			s.owner(`INSERT INTO inquiry.delivery_rules (rule, line, value, source) VALUES ('over', 'black_tiger_shrimp', 30000, 'test')`)
		}
		s.requireMarket(chance, producers, 2)
	}
	s.followed()
	s.requireMarket(chance, producers, 10)
	s.requireNoFinding()
}
