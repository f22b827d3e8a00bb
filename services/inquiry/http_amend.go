package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

type amendInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"The ETag you read, or *."`
	Body    Amendment
}

type questionInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Question string `json:"question" minLength:"1" maxLength:"1000"`
	}
}

type answerInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Answer string `json:"answer" minLength:"1" maxLength:"2000"`
	}
}

type questionOutput struct {
	Body Question
}

type questionsOutput struct {
	Body web.List[Question]
}

func mountAmendments(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "amend-inquiry", Method: http.MethodPatch, Path: "/v1/inquiries/{id}", Tag: tag, Access: buyers,
		Summary:     "Amend an inquiry",
		Description: "Quotes given against what it asked before are outdated until they are confirmed or revised. A deadline that is only put off outdates nothing.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, fault.ErrStale, fault.ErrPreconditionRequired, ErrNotOpen, ErrDeadlinePast, ErrDeadlineShortened, ErrUnsealed, ErrBelowAwarded,
			ErrLineUnknown, ErrQuantityNotPositive, ErrDatePast, ErrTermsPercent, ErrDepositBeyond, catalog.ErrBelowMinOrder, catalog.ErrOffMultiple, catalog.ErrLeadTime,
		},
	}, func(ctx context.Context, in *amendInput) (*inquiryOutput, error) {
		match := func(version int64) error { return web.CheckIfMatch(in.IfMatch, version) }
		return whole(service.Amend(ctx, identity.FromContext(ctx), in.ID, match, in.Body))
	})
	web.Register(api, web.Operation{
		ID: "copy-inquiry", Method: http.MethodPost, Path: "/v1/inquiries/{id}/copy", Tag: tag, Access: buyers, Status: http.StatusCreated,
		Summary: "Copy an inquiry into a draft", Description: "All dates are moved by whole weeks, as many as it takes for them to lie ahead.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOnOffer, ErrNobodyInvited, ErrTooManyInquiries},
	}, func(ctx context.Context, in *one) (*inquiryOutput, error) {
		out, err := whole(service.Copy(ctx, identity.FromContext(ctx), in.ID))
		out.Location = "/v1/inquiries/" + out.Body.ID.String()
		return out, err
	})
	web.Register(api, web.Operation{
		ID: "confirm-quote", Method: http.MethodPost, Path: "/v1/quotes/{id}/confirm", Tag: tag, Access: producers,
		Summary: "Confirm a quote", Description: "It stands although the inquiry was amended since.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrQuoteState, ErrNotOpen, ErrFreightIncluded},
	}, func(ctx context.Context, in *one) (*quoteOutput, error) {
		return quoted(service.Confirm(ctx, identity.FromContext(ctx), in.ID))
	})
	mountQuestions(api, service)
}

func mountQuestions(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "ask-question", Method: http.MethodPost, Path: "/v1/inquiries/{id}/questions", Tag: tag, Access: producers, Status: http.StatusCreated,
		Summary: "Ask the buyer", Description: "Only the buyer sees who asks.", Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOpen, ErrTooManyQuestions},
	}, func(ctx context.Context, in *questionInput) (*questionOutput, error) {
		asked, err := service.Ask(ctx, identity.FromContext(ctx), in.ID, in.Body.Question)
		return &questionOutput{Body: asked}, err
	})
	web.Register(api, web.Operation{
		ID: "list-questions", Method: http.MethodGet, Path: "/v1/inquiries/{id}/questions", Tag: tag, Access: traders,
		Summary: "Questions and answers", Description: "All for the buyer; for others those that are answered, without names, and their own. Newest first.",
		Faults: []*fault.Definition{fault.ErrNotFound, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *quotesInput) (*questionsOutput, error) {
		who := identity.FromContext(ctx)
		list, err := pageOf(ctx, in.Page, func(q Question) uuid.UUID { return q.ID },
			func(at Page) ([]Question, error) { return service.Questions(ctx, who, in.ID, at) },
			func() (int, error) { return service.CountQuestions(ctx, who, in.ID) })
		return &questionsOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "answer-question", Method: http.MethodPost, Path: "/v1/questions/{id}/answer", Tag: tag, Access: buyers,
		Summary: "Answer a question", Description: "All whom the inquiry reaches read it, with the question and without the name of who asked.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrQuestionAnswered},
	}, func(ctx context.Context, in *answerInput) (*questionOutput, error) {
		answered, err := service.Answer(ctx, identity.FromContext(ctx), in.ID, in.Body.Answer)
		return &questionOutput{Body: answered}, err
	})
}
