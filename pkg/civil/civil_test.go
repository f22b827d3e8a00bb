package civil_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
)

func day(t *testing.T, text string) civil.Date {
	t.Helper()
	d, err := civil.Parse(text)
	require.NoError(t, err)
	return d
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"} {
		require.Equal(t, text, day(t, text).String())
	}
	for _, text := range []string{
		"", "2026-1-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "31/01/2026", "2026-01-31 ", "2026-01-31T00:00:00Z",
		"0000-01-01", "10000-01-01", "-001-01-01", "2026-01-3١",
	} {
		_, err := civil.Parse(text)
		require.ErrorIs(t, err, civil.ErrSyntax, "%q", text)
	}
}

func TestAddMonthsAsPostgreSQLDoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from   string
		months int
		want   string
	}{
		{"2024-02-29", 36, "2027-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-01-31", 1, "2023-02-28"},
		{"2023-10-31", 1, "2023-11-30"},
		{"2023-12-31", 2, "2024-02-29"},
		{"2023-12-15", 1, "2024-01-15"},
		{"2023-11-30", 36, "2026-11-30"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-01-31", -2, "2023-11-30"},
		{"2100-01-31", 1, "2100-02-28"},
		{"2000-01-31", 1, "2000-02-29"},
		{"2024-05-31", 0, "2024-05-31"},
	} {
		require.Equal(t, test.want, day(t, test.from).AddMonths(test.months).String(), "%s + %d months", test.from, test.months)
	}
}

func TestOrderAndDistance(t *testing.T) {
	t.Parallel()
	a, same, b := day(t, "2024-02-28"), day(t, "2024-02-28"), day(t, "2024-03-01")
	require.True(t, a.Before(b))
	require.True(t, b.After(a))
	require.False(t, a.Before(same))
	require.Equal(t, 0, a.Compare(same))
	require.Equal(t, 2, a.Days(b), "2024 is a leap year")
	require.Equal(t, -2, b.Days(a))
	require.Equal(t, b, a.AddDays(2))
	require.True(t, civil.Date{}.Before(a))
	require.Equal(t, 3652058, day(t, "0001-01-01").Days(day(t, "9999-12-31")))
}

func TestOfFollowsThePlace(t *testing.T) {
	t.Parallel()
	vietnam := time.FixedZone("ICT", 7*60*60)
	late := time.Date(2026, 1, 31, 17, 30, 0, 0, time.UTC)
	require.Equal(t, "2026-02-01", civil.Of(late, vietnam).String())
	require.Equal(t, "2026-01-31", civil.Of(late, time.UTC).String())
	require.Equal(t, time.Date(2026, 2, 1, 0, 0, 0, 0, vietnam), day(t, "2026-02-01").In(vietnam))
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type thing struct {
		On    civil.Date `json:"on"`
		Until civil.Date `json:"until,omitzero"`
	}
	data, err := json.Marshal(thing{On: day(t, "2026-01-31")})
	require.NoError(t, err)
	require.JSONEq(t, `{"on":"2026-01-31"}`, string(data))
	var back thing
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, day(t, "2026-01-31"), back.On)
	require.Error(t, json.Unmarshal([]byte(`{"on":20260131}`), &back))
	require.ErrorIs(t, json.Unmarshal([]byte(`{"on":"2026-02-30"}`), &back), civil.ErrSyntax)
}

func TestSQL(t *testing.T) {
	t.Parallel()
	value, err := day(t, "2026-01-31").Value()
	require.NoError(t, err)
	require.Equal(t, "2026-01-31", value)
	value, err = civil.Date{}.Value()
	require.NoError(t, err)
	require.Nil(t, value)
	for _, source := range []any{
		time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 31, 0, 0, 0, 0, time.FixedZone("", 0)),
		[]byte("2026-01-31"), "2026-01-31",
	} {
		var d civil.Date
		require.NoError(t, d.Scan(source))
		require.Equal(t, day(t, "2026-01-31"), d)
	}
	d := day(t, "2026-01-31")
	require.NoError(t, d.Scan(nil))
	require.True(t, d.IsZero())
	require.Error(t, d.Scan(int64(1)))
}
