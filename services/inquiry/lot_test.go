package inquiry_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// owed is several awards of one product of a producer, each of so much.
func (m *market) owed(buyer, producer identity.Principal, awards int, each quantity.Quantity) []inquiry.Award {
	m.t.Helper()
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1_000_000))
	var made []inquiry.Award
	for range awards {
		asked := m.placed(buyer, m.demand(each))
		quote := m.quote(producer, asked, offer, each, 250_000)
		award, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: each}})
		require.NoError(m.t, err)
		made = append(made, award...)
	}
	return made
}

// requireLotsAddUp checks that every lot's balance is the sum of its deliveries, and no more than
// was declared.
func (m *market) requireLotsAddUp() {
	m.t.Helper()
	const differing = `
		SELECT count(*) FROM catalog.lot_balances b
		 WHERE b.dispatched > b.allowed
		    OR b.dispatched <> (SELECT coalesce(sum(d.quantity), 0) FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id
		                         WHERE a.product_id = b.product_id AND d.lot = b.code)`
	var found int
	require.NoError(m.t, m.db.Get(context.Background(), &found, differing))
	require.Zero(m.t, found)
}

// left reads what a lot has left, as its producer does.
func (m *market) left(producer identity.Principal, lot catalog.Lot) *quantity.Quantity {
	m.t.Helper()
	read, err := m.catalog.Lot(context.Background(), producer, lot.ID)
	require.NoError(m.t, err)
	return read.Remaining
}

// No more is sent off under a lot than was declared of it: its quantity or, where it has none, what
// its sources gave. The refusal names what is left.
func TestALotIsNotOverdrawn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, collector := m.organisation(identity.Buyer), m.organisationOf(identity.Producer, identity.Collector)
	award := m.owed(buyer, collector, 1, quantity.Of(1000))[0]
	send := func(lot string, amount int64) error {
		_, err := m.Deliver(ctx, collector, award.ID, inquiry.Dispatch{Quantity: quantity.Of(amount), Lot: lot})
		return err
	}
	overdrawn := func(err error, left int64) {
		t.Helper()
		require.ErrorIs(t, err, catalog.ErrLotOverdrawn)
		refusal, _ := fault.From(err)
		require.Equal(t, "quantity", refusal.Fields[0].Pointer)
		require.Equal(t, quantity.Of(left), refusal.Params["remaining"])
		require.Contains(t, fault.Fill(refusal.Vietnamese, refusal.Params), "chỉ còn "+quantity.Of(left).String()+" kg")
	}
	farms := func(amounts ...int64) []catalog.NewSource {
		var sources []catalog.NewSource
		for _, amount := range amounts {
			sources = append(sources, catalog.NewSource{Name: "Vuông thử (hư cấu)", Quantity: quantity.Of(amount)})
		}
		return sources
	}

	// Without a quantity of its own a lot has what its sources gave, and more as more are declared.
	bought, err := m.catalog.DeclareLot(ctx, collector, award.ProductID, catalog.NewLot{Code: "L1", Sources: farms(30, 20)})
	require.NoError(t, err)
	require.NoError(t, send("L1", 30))
	overdrawn(send("L1", 21), 20)
	require.Equal(t, quantity.Of(20), *m.left(collector, bought))
	_, err = m.catalog.AddSources(ctx, collector, bought.ID, farms(5))
	require.NoError(t, err)
	overdrawn(send("L1", 26), 25)
	require.NoError(t, send("L1", 25))
	overdrawn(send("L1", 1), 0)

	// With one, further sources do not make it larger.
	packed, err := m.catalog.DeclareLot(ctx, collector, award.ProductID, catalog.NewLot{Code: "L2", Quantity: new(quantity.Of(40)), Sources: farms(60)})
	require.NoError(t, err)
	_, err = m.catalog.AddSources(ctx, collector, packed.ID, farms(60))
	require.NoError(t, err)
	overdrawn(send("L2", 41), 40)
	require.NoError(t, send("L2", 40))

	// What came back is not the lot's again.
	sent, err := m.Deliveries(ctx, collector, award.ID, inquiry.Page{Limit: 1})
	require.NoError(t, err)
	_, err = m.Receive(ctx, buyer, sent[0].ID, inquiry.Receipt{Rejected: quantity.Of(40)})
	require.NoError(t, err)
	overdrawn(send("L2", 1), 0)
	m.requireLotsAddUp()

	// The buyer reads where it comes from, and not how much of it went to others.
	trace, err := m.Trace(ctx, buyer, sent[0].ID)
	require.NoError(t, err)
	require.NotEmpty(t, trace.Lot.Sources)
	require.Nil(t, trace.Lot.Dispatched)
	require.Nil(t, trace.Lot.Remaining)
}

// A lot may be declared after goods left under its code, and then for no less than that.
func TestALotCoversWhatWasSentUnderItsCode(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	award := m.owed(buyer, producer, 1, quantity.Of(1000))[0]
	send := func(lot string, amount int64) error {
		_, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(amount), Lot: lot})
		return err
	}
	require.NoError(t, send("", 100))
	require.NoError(t, send("P1", 50))
	require.NoError(t, send("P1", 50))
	refused := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, catalog.ErrLotSentMore)
		refusal, _ := fault.From(err)
		require.Contains(t, fault.Fill(refusal.English, refusal.Params), "100 kg were sent off")
	}
	_, err := m.catalog.DeclareLot(ctx, producer, award.ProductID, catalog.NewLot{Code: "P1", Quantity: new(quantity.Of(99))})
	refused(err)
	source := catalog.NewSource{Name: "Vuông thử (hư cấu)", Quantity: quantity.Of(99)}
	_, err = m.catalog.DeclareLot(ctx, producer, award.ProductID, catalog.NewLot{Code: "P1", Sources: []catalog.NewSource{source}})
	refused(err)
	open, err := m.catalog.DeclareLot(ctx, producer, award.ProductID, catalog.NewLot{Code: "P1"})
	require.NoError(t, err)
	require.Equal(t, quantity.Of(100), *open.Dispatched)
	require.Nil(t, open.Remaining, "nothing was said of its size")
	require.NoError(t, send("P1", 10))
	_, err = m.catalog.AddSources(ctx, producer, open.ID, []catalog.NewSource{source})
	require.ErrorIs(t, err, catalog.ErrLotSentMore)
	source.Quantity = quantity.Of(115)
	_, err = m.catalog.AddSources(ctx, producer, open.ID, []catalog.NewSource{source})
	require.NoError(t, err)
	require.ErrorIs(t, send("P1", 6), catalog.ErrLotOverdrawn)
	require.NoError(t, send("P1", 5))
	m.requireLotsAddUp()
}

// A hundred dispatches at once under one lot, against ten awards and over two services: what went
// is what was confirmed, never more than the lot, and what is left is less than the smallest
// refusal.
func TestParallelDispatchesNeverOverdrawALot(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, collector := m.organisation(identity.Buyer), m.organisationOf(identity.Producer, identity.Collector)
	awards := m.owed(buyer, collector, 10, quantity.Of(1000))
	whole := quantity.Of(500)
	lot, err := m.catalog.DeclareLot(ctx, collector, awards[0].ProductID, catalog.NewLot{
		Code: "L1", Quantity: &whole, Sources: []catalog.NewSource{{Name: "Vuông thử (hư cấu)", Quantity: quantity.Of(600)}},
	})
	require.NoError(t, err)
	services := []*inquiry.Service{m.Service, m.On(pgtest.Open(t, m.address()))}
	random := rand.New(rand.NewPCG(4, 3))
	var clients sync.WaitGroup
	var mutex sync.Mutex
	var sent quantity.Quantity
	var refused []quantity.Quantity
	limit := make(chan struct{}, 16)
	for n := range 100 {
		amount := quantity.Quantity(random.Int64N(20_000) + 1)
		clients.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			_, err := services[n%2].Deliver(ctx, collector, awards[n%len(awards)].ID, inquiry.Dispatch{Quantity: amount, Lot: "L1"})
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil:
				sent += amount
			case errors.Is(err, catalog.ErrLotOverdrawn):
				refused = append(refused, amount)
			default:
				t.Errorf("dispatch: %v", err)
			}
		})
	}
	clients.Wait()
	left := *m.left(collector, lot)
	require.Equal(t, whole-left, sent)
	require.NotEmpty(t, refused)
	require.Less(t, left, slices.Min(refused))
	m.requireLotsAddUp()
	requireAudited(t, m)
}
