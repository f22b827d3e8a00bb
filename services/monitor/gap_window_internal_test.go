package monitor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// However a window is cut, its parts add up to the whole, none is negative, and days have equal parts but for a thousandth;
// a window within a month is in that month whole.
func TestSharesOfAWindowAddUp(t *testing.T) {
	t.Parallel()
	first := civil.New(2026, time.January, 1)
	rapid.Check(t, func(t *rapid.T) {
		in := window{from: first.AddDays(rapid.IntRange(0, 400).Draw(t, "from"))}
		in.to = in.from.AddDays(rapid.IntRange(0, 800).Draw(t, "days"))
		of, months := in.days(), monthsKnown{}
		amount := quantity.Quantity(rapid.Int64Range(0, int64(quantity.Max)).Draw(t, "amount"))
		today := dayCount(first) + rapid.IntRange(-50, 1300).Draw(t, "today")
		all := stood{open: amount, free: amount / 2, reserved: amount / 3, committed: amount / 7}
		sum, fewest, most := stood{}, amount, quantity.Quantity(0)
		for month := monthCount(in.from); month <= monthCount(in.to); month++ {
			require.Equal(t, month, monthCount(monthFirst(month)))
			sum.add(all.within(months.days(month), of, today))
		}
		require.Equal(t, all, sum)
		whole := quantity.Quantity(0)
		for day := of.from; day <= of.to; day++ {
			one := of.share(amount, dayRange{day, day})
			whole, fewest, most = whole+one, min(fewest, one), max(most, one)
		}
		require.Equal(t, amount, whole)
		require.GreaterOrEqual(t, fewest, quantity.Quantity(0))
		require.LessOrEqual(t, most-fewest, quantity.Quantity(1))
		january := months.days(monthCount(first))
		require.Equal(t, 31, january.to-january.from+1)
		within := dayRange{january.from, january.from + rapid.IntRange(0, 30).Draw(t, "end")}
		require.Equal(t, all, all.within(january, within, today))
	})
}

func TestWhatIsLeftOfAWindow(t *testing.T) {
	t.Parallel()
	of := dayRange{100, 131}
	for today, from := range map[int]int{50: 100, 100: 100, 118: 118, 131: 131, 300: 131} {
		require.Equal(t, dayRange{from, 131}, of.left(today), "%d", today)
	}
}
