package trade

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type memorandaInput struct {
	web.Page

	State   MemorandumState `query:"state"    enum:"recorded,confirmed,contested,ended,withdrawn"`
	EventID uuid.UUID       `query:"event_id"`
}

type linkInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		InquiryID uuid.UUID `json:"inquiry_id"`
	}
}

type unlinkInput struct {
	ID      uuid.UUID `path:"id"`
	Inquiry uuid.UUID `path:"inquiry"`
}

func theMemorandum(m Memorandum, err error) (*whole[Memorandum], error) {
	if err != nil {
		return nil, err
	}
	return &whole[Memorandum]{ETag: web.ETag(m.Version), Body: m}, nil
}

func mountMemoranda(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "record-memorandum", Method: http.MethodPost, Path: "/v1/memoranda", Tag: tag, Access: everySide(), Status: http.StatusCreated,
		Summary: "Enter a memorandum that was signed",
		Description: "By one of its parties, or by an official; the other parties confirm or contest it. It is never demand and never volume: what " +
			"followed is read from the ledger.",
		Faults: writing(ErrParty, ErrNotOwnMemorandum, ErrSignedInFuture, ErrMemorandumLineTwice, fault.ErrDateOrder, fault.ErrOutOfRange,
			fault.ErrUnknownValue, fault.ErrNotAllowedHere),
	}, func(ctx context.Context, in *struct{ Body NewMemorandum }) (*made[Memorandum], error) {
		m, err := s.RecordMemorandum(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Memorandum]{ETag: web.ETag(m.Version), Location: "/v1/memoranda/" + m.ID.String(), Body: m}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-memoranda", Method: http.MethodGet, Path: "/v1/memoranda", Tag: tag, Access: everySide(),
		Summary: "List memoranda: your own, all for officials", Faults: reading(web.ErrInvalidCursor),
		Description: "Expected, awarded, confirmed and declared side by side. Officials read the name of the side they oversee, and no values.",
	}, func(ctx context.Context, in *memorandaInput) (*listed[Memorandum], error) {
		who, filter := identity.FromContext(ctx), MemorandumFilter{State: in.State, EventID: in.EventID}
		return pageOf(ctx, in.Page, func(m Memorandum) uuid.UUID { return m.ID }, func(at Page) ([]Memorandum, error) {
			filter.Page = at
			return s.Memoranda(ctx, who, filter)
		}, func() (int, error) { return s.CountMemoranda(ctx, who, filter) })
	})
	web.Register(api, web.Operation{
		ID: "total-memoranda", Method: http.MethodGet, Path: "/v1/memoranda/totals", Tag: tag, Access: officials(),
		Summary: "Total the confirmed memoranda by year of signing, line and unit", Faults: reading(),
		Description: "Expected, awarded, confirmed and declared side by side, never added up. Lines, fresh and dried goods, and units are told apart.",
	}, func(ctx context.Context, _ *struct{}) (*listed[MemorandaTotal], error) {
		totals, err := s.MemorandaTotals(ctx, identity.FromContext(ctx))
		return &listed[MemorandaTotal]{Body: web.List[MemorandaTotal]{Items: totals}}, err
	})
	web.Register(api, web.Operation{
		ID: "get-memorandum", Method: http.MethodGet, Path: "/v1/memoranda/{id}", Tag: tag, Access: everySide(),
		Summary: "Read a memorandum with its history and what followed", Faults: reading(fault.ErrNotFound),
	}, func(ctx context.Context, in *one) (*whole[Memorandum], error) {
		return theMemorandum(s.Memorandum(ctx, identity.FromContext(ctx), in.ID))
	})
}

func mountMemorandumMoves(api *web.API, s *Service) {
	for _, step := range []struct {
		move    MemorandumMove
		summary string
		access  web.Access
	}{
		{MoveConfirm, "Confirm a memorandum that another entered", parties()},
		{MoveContest, "Contest a memorandum that another entered, with a reason", parties()},
		{MoveEnd, "End a confirmed memorandum, with a reason: what is awarded later does not follow from it", everySide()},
		{MoveWithdraw, "Take back a memorandum you entered and that is not confirmed, with a reason", everySide()},
	} {
		web.Register(api, web.Operation{
			ID: string(step.move) + "-memorandum", Method: http.MethodPost, Path: "/v1/memoranda/{id}/" + string(step.move), Tag: tag,
			Access: step.access, Summary: step.summary, Faults: writing(fault.ErrNotFound, fault.ErrStale, fault.ErrRequired, ErrMemorandumState),
		}, func(ctx context.Context, in *moveInput) (*whole[Memorandum], error) {
			return theMemorandum(s.MoveMemorandum(ctx, identity.FromContext(ctx), in.ID, ifSent(in.IfMatch), step.move, in.reason()))
		})
	}
	buyers := web.Access{Groups: []string{string(identity.Buyer)}, Scope: tradeArea}
	web.Register(api, web.Operation{
		ID: "link-memorandum-inquiry", Method: http.MethodPost, Path: "/v1/memoranda/{id}/inquiries", Tag: tag, Access: buyers,
		Summary: "Say that you placed an inquiry because of a memorandum", Description: "An inquiry is linked to one memorandum at most.",
		Faults: writing(fault.ErrNotFound, fault.ErrUnknownValue, ErrInquiryLinked, ErrMemorandumState),
	}, func(ctx context.Context, in *linkInput) (*whole[Memorandum], error) {
		return theMemorandum(s.LinkInquiry(ctx, identity.FromContext(ctx), in.ID, in.Body.InquiryID))
	})
	web.Register(api, web.Operation{
		ID: "unlink-memorandum-inquiry", Method: http.MethodDelete, Path: "/v1/memoranda/{id}/inquiries/{inquiry}", Tag: tag, Access: buyers,
		Summary: "Take back the link of an inquiry", Faults: writing(fault.ErrNotFound),
	}, func(ctx context.Context, in *unlinkInput) (*whole[Memorandum], error) {
		return theMemorandum(s.UnlinkInquiry(ctx, identity.FromContext(ctx), in.ID, in.Inquiry))
	})
}
