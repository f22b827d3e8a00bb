package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// meetingKinds says which events of the trail about meetings are told, and as what.
//
//nolint:gochecknoglobals // an immutable table
var meetingKinds = map[string]string{
	trade.TrailMeetingArranged: "trade_meeting_arranged", trade.TrailMeetingMoved: "trade_meeting_moved", trade.TrailMeetingCancelled: "trade_meeting_cancelled",
}

// comingKinds is what participants are told of an event when they first hear of it. Who declined is told
// nothing.
//
//nolint:gochecknoglobals // an immutable table
var comingKinds = map[trade.Attendance]string{
	trade.Invited: "trade_event_invited", trade.Registered: "trade_event_registered", trade.Attended: "trade_event_registered",
}

// gathering is an event of the trail about a trade event, with what it says.
type gathering struct {
	identity.SealedEvent
	gatheringSaid

	days facts
}

// gatheringSaid is what the trail says besides.
type gatheringSaid struct {
	From          trade.EventState `json:"from"`
	State         trade.EventState `json:"state"`
	Moved         bool             `json:"moved"`
	StartsOn      string           `json:"starts_on"`
	EndsOn        string           `json:"ends_on"`
	ParticipantID uuid.UUID        `json:"participant_id"`
	Attendance    trade.Attendance `json:"attendance"`
	MeetingID     uuid.UUID        `json:"meeting_id"`
	Participants  [2]uuid.UUID     `json:"participants"`
	StartsAt      time.Time        `json:"starts_at"`
	EndsAt        time.Time        `json:"ends_at"`
}

// tells reports whether anybody is told: nobody of a draft, nor of what is over.
func (g *gathering) tells() bool {
	switch g.Action {
	case trade.TrailAnnounced:
		return true
	case trade.TrailCancelled:
		return g.From == trade.EventAnnounced
	case trade.TrailAmended:
		return g.From == trade.EventAnnounced && g.Moved
	case trade.TrailParticipantAdded, trade.TrailMeetingArranged, trade.TrailMeetingMoved, trade.TrailMeetingCancelled:
		return g.State == trade.EventAnnounced
	default:
		return false
	}
}

// tellOfTradeEvents tells participants of trade events what concerns them.
func tellOfTradeEvents(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var gatherings []gathering
	var ids []uuid.UUID
	for _, event := range events {
		g := gathering{SealedEvent: event}
		if event.Action != trade.TrailParticipantAdded && meetingKinds[event.Action] == "" && event.Action != trade.TrailAnnounced &&
			event.Action != trade.TrailAmended && event.Action != trade.TrailCancelled {
			continue
		}
		if err := json.Unmarshal(event.Detail, &g.gatheringSaid); err != nil {
			return fmt.Errorf("reading what event %d says: %w", event.Seq, err)
		}
		if g.StartsOn != "" {
			var errs [2]error
			g.days.Day, errs[0] = civil.Parse(g.StartsOn)
			g.days.Until, errs[1] = civil.Parse(g.EndsOn)
			if err := errors.Join(errs[:]...); err != nil {
				return fmt.Errorf("reading the days of event %d: %w", event.Seq, err)
			}
		}
		if g.tells() {
			gatherings, ids = append(gatherings, g), append(ids, event.SubjectID)
		}
	}
	if len(gatherings) == 0 {
		return nil
	}
	participants, err := trade.ParticipantsToldTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	meetings, err := trade.MeetingsToldTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	about, err := trade.EventsToldIn(ctx, tx, ids)
	if err != nil {
		return err
	}
	coming := make(map[uuid.UUID]invitees)
	for _, p := range participants {
		coming[p.EventID] = append(coming[p.EventID], p)
	}
	var notices []newNotice
	for _, g := range gatherings {
		if meetingKinds[g.Action] != "" {
			notices = append(notices, g.ofMeeting(coming[g.SubjectID])...)
			continue
		}
		notices = append(notices, g.ofEvent(coming[g.SubjectID], about[g.SubjectID].Reason)...)
		if g.Action != trade.TrailAnnounced {
			continue
		}
		for _, m := range meetings[g.SubjectID] { // arranged while it was a draft
			arranged := gathering{SealedEvent: g.SealedEvent, gatheringSaid: gatheringSaid{MeetingID: m.ID, Participants: m.Participants, StartsAt: m.From, EndsAt: m.To}}
			arranged.Action = trade.TrailMeetingArranged
			notices = append(notices, arranged.ofMeeting(coming[g.SubjectID])...)
		}
	}
	for at := range notices {
		notices[at].DueAt = tx.Now
	}
	return insertNotices(ctx, tx, notices)
}

// invitees are the participants of one event.
type invitees []trade.ParticipantTold

func (i invitees) find(id uuid.UUID) trade.ParticipantTold {
	if at := slices.IndexFunc(i, func(p trade.ParticipantTold) bool { return p.ID == id }); at >= 0 {
		return i[at]
	}
	return trade.ParticipantTold{}
}

// told is a notice to a participant; of the notices of an event of the trail those are kept that reach somebody.
func (g *gathering) told(kind, once string, to trade.ParticipantTold, said facts) []newNotice {
	if to.OrganisationID == uuid.Nil || comingKinds[to.Attendance] == "" {
		return nil
	}
	return []newNotice{{
		OrganisationID: to.OrganisationID, Kind: kind, TradeEventID: postgres.NullID(g.SubjectID), Once: kind + ":" + once, Facts: said,
	}}
}

// ofMeeting tells the two who meet, each of the other.
func (g *gathering) ofMeeting(coming invitees) []newNotice {
	kind, once := meetingKinds[g.Action], g.MeetingID.String()
	if g.Action == trade.TrailMeetingMoved {
		once = fmt.Sprintf("%s:%d", once, g.Seq)
	}
	all := make([]newNotice, 0, len(g.Participants))
	for at, id := range g.Participants {
		other := coming.find(g.Participants[1-at])
		said := facts{StartsAt: g.StartsAt, EndsAt: g.EndsAt, PartyID: other.OrganisationID, Party: other.Name}
		all = append(all, g.told(kind, once, coming.find(id), said)...)
	}
	return all
}

// ofEvent tells the participants of the event itself.
func (g *gathering) ofEvent(coming invitees, reason string) []newNotice {
	all := make([]newNotice, 0, len(coming))
	days, event := g.days, g.SubjectID.String()
	for _, p := range coming {
		switch g.Action {
		case trade.TrailAnnounced:
			all = append(all, g.told(comingKinds[p.Attendance], event, p, days)...)
		case trade.TrailParticipantAdded:
			if p.ID == g.ParticipantID {
				all = append(all, g.told(comingKinds[g.Attendance], event, p, days)...)
			}
		case trade.TrailAmended:
			all = append(all, g.told("trade_event_moved", fmt.Sprintf("%s:%d", event, g.Seq), p, days)...)
		case trade.TrailCancelled:
			days.Reason = reason
			all = append(all, g.told("trade_event_cancelled", event, p, days)...)
		}
	}
	return all
}
