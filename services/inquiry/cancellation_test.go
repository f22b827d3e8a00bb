package inquiry_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// in is the service so many days later.
func (m *market) in(days int) *inquiry.Service {
	return m.On(m.db.WithClock(func() time.Time { return time.Now().AddDate(0, 0, days) }))
}

// dueInFive takes 100 kg of an offer for delivery in five days.
func (m *market) dueInFive(buyer, producer identity.Principal, offer uuid.UUID) inquiry.Award {
	m.t.Helper()
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	quote := m.quote(producer, asked, offer, quantity.Of(100), 250_000)
	awards, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(m.t, err)
	return awards[0]
}

// posted counts an award's postings of a movement.
func (m *market) posted(award uuid.UUID, movement string) int {
	m.t.Helper()
	var count int
	require.NoError(m.t, m.db.Get(context.Background(), &count, `SELECT count(*) FROM ledger.postings WHERE award_id = $1 AND movement = $2`, award, movement))
	return count
}

func TestACancellationIsAgreedOn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100))
	award := m.dueInFive(buyer, producer, offer)
	onTheWay, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(30)})
	require.NoError(t, err)

	_, err = m.AskCancellation(ctx, producer, award.ID, " ", "")
	require.ErrorIs(t, err, fault.ErrRequired)
	_, err = m.AskCancellation(ctx, buyer, award.ID, "default", "")
	require.ErrorIs(t, err, inquiry.ErrDefaultAlone)
	_, err = m.AskCancellation(ctx, m.organisation(identity.Producer), award.ID, "weather", "")
	require.ErrorIs(t, err, fault.ErrNotFound)
	asked, err := m.AskCancellation(ctx, producer, award.ID, "triều cường", "đê vỡ")
	require.NoError(t, err)
	require.Equal(t, []any{"other", "triều cường: đê vỡ", inquiry.CancellationAsked}, []any{asked.Reason, asked.Note, asked.State})
	_, err = m.AskCancellation(ctx, buyer, award.ID, "buyer_request", "")
	require.ErrorIs(t, err, inquiry.ErrCancellationAsked)
	stands, err := m.GetAward(ctx, buyer, award.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(70), stands.Remaining, "until the other side agrees")

	_, err = m.DecideCancellation(ctx, producer, asked.ID, inquiry.MoveAgree, "")
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.DecideCancellation(ctx, m.organisation(identity.Buyer), asked.ID, inquiry.MoveAgree, "")
	require.ErrorIs(t, err, fault.ErrNotFound)
	refused, err := m.DecideCancellation(ctx, buyer, asked.ID, inquiry.MoveRefuse, "cần hàng")
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.CancellationRefused, "cần hàng"}, []any{refused.State, refused.Answer})

	// Long after the day: by agreement all the same, and exactly what is not on its way.
	late := m.in(9)
	asked, err = late.AskCancellation(ctx, buyer, award.ID, "weather", "")
	require.NoError(t, err)
	agreed, err := late.DecideCancellation(ctx, producer, asked.ID, inquiry.MoveAgree, "")
	require.NoError(t, err)
	require.Equal(t, quantity.Of(70), agreed.Released)
	require.Equal(t, quantity.Of(70), m.remaining(offer))
	ended, err := m.GetAward(ctx, buyer, award.ID)
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.CancelledAgreement, "weather", quantity.Of(30)}, []any{ended.CancelledAs, ended.Reason, ended.InTransit})
	require.Equal(t, 1, m.posted(award.ID, "award_released"))

	// What comes back of it is owed no more.
	_, err = late.Receive(ctx, buyer, onTheWay.ID, inquiry.Receipt{Accepted: quantity.Of(20), Rejected: quantity.Of(8), Loss: quantity.Of(2)})
	require.NoError(t, err)
	ended, err = m.GetAward(ctx, producer, award.ID)
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.AwardCancelled, quantity.Of(0), quantity.Of(80)}, []any{ended.State, ended.Remaining, ended.Released})
	require.Equal(t, quantity.Of(80), m.remaining(offer))
	list, err := m.Cancellations(ctx, buyer, award.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 2)
	requireAudited(t, m)
}

func TestADefaultIsRecordedApart(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(300))
	award := m.dueInFive(buyer, producer, offer)
	asked, err := m.AskCancellation(ctx, producer, award.ID, "harvest_failed", "")
	require.NoError(t, err)
	for days, want := range map[int]*fault.Definition{0: inquiry.ErrNotOverdue, 5: inquiry.ErrNotOverdue} {
		_, err = m.in(days).CancelAward(ctx, buyer, award.ID, "default", "")
		require.ErrorIs(t, err, want, days)
	}
	for _, who := range []identity.Principal{buyer, producer} {
		_, err = m.in(5).CancelAward(ctx, who, award.ID, "", "")
		require.ErrorIs(t, err, inquiry.ErrNeedsAgreement)
	}
	_, err = m.in(6).CancelAward(ctx, producer, award.ID, "default", "")
	require.ErrorIs(t, err, fault.ErrForbidden)
	ended, err := m.in(6).CancelAward(ctx, buyer, award.ID, "default", "không giao")
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.CancelledDefault, "default", inquiry.AwardCancelled, quantity.Of(100)}, []any{ended.CancelledAs, ended.Reason, ended.State, ended.Released})
	require.Equal(t, []int{1, 0, 0}, []int{m.posted(award.ID, "defaulted"), m.posted(award.ID, "award_released"), m.posted(award.ID, "shortfall")})
	require.Equal(t, quantity.Of(300), m.remaining(offer))

	// The request that waited has lapsed with the award.
	_, err = m.DecideCancellation(ctx, buyer, asked.ID, inquiry.MoveAgree, "")
	require.ErrorIs(t, err, inquiry.ErrCancellationState)
	list, err := m.Cancellations(ctx, producer, award.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, inquiry.CancellationLapsed, list[0].State)

	// All of it on its way: nothing can be let go.
	sent := m.dueInFive(buyer, producer, offer)
	_, err = m.Deliver(ctx, producer, sent.ID, inquiry.Dispatch{Quantity: quantity.Of(100)})
	require.NoError(t, err)
	_, err = m.in(6).CancelAward(ctx, buyer, sent.ID, "default", "")
	require.ErrorIs(t, err, inquiry.ErrNothingLeft)
	_, err = m.AskCancellation(ctx, buyer, sent.ID, "weather", "")
	require.ErrorIs(t, err, inquiry.ErrNothingLeft)
	requireAudited(t, m)
}

// Both sides, many times at once: the award ends once, and what is sent meanwhile is never released.
func TestAnAwardEndsOnceWhileGoodsLeave(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100))
	award := m.dueInFive(buyer, producer, offer)
	asked, err := m.AskCancellation(t.Context(), producer, award.ID, "weather", "")
	require.NoError(t, err)
	var group sync.WaitGroup
	var mutex sync.Mutex
	ended := 0
	for n := range 12 {
		group.Go(func() {
			var err error
			switch n % 3 {
			case 0:
				_, err = m.DecideCancellation(context.Background(), buyer, asked.ID, inquiry.MoveAgree, "")
			case 1:
				_, err = m.CancelAward(context.Background(), producer, award.ID, "", "")
			default:
				_, sent := m.Deliver(context.Background(), producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10)})
				if sent != nil && !errors.Is(sent, inquiry.ErrAwardState) && !errors.Is(sent, ledger.ErrAwardExceeded) {
					t.Errorf("sending: %v", sent)
				}
				return
			}
			switch {
			case err == nil:
				mutex.Lock()
				defer mutex.Unlock()
				ended++
			case !errors.Is(err, inquiry.ErrAwardState) && !errors.Is(err, inquiry.ErrCancellationState):
				t.Errorf("ending: %v", err)
			}
		})
	}
	group.Wait()
	require.Equal(t, 1, ended)
	after, err := m.GetAward(t.Context(), buyer, award.ID)
	require.NoError(t, err)
	require.Zero(t, after.Remaining)
	require.Equal(t, quantity.Of(100), after.Released+after.InTransit)
	requireAudited(t, m)
}
