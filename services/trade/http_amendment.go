package trade

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type amendMemorandumInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match"`
	Body    MemorandumChange
}

type decideAmendmentInput struct {
	ID      uuid.UUID `path:"id"`
	Version int       `path:"version" minimum:"1" maximum:"100"`
	Body    *struct {
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"What the other party is told."`
	}
}

func mountAmendments(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "amend-memorandum", Method: http.MethodPatch, Path: "/v1/memoranda/{id}", Tag: tag, Access: everySide(),
		Summary: "Change what a memorandum says: terms, lines, number, note, and the name of a party that is not on the platform",
		Description: "What is left out stays; lines are sent whole. While it is not confirmed, who entered it changes it, and the others confirm it anew. Of a " +
			"confirmed one this is a proposal: what it says stands until the other party agrees. Every version is kept.",
		Faults: writing(fault.ErrNotFound, fault.ErrStale, fault.ErrPreconditionRequired, ErrMemorandumState, ErrMemorandumUnchanged,
			ErrAmendmentWaits, ErrAmendedTooOften, ErrMemorandumLineTwice, fault.ErrRequired, fault.ErrDateOrder, fault.ErrOutOfRange,
			fault.ErrUnknownValue, fault.ErrNotAllowedHere),
	}, func(ctx context.Context, in *amendMemorandumInput) (*whole[Memorandum], error) {
		return theMemorandum(s.AmendMemorandum(ctx, identity.FromContext(ctx), in.ID, needed(in.IfMatch), in.Body))
	})
	web.Register(api, web.Operation{
		ID: "list-memorandum-versions", Method: http.MethodGet, Path: "/v1/memoranda/{id}/versions", Tag: tag, Access: everySide(),
		Summary:     "List what a memorandum said and was proposed to say: who, when and what",
		Description: "From the first. Officials read the versions that stood, without values and words.", Faults: reading(fault.ErrNotFound),
	}, func(ctx context.Context, in *one) (*listed[MemorandumVersion], error) {
		versions, err := s.MemorandumVersions(ctx, identity.FromContext(ctx), in.ID)
		return &listed[MemorandumVersion]{Body: web.List[MemorandumVersion]{Items: versions}}, err
	})
	for _, decision := range []struct {
		id, verb, summary string
		outcome           AmendmentOutcome
	}{
		{"agree-memorandum-version", "agree", "Agree to the version of a memorandum that the other party proposes: it stands from now on", Agreed},
		{"refuse-memorandum-version", "refuse", "Refuse the version of a memorandum that the other party proposes, with a reason", Refused},
		{"withdraw-memorandum-version", "withdraw", "Take back the version of a memorandum that you proposed", TakenBack},
	} {
		web.Register(api, web.Operation{
			ID: decision.id, Method: http.MethodPost, Path: "/v1/memoranda/{id}/versions/{version}/" + decision.verb, Tag: tag, Access: parties(),
			Summary: decision.summary, Faults: writing(fault.ErrNotFound, fault.ErrRequired, ErrAmendmentDecided, ErrMemorandumState),
		}, func(ctx context.Context, in *decideAmendmentInput) (*whole[Memorandum], error) {
			reason := ""
			if in.Body != nil {
				reason = in.Body.Reason
			}
			return theMemorandum(s.DecideAmendment(ctx, identity.FromContext(ctx), in.ID, in.Version, decision.outcome, reason))
		})
	}
}
