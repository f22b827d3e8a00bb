package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Schedule announces a delivery with its day and slot. No volume moves before it is dispatched.
// Refused: more than the award still owes, a day that has passed, ErrSlot, ErrAwardState.
func (s *Service) Schedule(ctx context.Context, who identity.Principal, awardID uuid.UUID, plan Plan) (Delivery, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		return schedule(ctx, tx, who, awardID, plan)
	})
}

func schedule(ctx context.Context, tx *postgres.Tx, who identity.Principal, awardID uuid.UUID, plan Plan) (Delivery, error) {
	a, err := lockAward(ctx, tx, who, awardID)
	if err != nil {
		return Delivery{}, err
	}
	if err := plan.check(a.Unit, reference.Day(tx.Now)); err != nil {
		return Delivery{}, err
	}
	if err := a.owes(plan.Quantity); err != nil {
		return Delivery{}, err
	}
	d, err := newDelivery(ctx, tx, a, uuid.Nil)
	if err != nil {
		return Delivery{}, err
	}
	d.Planned, d.Day, d.SlotFrom, d.SlotTo, d.Note = plan.Quantity, plan.Day, plan.SlotFrom, plan.SlotTo, plan.Note
	const insert = `
		INSERT INTO inquiry.delivery_plans (id, award_id, quantity, unit, day, slot_from, slot_to, note, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	if _, err := tx.Exec(ctx, insert, d.ID, a.ID, d.Planned, d.Unit, d.Day, d.SlotFrom, d.SlotTo, d.Note, d.CreatedAt); err != nil {
		return Delivery{}, err
	}
	err = identity.RecordTx(ctx, tx, who, "delivery.scheduled", subjectDelivery(d.ID), map[string]any{"award_id": a.ID})
	return d.answer(tx.Now), err
}

// DispatchPlanned notes that goods left whose delivery was announced; the quantity may be another
// than the announced one. Refused as Deliver, and ErrDeliveryState.
func (s *Service) DispatchPlanned(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, dispatch Dispatch) (Delivery, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		awardID, err := awardOfDelivery(ctx, tx, who, deliveryID)
		if err != nil {
			return Delivery{}, err
		}
		return deliver(ctx, tx, s.book, who, awardID, deliveryID, dispatch)
	})
}

// CancelPlanned takes back the announcement of a delivery. Refused: ErrDeliveryState.
func (s *Service) CancelPlanned(ctx context.Context, who identity.Principal, deliveryID uuid.UUID) (Delivery, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		d, err := lockDelivery(ctx, tx, who, deliveryID)
		if err != nil {
			return Delivery{}, err
		}
		if _, err := d.state(tx.Now).next(moveTakeBack, bySupplier); err != nil {
			return Delivery{}, err
		}
		const cancel = `UPDATE inquiry.delivery_plans SET cancelled_at = $2 WHERE id = $1`
		if _, err := tx.Exec(ctx, cancel, d.ID, tx.Now); err != nil {
			return Delivery{}, err
		}
		d.CancelledAt = &tx.Now
		err = identity.RecordTx(ctx, tx, who, "delivery.cancelled", subjectDelivery(d.ID), map[string]any{"award_id": d.AwardID})
		return d.answer(tx.Now), err
	})
}

// lockDelivery reads a delivery of the principal's organisation, whichever side it is on, with its
// award, whose line stays locked: of two moves one sees what the other did.
func lockDelivery(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (*deliveryRecord, error) {
	awardID, err := awardOfDelivery(ctx, tx, who, id)
	if err != nil {
		return nil, err
	}
	a, err := lockAward(ctx, tx, who, awardID)
	if err != nil {
		return nil, err
	}
	d, err := loadDelivery(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	called, err := callOffsIn(ctx, tx, d.callOffs())
	if err != nil {
		return nil, err
	}
	d.owed, d.callOff = a, called[d.CallOffID]
	d.award = a.under(d.callOff)
	return d, nil
}
