package notify_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// gathering is a draft of a trade event tomorrow and the day after.
func (m *market) gathering(service *trade.Service, host identity.Principal, invited ...identity.Principal) (trade.Event, []trade.Participant) {
	m.t.Helper()
	event, err := service.DraftEvent(m.t.Context(), host, trade.NewEvent{
		Kind: "conference", Name: "Hội nghị thử", CommuneCode: "25747", Place: "Nhà A", From: m.today().AddDays(1), To: m.today().AddDays(2),
	})
	require.NoError(m.t, err)
	var all []trade.Participant
	for _, who := range invited {
		p, err := service.AddParticipant(m.t.Context(), host, event.ID, trade.NewParticipant{OrganisationID: who.OrganisationID})
		require.NoError(m.t, err)
		all = append(all, p)
	}
	return event, all
}

// Participants of a trade event are told of what concerns them, once, and nobody is told of a draft.
func TestParticipantsOfATradeEventAreTold(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	desk := trade.NewService(m.db, m.lent.Book)
	host := m.authority()
	producer, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị C (hư cấu)")
	late, declines, stranger := m.organisation(identity.Buyer, "Siêu thị D"), m.organisation(identity.Producer, "Hợp tác xã E"), m.organisation(identity.Producer, "Hợp tác xã F")
	event, people := m.gathering(desk, host, producer, buyer, declines)
	declined := trade.Declined
	_, err := desk.ChangeParticipant(ctx, host, event.ID, people[2].ID, nil, trade.ParticipantChange{Attendance: &declined})
	require.NoError(t, err)
	at := func(hour int) time.Time { return event.From.In(reference.Zone()).Add(time.Duration(hour) * time.Hour) }
	met, err := desk.ArrangeMeeting(ctx, host, event.ID, trade.NewMeeting{Participants: []uuid.UUID{people[0].ID, people[1].ID}, From: at(8), To: at(9)})
	require.NoError(t, err)
	m.follow()
	require.Empty(t, m.heard(producer), "nobody is told of a draft")

	_, err = desk.MoveEvent(ctx, host, event.ID, nil, trade.MoveAnnounce, "")
	require.NoError(t, err)
	added, err := desk.AddParticipant(ctx, host, event.ID, trade.NewParticipant{OrganisationID: late.OrganisationID, Attendance: trade.Registered})
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.ElementsMatch(t, []string{"trade_event_invited", "trade_meeting_arranged"}, m.heard(producer))
	require.ElementsMatch(t, []string{"trade_event_invited", "trade_meeting_arranged"}, m.heard(buyer))
	require.Equal(t, []string{"trade_event_registered"}, m.heard(late))
	texts := func(who identity.Principal, language string) map[string]string {
		found := map[string]string{}
		for _, notice := range m.notices(who, language) {
			require.Equal(t, event.ID, *notice.TradeEventID)
			found[notice.Kind] = notice.Title + ": " + notice.Text
		}
		return found
	}
	vietnamese := func(d civil.Date) string { return d.In(time.UTC).Format("2/1/2006") }
	days := vietnamese(event.From) + " – " + vietnamese(event.To)
	commune, _ := m.lent.Book.Commune("25747")
	told := texts(producer, "vi")
	require.Equal(t, "Mời tham gia Hội nghị thử: Tổ chức của bạn được mời tham gia Hội nghị thử, "+days+", tại Nhà A, "+commune.Name+
		". Nếu tham gia, hãy đăng ký trong mục sự kiện.", told["trade_event_invited"])
	require.Contains(t, told["trade_meeting_arranged"], "hẹn gặp Siêu thị C (hư cấu) lúc 08:00–09:00, "+vietnamese(event.From)+" tại Hội nghị thử, Nhà A")

	_, err = desk.MoveMeeting(ctx, host, event.ID, met.ID, at(10), at(11))
	require.NoError(t, err)
	name, place := "Hội nghị lớn", "Nhà B"
	_, err = desk.AmendEvent(ctx, host, event.ID, nil, trade.EventChange{Name: &name})
	require.NoError(t, err)
	m.follow()
	require.Contains(t, texts(buyer, "en")["trade_meeting_moved"], "The meeting with Hợp tác xã A (hư cấu) at Hội nghị lớn was moved to 10:00–11:00, "+event.From.String())
	require.NotContains(t, m.heard(late), "trade_event_moved", "another name moves nobody")
	_, err = desk.AmendEvent(ctx, host, event.ID, nil, trade.EventChange{Place: &place, To: &event.From})
	require.NoError(t, err)
	m.follow()
	require.Contains(t, texts(late, "vi")["trade_event_moved"], "nay diễn ra "+vietnamese(event.From)+", tại Nhà B, ")

	_, err = desk.ArrangeMeeting(ctx, host, event.ID, trade.NewMeeting{Participants: []uuid.UUID{people[0].ID, added.ID}, From: at(12), To: at(13)})
	require.NoError(t, err)
	_, err = desk.ChangeParticipant(ctx, host, event.ID, people[1].ID, nil, trade.ParticipantChange{Attendance: &declined})
	require.NoError(t, err)
	m.follow()
	require.Contains(t, texts(producer, "en")["trade_meeting_cancelled"], "with Siêu thị C (hư cấu) at 10:00–11:00")
	_, err = desk.MoveEvent(ctx, host, event.ID, nil, trade.MoveCancel, "bão.")
	require.NoError(t, err)
	m.follow()
	require.Contains(t, texts(late, "vi")["trade_event_cancelled"], "đã bị huỷ, cùng với các cuộc gặp đã hẹn. Lý do: bão.")
	require.ElementsMatch(t, []string{
		"trade_event_invited", "trade_meeting_arranged", "trade_meeting_moved", "trade_event_moved", "trade_meeting_arranged", "trade_meeting_cancelled",
		"trade_event_cancelled",
	}, m.heard(producer), "each once; of the meetings of a cancelled event with the event")
	require.NotContains(t, m.heard(buyer), "trade_event_cancelled", "it had declined")
	require.Empty(t, m.heard(declines))
	require.Empty(t, m.heard(stranger))
	draft, _ := m.gathering(desk, host, stranger)
	_, err = desk.MoveEvent(ctx, host, draft.ID, nil, trade.MoveCancel, "thôi")
	require.NoError(t, err)
	m.follow()
	require.Empty(t, m.heard(stranger), "nobody knew of it")
}
