package monitor

import (
	"context"
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type deskOutput struct{ Body Desk }

type deskItemsInput struct {
	Kind   string `path:"kind"    doc:"A kind of GET /v1/desk." maxLength:"60"`
	Limit  int    `query:"limit"  minimum:"1" maximum:"100" default:"20" doc:"How many items to answer."`
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where to go on: next_cursor of the answer before."`
}

type deskItemsOutput struct{ Body web.List[DeskItem] }

func mountDesk(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "get-desk", Method: http.MethodGet, Path: "/v1/desk", Tag: "monitoring", Access: watchers(), Faults: refusals(),
		Summary: "What waits for my authority",
		Description: "How much of each kind, since when, and by which day it is to be dealt with: applications, certificates to be verified and those that run " +
			"out, open incidents under the Green Tick, organisations under watch and proposals of it, reports that were corrected, deliveries nobody confirmed, gaps nobody looked at.",
	}, func(ctx context.Context, _ *struct{}) (*deskOutput, error) {
		desk, err := service.Desk(ctx, identity.FromContext(ctx))
		return &deskOutput{Body: desk}, err
	})
	web.Register(api, web.Operation{
		ID: "list-desk", Method: http.MethodGet, Path: "/v1/desk/{kind}", Tag: "monitoring", Access: watchers(),
		Summary: "What waits of one kind, what has waited longest first", Description: "Organisations of the other side are masked.",
		Faults: append(refusals(), fault.ErrNotFound, web.ErrInvalidCursor),
	}, func(ctx context.Context, in *deskItemsInput) (*deskItemsOutput, error) {
		var after DeskPlace
		if in.Cursor != "" {
			if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &after.Since, &after.ID); err != nil {
				return nil, err
			}
		}
		items, err := service.DeskItems(ctx, identity.FromContext(ctx), in.Kind, after, in.Limit+1)
		if err != nil {
			return nil, err
		}
		out := &deskItemsOutput{Body: web.List[DeskItem]{Items: items}}
		if len(items) > in.Limit {
			out.Body.Items = items[:in.Limit]
			last := items[in.Limit-1]
			out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), last.Since, last.ID)
		}
		return out, nil
	})
}
