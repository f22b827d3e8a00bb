package trade

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// EventState is where a trade event stands.
type EventState string

// The states of a trade event. Nobody but officials sees a draft.
const (
	EventDraft     EventState = "draft"
	EventAnnounced EventState = "announced"
	EventHeld      EventState = "held"
	EventCancelled EventState = "cancelled"
)

// EventMove is what may be done with a trade event.
type EventMove string

// The moves. Amend changes the event itself, admit adds participants and notes booths, attendance
// and meetings, enrol is a participant's own word that it comes.
const (
	MoveAmend    EventMove = "amend"
	MoveAnnounce EventMove = "announce"
	MoveHold     EventMove = "hold"
	MoveCancel   EventMove = "cancel"
	MoveAdmit    EventMove = "admit"
	MoveEnrol    EventMove = "enrol"
)

// eventStep is a move: from where, and to where; "" stays.
type eventStep struct {
	from     []EventState
	to       EventState
	past     string
	reasoned bool
}

// eventSteps is the whole life cycle: what is not here is refused. Attendance is noted after the
// event, too.
//
//nolint:gochecknoglobals // a constant table
var eventSteps = map[EventMove]eventStep{
	MoveAmend:    {[]EventState{EventDraft, EventAnnounced}, "", TrailAmended, false},
	MoveAnnounce: {[]EventState{EventDraft}, EventAnnounced, TrailAnnounced, false},
	MoveHold:     {[]EventState{EventAnnounced}, EventHeld, "trade_event.held", false},
	MoveCancel:   {[]EventState{EventDraft, EventAnnounced}, EventCancelled, TrailCancelled, true},
	MoveAdmit:    {[]EventState{EventDraft, EventAnnounced, EventHeld}, "", "", false},
	MoveEnrol:    {[]EventState{EventAnnounced}, "", "", false},
}

// What the audit trail calls what participants of a trade event are told.
const (
	TrailAnnounced        = "trade_event.announced"
	TrailAmended          = "trade_event.amended"
	TrailCancelled        = "trade_event.cancelled"
	TrailParticipantAdded = "trade_event.participant_added"
	TrailMeetingArranged  = "trade_event.meeting_arranged"
	TrailMeetingMoved     = "trade_event.meeting_moved"
	TrailMeetingCancelled = "trade_event.meeting_cancelled"
)

// trailEnrolled is what a participant did itself: it knows.
const trailEnrolled = "trade_event.enrolled"

// Event is a conference, fair or mission where producers and buyers meet.
type Event struct {
	ID          uuid.UUID  `db:"id"           json:"id"`
	Kind        string     `db:"kind"         json:"kind"                   doc:"See /v1/trade/kinds."`
	Name        string     `db:"name"         json:"name"`
	OrganiserID uuid.UUID  `db:"organiser_id" json:"organiser_id"           doc:"The organising authority."`
	CommuneCode string     `db:"commune"      json:"commune_code,omitempty" doc:"Commune or ward of either province."`
	Place       string     `db:"place"        json:"place,omitempty"`
	From        civil.Date `db:"starts_on"    json:"from"`
	To          civil.Date `db:"ends_on"      json:"to"                     doc:"Inclusive."`
	State       EventState `db:"state"        json:"state"                  enum:"draft,announced,held,cancelled"`
	// Participants counts all; Attended those who were there.
	Participants int       `db:"participants" json:"participants"`
	Attended     int       `db:"attended"     json:"attended"`
	Memoranda    int       `db:"memoranda"    json:"memoranda"              doc:"Memoranda that both sides say were signed there."`
	Reason       string    `db:"reason"       json:"reason,omitempty"       doc:"Why it was cancelled."`
	Invented     bool      `db:"invented"     json:"invented,omitempty"     doc:"Demonstration data."`
	Version      int64     `db:"version"      json:"version"`
	CreatedAt    time.Time `db:"created_at"   json:"created_at"`
	UpdatedAt    time.Time `db:"updated_at"   json:"updated_at"`
}

// next returns the event after a move on a day. Refused: ErrEventState, ErrEventNotBegun for one that
// would be held before it begins.
func (e Event) next(move EventMove, today civil.Date) (Event, error) {
	taken, known := eventSteps[move]
	if !known || !slices.Contains(taken.from, e.State) {
		return e, ErrEventState.With("state", string(e.State), "action", string(move))
	}
	if move == MoveHold && today.Before(e.From) {
		return e, ErrEventNotBegun.With("from", e.From)
	}
	if taken.to != "" {
		e.State = taken.to
	}
	return e, nil
}

// moved reports whether whoever comes must know that the event is on other days or elsewhere.
func (e Event) moved(to Event) bool {
	return e.From != to.From || e.To != to.To || e.Place != to.Place || e.CommuneCode != to.CommuneCode
}

// begun reports whether the event's first day has come.
func (e Event) begun(now time.Time) bool { return !reference.Day(now).Before(e.From) }

// during reports whether an instant lies within the days of the event, in Vietnam.
func (e Event) during(at time.Time) bool {
	day := reference.Day(at)
	return !day.Before(e.From) && !day.After(e.To)
}

// hours refuses a meeting that is not within the days of the event: ErrMeetingTime.
func (e Event) hours(from, to time.Time) error {
	if !to.After(from) || !e.during(from) || !e.during(to) {
		return ErrMeetingTime.At("from", "from", e.From, "to", e.To)
	}
	return nil
}

// longestEvent bounds an event, in days.
const longestEvent = 92

// NewEvent is a trade event to be drafted.
type NewEvent struct {
	Kind        string     `json:"kind"                   maxLength:"60" doc:"See /v1/trade/kinds."`
	Name        string     `json:"name"                   minLength:"1" maxLength:"300"`
	OrganiserID uuid.UUID  `json:"organiser_id,omitzero"  doc:"The organising authority; your own when left out."`
	CommuneCode string     `json:"commune_code,omitempty" maxLength:"5" doc:"Commune or ward of either province."`
	Place       string     `json:"place,omitempty"        maxLength:"300" doc:"Needed without a commune."`
	From        civil.Date `json:"from"`
	To          civil.Date `json:"to"                     doc:"Inclusive."`
	Invented    bool       `json:"-"`
}

// check applies the rules of an event's own fields.
func (n *NewEvent) check(book *reference.Book) error {
	var found fault.Collector
	trimmed(&n.Name, &n.Place)
	if n.Name == "" {
		found.Add("name", fault.ErrRequired)
	}
	tooLong(&found, "name", n.Name, mostName)
	tooLong(&found, "place", n.Place, mostName)
	if _, known := book.Commune(n.CommuneCode); n.CommuneCode != "" && !known {
		found.Add("commune_code", fault.ErrUnknownValue, "value", n.CommuneCode, "allowed", "/v1/reference/communes")
	}
	if n.CommuneCode == "" && n.Place == "" {
		found.Add("place", fault.ErrRequired)
	}
	if n.To.Before(n.From) || n.From.Days(n.To) > longestEvent {
		found.Add("to", fault.ErrDateOrder)
	}
	return found.Err()
}
