package notify

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const tag = "notices"

type listInput struct {
	web.Page

	Unread bool `query:"unread" doc:"Only what was not read yet."`
}

type listOutput struct {
	Body web.List[Notice]
}

type noticeOutput struct {
	Body Notice
}

// Unread is how many notices nobody of the organisation has read.
type Unread struct {
	Unread int `json:"unread" doc:"At most 10 000."`
}

// Mount registers the endpoints of this service.
func Mount(api *web.API, service *Service) {
	everybody := web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer), "official"}, Scope: area}
	web.Register(api, web.Operation{
		ID: "list-notices", Method: http.MethodGet, Path: "/v1/notices", Tag: tag, Access: everybody,
		Summary:     "Notices to my organisation",
		Description: "Certificates near or past their end, and deals whose marks will not hold; newest first, in the language of the request.",
		Faults:      []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *listInput) (*listOutput, error) { return list(ctx, service, in) })
	web.Register(api, web.Operation{
		ID: "count-unread-notices", Method: http.MethodGet, Path: "/v1/notices/unread", Tag: tag, Access: everybody,
		Summary: "How many notices are unread",
	}, func(ctx context.Context, _ *struct{}) (*struct{ Body Unread }, error) {
		unread, err := service.CountNotices(ctx, identity.FromContext(ctx), true)
		return &struct{ Body Unread }{Unread{unread}}, err
	})
	web.Register(api, web.Operation{
		ID: "read-notice", Method: http.MethodPost, Path: "/v1/notices/{id}/read", Tag: tag, Access: everybody,
		Summary: "Mark a notice as read", Description: "For the whole organisation.", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *struct {
		ID uuid.UUID `path:"id"`
	}) (*noticeOutput, error) {
		notice, err := service.MarkRead(ctx, identity.FromContext(ctx), web.Language(ctx), in.ID)
		return &noticeOutput{Body: notice}, err
	})
}

func list(ctx context.Context, service *Service, in *listInput) (*listOutput, error) {
	page := Page{Limit: in.Limit + 1, Unread: in.Unread}
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &page.Before); err != nil {
			return nil, err
		}
	}
	who := identity.FromContext(ctx)
	notices, err := service.Notices(ctx, who, web.Language(ctx), page)
	if err != nil {
		return nil, err
	}
	out := &listOutput{Body: web.List[Notice]{Items: notices}}
	if len(notices) > in.Limit {
		out.Body.Items = notices[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), notices[in.Limit-1].ID)
	}
	if in.Count {
		total, err := service.CountNotices(ctx, who, in.Unread)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return out, nil
}
