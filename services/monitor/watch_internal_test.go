package monitor

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

// watchLife is the whole life of a watch, written down apart from the code: a row for each state, a column for
// each move. In a cell stands where each actor gets – the authority of the side, the platform, all others: the
// letter of the state, 3 for "not yours to do", 9 for "not now".
const watchLife = `
           propose put accept dismiss review end
none       3p3     w33 933    933     933    933
proposed   393     933 w33    d33     933    933
watched    393     933 933    933     w33    e33
dismissed  393     933 933    933     933    933
ended      393     933 933    933     933    933
`

func TestEveryCellOfAWatch(t *testing.T) {
	t.Parallel()
	states := map[byte]WatchState{'p': Proposed, 'w': Watched, 'd': Dismissed, 'e': WatchOver}
	rows := strings.Split(strings.TrimSpace(watchLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(watchSteps))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		before := WatchState(strings.TrimPrefix(fields[0], "none"))
		for m, move := range moves {
			for a, by := range []watcher{byAuthority, byPlatform, byOthers} {
				cells++
				after, err := before.next(WatchMove(move), by)
				switch cell := fields[m+1][a]; cell {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %s", fields[0], move, by)
				case '9':
					require.ErrorIs(t, err, ErrWatchState, "%s %s %s", fields[0], move, by)
				default:
					require.NoError(t, err, "%s %s %s", fields[0], move, by)
					require.Equal(t, states[cell], after)
				}
			}
		}
	}
	require.Equal(t, 5*6*3, cells)
	_, err := Watched.next("forget", byAuthority)
	require.ErrorIs(t, err, fault.ErrForbidden)
}

// A watch is proposed from the share and the number of cases a rule names, not before, and of nobody of whom
// it was decided lately.
func TestFromWhichFactsAWatchIsProposed(t *testing.T) {
	t.Parallel()
	share := int64(100)
	rules := []WatchRule{{Code: "rejected", Kind: identity.Producer, Reason: "rejections", Cases: 10, Permille: &share, QuietDays: 90}, {Code: "breaches", Kind: identity.Producer, Reason: "green_tick", Cases: 2, QuietDays: 30}}
	one := uuid.New()
	kinds := map[uuid.UUID]identity.OrganisationKind{one: identity.Producer}
	never := func(uuid.UUID, int) bool { return false }
	for _, test := range []struct {
		facts  []WatchFact
		reason string
		kept   int
	}{
		{[]WatchFact{{Rule: "rejected", Cases: 10, Permille: 100}}, "rejections", 1},
		{[]WatchFact{{Rule: "rejected", Cases: 9, Permille: 900}}, "", 0},
		{[]WatchFact{{Rule: "rejected", Cases: 500, Permille: 99}}, "", 0},
		{[]WatchFact{{Rule: "breaches", Cases: 2}}, "green_tick", 1},
		{[]WatchFact{{Rule: "breaches", Cases: 1}}, "", 0},
		{[]WatchFact{{Rule: "breaches", Cases: 3}, {Rule: "rejected", Line: "rice", Cases: 20, Permille: 300}}, "rejections", 2},
		{[]WatchFact{{Rule: "unknown", Cases: 1000, Permille: 1000}}, "", 0},
	} {
		made := proposals(rules, map[uuid.UUID][]WatchFact{one: test.facts}, kinds, never)
		if test.kept == 0 {
			require.Empty(t, made)
			continue
		}
		require.Len(t, made, 1)
		require.Equal(t, test.reason, made[0].Reason)
		require.Len(t, made[0].Facts, test.kept)
	}
	broken := map[uuid.UUID][]WatchFact{one: {{Rule: "breaches", Cases: 3}}}
	require.Empty(t, proposals(rules, broken, kinds, func(id uuid.UUID, days int) bool { return id == one && days == 30 }))
	require.NotEmpty(t, proposals(rules, broken, kinds, func(_ uuid.UUID, days int) bool { return days == 90 }), "each rule is quiet for its own days")
	require.Empty(t, proposals(rules, broken, map[uuid.UUID]identity.OrganisationKind{one: identity.Buyer}, never), "a rule is about organisations of its kind")
	require.Empty(t, proposals(rules, broken, nil, never), "who does not trade is not watched over")
}

func TestWorkingDaysLeaveOutWeekendsAndDaysOff(t *testing.T) {
	t.Parallel()
	off := map[civil.Date]bool{civil.New(2027, time.April, 30): true}
	thursday := civil.New(2027, time.April, 29)
	require.Equal(t, civil.New(2027, time.May, 3), workingDue(thursday, 1, off), "a day off, a Saturday and a Sunday")
	require.Equal(t, civil.New(2027, time.April, 30), workingDue(thursday, 1, nil))
	require.Equal(t, civil.New(2027, time.May, 5), workingDue(thursday, 3, off))
	require.Equal(t, civil.New(2027, time.April, 26), workingDue(civil.New(2027, time.April, 24), 1, off), "what comes on a Saturday")
}

func TestDeskItemsAgeByTheClock(t *testing.T) {
	t.Parallel()
	three, left := 3, -1
	now := time.Date(2027, 4, 15, 5, 0, 0, 0, time.UTC) // a Thursday
	waited := DeskItem{Since: now.Add(-49 * time.Hour)}
	waited.age(deskRule{WorkingDays: &three}, now, nil)
	require.Equal(t, []any{2, civil.New(2027, time.April, 16), false}, []any{waited.Days, waited.Due, waited.Overdue})
	waited.age(deskRule{WorkingDays: &three}, now.AddDate(0, 0, 2), nil)
	require.True(t, waited.Overdue)
	late := DeskItem{Since: now, HoursLeft: &left}
	late.age(deskRule{}, now, nil)
	require.True(t, late.Overdue)
	sum := deskRule{Code: "x"}.summed([]DeskItem{waited, late})
	require.Equal(t, []any{2, 2, waited.Since, waited.Due}, []any{sum.Count, sum.Overdue, *sum.OldestAt, sum.NextDue})
}
