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

func TestWholeDeal(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced")
	offer := m.offer(producer, product.ID, quantity.Of(1000))

	asked := m.placed(buyer, m.demand(quantity.Of(300)))
	require.Equal(t, inquiry.StateOpen, asked.State)
	require.Equal(t, quantity.Of(300), asked.Totals.Requested)

	quote := m.quote(producer, asked, offer, quantity.Of(300), 250_000)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(200)}})
	require.NoError(t, err)
	require.Len(t, awards, 1)
	award := awards[0]
	require.Equal(t, inquiry.AwardCommitted, award.State)
	require.Equal(t, money.VND(50_000_000), award.ValueVND)
	require.Equal(t, quantity.Of(800), m.remaining(offer))

	sent, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(200), Lot: "L-1"})
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryDispatched, sent.State)

	_, err = m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(180), Rejected: quantity.Of(10)})
	require.ErrorIs(t, err, inquiry.ErrReceiptSum)
	got, err := m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{
		Accepted: quantity.Of(180), Rejected: quantity.Of(15), Loss: quantity.Of(5), Reasons: []string{"wrong_size"},
	})
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryReceived, got.State)
	require.Equal(t, money.VND(45_000_000), got.Received.ValueVND)
	_, err = m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(200)})
	require.ErrorIs(t, err, inquiry.ErrReceived)

	// Rejected and lost volume goes back to what the award owes.
	award, err = m.GetAward(ctx, producer, award.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(20), award.Remaining)
	require.Equal(t, quantity.Of(180), award.Delivered)
	require.Equal(t, inquiry.AwardDelivering, award.State)

	rest, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(20)})
	require.NoError(t, err)
	_, err = m.Receive(ctx, buyer, rest.ID, inquiry.Receipt{Accepted: quantity.Of(20)})
	require.NoError(t, err)

	award, err = m.GetAward(ctx, buyer, award.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.AwardCompleted, award.State)
	seen, err := m.Get(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.StateAwardedInPart, seen.State)
	require.Equal(t, quantity.Of(200), *seen.Totals.Delivered)
	require.Equal(t, quantity.Of(15), *seen.Totals.Rejected)

	closed, err := m.Close(ctx, buyer, asked.ID, "")
	require.NoError(t, err)
	require.Equal(t, inquiry.StateCompleted, closed.State)
	requireAudited(t, m)
}

// requireAudited proves that the balances are what the postings say.
func requireAudited(t testing.TB, m *market) {
	t.Helper()
	_, err := ledger.Audit(context.Background(), m.db, func(finding ledger.Finding) error {
		t.Errorf("%s", finding)
		return nil
	})
	require.NoError(t, err)
}

func TestClerksQuoteIsEnough(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	m.shrimp(producer, "live")
	asked := m.placed(buyer, m.demand(quantity.Of(300)))

	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{Quantity: quantity.Of(300), PriceVND: 250_000, DeliverOn: m.today.AddDays(3)})
	require.NoError(t, err)
	require.NotEqual(t, uuid.Nil, quote.OfferID)
	require.False(t, quote.Reserve, "live goods are not held unless the producer says so")
	require.WithinDuration(t, time.Now().Add(24*time.Hour), quote.ValidUntil, time.Minute)
	require.Equal(t, quantity.Of(300), m.remaining(quote.OfferID))

	_, err = m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{Quantity: quantity.Of(300), PriceVND: 250_000, DeliverOn: m.today.AddDays(3)})
	require.ErrorIs(t, err, inquiry.ErrQuoteExists)

	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(300)}})
	require.NoError(t, err)
	require.Zero(t, m.remaining(quote.OfferID))
	requireAudited(t, m)
}

func TestQuoteWithoutGoodsIsRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(300)))
	_, err := m.Quote(context.Background(), producer, asked.ID, inquiry.NewQuote{Quantity: quantity.Of(1), PriceVND: 1000, DeliverOn: m.today.AddDays(3)})
	require.ErrorIs(t, err, inquiry.ErrNoProduct)
}

func TestReservationsHoldAndRunOut(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "frozen_hoso").ID, quantity.Of(100))
	first, second := m.placed(buyer, m.demand(quantity.Of(100))), m.placed(buyer, m.demand(quantity.Of(100)))

	held, err := m.Quote(ctx, producer, first.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(80), PriceVND: 250_000, DeliverOn: m.today.AddDays(5),
		ValidUntil: inquiry.Until{Time: time.Now().Add(1500 * time.Millisecond)},
	})
	require.NoError(t, err)
	require.True(t, held.Reserve)
	require.Equal(t, quantity.Of(20), m.remaining(offer))

	_, err = m.Quote(ctx, producer, second.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(50), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(true),
	})
	require.ErrorIs(t, err, ledger.ErrOfferExhausted)

	require.Eventually(t, func() bool { return m.remaining(offer) == quantity.Of(100) }, 5*time.Second, 50*time.Millisecond)
	_, err = m.Award(ctx, buyer, first.ID, []inquiry.Allocation{{QuoteID: held.ID, Quantity: quantity.Of(10)}})
	require.ErrorIs(t, err, inquiry.ErrQuoteState)
	_, err = m.Quote(ctx, producer, second.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(50), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(true),
	})
	require.NoError(t, err, "the hold that ran out is released by the transaction that needs it")
	requireAudited(t, m)
}

func TestAwardingAReservedQuoteUsesItsHold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "frozen_hoso").ID, quantity.Of(100))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	require.Zero(t, m.remaining(offer))
	for range 2 {
		_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(50)}})
		require.NoError(t, err)
	}
	require.Equal(t, quantity.Of(100), m.committed(offer))
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(1)}})
	require.ErrorIs(t, err, inquiry.ErrQuoteExceeded)
	requireAudited(t, m)
}

func TestRevisingSupersedes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "frozen_hoso").ID, quantity.Of(100))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	first, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	second, err := m.Revise(ctx, producer, first.ID, inquiry.NewQuote{Quantity: quantity.Of(90), PriceVND: 240_000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	require.Equal(t, 2, second.Version)
	require.NotEqual(t, first.ID, second.ID)
	require.Equal(t, quantity.Of(10), m.remaining(offer))

	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: first.ID, Quantity: quantity.Of(10)}})
	require.ErrorIs(t, err, inquiry.ErrQuoteState)
	_, err = m.Withdraw(ctx, producer, second.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(100), m.remaining(offer))
	requireAudited(t, m)
}

func TestSealedQuotesStaySealed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100))
	demand := m.demand(quantity.Of(100))
	demand.QuotesSealed, demand.QuotesDueAt = true, time.Now().Add(1500*time.Millisecond)
	asked := m.placed(buyer, demand)
	quote := m.quote(producer, asked, offer, quantity.Of(100), 250_000)

	quotes, err := m.Quotes(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, quotes, "not even the buyer reads them before the deadline")
	seen, err := m.Get(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.Nil(t, seen.Totals.Quoted)
	own, err := m.Quotes(ctx, producer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, own, 1)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}})
	require.ErrorIs(t, err, inquiry.ErrSealed)

	require.Eventually(t, func() bool {
		quotes, err := m.Quotes(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
		return err == nil && len(quotes) == 1
	}, 5*time.Second, 100*time.Millisecond)
	_, err = m.Quote(ctx, m.organisation(identity.Producer), asked.ID, inquiry.NewQuote{Quantity: quantity.Of(1), PriceVND: 1, DeliverOn: m.today.AddDays(5)})
	require.ErrorIs(t, err, inquiry.ErrDeadlinePassed)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}})
	require.NoError(t, err)
}

func TestRivalsStayHidden(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, other := m.organisation(identity.Buyer), m.organisation(identity.Buyer)
	mine, rival, stranger := m.organisation(identity.Producer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{mine.OrganisationID, rival.OrganisationID}
	asked := m.placed(buyer, demand)
	offer := m.offer(rival, m.shrimp(rival, "iced").ID, quantity.Of(100))
	quote := m.quote(rival, asked, offer, quantity.Of(100), 250_000)

	seen, err := m.Get(ctx, mine, asked.ID)
	require.NoError(t, err)
	require.Nil(t, seen.InvitedProducers)
	require.Nil(t, seen.Totals.Quoted)
	quotes, err := m.Quotes(ctx, mine, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, quotes)
	_, err = m.Withdraw(ctx, mine, quote.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	for _, who := range []identity.Principal{stranger, other} {
		_, err = m.Get(ctx, who, asked.ID)
		require.ErrorIs(t, err, fault.ErrNotFound)
	}
	_, err = m.Award(ctx, other, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}})
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(t, err)
	seen, err = m.Get(ctx, mine, asked.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.StateClosed, seen.State, "how much went to others stays hidden")
}

func TestShortfallAndCancellationFreeTheRest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	quote := m.quote(producer, asked, offer, quantity.Of(100), 250_000)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(t, err)

	_, err = m.Shortfall(ctx, buyer, awards[0].ID, quantity.Of(10), "")
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.Shortfall(ctx, producer, awards[0].ID, quantity.Of(101), "")
	require.ErrorIs(t, err, ledger.ErrAwardExceeded)
	short, err := m.Shortfall(ctx, producer, awards[0].ID, quantity.Of(30), "nước mặn")
	require.NoError(t, err)
	require.Equal(t, quantity.Of(70), short.Remaining)
	require.Equal(t, quantity.Of(30), m.remaining(offer))

	// The buyer finds who else can serve the line; nobody else does.
	back := m.organisation(identity.Producer)
	other := m.quote(back, asked, m.offer(back, m.shrimp(back, "iced").ID, quantity.Of(100)), quantity.Of(40), 260_000)
	backups, err := m.Backups(ctx, buyer, awards[0].ID, "vi")
	require.NoError(t, err)
	require.Equal(t, quantity.Of(30), backups.Open)
	require.Len(t, backups.Quotes, 1)
	require.Equal(t, other.ID, backups.Quotes[0].QuoteID)
	require.Contains(t, backups.Supply, "/v1/supply?")
	require.Contains(t, backups.Supply, "min_quantity=30")
	_, err = m.Backups(ctx, producer, awards[0].ID, "vi")
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.Backups(ctx, m.organisation(identity.Buyer), awards[0].ID, "vi")
	require.ErrorIs(t, err, fault.ErrNotFound)

	_, err = m.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: quantity.Of(71)})
	require.ErrorIs(t, err, ledger.ErrAwardExceeded)
	ended, err := m.CancelAward(ctx, buyer, awards[0].ID, "", "")
	require.NoError(t, err)
	require.Equal(t, inquiry.AwardCancelled, ended.State)
	require.Equal(t, quantity.Of(100), m.remaining(offer))
	_, err = m.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: quantity.Of(1)})
	require.ErrorIs(t, err, inquiry.ErrAwardState)
	requireAudited(t, m)
}

func TestCancellingAnInquiryDeclinesAndReleases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "frozen_hoso").ID, quantity.Of(100))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	_, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(60), PriceVND: 250_000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	ended, err := m.Cancel(ctx, buyer, asked.ID, "")
	require.NoError(t, err)
	require.Equal(t, inquiry.StateCancelled, ended.State)
	require.Equal(t, quantity.Of(100), m.remaining(offer))
	quotes, err := m.Quotes(ctx, producer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, inquiry.QuoteState("declined"), quotes[0].State)
	_, err = m.Cancel(ctx, buyer, asked.ID, "")
	require.ErrorIs(t, err, inquiry.ErrNotOpen)
	requireAudited(t, m)
}

func TestDraftsOpenOnceAndStayPrivateBefore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Draft = true
	draft := m.placed(buyer, demand)
	require.Equal(t, inquiry.StateDraft, draft.State)
	_, err := m.Get(ctx, producer, draft.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	opened, err := m.Open(ctx, buyer, draft.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.StateOpen, opened.State)
	_, err = m.Open(ctx, buyer, draft.ID)
	require.ErrorIs(t, err, inquiry.ErrNotDraft)
	_, err = m.Get(ctx, producer, draft.ID)
	require.NoError(t, err)
}

func TestDecliningIsToldFromSilence(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	declined, err := m.Decline(ctx, producer, asked.ID, "hết mùa")
	require.NoError(t, err)
	require.Equal(t, producer.OrganisationID, declined.ProducerID)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100))
	m.quote(producer, asked, offer, quantity.Of(10), 260_000)
	_, err = m.Decline(ctx, producer, asked.ID, "")
	require.ErrorIs(t, err, inquiry.ErrAlreadyQuoted)
}
