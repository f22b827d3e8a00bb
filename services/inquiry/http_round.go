package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type roundInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewRound
}

func mountRounds(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "open-round", Method: http.MethodPost, Path: "/v1/inquiries/{id}/rounds", Tag: tag, Access: buyers, Status: http.StatusCreated,
		Summary:     "Open a round of revision",
		Description: "Producers that quoted may revise until its deadline, although that of the inquiry is over; revisions on a sealed inquiry are sealed until then. One is open at a time.",
		Faults:      []*fault.Definition{fault.ErrNotFound, ErrNotOpen, ErrSealed, ErrRoundOpen, ErrDeadlinePast, ErrNobodyQuoted, ErrNotQuoted},
	}, func(ctx context.Context, in *roundInput) (*inquiryOutput, error) {
		return whole(service.OpenRound(ctx, identity.FromContext(ctx), in.ID, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "end-round", Method: http.MethodPost, Path: "/v1/inquiries/{id}/rounds/end", Tag: tag, Access: buyers,
		Summary: "End the open round", Description: "Before its deadline. What was revised stands.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOpen, ErrNoRound},
	}, func(ctx context.Context, in *one) (*inquiryOutput, error) {
		return whole(service.EndRound(ctx, identity.FromContext(ctx), in.ID))
	})
}
