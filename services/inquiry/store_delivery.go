package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// deliveryRecord is a delivery as its table holds it.
type deliveryRecord struct {
	Outcome

	ID           uuid.UUID         `db:"id"`
	AwardID      uuid.UUID         `db:"award_id"`
	CallOffID    uuid.UUID         `db:"call_off_id"`
	Quantity     quantity.Quantity `db:"quantity"`
	Unit         string            `db:"unit"`
	Lot          string            `db:"lot"`
	Live         bool              `db:"live"`
	Vehicle      string            `db:"vehicle"`
	Temperature  *int              `db:"temperature"`
	Documents    postgres.Strings  `db:"documents"`
	DispatchedAt *time.Time        `db:"dispatched_at"`
	ConfirmBy    *time.Time        `db:"confirm_by"`
	Planned      quantity.Quantity `db:"planned"`
	Day          civil.Date        `db:"day"`
	SlotFrom     string            `db:"slot_from"`
	SlotTo       string            `db:"slot_to"`
	CancelledAt  *time.Time        `db:"cancelled_at"`
	ReceivedAt   *time.Time        `db:"received_at"`
	NotedAt      *time.Time        `db:"noted_at"`
	Note         string            `db:"note"`
	CreatedAt    time.Time         `db:"created_at"`

	// award is the award as the delivery's call-off has it, if there is one; owed is the award itself.
	award, owed *awardRecord
	callOff     *CallOff
	// dispute is the last one; nil: none.
	dispute *disputeRecord
}

func (d *deliveryRecord) answer(now time.Time) Delivery {
	delivery := Delivery{
		ID: d.ID, AwardID: d.AwardID, CallOffID: d.CallOffID, Unit: d.Unit, Note: d.Note, CreatedAt: d.CreatedAt,
		State: d.state(now), Late: d.late(now), Short: d.award.short(), Dispute: d.dispute.answer(),
	}
	if d.Planned > 0 {
		delivery.Planned = &Planned{Quantity: d.Planned, Day: d.Day, SlotFrom: d.SlotFrom, SlotTo: d.SlotTo}
	}
	if d.DispatchedAt != nil {
		delivery.Dispatched = &Dispatched{
			Quantity: d.Quantity, Lot: d.Lot, At: *d.DispatchedAt,
			DispatchFacts: DispatchFacts{Vehicle: d.Vehicle, Temperature: d.Temperature, Documents: d.Documents},
		}
	}
	if d.ReceivedAt != nil {
		delivery.Received = d.received(*d.ReceivedAt)
	}
	if settled := d.dispute; settled != nil && settled.SettledAt != nil && settled.proposal != nil {
		delivery.Settled = settled.proposal.received(*settled.SettledAt)
	}
	return delivery
}

// late reports whether the goods came after the day on which they were due, or that day is over and they
// have not come, in Vietnam's calendar.
func (d *deliveryRecord) late(now time.Time) bool {
	at := now
	if d.ReceivedAt != nil {
		at = *d.ReceivedAt
	}
	return d.state(now) != DeliveryCancelled && reference.Day(at).After(d.due())
}

// short reports whether an award has ended with less accepted than agreed.
func (a *awardRecord) short() bool {
	state := a.state()
	return (state == AwardCompleted || state == AwardCancelled) && a.balance.Accepted+a.balance.Over < a.Quantity
}

// take notes what was found of goods that came at an instant, and what is owed for it. Goods cannot
// come before they were sent, whatever the clocks say.
func (d *deliveryRecord) take(found Outcome, note string, came, now time.Time) {
	at := d.notBefore(came)
	d.ReceivedAt, d.NotedAt, d.Outcome = &at, &now, found
	if note != "" {
		d.Note = note
	}
}

// notBefore is an instant, or that of the dispatch where this is later.
func (d *deliveryRecord) notBefore(at time.Time) time.Time {
	if at.Before(*d.DispatchedAt) {
		return *d.DispatchedAt
	}
	return at
}

// insertDelivery writes a dispatch. Whether the goods live is there for the release before this one.
func insertDelivery(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
	const insert = `
		INSERT INTO inquiry.deliveries (id, award_id, quantity, unit, lot, live, vehicle, temperature, documents, dispatched_at, note, created_at,
		       call_off_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	_, err := tx.Exec(ctx, insert, d.ID, d.AwardID, d.Quantity, d.Unit, d.Lot, d.Live, d.Vehicle, d.Temperature,
		postgres.Array(d.Documents), d.DispatchedAt, d.Note, d.CreatedAt, postgres.NullID(d.CallOffID))
	return err
}

// selectDeliveries reads what has left and what is only announced.
const selectDeliveries = `
	SELECT id, award_id, quantity, unit, lot, live, vehicle, temperature, documents, dispatched_at, confirm_by, received_at, noted_at,
	       accepted, rejected, loss, over, reasons, sizes, tie, price_gross, value_vnd, planned, day, slot_from, slot_to, cancelled_at, note, created_at,
	       call_off_id
	  FROM (SELECT d.id, d.award_id, d.quantity, d.unit, d.lot, d.live, d.vehicle, d.temperature, d.documents, d.dispatched_at,
	               d.dispatched_at + make_interval(hours => inquiry.delivery_rule('confirm_hours', d.award_id)) AS confirm_by,
	               d.received_at, coalesce(d.noted_at, d.received_at) AS noted_at, d.accepted, d.rejected, d.loss, d.over, d.reasons, d.sizes, d.tie, d.price_gross, d.value_vnd,
	               coalesce(p.quantity, 0) AS planned,
	               p.day, coalesce(p.slot_from, '') AS slot_from, coalesce(p.slot_to, '') AS slot_to, p.cancelled_at, d.note, d.created_at,
	               d.call_off_id
	          FROM inquiry.deliveries d LEFT JOIN inquiry.delivery_plans p ON p.id = d.id
	         UNION ALL
	        SELECT p.id, p.award_id, 0, p.unit, '', false, '', NULL, '{}', NULL, NULL, NULL, NULL, 0, 0, 0, 0, '{}', '[]', 0, false, 0, p.quantity,
	               p.day, p.slot_from, p.slot_to, p.cancelled_at, p.note, p.created_at, NULL
	          FROM inquiry.delivery_plans p
	         WHERE NOT EXISTS (SELECT FROM inquiry.deliveries d WHERE d.id = p.id)) d`

// UnconfirmedTx lists the deliveries that count as unconfirmed at an instant, for services above: they
// left, and their receiver did not say in the hours that the line and form allow what came.
func UnconfirmedTx(ctx context.Context, reader postgres.Reader, now time.Time) ([]uuid.UUID, error) {
	const query = `
		SELECT d.id FROM inquiry.deliveries d
		 WHERE d.received_at IS NULL
		   AND d.dispatched_at + make_interval(hours => inquiry.delivery_rule('confirm_hours', d.award_id)) < $1`
	ids := []uuid.UUID{}
	err := reader.Select(ctx, &ids, query, now)
	return ids, err
}

func loadDelivery(ctx context.Context, reader postgres.Reader, id uuid.UUID) (*deliveryRecord, error) {
	const query = selectDeliveries + ` WHERE id = $1`
	var d deliveryRecord
	err := reader.Get(ctx, &d, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return nil, fault.ErrNotFound.With()
	}
	if err != nil {
		return nil, err
	}
	return &d, withDisputes(ctx, reader, &d)
}

// awardOfDelivery finds the award of a delivery that concerns the principal's organisation.
func awardOfDelivery(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (uuid.UUID, error) {
	const query = `
		SELECT a.id
		  FROM inquiry.awards a
		 WHERE a.id = coalesce((SELECT d.award_id FROM inquiry.deliveries d WHERE d.id = $1),
		                       (SELECT p.award_id FROM inquiry.delivery_plans p WHERE p.id = $1))
		   AND (a.buyer_id = $2 OR a.producer_id = $2)`
	var award uuid.UUID
	err := reader.Get(ctx, &award, query, id, who.OrganisationID)
	if errors.Is(err, postgres.ErrNoRows) {
		return uuid.Nil, fault.ErrNotFound.With()
	}
	return award, err
}

func deliveriesOf(ctx context.Context, reader postgres.Reader, awardID uuid.UUID, page Page) ([]*deliveryRecord, error) {
	const query = selectDeliveries + `
		 WHERE award_id = $1 AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $2)
		 ORDER BY id DESC LIMIT $3`
	var records []*deliveryRecord
	if err := reader.Select(ctx, &records, query, awardID, page.Before, page.Limit); err != nil {
		return nil, err
	}
	return records, withDisputes(ctx, reader, records...)
}
