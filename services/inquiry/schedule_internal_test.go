package inquiry

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

func sumOf(parts []Part) (sum quantity.Quantity) {
	for _, part := range parts {
		sum += part.Quantity
	}
	return sum
}

// anySplit is the dates of a quote, as checkSplit lets them through.
func anySplit(t *rapid.T) []Part {
	var split []Part
	day := civil.New(2026, time.December, 1)
	for range rapid.IntRange(1, 12).Draw(t, "dates") {
		day = day.AddDays(rapid.IntRange(1, 40).Draw(t, "later"))
		split = append(split, Part{DeliverOn: day, Quantity: quantity.Quantity(rapid.Int64Range(1, 5_000).Draw(t, "part"))})
	}
	return split
}

// Whatever parts of a quote are awarded one after the other: the dates of each award add up to it and
// ascend, and those of all together are the quote's, date by date, none given twice.
func TestPartsOfAwardsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		split := anySplit(t)
		whole, taken := sumOf(split), quantity.Quantity(0)
		given := make(map[civil.Date]quantity.Quantity)
		for taken < whole {
			a := &awardRecord{Quantity: quantity.Quantity(rapid.Int64Range(1, int64(whole-taken)).Draw(t, "award"))}
			quote := &quoteRecord{DeliverOn: split[0].DeliverOn, Awarded: taken}
			quote.Split.V = split
			a.setDates(quote)
			parts := scheduled(split, taken, a.Quantity)
			require.Equal(t, a.Quantity, sumOf(parts))
			require.Equal(t, parts[0].DeliverOn, a.DeliverOn)
			require.Equal(t, parts[len(parts)-1].DeliverOn, a.lastDue())
			if len(parts) > 1 {
				require.Equal(t, parts, a.Schedule.V)
			} else {
				require.Empty(t, a.Schedule.V)
			}
			posted := a.commitments()
			require.Len(t, posted, len(parts))
			for at, part := range parts {
				require.Equal(t, part, onDay(posted[at]), "as the ledger has it")
				require.Positive(t, part.Quantity)
				require.True(t, at == 0 || parts[at-1].DeliverOn.Before(part.DeliverOn))
				given[part.DeliverOn] += part.Quantity
			}
			taken += a.Quantity
			for before := range split {
				if given[split[before].DeliverOn] < split[before].Quantity {
					require.Zero(t, sumOf(within(split[before+1:], given)), "an earlier date is left while a later one is given")
					break
				}
			}
		}
		for _, part := range split {
			require.Equal(t, part.Quantity, given[part.DeliverOn])
		}
	})
}

// within is what of dates was given.
func within(split []Part, given map[civil.Date]quantity.Quantity) []Part {
	parts := make([]Part, len(split))
	for at, part := range split {
		parts[at] = Part{DeliverOn: part.DeliverOn, Quantity: given[part.DeliverOn]}
	}
	return parts
}

// What is accepted for the dates adds up to what was accepted, and none is late or short for no reason.
func TestWhatCameForTheDatesAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		split := anySplit(t)
		a := &awardRecord{Quantity: sumOf(split), DeliverOn: split[0].DeliverOn, today: split[0].DeliverOn.AddDays(rapid.IntRange(-5, 60).Draw(t, "today"))}
		a.Schedule.V = split
		came := quantity.Quantity(rapid.Int64Range(0, int64(a.Quantity)).Draw(t, "came"))
		released := quantity.Quantity(rapid.Int64Range(0, int64(a.Quantity-came)).Draw(t, "released"))
		a.balance = ledger.AwardBalance{Accepted: came, Released: released, Committed: a.Quantity - came - released}
		at := split[0].DeliverOn.AddDays(-1).In(time.UTC)
		a.arrivals = []arrival{{ReceivedAt: &at, Quantity: came, Accepted: came}}
		var sum quantity.Quantity
		short := false
		for _, due := range a.dues() {
			sum += due.Accepted
			short = short || due.Short
			require.LessOrEqual(t, due.Accepted, due.Quantity)
			if due.Late {
				require.True(t, a.today.After(due.DeliverOn))
				require.Less(t, due.Accepted, due.Quantity, "all came before the first date")
				require.Positive(t, a.balance.Committed)
			}
		}
		require.Equal(t, came, sum)
		require.True(t, released > 0 || !short)
		require.True(t, a.balance.Committed > 0 || short == (released > 0), "it ended, and what was released came for no date")
	})
}

func TestHowTheDatesOfAnAwardStand(t *testing.T) {
	t.Parallel()
	first := civil.New(2026, time.December, 10)
	on := func(days int) *time.Time {
		at := first.AddDays(days).In(time.UTC).Add(3 * time.Hour) // ten in the morning in Vietnam
		return &at
	}
	of := func(days int, accepted int64) arrival {
		return arrival{ID: uuid.New(), DispatchedAt: *on(days), ReceivedAt: on(days), Quantity: quantity.Of(accepted), Accepted: quantity.Of(accepted)}
	}
	type stand struct {
		accepted    int64
		late, short bool
	}
	for name, test := range map[string]struct {
		today    int
		arrivals []arrival
		released int64
		want     [3]stand
	}{
		"before":               {-1, nil, 0, [3]stand{}},
		"on the day":           {0, nil, 0, [3]stand{}},
		"the day is over":      {1, nil, 0, [3]stand{{late: true}, {}, {}}},
		"in time":              {1, []arrival{of(0, 30)}, 0, [3]stand{{accepted: 30}, {}, {}}},
		"a day late":           {1, []arrival{of(1, 30)}, 0, [3]stand{{accepted: 30, late: true}, {}, {}}},
		"ahead of time":        {3, []arrival{of(0, 60)}, 0, [3]stand{{accepted: 30}, {accepted: 30}, {}}},
		"fills the first":      {3, []arrival{of(2, 40)}, 0, [3]stand{{accepted: 30, late: true}, {accepted: 10, late: true}, {}}},
		"the last goes first":  {0, nil, 50, [3]stand{{}, {}, {short: true}}},
		"nothing owed is late": {9, []arrival{of(0, 30)}, 70, [3]stand{{accepted: 30}, {short: true}, {short: true}}},
		"partly released":      {3, []arrival{of(0, 30)}, 60, [3]stand{{accepted: 30}, {late: true}, {short: true}}},
	} {
		a := &awardRecord{Quantity: quantity.Of(100), DeliverOn: first, arrivals: test.arrivals, today: first.AddDays(test.today)}
		a.Schedule.V = []Part{{first, quantity.Of(30)}, {first.AddDays(2), quantity.Of(30)}, {first.AddDays(5), quantity.Of(40)}}
		a.balance.Released = quantity.Of(test.released)
		for _, one := range test.arrivals {
			a.balance.Accepted += one.Accepted
		}
		a.balance.Committed = a.Quantity - a.balance.Accepted - a.balance.Released
		for at, due := range a.dues() {
			want := test.want[at]
			require.Equal(t, want, stand{int64(due.Accepted / quantity.Unit), due.Late, due.Short}, "%s, date %d", name, at+1)
		}
	}
	require.Nil(t, (&awardRecord{Quantity: quantity.Of(1), DeliverOn: first}).dues(), "one date says itself")
}

// onDay is a posting's date and quantity.
func onDay(posting ledger.Posting) Part {
	return Part{DeliverOn: posting.BusinessDate, Quantity: posting.Quantity}
}
