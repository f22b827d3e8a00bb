package inquiry_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// certifiedFor verifies a certificate of ASC with several scopes.
func (m *market) certifiedFor(holder identity.Principal, scopes ...catalog.Scope) catalog.Certificate {
	m.t.Helper()
	ctx := context.Background()
	made, err := m.catalog.SubmitCertificate(ctx, holder, catalog.NewCertificate{
		Scheme: "ASC_FARM", Number: fmt.Sprintf("DEMO-%d", m.made.Add(1)), Issuer: "Demo", IssuedOn: m.today.AddDays(-100),
		ValidUntil: m.today.AddDays(400), Scopes: scopes,
	})
	require.NoError(m.t, err)
	made, err = m.catalog.Verify(ctx, official(), made.ID, nil)
	require.NoError(m.t, err)
	return made
}

// shrimpGroup is a group of tôm sú with a ceiling.
func shrimpGroup(ceiling quantity.Quantity, members ...identity.Principal) catalog.Scope {
	scope := group(ceiling, members...)
	scope.Lines = []string{"black_tiger_shrimp"}
	return scope
}

// scopesLeft reads what each scope of a certificate has left in the delivery year.
func (m *market) scopesLeft(certificate catalog.Certificate) []quantity.Quantity {
	m.t.Helper()
	answer, err := m.catalog.Ceiling(context.Background(), official(), certificate.ID)
	require.NoError(m.t, err)
	var left []quantity.Quantity
	for _, scope := range answer.Scopes {
		for _, year := range scope.Years {
			if year.Year == m.year() {
				left = append(left, year.LeftKg)
			}
		}
	}
	require.Len(m.t, left, len(answer.Scopes))
	return left
}

// Each group scope of a certificate has a ceiling of its own: what another has left helps nobody,
// and the refusal names the scope and what that has left.
func TestEachScopeHasItsOwnCeiling(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, holder := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	north, south := m.organisation(identity.Producer), m.organisation(identity.Producer)
	other := group(quantity.Of(1000), north)
	other.Lines = []string{"whiteleg_shrimp"}
	certificate := m.certifiedFor(holder, catalog.Scope{Kind: "farm_area", Lines: []string{"whiteleg_shrimp"}},
		shrimpGroup(quantity.Of(100), north), other, shrimpGroup(quantity.Of(50), south))
	asked := m.placed(buyer, m.asking(quantity.Of(20_000), "ASC_FARM"))
	quotes := make(map[string]inquiry.Quote)
	for name, seller := range map[string]identity.Principal{"holder": holder, "north": north, "south": south} {
		quotes[name] = m.quote(seller, asked, m.offer(seller, m.shrimp(seller, "iced").ID, quantity.Of(10_000)), quantity.Of(5000), 250_000)
	}
	award := func(seller string, amount int64) (inquiry.Award, error) {
		made, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quotes[seller].ID, Quantity: quantity.Of(amount)}})
		if err != nil {
			return inquiry.Award{}, err
		}
		return made[0], nil
	}
	kg := func(amounts ...int64) []quantity.Quantity {
		var list []quantity.Quantity
		for _, amount := range amounts {
			list = append(list, quantity.Of(amount))
		}
		return list
	}
	refused := func(err error, scope int, left int64) {
		t.Helper()
		require.ErrorIs(t, err, ledger.ErrCeilingExceeded)
		refusal, _ := fault.From(err)
		require.Equal(t, certificate.ID, refusal.Params["certificate_id"])
		require.Equal(t, scope, refusal.Params["scope"])
		require.Equal(t, quantity.Of(left), refusal.Params["remaining"])
		require.Contains(t, fault.Fill(refusal.Vietnamese, refusal.Params), fmt.Sprintf("chỉ còn %d kg", left))
		require.Equal(t, "allocations[0].quantity", refusal.Fields[0].Pointer)
	}

	_, err := award("south", 51)
	refused(err, 4, 50)
	sold, err := award("south", 50)
	require.NoError(t, err)
	require.Equal(t, kg(100, 1000, 0), m.scopesLeft(certificate), "the third scope is for another line and gives nothing")
	_, err = award("south", 1)
	refused(err, 4, 0)
	_, err = award("north", 60)
	require.NoError(t, err)
	require.Equal(t, kg(40, 1000, 0), m.scopesLeft(certificate))
	_, err = award("north", 41)
	refused(err, 2, 40)

	// The holder stands in both groups of its line: its sale is counted whole where most is left.
	_, err = award("holder", 30)
	require.NoError(t, err)
	require.Equal(t, kg(10, 1000, 0), m.scopesLeft(certificate))
	_, err = m.CancelAward(ctx, buyer, sold.ID, "", "")
	require.NoError(t, err)
	require.Equal(t, kg(10, 1000, 50), m.scopesLeft(certificate), "what is released comes back to its own scope")
	_, err = award("holder", 51)
	refused(err, 4, 50)
	_, err = award("holder", 50)
	require.NoError(t, err)
	require.Equal(t, kg(10, 1000, 0), m.scopesLeft(certificate))
	requireAudited(t, m)
}

// The allocations of one award know of each other: they are spread over the scopes, the widest
// first, none of them split.
func TestAllocationsOfOneAwardAreSpreadOverScopes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, holder := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	certificate := m.certifiedFor(holder, shrimpGroup(quantity.Of(90)), shrimpGroup(quantity.Of(100)))
	demand := m.asking(quantity.Of(20_000), "ASC_FARM")
	demand.Lines = append(demand.Lines, demand.Lines[0])
	asked := m.placed(buyer, demand)
	var parts []inquiry.Allocation
	for _, line := range asked.Lines {
		quote, err := m.Quote(ctx, holder, asked.ID, inquiry.NewQuote{
			LineID: line.ID, OfferID: m.offer(holder, m.shrimp(holder, "iced").ID, quantity.Of(10_000)), Quantity: quantity.Of(5000),
			PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
		})
		require.NoError(t, err)
		parts = append(parts, inquiry.Allocation{QuoteID: quote.ID, Quantity: quantity.Of(80)})
	}
	_, err := m.Award(ctx, buyer, asked.ID, parts)
	require.NoError(t, err)
	require.Equal(t, []quantity.Quantity{quantity.Of(10), quantity.Of(20)}, m.scopesLeft(certificate))
	parts[0].Quantity, parts[1].Quantity = quantity.Of(15), quantity.Of(11)
	_, err = m.Award(ctx, buyer, asked.ID, parts)
	require.ErrorIs(t, err, ledger.ErrCeilingExceeded, "26 kg are less than both have left, but neither part is split")
	requireAudited(t, m)
}

// Two hundred awards at once on products that two scopes cover, over two services on one database:
// no scope is ever exceeded, nothing is refused that one of them had room for, and what each has
// left at the end is less than the smallest refusal.
func TestParallelClaimsOnTwoScopes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, holder := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	limits := []quantity.Quantity{quantity.Of(600), quantity.Of(400)}
	certificate := m.certifiedFor(holder, shrimpGroup(limits[0]), shrimpGroup(limits[1]))
	services := []*inquiry.Service{m.Service, m.On(pgtest.Open(t, m.address()))}
	type target struct {
		asked inquiry.Inquiry
		quote inquiry.Quote
	}
	var targets []target
	for range 8 {
		offer := m.offer(holder, m.shrimp(holder, "iced").ID, quantity.Of(100_000))
		asked := m.placed(buyer, m.asking(quantity.Of(100_000), "ASC_FARM"))
		targets = append(targets, target{asked, m.quote(holder, asked, offer, quantity.Of(100_000), 250_000)})
	}
	random := rand.New(rand.NewPCG(2, 3))
	var clients sync.WaitGroup
	var mutex sync.Mutex
	var accepted quantity.Quantity
	smallest := quantity.Max
	limit := make(chan struct{}, 16)
	for n := range 200 {
		part := inquiry.Allocation{QuoteID: targets[n%len(targets)].quote.ID, Quantity: quantity.Quantity(random.Int64N(20_000) + 1)}
		clients.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			_, err := services[n%2].Award(ctx, buyer, targets[n%len(targets)].asked.ID, []inquiry.Allocation{part})
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil:
				accepted += part.Quantity
			case errors.Is(err, ledger.ErrCeilingExceeded):
				refusal, _ := fault.From(err)
				if remaining := refusal.Params["remaining"].(quantity.Quantity); remaining >= part.Quantity {
					t.Errorf("%s refused although %s were left", part.Quantity, remaining)
				}
				smallest = min(smallest, part.Quantity)
			default:
				t.Errorf("award: %v", err)
			}
		})
	}
	clients.Wait()
	left := m.scopesLeft(certificate)
	require.Equal(t, accepted, limits[0]+limits[1]-left[0]-left[1], "what was taken is what was confirmed")
	require.NotEqual(t, quantity.Max, smallest, "the test must have refused something")
	for at := range left {
		require.GreaterOrEqual(t, left[at], quantity.Quantity(0))
		require.Less(t, left[at], limits[at], "both scopes were used")
		require.Less(t, left[at], smallest, "what is left is smaller than the smallest refusal")
	}
	requireAudited(t, m)
}

// Another award fills the widest scope between the choice and the posting: the award looks again
// and takes the other scope.
func TestAClaimThatWasOutrunLooksAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, holder := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	certificate := m.certifiedFor(holder, shrimpGroup(quantity.Of(100)), shrimpGroup(quantity.Of(90)))
	award := func(service *inquiry.Service) error {
		asked := m.placed(buyer, m.asking(quantity.Of(1000), "ASC_FARM"))
		offer := m.offer(holder, m.shrimp(holder, "iced").ID, quantity.Of(1000))
		quote := m.quote(holder, asked, offer, quantity.Of(1000), 250_000)
		_, err := service.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(80)}})
		return err
	}
	runs := 0
	err := award(m.On(m.db.WithCounter(func(statement string) {
		if strings.Contains(statement, "inquiry.write_awards") {
			if runs++; runs == 1 {
				require.NoError(t, award(m.Service))
			}
		}
	})))
	require.NoError(t, err)
	require.Equal(t, 2, runs)
	require.Equal(t, []quantity.Quantity{quantity.Of(20), quantity.Of(10)}, m.scopesLeft(certificate))
}
