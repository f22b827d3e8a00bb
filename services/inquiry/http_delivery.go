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

type dispatchInput struct {
	ID   uuid.UUID `path:"id"`
	Body Dispatch
}

type receiptInput struct {
	ID   uuid.UUID `path:"id"`
	Body Receipt
}

type deliveryOutput struct {
	Location string `header:"Location"`
	Body     Delivery
}

func delivered(delivery Delivery, err error) (*deliveryOutput, error) {
	return &deliveryOutput{Body: delivery}, err
}

type deliveriesOutput struct {
	Body web.List[Delivery]
}

type reasonsOutput struct {
	Body web.List[Reason]
}

func mountDeliveries(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "dispatch-delivery", Method: http.MethodPost, Path: "/v1/awards/{id}/deliveries", Tag: tag, Access: producers, Status: http.StatusCreated,
		Summary: "Record a dispatch", Faults: []*fault.Definition{fault.ErrNotFound, ErrAwardState, ErrUnitDiffers, ledger.ErrAwardExceeded, ErrNotFramework, ErrCallOffNeeded, ErrCallOffState, ErrCallOffExceeded, catalog.ErrLotNeeded, catalog.ErrSourcesNeeded, catalog.ErrLotOverdrawn},
	}, func(ctx context.Context, in *dispatchInput) (*deliveryOutput, error) {
		out, err := delivered(service.Deliver(ctx, identity.FromContext(ctx), in.ID, in.Body))
		out.Location = "/v1/deliveries/" + out.Body.ID.String()
		return out, err
	})
	web.Register(api, web.Operation{
		ID: "list-deliveries", Method: http.MethodGet, Path: "/v1/awards/{id}/deliveries", Tag: tag, Access: traders,
		Summary: "Deliveries against an award", Faults: []*fault.Definition{fault.ErrNotFound, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *quotesInput) (*deliveriesOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(d Delivery) uuid.UUID { return d.ID },
			func(at Page) ([]Delivery, error) { return service.Deliveries(ctx, who, in.ID, at) },
			func() (int, error) { return service.CountDeliveries(ctx, who, in.ID) })
		return &deliveriesOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "get-delivery", Method: http.MethodGet, Path: "/v1/deliveries/{id}", Tag: tag, Access: traders,
		Summary: "A delivery", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*deliveryOutput, error) {
		return delivered(service.GetDelivery(ctx, identity.FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "receive-delivery", Method: http.MethodPost, Path: "/v1/deliveries/{id}/receive", Tag: tag, Access: buyers,
		Summary: "Record a receipt", Description: "Accepted + rejected + loss = dispatched + over. Rejected and lost volume goes back to what the award owes.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrReceived, ErrReceiptSum, ErrSizesSum, ErrSizeUnpriced, ErrOver, ErrTieOfLive, ErrPriceIsNet},
	}, func(ctx context.Context, in *receiptInput) (*deliveryOutput, error) {
		return delivered(service.Receive(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "list-reasons", Method: http.MethodGet, Path: "/v1/reference/reasons", Tag: "reference", Access: web.Access{Anonymous: true},
		Summary: "Reasons", Description: "Why goods are rejected, awards end and quotes are declined.",
	}, func(ctx context.Context, _ *struct{}) (*reasonsOutput, error) {
		reasons, err := service.Reasons(ctx)
		return &reasonsOutput{Body: web.List[Reason]{Items: reasons}}, err
	})
}

type deliveryRulesOutput struct {
	Body web.List[DeliveryRule]
}

func mountDeliveryRules(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-delivery-rules", Method: http.MethodGet, Path: "/v1/reference/delivery-rules", Tag: "reference",
		Access: web.Access{Anonymous: true}, Summary: "Rules of deliveries",
		Description: "How long goods may be under way unconfirmed, how much more than was dispatched may be accepted, and how long a receipt may be " +
			"disputed: by line and form, with the days from and to which they hold, and where they come from.",
	}, func(ctx context.Context, _ *struct{}) (*deliveryRulesOutput, error) {
		rules, err := service.DeliveryRules(ctx)
		return &deliveryRulesOutput{Body: web.List[DeliveryRule]{Items: rules}}, err
	})
}

func mountTrace(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "trace-delivery", Method: http.MethodGet, Path: "/v1/deliveries/{id}/lot", Tag: tag,
		Access:  web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer), "official", "administrator"}, Scope: area},
		Summary: "Where the goods of a delivery come from", Description: "For its buyer, its producer and officials.",
		Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*struct{ Body Trace }, error) {
		trace, err := service.Trace(ctx, identity.FromContext(ctx), in.ID)
		return &struct{ Body Trace }{Body: trace}, err
	})
}
