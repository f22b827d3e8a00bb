package catalog

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type openSeriesInput struct {
	Body NewSeries
}

type changeSeriesInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"The ETag you read, or *."`
	Body    SeriesChange
}

type previewChangeInput struct {
	ID   uuid.UUID `path:"id"`
	Body SeriesChange
}

type seriesListInput struct {
	web.Page

	ProductID uuid.UUID `query:"product_id"`
}

type seriesListOutput struct {
	Body web.List[Series]
}

func seriesFaults() []*fault.Definition {
	return append(offerFaults(), ErrRuleField, ErrSeriesOverlap, ErrSeriesTooLong, ErrSeriesEmpty, ErrProductNotPublished, ErrForeignProduct, fault.ErrRequired)
}

func mountSeries(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "open-offer-series", Method: http.MethodPost, Path: "/v1/offer-series", Tag: supplyTag, Access: producers(), Status: http.StatusCreated,
		Summary: "Offer supply that recurs", Faults: append(seriesFaults(), ErrTooManySeries),
		Description: "Weekly, on days of the month, or with the spring tides of the lunar month (con nước rong). Each occurrence becomes an offer of its own, at once.",
	}, func(ctx context.Context, in *openSeriesInput) (*made[Series], error) {
		series, err := s.OpenSeries(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Series]{ETag: web.ETag(series.Version), Location: "/v1/offer-series/" + series.ID.String(), Body: series}, nil
	})
	web.Register(api, web.Operation{
		ID: "preview-offer-series", Method: http.MethodPost, Path: "/v1/offer-series/preview", Tag: supplyTag, Access: producers(),
		Summary: "See the dates of recurring supply, in both calendars, before saving it", Faults: seriesFaults(),
	}, func(ctx context.Context, in *openSeriesInput) (*struct{ Body Series }, error) {
		series, err := s.PreviewSeries(ctx, identity.FromContext(ctx), in.Body)
		return &struct{ Body Series }{Body: series}, err
	})
	web.Register(api, web.Operation{
		ID: "change-offer-series", Method: http.MethodPatch, Path: "/v1/offer-series/{id}", Tag: supplyTag, Access: producers(),
		Summary: "Change recurring supply", Faults: append(seriesFaults(), ErrSeriesState, ErrTooManySeries),
		Description: "Occurrences that have begun, are committed or reserved, or were changed on their own stay as they are; each says what became of it.",
	}, func(ctx context.Context, in *changeSeriesInput) (*whole[Series], error) {
		series, err := s.ChangeSeries(ctx, identity.FromContext(ctx), in.ID, editable(in.IfMatch), in.Body)
		if err != nil {
			return nil, err
		}
		return &whole[Series]{ETag: web.ETag(series.Version), Body: series}, nil
	})
	web.Register(api, web.Operation{
		ID: "preview-offer-series-change", Method: http.MethodPost, Path: "/v1/offer-series/{id}/preview", Tag: supplyTag, Access: producers(),
		Summary: "See what a change of recurring supply would do", Faults: append(seriesFaults(), ErrSeriesState),
	}, func(ctx context.Context, in *previewChangeInput) (*struct{ Body Series }, error) {
		series, err := s.PreviewChange(ctx, identity.FromContext(ctx), in.ID, in.Body)
		return &struct{ Body Series }{Body: series}, err
	})
	act(api, web.Operation{
		ID: "close-offer-series", Path: "/v1/offer-series/{id}/close", Tag: supplyTag, Access: producers(),
		Summary: "End recurring supply: what is free of it is taken back, what is committed and reserved stands",
		Faults:  []*fault.Definition{ErrSeriesState, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing},
	}, func(ctx context.Context, who identity.Principal, in *offerInput) (Series, int64, error) {
		series, err := s.CloseSeries(ctx, who, in.ID, ifSent(in.IfMatch))
		return series, series.Version, err
	})
	web.Register(api, web.Operation{
		ID: "get-offer-series", Method: http.MethodGet, Path: "/v1/offer-series/{id}", Tag: supplyTag, Summary: "Read recurring supply",
		Description: "A producer's own; for the officials of Cà Mau and administrators too, without prices that are not public.", Access: supplySide(),
	}, func(ctx context.Context, in *idInput) (*whole[Series], error) {
		series, err := s.Series(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &whole[Series]{ETag: web.ETag(series.Version), Body: series}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-offer-series", Method: http.MethodGet, Path: "/v1/offer-series", Tag: supplyTag, Access: supplySide(),
		Summary: "List recurring supply", Description: "A producer's own; all for the officials of Cà Mau and administrators. Newest first.",
	}, s.listSeries)
}

func (s *Service) listSeries(ctx context.Context, in *seriesListInput) (*seriesListOutput, error) {
	var after uuid.UUID
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &after); err != nil {
			return nil, err
		}
	}
	who := identity.FromContext(ctx)
	list, err := s.SeriesList(ctx, who, in.ProductID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	var out seriesListOutput
	out.Body.Items = list
	if len(list) > in.Limit {
		out.Body.Items = list[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), list[in.Limit-1].ID)
	}
	if in.Count {
		total, err := s.CountSeries(ctx, who, in.ProductID)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return &out, nil
}
