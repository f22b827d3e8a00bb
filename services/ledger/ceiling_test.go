package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// supplied is a deal of the goods with plenty of supply and demand.
func (b *testBundle) supplied(t *testing.T, goods ledger.Goods) deal {
	t.Helper()
	d := newDeal(goods)
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(100_000)), d.demand(ledger.DemandOpened, kg(100_000))))
	return d
}

// claim is an award of the deal, of its own, under certificates with this ceiling.
func (d deal) claim(amount, ceiling quantity.Quantity, certificates ...uuid.UUID) (deal, ledger.Posting) {
	claims := make([]ledger.Claim, len(certificates))
	for at, certificate := range certificates {
		claims[at] = ledger.Claim{CeilingID: certificate, Ceiling: ceiling}
	}
	return d.claimOf(amount, claims...)
}

// claimOf is an award of the deal, of its own, with these claims.
func (d deal) claimOf(amount quantity.Quantity, claims ...ledger.Claim) (deal, ledger.Posting) {
	d.award = newID()
	posting := d.trade(ledger.Awarded, amount)
	posting.Claims = claims
	return d, posting
}

// twoScopes are the ceilings of two group scopes of one certificate: the first is known by the
// certificate's id, the second has one of its own and allows half as much.
func twoScopes(whole quantity.Quantity) []ledger.Claim {
	return []ledger.Claim{{CeilingID: newID(), Ceiling: whole}, {CeilingID: newID(), Ceiling: whole / 2}}
}

// claimed reads what was sold under a certificate in 2026.
func (b *testBundle) claimed(t *testing.T, certificate uuid.UUID) ledger.CeilingBalance {
	t.Helper()
	return b.claimedIn(t, certificate, 2026)
}

func (b *testBundle) claimedIn(t *testing.T, certificate uuid.UUID, year int) ledger.CeilingBalance {
	t.Helper()
	balances, err := ledger.CeilingBalances(context.Background(), b.App, []uuid.UUID{certificate})
	require.NoError(t, err)
	for _, balance := range balances {
		if balance.Year == year {
			return balance
		}
	}
	return ledger.CeilingBalance{CeilingID: certificate, Year: year}
}

// requireLeft checks that a claim was refused because of its ceiling and how much it names as left.
func requireLeft(t *testing.T, err error, year int, left quantity.Quantity) {
	t.Helper()
	require.ErrorIs(t, err, ledger.ErrCeilingExceeded)
	refusal, _ := fault.From(err)
	require.Equal(t, strconv.Itoa(year), refusal.Params["year"])
	require.Equal(t, left, refusal.Params["remaining"])
	require.Contains(t, fault.Fill(refusal.Vietnamese, refusal.Params), left.String()+" kg")
}

func TestAClaimStaysUnderItsCeiling(t *testing.T) {
	t.Parallel()
	b := setup(t)
	certificate, d := newID(), b.supplied(t, shrimp())
	first, award := d.claim(kg(70), kg(100), certificate)
	require.NoError(t, b.post(award))
	_, award = d.claim(kg(31), kg(100), certificate)
	requireLeft(t, b.post(award), 2026, kg(30))
	require.Equal(t, kg(70), b.claimed(t, certificate).Claimed, "a refusal leaves nothing behind")

	_, award = d.claim(kg(31), 0)
	require.NoError(t, b.post(award), "without the claim the sale goes on")
	_, award = d.claim(kg(30), kg(100), certificate)
	require.NoError(t, b.post(award), "what is left can be sold")
	next := d
	next.on = day(2027, time.January, 2)
	_, award = next.claim(kg(100), kg(100), certificate)
	require.NoError(t, b.post(award), "each year has its own")
	_, award = next.claim(1, kg(100), certificate)
	requireLeft(t, b.post(award), 2027, 0)

	// The claim goes the way of its award: sent, in part rejected and lost, delivered, given back.
	require.NoError(t, b.post(first.trade(ledger.Dispatched, kg(60))))
	require.NoError(t, b.post(first.trade(ledger.Accepted, kg(50)), first.trade(ledger.Rejected, kg(6)), first.trade(ledger.Lost, kg(4))))
	require.Equal(t, ledger.CeilingBalance{CeilingID: certificate, Year: 2026, Claimed: kg(100), Delivered: kg(50)}, b.claimed(t, certificate))
	require.NoError(t, b.post(first.trade(ledger.Shortfall, kg(5)), first.trade(ledger.AwardReleased, kg(15))))
	require.Equal(t, ledger.CeilingBalance{CeilingID: certificate, Year: 2026, Claimed: kg(80), Delivered: kg(50)}, b.claimed(t, certificate))
	require.Empty(t, b.audit(t))
}

// A new scope may allow less than was sold already: then nothing more is, and what is released
// does not come back before the claims are under the ceiling again.
func TestALoweredCeilingHolds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	certificate, d := newID(), b.supplied(t, shrimp())
	first, award := d.claim(kg(80), kg(100), certificate)
	require.NoError(t, b.post(award))
	_, award = d.claim(kg(1), kg(50), certificate)
	requireLeft(t, b.post(award), 2026, 0)
	require.NoError(t, b.post(first.trade(ledger.AwardReleased, kg(20))), "releasing is always possible")
	_, award = d.claim(kg(1), kg(50), certificate)
	requireLeft(t, b.post(award), 2026, 0)
	require.NoError(t, b.post(first.trade(ledger.AwardReleased, kg(20))))
	_, award = d.claim(kg(10), kg(50), certificate)
	require.NoError(t, b.post(award))
	require.Equal(t, kg(50), b.claimed(t, certificate).Claimed)
	_, award = d.claim(kg(70), kg(120), certificate)
	require.NoError(t, b.post(award), "and a raised one allows more")
	require.Empty(t, b.audit(t))
}

// Counted goods count by their weight, to the gram, however they are split; those without a
// weight are refused by name.
func TestCountedGoodsCountByWeight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	nest := shrimp()
	nest.Line, nest.Form, nest.Unit, nest.UnitWeight = "bird_nest", "raw", "piece", 125
	certificate, d := newID(), b.supplied(t, nest)
	first, award := d.claim(1500, kg(1), certificate) // 1.5 pieces of 125 g
	require.NoError(t, b.post(award))
	require.Equal(t, quantity.Quantity(188), b.claimed(t, certificate).Claimed)
	for range 3 {
		require.NoError(t, b.post(first.trade(ledger.AwardReleased, 100)))
	}
	require.NoError(t, b.post(first.trade(ledger.Dispatched, 1200)))
	require.NoError(t, b.post(first.trade(ledger.Accepted, 333), first.trade(ledger.Accepted, 333), first.trade(ledger.Accepted, 334)))
	require.Empty(t, b.audit(t))
	require.NoError(t, b.post(first.trade(ledger.Rejected, 200)))
	require.NoError(t, b.post(first.trade(ledger.AwardReleased, 200)))
	balance := b.claimed(t, certificate)
	require.Equal(t, quantity.Quantity(188-62), balance.Claimed, "a claim is let go of downwards: 188 × 0.5 / 1.5 = 62.7")
	require.Equal(t, quantity.Quantity(125), balance.Delivered)
	require.Empty(t, b.audit(t))

	bottle := shrimp()
	bottle.Line, bottle.Form, bottle.Unit = "fish_sauce", "bottled", "bottle"
	_, award = b.supplied(t, bottle).claim(kg(1), kg(1000), certificate)
	require.ErrorIs(t, b.post(award), ledger.ErrClaimWeightless)
}

// Thirty-two clients award from several offers under both scopes of several certificates in any
// order, and give back in between: no deadlock reaches a client and no scope's ceiling is exceeded
// at any moment.
func TestParallelClaimsNeverExceedTheirCeilings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var scopes []ledger.Claim
	var deals []deal
	for range 16 {
		deals = append(deals, b.supplied(t, shrimp()))
	}
	for range 2 {
		scopes = append(scopes, twoScopes(kg(500))...)
	}
	// Each transaction asks once what time it is: as many as there are posts means that none was run
	// again because of a deadlock.
	var posts, attempts atomic.Int64
	db := b.App.WithCounter(func(statement string) {
		if statement == "SELECT now()" {
			attempts.Add(1)
		}
	})
	post := func(postings ...ledger.Posting) error {
		posts.Add(1)
		return db.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
			return ledger.PostTx(ctx, tx, b.who, postings...)
		})
	}
	var group sync.WaitGroup
	var mutex sync.Mutex
	sold, smallest := make(map[uuid.UUID]quantity.Quantity), quantity.Max
	for client := range 32 {
		random := rand.New(rand.NewPCG(uint64(client), 5))
		group.Go(func() {
			for range 8 {
				amount := quantity.Quantity(random.Int64N(30_000) + 1)
				var postings []ledger.Posting
				var awards []deal
				order, chosen := random.Perm(len(deals)), random.Perm(len(scopes))
				for _, at := range order[:2] {
					award, posting := deals[at].claimOf(amount, scopes[chosen[0]], scopes[chosen[1]])
					awards, postings = append(awards, award), append(postings, posting)
				}
				switch err := post(postings...); {
				case errors.Is(err, ledger.ErrCeilingExceeded):
					mutex.Lock()
					smallest = min(smallest, 2*amount)
					mutex.Unlock()
					continue
				case err != nil:
					t.Errorf("award: %v", err)
					continue
				}
				kept := 2 * amount
				if random.IntN(4) == 0 {
					if err := post(awards[0].trade(ledger.AwardReleased, amount)); err != nil {
						t.Errorf("release: %v", err)
					}
					kept -= amount
				}
				mutex.Lock()
				sold[scopes[chosen[0]].CeilingID] += kept
				sold[scopes[chosen[1]].CeilingID] += kept
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	require.Equal(t, posts.Load(), attempts.Load(), "no transaction was run again")
	require.NotEqual(t, quantity.Max, smallest, "something must have been refused")
	for _, scope := range scopes {
		require.Positive(t, sold[scope.CeilingID])
		require.Equal(t, sold[scope.CeilingID], b.claimed(t, scope.CeilingID).Claimed)
		require.LessOrEqual(t, sold[scope.CeilingID], scope.Ceiling)
	}
	require.Empty(t, b.audit(t))
}

// Whoever changes claims or ceilings with the owner's rights is found; the service's role cannot.
func TestAuditNamesTamperedClaims(t *testing.T) {
	t.Parallel()
	b := setup(t)
	certificate, d := newID(), b.supplied(t, shrimp())
	first, award := d.claim(kg(70), kg(100), certificate)
	require.NoError(t, b.post(award))
	require.NoError(t, b.post(first.trade(ledger.Dispatched, kg(50))))
	require.NoError(t, b.post(first.trade(ledger.Accepted, kg(40)), first.trade(ledger.Lost, kg(10))))
	require.NoError(t, b.post(first.trade(ledger.AwardReleased, kg(5))))
	for _, test := range []struct{ what, do, undo string }{
		{"a ceiling whose balance is not the sum of its claims",
			"UPDATE ledger.ceilings SET claimed = claimed - 1 WHERE certificate_id = $1", "UPDATE ledger.ceilings SET claimed = claimed + 1 WHERE certificate_id = $1"},
		{"more is sold under a claim than its ceiling",
			"UPDATE ledger.ceilings SET bound = 1000 WHERE certificate_id = $1", "UPDATE ledger.ceilings SET bound = 100000 WHERE certificate_id = $1"},
		{"a claim that does not say what its posting says",
			"UPDATE ledger.claims SET weight = weight - 1000 WHERE movement = 'awarded' AND certificate_id = $1", "UPDATE ledger.claims SET weight = weight + 1000 WHERE movement = 'awarded' AND certificate_id = $1"},
		{"an award whose claim is not what it owes and what was accepted",
			"UPDATE ledger.claims SET weight = weight + 1 WHERE movement = 'award_released' AND certificate_id = $1", "UPDATE ledger.claims SET weight = weight - 1 WHERE movement = 'award_released' AND certificate_id = $1"},
		{"a later claim of an award that made none",
			"UPDATE ledger.claims SET award_id = certificate_id WHERE movement = 'accepted' AND certificate_id = $1", "UPDATE ledger.claims SET award_id = (SELECT award_id FROM ledger.claims WHERE movement = 'awarded') WHERE movement = 'accepted' AND certificate_id = $1"},
	} {
		t.Run(test.what, func(t *testing.T) {
			b.tamper(t, "ALTER TABLE ledger.ceilings DROP CONSTRAINT IF EXISTS ceiling_not_exceeded")
			b.tamper(t, test.do, certificate)
			var found []string
			for _, finding := range b.audit(t) {
				found = append(found, finding.What)
			}
			require.Contains(t, found, test.what)
			b.tamper(t, test.undo, certificate)
			require.Empty(t, b.audit(t))
		})
	}
	for _, statement := range []string{
		"UPDATE ledger.claims SET weight = 0", "DELETE FROM ledger.claims", "UPDATE ledger.ceilings SET bound = 0", "DELETE FROM ledger.ceilings",
		// A claim comes with its posting, not after it.
		`INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight, ceiling)
		 SELECT id, movement, award_id, gen_random_uuid(), 2026, weight, 1000000 FROM ledger.postings WHERE movement = 'awarded'`,
	} {
		_, err := b.App.Exec(context.Background(), statement)
		require.Error(t, err, statement)
	}
}

// Claims are sealed like postings.
func TestATamperedClaimBreaksItsSeal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	certificate, d := newID(), b.supplied(t, shrimp())
	_, award := d.claim(kg(70), kg(100), certificate)
	require.NoError(t, b.post(award))
	require.Eventually(t, func() bool {
		n, err := ledger.ClaimChain().Seal(context.Background(), b.App)
		require.NoError(t, err)
		return n == 1
	}, 20*time.Second, 5*time.Millisecond)
	require.Empty(t, b.broken(t))
	b.tamper(t, "UPDATE ledger.claims SET ceiling = ceiling + 1 WHERE certificate_id = $1", certificate)
	require.Len(t, b.broken(t), 1)
}
