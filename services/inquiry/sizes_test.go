package inquiry_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// The count at the scale picks the price: what is owed follows from the sizes that came, in the
// answer and in the ledger.
func TestTheScaleDecidesThePrice(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100))
	asked := m.placed(buyer, m.demand(quantity.Of(30)))
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(30), PriceVND: 300_000, DeliverOn: m.today.AddDays(5),
		SizePrices: []inquiry.SizePrice{{Grade: "20/kg", PriceVND: 320_000}, {Grade: "30/kg", PriceVND: 200_000}},
	})
	require.NoError(t, err)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(30)}})
	require.NoError(t, err)
	require.Len(t, awards[0].SizePrices, 2)
	sent, err := m.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: quantity.Of(30)})
	require.NoError(t, err)

	receipt := inquiry.Receipt{Accepted: quantity.Of(30), Sizes: []inquiry.SizeAccepted{
		{Grade: "20/kg", Quantity: quantity.Of(10)}, {Grade: "99/kg", Quantity: quantity.Of(20)},
	}}
	_, err = m.Receive(ctx, buyer, sent.ID, receipt)
	require.ErrorIs(t, err, inquiry.ErrSizeUnpriced)
	receipt.Sizes[1].Grade, receipt.Sizes[1].Quantity = "30/kg", quantity.Of(19)
	_, err = m.Receive(ctx, buyer, sent.ID, receipt)
	require.ErrorIs(t, err, inquiry.ErrSizesSum)
	receipt.Sizes[1].Quantity = quantity.Of(20)
	got, err := m.Receive(ctx, buyer, sent.ID, receipt)
	require.NoError(t, err)
	require.Equal(t, money.VND(7_200_000), got.Received.ValueVND)
	again, err := m.GetDelivery(ctx, producer, sent.ID)
	require.NoError(t, err)
	require.Equal(t, got.Received.ValueVND, again.Received.ValueVND)
	require.Equal(t, money.VND(320_000), again.Received.Sizes[0].PriceVND)

	var value money.VND
	require.NoError(t, m.db.Get(ctx, &value, `SELECT sum(value_vnd) FROM ledger.postings WHERE movement = 'accepted'`))
	require.Equal(t, money.VND(7_200_000), value)
	requireAudited(t, m)
}

func TestQuotesAreHeldAgainstWhatWasAsked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	demand := m.demand(quantity.Of(30))
	demand.Lines[0].Schemes = []string{"ASC_FARM"}
	asked := m.placed(buyer, demand)
	answer := inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(301), PriceVND: 300_000, DeliverOn: m.today.AddDays(20)}
	_, err := m.Quote(ctx, producer, asked.ID, answer)
	require.ErrorIs(t, err, inquiry.ErrQuoteTooLarge)
	answer.Quantity, answer.LineID = quantity.Of(20), uuid.New()
	_, err = m.Quote(ctx, producer, asked.ID, answer)
	require.ErrorIs(t, err, inquiry.ErrLineUnknown)
	answer.LineID = uuid.Nil
	quote, err := m.Quote(ctx, producer, asked.ID, answer)
	require.NoError(t, err)
	require.Equal(t, []string{"delivery_after_window", "less_than_asked"}, quote.Deviations)
	require.Equal(t, []string{"ASC_FARM"}, quote.MissingClaims)
}

func TestWhoReadsAQuote(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, otherBuyer := m.organisation(identity.Buyer), m.organisation(identity.Buyer)
	producer, rival := m.organisation(identity.Producer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "frozen_hoso").ID, quantity.Of(1000))
	demand := m.demand(quantity.Of(30))
	demand.QuotesSealed, demand.QuotesDueAt = true, time.Now().Add(time.Hour)
	asked := m.placed(buyer, demand)
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(30), PriceVND: 1000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	require.False(t, quote.Reserve, "a hold would tell of a sealed quote")
	for _, who := range []identity.Principal{buyer, otherBuyer, rival} {
		_, err = m.GetQuote(ctx, who, quote.ID)
		require.ErrorIs(t, err, fault.ErrNotFound)
	}
	_, err = m.GetQuote(ctx, producer, quote.ID)
	require.NoError(t, err)
	own, err := m.OwnQuotes(ctx, producer, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, own, 1)
	total, err := m.CountOwnQuotes(ctx, producer)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	_, err = m.OwnQuotes(ctx, buyer, inquiry.Page{Limit: 10})
	require.ErrorIs(t, err, fault.ErrForbidden)

	seen, err := m.Get(ctx, otherBuyer, asked.ID)
	require.NoError(t, err, "what was published as open is seen by other buyers")
	require.Nil(t, seen.Totals.Quoted)
	require.Nil(t, seen.Totals.Awarded)
}

func TestARefusedAwardPointsAtTheAllocation(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced").ID
	demand := m.demand(quantity.Of(100))
	demand.Lines = append(demand.Lines, demand.Lines[0])
	asked := m.placed(buyer, demand)
	var allocations []inquiry.Allocation
	for at, supply := range []int64{100, 10} {
		quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
			LineID: asked.Lines[at].ID, OfferID: m.offer(producer, product, quantity.Of(supply)), Quantity: quantity.Of(50), PriceVND: 1000,
			DeliverOn: m.today.AddDays(5), Reserve: new(false),
		})
		require.NoError(t, err)
		allocations = append(allocations, inquiry.Allocation{QuoteID: quote.ID, Quantity: quantity.Of(20)})
	}
	_, err := m.Award(ctx, buyer, asked.ID, allocations)
	require.ErrorIs(t, err, ledger.ErrOfferExhausted)
	refusal, _ := fault.From(err)
	require.Len(t, refusal.Fields, 1)
	require.Equal(t, "allocations[1].quantity", refusal.Fields[0].Pointer)
	awards, err := m.Awards(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, awards, "all or nothing")
}
