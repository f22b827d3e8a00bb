package inquiry_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// called is a framework award with a call-off on it.
type called struct {
	*sold

	call inquiry.CallOff
}

func newCalled(t *testing.T, amount int64) *called {
	t.Helper()
	m := newMarket(t)
	s := &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	s.award = m.frame(s.buyer, s.producer, "iced", false)
	call, err := m.CallOff(context.Background(), s.buyer, s.award.ID, m.call(amount, 0))
	require.NoError(t, err)
	return &called{s, call}
}

// under is a delivery for the call-off, received.
func (c *called) under(amount quantity.Quantity, receipt inquiry.Receipt) inquiry.Delivery {
	c.t.Helper()
	sent, err := c.Deliver(context.Background(), c.producer, c.award.ID, inquiry.Dispatch{Quantity: amount, CallOffID: c.call.ID})
	require.NoError(c.t, err)
	got, err := c.Receive(context.Background(), c.buyer, sent.ID, receipt)
	require.NoError(c.t, err)
	return got
}

// settledAs has both sides agree on another outcome of a delivery.
func (c *called) settledAs(id uuid.UUID, instead inquiry.Receipt) error {
	ctx := context.Background()
	if _, err := c.Dispute(ctx, c.producer, id, inquiry.Objection{Reason: "weight"}); err != nil && !errors.Is(err, inquiry.ErrDeliveryState) {
		return err
	}
	proposed, err := c.ProposeSettlement(ctx, c.producer, id, instead)
	if err != nil {
		return err
	}
	_, err = c.AgreeSettlement(ctx, c.buyer, id, proposed.Dispute.Proposal.ID)
	return err
}

// stands is where the call-off and the framework stand: drawn, called, uncalled, remaining, delivered.
func (c *called) stands() []quantity.Quantity {
	c.t.Helper()
	award, err := c.GetAward(context.Background(), c.producer, c.award.ID)
	require.NoError(c.t, err)
	calls, err := c.CallOffs(context.Background(), c.buyer, c.award.ID, inquiry.Page{Limit: 10})
	require.NoError(c.t, err)
	drawn := quantity.Quantity(0)
	for _, call := range calls {
		if call.ID == c.call.ID {
			drawn = call.Drawn
		}
	}
	return []quantity.Quantity{drawn, award.Framework.Called, award.Framework.Uncalled, award.Remaining, award.Delivered}
}

func kgs(amounts ...int64) []quantity.Quantity {
	list := make([]quantity.Quantity, len(amounts))
	for at, amount := range amounts {
		list[at] = quantity.Of(amount)
	}
	return list
}

// More is found to have been accepted: the call-off is drawn by it after all, and less may be sent anew.
func TestASettlementDrawsFromTheCallOff(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCalled(t, 40)
	got := c.under(quantity.Of(40), inquiry.Receipt{Accepted: quantity.Of(30), Rejected: quantity.Of(10)})
	require.Equal(t, kgs(30, 40, 60, 70, 30), c.stands())
	require.NoError(t, c.settledAs(got.ID, inquiry.Receipt{Accepted: quantity.Of(38), Rejected: quantity.Of(2)}))
	require.Equal(t, kgs(38, 40, 60, 62, 38), c.stands())
	require.Equal(t, money.Value(250_000, quantity.Of(38)), c.valued())
	_, err := c.Deliver(ctx, c.producer, c.award.ID, inquiry.Dispatch{Quantity: quantity.Of(3), CallOffID: c.call.ID})
	require.ErrorIs(t, err, inquiry.ErrCallOffExceeded)
	c.under(quantity.Of(2), inquiry.Receipt{Accepted: quantity.Of(2)})
	require.Equal(t, kgs(40, 40, 60, 60, 40), c.stands())
	requireAudited(t, c.market)
}

// Less is found to have been accepted: the call-off may be sent it again.
func TestASettlementGivesBackToTheCallOff(t *testing.T) {
	t.Parallel()
	c := newCalled(t, 40)
	got := c.under(quantity.Of(40), inquiry.Receipt{Accepted: quantity.Of(40)})
	require.NoError(t, c.settledAs(got.ID, inquiry.Receipt{Accepted: quantity.Of(25), Rejected: quantity.Of(10), Loss: quantity.Of(5)}))
	require.Equal(t, kgs(25, 40, 60, 75, 25), c.stands())
	require.Equal(t, money.Value(250_000, quantity.Of(25)), c.valued())
	c.under(quantity.Of(15), inquiry.Receipt{Accepted: quantity.Of(15)})
	require.Equal(t, kgs(40, 40, 60, 60, 40), c.stands())
	requireAudited(t, c.market)
}

// What was sent anew meanwhile cannot be drawn a second time, though the framework has more to give.
func TestASettlementCannotOverdrawTheCallOff(t *testing.T) {
	t.Parallel()
	c := newCalled(t, 40)
	got := c.under(quantity.Of(40), inquiry.Receipt{Accepted: quantity.Of(30), Rejected: quantity.Of(10)})
	c.under(quantity.Of(8), inquiry.Receipt{Accepted: quantity.Of(8)})
	before := c.stands()
	require.ErrorIs(t, c.settledAs(got.ID, inquiry.Receipt{Accepted: quantity.Of(33), Rejected: quantity.Of(7)}), inquiry.ErrCallOffExceeded)
	require.Equal(t, before, c.stands(), "nothing moved")
	require.NoError(t, c.settledAs(got.ID, inquiry.Receipt{Accepted: quantity.Of(32), Rejected: quantity.Of(8)}), "another proposal may fit")
	require.Equal(t, kgs(40, 40, 60, 60, 40), c.stands())
	requireAudited(t, c.market)
}

// Of a call-off that ended, what came back went to the framework: it is not drawn again, and what comes
// back besides goes there, too.
func TestASettlementUnderACallOffThatEnded(t *testing.T) {
	t.Parallel()
	c := newCalled(t, 40)
	got := c.under(quantity.Of(40), inquiry.Receipt{Accepted: quantity.Of(30), Rejected: quantity.Of(10)})
	_, err := c.DecideCallOff(context.Background(), c.buyer, c.call.ID, inquiry.MoveCancelCall, "đủ rồi")
	require.NoError(t, err)
	before := c.stands()
	require.Equal(t, kgs(30, 30, 70, 70, 30), before)
	more := inquiry.Receipt{Accepted: quantity.Of(35), Rejected: quantity.Of(5)}
	require.ErrorIs(t, c.settledAs(got.ID, more), inquiry.ErrCallOffState)
	require.Equal(t, before, c.stands(), "nothing moved")
	require.NoError(t, c.settledAs(got.ID, inquiry.Receipt{Accepted: quantity.Of(25), Rejected: quantity.Of(11), Loss: quantity.Of(4)}))
	require.Equal(t, kgs(25, 25, 75, 75, 25), c.stands())
	require.Equal(t, quantity.Of(4), c.balance().Lost)
	requireAudited(t, c.market)
}

// What a settlement finds to have come back of an award that was ended is owed no more: it is free again.
func TestASettlementOfAnEndedAwardReleases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCalled(t, 40)
	sent, err := c.Deliver(ctx, c.producer, c.award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), CallOffID: c.call.ID})
	require.NoError(t, err)
	_, err = c.in(4).CancelAward(ctx, c.buyer, c.award.ID, "default", "")
	require.NoError(t, err)
	spot := newSold(t, "iced", quantity.Of(100))
	other := spot.sent(quantity.Of(10))
	_, err = spot.CancelAward(ctx, spot.producer, spot.award.ID, "weather", "")
	require.NoError(t, err)
	for name, end := range map[string]struct {
		*called

		delivery uuid.UUID
	}{"framework": {c, sent.ID}, "award": {&called{sold: spot}, other.ID}} {
		_, err := end.Receive(ctx, end.buyer, end.delivery, inquiry.Receipt{Accepted: quantity.Of(10)})
		require.NoError(t, err, name)
		free := end.remaining(end.award.OfferID)
		require.NoError(t, end.settledAs(end.delivery, inquiry.Receipt{Accepted: quantity.Of(7), Rejected: quantity.Of(3)}), name)
		require.Zero(t, end.balance().Committed, "%s: nobody will send it", name)
		require.Equal(t, free+quantity.Of(3), end.remaining(end.award.OfferID), name)
		require.ErrorIs(t, end.settledAs(end.delivery, inquiry.Receipt{Accepted: quantity.Of(7), Rejected: quantity.Of(3)}), inquiry.ErrDeliveryState)
		requireAudited(t, end.market)
	}
}

// Whatever is called off, sent, received, disputed and settled: drawn is what is under way or was kept of
// each call-off, the live call-offs stay within the framework, and the ledger agrees.
func TestFrameworksFollowFromAnyHistoryOfSettlements(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	settled, refused := 0, 0
	for seed := range uint64(3) {
		c := newCalled(t, 60)
		chance := rand.New(rand.NewPCG(seed, 11))
		sizes, kept := map[uuid.UUID]quantity.Quantity{}, map[uuid.UUID]quantity.Quantity{}
		split := func(amount quantity.Quantity) inquiry.Receipt {
			rejected := quantity.Quantity(chance.Int64N(int64(amount) + 1))
			return inquiry.Receipt{Accepted: amount - rejected, Rejected: rejected}
		}
		drawn := quantity.Quantity(0)
		for range 40 {
			if chance.IntN(2) == 0 {
				amount := quantity.Quantity(1 + chance.Int64N(20_000))
				sent, err := c.Deliver(ctx, c.producer, c.award.ID, inquiry.Dispatch{Quantity: amount, CallOffID: c.call.ID})
				if drawn+amount > quantity.Of(60) {
					require.ErrorIs(t, err, inquiry.ErrCallOffExceeded)
					refused++
					continue
				}
				require.NoError(t, err)
				receipt := split(amount)
				_, err = c.Receive(ctx, c.buyer, sent.ID, receipt)
				require.NoError(t, err)
				sizes[sent.ID], kept[sent.ID] = amount, receipt.Accepted
				drawn += receipt.Accepted
			} else if id := oldest(sizes); id != uuid.Nil {
				instead := split(sizes[id])
				err := c.settledAs(id, instead)
				if drawn+instead.Accepted-kept[id] > quantity.Of(60) {
					require.Error(t, err)
					refused++
					continue
				}
				require.NoError(t, err)
				drawn += instead.Accepted - kept[id]
				settled++
				delete(sizes, id)
			}
			require.Equal(t, []quantity.Quantity{drawn, quantity.Of(60), quantity.Of(40), quantity.Of(100) - drawn, drawn}, c.stands(), "seed %d", seed)
			require.Equal(t, ledger.AwardBalance{AwardID: c.award.ID, Committed: quantity.Of(100) - drawn, Accepted: drawn,
				Rejected: c.balance().Rejected}, c.balance())
		}
		requireAudited(t, c.market)
	}
	require.Positive(t, settled)
	require.Positive(t, refused)
}
