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
	Body struct {
		Allocations []Allocation `json:"allocations" minItems:"1" maxItems:"100" doc:"All or nothing."`
	}
}

// Awards is the answer to an act of awarding.
type Awards struct {
	Awards []Award `json:"awards"`
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
		Summary: "Award parts of quotes", Description: "Several quotes in one act: all or nothing. What is committed never exceeds the offer, nor what is sold under a claim the certificate's ceiling.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, ErrNotOpen, ErrSealed, ErrSaleStopped, ErrQuoteState, ErrQuoteExceeded, ErrBelowQuoteMinimum, ErrQuoteOutdated, ErrForeignQuote, ErrNoAllocations,
			ledger.ErrOfferExhausted, ledger.ErrLineFilled, ledger.ErrCeilingExceeded, ledger.ErrClaimWeightless,
		},
	}, func(ctx context.Context, in *awardInput) (*awardsOutput, error) {
		awards, err := service.Award(ctx, identity.FromContext(ctx), in.ID, in.Body.Allocations)
		return &awardsOutput{Location: "/v1/awards?inquiry_id=" + in.ID.String(), Body: Awards{Awards: awards}}, err
	})
	web.Register(api, web.Operation{
		ID: "list-awards", Method: http.MethodGet, Path: "/v1/awards", Tag: tag, Access: traders,
		Summary: "Awards", Description: "Those of my organisation, on either side; newest first.",
		Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *awardListInput) (*awardListOutput, error) {
		at, err := page(ctx, in.Page)
		if err != nil {
			return nil, err
		}
		who := identity.FromContext(ctx)
		found, err := service.Awards(ctx, who, in.InquiryID, at)
		if err != nil {
			return nil, err
		}
		list, err := counted(paged(ctx, found, in.Limit, func(a Award) uuid.UUID { return a.ID }), in.Count,
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
		ID: "cancel-award", Method: http.MethodPost, Path: "/v1/awards/{id}/cancel", Tag: tag, Access: traders,
		Summary: "End an award", Description: "What was neither dispatched nor delivered is released and wanted again. Reasons: /v1/reference/reasons.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrAwardState, ErrNothingLeft},
	}, func(ctx context.Context, in *reasoned) (*awardOutput, error) {
		reason, note := in.words()
		return awarded(service.CancelAward(ctx, identity.FromContext(ctx), in.ID, reason, note))
	})
	web.Register(api, web.Operation{
		ID: "announce-shortfall", Method: http.MethodPost, Path: "/v1/awards/{id}/shortfall", Tag: tag, Access: producers,
		Summary: "Announce that less will come", Description: "Báo hụt, before dispatch: the rest is released and recorded apart from default.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrAwardState, ledger.ErrAwardExceeded},
	}, func(ctx context.Context, in *shortfallInput) (*awardOutput, error) {
		return awarded(service.Shortfall(ctx, identity.FromContext(ctx), in.ID, in.Body.Quantity, in.Body.Note))
	})
}
