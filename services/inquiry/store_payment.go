package inquiry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// What lists of payments and of accounts are read with; an account is overdue while more is owed than was
// confirmed as paid, after its due day.
const (
	selectPayments = `
		SELECT s.id, s.award_id, s.kind, s.paid_by, s.amount_vnd, s.paid_on, s.reference, s.note, s.delivery_id, s.recorded_by, s.recorded_at,
		       s.state, s.reason, s.decided_at
		  FROM inquiry.payment_states s`
	paymentsOf = `
		 WHERE (s.buyer_id = $1 OR s.producer_id = $1)
		   AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR s.award_id = $2)
		   AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR s.id < $3)
		   AND ($4 = '' OR s.state = $4)
		   AND (NOT $5 OR EXISTS (SELECT FROM inquiry.accounts o
		                           WHERE o.award_id = s.award_id AND o.owed_vnd > o.paid_vnd AND o.due_on < CAST($6 AS date)))`
	selectAccounts = `
		SELECT s.award_id, s.inquiry_id, s.buyer_id, s.producer_id, s.goods_vnd, s.freight_vnd, s.discount_vnd, s.disputed_vnd, s.owed_vnd,
		       s.deposit_due_vnd, s.to_come_vnd, s.deposited_vnd, s.paid_vnd, s.unconfirmed_vnd, s.contested_vnd, s.last_received_on, s.due_on
		  FROM inquiry.accounts s`
	accountsOf = `
		 WHERE (s.buyer_id = $1 OR s.producer_id = $1)
		   AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR s.award_id = $2)
		   AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR s.award_id < $3)
		   AND (NOT $4 OR s.owed_vnd > s.paid_vnd AND s.due_on < CAST($5 AS date))`
)

// ofDeal refuses whoever is on neither side of an award: to them there is none.
func ofDeal(ctx context.Context, reader postgres.Reader, who identity.Principal, awardID uuid.UUID) error {
	const query = `SELECT a.id FROM inquiry.awards a WHERE a.id = $1 AND (a.buyer_id = $2 OR a.producer_id = $2)`
	var found uuid.UUID
	err := reader.Get(ctx, &found, query, awardID, who.OrganisationID)
	if errors.Is(err, postgres.ErrNoRows) {
		return fault.ErrNotFound.With()
	}
	return err
}

// insertPayment writes a payment of an award that is the principal's, and returns its id.
func insertPayment(ctx context.Context, tx *postgres.Tx, who identity.Principal, awardID uuid.UUID, said NewPayment) (uuid.UUID, error) {
	const insert = `
		INSERT INTO inquiry.payments (id, award_id, buyer_id, producer_id, kind, amount_vnd, paid_on, reference, note, delivery_id, recorded_by,
		       person, recorded_at)
		SELECT $1, a.id, a.buyer_id, a.producer_id, $3, $4, $5, $6, $7, d.id, $9, $10, $11
		  FROM inquiry.awards a
		  LEFT JOIN inquiry.deliveries d ON d.id = $8 AND d.award_id = a.id
		 WHERE a.id = $2 AND (CAST($8 AS uuid) IS NULL OR d.id IS NOT NULL)`
	id, err := newID()
	if err != nil {
		return uuid.Nil, err
	}
	n, err := tx.Exec(ctx, insert, id, awardID, said.Kind, said.AmountVND, said.PaidOn, said.Reference, said.Note, postgres.NullID(said.DeliveryID),
		who.OrganisationID, who.UserID, tx.Now)
	switch {
	case postgres.Constraint(err) == "payment_kind":
		return uuid.Nil, ErrPaymentKind.At("kind")
	case err == nil && n == 0:
		return uuid.Nil, ErrPaymentDelivery.At("delivery_id")
	}
	return id, err
}

// paymentByID reads a payment of the principal's organisation.
func paymentByID(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (Payment, error) {
	const query = selectPayments + ` WHERE s.id = $1 AND (s.buyer_id = $2 OR s.producer_id = $2)`
	var p Payment
	err := reader.Get(ctx, &p, query, id, who.OrganisationID)
	if errors.Is(err, postgres.ErrNoRows) {
		return Payment{}, fault.ErrNotFound.With()
	}
	return p, err
}

// lockPayment reads a payment with its award locked, so that of two moves at once the second knows the
// first. Payments themselves cannot be locked: nobody may update them.
func lockPayment(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (Payment, error) {
	const lock = `
		SELECT a.id FROM inquiry.awards a
		 WHERE a.id = (SELECT p.award_id FROM inquiry.payments p WHERE p.id = $1) AND (a.buyer_id = $2 OR a.producer_id = $2)
		   FOR NO KEY UPDATE`
	var locked []uuid.UUID
	if err := tx.Select(ctx, &locked, lock, id, who.OrganisationID); err != nil {
		return Payment{}, err
	}
	return paymentByID(ctx, tx, who, id)
}

// insertMove writes the next move of a payment. Refused: ErrPaymentState when another was first.
func insertMove(ctx context.Context, tx *postgres.Tx, who identity.Principal, p Payment, move PaymentMove, reason string) error {
	const insert = `
		INSERT INTO inquiry.payment_moves (payment_id, number, move, recorded_by, moved_by, person, reason, moved_at)
		SELECT s.id, s.moves + 1, $2, s.recorded_by, $3, $4, $5, $6 FROM inquiry.payment_states s WHERE s.id = $1`
	_, err := tx.Exec(ctx, insert, p.ID, string(move), who.OrganisationID, who.UserID, reason, tx.Now)
	return postgres.MapConstraint(err, map[string]*fault.Definition{
		"payment_move_once": ErrPaymentState, "payment_decided_once": ErrPaymentState,
	})
}
