package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

type planInput struct {
	ID   uuid.UUID `path:"id"`
	Body Plan
}

func mountPlans(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "schedule-delivery", Method: http.MethodPost, Path: "/v1/awards/{id}/planned-deliveries", Tag: tag, Access: producers, Status: http.StatusCreated,
		Summary: "Announce a delivery", Description: "With its day and slot, before the goods leave. No volume moves.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrAwardState, ErrUnitDiffers, ErrDatePast, ErrSlot, ledger.ErrAwardExceeded},
	}, func(ctx context.Context, in *planInput) (*deliveryOutput, error) {
		out, err := delivered(service.Schedule(ctx, identity.FromContext(ctx), in.ID, in.Body))
		out.Location = "/v1/deliveries/" + out.Body.ID.String()
		return out, err
	})
	web.Register(api, web.Operation{
		ID: "dispatch-planned-delivery", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dispatch", Tag: tag, Access: producers,
		Summary: "Dispatch an announced delivery", Faults: []*fault.Definition{
			fault.ErrNotFound, ErrDeliveryState, ErrAwardState, ErrUnitDiffers, ledger.ErrAwardExceeded, catalog.ErrLotNeeded, catalog.ErrSourcesNeeded, catalog.ErrLotOverdrawn,
		},
	}, func(ctx context.Context, in *dispatchInput) (*deliveryOutput, error) {
		return delivered(service.DispatchPlanned(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "cancel-delivery", Method: http.MethodPost, Path: "/v1/deliveries/{id}/cancel", Tag: tag, Access: producers,
		Summary: "Take back the announcement of a delivery", Faults: []*fault.Definition{fault.ErrNotFound, ErrDeliveryState},
	}, func(ctx context.Context, in *one) (*deliveryOutput, error) {
		return delivered(service.CancelPlanned(ctx, identity.FromContext(ctx), in.ID))
	})
}
