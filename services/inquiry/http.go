package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

const tag = "demand"

// Groups of callers, as identity.Principal.Groups names them.
//
//nolint:gochecknoglobals // constant lists
var (
	buyers    = web.Access{Groups: []string{string(identity.Buyer)}, Scope: area}
	producers = web.Access{Groups: []string{string(identity.Producer)}, Scope: area}
	traders   = web.Access{Groups: []string{string(identity.Buyer), string(identity.Producer)}, Scope: area}
)

// Mount registers the endpoints of this service.
func Mount(api *web.API, service *Service) {
	mountInquiries(api, service)
	mountSeries(api, service)
	mountAmendments(api, service)
	mountAttachments(api, service)
	mountRounds(api, service)
	mountQuotes(api, service)
	mountComparison(api, service)
	mountBackups(api, service)
	mountPerformance(api, service)
	mountAwards(api, service)
	mountContracts(api, service)
	mountApproval(api, service)
	mountCancellations(api, service)
	mountCallOffs(api, service)
	mountDeliveries(api, service)
	mountDeliveryRules(api, service)
	mountPlans(api, service)
	mountDock(api, service)
	mountDisputes(api, service)
	mountPayments(api, service)
	mountReceiptPhotos(api, service)
	mountTrace(api, service)
}

// one is the input of an operation on one thing.
type one struct {
	ID uuid.UUID `path:"id"`
}

type reasoned struct {
	ID   uuid.UUID `path:"id"`
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"200"`
		Note   string `json:"note,omitempty"   maxLength:"1000"`
	}
}

func (r *reasoned) words() (reason, note string) {
	if r.Body == nil {
		return "", ""
	}
	return r.Body.Reason, r.Body.Note
}

// page reads where a list goes on; one more item is fetched to know whether there is a next page.
func page(ctx context.Context, in web.Page) (Page, error) {
	p := Page{Limit: in.Limit + 1}
	if in.Cursor == "" {
		return p, nil
	}
	return p, web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &p.Before)
}

// paged cuts the item too many off and names the next page by the last one's id.
func paged[T any](ctx context.Context, items []T, limit int, id func(T) uuid.UUID) web.List[T] {
	list := web.List[T]{Items: items}
	if len(items) > limit {
		list.Items = items[:limit]
		list.NextCursor = web.EncodeCursor(web.CursorScope(ctx), id(items[limit-1]))
	}
	return list
}

// pageOf answers a page of a list; the total is counted when it was asked for.
func pageOf[T any](ctx context.Context, in web.Page, id func(T) uuid.UUID,
	found func(at Page) ([]T, error), count func() (int, error),
) (web.List[T], error) {
	at, err := page(ctx, in)
	if err != nil {
		return web.List[T]{}, err
	}
	items, err := found(at)
	if err != nil {
		return web.List[T]{}, err
	}
	list := paged(ctx, items, in.Limit, id)
	if in.Count {
		total, err := count()
		if err != nil {
			return web.List[T]{}, err
		}
		list.Total = &total
	}
	return list, nil
}

type inquiryOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     Inquiry
}

func whole(inquiry Inquiry, err error) (*inquiryOutput, error) {
	return &inquiryOutput{ETag: web.ETag(inquiry.Version), Body: inquiry}, err
}

type listInput struct {
	web.Page

	Stage Stage `query:"stage" enum:"draft,open,closed,cancelled" doc:"What was decided about it."`
}

type inquiriesOutput struct {
	Body web.List[Inquiry]
}

func mountInquiries(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "place-inquiry", Method: http.MethodPost, Path: "/v1/inquiries", Tag: tag, Access: buyers, Status: http.StatusCreated,
		Summary: "Place an inquiry", Description: "It opens at once unless it is sent as a draft. Each line names an offer, a product, or a product line.",
		Faults: []*fault.Definition{
			catalog.ErrBelowMinOrder, catalog.ErrOffMultiple, catalog.ErrLeadTime,
			ErrDeadlinePast, ErrNoLines, ErrLineSubject, ErrDirectSubject, ErrNobodyInvited, ErrNotOnOffer, ErrUnitDiffers, ErrQuantityNotPositive, ErrDatePast, ErrTooManyInquiries,
			ErrTermsPercent, ErrDepositBeyond,
		},
	}, func(ctx context.Context, in *struct{ Body Demand }) (*inquiryOutput, error) {
		out, err := whole(service.Place(ctx, identity.FromContext(ctx), in.Body))
		out.Location = "/v1/inquiries/" + out.Body.ID.String()
		return out, err
	})
	web.Register(api, web.Operation{
		ID: "list-inquiries", Method: http.MethodGet, Path: "/v1/inquiries", Tag: tag, Access: traders,
		Summary: "Inquiries", Description: "A buyer's own, or those that reach a producer; newest first.",
		Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *listInput) (*inquiriesOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(i Inquiry) uuid.UUID { return i.ID },
			func(at Page) ([]Inquiry, error) {
				at.Stage = in.Stage
				return service.List(ctx, who, at)
			},
			func() (int, error) { return service.CountInquiries(ctx, who, in.Stage) })
		return &inquiriesOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "get-inquiry", Method: http.MethodGet, Path: "/v1/inquiries/{id}", Tag: tag, Access: traders,
		Summary: "An inquiry", Description: "As the reader may see it: nothing tells a producer of its rivals.",
		Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*inquiryOutput, error) {
		return whole(service.Get(ctx, identity.FromContext(ctx), in.ID))
	})
	mountInquiryDecisions(api, service)
}

func mountInquiryDecisions(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "open-inquiry", Method: http.MethodPost, Path: "/v1/inquiries/{id}/open", Tag: tag, Access: buyers,
		Summary: "Open a draft", Faults: []*fault.Definition{fault.ErrNotFound, ErrNotDraft, ErrDeadlinePast},
	}, func(ctx context.Context, in *one) (*inquiryOutput, error) {
		return whole(service.Open(ctx, identity.FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "cancel-inquiry", Method: http.MethodPost, Path: "/v1/inquiries/{id}/cancel", Tag: tag, Access: buyers,
		Summary: "Take an inquiry back", Description: "With all its quotes. One that has awards is closed instead.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOpen, ErrHasAwards},
	}, func(ctx context.Context, in *reasoned) (*inquiryOutput, error) {
		reason, _ := in.words()
		return whole(service.Cancel(ctx, identity.FromContext(ctx), in.ID, reason))
	})
	web.Register(api, web.Operation{
		ID: "close-inquiry", Method: http.MethodPost, Path: "/v1/inquiries/{id}/close", Tag: tag, Access: buyers,
		Summary: "Close an inquiry", Description: "Nothing more is wanted; quotes without awards are declined; what was awarded goes on.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOpen},
	}, func(ctx context.Context, in *reasoned) (*inquiryOutput, error) {
		reason, _ := in.words()
		return whole(service.Close(ctx, identity.FromContext(ctx), in.ID, reason))
	})
}
