package inquiry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// The rest is declined at once, each producer told why its own was; other lines go on.
func TestTheRestIsDeclinedWithAReason(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, chosen, other := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Lines = append(demand.Lines, demand.Lines[0])
	asked := m.placed(buyer, demand)
	offer, others := m.offer(chosen, m.shrimp(chosen, "iced").ID, quantity.Of(500)), m.offer(other, m.shrimp(other, "iced").ID, quantity.Of(500))
	quote := m.quote(chosen, asked, offer, quantity.Of(100), 250_000)
	var rest []inquiry.Quote
	for _, line := range asked.Lines {
		one, err := m.Quote(ctx, other, asked.ID, inquiry.NewQuote{LineID: line.ID, OfferID: others, Quantity: quantity.Of(80), PriceVND: 260_000, DeliverOn: m.today.AddDays(5), Reserve: new(true)})
		require.NoError(t, err)
		rest = append(rest, one)
	}
	require.Equal(t, quantity.Of(340), m.remaining(others))
	act := inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(40)}}, DeclineRest: &inquiry.DeclineRest{Reason: "wrong_size"}}
	_, err := m.Decide(ctx, buyer, asked.ID, act)
	require.ErrorIs(t, err, fault.ErrUnknownValue, "a reason for receipts is none for quotes")
	act.DeclineRest = &inquiry.DeclineRest{Reason: "price", Note: "rẻ hơn 10 000 đ thì lấy"}
	_, err = m.Decide(ctx, buyer, asked.ID, act)
	require.NoError(t, err)

	own, err := m.GetQuote(ctx, chosen, quote.ID)
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.StateQuoteAwardedInPart, "", ""}, []any{own.State, own.Reason, own.DeclineNote})
	declined, err := m.GetQuote(ctx, other, rest[0].ID)
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.QuoteState(inquiry.QuoteDeclined), "price", "rẻ hơn 10 000 đ thì lấy"}, []any{declined.State, declined.Reason, declined.DeclineNote})
	goesOn, err := m.GetQuote(ctx, other, rest[1].ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.QuoteState(inquiry.QuoteSubmitted), goesOn.State, "another line")
	require.Equal(t, quantity.Of(420), m.remaining(others), "what it held is free")
	_, err = m.GetQuote(ctx, chosen, rest[0].ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	requireAudited(t, m)
}
