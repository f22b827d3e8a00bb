package inquiry_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// received is a delivery of so much, received in parts.
func (s *sold) received(amount quantity.Quantity, receipt inquiry.Receipt) inquiry.Delivery {
	s.t.Helper()
	got, err := s.Receive(context.Background(), s.buyer, s.sent(amount).ID, receipt)
	require.NoError(s.t, err)
	return got
}

// balance is where the award's volume stands.
func (s *sold) balance() ledger.AwardBalance {
	s.t.Helper()
	balances, err := ledger.AwardBalances(context.Background(), s.db, []uuid.UUID{s.award.ID})
	require.NoError(s.t, err)
	return balances[s.award.ID]
}

// valued is what the ledger says was delivered is worth.
func (s *sold) valued() money.VND {
	s.t.Helper()
	var value money.VND
	require.NoError(s.t, s.db.Get(context.Background(), &value, `
		SELECT coalesce(sum(p.value_vnd * (m.line_delivered + m.line_over)), 0)::bigint FROM ledger.postings p JOIN ledger.movements m USING (movement)`))
	return value
}

func TestADisputeIsSettledByBoth(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	got := s.received(quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(70), Rejected: quantity.Of(25), Loss: quantity.Of(5)})
	stranger := s.organisation(identity.Producer)
	objection := inquiry.Objection{Reason: "weight", Note: "cân của kho lệch"}
	_, err := s.Dispute(ctx, stranger, got.ID, objection)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = s.Dispute(ctx, s.producer, got.ID, inquiry.Objection{Reason: "weather"})
	require.ErrorIs(t, err, inquiry.ErrDisputeReason, "a reason of awards")
	_, err = s.ProposeSettlement(ctx, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(100)})
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)

	before := s.balance()
	disputed, err := s.Dispute(ctx, s.producer, got.ID, objection)
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryDisputed, disputed.State)
	require.Equal(t, "weight", disputed.Dispute.Reason)
	require.Equal(t, s.producer.OrganisationID, disputed.Dispute.RaisedBy)
	require.Equal(t, before, s.balance(), "a dispute moves no volume")
	_, err = s.Dispute(ctx, s.buyer, got.ID, objection)
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)
	_, err = s.AgreeSettlement(ctx, s.buyer, got.ID, uuid.New())
	require.ErrorIs(t, err, inquiry.ErrProposal, "nothing is proposed")

	_, err = s.ProposeSettlement(ctx, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(99)})
	require.ErrorIs(t, err, inquiry.ErrReceiptSum)
	first, err := s.ProposeSettlement(ctx, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(100)})
	require.NoError(t, err)
	_, err = s.AgreeSettlement(ctx, s.producer, got.ID, first.Dispute.Proposal.ID)
	require.ErrorIs(t, err, inquiry.ErrProposal, "one's own")
	second, err := s.ProposeSettlement(ctx, s.buyer, got.ID, inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(8), Loss: quantity.Of(2)})
	require.NoError(t, err)
	_, err = s.AgreeSettlement(ctx, s.buyer, got.ID, first.Dispute.Proposal.ID)
	require.ErrorIs(t, err, inquiry.ErrProposal, "replaced by a later one")
	settled, err := s.AgreeSettlement(ctx, s.producer, got.ID, second.Dispute.Proposal.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliverySettled, settled.State)
	require.Equal(t, quantity.Of(70), settled.Received.Accepted, "the receipt is not rewritten")
	require.Equal(t, quantity.Of(90), settled.Dispute.Proposal.Instead.Accepted)
	require.Nil(t, second.Settled, "proposed is not settled")
	require.Equal(t, []quantity.Quantity{quantity.Of(90), quantity.Of(8), quantity.Of(2)}, []quantity.Quantity{settled.Settled.Accepted, settled.Settled.Rejected, settled.Settled.Loss})
	require.Equal(t, *settled.Dispute.SettledAt, settled.Settled.At)
	read, err := s.GetDelivery(ctx, s.buyer, got.ID)
	require.NoError(t, err)
	require.Equal(t, settled.Settled, read.Settled)
	require.Equal(t, money.Value(250_000, quantity.Of(90)), settled.Dispute.Proposal.Instead.ValueVND)

	require.Equal(t, ledger.AwardBalance{
		AwardID: s.award.ID, Committed: quantity.Of(10), Accepted: quantity.Of(90), Rejected: quantity.Of(8), Lost: quantity.Of(2),
	}, s.balance())
	require.Equal(t, money.Value(250_000, quantity.Of(90)), s.valued())
	accepted, _ := s.posted("accepted")
	require.Equal(t, quantity.Of(160), accepted, "the receipt's postings stay")
	reversed, _ := s.posted("accepted_reversed")
	require.Equal(t, quantity.Of(70), reversed)
	var days int
	require.NoError(t, s.db.Get(ctx, &days, `
		SELECT count(DISTINCT business_date) FROM ledger.postings WHERE movement LIKE 'accepted%'`))
	require.Equal(t, 1, days, "all under the day of the receipt")
	for _, step := range []func() error{
		func() error { _, err := s.Dispute(ctx, s.buyer, got.ID, objection); return err },
		func() error { _, err := s.WithdrawDispute(ctx, s.producer, got.ID); return err },
		func() error {
			_, err := s.AgreeSettlement(ctx, s.producer, got.ID, second.Dispute.Proposal.ID)
			return err
		},
	} {
		require.ErrorIs(t, step(), inquiry.ErrDeliveryState)
	}
	requireAudited(t, s.market)
}

func TestADisputeIsWithdrawnByWhoRaisedIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	got := s.received(quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(100)})
	_, err := s.Dispute(ctx, s.buyer, got.ID, inquiry.Objection{Reason: "quality"})
	require.NoError(t, err)
	_, err = s.WithdrawDispute(ctx, s.producer, got.ID)
	require.ErrorIs(t, err, inquiry.ErrNotYourDispute)
	after, err := s.WithdrawDispute(ctx, s.buyer, got.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryReceived, after.State)
	require.NotNil(t, after.Dispute.WithdrawnAt)
	again, err := s.Dispute(ctx, s.producer, got.ID, inquiry.Objection{Reason: "weight"})
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryDisputed, again.State)
	list, err := s.Deliveries(ctx, s.buyer, s.award.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, again.Dispute.ID, list[0].Dispute.ID)
	require.Equal(t, inquiry.DeliveryDisputed, list[0].State)
}

// For how many days a receipt may be disputed is data by line and form.
func TestADisputeComesInTime(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for form, days := range map[string]int{"iced": 7, "live": 2} {
		s := newSold(t, form, quantity.Of(100))
		got := s.received(quantity.Of(50), inquiry.Receipt{Accepted: quantity.Of(50)})
		back := func(minutes int) {
			s.owner(`UPDATE inquiry.deliveries SET dispatched_at = now() - make_interval(days => $2, mins => $3) - interval '1 day',
			                received_at = now() - make_interval(days => $2, mins => $3), noted_at = now() - make_interval(days => $2, mins => $3) WHERE id = $1`, got.ID, days, minutes)
		}
		back(1)
		_, err := s.Dispute(ctx, s.producer, got.ID, inquiry.Objection{Reason: "weight"})
		require.ErrorIs(t, err, inquiry.ErrDisputeLate, form)
		back(-1)
		_, err = s.Dispute(ctx, s.producer, got.ID, inquiry.Objection{Reason: "weight"})
		require.NoError(t, err, form)
	}
}

// What was rejected and has been sent again, or was released, cannot be accepted by a settlement.
func TestASettlementTakesBackNoMoreThanTheAwardOwes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	got := s.received(quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(80), Rejected: quantity.Of(20)})
	_, err := s.Dispute(ctx, s.producer, got.ID, inquiry.Objection{Reason: "not_rejected"})
	require.NoError(t, err)
	proposed, err := s.ProposeSettlement(ctx, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(100)})
	require.NoError(t, err)
	s.sent(quantity.Of(15))
	_, err = s.AgreeSettlement(ctx, s.buyer, got.ID, proposed.Dispute.Proposal.ID)
	require.ErrorIs(t, err, ledger.ErrAwardExceeded)
	_, err = s.ProposeSettlement(ctx, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(86), Rejected: quantity.Of(14)})
	require.ErrorIs(t, err, ledger.ErrAwardExceeded)
	// More may be rejected than was, and what has been sent again is no hindrance.
	proposed, err = s.ProposeSettlement(ctx, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(79), Rejected: quantity.Of(21)})
	require.NoError(t, err)
	s.sent(quantity.Of(5))
	_, err = s.AgreeSettlement(ctx, s.buyer, got.ID, proposed.Dispute.Proposal.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(1), s.balance().Committed)
	requireAudited(t, s.market)
}

// What is over is sold without the mark of a yearly ceiling, and a settlement moves what was
// delivered under it both ways.
func TestTheCeilingFollowsASettlement(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	s := &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	certificate := m.certified(s.producer, "ASC_FARM", group(quantity.Of(100), m.organisation(identity.Producer)), m.today.AddDays(400))
	offer := m.offer(s.producer, m.shrimp(s.producer, "iced").ID, quantity.Of(1000))
	asked := m.placed(s.buyer, m.asking(quantity.Of(100), "ASC_FARM"))
	quote := m.quote(s.producer, asked, offer, quantity.Of(100), 250_000)
	awards, err := m.Award(ctx, s.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(t, err)
	s.award = awards[0]
	got := s.received(quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(102), Over: quantity.Of(2)})
	delivered := func() quantity.Quantity { return m.ceiling(certificate.ID).DeliveredKg }
	require.Equal(t, quantity.Of(100), delivered())
	var marks int
	require.NoError(t, m.db.Get(ctx, &marks, `SELECT sum(cardinality(schemes)) FROM ledger.postings WHERE movement = 'over'`))
	require.Zero(t, marks, "beyond the ceiling nothing is sold with the mark")

	_, err = s.Dispute(ctx, s.buyer, got.ID, inquiry.Objection{Reason: "weight"})
	require.NoError(t, err)
	proposed, err := s.ProposeSettlement(ctx, s.buyer, got.ID, inquiry.Receipt{Accepted: quantity.Quantity(66_667), Loss: quantity.Quantity(33_333)})
	require.NoError(t, err)
	_, err = s.AgreeSettlement(ctx, s.producer, got.ID, proposed.Dispute.Proposal.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Quantity(66_667), delivered())
	require.Equal(t, quantity.Of(100), m.ceiling(certificate.ID).ClaimedKg)
	require.Zero(t, s.balance().Over)
	requireAudited(t, m)
}
