package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type paymentKindsOutput struct{ Body web.List[PaymentKind] }

type paymentInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewPayment
}

type paymentOutput struct{ Body Payment }

type paymentsOutput struct{ Body web.List[Payment] }

// awardPayments is a page of an award's payments with what the award comes to.
type awardPayments struct {
	web.List[Payment]

	Account Account `json:"account"`
}

type awardPaymentsOutput struct{ Body awardPayments }

type paymentsInput struct {
	web.Page

	State   PaymentState `query:"state" enum:"recorded,confirmed,contested,withdrawn"`
	Overdue bool         `query:"overdue" doc:"Only those of awards that are overdue."`
}

type accountsOutput struct{ Body web.List[Account] }

type accountsInput struct {
	web.Page

	Overdue bool `query:"overdue" doc:"Only where more is owed than was confirmed as paid and the due day is over."`
}

func mountPayments(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-payment-kinds", Method: http.MethodGet, Path: "/v1/reference/payment-kinds", Tag: "reference",
		Access: web.Access{Anonymous: true}, Summary: "Kinds of payments", Description: "And which side pays the other with each.",
	}, func(ctx context.Context, _ *struct{}) (*paymentKindsOutput, error) {
		kinds, err := service.PaymentKinds(ctx)
		return &paymentKindsOutput{Body: web.List[PaymentKind]{Items: kinds}}, err
	})
	web.Register(api, web.Operation{
		ID: "record-payment", Method: http.MethodPost, Path: "/v1/awards/{id}/payments", Tag: tag, Access: traders, Status: http.StatusCreated,
		Summary: "Record a payment",
		Description: "Payments are recorded, never held. Either side of the award writes down what was paid, whoever paid; it counts once the other " +
			"side confirms it. More than is owed is recorded, too, and shown as such.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrPaymentKind, ErrPaymentDelivery},
	}, func(ctx context.Context, in *paymentInput) (*paymentOutput, error) {
		payment, err := service.RecordPayment(ctx, identity.FromContext(ctx), in.ID, in.Body)
		return &paymentOutput{Body: payment}, err
	})
	mountPaymentLists(api, service)
	for _, step := range []struct {
		move                 PaymentMove
		summary, description string
	}{
		{MoveContestPayment, "Contest a payment", "The side that did not record it, with a reason. It may be confirmed later all the same."},
		{MoveWithdrawPayment, "Withdraw a payment", "The side that recorded it, until it is confirmed."},
		{MoveConfirmPayment, "Confirm a payment", "The side that did not record it. From then on it counts as paid, for good."},
	} {
		web.Register(api, web.Operation{
			ID: string(step.move) + "-payment", Method: http.MethodPost, Path: "/v1/payments/{id}/" + string(step.move), Tag: tag, Access: traders,
			Summary: step.summary, Description: step.description, Faults: []*fault.Definition{fault.ErrNotFound, fault.ErrRequired, ErrPaymentState},
		}, func(ctx context.Context, in *reasoned) (*paymentOutput, error) {
			reason, _ := in.words()
			payment, err := service.DecidePayment(ctx, identity.FromContext(ctx), in.ID, step.move, reason)
			return &paymentOutput{Body: payment}, err
		})
	}
}

func mountPaymentLists(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-award-payments", Method: http.MethodGet, Path: "/v1/awards/{id}/payments", Tag: tag, Access: traders,
		Summary:     "Payments of an award, and what it comes to",
		Description: "For its buyer and its producer. What is owed, due and overdue is computed from receipts, settled disputes, the award's terms and confirmed payments.",
		Faults:      []*fault.Definition{fault.ErrNotFound, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *quotesInput) (*awardPaymentsOutput, error) {
		who := identity.FromContext(ctx)
		account, err := service.Account(ctx, who, in.ID)
		if err != nil {
			return nil, err
		}
		list, err := payments(ctx, service, in.Page, PaymentPage{AwardID: in.ID})
		return &awardPaymentsOutput{Body: awardPayments{List: list, Account: account}}, err
	})
	web.Register(api, web.Operation{
		ID: "list-payments", Method: http.MethodGet, Path: "/v1/payments", Tag: tag, Access: traders,
		Summary: "Your payments", Description: "Those of all awards of your organisation, on whichever side; newest first.",
		Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *paymentsInput) (*paymentsOutput, error) {
		list, err := payments(ctx, service, in.Page, PaymentPage{State: in.State, Overdue: in.Overdue})
		return &paymentsOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "list-payment-accounts", Method: http.MethodGet, Path: "/v1/payment-accounts", Tag: tag, Access: traders,
		Summary: "What your awards come to", Description: "Award by award, newest first, with or without a payment: owed, paid, outstanding, due.",
		Faults: []*fault.Definition{web.ErrInvalidCursor},
	}, func(ctx context.Context, in *accountsInput) (*accountsOutput, error) {
		who, asked := identity.FromContext(ctx), PaymentPage{Overdue: in.Overdue}
		list, err := pageOf(ctx, in.Page, func(a Account) uuid.UUID { return a.AwardID },
			func(at Page) ([]Account, error) { asked.Page = at; return service.Accounts(ctx, who, asked) },
			func() (int, error) { return service.CountAccounts(ctx, who, asked) })
		return &accountsOutput{Body: list}, err
	})
}

// payments answers a page of payments.
func payments(ctx context.Context, service *Service, in web.Page, asked PaymentPage) (web.List[Payment], error) {
	who := identity.FromContext(ctx)
	return pageOf(ctx, in, func(p Payment) uuid.UUID { return p.ID },
		func(at Page) ([]Payment, error) { asked.Page = at; return service.Payments(ctx, who, asked) },
		func() (int, error) { return service.CountPayments(ctx, who, asked) })
}
