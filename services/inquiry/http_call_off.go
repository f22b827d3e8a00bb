package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type callOffInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewCallOff
}

type callOffOutput struct {
	Body CallOff
}

type callOffsOutput struct {
	Body web.List[CallOff]
}

func mountCallOffs(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "call-off", Method: http.MethodPost, Path: "/v1/awards/{id}/call-offs", Tag: tag, Access: buyers, Status: http.StatusCreated,
		Summary: "Call goods off a framework award", Description: "The call-offs never exceed what remains of the award. Where the price moves (live goods, indicative prices) the producer confirms it; else the call-off is confirmed at once.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, fault.ErrUnknownValue, ErrNotFramework, ErrAwardState, ErrFrameworkExceeded, ErrQuantityNotPositive, ErrUnitDiffers,
			ErrDatePast, ErrOutsidePeriod, ErrSlot, ErrPriceNotPositive, ErrPriceFixed,
		},
	}, func(ctx context.Context, in *callOffInput) (*callOffOutput, error) {
		made, err := service.CallOff(ctx, identity.FromContext(ctx), in.ID, in.Body)
		return &callOffOutput{Body: made}, err
	})
	web.Register(api, web.Operation{
		ID: "list-call-offs", Method: http.MethodGet, Path: "/v1/awards/{id}/call-offs", Tag: tag, Access: traders,
		Summary: "Call-offs of a framework award", Faults: []*fault.Definition{fault.ErrNotFound, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *quotesInput) (*callOffsOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(c CallOff) uuid.UUID { return c.ID },
			func(at Page) ([]CallOff, error) { return service.CallOffs(ctx, who, in.ID, at) },
			func() (int, error) { return service.CountCallOffs(ctx, who, in.ID) })
		return &callOffsOutput{Body: list}, err
	})
	for _, move := range []struct {
		move    CallOffMove
		summary string
		access  web.Access
	}{
		{MoveConfirmCall, "Confirm the price and day of a call-off", producers},
		{MoveRefuseCall, "Refuse a call-off, with a reason", producers},
		{MoveCancelCall, "Cancel what was not sent of a call-off, with a reason; not on its very day", buyers},
	} {
		web.Register(api, web.Operation{
			ID: string(move.move) + "-call-off", Method: http.MethodPost, Path: "/v1/call-offs/{id}/" + string(move.move), Tag: tag, Access: move.access,
			Summary: move.summary, Faults: []*fault.Definition{fault.ErrNotFound, fault.ErrRequired, ErrCallOffState, ErrCallOffDay, ErrNothingLeft},
		}, func(ctx context.Context, in *reasoned) (*callOffOutput, error) {
			reason, note := in.words()
			if reason == "" {
				reason = note
			}
			decided, err := service.DecideCallOff(ctx, identity.FromContext(ctx), in.ID, move.move, reason)
			return &callOffOutput{Body: decided}, err
		})
	}
}
