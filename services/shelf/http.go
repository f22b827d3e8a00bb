package shelf

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const tag = "shelf"

// Mount registers the endpoints of this service.
func Mount(api *web.API, service *Service) {
	mountRequirements(api, service)
	mountDocuments(api, service)
	mountScans(api, service)
	mountFacts(api, service)
	mountReadiness(api, service)
	mountTicks(api, service)
}

// Who may call what; which area a key needs depends on the side of the market and is the service's
// to ask.
func producers() web.Access {
	return web.Access{Groups: []string{string(identity.Producer)}, Scope: supplyArea}
}

func buyers() web.Access {
	return web.Access{Groups: []string{string(identity.Buyer)}, Scope: tradeArea}
}

func everySide() web.Access {
	return web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer), "official", "administrator"}}
}

// writing are the refusals of whoever may not write.
func writing(more ...*fault.Definition) []*fault.Definition {
	return append(more, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrNoOrganisation, identity.ErrScopeMissing)
}

// reading are the refusals of whoever may not read.
func reading(more ...*fault.Definition) []*fault.Definition {
	return append(more, identity.ErrNotApproved, identity.ErrNoOrganisation, identity.ErrScopeMissing)
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

// ifSent compares a version with If-Match where it was sent.
func ifSent(header string) Match {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	return func(version int64) error { return web.CheckIfMatch(header, version) }
}

// afterID reads where a list by ids goes on.
func afterID(ctx context.Context, page web.Page) (uuid.UUID, error) {
	var after uuid.UUID
	if page.Cursor == "" {
		return after, nil
	}
	return after, web.DecodeCursor(page.Cursor, web.CursorScope(ctx), &after)
}

// cut makes a page of one item more than was asked for.
func cut[T any](ctx context.Context, items []T, limit int, id func(T) uuid.UUID) *listed[T] {
	var out listed[T]
	out.Body.Items = items
	if len(items) > limit {
		out.Body.Items = items[:limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), id(items[limit-1]))
	}
	return &out
}

type requirementsInput struct {
	Code string     `path:"code"  doc:"Retail system; see /v1/reference/buyer-systems."`
	Line string     `query:"line" doc:"Also what is demanded of this product line alone."`
	On   civil.Date `query:"on"   doc:"What holds on this day; today when left out."`
}

type setRequirementsInput struct {
	Code string `path:"code"`
	Body NewProfile
}

func mountRequirements(api *web.API, s *Service) {
	open := web.Access{Anonymous: true}
	web.Register(api, web.Operation{
		ID: "list-document-types", Method: http.MethodGet, Path: "/v1/shelf/document-types", Tag: tag, Access: open,
		Summary: "List the kinds of documents that systems ask for",
	}, func(ctx context.Context, _ *struct{}) (*listed[DocumentType], error) {
		types, err := s.DocumentTypes(ctx)
		if err != nil {
			return nil, err
		}
		return &listed[DocumentType]{Body: web.List[DocumentType]{Items: types}}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-shelf-fields", Method: http.MethodGet, Path: "/v1/shelf/fields", Tag: tag, Access: open,
		Summary: "List what may be told of a product's label and of a producer's terms",
	}, func(ctx context.Context, _ *struct{}) (*listed[Field], error) {
		fields, err := s.Fields(ctx)
		if err != nil {
			return nil, err
		}
		return &listed[Field]{Body: web.List[Field]{Items: fields}}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-requirements", Method: http.MethodGet, Path: "/v1/shelf/systems/{code}/requirements", Tag: tag, Access: everySide(),
		Summary:     "List what a retail system demands of a product",
		Description: "What all demand first, by law and custom, then the system's own, then those of the line. A requirement takes the place of an earlier one with the same code. Not for other systems' buyers.",
		Faults:      reading(fault.ErrUnknownValue),
	}, func(ctx context.Context, in *requirementsInput) (*listed[Profile], error) {
		profiles, err := s.Requirements(ctx, identity.FromContext(ctx), in.Code, in.Line, in.On)
		if err != nil {
			return nil, err
		}
		return &listed[Profile]{Body: web.List[Profile]{Items: profiles}}, nil
	})
	web.Register(api, web.Operation{
		ID: "set-requirements", Method: http.MethodPost, Path: "/v1/shelf/systems/{code}/requirements", Tag: tag, Access: buyers(),
		Status: http.StatusCreated, Summary: "Say what your own retail system demands, from a day on",
		Description: "A new version, whole; the one before holds until that day and stays readable.",
		Faults: writing(ErrNoSystem, ErrBackdated, ErrRequirementTwice, fault.ErrUnknownValue, fault.ErrOutOfRange,
			fault.ErrRequired, fault.ErrStale),
	}, func(ctx context.Context, in *setRequirementsInput) (*made[Profile], error) {
		profile, err := s.SetRequirements(ctx, identity.FromContext(ctx), in.Code, in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Profile]{
			ETag: web.ETag(int64(profile.Version)), Location: "/v1/shelf/systems/" + in.Code + "/requirements", Body: profile,
		}, nil
	})
}
