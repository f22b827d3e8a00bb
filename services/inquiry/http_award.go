package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

type awardInput struct {
	ID   uuid.UUID `path:"id"`
	Body Act
}

type awardsOutput struct {
	Location string `header:"Location"`
	Body     Awards
}

type awardOutput struct {
	Body Award
}

func awarded(award Award, err error) (*awardOutput, error) { return &awardOutput{Body: award}, err }

type awardListInput struct {
	web.Page

	InquiryID uuid.UUID `query:"inquiry_id"`
}

type awardListOutput struct {
	Body web.List[Award]
}

type shortfallInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Quantity quantity.Quantity `json:"quantity" doc:"How much less will come."`
		Note     string            `json:"note,omitempty" maxLength:"500"`
	}
}

func mountAwards(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "award-quotes", Method: http.MethodPost, Path: "/v1/inquiries/{id}/awards", Tag: tag, Access: buyers, Status: http.StatusCreated,
		Summary: "Award parts of quotes", Description: "Several quotes in one act: all or nothing. What is committed never exceeds the offer, nor what is sold under a claim the certificate's ceiling. " +
			"An act worth more than my organisation's limit (/v1/purchasing) commits nothing yet: the answer holds no awards but a proposal, which a second person approves.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, fault.ErrUnknownValue, ErrDatePast, ErrFrameworkPeriod, ErrNoFrameworkQuoted, ErrIndicativePrice, ErrFrameworkYears, ErrNotOpen, ErrSealed, ErrSaleStopped, ErrQuoteState, ErrQuoteExceeded, ErrBelowQuoteMinimum, ErrQuoteOutdated, ErrForeignQuote, ErrNoAllocations,
			ledger.ErrOfferExhausted, ledger.ErrLineFilled, ledger.ErrCeilingExceeded, ledger.ErrClaimWeightless,
		},
	}, func(ctx context.Context, in *awardInput) (*awardsOutput, error) {
		made, err := service.Decide(ctx, identity.FromContext(ctx), in.ID, in.Body)
		out := &awardsOutput{Location: "/v1/awards?inquiry_id=" + in.ID.String(), Body: made}
		if made.Proposal != nil {
			out.Location = "/v1/award-proposals/" + made.Proposal.ID.String()
		}
		return out, err
	})
	web.Register(api, web.Operation{
		ID: "list-awards", Method: http.MethodGet, Path: "/v1/awards", Tag: tag, Access: traders,
		Summary: "Awards", Description: "Those of my organisation, on either side; newest first.",
		Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *awardListInput) (*awardListOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(a Award) uuid.UUID { return a.ID },
			func(at Page) ([]Award, error) { return service.Awards(ctx, who, in.InquiryID, at) },
			func() (int, error) { return service.CountAwards(ctx, who, in.InquiryID) })
		return &awardListOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "get-award", Method: http.MethodGet, Path: "/v1/awards/{id}", Tag: tag, Access: traders,
		Summary: "An award", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*awardOutput, error) {
		return awarded(service.GetAward(ctx, identity.FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "announce-shortfall", Method: http.MethodPost, Path: "/v1/awards/{id}/shortfall", Tag: tag, Access: producers,
		Summary: "Announce that less will come", Description: "Báo hụt, before dispatch: the rest is released and recorded apart from default.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrAwardState, ErrFrameworkExceeded, ledger.ErrAwardExceeded},
	}, func(ctx context.Context, in *shortfallInput) (*awardOutput, error) {
		return awarded(service.Shortfall(ctx, identity.FromContext(ctx), in.ID, in.Body.Quantity, in.Body.Note))
	})
}
