package portal

import (
	"context"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

const eventsPath = "/trade"

//nolint:gochecknoglobals // immutable texts
var (
	menuTrade          = text("Kết nối cung cầu", "Trade promotion")
	eventsTitle        = text("Sự kiện xúc tiến", "Trade events")
	eventTitle         = text("Một sự kiện xúc tiến", "A trade event")
	eventsNone         = text("Không có sự kiện nào.", "There are no events.")
	eventsName         = text("Sự kiện", "Event")
	eventsDays         = text("Thời gian", "Days")
	eventsPlace        = text("Địa điểm", "Place")
	eventsComing       = text("Đăng ký", "Taking part")
	eventsCame         = text("Có mặt", "Attended")
	eventsMemoranda    = text("Biên bản", "Memoranda")
	eventsAny          = text("Tất cả", "Any")
	eventOrganiser     = text("Đơn vị tổ chức", "Organiser")
	eventCancelled     = text("Lý do huỷ", "Why it was cancelled")
	eventParticipants  = text("Bên tham gia", "Participants")
	eventBooth         = text("Gian hàng", "Booth")
	eventArea          = text("Diện tích (m²)", "Area (m²)")
	eventAttendance    = text("Tham dự", "Attendance")
	eventOffPlatform   = text("ngoài sàn", "not on the platform")
	eventMeetings      = text("Buổi gặp", "Meetings")
	eventMeetingOf     = text("Hai bên", "Who meets")
	eventMeetingAt     = text("Thời gian", "Time")
	eventMeetingState  = text("Tình trạng", "State")
	eventMeetingStands = text("giữ lịch", "stands")
	eventMeetingOff    = text("đã huỷ", "cancelled")
	eventNobody        = text("Chưa có bên nào.", "Nobody takes part yet.")
	eventNoMeeting     = text("Chưa xếp buổi gặp nào.", "No meeting is arranged.")
	eventFirst         = text("Hiển thị %s mục đầu tiên.", "The first %s are shown.")
	tradeBack          = text("Về danh sách", "Back to the list")
	tradeAllLines      = text("Tất cả ngành hàng", "Any line")
)

// eventStates are what people call the states of a trade event, with how they are marked.
//
//nolint:gochecknoglobals // an immutable table
var eventStates = map[trade.EventState]struct {
	names reference.Names
	mark  string
}{
	trade.EventDraft:     {text("bản nháp", "draft"), markPlain},
	trade.EventAnnounced: {text("đã công bố", "announced"), markWaits},
	trade.EventHeld:      {text("đã tổ chức", "held"), markGood},
	trade.EventCancelled: {text("đã huỷ", "cancelled"), markBad},
}

// attendances are what people call whether a participant comes.
//
//nolint:gochecknoglobals // an immutable table
var attendances = map[trade.Attendance]reference.Names{
	trade.Invited: text("được mời", "invited"), trade.Registered: text("đã đăng ký", "registered"),
	trade.Attended: text("có mặt", "attended"), trade.Declined: text("từ chối", "declined"),
}

// tradeRows is how many things a page of a list of trade promotion has, atEvent how many participants and meetings
// of an event are shown.
const (
	tradeRows = 25
	atEvent   = 500
)

func eventPath(id uuid.UUID) string { return "/trade/events/" + id.String() }

// eventsView is what the list of events shows.
type eventsView struct {
	states, kinds []choice
	list          listing
	next          templ.SafeURL
	writes        bool
}

func showEvents(ctx context.Context, s *Service, v *visit) error {
	kinds, err := s.tradeKinds(ctx)
	if err != nil {
		return err
	}
	view := &eventsView{kinds: kinds.choices(v, kindOfEvent, v.query.Get("kind")), writes: v.who.MayWrite("monitor") == nil}
	for _, state := range []trade.EventState{trade.EventDraft, trade.EventAnnounced, trade.EventHeld, trade.EventCancelled} {
		view.states = append(view.states, choice{value: string(state), label: v.say(eventStates[state].names), chosen: v.query.Get("state") == string(state)})
	}
	filter := trade.EventFilter{Kind: v.query.Get("kind"), State: trade.EventState(v.query.Get("state")), Page: trade.Page{Limit: tradeRows + 1}}
	if err := v.after(&filter.After); err != nil {
		return err
	}
	events, err := s.trade.Events(ctx, v.who, filter)
	if err != nil {
		return err
	}
	if len(events) > tradeRows {
		events = events[:tradeRows]
		view.next = v.further(events[tradeRows-1].ID)
	}
	view.list = listing{caption: v.say(eventsTitle), none: v.say(eventsNone), heads: heads(
		v.say(eventsName), v.formField("state"), v.say(eventsDays), v.say(eventsPlace), "#"+v.say(eventsComing), "#"+v.say(eventsCame), "#"+v.say(eventsMemoranda),
	)}
	for _, each := range events {
		state := eventStates[each.State]
		view.list.rows = append(view.list.rows, []listed{
			{text: each.Name, link: templ.SafeURL(eventPath(each.ID)), under: kinds.name(v, kindOfEvent, each.Kind), long: true}, {text: v.say(state.names), mark: state.mark},
			{text: v.day(each.From) + " – " + v.day(each.To)}, {text: s.placeOf(v, each), long: true},
			{text: v.count(each.Participants)}, {text: v.count(each.Attended)}, {text: v.count(each.Memoranda)},
		})
	}
	v.content = eventsPageOf(v, view)
	return nil
}

// placeOf says where an event is.
func (s *Service) placeOf(v *visit, e trade.Event) string {
	commune := ""
	if e.CommuneCode != "" {
		commune = s.naming(v).of(ledger.ByCommune, e.CommuneCode)
	}
	switch {
	case e.Place == "":
		return commune
	case commune == "":
		return e.Place
	default:
		return e.Place + ", " + commune
	}
}

// eventView is what the page of one event shows.
type eventView struct {
	name                   string
	state                  listed
	facts                  []listedFact
	participants, meetings listing
	some                   string
	forms                  []decision
	writes                 bool
}

func showEvent(ctx context.Context, s *Service, v *visit) error {
	id, err := v.pathID()
	if err != nil {
		return err
	}
	e, err := s.trade.Event(ctx, v.who, id)
	if err != nil {
		return err
	}
	participants, err := s.trade.Participants(ctx, v.who, id, trade.Page{Limit: atEvent})
	if err != nil {
		return err
	}
	meetings, err := s.trade.Meetings(ctx, v.who, id, trade.Page{Limit: atEvent})
	if err != nil {
		return err
	}
	kinds, err := s.tradeKinds(ctx)
	if err != nil {
		return err
	}
	organisers, err := identity.OrganisationsIn(ctx, s.db, []uuid.UUID{e.OrganiserID})
	if err != nil {
		return err
	}
	state := eventStates[e.State]
	view := &eventView{name: e.Name, state: listed{text: v.say(state.names), mark: state.mark}}
	memoranda := listed{text: v.count(e.Memoranda)}
	if e.Memoranda > 0 {
		memoranda.link = v.at(memorandaPath, nil, "event_id", e.ID.String())
	}
	view.facts = known(
		listedFact{v.formField("kind"), listed{text: kinds.name(v, kindOfEvent, e.Kind)}}, listedFact{v.say(eventsDays), listed{text: v.day(e.From) + " – " + v.day(e.To)}},
		listedFact{v.say(eventsPlace), listed{text: s.placeOf(v, e)}}, listedFact{v.say(eventOrganiser), listed{text: organisers[e.OrganiserID].Name}},
		listedFact{v.say(eventsComing), listed{text: v.count(e.Participants)}}, listedFact{v.say(eventsCame), listed{text: v.count(e.Attended)}},
		listedFact{v.say(eventsMemoranda), memoranda}, listedFact{v.say(eventCancelled), listed{text: e.Reason, long: true}},
		listedFact{v.say(textNote), listed{text: inventedText(v, e.Invented)}},
	)
	view.fill(v, participants, meetings)
	view.forms, view.writes = eventForms(v, e), v.who.MayWrite("monitor") == nil
	if len(participants) == atEvent || len(meetings) == atEvent {
		view.some = v.count(atEvent)
	}
	v.content = eventPageOf(v, view)
	return nil
}

// inventedText says that a thing is demonstration data.
func inventedText(v *visit, invented bool) string {
	if !invented {
		return ""
	}
	return v.say(certificateFictional)
}

// fill makes the tables of who takes part and who meets.
func (view *eventView) fill(v *visit, participants []trade.Participant, meetings []trade.Meeting) {
	called := make(map[uuid.UUID]string, len(participants))
	view.participants = listing{caption: v.say(eventParticipants), none: v.say(eventNobody), heads: heads(
		v.say(eventParticipants), v.say(eventAttendance), v.say(eventBooth), "#"+v.say(eventArea),
	)}
	for _, each := range participants {
		called[each.ID] = each.Name
		who, booth, area := listed{text: each.Name, long: true}, "–", "–"
		if each.OrganisationID == nil {
			who.under = v.say(eventOffPlatform)
		}
		if each.Booth != "" {
			booth = each.Booth
		}
		if each.BoothArea != nil {
			area = v.amount(*each.BoothArea)
		}
		view.participants.rows = append(view.participants.rows, []listed{who, {text: v.say(attendances[each.Attendance])}, {text: booth}, {text: area}})
	}
	view.meetings = listing{caption: v.say(eventMeetings), none: v.say(eventNoMeeting), heads: heads(
		v.say(eventMeetingOf), v.say(eventMeetingAt), v.say(eventMeetingState),
	)}
	for _, each := range meetings {
		state := listed{text: v.say(eventMeetingStands), mark: markGood}
		if each.CancelledAt != nil {
			state = listed{text: v.say(eventMeetingOff), mark: markBad}
		}
		view.meetings.rows = append(view.meetings.rows, []listed{
			{text: called[each.Participants[0]] + " – " + called[each.Participants[1]], long: true},
			{text: v.instant(each.From) + " – " + each.To.In(reference.Zone()).Format("15:04:05")}, state,
		})
	}
}

// What kinds of trade promotion are of, as trade.Kind says.
const (
	kindOfEvent     = "event"
	kindOfChannel   = "channel"
	kindOfProgramme = "programme"
)

// tradeKinds are the kinds of trade promotion.
type tradeKinds []trade.Kind

func (s *Service) tradeKinds(ctx context.Context) (tradeKinds, error) { return s.trade.Kinds(ctx) }

func (k tradeKinds) name(v *visit, of, code string) string {
	for _, each := range k {
		if each.Of == of && each.Code == code {
			return v.say(each.Names)
		}
	}
	return code
}

func (k tradeKinds) choices(v *visit, of, chosen string) []choice {
	found := []choice{}
	for _, each := range k {
		if each.Of == of {
			found = append(found, choice{value: each.Code, label: v.say(each.Names), chosen: each.Code == chosen})
		}
	}
	return found
}

// amountOr is an amount, or a dash where there is none to tell.
func amountOr(v *visit, amount *quantity.Quantity) string {
	if amount == nil {
		return "–"
	}
	return v.amount(*amount)
}

// percentOr is a percentage, or a dash where there is none to tell.
func percentOr(v *visit, percent *quantity.Quantity) string {
	if percent == nil {
		return "–"
	}
	return v.amount(*percent) + " %"
}
