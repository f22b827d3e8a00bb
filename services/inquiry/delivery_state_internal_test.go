package inquiry

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

// deliveryLife is the whole life of a delivery, written down apart from the code: a row for each
// state, a column for each move. In a cell stands where each actor gets (supplier, receiver, dock):
// the first letter of the state, t for settled, 3 for "not yours to do", 9 for "not now", 8 for
// "received before".
const deliveryLife = `
             schedule cancel dispatch link receive dispute propose agree withdraw photo
none         s33      933    d33      393  399     993     993     993   993 399
scheduled    933      c33    d33      3s3  399     993     993     993   993 399
cancelled    933      933    933      393  399     993     993     993   993 399
dispatched   933      933    933      3d3  3rr     993     993     993   993 3dd
unconfirmed  933      933    933      3u3  3rr     993     993     993   993 3uu
received     933      933    933      393  388     pp3     993     993   993 3rr
disputed     933      933    933      393  388     993     pp3     tt3   rr3 3pp
settled      933      933    933      393  388     993     993     993   993 399
`

func TestEveryCellOfADelivery(t *testing.T) {
	t.Parallel()
	states := map[byte]DeliveryState{
		's': DeliveryScheduled, 'c': DeliveryCancelled, 'd': DeliveryDispatched, 'u': DeliveryUnconfirmed, 'r': DeliveryReceived,
		'p': DeliveryDisputed, 't': DeliverySettled,
	}
	rows := strings.Split(strings.TrimSpace(deliveryLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(deliverySteps))
	require.Len(t, rows, 1+1+len(states))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		from := DeliveryState(fields[0])
		if fields[0] == "none" {
			from = deliveryNone
		}
		for m, move := range moves {
			for a, actor := range []deliveryActor{bySupplier, byReceiver, byDock} {
				cells++
				to, err := from.next(deliveryMove(move), actor)
				switch want := fields[m+1][a]; want {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %s", fields[0], move, actor)
				case '8':
					require.ErrorIs(t, err, ErrReceived, "%s %s %s", fields[0], move, actor)
				case '9':
					require.ErrorIs(t, err, ErrDeliveryState, "%s %s %s", fields[0], move, actor)
				default:
					require.NoError(t, err, "%s %s %s", fields[0], move, actor)
					require.Equal(t, states[want], to, "%s %s %s", fields[0], move, actor)
				}
			}
		}
	}
	require.Equal(t, len(rows[1:])*len(deliverySteps)*3, cells)
	_, err := DeliveryDispatched.next("sell", byReceiver)
	require.ErrorIs(t, err, fault.ErrForbidden)
}

// Where a delivery stands follows from what was noted and from the clock.
func TestTheStateOfADelivery(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	earlier, later := now.Add(-time.Microsecond), now.Add(time.Microsecond)
	for _, test := range []struct {
		record deliveryRecord
		want   DeliveryState
	}{
		{deliveryRecord{}, DeliveryScheduled},
		{deliveryRecord{CancelledAt: &earlier}, DeliveryCancelled},
		{deliveryRecord{DispatchedAt: &earlier}, DeliveryDispatched},
		{deliveryRecord{DispatchedAt: &earlier, ConfirmBy: &now}, DeliveryDispatched},
		{deliveryRecord{DispatchedAt: &earlier, ConfirmBy: &later}, DeliveryDispatched},
		{deliveryRecord{DispatchedAt: &earlier, ConfirmBy: &earlier}, DeliveryUnconfirmed},
		{deliveryRecord{DispatchedAt: &earlier, ConfirmBy: &earlier, ReceivedAt: &now}, DeliveryReceived},
		{deliveryRecord{DispatchedAt: &earlier, ReceivedAt: &now, dispute: &disputeRecord{}}, DeliveryDisputed},
		{deliveryRecord{DispatchedAt: &earlier, ReceivedAt: &now, dispute: &disputeRecord{WithdrawnAt: &now}}, DeliveryReceived},
		{deliveryRecord{DispatchedAt: &earlier, ReceivedAt: &now, dispute: &disputeRecord{SettledAt: &now}}, DeliverySettled},
	} {
		require.Equal(t, test.want, test.record.state(now))
	}
}
