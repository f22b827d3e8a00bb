package trade

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const tag = "trade"

// Mount registers the endpoints of this service.
func Mount(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-trade-kinds", Method: http.MethodGet, Path: "/v1/trade/kinds", Tag: tag, Access: web.Access{Anonymous: true},
		Summary: "List the kinds of trade events and programmes, and the channels of sale",
	}, func(ctx context.Context, _ *struct{}) (*listed[Kind], error) {
		kinds, err := service.Kinds(ctx)
		return &listed[Kind]{Body: web.List[Kind]{Items: kinds}}, err
	})
	mountEvents(api, service)
	mountEventMoves(api, service)
	mountParticipants(api, service)
	mountMeetings(api, service)
	mountMemoranda(api, service)
	mountMemorandumMoves(api, service)
	mountAmendments(api, service)
	mountDeclarations(api, service)
	mountProgrammes(api, service)
}

// Who may call what; which area a key needs depends on the side of the market and is the service's
// to ask.
func everySide() web.Access {
	return web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer), "official", "administrator"}}
}

func parties() web.Access {
	return web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer)}, Scope: tradeArea}
}

func officials() web.Access {
	return web.Access{Groups: []string{"official", "administrator"}, Scope: monitorArea}
}

// writing are the refusals of whoever may not write.
func writing(more ...*fault.Definition) []*fault.Definition {
	return append(more, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrNoOrganisation, identity.ErrScopeMissing)
}

// reading are the refusals of whoever may not read.
func reading(more ...*fault.Definition) []*fault.Definition {
	return append(more, identity.ErrNotApproved, identity.ErrNoOrganisation, identity.ErrScopeMissing)
}

type one struct {
	ID uuid.UUID `path:"id"`
}

type made[T any] struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     T
}

type whole[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

type listed[T any] struct {
	Body web.List[T]
}

// moveInput is a step, with the reason that some need.
type moveInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    *struct {
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"What the others are told."`
	}
}

func (in *moveInput) reason() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Reason
}

// ifSent compares a version with If-Match where it was sent.
func ifSent(header string) Match {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	return needed(header)
}

// needed compares a version with If-Match, which must be there.
func needed(header string) Match {
	return func(version int64) error { return web.CheckIfMatch(header, version) }
}

// pageOf answers a page of a list by ids, of which found reads one item more than asked for; the total is
// counted when it was asked for.
func pageOf[T any](ctx context.Context, in web.Page, id func(T) uuid.UUID, found func(at Page) ([]T, error), count func() (int, error)) (*listed[T], error) {
	at := Page{Limit: in.Limit + 1}
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &at.After); err != nil {
			return nil, err
		}
	}
	items, err := found(at)
	if err != nil {
		return nil, err
	}
	out := listed[T]{Body: web.List[T]{Items: items}}
	if len(items) > in.Limit {
		out.Body.Items = items[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), id(items[in.Limit-1]))
	}
	if in.Count {
		total, err := count()
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return &out, nil
}
