package notify

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// paymentKinds says which events of payments are told, and as what: to the other side than did it; what
// falls due to both.
//
//nolint:gochecknoglobals // an immutable table
var paymentKinds = map[string]string{
	inquiry.EventPaymentRecorded: "payment_recorded", inquiry.EventPaymentConfirmed: "payment_confirmed",
	inquiry.EventPaymentContested: "payment_contested", inquiry.EventPaymentWithdrawn: "payment_withdrawn",
}

// dueKinds says the same of what falls due: of awards, by the passing of time.
//
//nolint:gochecknoglobals // an immutable table
var dueKinds = map[string]string{inquiry.EventPaymentDue: "payment_due", inquiry.EventPaymentOverdue: "payment_overdue"}

// tellOfPayments tells the sides of awards what was recorded, confirmed, contested and withdrawn, and what
// falls due.
func tellOfPayments(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	notices, err := paymentNotices(ctx, tx, events)
	if err != nil {
		return err
	}
	for event, kind := range dueKinds {
		due, err := dueNotices(ctx, tx, events, event, kind)
		if err != nil {
			return err
		}
		notices = append(notices, due...)
	}
	for at := range notices {
		notices[at].DueAt = tx.Now
	}
	return insertNotices(ctx, tx, notices)
}

// subjectsOf lists what events of some actions are about.
func subjectsOf(events []identity.SealedEvent, about func(action string) bool) []uuid.UUID {
	var ids []uuid.UUID
	for _, event := range events {
		if about(event.Action) {
			ids = append(ids, event.SubjectID)
		}
	}
	return ids
}

func paymentNotices(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) ([]newNotice, error) {
	ids := subjectsOf(events, func(action string) bool { return paymentKinds[action] != "" })
	if len(ids) == 0 {
		return nil, nil
	}
	payments, err := inquiry.PaymentsToldTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	awards := make([]uuid.UUID, 0, len(payments))
	for _, payment := range payments {
		awards = append(awards, payment.AwardID)
	}
	deals, err := inquiry.AwardDealsTx(ctx, tx, awards)
	if err != nil {
		return nil, err
	}
	var notices []newNotice
	for _, event := range events {
		payment, known := payments[event.SubjectID]
		if kind := paymentKinds[event.Action]; known && kind != "" {
			notices = append(notices, paymentTold(kind, payment, deals[payment.AwardID], event.OrganisationID)...)
		}
	}
	return notices, nil
}

func dueNotices(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent, event, kind string) ([]newNotice, error) {
	awards := subjectsOf(events, func(action string) bool { return action == event })
	if len(awards) == 0 {
		return nil, nil
	}
	due, err := inquiry.PaymentsDueToldTx(ctx, tx, event, awards)
	if err != nil {
		return nil, err
	}
	deals, err := inquiry.AwardDealsTx(ctx, tx, awards)
	if err != nil {
		return nil, err
	}
	var notices []newNotice
	for _, each := range due {
		notices = append(notices, paymentTold(kind, each, deals[each.AwardID], uuid.Nil)...)
	}
	return notices, nil
}

// paymentTold is a payment told to each side but the one that did it. A due day is told once.
func paymentTold(kind string, payment inquiry.PaymentTold, deal inquiry.OpenDeal, by uuid.UUID) []newNotice {
	var notices []newNotice
	for _, sides := range [][2]uuid.UUID{{deal.BuyerID, deal.ProducerID}, {deal.ProducerID, deal.BuyerID}} {
		if sides[0] == by {
			continue // who did it knows
		}
		notices = append(notices, newNotice{
			OrganisationID: sides[0], Kind: kind, InquiryID: postgres.NullID(deal.InquiryID), LineID: postgres.NullID(deal.LineID),
			QuoteID: postgres.NullID(deal.QuoteID), AwardID: postgres.NullID(deal.AwardID),
			Once: fmt.Sprintf("%s:%s:%s", kind, payment.PaymentID, payment.Day),
			Facts: facts{
				Reason: payment.Reason, Position: deal.Position, Line: deal.ProductLine, ProductID: deal.ProductID, PartyID: sides[1],
				AmountVND: payment.AmountVND, Day: payment.Day,
			},
		})
	}
	return notices
}
