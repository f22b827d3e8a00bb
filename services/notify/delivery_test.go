package notify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Each step of a delivery is told to the other side, once, also when the dock took it, and to nobody
// else.
func TestTheOtherSideOfADeliveryIsTold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	producer, rival := m.organisation(identity.Producer, "Hợp tác xã Ann (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã Ben (hư cấu)")
	buyer := m.organisation(identity.Buyer, "Siêu thị Một (hư cấu)")
	m.farmed(producer, 200)
	award := m.awarded(buyer, m.quoted(producer, m.asked(buyer, 20, false), m.shrimp(producer)))
	plan, err := m.inquiry.Schedule(ctx, producer, award.ID, inquiry.Plan{Quantity: quantity.Of(40), Day: m.today().AddDays(2)})
	require.NoError(t, err)
	link, err := m.inquiry.MakeDockLink(ctx, buyer, plan.ID, inquiry.DockLinkRequest{})
	require.NoError(t, err)
	_, err = m.inquiry.DispatchPlanned(ctx, producer, plan.ID, inquiry.Dispatch{Quantity: quantity.Of(40)})
	require.NoError(t, err)
	_, err = m.inquiry.DockReceive(ctx, link.Code, inquiry.Receipt{Accepted: quantity.Of(30), Rejected: quantity.Of(10)})
	require.NoError(t, err)
	_, err = m.inquiry.Dispute(ctx, producer, plan.ID, inquiry.Objection{Reason: "not_rejected"})
	require.NoError(t, err)
	proposed, err := m.inquiry.ProposeSettlement(ctx, buyer, plan.ID, inquiry.Receipt{Accepted: quantity.Of(40)})
	require.NoError(t, err)
	_, err = m.inquiry.AgreeSettlement(ctx, producer, plan.ID, proposed.Dispute.Proposal.ID)
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.ElementsMatch(t, []string{
		"delivery_scheduled_buyer", "delivery_dispatched_buyer", "delivery_disputed_buyer", "delivery_settled_buyer",
	}, m.heard(buyer))
	require.ElementsMatch(t, []string{"awarded", "delivery_received_producer", "delivery_settlement_proposed_producer"}, m.heard(producer))
	require.Empty(t, m.heard(rival))
	for _, notice := range m.notices(producer, "vi") {
		require.Contains(t, notice.Text, "Siêu thị Một (hư cấu)")
		if notice.Kind == "awarded" {
			continue
		}
		require.Contains(t, notice.Text, "40 kg «Tôm sú thử»")
		require.NotContains(t, notice.Text, "{")
		require.Equal(t, award.ID, *notice.AwardID)
	}
}
