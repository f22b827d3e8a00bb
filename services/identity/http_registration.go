package identity

import (
	"context"
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type applicationInput struct {
	Body Application
}

type registrationOutput struct {
	Location string `header:"Location"`
	Body     Registration
}

type formsOutput struct {
	Body web.List[LegalForm]
}

type resetInput struct {
	Body struct {
		Login string `doc:"E-mail address or phone number." json:"login" maxLength:"254" minLength:"1"`
	}
}

type confirmInput struct {
	Body struct {
		Token    string `doc:"From the link in the message."    json:"token"    maxLength:"100"`
		Password string `doc:"10 to 200 characters; a phrase is best." json:"password" maxLength:"200"`
	}
}

// mountRegistration registers what people do who cannot sign in yet.
func mountRegistration(api *web.API, service *Service) {
	anonymous := web.Access{Anonymous: true}
	web.Register(api, web.Operation{
		ID: "register", Method: http.MethodPost, Path: "/v1/registrations", Tag: tag, Access: anonymous, Status: http.StatusCreated,
		Summary: "Apply with an organisation and its first user",
		Description: "The organisation waits for approval: producers by Cà Mau's officials, buyers by TPHCM's, authorities by the administrator. " +
			"The answer is the application as received, and is the same when the login is known already: then nothing is kept and its owner is told by mail.",
		Faults: []*fault.Definition{
			fault.ErrInvalid, fault.ErrRequired, fault.ErrNotAllowedHere, fault.ErrUnknownValue, ErrPasswordShort, ErrPasswordCommon,
			ErrPasswordIsLogin, ErrEmail, ErrPhone, ErrLoginMissing, ErrTaxCode, ErrCommune, ErrBuyerSystem, ErrLegalForm, ErrTooManyAttempts,
		},
	}, func(ctx context.Context, in *applicationInput) (*registrationOutput, error) {
		// Whoever is signed in applies as anybody else; /v1/organisations adds to an account.
		received, err := service.Register(ctx, Principal{}, in.Body)
		return &registrationOutput{Location: organisationAt(received.Organisation.ID), Body: received}, err
	})
	web.Register(api, web.Operation{
		ID: "list-legal-forms", Method: http.MethodGet, Path: "/v1/legal-forms", Tag: tag, Access: anonymous,
		Summary: "Legal forms of producers", Description: "What a producer can register as, and which can hold an OCOP recognition.",
	}, func(ctx context.Context, _ *none) (*formsOutput, error) {
		forms, err := LegalForms(ctx, service.db)
		return &formsOutput{Body: web.List[LegalForm]{Items: forms}}, err
	})
	web.Register(api, web.Operation{
		ID: "request-password-reset", Method: http.MethodPost, Path: "/v1/password-resets", Tag: tag, Access: anonymous,
		Status: http.StatusAccepted, Summary: "Ask for a link to choose a new password",
		Description: "Always 202: nothing tells whether anybody has the login. The link works for an hour. The tenth request for a login, or the hundredth from an address, " +
			"within a quarter of an hour is 429.",
		Faults: []*fault.Definition{ErrTooManyAttempts},
	}, func(ctx context.Context, in *resetInput) (*none, error) {
		return nil, service.RequestReset(ctx, in.Body.Login)
	})
	web.Register(api, web.Operation{
		ID: "confirm-password-reset", Method: http.MethodPost, Path: "/v1/password-resets/confirm", Tag: tag, Access: anonymous,
		Status: http.StatusNoContent, Summary: "Choose a new password",
		Description: "Ends all sessions of the person and uses up all other links.",
		Faults:      []*fault.Definition{ErrResetToken, ErrPasswordShort, ErrPasswordCommon, ErrPasswordIsLogin},
	}, func(ctx context.Context, in *confirmInput) (*none, error) {
		return nil, service.ConfirmReset(ctx, in.Body.Token, in.Body.Password)
	})
}
