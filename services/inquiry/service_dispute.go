package inquiry

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Dispute notes that one side objects to a receipt, within the days its line and form allow. No
// volume moves. Refused: ErrDeliveryState, ErrDisputeLate, ErrDisputeReason.
func (s *Service) Dispute(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, objection Objection) (Delivery, error) {
	return s.disputed(ctx, who, deliveryID, moveDispute, "delivery.disputed", func(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
		return raise(ctx, tx, who, d, objection)
	})
}

// WithdrawDispute takes an objection back: the receipt stands. Only the side that raised it can.
func (s *Service) WithdrawDispute(ctx context.Context, who identity.Principal, deliveryID uuid.UUID) (Delivery, error) {
	return s.disputed(ctx, who, deliveryID, moveWithdraw, "delivery.dispute_withdrawn", func(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
		if d.dispute.RaisedBy != who.OrganisationID {
			return ErrNotYourDispute.With()
		}
		const withdraw = `UPDATE inquiry.disputes SET withdrawn_at = $2 WHERE id = $1`
		_, err := tx.Exec(ctx, withdraw, d.dispute.ID, tx.Now)
		return err
	})
}

// ProposeSettlement says what should hold instead of a receipt; it replaces what was proposed
// before by either side. Refused as Receive, and ledger.ErrAwardExceeded when more would have been
// accepted than the award can still answer for, because what was rejected has been delivered anew or
// released since.
func (s *Service) ProposeSettlement(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, instead Receipt) (Delivery, error) {
	return s.disputed(ctx, who, deliveryID, movePropose, "delivery.settlement_proposed", func(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
		within, err := boundsOf(ctx, tx, s.book, d)
		if err != nil {
			return err
		}
		outcome, err := instead.outcome(d.award, within)
		if err != nil {
			return err
		}
		if err := d.answersFor(&outcome); err != nil {
			return err
		}
		return insertProposal(ctx, tx, who, d.dispute, &outcome, instead.Note)
	})
}

// AgreeSettlement accepts the last proposal of the other side. The volume moves by new postings: the
// receipt's are reversed, and what was agreed is posted, all under the day of the receipt. Refused:
// ErrProposal for any other proposal, and what ProposeSettlement refuses by then.
func (s *Service) AgreeSettlement(ctx context.Context, who identity.Principal, deliveryID, proposalID uuid.UUID) (Delivery, error) {
	return s.disputed(ctx, who, deliveryID, moveAgree, "delivery.settled", func(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
		proposal := d.dispute.proposal
		if proposal == nil || proposal.ID != proposalID || proposal.ProposedBy == who.OrganisationID {
			return ErrProposal.With()
		}
		if err := d.answersFor(&proposal.Outcome); err != nil {
			return err
		}
		return settle(ctx, tx, who, d, proposal)
	})
}

// disputed takes a step of a dispute with the award's line locked, for whichever side asks.
func (s *Service) disputed(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, move deliveryMove, event string,
	step func(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error,
) (Delivery, error) {
	side := identity.Buyer
	if who.Is(identity.Producer) {
		side = identity.Producer
	}
	if err := mayTrade(who, side); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		d, err := lockDelivery(ctx, tx, who, deliveryID)
		if err != nil {
			return Delivery{}, err
		}
		actor := bySupplier
		if d.award.BuyerID == who.OrganisationID {
			actor = byReceiver
		}
		if _, err := d.state(tx.Now).next(move, actor); err != nil {
			return Delivery{}, err
		}
		detail := map[string]any{"award_id": d.AwardID}
		if err := identity.RecordTx(ctx, tx, who, event, subjectDelivery(d.ID), detail); err != nil {
			return Delivery{}, err
		}
		if err := step(ctx, tx, d); err != nil { // posts last
			return Delivery{}, err
		}
		after, err := lockDelivery(ctx, tx, who, deliveryID)
		if err != nil {
			return Delivery{}, err
		}
		return after.answer(tx.Now), nil
	})
}

func raise(ctx context.Context, tx *postgres.Tx, who identity.Principal, d *deliveryRecord, objection Objection) error {
	const rule = `SELECT inquiry.delivery_rule('dispute_days', $1)`
	var days *int
	if err := tx.Get(ctx, &days, rule, d.AwardID); err != nil {
		return err
	}
	if err := d.disputable(days, tx.Now); err != nil {
		return err
	}
	id, err := newID()
	if err != nil {
		return err
	}
	const insert = `
		INSERT INTO inquiry.disputes (id, delivery_id, raised_by, reason, note, raised_at)
		SELECT $1, $2, $3, r.code, $5, $6 FROM inquiry.reasons r WHERE r.code = $4 AND r.applies = 'receipt'
		RETURNING id`
	err = tx.Get(ctx, &id, insert, id, d.ID, who.OrganisationID, objection.Reason, objection.Note, tx.Now)
	if errors.Is(err, postgres.ErrNoRows) {
		return ErrDisputeReason.At("reason")
	}
	return err
}

// answersFor refuses an outcome that takes more back from what the award still owes than is there.
func (d *deliveryRecord) answersFor(instead *Outcome) error {
	owed := d.award.balance.Committed + instead.returned() - d.returned()
	if owed < 0 {
		return ledger.ErrAwardExceeded.With("remaining", d.award.balance.Committed)
	}
	return nil
}

func insertProposal(ctx context.Context, tx *postgres.Tx, who identity.Principal, dispute *disputeRecord, o *Outcome, note string) error {
	id, err := newID()
	if err != nil {
		return err
	}
	const insert = `
		INSERT INTO inquiry.settlements (id, dispute_id, proposed_by, proposed_at, accepted, rejected, loss, over, reasons, sizes, tie,
		       price_gross, value_vnd, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	_, err = tx.Exec(ctx, insert, id, dispute.ID, who.OrganisationID, tx.Now, o.Accepted, o.Rejected, o.Loss, o.Over,
		postgres.Array(o.Reasons), o.Sizes, o.Tie, o.PriceGross, o.ValueVND, note)
	return err
}

func settle(ctx context.Context, tx *postgres.Tx, who identity.Principal, d *deliveryRecord, proposal *settlementRecord) error {
	const agree = `UPDATE inquiry.settlements SET agreed_by = $2, agreed_at = $3 WHERE id = $1`
	if _, err := tx.Exec(ctx, agree, proposal.ID, who.OrganisationID, tx.Now); err != nil {
		return err
	}
	const end = `UPDATE inquiry.disputes SET settled_at = $2 WHERE id = $1`
	if _, err := tx.Exec(ctx, end, d.dispute.ID, tx.Now); err != nil {
		return err
	}
	corrected := recordsChanged{ProducerID: d.award.ProducerID, BuyerID: d.award.BuyerID}
	if err := jobs.InsertTx(ctx, tx, corrected); err != nil {
		return err
	}
	claimed, err := ledger.ClaimedTx(ctx, tx, d.AwardID)
	if err != nil {
		return err
	}
	postings, err := ledger.ReversalsTx(ctx, tx, d.award.InquiryID, d.ID)
	if err != nil {
		return err
	}
	freed, err := d.redraw(ctx, tx, d.returned()-proposal.returned())
	if err != nil {
		return err
	}
	agreed := proposal.postings(d.award, d.ID, reference.Day(*d.ReceivedAt), claimed[d.AwardID])
	released, err := d.owed.release(ctx, tx, d.owed.CancelledAs.movement(), freed, "")
	if err != nil {
		return err
	}
	return ledger.PostTx(ctx, tx, who, slices.Concat(postings, agreed, released)...)
}
