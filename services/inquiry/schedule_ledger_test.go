package inquiry_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// What the ledger has planned under each date: for an award, and for a quote.
const (
	awardedByDate = `
		SELECT CAST(p.business_date AS text) AS day, CAST(sum(p.quantity * (m.line_awarded + m.line_delivered)) AS bigint) AS sum
		  FROM ledger.postings p JOIN ledger.movements m USING (movement)
		 WHERE p.award_id = $1 GROUP BY 1 HAVING sum(p.quantity * (m.line_awarded + m.line_delivered)) <> 0`
	quotedByDate = `
		SELECT CAST(p.business_date AS text) AS day, CAST(sum(p.quantity * m.line_quoted) AS bigint) AS sum
		  FROM ledger.postings p JOIN ledger.movements m USING (movement)
		 WHERE p.quote_id = $1 GROUP BY 1 HAVING sum(p.quantity * m.line_quoted) <> 0`
)

// byDate reads one of those, in thousandths.
func (s *sold) byDate(query string, id uuid.UUID) map[string]int64 {
	s.t.Helper()
	var rows []struct {
		Day string `db:"day"`
		Sum int64  `db:"sum"`
	}
	require.NoError(s.t, s.db.Select(context.Background(), &rows, query, id))
	planned := make(map[string]int64, len(rows))
	for _, row := range rows {
		planned[row.Day] = row.Sum
	}
	return planned
}

// dated are whole units by days from today, as byDate has them.
func (s *sold) dated(units map[int]int64) map[string]int64 {
	planned := make(map[string]int64, len(units))
	for days, amount := range units {
		planned[s.today.AddDays(days).String()] = amount * 1000
	}
	return planned
}

// Quotes and awards of several dates stand in the ledger under each; what is released goes off the last.
func TestTheLedgerKnowsTheDatesOfAnAward(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, quote := newSplit(t)
	require.Equal(t, s.dated(map[int]int64{5: 30, 7: 30, 10: 40}), s.byDate(quotedByDate, quote.ID))
	revised, err := s.Revise(ctx, s.producer, quote.ID, inquiry.NewQuote{
		Quantity: quantity.Of(90), PriceVND: 250_000, DeliverOn: s.today.AddDays(5),
		QuoteTerms: inquiry.QuoteTerms{Split: []inquiry.Part{
			{DeliverOn: s.today.AddDays(5), Quantity: quantity.Of(50)}, {DeliverOn: s.today.AddDays(8), Quantity: quantity.Of(40)},
		}},
	})
	require.NoError(t, err)
	require.Empty(t, s.byDate(quotedByDate, quote.ID), "withdrawn under the dates it was quoted for")
	require.Equal(t, s.dated(map[int]int64{5: 50, 8: 40}), s.byDate(quotedByDate, revised.ID))

	s.award = s.take(revised, 80)
	require.Equal(t, 2, s.market.posted(s.award.ID, "awarded"))
	require.Equal(t, s.dated(map[int]int64{5: 50, 8: 30}), s.byDate(awardedByDate, s.award.ID))
	_, err = s.Shortfall(ctx, s.producer, s.award.ID, quantity.Of(10), "nước mặn")
	require.NoError(t, err)
	require.Equal(t, s.dated(map[int]int64{5: 50, 8: 20}), s.byDate(awardedByDate, s.award.ID))

	// Two deliveries of a cancelled award come back in one act: each goes off what the other left.
	one, two := s.sent(quantity.Of(20)), s.sent(quantity.Of(40))
	_, err = s.CancelAward(ctx, s.buyer, s.award.ID, "weather", "")
	require.NoError(t, err)
	require.Equal(t, s.dated(map[int]int64{5: 50, 8: 10}), s.byDate(awardedByDate, s.award.ID))
	require.NoError(t, s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := s.PutReceiptsTx(ctx, tx, s.buyer, []inquiry.ReceiptPut{
			{DeliveryID: one.ID, Receipt: inquiry.Receipt{Accepted: quantity.Of(0), Rejected: quantity.Of(20)}},
			{DeliveryID: two.ID, Receipt: inquiry.Receipt{Accepted: quantity.Of(25), Loss: quantity.Of(15)}},
		})
		return err
	}))
	require.Equal(t, s.dated(map[int]int64{5: 25}), s.byDate(awardedByDate, s.award.ID))
	requireAudited(t, s.market)
}

// A mark under a yearly ceiling counts in the year of each date, also when the award is delivered and ends.
func TestPartsCountInTheirOwnYears(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	s := &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	year := m.year()
	after := m.today.Days(m.today.AddMonths(12)) // the next year's date
	certificate := m.certified(s.producer, "ASC_FARM", group(quantity.Of(100)), m.today.AddDays(700))
	offer, err := m.catalog.OpenOffer(ctx, s.producer, catalog.NewOffer{
		ProductID: m.shrimp(s.producer, "iced").ID, AvailableFrom: m.today, AvailableTo: m.today.AddDays(after + 30), Quantity: quantity.Of(1000), Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}}, Visibility: catalog.Buyers,
	})
	require.NoError(t, err)
	asked := m.placed(s.buyer, m.asking(quantity.Of(1000), "ASC_FARM"))
	quoted := func(first, later int64) inquiry.Quote {
		quote, err := m.Quote(ctx, s.producer, asked.ID, inquiry.NewQuote{
			OfferID: offer.ID, Quantity: quantity.Of(first + later), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(false), Alternative: true,
			QuoteTerms: inquiry.QuoteTerms{Split: []inquiry.Part{
				{DeliverOn: m.today.AddDays(5), Quantity: quantity.Of(first)}, {DeliverOn: m.today.AddDays(5 + after), Quantity: quantity.Of(later)},
			}},
		})
		require.NoError(t, err)
		return quote
	}
	claimed := func() (sums [4]int64) {
		balances, err := ledger.CeilingBalances(ctx, m.db, []uuid.UUID{certificate.ID})
		require.NoError(t, err)
		for _, b := range balances {
			at := 2 * (b.Year - year)
			sums[at], sums[at+1] = int64(b.Claimed/quantity.Unit), int64(b.Delivered/quantity.Unit)
		}
		return sums
	}
	s.award = s.take(quoted(60, 90), 150)
	require.Equal(t, [4]int64{60, 0, 90, 0}, claimed(), "150 kg under a ceiling of 100 a year")
	full := quoted(40, 11)
	_, err = m.Award(ctx, s.buyer, asked.ID, []inquiry.Allocation{{QuoteID: full.ID, Quantity: quantity.Of(51)}})
	require.ErrorIs(t, err, ledger.ErrCeilingExceeded)
	refusal, _ := fault.From(err)
	require.Equal(t, fmt.Sprint(year+1), refusal.Params["year"], "the later year is full")
	require.Equal(t, "allocations[0].quantity", refusal.Fields[0].Pointer)

	s.received(quantity.Of(80), inquiry.Receipt{Accepted: quantity.Of(70), Rejected: quantity.Of(10)})
	require.Equal(t, [4]int64{60, 60, 90, 10}, claimed(), "what comes fills the dates in their order")
	_, err = m.CancelAward(ctx, s.producer, s.award.ID, "weather", "")
	require.NoError(t, err)
	require.Equal(t, [4]int64{60, 60, 10, 10}, claimed())
	requireAudited(t, m)
}

// Whatever happens to awards of several dates: under each date stands what is still planned for it.
func TestDatesInTheLedgerFollowFromAnyHistory(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	did := map[string]int{}
	for seed := range uint64(3) {
		s, quote := newSplit(t)
		random := rand.New(rand.NewPCG(seed, 19))
		var awards []inquiry.Award
		sent := map[uuid.UUID]quantity.Quantity{}
		note := func(what string, err error) {
			if err == nil {
				did[what]++
			}
		}
		for range 60 {
			amount := quantity.Quantity(1 + random.Int64N(25_000))
			if len(awards) == 0 || random.IntN(5) == 0 {
				made, err := s.Award(ctx, s.buyer, quote.InquiryID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: amount + quantity.Of(15)}})
				note("award", err)
				awards = append(awards, made...)
			}
			award := awards[random.IntN(len(awards))]
			switch random.IntN(5) {
			case 0:
				_, err := s.Shortfall(ctx, s.producer, award.ID, amount/4+1, "")
				note("shortfall", err)
			case 1, 2:
				delivery, err := s.Deliver(ctx, s.producer, award.ID, inquiry.Dispatch{Quantity: amount/2 + 1})
				note("deliver", err)
				if err == nil {
					sent[delivery.ID] = amount/2 + 1
				}
			case 3:
				if id := oldest(sent); id != uuid.Nil {
					rejected := quantity.Quantity(random.Int64N(int64(sent[id]) + 1))
					_, err := s.Receive(ctx, s.buyer, id, inquiry.Receipt{Accepted: sent[id] - rejected, Rejected: rejected})
					note("receive", err)
					delete(sent, id)
				}
			default:
				if random.IntN(3) == 0 {
					_, err := s.CancelAward(ctx, s.buyer, award.ID, "weather", "")
					note("cancel", err)
				}
			}
			for _, award := range awards {
				s.requirePlanned(award)
			}
		}
		requireAudited(t, s.market)
	}
	for _, what := range []string{"award", "shortfall", "deliver", "receive", "cancel"} {
		require.Positive(t, did[what], "%s never happened: %v", what, did)
	}
}

// requirePlanned holds an award's dates in the ledger against its schedule, less what was released.
func (s *sold) requirePlanned(award inquiry.Award) {
	s.t.Helper()
	now, err := s.GetAward(context.Background(), s.buyer, award.ID)
	require.NoError(s.t, err)
	planned := map[string]int64{now.DeliverOn.String(): int64(now.Quantity)}
	for _, due := range now.Schedule {
		planned[due.DeliverOn.String()] = int64(due.Quantity)
	}
	left := int64(now.Released)
	for _, due := range slices.Backward(now.Schedule) {
		day := due.DeliverOn.String()
		takes := min(left, planned[day])
		planned[day], left = planned[day]-takes, left-takes
	}
	planned[now.DeliverOn.String()] -= left
	for day, amount := range planned {
		if amount == 0 {
			delete(planned, day)
		}
	}
	require.Equal(s.t, planned, s.byDate(awardedByDate, award.ID))
}
