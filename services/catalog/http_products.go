package catalog

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

type createProductInput struct {
	Body NewProduct
}

type changeProductInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"The ETag you read, or *."`
	Body    ProductChange
}

type productInput struct {
	ID uuid.UUID `path:"id"`
}

type reasonInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"What the other side is told."`
	}
}

func productFaults() []*fault.Definition {
	return append(reference.Faults(), ErrGTIN, ErrGTINTaken, ErrUnitWeightOfKilogram, fault.ErrUnknownValue, fault.ErrOutOfRange,
		fault.ErrTooLong, fault.ErrRequired, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing)
}

func mountProducts(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "create-product", Method: http.MethodPost, Path: "/v1/products", Tag: supplyTag, Summary: "Make a draft of a product",
		Access: producers(), Status: http.StatusCreated, Faults: productFaults(),
	}, func(ctx context.Context, in *createProductInput) (*made[Product], error) {
		product, err := s.CreateProduct(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Product]{ETag: web.ETag(product.Version), Location: "/v1/products/" + product.ID.String(), Body: product}, nil
	})
	web.Register(api, web.Operation{
		ID: "change-product", Method: http.MethodPatch, Path: "/v1/products/{id}", Tag: supplyTag, Summary: "Change a product",
		Access: producers(), Faults: append(productFaults(), ErrProductInTrade, ErrGTINClaimed),
	}, func(ctx context.Context, in *changeProductInput) (*whole[Product], error) {
		product, err := s.ChangeProduct(ctx, identity.FromContext(ctx), in.ID, editable(in.IfMatch), in.Body)
		if err != nil {
			return nil, err
		}
		return &whole[Product]{ETag: web.ETag(product.Version), Body: product}, nil
	})
	mountProductMoves(api, s)
}

func mountProductMoves(api *web.API, s *Service) {
	type move = func(context.Context, identity.Principal, uuid.UUID) (Product, error)
	for _, m := range []struct {
		verb, summary string
		access        web.Access
		do            move
	}{
		{"publish", "Show a product to everybody", producers(), s.Publish},
		{"withdraw", "Take a product out of the catalogue", producers(), s.Withdraw},
		{"reinstate", "End a product's suspension", deciders(), s.Reinstate},
	} {
		act(api, web.Operation{
			ID: m.verb + "-product", Path: "/v1/products/{id}/" + m.verb, Tag: supplyTag, Summary: m.summary, Access: m.access,
			Faults: []*fault.Definition{ErrProductState, ErrGTINClaimed, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing},
		}, func(ctx context.Context, who identity.Principal, in *productInput) (Product, int64, error) {
			product, err := m.do(ctx, who, in.ID)
			return product, product.Version, err
		})
	}
	act(api, web.Operation{
		ID: "suspend-product", Path: "/v1/products/{id}/suspend", Tag: supplyTag,
		Summary: "Take a product out of the catalogue by an authority's decision", Access: deciders(),
		Faults: []*fault.Definition{ErrProductState, identity.ErrReadOnly, identity.ErrScopeMissing},
	}, func(ctx context.Context, who identity.Principal, in *reasonInput) (Product, int64, error) {
		product, err := s.Suspend(ctx, who, in.ID, ifSent(in.IfMatch), in.Body.Reason)
		return product, product.Version, err
	})
}
