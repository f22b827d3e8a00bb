package quantity_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/quantity"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]quantity.Quantity{
		"0": 0, "12": 12_000, "12.5": 12_500, "0.001": 1, "-0.125": -125, "10": 10_000, "0.070": 70, "1000000000": quantity.Max,
	} {
		got, err := quantity.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "-", ".", "1.", ".5", "1.2345", "1e3", "1E3", "+1", " 1", "1 ", "1,5", "NaN", "Infinity", "0x1",
		"1000000000.001", "9223372036854775808", "--1", "1.-5", "١", "007", "00", "00.5", "-01", "01000000000",
	} {
		_, err := quantity.Parse(text)
		require.ErrorIs(t, err, quantity.ErrSyntax, text)
	}
}

func TestTextSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := quantity.Quantity(rapid.Int64Range(-int64(quantity.Max), int64(quantity.Max)).Draw(t, "thousandths"))
		back, err := quantity.Parse(q.String())
		require.NoError(t, err)
		require.Equal(t, q, back)
	})
}

func TestJSONReadsStringsAndNumbersAndWritesStrings(t *testing.T) {
	t.Parallel()
	var read struct{ A, B quantity.Quantity }
	require.NoError(t, json.Unmarshal([]byte(`{"A": 300, "B": "0.25"}`), &read))
	written, err := json.Marshal(read)
	require.NoError(t, err)
	require.JSONEq(t, `{"A": "300", "B": "0.25"}`, string(written))
	for _, bad := range []string{`1e3`, `null`, `true`, `"1e3"`, `1.2345`, `"<1>"`} {
		var q quantity.Quantity
		require.Error(t, json.Unmarshal([]byte(bad), &q), bad)
	}
}
