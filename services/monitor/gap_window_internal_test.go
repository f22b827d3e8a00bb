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
		of := window{from: first.AddDays(rapid.IntRange(0, 400).Draw(t, "from"))}
		of.to = of.from.AddDays(rapid.IntRange(0, 800).Draw(t, "days"))
		amount := quantity.Quantity(rapid.Int64Range(0, int64(quantity.Max)).Draw(t, "amount"))
		today := first.AddDays(rapid.IntRange(-50, 1300).Draw(t, "today"))
		sum, fewest, most := stood{}, amount, quantity.Quantity(0)
		all := stood{open: amount, free: amount / 2, reserved: amount / 3, committed: amount / 7}
		for _, month := range of.months() {
			sum.add(all.within(month, of, today))
		}
		require.Equal(t, all, sum)
		days := quantity.Quantity(0)
		for day := of.from; !day.After(of.to); day = day.AddDays(1) {
			one := of.share(amount, window{day, day})
			days, fewest, most = days+one, min(fewest, one), max(most, one)
		}
		require.Equal(t, amount, days)
		require.GreaterOrEqual(t, fewest, quantity.Quantity(0))
		require.LessOrEqual(t, most-fewest, quantity.Quantity(1))
		within := window{first, first.AddDays(rapid.IntRange(0, 30).Draw(t, "end"))}
		require.Equal(t, []window{within}, within.months())
		require.Equal(t, all, all.within(window{first, first.AddDays(30)}, within, today))
	})
}

func TestWhatIsLeftOfAWindow(t *testing.T) {
	t.Parallel()
	of := window{civil.New(2026, time.December, 15), civil.New(2027, time.January, 15)}
	for today, from := range map[civil.Date]civil.Date{
		civil.New(2026, time.December, 1): of.from, of.from: of.from, civil.New(2027, time.January, 2): civil.New(2027, time.January, 2), of.to: of.to, civil.New(2027, time.June, 1): of.to,
	} {
		require.Equal(t, window{from, of.to}, of.left(today), "%s", today)
	}
}
