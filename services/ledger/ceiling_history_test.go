package ledger_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// claimBook is what a random history expects of one award.
type claimBook struct {
	deal

	claims                                []ledger.Claim
	owed, sent, accepted, released, whole quantity.Quantity
	// later is the part that is due in 2027, after the rest.
	later quantity.Quantity
}

// in is what of the award is claimed in a year and what was delivered of that: what is accepted fills the
// dates from the first on, what is released goes off the last.
func (book *claimBook) in(year int) (claimed, delivered quantity.Quantity) {
	first := book.whole - book.later
	if year == 2026 {
		return first - max(book.released-book.later, 0), min(book.accepted, first)
	}
	return book.later - min(book.released, book.later), max(book.accepted-first, 0)
}

// awards are the postings of the award: one for each date.
func (book *claimBook) awards() []ledger.Posting {
	first, later := book.trade(ledger.Awarded, book.whole-book.later), book.trade(ledger.Awarded, book.later)
	later.BusinessDate = day(2027, time.January, 5)
	first.Claims, later.Claims = book.claims, book.claims
	return []ledger.Posting{first, later}
}

// Any history of awards, deliveries and releases leaves balances that follow from it.
func TestCeilingsFollowFromAnyHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			b, random := setup(t), rand.New(rand.NewPCG(seed, 11))
			// Of two certificates each award claims one of both scopes, or of neither.
			certificates := [][]ledger.Claim{twoScopes(kg(80)), twoScopes(kg(60))}
			d := b.supplied(t, shrimp())
			var books []*claimBook
			expected := func(ceiling uuid.UUID, year int) (claimed, delivered quantity.Quantity) {
				for _, book := range books {
					for _, one := range book.claims {
						if one.CeilingID == ceiling {
							c, d := book.in(year)
							claimed, delivered = claimed+c, delivered+d
						}
					}
				}
				return claimed, delivered
			}
			refused := 0
			for range 100 {
				amount := quantity.Quantity(random.Int64N(20_000) + 1)
				if len(books) > 0 && random.IntN(3) > 0 {
					books[random.IntN(len(books))].step(t, b, random, amount)
					continue
				}
				book := &claimBook{deal: d, owed: amount, whole: amount, later: quantity.Quantity(max(random.Int64N(2*int64(amount))-int64(amount), 0))}
				book.award = newID()
				for _, scopes := range certificates[:random.IntN(len(certificates)+1)] {
					book.claims = append(book.claims, scopes[random.IntN(len(scopes))])
				}
				full := false
				for _, claim := range book.claims {
					for _, year := range []int{2026, 2027} {
						before, _ := expected(claim.CeilingID, year)
						more, _ := book.in(year)
						full = full || more > 0 && before+more > claim.Ceiling
					}
				}
				err := b.post(book.awards()...)
				if full {
					require.ErrorIs(t, err, ledger.ErrCeilingExceeded)
					refused++
					continue
				}
				require.NoError(t, err)
				books = append(books, book)
			}
			require.Positive(t, refused)
			var later quantity.Quantity
			for _, scope := range slices.Concat(certificates...) {
				for _, year := range []int{2026, 2027} {
					claimed, delivered := expected(scope.CeilingID, year)
					if year == 2026 {
						require.Positive(t, claimed, "each scope has sold something")
					} else {
						later += claimed
					}
					require.LessOrEqual(t, claimed, scope.Ceiling)
					require.Equal(t, ledger.CeilingBalance{CeilingID: scope.CeilingID, Year: year, Claimed: claimed, Delivered: delivered},
						b.claimedIn(t, scope.CeilingID, year))
				}
			}
			require.Positive(t, later)
			require.Empty(t, b.audit(t))
		})
	}
}

// step does one random thing that is possible to an award.
func (book *claimBook) step(t *testing.T, b *testBundle, random *rand.Rand, amount quantity.Quantity) {
	t.Helper()
	switch random.IntN(3) {
	case 0:
		amount = min(amount, book.owed)
		movement := []ledger.Movement{ledger.AwardReleased, ledger.Shortfall}[random.IntN(2)]
		require.NoError(t, b.release(book.trade(movement, amount)))
		book.owed, book.released = book.owed-amount, book.released+amount
	case 1:
		amount = min(amount, book.owed)
		require.NoError(t, b.post(book.trade(ledger.Dispatched, amount)))
		book.owed, book.sent = book.owed-amount, book.sent+amount
	default:
		good := quantity.Quantity(random.Int64N(int64(book.sent) + 1))
		bad := book.sent - good
		require.NoError(t, b.post(book.trade(ledger.Accepted, good/2), book.trade(ledger.Accepted, good-good/2), book.trade(ledger.Lost, bad)))
		book.owed, book.sent, book.accepted = book.owed+bad, 0, book.accepted+good
	}
}
