package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

type quoteInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewQuote
}

type quoteOutput struct {
	Location string `header:"Location"`
	Body     Quote
}

func quoted(quote Quote, err error) (*quoteOutput, error) { return &quoteOutput{Body: quote}, err }

// located is a new quote with its address.
func located(quote Quote, err error) (*quoteOutput, error) {
	return &quoteOutput{Location: "/v1/quotes/" + quote.ID.String(), Body: quote}, err
}

type quotesInput struct {
	web.Page

	ID uuid.UUID `path:"id"`
}

type quotesOutput struct {
	Body web.List[Quote]
}

type declineInput struct {
	ID   uuid.UUID `path:"id"`
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"1000"`
	}
}

type declineOutput struct {
	Body Declined
}

func mountQuotes(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "submit-quote", Method: http.MethodPost, Path: "/v1/inquiries/{id}/quotes", Tag: tag, Access: producers, Status: http.StatusCreated,
		Summary:     "Quote on an inquiry line",
		Description: "Quantity, price and date are enough: without offer_id the offer behind the quote is made from it.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, ErrNotOpen, ErrDeadlinePassed, ErrQuoteExists, ErrWrongLine, ErrNotYourOffer, ErrOfferClosed,
			ErrOutsideOffer, ErrNoProduct, ErrValidityPast, ErrNeitherDayNorTime, ErrUnitDiffers, ErrLineUnknown, ErrQuoteTooLarge,
			ErrTieNeeded, ErrTieTwice, ErrTieTooFine, ErrNoTie, ErrSizesGross, ErrFreightIncluded, ErrSplitStart, ErrSplitSum, ErrLotUndeclared, ErrTooManyQuotes,
			ledger.ErrOfferExhausted,
		},
	}, func(ctx context.Context, in *quoteInput) (*quoteOutput, error) {
		return located(service.Quote(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "list-quotes", Method: http.MethodGet, Path: "/v1/inquiries/{id}/quotes", Tag: tag, Access: traders,
		Summary: "Quotes on an inquiry", Description: "All for its buyer — none while they are sealed —, a producer's own for a producer; newest first.",
		Faults: []*fault.Definition{fault.ErrNotFound, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *quotesInput) (*quotesOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(q Quote) uuid.UUID { return q.ID },
			func(at Page) ([]Quote, error) { return service.Quotes(ctx, who, in.ID, at) },
			func() (int, error) { return service.CountQuotes(ctx, who, in.ID) })
		return &quotesOutput{Body: list}, err
	})
	mountOwnQuotes(api, service)
	mountQuoting(api, service)
	web.Register(api, web.Operation{
		ID: "decline-inquiry", Method: http.MethodPost, Path: "/v1/inquiries/{id}/decline", Tag: tag, Access: producers,
		Summary: "Nothing to offer", Description: "Không có hàng: so that silence and refusal differ.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOpen, ErrAlreadyQuoted},
	}, func(ctx context.Context, in *declineInput) (*declineOutput, error) {
		note := ""
		if in.Body != nil {
			note = in.Body.Note
		}
		declined, err := service.Decline(ctx, identity.FromContext(ctx), in.ID, note)
		return &declineOutput{Body: declined}, err
	})
	web.Register(api, web.Operation{
		ID: "revise-quote", Method: http.MethodPost, Path: "/v1/quotes/{id}/revise", Tag: tag, Access: producers, Status: http.StatusCreated,
		Summary: "Replace a quote by a new version", Description: "The new version has an id of its own; the old one can no longer be awarded.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrQuoteState, ErrQuoteAwarded, ErrDeadlinePassed, ErrNotOpen, ErrFreightIncluded, ErrTooManyQuotes, ledger.ErrOfferExhausted},
	}, func(ctx context.Context, in *quoteInput) (*quoteOutput, error) {
		return located(service.Revise(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "withdraw-quote", Method: http.MethodPost, Path: "/v1/quotes/{id}/withdraw", Tag: tag, Access: producers,
		Summary: "Take a quote back", Faults: []*fault.Definition{fault.ErrNotFound, ErrQuoteState, ErrQuoteAwarded},
	}, func(ctx context.Context, in *one) (*quoteOutput, error) {
		return quoted(service.Withdraw(ctx, identity.FromContext(ctx), in.ID))
	})
}

func mountOwnQuotes(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-own-quotes", Method: http.MethodGet, Path: "/v1/quotes", Tag: tag, Access: producers,
		Summary: "My quotes", Description: "On whatever inquiry, all versions; newest first.", Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *struct{ web.Page }) (*quotesOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(q Quote) uuid.UUID { return q.ID },
			func(at Page) ([]Quote, error) { return service.OwnQuotes(ctx, who, at) },
			func() (int, error) { return service.CountOwnQuotes(ctx, who) })
		return &quotesOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "get-quote", Method: http.MethodGet, Path: "/v1/quotes/{id}", Tag: tag, Access: traders,
		Summary: "A quote", Description: "For its author, and for the inquiry's buyer unless it is still sealed.", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*quoteOutput, error) {
		return quoted(service.GetQuote(ctx, identity.FromContext(ctx), in.ID))
	})
}
