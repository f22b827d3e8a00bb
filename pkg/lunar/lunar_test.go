package lunar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/lunar"
)

// First days of lunar years as published in Vietnam.
func TestNewYear(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]civil.Date{
		1968: civil.New(1968, 1, 29), // the year the north went to UTC+7: a day before the south and China
		1976: civil.New(1976, 1, 31),
		1984: civil.New(1984, 2, 2),
		1985: civil.New(1985, 1, 21), // China: 20 February
		1986: civil.New(1986, 2, 9),
		2000: civil.New(2000, 2, 5),
		2007: civil.New(2007, 2, 17), // China: 18 February
		2008: civil.New(2008, 2, 7),
		2019: civil.New(2019, 2, 5),
		2020: civil.New(2020, 1, 25),
		2021: civil.New(2021, 2, 12),
		2022: civil.New(2022, 2, 1),
		2023: civil.New(2023, 1, 22),
		2024: civil.New(2024, 2, 10),
		2025: civil.New(2025, 1, 29),
		2026: civil.New(2026, 2, 17),
		2027: civil.New(2027, 2, 6),
		2028: civil.New(2028, 1, 26),
		2029: civil.New(2029, 2, 13),
		2030: civil.New(2030, 2, 2), // China: 3 February
	} {
		require.Equal(t, want, lunar.NewYear(year), year)
		require.Equal(t, lunar.Date{Year: year, Month: 1, Day: 1}, lunar.Of(want))
		require.NotEqual(t, year, lunar.Of(want.AddDays(-1)).Year)
	}
}

func TestLeapMonths(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]int{
		1984: 0, 1985: 2, 1987: 7, 1995: 8, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2024: 0,
		2025: 6, 2026: 0, 2027: 0, 2028: 5, 2031: 3, 2033: 11,
	} {
		require.Equal(t, want, lunar.LeapMonth(year), year)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]lunar.Date{
		"2023-03-22": {Year: 2023, Month: 2, Day: 1, Leap: true}, // the first of the second February
		"2023-04-20": {Year: 2023, Month: 3, Day: 1},
		"2025-07-24": {Year: 2025, Month: 6, Day: 30},
		"2025-07-25": {Year: 2025, Month: 6, Day: 1, Leap: true},
		"2025-10-06": {Year: 2025, Month: 8, Day: 15}, // mid-autumn
		"2026-12-24": {Year: 2026, Month: 11, Day: 16},
		"1985-03-21": {Year: 1985, Month: 2, Day: 1, Leap: true},
		"2007-02-16": {Year: 2006, Month: 12, Day: 29},
		"2024-02-09": {Year: 2023, Month: 12, Day: 30},
	} {
		day, err := civil.Parse(text)
		require.NoError(t, err)
		require.Equal(t, want, lunar.Of(day), text)
		back, ok := want.Civil()
		require.True(t, ok, text)
		require.Equal(t, day, back, text)
	}
	for _, none := range []lunar.Date{
		{Year: 2026, Month: 2, Day: 1, Leap: true}, {Year: 2026, Month: 13, Day: 1}, {Year: 2026, Month: 1, Day: 31}, {Year: 2026, Month: 1, Day: 0},
	} {
		_, ok := none.Civil()
		require.False(t, ok, "%v", none)
	}
	require.Equal(t, "1/6 nhuận", lunar.Date{Year: 2025, Month: 6, Day: 1, Leap: true}.String())
	require.Equal(t, "15/8", lunar.Date{Year: 2025, Month: 8, Day: 15}.String())
	require.Equal(t, "Bính Ngọ", lunar.YearName(2026))
	require.Equal(t, "Giáp Thìn", lunar.YearName(2024))
}

// Every day of three centuries: the calendar goes on day by day, months have 29 or 30 days, years
// 12 or 13 months, and every date leads back to its day.
func TestTheCalendarHasNoGaps(t *testing.T) {
	t.Parallel()
	next := lunar.NewYear(1900)
	for year := 1900; year < 2200; year++ {
		months := lunar.Year(year)
		leap := 0
		for at, month := range months {
			require.Equal(t, next, month.First, "%d-%d", year, month.Month)
			require.Contains(t, []int{29, 30}, month.Days)
			require.Equal(t, year, month.Year)
			if month.Leap {
				leap++
				require.Equal(t, months[at-1].Month, month.Month)
			}
			require.Equal(t, at+1-leap, month.Month)
			next = month.First.AddDays(month.Days)
		}
		require.LessOrEqual(t, leap, 1)
		require.Len(t, months, 12+leap)
		require.Contains(t, []time.Month{time.January, time.February}, months[0].First.Month)
	}
}

func TestThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := civil.New(1900, 2, 1).AddDays(rapid.IntRange(0, 109_000).Draw(t, "day"))
		date := lunar.Of(day)
		back, ok := date.Civil()
		require.True(t, ok)
		require.Equal(t, day, back)
		tomorrow := lunar.Of(day.AddDays(1))
		require.True(t, tomorrow.Day == date.Day+1 || tomorrow.Day == 1 && date.Day >= 29)
	})
}

func TestMonthsOfASpan(t *testing.T) {
	t.Parallel()
	months := lunar.Months(civil.New(2025, 7, 20), civil.New(2025, 8, 23))
	require.Len(t, months, 3, "the end of the sixth, the leap sixth and the first day of the seventh month")
	require.Equal(t, lunar.Date{Year: 2025, Month: 7, Day: 1}, months[2].On(1))
	require.Len(t, lunar.Months(civil.New(2026, 2, 16), civil.New(2026, 2, 16)), 1)
}

func BenchmarkOf(b *testing.B) {
	day := civil.New(2026, 12, 1)
	for b.Loop() {
		lunar.Of(day)
	}
}
