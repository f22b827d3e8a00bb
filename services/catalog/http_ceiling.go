package catalog

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type ceilingOutput struct {
	Body Ceiling
}

func mountCeiling(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "get-certificate-ceiling", Method: http.MethodGet, Path: "/v1/certificates/{id}/ceiling", Tag: supplyTag,
		Summary:     "What is left of a group certificate's yearly ceilings",
		Description: "Claimed, delivered and left for each group scope and calendar year, in kilograms. Sale without the claim counts nowhere and has no limit.",
		Access:      supplySide(), Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *struct {
		ID uuid.UUID `path:"id"`
	}) (*ceilingOutput, error) {
		ceiling, err := s.Ceiling(ctx, identity.FromContext(ctx), in.ID)
		return &ceilingOutput{Body: ceiling}, err
	})
}
