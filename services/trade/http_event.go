package trade

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type eventsInput struct {
	web.Page

	Kind  string     `query:"kind"  maxLength:"60"`
	State EventState `query:"state" enum:"draft,announced,held,cancelled"`
	From  civil.Date `query:"from"  doc:"Events that are not over before this day."`
	To    civil.Date `query:"to"    doc:"Events that have begun by this day."`
}

type amendEventInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match"`
	Body    EventChange
}

func wholeEvent(event Event, err error) (*whole[Event], error) {
	if err != nil {
		return nil, err
	}
	return &whole[Event]{ETag: web.ETag(event.Version), Body: event}, nil
}

func mountEvents(api *web.API, s *Service) {
	fields := func(more ...*fault.Definition) []*fault.Definition {
		return writing(append(more, fault.ErrRequired, fault.ErrUnknownValue, fault.ErrDateOrder)...)
	}
	web.Register(api, web.Operation{
		ID: "draft-trade-event", Method: http.MethodPost, Path: "/v1/trade-events", Tag: tag, Access: officials(), Status: http.StatusCreated,
		Summary: "Enter a trade event", Description: "A conference, fair or mission; nobody but officials sees it before it is announced.",
		Faults: fields(),
	}, func(ctx context.Context, in *struct{ Body NewEvent }) (*made[Event], error) {
		event, err := s.DraftEvent(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Event]{ETag: web.ETag(event.Version), Location: "/v1/trade-events/" + event.ID.String(), Body: event}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-trade-events", Method: http.MethodGet, Path: "/v1/trade-events", Tag: tag, Access: everySide(),
		Summary: "List trade events", Description: "The latest first.", Faults: reading(web.ErrInvalidCursor),
	}, func(ctx context.Context, in *eventsInput) (*listed[Event], error) {
		who, filter := identity.FromContext(ctx), EventFilter{Kind: in.Kind, State: in.State, From: in.From, To: in.To}
		return pageOf(ctx, in.Page, func(e Event) uuid.UUID { return e.ID }, func(at Page) ([]Event, error) {
			filter.Page = at
			return s.Events(ctx, who, filter)
		}, func() (int, error) { return s.CountEvents(ctx, who, filter) })
	})
	web.Register(api, web.Operation{
		ID: "get-trade-event", Method: http.MethodGet, Path: "/v1/trade-events/{id}", Tag: tag, Access: everySide(),
		Summary: "Read a trade event", Faults: reading(fault.ErrNotFound),
	}, func(ctx context.Context, in *one) (*whole[Event], error) {
		return wholeEvent(s.Event(ctx, identity.FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "amend-trade-event", Method: http.MethodPatch, Path: "/v1/trade-events/{id}", Tag: tag, Access: officials(),
		Summary: "Change a trade event", Description: "What is left out stays.",
		Faults: fields(fault.ErrNotFound, fault.ErrStale, fault.ErrPreconditionRequired, ErrEventState, ErrMeetingsOutside),
	}, func(ctx context.Context, in *amendEventInput) (*whole[Event], error) {
		return wholeEvent(s.AmendEvent(ctx, identity.FromContext(ctx), in.ID, needed(in.IfMatch), in.Body))
	})
}

func mountEventMoves(api *web.API, s *Service) {
	for _, step := range []struct {
		move    EventMove
		summary string
		more    *fault.Definition
	}{
		{MoveAnnounce, "Announce a trade event: from now on everybody sees it and may enrol", fault.ErrStale},
		{MoveHold, "Note that a trade event was held", ErrEventNotBegun},
		{MoveCancel, "Cancel a trade event, with a reason", fault.ErrRequired},
	} {
		web.Register(api, web.Operation{
			ID: string(step.move) + "-trade-event", Method: http.MethodPost, Path: "/v1/trade-events/{id}/" + string(step.move), Tag: tag,
			Access: officials(), Summary: step.summary, Faults: writing(fault.ErrNotFound, fault.ErrStale, ErrEventState, step.more),
		}, func(ctx context.Context, in *moveInput) (*whole[Event], error) {
			return wholeEvent(s.MoveEvent(ctx, identity.FromContext(ctx), in.ID, ifSent(in.IfMatch), step.move, in.reason()))
		})
	}
}

type participantsInput struct {
	web.Page

	ID uuid.UUID `path:"id"`
}

type addParticipantInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewParticipant
}

type changeParticipantInput struct {
	ID          uuid.UUID `path:"id"`
	Participant uuid.UUID `path:"participant"`
	IfMatch     string    `header:"If-Match"`
	Body        ParticipantChange
}

func mountParticipants(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "list-trade-event-participants", Method: http.MethodGet, Path: "/v1/trade-events/{id}/participants", Tag: tag, Access: everySide(),
		Summary: "List who takes part in a trade event", Faults: reading(fault.ErrNotFound, web.ErrInvalidCursor),
	}, func(ctx context.Context, in *participantsInput) (*listed[Participant], error) {
		who := identity.FromContext(ctx)
		return pageOf(ctx, in.Page, func(p Participant) uuid.UUID { return p.ID },
			func(at Page) ([]Participant, error) { return s.Participants(ctx, who, in.ID, at) },
			func() (int, error) { return s.CountParticipants(ctx, who, in.ID) })
	})
	web.Register(api, web.Operation{
		ID: "add-trade-event-participant", Method: http.MethodPost, Path: "/v1/trade-events/{id}/participants", Tag: tag, Access: officials(),
		Status: http.StatusCreated, Summary: "Add who is invited to a trade event or has registered",
		Faults: writing(fault.ErrNotFound, ErrEventState, ErrParty, ErrParticipantTwice, ErrBoothTaken, fault.ErrUnknownValue, fault.ErrRequired, fault.ErrOutOfRange),
	}, func(ctx context.Context, in *addParticipantInput) (*made[Participant], error) {
		p, err := s.AddParticipant(ctx, identity.FromContext(ctx), in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Participant]{ETag: web.ETag(p.Version), Location: "/v1/trade-events/" + in.ID.String() + "/participants", Body: p}, nil
	})
	web.Register(api, web.Operation{
		ID: "change-trade-event-participant", Method: http.MethodPatch, Path: "/v1/trade-events/{id}/participants/{participant}", Tag: tag,
		Access: officials(), Summary: "Note booth and attendance of a participant",
		Faults: writing(fault.ErrNotFound, fault.ErrStale, fault.ErrPreconditionRequired, ErrEventState, ErrEventNotBegun, ErrBoothTaken,
			fault.ErrRequired, fault.ErrOutOfRange),
	}, func(ctx context.Context, in *changeParticipantInput) (*whole[Participant], error) {
		p, err := s.ChangeParticipant(ctx, identity.FromContext(ctx), in.ID, in.Participant, needed(in.IfMatch), in.Body)
		if err != nil {
			return nil, err
		}
		return &whole[Participant]{ETag: web.ETag(p.Version), Body: p}, nil
	})
	web.Register(api, web.Operation{
		ID: "enrol-at-trade-event", Method: http.MethodPost, Path: "/v1/trade-events/{id}/enrol", Tag: tag, Access: parties(),
		Summary: "Say that your organisation comes to a trade event", Faults: writing(fault.ErrNotFound, ErrEventState),
	}, func(ctx context.Context, in *one) (*whole[Participant], error) {
		p, err := s.Enrol(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &whole[Participant]{ETag: web.ETag(p.Version), Body: p}, nil
	})
}

type meetingInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewMeeting
}

type moveMeetingInput struct {
	ID      uuid.UUID `path:"id"`
	Meeting uuid.UUID `path:"meeting"`
	Body    struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
}

type cancelMeetingInput struct {
	ID      uuid.UUID `path:"id"`
	Meeting uuid.UUID `path:"meeting"`
}

func mountMeetings(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "list-trade-event-meetings", Method: http.MethodGet, Path: "/v1/trade-events/{id}/meetings", Tag: tag, Access: everySide(),
		Summary: "List the meetings of a trade event: your own, all for officials", Faults: reading(fault.ErrNotFound, web.ErrInvalidCursor),
	}, func(ctx context.Context, in *participantsInput) (*listed[Meeting], error) {
		who := identity.FromContext(ctx)
		return pageOf(ctx, in.Page, func(m Meeting) uuid.UUID { return m.ID },
			func(at Page) ([]Meeting, error) { return s.Meetings(ctx, who, in.ID, at) },
			func() (int, error) { return s.CountMeetings(ctx, who, in.ID) })
	})
	web.Register(api, web.Operation{
		ID: "arrange-trade-event-meeting", Method: http.MethodPost, Path: "/v1/trade-events/{id}/meetings", Tag: tag, Access: officials(),
		Status: http.StatusCreated, Summary: "Have two participants meet", Description: "Nobody is in two meetings at once.",
		Faults: writing(fault.ErrNotFound, ErrEventState, ErrMeetingTime, ErrMeetingClash, ErrDeclined, fault.ErrUnknownValue, fault.ErrOutOfRange),
	}, func(ctx context.Context, in *meetingInput) (*made[Meeting], error) {
		m, err := s.ArrangeMeeting(ctx, identity.FromContext(ctx), in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Meeting]{Location: "/v1/trade-events/" + in.ID.String() + "/meetings", Body: m}, nil
	})
	web.Register(api, web.Operation{
		ID: "move-trade-event-meeting", Method: http.MethodPost, Path: "/v1/trade-events/{id}/meetings/{meeting}/move", Tag: tag,
		Access: officials(), Summary: "Put a meeting to another time",
		Faults: writing(fault.ErrNotFound, ErrEventState, ErrMeetingCancelled, ErrMeetingTime, ErrMeetingClash),
	}, func(ctx context.Context, in *moveMeetingInput) (*struct{ Body Meeting }, error) {
		m, err := s.MoveMeeting(ctx, identity.FromContext(ctx), in.ID, in.Meeting, in.Body.From, in.Body.To)
		return &struct{ Body Meeting }{m}, err
	})
	web.Register(api, web.Operation{
		ID: "cancel-trade-event-meeting", Method: http.MethodPost, Path: "/v1/trade-events/{id}/meetings/{meeting}/cancel", Tag: tag,
		Access: officials(), Summary: "Cancel a meeting", Faults: writing(fault.ErrNotFound, ErrEventState),
	}, func(ctx context.Context, in *cancelMeetingInput) (*struct{ Body Meeting }, error) {
		m, err := s.CancelMeeting(ctx, identity.FromContext(ctx), in.ID, in.Meeting)
		return &struct{ Body Meeting }{m}, err
	})
}
