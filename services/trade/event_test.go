package trade_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

func conference() trade.NewEvent {
	return trade.NewEvent{Kind: "conference", Name: "Hội nghị thử", CommuneCode: "25747", From: today, To: today.AddDays(1)}
}

func (m *market) drafted(who identity.Principal) trade.Event {
	m.t.Helper()
	event, err := m.DraftEvent(m.t.Context(), who, conference())
	require.NoError(m.t, err)
	return event
}

// announced is an event with two organisations and an outsider.
func (m *market) announced() (event trade.Event, participants [3]uuid.UUID) {
	m.t.Helper()
	event = m.drafted(m.caMau)
	for at, n := range []trade.NewParticipant{{OrganisationID: m.ann.OrganisationID}, {OrganisationID: m.may.OrganisationID}, {Name: "Đoàn ngoài sàn"}} {
		p, err := m.AddParticipant(m.t.Context(), m.hoChiMinh, event.ID, n)
		require.NoError(m.t, err)
		require.Equal(m.t, trade.Invited, p.Attendance)
		participants[at] = p.ID
	}
	event, err := m.MoveEvent(m.t.Context(), m.caMau, event.ID, nil, trade.MoveAnnounce, "")
	require.NoError(m.t, err)
	require.Equal(m.t, 3, event.Participants)
	return event, participants
}

func meet(a, b uuid.UUID, hour, minutes int) trade.NewMeeting {
	from := time.Date(2026, 12, 1, hour, 0, 0, 0, time.FixedZone("Vietnam", 7*3600))
	return trade.NewMeeting{Participants: []uuid.UUID{a, b}, From: from, To: from.Add(time.Duration(minutes) * time.Minute)}
}

// Nobody is in two meetings at once: of many that are arranged in parallel, those that stand never
// overlap for anybody, and a constraint, not luck, refuses the others.
func TestNobodyIsInTwoMeetingsAtOnce(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	event, people := m.announced()
	pairs := [][2]uuid.UUID{{people[0], people[1]}, {people[1], people[2]}, {people[2], people[0]}}
	var group sync.WaitGroup
	var mutex sync.Mutex
	var stands []trade.Meeting
	for n := range 24 {
		group.Go(func() {
			pair := pairs[n%3]
			made, err := m.ArrangeMeeting(t.Context(), m.caMau, event.ID, meet(pair[0], pair[1], 8+n%2, 30))
			if errors.Is(err, trade.ErrMeetingClash) {
				return
			}
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				t.Errorf("a clash is the only refusal: %v", err)
				return
			}
			stands = append(stands, made)
		})
	}
	group.Wait()
	require.Len(t, stands, 2, "one at each hour: any two of three pairs share somebody")
	require.NotEqual(t, stands[0].From, stands[1].From)

	ctx := t.Context()
	taken := meet(stands[0].Participants[0], stands[0].Participants[1], stands[0].From.Add(7*time.Hour).Hour(), 30)
	_, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, taken)
	require.ErrorIs(t, err, trade.ErrMeetingClash)
	for range 2 { // cancelled again it stays as it was
		cancelled, err := m.CancelMeeting(ctx, m.hoChiMinh, event.ID, stands[0].ID)
		require.NoError(t, err)
		require.NotNil(t, cancelled.CancelledAt)
	}
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, taken)
	require.NoError(t, err, "the time is free again")
	back := meet(people[0], people[1], 10, 30)
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, back)
	require.NoError(t, err)
	back.From, back.To = back.To, back.To.Add(time.Hour)
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, back)
	require.NoError(t, err, "one may begin when another ends")
}

func TestWhatIsWrongWithAMeeting(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	event, people := m.announced()
	other, strangers := m.announced()
	for name, one := range map[string]struct {
		n   trade.NewMeeting
		err error
	}{
		"with oneself":     {meet(people[0], people[0], 8, 30), fault.ErrOutOfRange},
		"alone":            {trade.NewMeeting{Participants: people[:1]}, fault.ErrOutOfRange},
		"of no length":     {meet(people[0], people[1], 8, 0), trade.ErrMeetingTime},
		"after the event":  {meet(people[0], people[1], 48, 30), trade.ErrMeetingTime},
		"beyond its end":   {meet(people[0], people[1], 47, 90), trade.ErrMeetingTime},
		"of another event": {meet(people[0], strangers[1], 8, 30), fault.ErrUnknownValue},
		"of nobody":        {meet(people[0], uuid.New(), 8, 30), fault.ErrUnknownValue},
	} {
		_, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, one.n)
		require.ErrorIs(t, err, one.err, name)
	}
	made, err := m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[1], 8, 30))
	require.NoError(t, err)
	_, err = m.CancelMeeting(ctx, m.caMau, other.ID, made.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.ArrangeMeeting(ctx, m.ann, event.ID, meet(people[0], people[1], 9, 30))
	require.ErrorIs(t, err, fault.ErrForbidden)
	for who, count := range map[*identity.Principal]int{&m.ann: 1, &m.may: 1, &m.ben: 0, &m.caMau: 1, &m.hoChiMinh: 1} {
		list, err := m.Meetings(ctx, *who, event.ID, trade.Page{Limit: 9})
		require.NoError(t, err)
		require.Len(t, list, count)
	}
	_, err = m.MoveEvent(ctx, m.caMau, event.ID, nil, trade.MoveCancel, "bão")
	require.NoError(t, err)
	_, err = m.ArrangeMeeting(ctx, m.caMau, event.ID, meet(people[0], people[1], 9, 30))
	require.ErrorIs(t, err, trade.ErrEventState)
}

func TestParticipantsAndTheirBooths(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	event, people := m.announced()
	change := func(id uuid.UUID, c trade.ParticipantChange) (trade.Participant, error) {
		return m.ChangeParticipant(ctx, m.caMau, event.ID, id, nil, c)
	}
	booth := trade.ParticipantChange{Booth: web.Some("A1"), BoothArea: web.Some(kg(9))}
	p, err := change(people[0], booth)
	require.NoError(t, err)
	require.Equal(t, "A1", p.Booth)
	require.Equal(t, kg(9), *p.BoothArea)
	_, err = change(people[1], booth)
	require.ErrorIs(t, err, trade.ErrBoothTaken)
	_, err = change(people[1], trade.ParticipantChange{BoothArea: web.Some(kg(9))})
	require.ErrorIs(t, err, fault.ErrRequired)
	_, err = change(people[1], trade.ParticipantChange{Booth: web.Some("A2"), BoothArea: web.Some(kg(-1))})
	require.ErrorIs(t, err, fault.ErrOutOfRange)
	p, err = change(people[0], trade.ParticipantChange{Booth: web.Null[string]()})
	require.NoError(t, err)
	require.Nil(t, p.BoothArea, "freed with its area")
	_, err = change(people[1], booth)
	require.NoError(t, err)

	for _, twice := range []trade.NewParticipant{{OrganisationID: m.ann.OrganisationID}, {Name: "ĐOÀN ngoài sàn"}} {
		_, err = m.AddParticipant(ctx, m.caMau, event.ID, twice)
		require.ErrorIs(t, err, trade.ErrParticipantTwice)
	}
	for _, wrong := range []trade.NewParticipant{{}, {OrganisationID: m.ben.OrganisationID, Name: "x"}} {
		_, err = m.AddParticipant(ctx, m.caMau, event.ID, wrong)
		require.ErrorIs(t, err, trade.ErrParty)
	}
	_, err = m.AddParticipant(ctx, m.caMau, event.ID, trade.NewParticipant{OrganisationID: m.hoChiMinh.OrganisationID})
	require.ErrorIs(t, err, fault.ErrUnknownValue)

	for _, who := range []identity.Principal{m.ann, m.ben, m.ben} { // invited or not, and again
		p, err = m.Enrol(ctx, who, event.ID)
		require.NoError(t, err)
		require.Equal(t, trade.Registered, p.Attendance)
	}
	_, err = m.Enrol(ctx, m.caMau, event.ID)
	require.ErrorIs(t, err, fault.ErrForbidden)
	declined := trade.Declined
	_, err = change(p.ID, trade.ParticipantChange{Attendance: &declined})
	require.NoError(t, err)
	for who, count := range map[*identity.Principal]int{&m.ben: 4, &m.may: 3, &m.hoChiMinh: 4} {
		list, err := m.Participants(ctx, *who, event.ID, trade.Page{Limit: 9})
		require.NoError(t, err)
		require.Len(t, list, count, "who declined is shown to officials and itself")
	}
	attended := trade.Attended
	_, err = change(people[0], trade.ParticipantChange{Attendance: &attended})
	require.NoError(t, err)
	held, err := m.MoveEvent(ctx, m.caMau, event.ID, nil, trade.MoveHold, "")
	require.NoError(t, err)
	require.Equal(t, 1, held.Attended)
	_, err = change(people[1], trade.ParticipantChange{Attendance: &attended})
	require.NoError(t, err, "attendance is noted after the event, too")
	_, err = m.Enrol(ctx, m.sum, event.ID)
	require.ErrorIs(t, err, trade.ErrEventState)

	ahead := conference()
	ahead.From, ahead.To = today.AddDays(5), today.AddDays(6)
	later, err := m.DraftEvent(ctx, m.caMau, ahead)
	require.NoError(t, err)
	added, err := m.AddParticipant(ctx, m.caMau, later.ID, trade.NewParticipant{Name: "x"})
	require.NoError(t, err)
	_, err = m.ChangeParticipant(ctx, m.caMau, later.ID, added.ID, nil, trade.ParticipantChange{Attendance: &attended})
	require.ErrorIs(t, err, trade.ErrEventNotBegun)
	_, err = m.ChangeParticipant(ctx, m.caMau, later.ID, people[0], nil, trade.ParticipantChange{})
	require.ErrorIs(t, err, fault.ErrNotFound)
}

func TestAnEventOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	body := `{"kind": "fair", "name": "Hội chợ thử", "place": "Nhà thi đấu", "from": "2026-12-01", "to": "2026-12-03"}`
	require.Equal(t, http.StatusForbidden, m.send(server, "ann", http.MethodPost, "/v1/trade-events", body).Code)
	answer := m.send(server, "hoChiMinh", http.MethodPost, "/v1/trade-events", body, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body)
	event := read[trade.Event](t, answer)
	require.Equal(t, m.hoChiMinh.OrganisationID, event.OrganiserID)
	again := m.send(server, "hoChiMinh", http.MethodPost, "/v1/trade-events", body, "Idempotency-Key", "one")
	require.Equal(t, event.ID, read[trade.Event](t, again).ID, "once per key")
	at := "/v1/trade-events/" + event.ID.String()
	for who, status := range map[string]int{"ann": http.StatusNotFound, "may": http.StatusNotFound, "caMau": http.StatusOK, "administrator": http.StatusOK} {
		require.Equal(t, status, m.send(server, who, http.MethodGet, at, "").Code, who)
	}
	require.Equal(t, http.StatusPreconditionRequired, m.send(server, "caMau", http.MethodPatch, at, `{"place": "Chợ"}`).Code)
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "caMau", http.MethodPatch, at, `{"place": "Chợ"}`, "If-Match", `"v9"`).Code)
	changed := m.send(server, "caMau", http.MethodPatch, at, `{"place": "Chợ", "commune_code": "25747"}`, "If-Match", answer.Header().Get("ETag"))
	require.Equal(t, http.StatusOK, changed.Code, changed.Body)
	require.Equal(t, "Chợ", read[trade.Event](t, changed).Place)
	for wrong, code := range map[string]string{
		`{"kind": "party"}`: "unknown_value", `{"to": "2026-11-01"}`: "date_order", `{"commune_code": "00000"}`: "unknown_value", `{"commune_code": null, "place": ""}`: "required",
	} {
		refused := m.send(server, "caMau", http.MethodPatch, at, wrong, "If-Match", "*")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Code, wrong)
		require.Contains(t, refused.Body.String(), code, wrong)
	}
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "administrator", http.MethodPost, "/v1/trade-events", body).Code, "it names the organiser")
	foreign := strings.Replace(body, `"kind"`, `"organiser_id": "`+m.ann.OrganisationID.String()+`", "kind"`, 1)
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "administrator", http.MethodPost, "/v1/trade-events", foreign).Code)
	require.Equal(t, http.StatusOK, m.send(server, "caMau", http.MethodPost, at+"/announce", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodGet, at, "").Code)
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "caMau", http.MethodPost, at+"/cancel", `{}`).Code)
	cancelled := m.send(server, "caMau", http.MethodPost, at+"/cancel", `{"reason": "bão"}`)
	require.Equal(t, http.StatusOK, cancelled.Code)
	require.Equal(t, "bão", read[trade.Event](t, cancelled).Reason)
	require.Equal(t, http.StatusConflict, m.send(server, "caMau", http.MethodPost, at+"/hold", "").Code)

	for range 2 {
		m.drafted(m.caMau)
	}
	path, seen := "/v1/trade-events?limit=1", 0
	for path != "" {
		answer := m.send(server, "caMau", http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, answer.Code)
		page := read[web.List[trade.Event]](t, answer)
		require.Len(t, page.Items, 1)
		seen++
		path = ""
		if page.NextCursor != "" {
			path = "/v1/trade-events?limit=1&cursor=" + page.NextCursor
		}
	}
	require.Equal(t, 3, seen)
	kinds := read[web.List[trade.Kind]](t, m.send(server, "ann", http.MethodGet, "/v1/trade/kinds", ""))
	require.Equal(t, "Hội nghị kết nối cung – cầu", kinds.Items[0].Name)
}
