package monitor

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type thresholdsBody struct {
	Thresholds []GapThreshold `json:"thresholds" maxItems:"200"`
}

type thresholdsInput struct {
	IfMatch string `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    thresholdsBody
}

type thresholdsOutput struct {
	ETag string `header:"ETag"`
	Body thresholdsBody
}

func thresholdsOut(found []GapThreshold, err error) (*thresholdsOutput, error) {
	return &thresholdsOutput{ETag: web.ETag(ThresholdsVersion(found)), Body: thresholdsBody{found}}, err
}

type alertsInput struct{ web.Page }

type alertsOutput struct{ Body web.List[GapAlert] }

type alertInput struct {
	ID uuid.UUID `path:"id"`
}

type alertOutput struct{ Body GapAlert }

func mountGapAlerts(api *web.API, service *Service) {
	official := web.Access{Groups: []string{"official"}, Scope: area}
	web.Register(api, web.Operation{
		ID: "list-gap-thresholds", Method: http.MethodGet, Path: "/v1/gap-thresholds", Tag: "monitoring", Access: official,
		Summary: "From when on your authority is told of a gap", Faults: refusals(),
	}, func(ctx context.Context, _ *struct{}) (*thresholdsOutput, error) {
		return thresholdsOut(service.GapThresholds(ctx, identity.FromContext(ctx)))
	})
	web.Register(api, web.Operation{
		ID: "set-gap-thresholds", Method: http.MethodPut, Path: "/v1/gap-thresholds", Tag: "monitoring", Access: official,
		Summary: "Say from when on your authority is told of a gap",
		Description: "All of them: what is left out ends. That of a line holds for it instead of the one without. Each gap is told once for a threshold; one that is changed tells anew. " +
			"Sent again it changes nothing.",
		Faults: append(refusals(), fault.ErrOutOfRange, fault.ErrTooLong, fault.ErrStale),
	}, func(ctx context.Context, in *thresholdsInput) (*thresholdsOutput, error) {
		var match func(version int64) error
		if strings.TrimSpace(in.IfMatch) != "" {
			match = func(version int64) error { return web.CheckIfMatch(in.IfMatch, version) }
		}
		return thresholdsOut(service.SetGapThresholds(ctx, identity.FromContext(ctx), match, in.Body.Thresholds))
	})
	web.Register(api, web.Operation{
		ID: "list-gap-alerts", Method: http.MethodGet, Path: "/v1/gap-alerts", Tag: "monitoring", Access: official,
		Summary: "Gaps that your authority was told of", Description: "As they were when they were noted, newest first; a job looks every day.",
		Faults: append(refusals(), web.ErrInvalidCursor),
	}, service.listGapAlerts)
	web.Register(api, web.Operation{
		ID: "acknowledge-gap-alert", Method: http.MethodPost, Path: "/v1/gap-alerts/{id}/acknowledge", Tag: "monitoring", Access: official,
		Summary: "Say that your authority looked at a gap", Description: "It waits on the desk no more. Sent again it changes nothing.",
		Faults: append(refusals(), fault.ErrNotFound),
	}, func(ctx context.Context, in *alertInput) (*alertOutput, error) {
		seen, err := service.AcknowledgeGap(ctx, identity.FromContext(ctx), in.ID)
		return &alertOutput{Body: seen}, err
	})
}

func (s *Service) listGapAlerts(ctx context.Context, in *alertsInput) (*alertsOutput, error) {
	who, scope := identity.FromContext(ctx), "gap-alerts"
	var before uuid.UUID
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, scope, &before); err != nil {
			return nil, err
		}
	}
	found, err := s.GapAlerts(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &alertsOutput{Body: web.List[GapAlert]{Items: found}}
	if len(found) > in.Limit {
		out.Body.Items = found[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(scope, found[in.Limit-1].ID)
	}
	if in.Count {
		total, err := s.CountGapAlerts(ctx, who)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return out, nil
}
