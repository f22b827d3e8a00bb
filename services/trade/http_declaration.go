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

type declarationsInput struct {
	web.Page

	OrganisationID uuid.UUID  `query:"organisation_id"`
	MemorandumID   uuid.UUID  `query:"memorandum_id"`
	Line           string     `query:"line"            maxLength:"60"`
	Channel        string     `query:"channel"         maxLength:"60"`
	From           civil.Date `query:"from"            doc:"From the month of this day on."`
	To             civil.Date `query:"to"              doc:"Until the month of this day."`
	History        bool       `query:"history"         doc:"Also what was corrected since."`
}

type declaredInput struct {
	From civil.Date `query:"from" doc:"From the month of this day on."`
	To   civil.Date `query:"to"   doc:"Until the month of this day."`
}

type correctInput struct {
	ID   uuid.UUID `path:"id"`
	Body Correction
}

func mountDeclarations(api *web.API, s *Service) {
	declarers := web.Access{Groups: []string{string(identity.Producer), "official", "administrator"}}
	web.Register(api, web.Operation{
		ID: "declare-volume", Method: http.MethodPost, Path: "/v1/declarations", Tag: tag, Access: declarers, Status: http.StatusCreated,
		Summary: "Declare what was sold off the platform in a month",
		Description: "By the producer itself, or by an official of its province, who says where it is known from. It stands in a column of its own and is never " +
			"part of what was delivered.",
		Faults: writing(ErrDeclared, ErrMonth, ErrDeclaredMemorandum, fault.ErrRequired, fault.ErrUnknownValue, fault.ErrOutOfRange, fault.ErrNotAllowedHere),
	}, func(ctx context.Context, in *struct{ Body NewDeclaration }) (*made[Declaration], error) {
		d, err := s.Declare(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Declaration]{Location: "/v1/declarations/" + d.ID.String(), Body: d}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-declarations", Method: http.MethodGet, Path: "/v1/declarations", Tag: tag, Access: declarers,
		Summary: "List what was declared: your own, those of your province for officials", Faults: reading(web.ErrInvalidCursor),
	}, func(ctx context.Context, in *declarationsInput) (*listed[Declaration], error) {
		who, filter := identity.FromContext(ctx), DeclarationFilter{
			OrganisationID: in.OrganisationID, MemorandumID: in.MemorandumID, Line: in.Line, Channel: in.Channel,
			From: in.From, To: in.To, History: in.History,
		}
		return pageOf(ctx, in.Page, func(d Declaration) uuid.UUID { return d.ID }, func(at Page) ([]Declaration, error) {
			filter.Page = at
			return s.Declarations(ctx, who, filter)
		}, func() (int, error) { return s.CountDeclarations(ctx, who, filter) })
	})
	web.Register(api, web.Operation{
		ID: "total-declarations", Method: http.MethodGet, Path: "/v1/declarations/totals", Tag: tag, Access: officials(), Faults: reading(),
		Summary: "Total what was declared by month, line, form and unit", Description: "As it was last corrected. Lines, forms and units are never added up.",
	}, func(ctx context.Context, in *declaredInput) (*listed[DeclaredTotal], error) {
		totals, err := s.DeclaredTotals(ctx, identity.FromContext(ctx), in.From, in.To)
		return &listed[DeclaredTotal]{Body: web.List[DeclaredTotal]{Items: totals}}, err
	})
	web.Register(api, web.Operation{
		ID: "get-declaration", Method: http.MethodGet, Path: "/v1/declarations/{id}", Tag: tag, Access: declarers,
		Summary: "Read a declaration", Faults: reading(fault.ErrNotFound),
	}, func(ctx context.Context, in *one) (*struct{ Body Declaration }, error) {
		d, err := s.Declaration(ctx, identity.FromContext(ctx), in.ID)
		return &struct{ Body Declaration }{d}, err
	})
	web.Register(api, web.Operation{
		ID: "correct-declaration", Method: http.MethodPost, Path: "/v1/declarations/{id}/correct", Tag: tag, Access: declarers,
		Status: http.StatusCreated, Summary: "Correct what was declared", Description: "A new declaration takes its place; the old one stays readable.",
		Faults: writing(fault.ErrNotFound, ErrReplaced, fault.ErrRequired, fault.ErrOutOfRange),
	}, func(ctx context.Context, in *correctInput) (*made[Declaration], error) {
		d, err := s.CorrectDeclaration(ctx, identity.FromContext(ctx), in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Declaration]{Location: "/v1/declarations/" + d.ID.String(), Body: d}, nil
	})
}
