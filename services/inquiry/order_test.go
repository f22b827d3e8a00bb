package inquiry_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// stepped opens a supply at a daily price: 100 kg and steps of 50, four days ahead.
func (m *market) stepped(producer identity.Principal) catalog.Offer {
	m.t.Helper()
	offer, err := m.catalog.OpenOffer(context.Background(), producer, catalog.NewOffer{
		ProductID: m.shrimp(producer, "iced").ID, AvailableFrom: m.today, AvailableTo: m.today.AddDays(60), Quantity: quantity.Of(1000),
		MinOrder: quantity.Of(100), Multiple: quantity.Of(50), LeadDays: 4, PriceOnTheDay: true,
	})
	require.NoError(m.t, err)
	return offer
}

// A line that names an offer keeps to its minimum, its steps and its lead time.
func TestLinesKeepToTheOfferTheyName(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.stepped(producer)
	ask := func(amount int64, until int) error {
		demand := m.demand(quantity.Of(amount))
		line := &demand.Lines[0]
		line.ProductLine, line.OfferID = "", offer.ID
		line.DeliverFrom, line.DeliverTo = m.today, m.today.AddDays(until)
		_, err := m.Place(context.Background(), buyer, demand)
		return err
	}
	require.NoError(t, ask(150, 4))
	for name, test := range map[string]struct {
		amount int64
		until  int
		want   *fault.Definition
		at     string
	}{
		"below the minimum": {99, 9, catalog.ErrBelowMinOrder, "lines[0].quantity"},
		"between steps":     {120, 9, catalog.ErrOffMultiple, "lines[0].quantity"},
		"too soon":          {100, 3, catalog.ErrLeadTime, "lines[0].deliver_to"},
	} {
		err := ask(test.amount, test.until)
		require.ErrorIs(t, err, test.want, name)
		refusal, _ := fault.From(err)
		require.Equal(t, test.at, refusal.Fields[0].Pointer, name)
	}
}

// A producer may quote otherwise than its own offer says; both sides see that it does. An offer at
// a daily price is quoted and awarded like any other.
func TestQuotesMayDeviateFromTheirOffer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.stepped(producer)
	asked := m.placed(buyer, m.demand(quantity.Of(120)))
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		OfferID: offer.ID, Quantity: quantity.Of(120), PriceVND: 250_000, DeliverOn: m.today.AddDays(3),
	})
	require.NoError(t, err)
	want := []string{"off_offer_multiple", "sooner_than_lead_time"}
	require.Equal(t, want, quote.Deviations)
	for _, who := range []identity.Principal{buyer, producer} {
		listed, err := m.Quotes(ctx, who, asked.ID, inquiry.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, want, listed[0].Deviations)
		read, err := m.GetQuote(ctx, who, quote.ID)
		require.NoError(t, err)
		require.Equal(t, want, read.Deviations)
	}
	smaller, err := m.Revise(ctx, producer, quote.ID, inquiry.NewQuote{Quantity: quantity.Of(20), PriceVND: 250_000, DeliverOn: m.today.AddDays(9)})
	require.NoError(t, err)
	require.Equal(t, []string{"less_than_asked", "below_offer_minimum"}, smaller.Deviations)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: smaller.ID, Quantity: quantity.Of(20)}})
	require.NoError(t, err)
	require.EqualValues(t, 250_000, awards[0].PriceVND)
	require.Equal(t, quantity.Of(980), m.remaining(offer.ID))
}
