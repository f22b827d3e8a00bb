package trade

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
)

// memorandumLife is the whole life of a memorandum, written down apart from the code: a row for each
// state, a column for each move. In a cell stands where each actor gets – who recorded it, the party
// that did not, an official who did not: the letter of the state, 3 for "not yours to do", 9 for
// "not now".
const memorandumLife = `
           confirm contest end  withdraw
recorded   3c3     3x3     993  w33
confirmed  393     393     ee3  933
contested  3c3     393     993  w33
ended      393     393     993  933
withdrawn  393     393     993  933
`

func TestEveryCellOfAMemorandum(t *testing.T) {
	t.Parallel()
	states := map[byte]MemorandumState{'c': Confirmed, 'x': Contested, 'e': Ended, 'w': Withdrawn}
	now := time.Date(2026, 12, 1, 20, 0, 0, 0, time.UTC) // the second in Vietnam
	rows := strings.Split(strings.TrimSpace(memorandumLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(memorandumSteps))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		for m, move := range moves {
			for a, by := range []actor{{ByProducer, true}, {ByBuyer, false}, {ByOfficial, false}} {
				cells++
				before := Memorandum{
					State: MemorandumState(fields[0]), Producer: Party{ID: uuid.New()}, Buyer: Party{ID: uuid.New()}, ProducerAgreedAt: &now,
				}
				next, err := before.next(MemorandumMove(move), by, now)
				switch cell := fields[m+1][a]; cell {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %s", fields[0], move, by.side)
				case '9':
					require.ErrorIs(t, err, ErrMemorandumState, "%s %s %s", fields[0], move, by.side)
				default:
					require.NoError(t, err, "%s %s %s", fields[0], move, by.side)
					require.Equal(t, states[cell], next.State, "%s %s %s", fields[0], move, by.side)
					require.Equal(t, next.State == Ended, next.EndedOn == civil.New(2026, time.December, 2))
					require.Equal(t, move == "confirm", next.BuyerAgreedAt != nil)
				}
			}
		}
	}
	require.Equal(t, 5*4*3, cells)
	nobody := Memorandum{State: Recorded}
	_, err := nobody.next("sell", actor{ByBuyer, false}, now)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = nobody.next(MoveConfirm, actor{}, now)
	require.ErrorIs(t, err, fault.ErrForbidden, "whom it does not concern")
}

// What an authority entered is confirmed when both parties on the platform have agreed, or the one
// that is there; an authority that entered it may take it back and end it.
func TestWhatAnAuthorityEnteredNeedsBothParties(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	entered := Memorandum{State: Recorded, Producer: Party{ID: uuid.New()}, Buyer: Party{ID: uuid.New()}}
	half, err := entered.next(MoveConfirm, actor{ByBuyer, false}, now)
	require.NoError(t, err)
	require.Equal(t, Recorded, half.State)
	_, err = half.next(MoveConfirm, actor{ByBuyer, false}, now)
	require.ErrorIs(t, err, ErrMemorandumState, "it has agreed already")
	taken, err := half.next(MoveContest, actor{ByBuyer, false}, now)
	require.NoError(t, err)
	require.Nil(t, taken.BuyerAgreedAt, "who contests does not agree any more")
	done, err := half.next(MoveConfirm, actor{ByProducer, false}, now)
	require.NoError(t, err)
	require.Equal(t, Confirmed, done.State)
	ended, err := done.next(MoveEnd, actor{ByOfficial, true}, now)
	require.NoError(t, err)
	require.Equal(t, Ended, ended.State)
	alone := Memorandum{State: Recorded, Producer: Party{ID: uuid.New()}, Buyer: Party{Name: "Siêu thị ngoài sàn"}}
	done, err = alone.next(MoveConfirm, actor{ByProducer, false}, now)
	require.NoError(t, err)
	require.Equal(t, Confirmed, done.State)
}

// eventLife is the whole life of a trade event, as memorandumLife; "." is done and stays. All moves
// are an official's, but for enrol, which is a participant's.
const eventLife = `
           amend announce hold cancel admit enrol
draft      .     a        9    c      .     9
announced  .     9        h    c      .     .
held       9     9        9    9      .     9
cancelled  9     9        9    9      9     9
`

func TestEveryCellOfATradeEvent(t *testing.T) {
	t.Parallel()
	states := map[string]EventState{"a": EventAnnounced, "h": EventHeld, "c": EventCancelled}
	first := civil.New(2026, time.December, 5)
	rows := strings.Split(strings.TrimSpace(eventLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(eventSteps))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		for m, move := range moves {
			cells++
			before := Event{State: EventState(fields[0]), From: first, To: first}
			next, err := before.next(EventMove(move), first)
			switch cell := fields[m+1]; cell {
			case "9":
				require.ErrorIs(t, err, ErrEventState, "%s %s", fields[0], move)
			case ".":
				require.NoError(t, err, "%s %s", fields[0], move)
				require.Equal(t, before.State, next.State)
			default:
				require.NoError(t, err, "%s %s", fields[0], move)
				require.Equal(t, states[cell], next.State, "%s %s", fields[0], move)
			}
		}
	}
	require.Equal(t, 4*6, cells)
	_, err := Event{State: EventAnnounced, From: first}.next(MoveHold, first.AddDays(-1))
	require.ErrorIs(t, err, ErrEventNotBegun)
	_, err = Event{State: EventAnnounced, From: first}.next("sell", first)
	require.ErrorIs(t, err, ErrEventState)
}
