package inquiry

import (
	"context"
	"net/http"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type quotingOutput struct {
	Body Quoting
}

func mountQuoting(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "get-quoting", Method: http.MethodGet, Path: "/v1/quoting", Tag: tag, Access: producers,
		Summary: "How I quote", Description: "What your quotes do unless they say otherwise.",
	}, func(ctx context.Context, _ *struct{}) (*quotingOutput, error) {
		setting, err := service.Quoting(ctx, identity.FromContext(ctx))
		return &quotingOutput{Body: setting}, err
	})
	web.Register(api, web.Operation{
		ID: "put-quoting", Method: http.MethodPut, Path: "/v1/quoting", Tag: tag, Access: producers,
		Summary: "Say how I quote", Description: "Without reserve it goes back to the default. Quotes that were given stay as they are.",
	}, func(ctx context.Context, in *struct {
		Body struct {
			Reserve *bool `json:"reserve,omitempty"`
		}
	},
	) (*quotingOutput, error) {
		setting, err := service.SetQuoting(ctx, identity.FromContext(ctx), in.Body.Reserve)
		return &quotingOutput{Body: setting}, err
	})
}
