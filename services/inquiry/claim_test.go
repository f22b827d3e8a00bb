package inquiry_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// official decides about certificates.
func official() identity.Principal {
	return identity.Principal{
		UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Authority, Role: identity.Owner, Approved: true, Province: "96",
	}
}

// certified verifies a certificate of tôm sú for a producer.
func (m *market) certified(holder identity.Principal, scheme string, scope catalog.Scope, until civil.Date) catalog.Certificate {
	m.t.Helper()
	ctx := context.Background()
	if len(scope.ProductIDs) == 0 {
		scope.Lines = []string{"black_tiger_shrimp"}
	}
	made, err := m.catalog.SubmitCertificate(ctx, holder, catalog.NewCertificate{
		Scheme: scheme, Number: fmt.Sprintf("DEMO-%d", m.made.Add(1)), Issuer: "Demo", IssuedOn: m.today.AddDays(-100), ValidUntil: until, Scope: scope,
	})
	require.NoError(m.t, err)
	made, err = m.catalog.Verify(ctx, official(), made.ID, nil)
	require.NoError(m.t, err)
	return made
}

// group is the scope of a group with a ceiling.
func group(ceiling quantity.Quantity, members ...identity.Principal) catalog.Scope {
	scope := catalog.Scope{Kind: "group", CeilingKg: ceiling}
	for _, member := range members {
		scope.Members = append(scope.Members, catalog.Member{ProducerID: member.OrganisationID})
	}
	return scope
}

// asking is a demand whose line asks for ASC.
func (m *market) asking(amount quantity.Quantity, schemes ...string) inquiry.Demand {
	demand := m.demand(amount)
	demand.Lines[0].Schemes = schemes
	return demand
}

// year is that of the delivery day that market.quote says.
func (m *market) year() int { return m.today.AddDays(5).Year }

// ceiling reads what a certificate has claimed and left in the delivery year.
func (m *market) ceiling(certificate uuid.UUID) catalog.CeilingYear {
	m.t.Helper()
	answer, err := m.catalog.Ceiling(context.Background(), official(), certificate)
	require.NoError(m.t, err)
	for _, year := range answer.Years {
		if year.Year == m.year() {
			return year
		}
	}
	require.Fail(m.t, "the year is not listed")
	return catalog.CeilingYear{}
}

// What a group sells under its claim stays under the ceiling; a refusal names what is left; a
// smaller award, an award without the claim and one on a line that asks for nothing go on.
func TestAwardsUnderAGroupsClaim(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, holder, member := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	certificate := m.certified(holder, "ASC_FARM", group(quantity.Of(1000), member), m.today.AddDays(400))
	ofHolder := m.offer(holder, m.shrimp(holder, "iced").ID, quantity.Of(10_000))
	ofMember := m.offer(member, m.shrimp(member, "iced").ID, quantity.Of(10_000))
	asked, plain := m.placed(buyer, m.asking(quantity.Of(20_000), "ASC_FARM")), m.placed(buyer, m.demand(quantity.Of(20_000)))
	first := m.quote(holder, asked, ofHolder, quantity.Of(5000), 250_000)
	second := m.quote(member, asked, ofMember, quantity.Of(5000), 250_000)
	unasked := m.quote(member, plain, ofMember, quantity.Of(5000), 250_000)

	awarded, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: first.ID, Quantity: quantity.Of(700)}})
	require.NoError(t, err)
	require.Equal(t, []string{"ASC_FARM"}, awarded[0].Claims)
	require.Equal(t, quantity.Of(700), m.ceiling(certificate.ID).ClaimedKg)

	// The member sells under the same ceiling.
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{
		{QuoteID: first.ID, Quantity: quantity.Of(100)}, {QuoteID: second.ID, Quantity: 200_001},
	})
	require.ErrorIs(t, err, ledger.ErrCeilingExceeded)
	refusal, _ := fault.From(err)
	require.Equal(t, certificate.Number, refusal.Params["number"])
	require.Contains(t, fault.Fill(refusal.Vietnamese, refusal.Params), fmt.Sprintf("Hạn mức năm %d của chứng nhận nhóm chỉ còn 300 kg", m.year()))
	require.Contains(t, fault.Fill(refusal.English, refusal.Params), "has 300 kg left")
	require.Len(t, refusal.Fields, 1)
	require.Equal(t, "allocations[1].quantity", refusal.Fields[0].Pointer)
	require.Equal(t, quantity.Of(700), m.ceiling(certificate.ID).ClaimedKg, "all or nothing")

	for _, goesOn := range []struct {
		name   string
		of     inquiry.Inquiry
		part   inquiry.Allocation
		claims []string
	}{
		{"without the claim", asked, inquiry.Allocation{QuoteID: second.ID, Quantity: quantity.Of(2000), Unclaimed: true}, []string{}},
		{"where nobody asks", plain, inquiry.Allocation{QuoteID: unasked.ID, Quantity: quantity.Of(2000)}, []string{}},
		{"what is left", asked, inquiry.Allocation{QuoteID: second.ID, Quantity: quantity.Of(300)}, []string{"ASC_FARM"}},
	} {
		awarded, err := m.Award(ctx, buyer, goesOn.of.ID, []inquiry.Allocation{goesOn.part})
		require.NoError(t, err, goesOn.name)
		require.Equal(t, goesOn.claims, awarded[0].Claims, goesOn.name)
		require.Empty(t, awarded[0].LapsingClaims, goesOn.name)
	}
	require.Zero(t, m.ceiling(certificate.ID).LeftKg)

	// The claim ends as the award does: a shortfall, a delivery of which part comes back, a cancellation.
	_, err = m.Shortfall(ctx, holder, awarded[0].ID, quantity.Of(50), "")
	require.NoError(t, err)
	delivery, err := m.Deliver(ctx, holder, awarded[0].ID, inquiry.Dispatch{Quantity: quantity.Of(400)})
	require.NoError(t, err)
	_, err = m.Receive(ctx, buyer, delivery.ID, inquiry.Receipt{Accepted: quantity.Of(380), Rejected: quantity.Of(15), Loss: quantity.Of(5)})
	require.NoError(t, err)
	require.Equal(t, catalog.CeilingYear{Year: m.year(), ClaimedKg: quantity.Of(950), DeliveredKg: quantity.Of(380), LeftKg: quantity.Of(50)}, m.ceiling(certificate.ID))
	_, err = m.CancelAward(ctx, buyer, awarded[0].ID, "", "")
	require.NoError(t, err)
	require.Equal(t, catalog.CeilingYear{Year: m.year(), ClaimedKg: quantity.Of(680), DeliveredKg: quantity.Of(380), LeftKg: quantity.Of(320)}, m.ceiling(certificate.ID))
	requireAudited(t, m)
}

// A mark that comes through another certificate too counts against no ceiling; of two ceilings the
// wider one is used.
func TestAClaimTakesTheWidestWay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer, cooperative, union := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	until := m.today.AddDays(400)
	narrow := m.certified(cooperative, "ASC_FARM", group(quantity.Of(100), producer), until)
	wide := m.certified(union, "ASC_FARM", group(quantity.Of(120), producer), until)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(10_000))
	asked := m.placed(buyer, m.asking(quantity.Of(20_000), "ASC_FARM"))
	quote := m.quote(producer, asked, offer, quantity.Of(10_000), 250_000)
	award := func(amount int64) error {
		_, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(amount)}})
		return err
	}
	require.NoError(t, award(90))
	require.NoError(t, award(90))
	require.Equal(t, quantity.Of(10), m.ceiling(narrow.ID).LeftKg)
	require.Equal(t, quantity.Of(30), m.ceiling(wide.ID).LeftKg)
	require.ErrorIs(t, award(31), ledger.ErrCeilingExceeded)
	own := m.certified(producer, "ASC_FARM", catalog.Scope{Kind: "farm_area"}, until)
	require.NoError(t, award(5000), "its own certificate has no ceiling")
	answer, err := m.catalog.Ceiling(ctx, producer, own.ID)
	require.NoError(t, err)
	require.Nil(t, answer.CeilingKg)
	require.Empty(t, answer.Years)
	_, err = m.catalog.Ceiling(ctx, producer, wide.ID)
	require.ErrorIs(t, err, fault.ErrNotFound, "somebody else's")
	requireAudited(t, m)
}

// Counted goods without a weight cannot be claimed under a ceiling; without the claim they sell.
func TestWeightlessGoodsUnderACeiling(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	product, err := m.catalog.CreateProduct(ctx, producer, catalog.NewProduct{
		Name: "Tôm sú thử theo hộp", Line: "black_tiger_shrimp", Form: "iced", Unit: "box", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
		UnitWeightKg: new(quantity.Of(5)),
	})
	require.NoError(t, err)
	product, err = m.catalog.Publish(ctx, producer, product.ID)
	require.NoError(t, err)
	// Shrimp have a weight by the catalogue's rules; goods of other lines, and older rows, need not.
	_, err = m.lent.Owner.Exec(ctx, `UPDATE catalog.products SET unit_weight = NULL WHERE id = $1`, product.ID)
	require.NoError(t, err)
	m.certified(producer, "NATURLAND", group(quantity.Of(100)), m.today.AddDays(200))
	demand := m.asking(quantity.Of(10), "NATURLAND")
	demand.Lines[0].Unit = "box"
	asked := m.placed(buyer, demand)
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		ProductID: product.ID, Quantity: quantity.Of(10), PriceVND: 1000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
	})
	require.NoError(t, err)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(5)}})
	require.ErrorIs(t, err, ledger.ErrClaimWeightless)
	refusal, _ := fault.From(err)
	require.Equal(t, "allocations[0].quantity", refusal.Fields[0].Pointer)
	require.Equal(t, "box", refusal.Params["unit"])
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(5), Unclaimed: true}})
	require.NoError(t, err)
}

// Two hundred awards at once, over two services on one database: the ceiling holds at every
// moment, what was taken is what was confirmed, and what is left is less than the smallest refusal.
func TestParallelClaimsNeverExceedTheCeiling(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, holder, member := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	whole := quantity.Of(1000)
	certificate := m.certified(holder, "ASC_FARM", group(whole, member), m.today.AddDays(400))
	services := []*inquiry.Service{m.Service, m.On(pgtest.Open(t, m.address()))}
	type target struct {
		asked inquiry.Inquiry
		quote inquiry.Quote
	}
	var targets []target
	for _, seller := range []identity.Principal{holder, member} {
		offer := m.offer(seller, m.shrimp(seller, "iced").ID, quantity.Of(100_000))
		for range 5 {
			asked := m.placed(buyer, m.asking(quantity.Of(100_000), "ASC_FARM"))
			targets = append(targets, target{asked, m.quote(seller, asked, offer, quantity.Of(100_000), 250_000)})
		}
	}
	random := rand.New(rand.NewPCG(1, 3))
	var clients sync.WaitGroup
	var mutex sync.Mutex
	var accepted quantity.Quantity
	smallest, unclaimed := quantity.Max, 0
	limit := make(chan struct{}, 32)
	for n := range 200 {
		part := inquiry.Allocation{QuoteID: targets[n%len(targets)].quote.ID, Quantity: quantity.Quantity(random.Int64N(20_000) + 1), Unclaimed: n%10 == 9}
		clients.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			_, err := services[n%2].Award(ctx, buyer, targets[n%len(targets)].asked.ID, []inquiry.Allocation{part})
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil && part.Unclaimed:
				unclaimed++
			case err == nil:
				accepted += part.Quantity
			case errors.Is(err, ledger.ErrCeilingExceeded) && !part.Unclaimed:
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
	left := m.ceiling(certificate.ID)
	require.Equal(t, accepted, left.ClaimedKg)
	require.LessOrEqual(t, accepted, whole)
	require.NotEqual(t, quantity.Max, smallest, "the test must have refused something")
	require.Less(t, left.LeftKg, smallest, "what is left is smaller than the smallest refusal")
	require.Equal(t, 20, unclaimed, "sale without the claim goes on")
	requireAudited(t, m)
}

// Thirty-two clients award from several offers under several certificates in random order, and
// cancel in between: no deadlock reaches a client, no half award, no ceiling exceeded.
func TestClaimsOverSeveralOffersInAnyOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	var certificates, offers []uuid.UUID
	var sellers []identity.Principal
	for range 3 {
		seller := m.organisation(identity.Producer)
		certificates = append(certificates, m.certified(seller, "ASC_FARM", group(quantity.Of(200)), m.today.AddDays(400)).ID)
		certificates = append(certificates, m.certified(seller, "NATURLAND", group(quantity.Of(250)), m.today.AddDays(200)).ID)
		sellers, offers = append(sellers, seller), append(offers, m.offer(seller, m.shrimp(seller, "iced").ID, quantity.Of(100_000)))
	}
	type lot struct {
		asked  inquiry.Inquiry
		quotes []uuid.UUID
	}
	var lots []lot
	for range 6 {
		demand := m.asking(quantity.Of(100_000), "ASC_FARM", "NATURLAND")
		demand.Lines = append(demand.Lines, demand.Lines[0], demand.Lines[0])
		one := lot{asked: m.placed(buyer, demand)}
		for at, offer := range offers {
			quote, err := m.Quote(ctx, sellers[at], one.asked.ID, inquiry.NewQuote{
				LineID: one.asked.Lines[at].ID, OfferID: offer, Quantity: quantity.Of(10_000), PriceVND: 1000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
			})
			require.NoError(t, err)
			one.quotes = append(one.quotes, quote.ID)
		}
		lots = append(lots, one)
	}
	var clients sync.WaitGroup
	for client := range 32 {
		random := rand.New(rand.NewPCG(9, uint64(client)))
		clients.Go(func() {
			for range 5 {
				chosen := lots[random.IntN(len(lots))]
				var allocations []inquiry.Allocation
				for _, at := range random.Perm(len(offers))[:2] {
					allocations = append(allocations, inquiry.Allocation{QuoteID: chosen.quotes[at], Quantity: quantity.Of(random.Int64N(20) + 1)})
				}
				awards, err := m.Award(ctx, buyer, chosen.asked.ID, allocations)
				if err != nil {
					if !errors.Is(err, ledger.ErrCeilingExceeded) {
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
	clients.Wait()
	for _, certificate := range certificates {
		require.Positive(t, m.ceiling(certificate).ClaimedKg)
	}
	requireAudited(t, m)
}
