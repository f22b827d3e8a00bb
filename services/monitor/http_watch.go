package monitor

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type watchWordInput struct {
	ID   uuid.UUID `path:"id"`
	Body WatchWord
}

type watchInput struct {
	ID uuid.UUID `path:"id"`
}

type watchOutput struct {
	ETag string `header:"ETag"`
	Body Watch
}

type watchMadeOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     Watch
}

type watchesInput struct {
	Limit          int        `query:"limit"  minimum:"1" maximum:"100" default:"20" doc:"How many items to answer."`
	Cursor         string     `query:"cursor" maxLength:"2048" doc:"Where to go on: next_cursor of the answer before."`
	State          WatchState `query:"state"  enum:"proposed,watched,dismissed,ended"`
	OrganisationID uuid.UUID  `query:"organisation_id"`
}

type watchesOutput struct{ Body web.List[Watch] }

type watchTermsOutput struct{ Body WatchTerms }

// watchReaders are officials, and organisations of what is said of themselves.
func watchReaders() web.Access {
	return web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer), "official", "administrator"}}
}

func watchRefusals() []*fault.Definition {
	return append(refusals(), fault.ErrNotFound, fault.ErrRequired, fault.ErrOutOfRange, fault.ErrTooLong, identity.ErrReadOnly, identity.ErrSuspended)
}

func mountWatches(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-watches", Method: http.MethodGet, Path: "/v1/watches", Tag: "monitoring", Access: watchReaders(),
		Summary:     "Organisations under watch, and proposals of it",
		Description: "Of the official's side, newest first. An organisation reads what is said of itself, and of no other; proposals it does not read.",
		Faults:      append(refusals(), web.ErrInvalidCursor),
	}, service.listWatches)
	web.Register(api, web.Operation{
		ID: "get-watch", Method: http.MethodGet, Path: "/v1/watches/{id}", Tag: "monitoring", Access: watchReaders(),
		Summary: "Read a watch with its history", Faults: append(refusals(), fault.ErrNotFound),
	}, func(ctx context.Context, in *watchInput) (*watchOutput, error) {
		w, err := service.Watch(ctx, identity.FromContext(ctx), in.ID)
		return &watchOutput{ETag: web.ETag(w.Version), Body: w}, err
	})
	web.Register(api, web.Operation{
		ID: "list-watch-terms", Method: http.MethodGet, Path: "/v1/watch-terms", Tag: "monitoring", Access: web.Access{Anonymous: true},
		Summary: "Reasons for a watch, and from which facts one is proposed", Description: "Nobody is put under watch by a rule: an official decides.",
	}, func(ctx context.Context, _ *struct{}) (*watchTermsOutput, error) {
		terms, err := service.WatchTerms(ctx)
		return &watchTermsOutput{Body: terms}, err
	})
	web.Register(api, web.Operation{
		ID: "put-under-watch", Method: http.MethodPost, Path: "/v1/organisations/{id}/watches", Tag: "monitoring", Access: watchers(), Status: http.StatusCreated,
		Summary:     "Put an organisation of my side under watch",
		Description: "With a reason and a day of review. It restricts nothing; the organisation is told, and no other learns of it.",
		Faults:      append(watchRefusals(), ErrWatched),
	}, func(ctx context.Context, in *watchWordInput) (*watchMadeOutput, error) {
		w, err := service.PutUnderWatch(ctx, identity.FromContext(ctx), in.ID, in.Body)
		return &watchMadeOutput{ETag: web.ETag(w.Version), Location: "/v1/watches/" + w.ID.String(), Body: w}, err
	})
	for _, each := range []struct {
		move    WatchMove
		summary string
	}{
		{MoveAccept, "Accept a proposal: the organisation is under watch and is told"},
		{MoveDismiss, "Dismiss a proposal"},
		{MoveReview, "Go on watching until another day of review"},
		{MoveEnd, "End a watch"},
	} {
		web.Register(api, web.Operation{
			ID: string(each.move) + "-watch", Method: http.MethodPost, Path: "/v1/watches/{id}/" + string(each.move), Tag: "monitoring", Access: watchers(),
			Summary: each.summary, Faults: append(watchRefusals(), ErrWatchState),
		}, func(ctx context.Context, in *watchWordInput) (*watchOutput, error) {
			w, err := service.MoveWatch(ctx, identity.FromContext(ctx), in.ID, each.move, in.Body)
			return &watchOutput{ETag: web.ETag(w.Version), Body: w}, err
		})
	}
}

func (s *Service) listWatches(ctx context.Context, in *watchesInput) (*watchesOutput, error) {
	page := WatchPage{Limit: in.Limit + 1, State: in.State, OrganisationID: in.OrganisationID}
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &page.Before); err != nil {
			return nil, err
		}
	}
	watches, err := s.Watches(ctx, identity.FromContext(ctx), page)
	if err != nil {
		return nil, err
	}
	out := &watchesOutput{Body: web.List[Watch]{Items: watches}}
	if len(watches) > in.Limit {
		out.Body.Items = watches[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), watches[in.Limit-1].ID)
	}
	return out, nil
}
