package civil_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
)

func TestDaysThatComeAgain(t *testing.T) {
	t.Parallel()
	dates := func(texts ...string) (days []civil.Date) {
		for _, text := range texts {
			days = append(days, day(t, text))
		}
		return days
	}
	require.Equal(t, []int{4, 7, 1}, []int{day(t, "2026-12-31").Weekday(), day(t, "2027-01-03").Weekday(), day(t, "2027-01-04").Weekday()})
	from, to := day(t, "2026-12-30"), day(t, "2027-01-25")
	require.Equal(t, dates("2026-12-31", "2027-01-04", "2027-01-07", "2027-01-11", "2027-01-14", "2027-01-18", "2027-01-21", "2027-01-25"),
		civil.EachWeekday(from, to, from, 1, []int{4, 1}))
	// Every other week, from the week of 28 December: Monday the 4th is in the week that is left out.
	require.Equal(t, dates("2026-12-31", "2027-01-11", "2027-01-14", "2027-01-25"), civil.EachWeekday(from, to, from, 2, []int{1, 4}))
	require.Equal(t, dates("2027-01-11", "2027-01-14", "2027-01-25"), civil.EachWeekday(day(t, "2027-01-02"), to, from, 2, []int{1, 4}), "counted from the same week")
	require.Equal(t, dates("2028-01-31", "2028-02-29", "2028-03-30", "2028-03-31"), civil.EachMonthDay(day(t, "2028-01-31"), day(t, "2028-03-31"), []int{31, 30}))
	require.Equal(t, dates("2027-02-28"), civil.EachMonthDay(day(t, "2027-02-01"), day(t, "2027-02-28"), []int{29, 30, 31}))
	require.Empty(t, civil.EachMonthDay(to, from, []int{1}))

	var slow []civil.Date // weeks before the first count as well
	for at := range 400 {
		if d := day(t, "2025-06-01").AddDays(at); d.Weekday() == 2 && day(t, "2026-01-06").Days(d)%21 == 0 {
			slow = append(slow, d)
		}
	}
	require.Equal(t, slow, civil.EachWeekday(day(t, "2025-06-01"), day(t, "2025-06-01").AddDays(399), day(t, "2026-01-06"), 3, []int{2}))
	require.True(t, slices.IsSortedFunc(slow, civil.Date.Compare))
}
