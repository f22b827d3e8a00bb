package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type dockLinkInput struct {
	ID   uuid.UUID `path:"id"`
	Body *DockLinkRequest
}

type revokeInput struct {
	ID   uuid.UUID `path:"id"`
	Link uuid.UUID `path:"link"`
}

type dockInput struct {
	Code string `path:"code" maxLength:"100"`
}

type dockReceiptInput struct {
	Code string `path:"code" maxLength:"100"`
	Body Receipt
}

type dockOutput struct{ Body DockDelivery }

type dockLinksOutput struct{ Body web.List[DockLink] }

func mountDock(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "create-dock-link", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dock-links", Tag: tag, Access: buyers, Status: http.StatusCreated, Secret: true,
		Summary: "Make a link for the dock", Description: "Whoever has its code sees this one delivery and notes its receipt, once, without signing in.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrDeliveryState},
	}, func(ctx context.Context, in *dockLinkInput) (*struct{ Body NewDockLink }, error) {
		var request DockLinkRequest
		if in.Body != nil {
			request = *in.Body
		}
		link, err := service.MakeDockLink(ctx, identity.FromContext(ctx), in.ID, request)
		return &struct{ Body NewDockLink }{Body: link}, err
	})
	web.Register(api, web.Operation{
		ID: "list-dock-links", Method: http.MethodGet, Path: "/v1/deliveries/{id}/dock-links", Tag: tag, Access: buyers,
		Summary: "Links for the dock", Description: "The newest hundred, without their codes.", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*dockLinksOutput, error) {
		links, err := service.DockLinks(ctx, identity.FromContext(ctx), in.ID)
		return &dockLinksOutput{Body: web.List[DockLink]{Items: links}}, err
	})
	web.Register(api, web.Operation{
		ID: "revoke-dock-link", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dock-links/{link}/revoke", Tag: tag, Access: buyers,
		Summary: "End a link for the dock", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *revokeInput) (*struct{ Body DockLink }, error) {
		link, err := service.RevokeDockLink(ctx, identity.FromContext(ctx), in.ID, in.Link)
		return &struct{ Body DockLink }{Body: link}, err
	})
	anybody := web.Access{Anonymous: true}
	web.Register(api, web.Operation{
		ID: "get-dock", Method: http.MethodGet, Path: "/v1/dock/{code}", Tag: tag, Access: anybody,
		Summary: "A delivery at the dock", Description: "Whoever has the code. Unknown, expired and revoked codes get the same answer.",
		Faults: []*fault.Definition{fault.ErrNotFound, identity.ErrTooManyGuesses},
	}, func(ctx context.Context, in *dockInput) (*dockOutput, error) {
		shown, err := service.Dock(ctx, in.Code)
		return &dockOutput{Body: shown}, err
	})
	web.Register(api, web.Operation{
		ID: "receive-at-dock", Method: http.MethodPost, Path: "/v1/dock/{code}/receive", Tag: tag, Access: anybody,
		Summary: "Record a receipt at the dock", Description: "Once: a second time the refusal says what was noted.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, identity.ErrTooManyGuesses, ErrDockReceived, ErrDeliveryState, ErrReceiptSum, ErrSizesSum, ErrSizeUnpriced, ErrOver, ErrTieOfLive, ErrPriceIsNet,
		},
	}, func(ctx context.Context, in *dockReceiptInput) (*dockOutput, error) {
		shown, err := service.DockReceive(ctx, in.Code, in.Body)
		return &dockOutput{Body: shown}, err
	})
}
