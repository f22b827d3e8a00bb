package inquiry

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

type purchasingOutput struct {
	ETag string `header:"ETag"`
	Body Purchasing
}

func purchasingOut(rules Purchasing, err error) (*purchasingOutput, error) {
	return &purchasingOutput{ETag: web.ETag(rules.Version), Body: rules}, err
}

type purchasingInput struct {
	IfMatch string `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    PurchasingChange
}

// ifSent compares a version with If-Match where it was sent.
func ifSent(header string) Match {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	return func(version int64) error { return web.CheckIfMatch(header, version) }
}

type proposalOutput struct {
	Body Proposal
}

type proposalsInput struct {
	web.Page

	State ProposalState `query:"state" enum:"proposed,approved,rejected,withdrawn,expired"`
}

type proposalsOutput struct {
	Body web.List[Proposal]
}

func mountApproval(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "get-purchasing", Method: http.MethodGet, Path: "/v1/purchasing", Tag: tag, Access: buyers,
		Summary: "How my organisation buys", Description: "The value above which an award needs a second person, and who may approve.",
	}, func(ctx context.Context, _ *struct{}) (*purchasingOutput, error) {
		return purchasingOut(service.Purchasing(ctx, identity.FromContext(ctx)))
	})
	web.Register(api, web.Operation{
		ID: "change-purchasing", Method: http.MethodPatch, Path: "/v1/purchasing", Tag: tag, Access: buyers,
		Summary: "Change how my organisation buys", Description: "By an owner, signed in. What is left out stays; every change is kept with who and when.",
		Faults: []*fault.Definition{identity.ErrOwnerOnly, fault.ErrStale, fault.ErrOutOfRange, ErrNotAColleague},
	}, func(ctx context.Context, in *purchasingInput) (*purchasingOutput, error) {
		return purchasingOut(service.SetPurchasing(ctx, identity.FromContext(ctx), ifSent(in.IfMatch), in.Body))
	})
	web.Register(api, web.Operation{
		ID: "list-award-proposals", Method: http.MethodGet, Path: "/v1/award-proposals", Tag: tag, Access: buyers,
		Summary: "Proposals to award", Description: "My organisation's acts of awarding that wait, or waited, for a second person; newest first.",
		Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *proposalsInput) (*proposalsOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(p Proposal) uuid.UUID { return p.ID },
			func(at Page) ([]Proposal, error) { return service.Proposals(ctx, who, in.State, at) },
			func() (int, error) { return service.CountProposals(ctx, who, in.State) })
		return &proposalsOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "get-award-proposal", Method: http.MethodGet, Path: "/v1/award-proposals/{id}", Tag: tag, Access: buyers,
		Summary: "A proposal to award", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*proposalOutput, error) {
		proposal, err := service.GetProposal(ctx, identity.FromContext(ctx), in.ID)
		return &proposalOutput{Body: proposal}, err
	})
	mountProposalMove(api, service, MoveReject, "Reject a proposal, with a reason", ErrSecondPerson, ErrNotApprover, fault.ErrRequired)
	mountProposalMove(api, service, MoveApprove, "Approve a proposal: the awards are made exactly as asked",
		ErrSecondPerson, ErrNotApprover, ErrNotOpen, ErrSaleStopped, ErrQuoteState, ErrQuoteExceeded,
		ledger.ErrOfferExhausted, ledger.ErrLineFilled, ledger.ErrCeilingExceeded, ledger.ErrClaimWeightless)
	mountProposalMove(api, service, MoveWithdraw, "Take back what I proposed")
}

func mountProposalMove(api *web.API, service *Service, move ProposalMove, summary string, refusals ...*fault.Definition) {
	web.Register(api, web.Operation{
		ID: string(move) + "-award-proposal", Method: http.MethodPost, Path: "/v1/award-proposals/{id}/" + string(move), Tag: tag, Access: buyers,
		Summary: summary, Faults: append([]*fault.Definition{fault.ErrNotFound, ErrProposalState}, refusals...),
	}, func(ctx context.Context, in *reasoned) (*proposalOutput, error) {
		reason, note := in.words()
		if note != "" {
			reason = strings.TrimPrefix(reason+": "+note, ": ")
		}
		proposal, err := service.DecideProposal(ctx, identity.FromContext(ctx), in.ID, move, reason)
		return &proposalOutput{Body: proposal}, err
	})
}
