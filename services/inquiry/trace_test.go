package inquiry_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// awarded takes a deal of a producer as far as an award of 100 kg.
func (m *market) awarded(buyer, producer identity.Principal) inquiry.Award {
	m.t.Helper()
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	quote := m.quote(producer, asked, offer, quantity.Of(100), 250_000)
	awards, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(m.t, err)
	return awards[0]
}

// A collector sends off only lots whose sources it has declared; the buyer and officials read where
// the goods come from, nobody else does.
func TestCollectorsDeclareSourcesBeforeDispatch(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, stranger, farm := m.organisation(identity.Buyer), m.organisation(identity.Buyer), m.organisation(identity.Producer)
	collector, official := m.organisationOf(identity.Producer, identity.Collector), m.organisation(identity.Authority)
	award := m.awarded(buyer, collector)
	send := func(lot string) error {
		_, err := m.Deliver(ctx, collector, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), Lot: lot})
		return err
	}
	requireAt := func(err error, want *fault.Definition) {
		t.Helper()
		require.ErrorIs(t, err, want)
		refusal, _ := fault.From(err)
		require.Equal(t, "lot", refusal.Fields[0].Pointer)
	}
	requireAt(send(""), catalog.ErrLotNeeded)
	requireAt(send("L1"), catalog.ErrSourcesNeeded)
	lot, err := m.catalog.DeclareLot(ctx, collector, award.ProductID, catalog.NewLot{Code: "L1"})
	require.NoError(t, err)
	requireAt(send("L1"), catalog.ErrSourcesNeeded)
	_, err = m.catalog.AddSources(ctx, collector, lot.ID, []catalog.NewSource{{OrganisationID: farm.OrganisationID, Quantity: quantity.Of(50)}})
	require.NoError(t, err)
	sent, err := m.Deliver(ctx, collector, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), Lot: " L1 "})
	require.NoError(t, err)

	for name, who := range map[string]identity.Principal{"buyer": buyer, "collector": collector, "official": official} {
		trace, err := m.Trace(ctx, who, sent.ID)
		require.NoError(t, err, name)
		require.Equal(t, "L1", trace.LotCode)
		require.Equal(t, farm.OrganisationID, trace.Lot.Sources[0].OrganisationID, name)
	}
	for name, who := range map[string]identity.Principal{"another buyer": stranger, "the farm itself": farm} {
		_, err := m.Trace(ctx, who, sent.ID)
		require.ErrorIs(t, err, fault.ErrNotFound, name)
	}
	_, err = m.Trace(ctx, official, uuid.New())
	require.ErrorIs(t, err, fault.ErrNotFound)

	// All others send off what they like.
	award = m.awarded(buyer, farm)
	own, err := m.Deliver(ctx, farm, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10)})
	require.NoError(t, err)
	trace, err := m.Trace(ctx, buyer, own.ID)
	require.NoError(t, err)
	require.Nil(t, trace.Lot)
}
