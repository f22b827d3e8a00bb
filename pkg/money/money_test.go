package money_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

func TestValueRoundsHalfUp(t *testing.T) {
	t.Parallel()
	require.Equal(t, money.VND(1), money.Value(1, 500))
	require.Equal(t, money.VND(0), money.Value(1, 499))
	require.Equal(t, money.VND(75_000_000), money.Value(250_000, quantity.Of(300)))
	require.Zero(t, money.Value(0, quantity.Of(1)))
	require.Zero(t, money.Value(1000, -1))
}

func TestValueIsExactWithinItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Int64Range(1, int64(money.Max)).Draw(t, "price")
		amount := rapid.Int64Range(1, int64(quantity.Max)).Draw(t, "amount")
		exact := new(big.Int).Mul(big.NewInt(price), big.NewInt(amount))
		exact.Add(exact, big.NewInt(500)).Div(exact, big.NewInt(1000))
		require.Equal(t, exact.String(), big.NewInt(int64(money.Value(money.VND(price), quantity.Quantity(amount)))).String())
	})
}

func TestStringGroupsAsInVietnam(t *testing.T) {
	t.Parallel()
	for amount, want := range map[money.VND]string{0: "0 ₫", 999: "999 ₫", 1_250_000: "1.250.000 ₫", -1000: "-1.000 ₫"} {
		require.Equal(t, want, amount.String())
	}
}
