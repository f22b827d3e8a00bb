package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

func TestParallelAwardsNeverExceedTheOffer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shared := newDeal(shrimp())
	supplied := kg(1000)
	require.NoError(t, b.post(shared.supply(ledger.OfferOpened, supplied)))
	var (
		clients  sync.WaitGroup
		promised atomic.Int64
		smallest atomic.Int64
	)
	smallest.Store(int64(supplied))
	failures := make(chan error, 400)
	for client := range 50 {
		random := rand.New(rand.NewPCG(uint64(client), 2)) // a seed to repeat
		clients.Go(func() {
			for range 4 {
				d, q := shared, quantity.Quantity(1+random.Int64N(40_000))
				d.line, d.award = newID(), newID()
				err := b.post(d.demand(ledger.DemandOpened, q), d.trade(ledger.Awarded, q))
				switch {
				case err == nil:
					promised.Add(int64(q))
				case errors.Is(err, ledger.ErrOfferExhausted):
					for least := smallest.Load(); int64(q) < least && !smallest.CompareAndSwap(least, int64(q)); {
						least = smallest.Load()
					}
				default:
					failures <- err
				}
			}
		})
	}
	clients.Wait()
	close(failures)
	for err := range failures {
		require.NoError(t, err, "whatever is not an award is a refusal")
	}
	balances, err := ledger.OfferBalances(context.Background(), b.App, []uuid.UUID{shared.offer})
	require.NoError(t, err)
	balance := balances[shared.offer]
	require.Equal(t, quantity.Quantity(promised.Load()), balance.Committed, "what was answered with success is what is committed")
	require.LessOrEqual(t, balance.Committed, supplied)
	require.Equal(t, supplied-balance.Committed, balance.Remaining)
	require.Less(t, int64(balance.Remaining), smallest.Load(), "nothing that would still fit was refused")
	require.Empty(t, b.audit(t))
}

func TestAwardsOverSeveralOffersInAnyOrderDoNotDeadlock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	offers := make([]deal, 5)
	for i := range offers {
		offers[i] = newDeal(shrimp())
		require.NoError(t, b.post(offers[i].supply(ledger.OfferOpened, kg(60))))
	}
	var clients sync.WaitGroup
	results := make(chan error, 320)
	for client := range 32 {
		random := rand.New(rand.NewPCG(uint64(client), 3)) // a seed to repeat
		clients.Go(func() {
			for range 10 {
				line := newID()
				opening := offers[0].demand(ledger.DemandOpened, kg(3))
				opening.InquiryLineID = line
				postings := []ledger.Posting{opening}
				for _, i := range random.Perm(len(offers))[:3] {
					d := offers[i]
					d.line, d.award = line, newID()
					postings = append(postings, d.trade(ledger.Awarded, kg(1)))
				}
				results <- b.post(postings...)
			}
		})
	}
	clients.Wait()
	close(results)
	awarded := int64(0)
	for err := range results {
		if err == nil {
			awarded += 3
			continue
		}
		require.ErrorIs(t, err, ledger.ErrOfferExhausted)
	}
	var committed, awards int64
	require.NoError(t, b.App.Get(context.Background(), &committed, "SELECT sum(committed)::bigint FROM ledger.offers"))
	require.NoError(t, b.App.Get(context.Background(), &awards, "SELECT count(*) FROM ledger.awards"))
	require.Equal(t, kg(awarded), quantity.Quantity(committed))
	require.Equal(t, awarded, awards, "no half award")
	require.Empty(t, b.audit(t))
}

func TestAHoldThatRanOutIsFreedByWhoeverNeedsTheVolume(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	d, quote := newDeal(shrimp()), newID()
	now := time.Now().Truncate(time.Millisecond)
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(10)), d.demand(ledger.DemandOpened, kg(10)), d.hold(kg(8), quote, now.Add(time.Minute))))

	award := func(at time.Time) (released int, err error) {
		db := b.App.WithClock(func() time.Time { return at })
		err = db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			if released, err = ledger.ReleaseExpiredTx(ctx, tx, []uuid.UUID{d.offer}); err != nil {
				return err
			}
			return ledger.PostTx(ctx, tx, b.who, d.trade(ledger.Awarded, kg(5)))
		})
		return released, err
	}
	_, err := award(now)
	require.ErrorIs(t, err, ledger.ErrOfferExhausted, "the hold still stands")
	released, err := award(now.Add(time.Minute))
	require.NoError(t, err, "the hold ends with its last instant")
	require.Equal(t, 1, released)

	balances, err := ledger.OfferBalances(ctx, b.App, []uuid.UUID{d.offer})
	require.NoError(t, err)
	require.Equal(t, kg(5), balances[d.offer].Remaining)
	require.Empty(t, b.audit(t))
}

func TestARefusedAwardLeavesTheHoldInPlace(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	d, quote := newDeal(shrimp()), newID()
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(10)), d.demand(ledger.DemandOpened, kg(50)),
		d.hold(kg(8), quote, time.Now().Add(-time.Minute))))
	err := b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if _, err := ledger.ReleaseExpiredTx(ctx, tx, []uuid.UUID{d.offer}); err != nil {
			return err
		}
		return ledger.PostTx(ctx, tx, b.who, d.trade(ledger.Awarded, kg(11)))
	})
	require.ErrorIs(t, err, ledger.ErrOfferExhausted)
	var held quantity.Quantity
	require.NoError(t, b.App.Get(ctx, &held, "SELECT quantity FROM ledger.reservations WHERE quote_id = $1", quote))
	require.Equal(t, kg(8), held)
}

func TestTwoReleasesOfOneHoldFreeItOnce(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	d, quote := newDeal(shrimp()), newID()
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(10)), d.hold(kg(8), quote, time.Now().Add(-time.Minute))))

	var (
		both     sync.WaitGroup
		attempts atomic.Int64
		freed    atomic.Int64
		first    = make(chan struct{})
		once     sync.Once
	)
	release := func(ctx context.Context, tx *postgres.Tx) error {
		n, err := ledger.ReleaseExpiredTx(ctx, tx, []uuid.UUID{d.offer})
		freed.Add(int64(n))
		return err
	}
	results := make(chan error, 2)
	both.Go(func() {
		results <- b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			err := release(ctx, tx)
			once.Do(func() { close(first) })
			// Long enough for the other to read the hold and wait for the offer's row.
			_, slept := tx.Exec(ctx, "SELECT pg_sleep(0.3)")
			return errors.Join(err, slept)
		})
	})
	both.Go(func() {
		<-first
		results <- b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			attempts.Add(1)
			return release(ctx, tx)
		})
	})
	both.Wait()
	require.NoError(t, <-results)
	require.NoError(t, <-results)
	require.Equal(t, int64(2), attempts.Load(), "the one that came second ran again")
	require.Equal(t, int64(1), freed.Load())
	balances, err := ledger.OfferBalances(ctx, b.App, []uuid.UUID{d.offer})
	require.NoError(t, err)
	require.Equal(t, kg(10), balances[d.offer].Remaining)
	require.Empty(t, b.audit(t))
}
