package trade_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// standing are the meetings of an event that were not cancelled.
func (m *market) standing(event uuid.UUID) []trade.Meeting {
	m.t.Helper()
	all, err := m.Meetings(m.t.Context(), m.caMau, event, trade.Page{Limit: 99})
	require.NoError(m.t, err)
	var stand []trade.Meeting
	for _, each := range all {
		if each.CancelledAt == nil {
			stand = append(stand, each)
		}
	}
	return stand
}

// Whatever is arranged, moved, cancelled and put on other days at the same time: no meeting stands in an event that
// is cancelled, nor outside the days of one that is not.
func TestMeetingsStandWithinTheirEvents(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	refusals := map[error]int{}
	for round := range 8 {
		event, people := m.announced()
		moved, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[1], 7, 30))
		require.NoError(t, err)
		var group sync.WaitGroup
		var mutex sync.Mutex
		start := make(chan struct{})
		do := func(act func() error) {
			group.Go(func() {
				<-start
				err := act()
				mutex.Lock()
				defer mutex.Unlock()
				for _, known := range []error{trade.ErrEventState, trade.ErrMeetingTime, trade.ErrMeetingsOutside} {
					if errors.Is(err, known) {
						refusals[known]++
						return
					}
				}
				if err != nil {
					t.Errorf("no other refusal: %v", err)
				}
			})
		}
		for n := range 6 {
			do(func() error {
				_, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[n%2], people[2], 32+n, 30)) // on the second day
				return err
			})
		}
		do(func() error {
			later := meet(people[0], people[1], 45, 30)
			_, err := m.MoveMeeting(ctx, m.hoChiMinh, event.ID, moved.ID, later.From, later.To)
			return err
		})
		do(func() error {
			if round%2 == 0 {
				_, err := m.MoveEvent(ctx, m.caMau, event.ID, nil, trade.MoveCancel, "bão")
				return err
			}
			_, err := m.AmendEvent(ctx, m.caMau, event.ID, nil, trade.EventChange{To: &event.From})
			return err
		})
		close(start)
		group.Wait()
		now, err := m.Event(ctx, m.caMau, event.ID)
		require.NoError(t, err)
		stand := m.standing(event.ID)
		if now.State == trade.EventCancelled {
			require.Empty(t, stand)
		}
		for _, each := range stand {
			require.False(t, each.To.After(now.To.AddDays(1).In(time.FixedZone("Vietnam", 7*3600))))
		}
	}
	require.NotEmpty(t, refusals, "something must have met something")
}

func TestAMeetingIsMoved(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	event, people := m.announced()
	made, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[1], 8, 30))
	require.NoError(t, err)
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[1], people[2], 10, 30))
	require.NoError(t, err)
	move := func(who identity.Principal, hour, minutes int) (trade.Meeting, error) {
		at := meet(people[0], people[1], hour, minutes)
		return m.MoveMeeting(ctx, who, event.ID, made.ID, at.From, at.To)
	}
	moved, err := move(m.hoChiMinh, 9, 60)
	require.NoError(t, err)
	require.Equal(t, time.Hour, moved.From.Sub(made.From))
	require.Equal(t, moved, m.standing(event.ID)[0])
	for range 2 { // to where it is already
		moved, err = move(m.caMau, 8, 60)
		require.NoError(t, err)
	}
	require.Equal(t, made.From, moved.From)
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[2], 9, 30))
	require.NoError(t, err, "where it was is free")
	_, err = move(m.caMau, 10, 30)
	require.ErrorIs(t, err, trade.ErrMeetingClash)
	_, err = move(m.caMau, 48, 30)
	require.ErrorIs(t, err, trade.ErrMeetingTime)
	_, err = move(m.ann, 11, 30)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.MoveMeeting(ctx, m.caMau, event.ID, uuid.New(), made.From, made.To)
	require.ErrorIs(t, err, fault.ErrNotFound)

	first := event.From
	_, err = m.AmendEvent(ctx, m.caMau, event.ID, nil, trade.EventChange{To: &first})
	require.NoError(t, err, "all stand within it")
	later := event.To
	_, err = m.AmendEvent(ctx, m.caMau, event.ID, nil, trade.EventChange{From: &later, To: &later})
	require.ErrorIs(t, err, trade.ErrMeetingsOutside)
	_, err = m.CancelMeeting(ctx, m.caMau, event.ID, made.ID)
	require.NoError(t, err)
	_, err = move(m.caMau, 11, 30)
	require.ErrorIs(t, err, trade.ErrMeetingCancelled)
}

// Who declines is in no meeting any more, and in none that is arranged later.
func TestWhoDeclinesMeetsNobody(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	event, people := m.announced()
	server := m.edge()
	for _, n := range []trade.NewMeeting{meet(people[0], people[1], 15, 30), meet(people[1], people[2], 16, 30), meet(people[0], people[2], 17, 30)} {
		_, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, n)
		require.NoError(t, err)
	}
	declined := trade.Declined
	_, err := m.ChangeParticipant(ctx, m.hoChiMinh, event.ID, people[1], nil, trade.ParticipantChange{Attendance: &declined})
	require.NoError(t, err)
	stand := m.standing(event.ID)
	require.Len(t, stand, 1)
	require.NotContains(t, stand[0].Participants, people[1])
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[1], 18, 30))
	require.ErrorIs(t, err, trade.ErrDeclined)
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[2], 15, 30))
	require.NoError(t, err, "the time of the others is free")
	at := "/v1/trade-events/" + event.ID.String() + "/meetings/" + stand[0].ID.String() + "/move"
	answer := m.send(server, "caMau", http.MethodPost, at, `{"from": "2026-12-01T19:00:00+07:00", "to": "2026-12-01T19:30:00+07:00"}`)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	require.Equal(t, 12, read[trade.Meeting](t, answer).From.UTC().Hour())
	require.Equal(t, http.StatusForbidden, m.send(server, "ann", http.MethodPost, at, `{"from": "2026-12-01T19:00:00+07:00", "to": "2026-12-01T19:30:00+07:00"}`).Code)
}
