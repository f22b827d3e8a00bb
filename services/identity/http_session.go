package identity

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type signInInput struct {
	Body struct {
		Login    string `doc:"E-mail address or phone number, in any notation." json:"login"    maxLength:"254" minLength:"1"`
		Password string `json:"password"                                        maxLength:"200" minLength:"1"`
	}
}

type signInOutput struct {
	Body SignIn
}

type sessionsOutput struct {
	Body web.List[Session]
}

type actForInput struct {
	Body struct {
		OrganisationID uuid.UUID `json:"organisation_id"`
	}
}

func mountSessions(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "sign-in", Method: http.MethodPost, Path: "/v1/sessions", Tag: tag, Access: web.Access{Anonymous: true},
		Status: http.StatusCreated, Secret: true, Summary: "Sign in",
		Description: "Send the token as Authorization: Bearer. Failures within a quarter of an hour are counted: the tenth for an account, or the " +
			"hundredth from an address, is 429.",
		Faults: []*fault.Definition{ErrSignInFailed, ErrTooManyAttempts},
	}, func(ctx context.Context, in *signInInput) (*signInOutput, error) {
		opened, err := service.SignIn(ctx, in.Body.Login, in.Body.Password)
		return &signInOutput{Body: opened}, err
	})
	web.Register(api, web.Operation{
		ID: "list-sessions", Method: http.MethodGet, Path: "/v1/sessions", Tag: tag,
		Summary: "My sessions", Description: "Sessions that are still good, newest first.",
		Faults: []*fault.Definition{ErrSessionRequired, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *listInput) (*sessionsOutput, error) {
		who := FromContext(ctx)
		list, err := onePage(ctx, in.Page,
			func(s Session) Position { return Position{At: s.CreatedAt, ID: s.ID} },
			func(after Position, limit int) ([]Session, error) { return service.Sessions(ctx, who, after, limit) },
			func() (int, error) { return service.CountSessions(ctx, who) })
		return &sessionsOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "sign-out", Method: http.MethodDelete, Path: "/v1/sessions/current", Tag: tag, Status: http.StatusNoContent,
		Summary: "Sign out", Description: "Ends the session that asks, at once.", Faults: []*fault.Definition{ErrSessionRequired},
	}, func(ctx context.Context, _ *none) (*none, error) {
		who := FromContext(ctx)
		return nil, service.Revoke(ctx, who, who.SessionID)
	})
	web.Register(api, web.Operation{
		ID: "act-for", Method: http.MethodPatch, Path: "/v1/sessions/current", Tag: tag, Status: http.StatusNoContent,
		Summary:     "Choose the organisation this session acts for",
		Description: "It is used by requests that do not name one in Ocop-Organisation.",
		Faults:      []*fault.Definition{ErrSessionRequired, ErrNotAMember},
	}, func(ctx context.Context, in *actForInput) (*none, error) {
		return nil, service.ActFor(ctx, FromContext(ctx), in.Body.OrganisationID)
	})
	web.Register(api, web.Operation{
		ID: "revoke-session", Method: http.MethodDelete, Path: "/v1/sessions/{id}", Tag: tag, Status: http.StatusNoContent,
		Summary: "End one of my sessions", Description: "Its token is refused from the next request on.",
		Faults: []*fault.Definition{ErrSessionRequired, fault.ErrNotFound},
	}, func(ctx context.Context, in *named) (*none, error) {
		return nil, service.Revoke(ctx, FromContext(ctx), in.ID)
	})
}

type meOutput struct {
	Body Me
}

type changeMeInput struct {
	Body UserChange
}

type userOutput struct {
	Body User
}

func mountMe(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "get-me", Method: http.MethodGet, Path: "/v1/me", Tag: tag,
		Summary:     "Who I am and for whom I act",
		Description: "Send Ocop-Organisation to act for another of your organisations.",
		Faults:      []*fault.Definition{ErrNotAMember},
	}, func(ctx context.Context, _ *none) (*meOutput, error) {
		me, err := service.Me(ctx, FromContext(ctx))
		return &meOutput{Body: me}, err
	})
	web.Register(api, web.Operation{
		ID: "change-me", Method: http.MethodPatch, Path: "/v1/me", Tag: tag,
		Summary: "Change my name or password", Description: "A new password needs the current one and ends all other sessions.",
		Faults: []*fault.Definition{
			ErrSessionRequired, ErrCurrentPassword, ErrTooManyAttempts, ErrPasswordShort, ErrPasswordCommon, ErrPasswordIsLogin,
		},
	}, func(ctx context.Context, in *changeMeInput) (*userOutput, error) {
		me, err := service.ChangeMe(ctx, FromContext(ctx), in.Body)
		return &userOutput{Body: me}, err
	})
}
