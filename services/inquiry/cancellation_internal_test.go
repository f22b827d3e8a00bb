package inquiry

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

// cancellationLife is the whole life of a request, written down apart from the code: a row for each
// state, a column for each move. In a cell stands where each side gets (asker, other side): the first
// letter of the state, 3 for "not yours to do", 9 for "not now".
const cancellationLife = `
          agree refuse withdraw
asked     3a    3r     w3
agreed    39    39     93
refused   39    39     93
withdrawn 39    39     93
lapsed    39    39     93
`

func TestEveryCellOfACancellation(t *testing.T) {
	t.Parallel()
	states := map[byte]CancellationState{'a': CancellationAgreed, 'r': CancellationRefused, 'w': CancellationWithdrawn}
	rows := strings.Split(strings.TrimSpace(cancellationLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(cancellationSteps))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		asked := Cancellation{State: CancellationState(fields[0])}
		for m, move := range moves {
			for a, actor := range []cancellationActor{asker, otherSide} {
				cells++
				next, err := asked.next(CancellationMove(move), actor)
				switch want := fields[m+1][a]; want {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %s", fields[0], move, actor)
				case '9':
					require.ErrorIs(t, err, ErrCancellationState, "%s %s %s", fields[0], move, actor)
				default:
					require.NoError(t, err, "%s %s %s", fields[0], move, actor)
					require.Equal(t, states[want], next, "%s %s %s", fields[0], move, actor)
				}
			}
		}
	}
	require.Equal(t, 5*3*2, cells)
}

// One side's word alone: a row for the day, a column for each side and reason.
func TestEveryCellOfAnEndAlone(t *testing.T) {
	t.Parallel()
	due := civil.New(2026, time.December, 15)
	for _, c := range []struct {
		today                                   civil.Date
		buyer, producer, buyerDefault, hersToDo any
	}{
		{due.AddDays(-1), CancelledAlone, CancelledAlone, ErrNotOverdue, fault.ErrForbidden},
		{due, ErrNeedsAgreement, ErrNeedsAgreement, ErrNotOverdue, fault.ErrForbidden},
		{due.AddDays(1), ErrNeedsAgreement, ErrNeedsAgreement, CancelledDefault, fault.ErrForbidden},
	} {
		for _, cell := range []struct {
			side   identity.OrganisationKind
			reason string
			want   any
		}{
			{identity.Buyer, "weather", c.buyer}, {identity.Producer, "weather", c.producer},
			{identity.Buyer, reasonDefault, c.buyerDefault}, {identity.Producer, reasonDefault, c.hersToDo},
		} {
			how, err := endsAlone(cell.side, cell.reason, due, c.today)
			if refusal, refused := cell.want.(*fault.Definition); refused {
				require.ErrorIs(t, err, refusal, "%s %s on %s", cell.side, cell.reason, c.today)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, cell.want, how, "%s %s on %s", cell.side, cell.reason, c.today)
		}
	}
}
