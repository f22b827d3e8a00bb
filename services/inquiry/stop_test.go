package inquiry_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Two retail systems that exist; everything said of them here is invented and gone with the test.
const (
	systemA = "satra"
	systemB = "kingfood"
)

// buyerIn is a buyer that belongs to a retail system.
func (m *market) buyerIn(system string) identity.Principal {
	m.t.Helper()
	buyer := m.organisation(identity.Buyer)
	_, err := m.lent.Owner.Exec(context.Background(),
		`UPDATE identity.organisations SET buyer_kind = 'supermarket_chain', buyer_system = $2 WHERE id = $1`, buyer.OrganisationID, system)
	require.NoError(m.t, err)
	return buyer
}

// tick notes where a product's Green Tick in a system stands, in hours from now.
func (m *market) tick(product uuid.UUID, system string, given bool, stopped, spreads *time.Duration) {
	m.t.Helper()
	require.NoError(m.t, m.db.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		fact := catalog.TickFact{ProductID: product, System: system, Given: given}
		if stopped != nil {
			fact.StoppedSince = new(tx.Now.Add(*stopped))
		}
		if spreads != nil {
			fact.SpreadsAt = new(tx.Now.Add(*spreads))
		}
		return catalog.NoteTickTx(ctx, tx, fact)
	}))
}

// What a retail system has stopped selling is not awarded by its buyers, in every state of the two
// systems' ticks; ended, it is awarded again. Buyers of no system, and of one that has not given
// its tick, are not touched.
func TestNoAwardOfWhatTheBuyersSystemHasStopped(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	producer := m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced").ID
	offer := m.offer(producer, product, quantity.Of(10_000))
	buyers := map[string]identity.Principal{systemA: m.buyerIn(systemA), systemB: m.buyerIn(systemB), "": m.organisation(identity.Buyer)}
	asked, quotes := make(map[string]inquiry.Inquiry), make(map[string]inquiry.Quote)
	for system, buyer := range buyers {
		asked[system] = m.placed(buyer, m.demand(quantity.Of(1000)))
		quotes[system] = m.quote(producer, asked[system], offer, quantity.Of(1000), 250_000)
	}
	award := func(system string) error {
		_, err := m.Award(ctx, buyers[system], asked[system].ID, []inquiry.Allocation{{QuoteID: quotes[system].ID, Quantity: quantity.Of(1)}})
		return err
	}
	hours := func(n int) *time.Duration { return new(time.Duration(n) * time.Hour) }
	type tick struct {
		given            bool
		stopped, spreads *time.Duration
	}
	none, given := tick{}, tick{given: true}
	for _, c := range []struct {
		name           string
		a, b           tick
		stopsA, stopsB int // hours ago; 0: not stopped
	}{
		{"neither has a tick", none, none, 0, 0},
		{"both have", given, given, 0, 0},
		{"reported an hour ago", tick{stopped: hours(-1), spreads: hours(23)}, given, 1, 0},
		{"not answered in a day", tick{stopped: hours(-30), spreads: hours(-6)}, given, 30, 6},
		{"answered in time", tick{stopped: hours(-30)}, given, 30, 0},
		{"confirmed", tick{stopped: hours(-30), spreads: hours(-1)}, given, 30, 1},
		{"confirmed, and no tick in the other", tick{stopped: hours(-30), spreads: hours(-1)}, none, 30, 0},
		{"both have a case", tick{stopped: hours(-30), spreads: hours(-6)}, tick{stopped: hours(-2), spreads: hours(22)}, 30, 2},
		{"cleared", given, given, 0, 0},
		{"lifted", none, given, 0, 0},
	} {
		m.tick(product, systemA, c.a.given, c.a.stopped, c.a.spreads)
		m.tick(product, systemB, c.b.given, c.b.stopped, c.b.spreads)
		require.NoError(t, award(""), c.name)
		for system, since := range map[string]int{systemA: c.stopsA, systemB: c.stopsB} {
			err := award(system)
			if since == 0 {
				require.NoError(t, err, "%s, %s", c.name, system)
				continue
			}
			require.ErrorIs(t, err, inquiry.ErrSaleStopped, "%s, %s", c.name, system)
			refusal, _ := fault.From(err)
			require.Equal(t, "allocations[0].quote_id", refusal.Fields[0].Pointer)
			at, err := time.Parse(time.RFC3339, refusal.Params["since"].(string))
			require.NoError(t, err)
			require.WithinDuration(t, time.Now().Add(-time.Duration(since)*time.Hour), at, time.Minute, "%s, %s", c.name, system)
			name, _ := m.book.BuyerSystem(system)
			require.Contains(t, fault.Fill(refusal.Vietnamese, refusal.Params), name.Name+" dừng bán sản phẩm này từ ")
			require.Contains(t, fault.Fill(refusal.English, refusal.Params), name.Name+" has sold no more")
		}
	}
	requireAudited(t, m)
}

// Two allocations that are stopped are both pointed at, and nothing of the award is made.
func TestEveryStoppedAllocationIsPointedAt(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	producer, buyer := m.organisation(identity.Producer), m.buyerIn(systemA)
	demand := m.demand(quantity.Of(1000))
	demand.Lines = append(demand.Lines, demand.Lines[0], demand.Lines[0])
	asked := m.placed(buyer, demand)
	var parts []inquiry.Allocation
	for at, line := range asked.Lines {
		product := m.shrimp(producer, "iced").ID
		if at != 1 {
			m.tick(product, systemA, false, new(-time.Hour), nil)
		}
		quote, err := m.Quote(t.Context(), producer, asked.ID, inquiry.NewQuote{
			LineID: line.ID, OfferID: m.offer(producer, product, quantity.Of(100)), Quantity: quantity.Of(100), PriceVND: 250_000,
			DeliverOn: m.today.AddDays(5), Reserve: new(false),
		})
		require.NoError(t, err)
		parts = append(parts, inquiry.Allocation{QuoteID: quote.ID, Quantity: quantity.Of(1)})
	}
	_, err := m.Award(t.Context(), buyer, asked.ID, parts)
	require.ErrorIs(t, err, inquiry.ErrSaleStopped)
	refusal, _ := fault.From(err)
	require.Len(t, refusal.Fields, 2)
	require.Equal(t, "allocations[2].quote_id", refusal.Fields[1].Pointer)
	_, err = m.Award(t.Context(), buyer, asked.ID, parts[1:2])
	require.NoError(t, err)
}

// The stop costs an award one statement, and one of a buyer of no system none.
func TestTheStopCostsOneStatement(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	producer := m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced").ID
	offer := m.offer(producer, product, quantity.Of(10_000))
	statements := 0
	counted := m.On(m.db.WithCounter(func(string) { statements++ }))
	cost := func(buyer identity.Principal) int {
		asked := m.placed(buyer, m.demand(quantity.Of(1000)))
		quote := m.quote(producer, asked, offer, quantity.Of(1000), 250_000)
		statements = 0
		_, err := counted.Award(t.Context(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(1)}})
		require.NoError(t, err)
		return statements
	}
	m.tick(product, systemA, true, nil, nil)
	require.Equal(t, cost(m.organisation(identity.Buyer))+1, cost(m.buyerIn(systemA)))
}
