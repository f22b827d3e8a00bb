package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type cancellationOutput struct {
	Body Cancellation
}

type cancellationsOutput struct {
	Body web.List[Cancellation]
}

func mountCancellations(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "cancel-award", Method: http.MethodPost, Path: "/v1/awards/{id}/cancel", Tag: tag, Access: traders,
		Summary: "End an award",
		Description: "What was neither dispatched nor delivered is released and wanted again. Before the agreed day either side may do this alone; " +
			"from then on the other side must agree (cancellation-requests). Once the day has passed the buyer may cancel with the reason default. Reasons: /v1/reference/reasons.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrAwardState, ErrNothingLeft, ErrNeedsAgreement, ErrNotOverdue},
	}, func(ctx context.Context, in *reasoned) (*awardOutput, error) {
		reason, note := in.words()
		return awarded(service.CancelAward(ctx, identity.FromContext(ctx), in.ID, reason, note))
	})
	web.Register(api, web.Operation{
		ID: "ask-cancellation", Method: http.MethodPost, Path: "/v1/awards/{id}/cancellation-requests", Tag: tag, Access: traders, Status: http.StatusCreated,
		Summary: "Ask the other side to cancel", Description: "With a reason: a code of /v1/reference/reasons, or own words. Until the other side agrees, the award stands.",
		Faults: []*fault.Definition{fault.ErrNotFound, fault.ErrRequired, ErrDefaultAlone, ErrCancellationAsked, ErrAwardState, ErrNothingLeft},
	}, func(ctx context.Context, in *reasoned) (*cancellationOutput, error) {
		reason, note := in.words()
		asked, err := service.AskCancellation(ctx, identity.FromContext(ctx), in.ID, reason, note)
		return &cancellationOutput{Body: asked}, err
	})
	web.Register(api, web.Operation{
		ID: "list-cancellations", Method: http.MethodGet, Path: "/v1/awards/{id}/cancellation-requests", Tag: tag, Access: traders,
		Summary: "Requests to cancel an award", Faults: []*fault.Definition{fault.ErrNotFound, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *quotesInput) (*cancellationsOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(c Cancellation) uuid.UUID { return c.ID },
			func(at Page) ([]Cancellation, error) { return service.Cancellations(ctx, who, in.ID, at) },
			func() (int, error) { return service.CountCancellations(ctx, who, in.ID) })
		return &cancellationsOutput{Body: list}, err
	})
	for _, move := range []struct {
		move    CancellationMove
		summary string
	}{
		{MoveRefuse, "Refuse a cancellation: the award stands"},
		{MoveAgree, "Agree to a cancellation: what is neither delivered nor on its way is released"},
		{MoveTakeBack, "No longer ask for a cancellation"},
	} {
		web.Register(api, web.Operation{
			ID: string(move.move) + "-cancellation", Method: http.MethodPost, Path: "/v1/cancellation-requests/{id}/" + string(move.move), Tag: tag, Access: traders,
			Summary: move.summary, Faults: []*fault.Definition{fault.ErrNotFound, ErrCancellationState, ErrAwardState, ErrNothingLeft},
		}, func(ctx context.Context, in *reasoned) (*cancellationOutput, error) {
			_, note := in.words()
			decided, err := service.DecideCancellation(ctx, identity.FromContext(ctx), in.ID, move.move, note)
			return &cancellationOutput{Body: decided}, err
		})
	}
}
