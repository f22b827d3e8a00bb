package inquiry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
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

// The history of an offer is linearizable: awards, cancellations, changes of its quantity and looks
// at it, made by many clients of several processes at once, can be put into one order, in which
// each took effect between its request and its answer, and in which every answer is the right one
// (Herlihy and Wing 1990; checked as Lowe 2017 describes, by porcupine).

// step is what a client does to an offer.
type step struct {
	offer  int
	kind   string // award, cancel, resize, look
	amount quantity.Quantity
}

// outcome is what it was answered.
type outcome struct {
	refused              bool
	committed, remaining quantity.Quantity // of a look
}

// standing is an offer as the model has it.
type standing struct{ supplied, committed quantity.Quantity }

// offerModel is an offer that does one thing at a time.
func offerModel(supplied quantity.Quantity) porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byOffer := make(map[int][]porcupine.Operation)
			for _, operation := range history {
				done, _ := operation.Input.(step)
				byOffer[done.offer] = append(byOffer[done.offer], operation)
			}
			var parts [][]porcupine.Operation
			for _, part := range byOffer {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return standing{supplied: supplied} },
		Step: func(state, input, output any) (bool, any) {
			now, _ := state.(standing)
			did, _ := input.(step)
			got, _ := output.(outcome)
			return now.take(did, got)
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
	}
}

// take reports whether a step could have been answered so, and how the offer stands after it.
func (s standing) take(did step, got outcome) (bool, standing) {
	fits := true
	after := s
	switch did.kind {
	case "award":
		after.committed += did.amount
		fits = after.committed <= s.supplied
	case "resize":
		after.supplied = did.amount
		fits = did.amount >= s.committed
	case "cancel":
		after.committed -= did.amount
	default:
		return got.committed == s.committed && got.remaining == s.supplied-s.committed, s
	}
	if got.refused {
		return !fits, s
	}
	return fits, after
}

// recorder keeps the history of what clients did.
type recorder struct {
	began time.Time
	mutex sync.Mutex
	done  []porcupine.Operation
}

// note runs a step and keeps when it was asked for and answered.
func (r *recorder) note(client int, did step, run func() (outcome, error)) error {
	asked := time.Since(r.began).Nanoseconds()
	got, err := run()
	answered := time.Since(r.began).Nanoseconds()
	if err != nil {
		return err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.done = append(r.done, porcupine.Operation{ClientId: client, Input: did, Call: asked, Output: got, Return: answered})
	return nil
}

// hall is a market where clients of two processes deal in a few offers.
type hall struct {
	*market
	recorder

	buyer, producer identity.Principal
	// trades and goods are the services of the processes.
	trades []*inquiry.Service
	goods  []*catalog.Service
	offers []uuid.UUID
	quotes []inquiry.Quote // one for each client and offer
}

const (
	hallClients  = 6
	hallOffers   = 2
	hallSteps    = 25
	hallSupplied = 60
)

// openHall opens it; the second process reaches the database at another address.
func openHall(t *testing.T, second string, m *market) *hall {
	t.Helper()
	there := pgtest.Open(t, second)
	h := &hall{
		market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer),
		trades: []*inquiry.Service{m.Service, m.On(there)},
		goods:  []*catalog.Service{m.catalog, catalog.NewService(there, nil, m.book, catalog.Options{})},
	}
	product := m.shrimp(h.producer, "iced").ID
	for range hallOffers {
		h.offers = append(h.offers, m.offer(h.producer, product, quantity.Of(hallSupplied)))
	}
	for range hallClients {
		for _, offer := range h.offers {
			h.quotes = append(h.quotes, m.quote(h.producer, m.placed(h.buyer, m.demand(quantity.Of(100_000))), offer, quantity.Of(100_000), 1000))
		}
	}
	h.began = time.Now()
	return h
}

// deal lets all clients take random steps and returns what the checker says of the history.
func (h *hall) deal(seed uint64) porcupine.CheckResult {
	var clients sync.WaitGroup
	for client := range hallClients {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(client)))
			var held []inquiry.Award
			for range hallSteps {
				if err := h.step(client, random, &held); err != nil {
					h.t.Errorf("client %d: %v", client, err)
					return
				}
			}
		})
	}
	clients.Wait()
	return porcupine.CheckOperationsTimeout(offerModel(quantity.Of(hallSupplied)), h.done, time.Minute)
}

// step is one random step of a client.
func (h *hall) step(client int, random *rand.Rand, held *[]inquiry.Award) error {
	process, at := client%len(h.trades), random.IntN(hallOffers)
	quote := h.quotes[client*hallOffers+at]
	switch kind := random.IntN(10); {
	case kind < 5:
		amount := quantity.Of(1 + random.Int64N(25))
		return h.note(client, step{at, "award", amount}, func() (outcome, error) {
			made, err := insistent(func(ctx context.Context) ([]inquiry.Award, error) {
				return h.trades[process].Award(ctx, h.buyer, quote.InquiryID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: amount}})
			})
			if err == nil {
				*held = append(*held, made...)
			}
			return refusedBy(err, ledger.ErrOfferExhausted)
		})
	case kind < 7 && len(*held) > 0:
		award := (*held)[len(*held)-1]
		*held = (*held)[:len(*held)-1]
		offer := 0
		if award.OfferID == h.offers[1] {
			offer = 1
		}
		return h.note(client, step{offer, "cancel", award.Quantity}, func() (outcome, error) {
			_, err := insistent(func(ctx context.Context) (inquiry.Award, error) {
				return h.trades[process].CancelAward(ctx, h.buyer, award.ID, "", "")
			})
			return outcome{}, err
		})
	case kind < 8:
		to := quantity.Of(10 + random.Int64N(80))
		return h.note(client, step{at, "resize", to}, func() (outcome, error) {
			_, err := insistent(func(ctx context.Context) (catalog.Offer, error) {
				return h.goods[process].ChangeOffer(ctx, h.producer, h.offers[at], nil, catalog.OfferChange{Quantity: &to})
			})
			return refusedBy(err, catalog.ErrBelowCommitments)
		})
	default:
		return h.note(client, step{offer: at, kind: "look"}, func() (outcome, error) {
			balances, err := ledger.OfferBalances(context.Background(), h.db, []uuid.UUID{h.offers[at]})
			return outcome{committed: balances[h.offers[at]].Committed, remaining: balances[h.offers[at]].Remaining}, err
		})
	}
}

// refusedBy makes an outcome of an error: of that one a refusal.
func refusedBy(err, refusal error) (outcome, error) {
	if errors.Is(err, refusal) {
		return outcome{refused: true}, nil
	}
	return outcome{}, err
}

// insistent repeats a request with one key until it has an answer, as a client does whose connection
// breaks.
func insistent[T any](request func(ctx context.Context) (T, error)) (T, error) {
	key := uuid.NewString()
	for {
		ctx := idempotency.WithRequest(context.Background(), &idempotency.Request{Scope: "test", Key: key, Fingerprint: []byte{1}})
		if made, err := request(ctx); !errors.Is(err, fault.ErrUnavailable) {
			return made, err
		}
	}
}

func TestAwardsAreLinearizable(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	h := openHall(t, m.address(), m)
	require.Equal(t, porcupine.Ok, h.deal(1))
	require.Len(t, h.done, hallClients*hallSteps)
	requireAudited(t, m)
}

// The same while answers are lost, so that clients do not know what became of their requests and
// send them again: lib/pq's retries (its issue 939) and ours never do anything twice.
func TestAwardsAreLinearizableThoughAnswersAreLost(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	wire := pgtest.LayWire(t, m.address())
	h := openHall(t, wire.Through(m.address()), m)
	var commits, lost atomic.Int64
	wire.Lose(func(sent []byte) bool {
		commit := bytes.Contains(sent, []byte("COMMIT\x00"))
		if commit && commits.Add(1)%4 == 0 || rand.IntN(60) == 0 {
			lost.Add(1)
			return true
		}
		return false
	})
	require.Equal(t, porcupine.Ok, h.deal(2))
	require.Greater(t, lost.Load(), int64(10), "answers were lost")
	requireAudited(t, m)
}

// The checker sees it when the ledger does not hold: without its CHECK an offer is sold twice over.
func TestTheCheckerSeesAnOfferSoldTwiceOver(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	_, err := m.lent.Owner.Exec(t.Context(), `ALTER TABLE ledger.offers DROP CONSTRAINT offer_not_overcommitted`)
	require.NoError(t, err)
	require.Equal(t, porcupine.Illegal, openHall(t, m.address(), m).deal(1))
}

// A statement outside a transaction may run twice when its answer is lost, one in a transaction that
// is keyed may not: what such statements do must be the same twice over.
func TestAKeyedTransactionRunsOnceThoughItsAnswerIsLost(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	wire := pgtest.LayWire(t, m.address())
	there := m.On(pgtest.Open(t, wire.Through(m.address())))
	for _, statement := range []string{"COMMIT\x00", "ledger.post(", "idempotency.keep(", "idempotency.claim("} {
		var once sync.Once
		wire.Lose(func(sent []byte) (lost bool) {
			if bytes.Contains(sent, []byte(statement)) {
				once.Do(func() { lost = true })
			}
			return lost
		})
		before, err := m.List(ctx, buyer, inquiry.Page{Limit: 100})
		require.NoError(t, err)
		key := uuid.NewString()
		request := &idempotency.Request{Scope: "test", Key: key, Fingerprint: []byte{1}}
		_, err = there.Place(idempotency.WithRequest(ctx, request), buyer, m.demand(quantity.Of(100)))
		require.ErrorIs(t, err, fault.ErrUnavailable, "whoever does not know says so")
		again := &idempotency.Request{Scope: "test", Key: key, Fingerprint: []byte{1}}
		placed, err := there.Place(idempotency.WithRequest(ctx, again), buyer, m.demand(quantity.Of(100)))
		require.NoError(t, err)
		require.Equal(t, statement == "COMMIT\x00", again.Replayed, "only what was committed is there already")
		after, err := m.List(ctx, buyer, inquiry.Page{Limit: 100})
		require.NoError(t, err)
		require.Len(t, after, len(before)+1, statement)
		require.Equal(t, placed.ID, after[0].ID)
	}
	requireAudited(t, m)
}
