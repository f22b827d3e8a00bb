package inquiry_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// deliveryHistory does random things to the deliveries of one award and keeps its own books.
type deliveryHistory struct {
	*sold

	random *rand.Rand
	books  ledger.AwardBalance
	value  money.VND
	// out are the quantities on their way, outcomes what holds of each receipt.
	out      map[uuid.UUID]quantity.Quantity
	sentOff  map[uuid.UUID]quantity.Quantity
	outcomes map[uuid.UUID]inquiry.Receipt
	disputed map[uuid.UUID]bool
	refused  int
	settled  int
}

// split divides what was dispatched, now and then with something over.
func (h *deliveryHistory) split(amount quantity.Quantity) inquiry.Receipt {
	over := quantity.Quantity(0)
	if h.random.IntN(2) == 0 {
		over = quantity.Quantity(h.random.Int64N(int64(amount)/50 + 1)) // 2 %
	}
	rejected := quantity.Quantity(h.random.Int64N(int64(amount)/4 + 1))
	loss := quantity.Quantity(h.random.Int64N(int64(amount)/10 + 1))
	return inquiry.Receipt{Accepted: amount + over - rejected - loss, Rejected: rejected, Loss: loss, Over: over}
}

// take notes an outcome in the books, or takes one back.
func (h *deliveryHistory) take(o inquiry.Receipt, sign quantity.Quantity) {
	h.books.Accepted += sign * (o.Accepted - o.Over)
	h.books.Over += sign * o.Over
	h.books.Rejected += sign * o.Rejected
	h.books.Lost += sign * o.Loss
	h.books.Committed += sign * (o.Rejected + o.Loss)
	h.books.Dispatched -= sign * (o.Accepted - o.Over + o.Rejected + o.Loss)
	h.value += money.VND(sign) * (money.Value(250_001, o.Accepted-o.Over) + money.Value(250_001, o.Over))
}

// oldest is the first of the deliveries, so that a seed is one history; zero of none.
func oldest[V any](of map[uuid.UUID]V) uuid.UUID {
	first := uuid.Nil
	for id := range of {
		if first == uuid.Nil || id.String() < first.String() {
			first = id
		}
	}
	return first
}

func (h *deliveryHistory) step(ctx context.Context) {
	switch h.random.IntN(5) {
	case 0, 1:
		h.dispatch(ctx)
	case 2:
		if id := oldest(h.out); id != uuid.Nil {
			receipt := h.split(h.out[id])
			_, err := h.Receive(ctx, h.buyer, id, receipt)
			require.NoError(h.t, err)
			h.take(receipt, 1)
			h.outcomes[id] = receipt
			delete(h.out, id)
		}
	case 3:
		if id := oldest(h.outcomes); id != uuid.Nil && !h.disputed[id] {
			_, err := h.Dispute(ctx, h.producer, id, inquiry.Objection{Reason: "weight"})
			require.NoError(h.t, err)
			h.disputed[id] = true
		}
	default:
		if id := oldest(h.disputed); id != uuid.Nil {
			h.settle(ctx, id)
		}
	}
}

func (h *deliveryHistory) dispatch(ctx context.Context) {
	amount := quantity.Quantity(1 + h.random.Int64N(30_000))
	sent, err := h.Deliver(ctx, h.producer, h.award.ID, inquiry.Dispatch{Quantity: amount})
	if amount > h.books.Committed {
		require.Error(h.t, err)
		h.refused++
		return
	}
	require.NoError(h.t, err)
	h.books.Committed, h.books.Dispatched = h.books.Committed-amount, h.books.Dispatched+amount
	h.out[sent.ID], h.sentOff[sent.ID] = amount, amount
}

func (h *deliveryHistory) settle(ctx context.Context, id uuid.UUID) {
	instead := h.split(h.sentOff[id])
	was := h.outcomes[id]
	proposed, err := h.ProposeSettlement(ctx, h.producer, id, instead)
	if h.books.Committed+instead.Rejected+instead.Loss < was.Rejected+was.Loss {
		require.ErrorIs(h.t, err, ledger.ErrAwardExceeded)
		h.refused++
		return
	}
	require.NoError(h.t, err)
	_, err = h.AgreeSettlement(ctx, h.buyer, id, proposed.Dispute.Proposal.ID)
	require.NoError(h.t, err)
	h.take(was, -1)
	h.take(instead, 1)
	h.settled++
	delete(h.disputed, id)
	delete(h.outcomes, id)
}

// Whatever happens to deliveries: the balances are what a second set of books says, what was
// delivered is worth what the outcomes say, and the audit finds nothing.
func TestBalancesFollowFromAnyHistoryOfDeliveries(t *testing.T) {
	t.Parallel()
	refused, settled := 0, 0
	for seed := range uint64(3) {
		s := newSold(t, "iced", quantity.Of(100))
		s.owner(`UPDATE inquiry.awards SET price_vnd = 250001`)
		h := &deliveryHistory{
			sold: s, random: rand.New(rand.NewPCG(seed, 7)), books: ledger.AwardBalance{AwardID: s.award.ID, Committed: quantity.Of(100)},
			out: map[uuid.UUID]quantity.Quantity{}, sentOff: map[uuid.UUID]quantity.Quantity{},
			outcomes: map[uuid.UUID]inquiry.Receipt{}, disputed: map[uuid.UUID]bool{},
		}
		for range 60 {
			h.step(context.Background())
			require.Equal(t, h.books, s.balance(), "seed %d", seed)
		}
		require.Equal(t, h.value, s.valued(), "seed %d", seed)
		require.Equal(t, quantity.Of(100), s.committed(s.award.OfferID), "nothing more is committed of the offer")
		requireAudited(t, s.market)
		refused, settled = refused+h.refused, settled+h.settled
	}
	require.Positive(t, refused)
	require.Positive(t, settled)
}
