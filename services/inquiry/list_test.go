package inquiry_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Lists page from the newest on without loss or repetition, and count what they list, for the
// buyer and for the producers that an inquiry reaches.
func TestListsPageAndCount(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer, stranger := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	var awards []inquiry.Award
	for n := range 5 {
		demand := m.demand(quantity.Of(10))
		if n%2 == 0 {
			demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{producer.OrganisationID}
		}
		asked := m.placed(buyer, demand)
		quote := m.quote(producer, asked, offer, quantity.Of(10), 1000)
		made, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(5)}})
		require.NoError(t, err)
		awards = append(awards, made...)
	}
	for who, want := range map[*identity.Principal]int{&buyer: 5, &producer: 5, &stranger: 2} {
		seen := make(map[uuid.UUID]bool)
		page := inquiry.Page{Limit: 2}
		for {
			list, err := m.List(ctx, *who, page)
			require.NoError(t, err)
			for _, one := range list {
				require.False(t, seen[one.ID])
				seen[one.ID] = true
				page.Before = one.ID
			}
			if len(list) < page.Limit {
				break
			}
		}
		require.Len(t, seen, want)
		total, err := m.CountInquiries(ctx, *who, inquiry.StageOpen)
		require.NoError(t, err)
		require.Equal(t, want, total)
	}
	_, err := m.CountInquiries(ctx, identity.SystemPrincipal(), "")
	require.ErrorIs(t, err, fault.ErrForbidden)

	total, err := m.CountAwards(ctx, producer, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, 5, total)
	total, err = m.CountQuotes(ctx, buyer, awards[0].InquiryID)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	_, err = m.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: quantity.Of(5)})
	require.NoError(t, err)
	total, err = m.CountDeliveries(ctx, buyer, awards[0].ID)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	_, err = m.CountDeliveries(ctx, stranger, awards[0].ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
}
