package inquiry

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

func subjectPayment(id uuid.UUID) identity.Subject { return identity.Subject{Kind: "payment", ID: id} }

// PaymentKinds lists what a payment may be.
func (s *Service) PaymentKinds(ctx context.Context) ([]PaymentKind, error) {
	const query = `SELECT code, paid_by, name_vi, name_en FROM inquiry.payment_kinds ORDER BY position`
	kinds := []PaymentKind{}
	err := s.db.Select(ctx, &kinds, query)
	return kinds, err
}

// RecordPayment notes what the principal's side of an award says was paid, by either side; it counts once
// the other side confirms it. More than is owed is noted like anything else. Refused: fault.ErrNotFound for
// who is not of the deal, amounts and days that cannot be, ErrPaymentKind, ErrPaymentDelivery.
func (s *Service) RecordPayment(ctx context.Context, who identity.Principal, awardID uuid.UUID, said NewPayment) (Payment, error) {
	if err := who.MayWrite(area); err != nil {
		return Payment{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Payment, error) {
		if err := ofDeal(ctx, tx, who, awardID); err != nil {
			return Payment{}, err
		}
		if err := said.check(reference.Day(tx.Now)); err != nil {
			return Payment{}, err
		}
		id, err := insertPayment(ctx, tx, who, awardID, said)
		if err != nil {
			return Payment{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, EventPaymentRecorded, subjectPayment(id), map[string]any{"award_id": awardID}); err != nil {
			return Payment{}, err
		}
		return paymentByID(ctx, tx, who, id)
	})
}

// DecidePayment takes a step in a payment's life; contesting it takes a reason. Refused: fault.ErrNotFound
// for who is not of the deal, fault.ErrRequired, and what PaymentState.next refuses.
func (s *Service) DecidePayment(ctx context.Context, who identity.Principal, id uuid.UUID, move PaymentMove, reason string) (Payment, error) {
	if err := who.MayWrite(area); err != nil {
		return Payment{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Payment, error) {
		before, err := lockPayment(ctx, tx, who, id)
		if err != nil {
			return Payment{}, err
		}
		actor := payOther
		if before.RecordedBy == who.OrganisationID {
			actor = payRecorder
		}
		if _, err := before.State.next(move, actor); err != nil {
			return Payment{}, err
		}
		reason = strings.TrimSpace(reason)
		switch {
		case move != MoveContestPayment:
			reason = ""
		case reason == "":
			return Payment{}, fault.ErrRequired.At("reason")
		}
		if err := insertMove(ctx, tx, who, before, move, reason); err != nil {
			return Payment{}, err
		}
		detail := map[string]any{"award_id": before.AwardID}
		if err := identity.RecordTx(ctx, tx, who, paymentSteps[move].event, subjectPayment(id), detail); err != nil {
			return Payment{}, err
		}
		return paymentByID(ctx, tx, who, id)
	})
}

// PaymentPage is one page of payments or accounts, newest first.
type PaymentPage struct {
	Page

	// AwardID narrows it to one award; zero means all.
	AwardID uuid.UUID
	// State narrows a list of payments; empty means all.
	State PaymentState
	// Overdue leaves only what belongs to awards that are overdue.
	Overdue bool
}

// Payments lists the recorded payments of the principal's organisation, on whichever side. An award that
// is not its own is fault.ErrNotFound.
func (s *Service) Payments(ctx context.Context, who identity.Principal, page PaymentPage) ([]Payment, error) {
	const query = selectPayments + paymentsOf + ` ORDER BY s.id DESC LIMIT $7`
	list := []Payment{}
	err := s.readingPayments(ctx, who, page, func(ctx context.Context, tx *postgres.Tx) error {
		return tx.Select(ctx, &list, query, who.OrganisationID, page.AwardID, page.Before,
			page.State, page.Overdue, reference.Day(tx.Now), page.Limit)
	})
	return list, err
}

// CountPayments counts what Payments would list, up to a cap.
func (s *Service) CountPayments(ctx context.Context, who identity.Principal, page PaymentPage) (int, error) {
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.payment_states s` + paymentsOf + ` LIMIT $7) listed`
	var total int
	err := s.readingPayments(ctx, who, page, func(ctx context.Context, tx *postgres.Tx) error {
		return tx.Get(ctx, &total, query, who.OrganisationID, page.AwardID, uuid.Nil, page.State, page.Overdue, reference.Day(tx.Now), maxTotal)
	})
	return total, err
}

// Account says what an award comes to, for its buyer and its producer.
func (s *Service) Account(ctx context.Context, who identity.Principal, awardID uuid.UUID) (Account, error) {
	list, err := s.Accounts(ctx, who, PaymentPage{Page: Page{Limit: 1}, AwardID: awardID})
	if err == nil && len(list) == 0 {
		err = fault.ErrNotFound.With()
	}
	if err != nil {
		return Account{}, err
	}
	return list[0], nil
}

// Accounts lists what the awards of the principal's organisation come to, on whichever side.
func (s *Service) Accounts(ctx context.Context, who identity.Principal, page PaymentPage) ([]Account, error) {
	const query = selectAccounts + accountsOf + ` ORDER BY s.award_id DESC LIMIT $6`
	list := []Account{}
	err := s.readingPayments(ctx, who, page, func(ctx context.Context, tx *postgres.Tx) error {
		today := reference.Day(tx.Now)
		err := tx.Select(ctx, &list, query, who.OrganisationID, page.AwardID, page.Before, page.Overdue, today, page.Limit)
		for at := range list {
			list[at] = list[at].on(today)
		}
		return err
	})
	return list, err
}

// CountAccounts counts what Accounts would list, up to a cap.
func (s *Service) CountAccounts(ctx context.Context, who identity.Principal, page PaymentPage) (int, error) {
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.accounts s` + accountsOf + ` LIMIT $6) listed`
	var total int
	err := s.readingPayments(ctx, who, page, func(ctx context.Context, tx *postgres.Tx) error {
		return tx.Get(ctx, &total, query, who.OrganisationID, page.AwardID, uuid.Nil, page.Overdue, reference.Day(tx.Now), maxTotal)
	})
	return total, err
}

// readingPayments reads at one instant, for who may.
func (s *Service) readingPayments(ctx context.Context, who identity.Principal, page PaymentPage, read func(ctx context.Context, tx *postgres.Tx) error) error {
	if err := who.MayRead(area); err != nil {
		return err
	}
	return s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if page.AwardID != uuid.Nil {
			if err := ofDeal(ctx, tx, who, page.AwardID); err != nil {
				return err
			}
		}
		return read(ctx, tx)
	})
}
