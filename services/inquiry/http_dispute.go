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

type objectionInput struct {
	ID   uuid.UUID `path:"id"`
	Body Objection
}

type agreeInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		ProposalID uuid.UUID `json:"proposal_id"`
	}
}

func mountDisputes(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "dispute-delivery", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dispute", Tag: tag, Access: traders,
		Summary: "Dispute a receipt", Description: "Either side, within the days that the line and form allow. No volume moves.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrDeliveryState, ErrDisputeLate, ErrDisputeReason},
	}, func(ctx context.Context, in *objectionInput) (*deliveryOutput, error) {
		return delivered(service.Dispute(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "propose-settlement", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dispute/proposals", Tag: tag, Access: traders,
		Summary: "Propose what holds instead of a disputed receipt", Description: "Replaces what either side proposed before.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, ErrDeliveryState, ErrReceiptSum, ErrSizesSum, ErrSizeUnpriced, ErrOver, ErrTieOfLive, ErrPriceIsNet, ledger.ErrAwardExceeded,
		},
	}, func(ctx context.Context, in *receiptInput) (*deliveryOutput, error) {
		return delivered(service.ProposeSettlement(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "agree-settlement", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dispute/agree", Tag: tag, Access: traders,
		Summary: "Agree to the other side's proposal", Description: "Settles the dispute: the volume moves by new postings under the day of the receipt.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrDeliveryState, ErrProposal, ledger.ErrAwardExceeded},
	}, func(ctx context.Context, in *agreeInput) (*deliveryOutput, error) {
		return delivered(service.AgreeSettlement(ctx, identity.FromContext(ctx), in.ID, in.Body.ProposalID))
	})
	web.Register(api, web.Operation{
		ID: "withdraw-dispute", Method: http.MethodPost, Path: "/v1/deliveries/{id}/dispute/withdraw", Tag: tag, Access: traders,
		Summary: "Withdraw a dispute", Faults: []*fault.Definition{fault.ErrNotFound, ErrDeliveryState, ErrNotYourDispute},
	}, func(ctx context.Context, in *one) (*deliveryOutput, error) {
		return delivered(service.WithdrawDispute(ctx, identity.FromContext(ctx), in.ID))
	})
}
