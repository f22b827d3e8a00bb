package trade

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type amendProgrammeInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match"`
	Body    ProgrammeChange
}

type endMemberInput struct {
	ID     uuid.UUID `path:"id"`
	Member uuid.UUID `path:"member"`
	Body   struct {
		On civil.Date `json:"on" doc:"Its last day."`
	}
}

type withdrawTargetInput struct {
	ID     uuid.UUID `path:"id"`
	Target uuid.UUID `path:"target"`
}

func theProgramme(p Programme, err error) (*whole[Programme], error) {
	if err != nil {
		return nil, err
	}
	return &whole[Programme]{ETag: web.ETag(p.Version), Body: p}, nil
}

func mountProgrammes(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "set-up-programme", Method: http.MethodPost, Path: "/v1/programmes", Tag: tag, Access: officials(), Status: http.StatusCreated,
		Summary: "Set up a programme", Description: "A named group of organisations and communes with commitments of its own: a pairing, a reserve.",
		Faults: writing(fault.ErrRequired, fault.ErrUnknownValue),
	}, func(ctx context.Context, in *struct{ Body NewProgramme }) (*made[Programme], error) {
		p, err := s.SetUpProgramme(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Programme]{ETag: web.ETag(p.Version), Location: "/v1/programmes/" + p.ID.String(), Body: p}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-programmes", Method: http.MethodGet, Path: "/v1/programmes", Tag: tag, Access: everySide(),
		Summary: "List programmes: those you belong to, all for officials", Faults: reading(web.ErrInvalidCursor),
		Description: "Committed, awarded, confirmed and declared side by side. Members read their own part.",
	}, func(ctx context.Context, in *struct{ web.Page }) (*listed[Programme], error) {
		who := identity.FromContext(ctx)
		return pageOf(ctx, in.Page, func(p Programme) uuid.UUID { return p.ID },
			func(at Page) ([]Programme, error) { return s.Programmes(ctx, who, at) },
			func() (int, error) { return s.CountProgrammes(ctx, who) })
	})
	web.Register(api, web.Operation{
		ID: "get-programme", Method: http.MethodGet, Path: "/v1/programmes/{id}", Tag: tag, Access: everySide(),
		Summary: "Read a programme with what came of its targets", Faults: reading(fault.ErrNotFound),
	}, func(ctx context.Context, in *one) (*whole[Programme], error) {
		return theProgramme(s.Programme(ctx, identity.FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "amend-programme", Method: http.MethodPatch, Path: "/v1/programmes/{id}", Tag: tag, Access: officials(),
		Summary: "Change a programme's name or note", Faults: writing(fault.ErrNotFound, fault.ErrStale, fault.ErrPreconditionRequired, fault.ErrRequired),
	}, func(ctx context.Context, in *amendProgrammeInput) (*whole[Programme], error) {
		return theProgramme(s.AmendProgramme(ctx, identity.FromContext(ctx), in.ID, needed(in.IfMatch), in.Body))
	})
	mountProgrammeParts(api, s)
}

func mountProgrammeParts(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "add-programme-member", Method: http.MethodPost, Path: "/v1/programmes/{id}/members", Tag: tag, Access: officials(),
		Summary:     "Add an organisation, a commune or a former district's communes to a programme",
		Description: "Organisations are added by the authority that oversees their side.",
		Faults:      writing(fault.ErrNotFound, ErrMember, ErrMemberTwice, ErrNotYourSide, fault.ErrDateOrder, fault.ErrUnknownValue),
	}, func(ctx context.Context, in *struct {
		ID   uuid.UUID `path:"id"`
		Body NewMember
	},
	) (*whole[Programme], error) {
		return theProgramme(s.AddMember(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "end-programme-member", Method: http.MethodPost, Path: "/v1/programmes/{id}/members/{member}/end", Tag: tag, Access: officials(),
		Summary: "End a membership with a day", Faults: writing(fault.ErrNotFound, fault.ErrDateOrder),
	}, func(ctx context.Context, in *endMemberInput) (*whole[Programme], error) {
		return theProgramme(s.EndMember(ctx, identity.FromContext(ctx), in.ID, in.Member, in.Body.On))
	})
	web.Register(api, web.Operation{
		ID: "add-programme-target", Method: http.MethodPost, Path: "/v1/programmes/{id}/targets", Tag: tag, Access: officials(),
		Summary: "Note what a programme, or one of its members, is committed to within a period",
		Faults: writing(fault.ErrNotFound, ErrTargetTwice, ErrNotYourSide, fault.ErrDateOrder, fault.ErrUnknownValue, fault.ErrOutOfRange,
			fault.ErrNotAllowedHere),
	}, func(ctx context.Context, in *struct {
		ID   uuid.UUID `path:"id"`
		Body NewTarget
	},
	) (*whole[Programme], error) {
		return theProgramme(s.AddTarget(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "withdraw-programme-target", Method: http.MethodPost, Path: "/v1/programmes/{id}/targets/{target}/withdraw", Tag: tag, Access: officials(),
		Summary: "Take a commitment back", Faults: writing(fault.ErrNotFound),
	}, func(ctx context.Context, in *withdrawTargetInput) (*whole[Programme], error) {
		return theProgramme(s.WithdrawTarget(ctx, identity.FromContext(ctx), in.ID, in.Target))
	})
}
