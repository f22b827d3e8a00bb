package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
)

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]catalog.Amount{
		"2000":    {Quantity: quantity.Of(2000)},
		"2.5":     {Quantity: 2500},
		"0.001":   {Quantity: 1},
		"2t":      {Quantity: quantity.Of(2000), ByWeight: true},
		"2 t":     {Quantity: quantity.Of(2000), ByWeight: true},
		"2 tấn":   {Quantity: quantity.Of(2000), ByWeight: true},
		"2 TAN":   {Quantity: quantity.Of(2000), ByWeight: true},
		"1,5 tấn": {Quantity: quantity.Of(1500), ByWeight: true},
		"1.5t":    {Quantity: quantity.Of(1500), ByWeight: true},
		"500kg":   {Quantity: quantity.Of(500), ByWeight: true},
		" 3 tạ ":  {Quantity: quantity.Of(300), ByWeight: true},
		"2 yến":   {Quantity: quantity.Of(20), ByWeight: true},
		"0":       {},
	} {
		got, err := catalog.ParseAmount(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "tấn", "-2t", "-1", "2 boxes", "1.500 kg", "1,500 kg", "1.2.3", "2e3", "2000000000", "1000001 t", "1,5", "2 t t"} {
		_, err := catalog.ParseAmount(text)
		require.ErrorIs(t, err, catalog.ErrAmount, text)
	}
	for _, c := range []struct {
		weight, want quantity.Quantity
		known        bool
	}{
		{quantity.Unit, quantity.Of(2000), true},
		{500, quantity.Of(4000), true}, // packs of half a kilogram
		{3 * quantity.Unit, 666_667, true},
		{0, 0, false},
	} {
		got, known := catalog.Amount{Quantity: quantity.Of(2000), ByWeight: true}.In(c.weight)
		require.Equal(t, c.known, known)
		require.Equal(t, c.want, got)
	}
}
