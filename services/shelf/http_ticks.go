package shelf

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type applyInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		System string `json:"system" minLength:"1" maxLength:"60" doc:"Retail system; see /v1/reference/buyer-systems."`
	}
}

type ticksInput struct {
	web.Page

	ProductID uuid.UUID `query:"product_id"`
	System    string    `query:"system"`
	State     TickState `query:"state"      enum:"applied,approved,refused,withdrawn,suspended,answered,revoked"`
}

type moveInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    *struct {
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"What the other side is told; needed to refuse, report, answer, confirm and lift."`
	}
}

func mountTicks(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "apply-for-green-tick", Method: http.MethodPost, Path: "/v1/products/{id}/green-ticks", Tag: tag, Access: producers(),
		Status: http.StatusCreated, Summary: "Ask a retail system for its Green Tick",
		Faults: writing(ErrSystem, ErrProductNotPublished, ErrTickState),
	}, func(ctx context.Context, in *applyInput) (*made[Tick], error) {
		tick, err := s.Apply(ctx, identity.FromContext(ctx), in.ID, in.Body.System)
		if err != nil {
			return nil, err
		}
		return &made[Tick]{ETag: web.ETag(tick.Version), Location: "/v1/green-ticks/" + tick.ID.String(), Body: tick}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-green-ticks", Method: http.MethodGet, Path: "/v1/green-ticks", Tag: tag, Access: everySide(), Faults: reading(ErrNoSystem),
		Summary: "List Green Ticks: a producer's own, those of a buyer's system, all for officials",
	}, func(ctx context.Context, in *ticksInput) (*listed[Tick], error) {
		after, err := afterID(ctx, in.Page)
		if err != nil {
			return nil, err
		}
		ticks, err := s.Ticks(ctx, identity.FromContext(ctx), TickFilter{
			ProductID: in.ProductID, System: in.System, State: in.State, After: after, Limit: in.Limit + 1,
		})
		if err != nil {
			return nil, err
		}
		return cut(ctx, ticks, in.Limit, func(t Tick) uuid.UUID { return t.ID }), nil
	})
	web.Register(api, web.Operation{
		ID: "get-green-tick", Method: http.MethodGet, Path: "/v1/green-ticks/{id}", Tag: tag, Access: everySide(), Faults: reading(),
		Summary: "Read a Green Tick with its history",
	}, func(ctx context.Context, in *one) (*whole[Tick], error) {
		tick, err := s.Tick(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &whole[Tick]{ETag: web.ETag(tick.Version), Body: tick}, nil
	})
	deciders := web.Access{Groups: []string{string(identity.Buyer), "official", "administrator"}}
	officials := web.Access{Groups: []string{"official", "administrator"}, Scope: supplyArea}
	for _, move := range []struct {
		move    TickMove
		summary string
		access  web.Access
	}{
		{MoveWithdraw, "Take back an application, or give up a Green Tick", producers()},
		{MoveApprove, "Give the Green Tick", deciders},
		{MoveRefuse, "Refuse an application, with a reason", deciders},
		{MoveReport, "Report a breach: the sale stops at once, the supplier has 24 hours to answer", deciders},
		{MoveAnswer, "Answer a reported breach", producers()},
		{MoveClear, "End a case: the Green Tick stands again", deciders},
		{MoveConfirm, "Confirm a breach: the Green Tick is lost, in the other systems too", deciders},
		{MoveLift, "End what a confirmed breach does to the other systems", officials},
	} {
		mountMove(api, s, move.move, move.summary, move.access)
	}
}

func mountMove(api *web.API, s *Service, move TickMove, summary string, access web.Access) {
	refusals := writing(ErrTickState)
	if steps[move].reasoned {
		refusals = append(refusals, fault.ErrRequired)
	}
	if move == MoveConfirm {
		refusals = append(refusals, ErrAnswerPending)
	}
	web.Register(api, web.Operation{
		ID: string(move) + "-green-tick", Method: http.MethodPost, Path: "/v1/green-ticks/{id}/" + string(move), Tag: tag,
		Access: access, Summary: summary, Faults: refusals,
	}, func(ctx context.Context, in *moveInput) (*whole[Tick], error) {
		reason := ""
		if in.Body != nil {
			reason = in.Body.Reason
		}
		tick, err := s.Move(ctx, identity.FromContext(ctx), in.ID, ifSent(in.IfMatch), move, reason)
		if err != nil {
			return nil, err
		}
		return &whole[Tick]{ETag: web.ETag(tick.Version), Body: tick}, nil
	})
}
