package catalog

import (
	"context"
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type productTicksOutput struct {
	Body struct {
		Items []ShownTick `json:"items"`
	}
}

func mountGreenTicks(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "list-product-green-ticks", Method: http.MethodGet, Path: "/v1/products/{id}/green-ticks", Tag: catalogueTag,
		Summary: "The Green Ticks of a product, by retail system",
		Description: "For approved buyers, the product's producer and officials. A breach stops the sale in the system that finds it at once and is told " +
			"to that system, the producer and officials; the buyers of other systems learn of it when it was confirmed, or not answered within 24 hours.",
		Access: web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer), "official", "administrator"}},
		Faults: []*fault.Definition{fault.ErrNotFound, identity.ErrNotApproved, identity.ErrNoOrganisation, identity.ErrScopeMissing},
	}, func(ctx context.Context, in *idInput) (*productTicksOutput, error) {
		ticks, err := s.ProductTicks(ctx, identity.FromContext(ctx), in.ID)
		out := &productTicksOutput{}
		out.Body.Items = ticks
		return out, err
	})
}
