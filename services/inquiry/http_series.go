package inquiry

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type seriesInput struct{ Body NewSeries }

type seriesOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     Series
}

type seriesListOutput struct{ Body web.List[Series] }

type previewOutput struct{ Body web.List[SeriesDate] }

func theSeries(series Series, err error) (*seriesOutput, error) {
	return &seriesOutput{ETag: web.ETag(series.Version), Body: series}, err
}

func mountSeries(api *web.API, service *Service) {
	refusals := []*fault.Definition{
		ErrSeriesDeadline, ErrSeriesHour, ErrSeriesNever, ErrSeriesFar, ErrNoLines, ErrLineSubject, ErrDirectSubject, ErrNobodyInvited, ErrNotOnOffer, ErrUnitDiffers,
		ErrQuantityNotPositive, ErrDatePast, ErrTermsPercent, ErrDepositBeyond,
	}
	web.Register(api, web.Operation{
		ID: "plan-inquiry-series", Method: http.MethodPost, Path: "/v1/inquiry-series", Tag: tag, Access: buyers, Status: http.StatusCreated,
		Summary: "Have an inquiry placed again and again",
		Description: "For each date of the rhythm an inquiry is placed by itself, lead_days before, once. Where that cannot be, for example because a " +
			"product is withdrawn, you are told and the series goes on with the next date.",
		Faults: append(slices.Clone(refusals), ErrTooManySeries),
	}, func(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
		out, err := theSeries(service.PlanSeries(ctx, identity.FromContext(ctx), in.Body))
		out.Location = "/v1/inquiry-series/" + out.Body.ID.String()
		return out, err
	})
	web.Register(api, web.Operation{
		ID: "preview-inquiry-series", Method: http.MethodPost, Path: "/v1/inquiry-series/preview", Tag: tag, Access: buyers,
		Summary: "The first dates that a series would have", Description: "Nothing is saved. Refused as planning it would be, however many there are.", Faults: refusals,
	}, func(ctx context.Context, in *seriesInput) (*previewOutput, error) {
		dates, err := service.PreviewSeries(ctx, identity.FromContext(ctx), in.Body)
		return &previewOutput{Body: web.List[SeriesDate]{Items: dates}}, err
	})
	web.Register(api, web.Operation{
		ID: "list-inquiry-series", Method: http.MethodGet, Path: "/v1/inquiry-series", Tag: tag, Access: buyers,
		Summary: "Your recurring inquiries", Description: "Newest first.", Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *struct{ web.Page }) (*seriesListOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(s Series) uuid.UUID { return s.ID },
			func(at Page) ([]Series, error) { return service.ListSeries(ctx, who, at) },
			func() (int, error) { return service.CountSeries(ctx, who) })
		return &seriesListOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "get-inquiry-series", Method: http.MethodGet, Path: "/v1/inquiry-series/{id}", Tag: tag, Access: buyers,
		Summary: "A recurring inquiry", Description: "With the dates to come and what became of those before.", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*seriesOutput, error) {
		return theSeries(service.GetSeries(ctx, identity.FromContext(ctx), in.ID))
	})
	mountSeriesDecisions(api, service)
}

func mountSeriesDecisions(api *web.API, service *Service) {
	for _, step := range []struct {
		name, summary string
		take          func(ctx context.Context, who identity.Principal, id uuid.UUID) (Series, error)
	}{
		{"pause", "Place nothing until it is resumed", service.PauseSeries},
		{"resume", "Go on with the next date whose deadline lies ahead", service.ResumeSeries},
		{"end", "Place nothing more", service.EndSeries},
	} {
		web.Register(api, web.Operation{
			ID: step.name + "-inquiry-series", Method: http.MethodPost, Path: "/v1/inquiry-series/{id}/" + step.name, Tag: tag, Access: buyers,
			Summary: step.summary, Faults: []*fault.Definition{fault.ErrNotFound, ErrSeriesState},
		}, func(ctx context.Context, in *one) (*seriesOutput, error) {
			return theSeries(step.take(ctx, identity.FromContext(ctx), in.ID))
		})
	}
	web.Register(api, web.Operation{
		ID: "skip-inquiry-series-date", Method: http.MethodPost, Path: "/v1/inquiry-series/{id}/skip", Tag: tag, Access: buyers,
		Summary: "Leave one date out", Faults: []*fault.Definition{fault.ErrNotFound, ErrSeriesState, ErrSeriesDate},
	}, func(ctx context.Context, in *struct {
		ID   uuid.UUID `path:"id"`
		Body struct {
			DeliverOn civil.Date `json:"deliver_on"`
		}
	},
	) (*seriesOutput, error) {
		return theSeries(service.SkipDate(ctx, identity.FromContext(ctx), in.ID, in.Body.DeliverOn))
	})
}
