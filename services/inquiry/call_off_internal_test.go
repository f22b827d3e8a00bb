package inquiry

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// callOffLife is the whole life of a call-off, written down apart from the code: a row for each state, a
// column for each move. In a cell stands where each side gets (buyer, producer): the first letter of the
// state, 3 for "not yours to do", 9 for "not now".
const callOffLife = `
          confirm refuse cancel
proposed  3o      3r     x3
confirmed 39      39     x3
refused   39      39     93
cancelled 39      39     93
`

func TestEveryCellOfACallOff(t *testing.T) {
	t.Parallel()
	states := map[byte]CallOffState{'o': CallOffConfirmed, 'r': CallOffRefused, 'x': CallOffCancelled}
	rows := strings.Split(strings.TrimSpace(callOffLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(callOffSteps))
	today := civil.New(2026, time.December, 15)
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		call := CallOff{State: CallOffState(fields[0]), Quantity: quantity.Of(2), DeliverOn: today.AddDays(1)}
		for m, move := range moves {
			for s, buyer := range []bool{true, false} {
				cells++
				next, err := call.next(CallOffMove(move), buyer, "too dear", today)
				switch want := fields[m+1][s]; want {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %v", fields[0], move, buyer)
				case '9':
					require.ErrorIs(t, err, ErrCallOffState, "%s %s %v", fields[0], move, buyer)
				default:
					require.NoError(t, err, "%s %s %v", fields[0], move, buyer)
					require.Equal(t, states[want], next, "%s %s %v", fields[0], move, buyer)
				}
			}
		}
	}
	require.Equal(t, 4*3*2, cells)

	call := CallOff{State: CallOffConfirmed, Quantity: quantity.Of(2), DeliverOn: today}
	for day, want := range map[int]error{-1: nil, 0: ErrCallOffDay, 1: nil} {
		_, err := call.next(MoveCancelCall, true, "too dear", today.AddDays(day))
		require.ErrorIs(t, err, want, day)
	}
	_, err := call.next(MoveCancelCall, true, "", today.AddDays(1))
	require.ErrorIs(t, err, fault.ErrRequired)
	call.Drawn = call.Quantity
	_, err = call.next(MoveCancelCall, true, "too dear", today.AddDays(1))
	require.ErrorIs(t, err, ErrNothingLeft)
}
