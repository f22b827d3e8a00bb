package inquiry_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// noted is a payment in the books that the history keeps itself.
type noted struct {
	id     uuid.UUID
	by     identity.Principal
	amount money.VND // to the producer
	kind   string
	state  inquiry.PaymentState
}

// paymentHistory does random things to the payments and deliveries of one award and keeps its own books.
type paymentHistory struct {
	*sold

	random   *rand.Rand
	payments []*noted
	receipts map[uuid.UUID]money.VND
	refused  int
}

func (h *paymentHistory) step(ctx context.Context) {
	sides := []identity.Principal{h.buyer, h.producer}
	who := sides[h.random.IntN(2)]
	switch h.random.IntN(8) {
	case 0:
		h.deliver(ctx)
	case 1, 2, 3:
		amount := money.VND(1 + h.random.Int64N(9_000_000))
		made := &noted{by: who, amount: amount, kind: []string{"deposit", "payment", "refund"}[h.random.IntN(3)], state: inquiry.PaymentRecorded}
		made.id = h.paid(who, made.kind, amount).ID
		if made.kind == "refund" {
			made.amount = -amount
		}
		h.payments = append(h.payments, made)
	default:
		if len(h.payments) > 0 {
			h.decideAny(ctx, who, h.payments[h.random.IntN(len(h.payments))])
		}
	}
}

// deliver receives something, which now and then both settle otherwise.
func (h *paymentHistory) deliver(ctx context.Context) {
	amount := quantity.Quantity(1 + h.random.Int64N(10_000))
	got, err := h.Deliver(ctx, h.producer, h.award.ID, inquiry.Dispatch{Quantity: amount})
	if err != nil {
		h.refused++ // all has been delivered
		return
	}
	accepted := quantity.Quantity(h.random.Int64N(int64(amount) + 1))
	_, err = h.Receive(ctx, h.buyer, got.ID, inquiry.Receipt{Accepted: accepted, Rejected: amount - accepted})
	require.NoError(h.t, err)
	if h.random.IntN(2) == 0 {
		accepted /= 2
		_, err = h.Dispute(ctx, h.buyer, got.ID, inquiry.Objection{Reason: "weight"})
		require.NoError(h.t, err)
		proposed, err := h.ProposeSettlement(ctx, h.buyer, got.ID, inquiry.Receipt{Accepted: accepted, Rejected: amount - accepted})
		require.NoError(h.t, err)
		_, err = h.AgreeSettlement(ctx, h.producer, got.ID, proposed.Dispute.Proposal.ID)
		require.NoError(h.t, err)
	}
	h.receipts[got.ID] = money.Value(250_001, accepted) + money.Value(1501, accepted)
}

// decideAny tries a move that may be anybody's, and says what must become of it.
func (h *paymentHistory) decideAny(ctx context.Context, who identity.Principal, p *noted) {
	move := []inquiry.PaymentMove{inquiry.MoveConfirmPayment, inquiry.MoveContestPayment, inquiry.MoveWithdrawPayment}[h.random.IntN(3)]
	own := who.OrganisationID == p.by.OrganisationID
	waits := p.state == inquiry.PaymentRecorded || p.state == inquiry.PaymentContested && move != inquiry.MoveContestPayment
	_, err := h.DecidePayment(ctx, who, p.id, move, "đối chiếu sổ")
	if own != (move == inquiry.MoveWithdrawPayment) || !waits {
		require.Error(h.t, err, "%s of %s, own %v", move, p.state, own)
		h.refused++
		return
	}
	require.NoError(h.t, err, "%s of %s, own %v", move, p.state, own)
	p.state = map[inquiry.PaymentMove]inquiry.PaymentState{
		inquiry.MoveConfirmPayment: inquiry.PaymentConfirmed, inquiry.MoveContestPayment: inquiry.PaymentContested,
		inquiry.MoveWithdrawPayment: inquiry.PaymentWithdrawn,
	}[move]
}

// check holds the account against the books.
func (h *paymentHistory) check(seed uint64) {
	sums := map[inquiry.PaymentState]money.VND{}
	var owed, deposited money.VND
	for _, p := range h.payments {
		sums[p.state] += p.amount
		if p.kind == "deposit" && p.state == inquiry.PaymentConfirmed {
			deposited += p.amount
		}
	}
	for _, value := range h.receipts {
		owed += value
	}
	account := h.account(0)
	require.Equal(h.t, []money.VND{
		owed, sums[inquiry.PaymentConfirmed], sums[inquiry.PaymentRecorded], sums[inquiry.PaymentContested], deposited,
		max(owed-sums[inquiry.PaymentConfirmed], 0), max(sums[inquiry.PaymentConfirmed]-owed, 0),
	}, []money.VND{
		account.OwedVND, account.PaidVND, account.UnconfirmedVND, account.ContestedVND, account.DepositedVND, account.OutstandingVND, account.AheadVND,
	}, "seed %d", seed)
}

// Whatever is recorded, confirmed, contested, withdrawn, received and settled: the account is what a second
// set of books says, and nothing was confirmed by whoever recorded it.
func TestAccountsFollowFromAnyHistoryOfPayments(t *testing.T) {
	t.Parallel()
	refused := 0
	for seed := range uint64(3) {
		h := &paymentHistory{sold: onTerms(t, inquiry.Terms{}), random: rand.New(rand.NewPCG(seed, 11)), receipts: map[uuid.UUID]money.VND{}}
		for range 80 {
			h.step(t.Context())
			h.check(seed)
		}
		refused += h.refused
		var own int
		require.NoError(t, h.db.Get(t.Context(), &own, `
			SELECT count(*) FROM inquiry.payments p JOIN inquiry.payment_moves m ON m.payment_id = p.id
			 WHERE (m.moved_by = p.recorded_by) <> (m.move = 'withdraw')`))
		require.Zero(t, own)
		requireAudited(t, h.market)
	}
	require.Positive(t, refused)
}
