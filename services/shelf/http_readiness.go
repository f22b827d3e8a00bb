package shelf

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type readinessInput struct {
	ID     uuid.UUID `path:"id"`
	System string    `query:"system" doc:"One retail system; left out: all that told something of their own, and what all demand. A buyer's own is meant anyway."`
}

type dashboardInput struct {
	web.Page

	System string `query:"system" doc:"One retail system."`
}

type shelfInput struct {
	web.Page

	All bool `query:"all" doc:"Also what is not ready yet, of producers that have something to show."`
}

func mountReadiness(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "get-product-readiness", Method: http.MethodGet, Path: "/v1/products/{id}/readiness", Tag: tag, Access: everySide(),
		Summary:     "Say what stands between a product and the shelf",
		Description: "Each requirement with whether it is met, why, and what to do next. For the product's producer, the system's buyers and officials.",
		Faults:      reading(ErrSystem),
	}, func(ctx context.Context, in *readinessInput) (*listed[Readiness], error) {
		items, err := s.Readiness(ctx, identity.FromContext(ctx), in.ID, in.System)
		if err != nil {
			return nil, err
		}
		return &listed[Readiness]{Body: web.List[Readiness]{Items: items}}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-readiness", Method: http.MethodGet, Path: "/v1/shelf/readiness", Tag: tag, Access: producers(),
		Summary:     "Show how far all your products are",
		Description: "A page is of products; each comes once for every system that told something of its own, and once for what all demand.",
		Faults:      reading(ErrSystem),
	}, func(ctx context.Context, in *dashboardInput) (*listed[Readiness], error) {
		after, err := afterID(ctx, in.Page)
		if err != nil {
			return nil, err
		}
		items, next, err := s.Dashboard(ctx, identity.FromContext(ctx), in.System, after, in.Limit)
		return goOn(ctx, items, next, err)
	})
	web.Register(api, web.Operation{
		ID: "list-shelf-products", Method: http.MethodGet, Path: "/v1/shelf/products", Tag: tag, Access: buyers(),
		Summary:     "List the products that are ready for your retail system",
		Description: "A page may hold fewer than limit; go on while there is a next_cursor.",
		Faults:      reading(ErrNoSystem),
	}, func(ctx context.Context, in *shelfInput) (*listed[Readiness], error) {
		after, err := afterID(ctx, in.Page)
		if err != nil {
			return nil, err
		}
		items, next, err := s.ShelfProducts(ctx, identity.FromContext(ctx), in.All, after, in.Limit)
		return goOn(ctx, items, next, err)
	})
}

// goOn is a page that says itself where the next one begins.
func goOn(ctx context.Context, items []Readiness, next uuid.UUID, err error) (*listed[Readiness], error) {
	if err != nil {
		return nil, err
	}
	out := &listed[Readiness]{Body: web.List[Readiness]{Items: items}}
	if next != uuid.Nil {
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), next)
	}
	return out, nil
}
