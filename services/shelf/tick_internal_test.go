package shelf

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

// life is the whole life of a Green Tick, written down apart from the code: a row for each state, a
// column for each move. In a cell stands where each actor gets (supplier, system, official): the
// first letter of the state, 3 for "not yours to do", 9 for "not now".
const life = `
           apply withdraw approve refuse report answer clear confirm lift
applied    933   w33      3vv     3rr    399    933    399   399     339
approved   933   w33      399     399    3ss    933    399   399     339
refused    a33   933      399     399    399    933    399   399     339
withdrawn  a33   933      399     399    399    933    399   399     339
suspended  933   933      399     399    399    n33    3vv   3xx     339
answered   933   933      399     399    399    933    3vv   3xx     339
revoked    933   933      399     399    399    933    399   399     33w
`

func TestEveryCellOfAGreenTick(t *testing.T) {
	t.Parallel()
	states := map[byte]TickState{'a': TickApplied, 'v': TickApproved, 'r': TickRefused, 'w': TickWithdrawn, 's': TickSuspended, 'n': TickAnswered, 'x': TickRevoked}
	rows := strings.Split(strings.TrimSpace(life), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(steps))
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		for m, move := range moves {
			for a, actor := range []Actor{Supplier, BySystem, ByOfficial} {
				cells++
				due := now.Add(-time.Minute) // a case, if there is one, has waited long enough
				tick := Tick{State: TickState(fields[0]), AnswerDueAt: &due}
				next, err := tick.next(TickMove(move), actor, now)
				switch want := fields[m+1][a]; want {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %s", fields[0], move, actor)
				case '9':
					require.ErrorIs(t, err, ErrTickState, "%s %s %s", fields[0], move, actor)
				default:
					require.NoError(t, err, "%s %s %s", fields[0], move, actor)
					require.Equal(t, states[want], next.State, "%s %s %s", fields[0], move, actor)
				}
			}
		}
	}
	require.Equal(t, 7*9*3, cells)
	_, err := Tick{State: TickApplied}.next("sell", BySystem, now)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = Tick{State: TickApplied}.next(MoveApprove, "", now)
	require.ErrorIs(t, err, fault.ErrForbidden, "who only reads")
}

// A supplier has the whole 24 hours before a breach is confirmed without an answer.
func TestAnAnswerIsWaitedFor(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	reported, err := Tick{State: TickApproved}.next(MoveReport, BySystem, now)
	require.NoError(t, err)
	require.Equal(t, now.Add(24*time.Hour), *reported.AnswerDueAt)
	for after, possible := range map[time.Duration]bool{0: false, 24*time.Hour - time.Microsecond: false, 24 * time.Hour: true, 48 * time.Hour: true} {
		_, err := reported.next(MoveConfirm, BySystem, now.Add(after))
		require.Equal(t, possible, err == nil, after)
	}
	answered, err := reported.next(MoveAnswer, Supplier, now.Add(time.Hour))
	require.NoError(t, err)
	_, err = answered.next(MoveConfirm, BySystem, now.Add(2*time.Hour))
	require.NoError(t, err, "an answer may be found wanting at once")
	cleared, err := answered.next(MoveClear, BySystem, now.Add(2*time.Hour))
	require.NoError(t, err)
	require.Nil(t, cleared.AnswerDueAt)
	require.Nil(t, cleared.AnsweredAt)
}
