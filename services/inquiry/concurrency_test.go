package inquiry_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// Promise 1: the sum of live commitments never exceeds the offer, whatever runs in parallel.
func TestParallelAwardsNeverExceedTheOffer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	whole := quantity.Of(1000)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, whole)

	// Ten inquiries share the offer, so that lines do not serialise the awards.
	var asked []inquiry.Inquiry
	var quotes []inquiry.Quote
	for range 10 {
		one := m.placed(buyer, m.demand(quantity.Of(100_000)))
		asked = append(asked, one)
		quotes = append(quotes, m.quote(producer, one, offer, quantity.Of(100_000), 250_000))
	}
	random := rand.New(rand.NewPCG(1, 2))
	var group sync.WaitGroup
	var mutex sync.Mutex
	var accepted quantity.Quantity
	smallestRefusal := quantity.Max
	limit := make(chan struct{}, 16)
	for n := range 200 {
		amount := quantity.Quantity(random.Int64N(20_000) + 1)
		at := n % len(asked)
		group.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			_, err := m.Award(ctx, buyer, asked[at].ID, []inquiry.Allocation{{QuoteID: quotes[at].ID, Quantity: amount}})
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil:
				accepted += amount
			case errors.Is(err, ledger.ErrOfferExhausted):
				smallestRefusal = min(smallestRefusal, amount)
			default:
				t.Errorf("award: %v", err)
			}
		})
	}
	group.Wait()
	require.Equal(t, accepted, m.committed(offer))
	require.LessOrEqual(t, accepted, whole)
	require.Less(t, whole-accepted, smallestRefusal, "what is left is smaller than the smallest refusal")
	require.NotEqual(t, quantity.Max, smallestRefusal, "the test must have refused something")
	requireAudited(t, m)
}

// Awards over several offers in random order, with cancellations and changes of quantity between
// them: no deadlock reaches a client and nothing is half done.
func TestAwardsOverSeveralOffersInAnyOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	producer := m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced")
	type lot struct {
		asked inquiry.Inquiry
		quote []uuid.UUID
	}
	var offers []uuid.UUID
	for range 4 {
		offers = append(offers, m.offer(producer, product.ID, quantity.Of(300)))
	}
	var lots []lot
	for range 6 {
		demand := m.demand(quantity.Of(100_000))
		for range len(offers) - 1 {
			demand.Lines = append(demand.Lines, demand.Lines[0])
		}
		one := lot{asked: m.placed(buyer, demand)}
		for at, offer := range offers {
			quote, err := m.Quote(ctx, producer, one.asked.ID, inquiry.NewQuote{
				LineID: one.asked.Lines[at].ID, OfferID: offer, Quantity: quantity.Of(10_000), PriceVND: 1000,
				DeliverOn: m.today.AddDays(5), Reserve: new(false),
			})
			require.NoError(t, err)
			one.quote = append(one.quote, quote.ID)
		}
		lots = append(lots, one)
	}
	var group sync.WaitGroup
	for client := range 8 {
		random := rand.New(rand.NewPCG(7, uint64(client)))
		group.Go(func() {
			for range 12 {
				chosen := lots[random.IntN(len(lots))]
				var allocations []inquiry.Allocation
				for _, at := range random.Perm(len(offers))[:2] {
					allocations = append(allocations, inquiry.Allocation{QuoteID: chosen.quote[at], Quantity: quantity.Of(random.Int64N(20) + 1)})
				}
				awards, err := m.Award(ctx, buyer, chosen.asked.ID, allocations)
				if err != nil {
					if !errors.Is(err, ledger.ErrOfferExhausted) {
						t.Errorf("award: %v", err)
					}
					continue
				}
				if len(awards) != len(allocations) {
					t.Errorf("half an award: %d of %d", len(awards), len(allocations))
				}
				if random.IntN(3) == 0 {
					if _, err := m.CancelAward(ctx, buyer, awards[0].ID, "", ""); err != nil {
						t.Errorf("cancel: %v", err)
					}
				}
			}
		})
	}
	random := rand.New(rand.NewPCG(3, 3))
	group.Go(func() {
		for range 20 {
			to := quantity.Of(random.Int64N(300) + 1)
			_, err := m.catalog.ChangeOffer(ctx, producer, offers[random.IntN(len(offers))], nil, catalog.OfferChange{Quantity: &to})
			if err != nil && !errors.Is(err, catalog.ErrBelowCommitments) && !errors.Is(err, ledger.ErrOfferExhausted) {
				t.Errorf("change: %v", err)
			}
		}
	})
	group.Wait()
	requireAudited(t, m)
}

// One key, many parallel requests, two processes: it happens once and every answer is equal.
func TestIdempotencyKeyHappensOnce(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	demand := m.demand(quantity.Of(100))
	services := []*inquiry.Service{m.Service, m.On(pgtest.Open(t, m.address()))}
	request := func(body byte) context.Context {
		return idempotency.WithRequest(context.Background(), &idempotency.Request{Scope: "test", Key: "k", Fingerprint: []byte{body}})
	}
	var group sync.WaitGroup
	answers := make([]inquiry.Inquiry, 50)
	for n := range answers {
		group.Go(func() {
			var err error
			answers[n], err = services[n%2].Place(request(1), buyer, demand)
			if err != nil && !errors.Is(err, fault.ErrUnavailable) {
				t.Errorf("place: %v", err)
			}
		})
	}
	group.Wait()
	list, err := m.List(context.Background(), buyer, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	for _, answer := range answers {
		require.Equal(t, list[0].ID, answer.ID)
		require.Equal(t, list[0].State, answer.State)
	}
	_, err = m.Place(request(2), buyer, demand)
	require.ErrorIs(t, err, idempotency.ErrKeyReused)
}
