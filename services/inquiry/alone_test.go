package inquiry_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// part is an inquiry of 300 kg with a producer's quote for 200 at 250 000 đồng.
func (m *market) part(buyer, producer identity.Principal, offer uuid.UUID) (inquiry.Inquiry, inquiry.Quote) {
	m.t.Helper()
	asked := m.placed(buyer, m.demand(quantity.Of(300)))
	return asked, m.quote(producer, asked, offer, quantity.Of(200), 250_000)
}

// alone awards so much of a quote, and reports whether that needs no second person.
func (m *market) alone(who identity.Principal, asked inquiry.Inquiry, quote inquiry.Quote, amount int64) bool {
	m.t.Helper()
	return m.aloneOn(m.Service, who, asked, quote, amount)
}

func (m *market) aloneOn(service *inquiry.Service, who identity.Principal, asked inquiry.Inquiry, quote inquiry.Quote, amount int64) bool {
	m.t.Helper()
	made, err := service.Decide(context.Background(), who, asked.ID, inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(amount)}}})
	require.NoError(m.t, err)
	require.Equal(m.t, made.Proposal == nil, len(made.Awards) == 1)
	return made.Proposal == nil
}

// The limit is one of value, not of acts: 40 and 61 kg at 250 000 đồng are more than 25 million together.
func TestAPurchaseInPartsNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	b, ann, ben := m.limitedBuyer(25_000_000), m.organisation(identity.Producer), m.organisation(identity.Producer)
	offer, other := m.offer(ann, m.shrimp(ann, "iced").ID, quantity.Of(3000)), m.offer(ann, m.shrimp(ann, "live").ID, quantity.Of(3000))
	bens := m.offer(ben, m.shrimp(ben, "iced").ID, quantity.Of(3000))
	first, quote := m.part(b.clerk, ann, offer)
	bensToo := m.quote(ben, first, bens, quantity.Of(200), 250_000)
	require.True(t, m.alone(b.clerk, first, quote, 40))
	require.False(t, m.alone(b.clerk, first, quote, 61), "of the same quote")
	require.False(t, m.alone(b.clerk, first, bensToo, 61), "of the same inquiry, from another producer")
	require.True(t, m.alone(b.clerk, first, quote, 20), "40 and 20 are within")
	waiting, err := m.Proposals(t.Context(), b.second, inquiry.Proposed, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	for _, each := range waiting {
		require.Equal(t, []money.VND{15_250_000, 25_000_000, 10_000_000}, []money.VND{each.ValueVND, each.LimitVND, each.AloneVND}, "it says why it waits")
	}
	require.Len(t, waiting, 2)
	second, again := m.part(b.clerk, ann, offer)
	require.False(t, m.alone(b.clerk, second, again, 41), "of the same offer on the same day")
	third, elsewhere := m.part(b.clerk, ann, other)
	require.False(t, m.alone(b.clerk, third, elsewhere, 41), "of another offer of the same producer on the same day")
	require.True(t, m.alone(b.clerk, third, elsewhere, 40), "to the đồng")
	fourth, fromBen := m.part(b.clerk, ben, bens)
	require.True(t, m.alone(b.clerk, fourth, fromBen, 100), "another inquiry and another producer")
	require.True(t, m.alone(b.second, second, again, 100), "another person")

	// Another day the producer counts anew; the inquiry does not.
	require.True(t, m.aloneOn(m.in(1), b.clerk, second, again, 41))
	require.False(t, m.aloneOn(m.in(1), b.clerk, first, quote, 41))

	// A buyer without a limit awards as before, and nothing is kept of it.
	free := m.organisation(identity.Buyer)
	fifth, anyhow := m.part(free, ann, offer)
	require.True(t, m.alone(free, fifth, anyhow, 100))
	require.True(t, m.alone(free, fifth, anyhow, 100))
	var kept int
	require.NoError(t, m.db.Get(context.Background(), &kept, `SELECT count(*) FROM inquiry.alone_awards WHERE buyer_id = $1`, free.OrganisationID))
	require.Zero(t, kept)
	requireAudited(t, m)
}

// What a second person approved, and what was cancelled, counts no more.
func TestWhatASecondPersonApprovedDoesNotCount(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	b, ann := m.limitedBuyer(12_500_000), m.organisation(identity.Producer)
	asked, quote := m.part(b.clerk, ann, m.offer(ann, m.shrimp(ann, "iced").ID, quantity.Of(3000)))
	require.False(t, m.alone(b.clerk, asked, quote, 51))
	waiting, err := m.Proposals(ctx, b.second, inquiry.Proposed, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	_, err = m.DecideProposal(ctx, b.second, waiting[0].ID, inquiry.MoveApprove, "")
	require.NoError(t, err)
	require.True(t, m.alone(b.second, asked, quote, 30), "it is not the approver's")
	require.True(t, m.alone(b.clerk, asked, quote, 20), "nor the proposer's")
	require.False(t, m.alone(b.second, asked, quote, 21))
	awards, err := m.Awards(ctx, b.second, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	for _, a := range awards {
		if a.Quantity == quantity.Of(30) {
			_, err = m.CancelAward(ctx, b.second, a.ID, "buyer_request", "")
			require.NoError(t, err)
		}
	}
	require.True(t, m.alone(b.second, asked, quote, 21))
	requireAudited(t, m)
}

// Promise: awards that a person makes at once never exceed the limit together, of one inquiry or of
// several of one producer, and none waits for another in a circle.
func TestParallelAwardsNeverExceedTheLimit(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	b, ann := m.limitedBuyer(25_000_000), m.organisation(identity.Producer)
	offer := m.offer(ann, m.shrimp(ann, "iced").ID, quantity.Of(9000))
	const at = 6
	inquiries, quotes := make([]inquiry.Inquiry, at), make([]inquiry.Quote, at)
	for n := range at {
		inquiries[n], quotes[n] = m.part(b.clerk, ann, offer)
	}
	var group sync.WaitGroup
	var mutex sync.Mutex
	var passed int64
	for n := range 18 {
		group.Go(func() {
			made, err := m.Decide(context.Background(), b.clerk, inquiries[n%at].ID, inquiry.Act{
				Allocations: []inquiry.Allocation{{QuoteID: quotes[n%at].ID, Quantity: quantity.Of(30)}},
			})
			if err != nil {
				t.Errorf("awarding: %v", err)
			}
			mutex.Lock()
			defer mutex.Unlock()
			passed += int64(len(made.Awards))
		})
	}
	group.Wait()
	require.EqualValues(t, 3, passed, "three of 7.5 million are within 25, four are not")
	require.Equal(t, quantity.Of(90), m.committed(offer))
	requireAudited(t, m)
}
