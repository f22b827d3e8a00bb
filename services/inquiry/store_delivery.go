package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// deliveryRecord is a delivery as its table holds it.
type deliveryRecord struct {
	ID           uuid.UUID                     `db:"id"`
	AwardID      uuid.UUID                     `db:"award_id"`
	Quantity     quantity.Quantity             `db:"quantity"`
	Unit         string                        `db:"unit"`
	Lot          string                        `db:"lot"`
	Live         bool                          `db:"live"`
	Vehicle      string                        `db:"vehicle"`
	Temperature  *int                          `db:"temperature"`
	Documents    postgres.Strings              `db:"documents"`
	DispatchedAt *time.Time                    `db:"dispatched_at"`
	ConfirmBy    *time.Time                    `db:"confirm_by"`
	Planned      quantity.Quantity             `db:"planned"`
	Day          civil.Date                    `db:"day"`
	SlotFrom     string                        `db:"slot_from"`
	SlotTo       string                        `db:"slot_to"`
	CancelledAt  *time.Time                    `db:"cancelled_at"`
	ReceivedAt   *time.Time                    `db:"received_at"`
	Accepted     quantity.Quantity             `db:"accepted"`
	Rejected     quantity.Quantity             `db:"rejected"`
	Loss         quantity.Quantity             `db:"loss"`
	Reasons      postgres.Strings              `db:"reasons"`
	Sizes        postgres.JSON[[]SizeReceived] `db:"sizes"`
	ValueVND     money.VND                     `db:"value_vnd"`
	Note         string                        `db:"note"`
	CreatedAt    time.Time                     `db:"created_at"`

	award *awardRecord
}

func (d *deliveryRecord) answer(now time.Time) Delivery {
	delivery := Delivery{
		ID: d.ID, AwardID: d.AwardID, Unit: d.Unit, Note: d.Note, CreatedAt: d.CreatedAt,
		State: d.state(now), Late: d.late(now), Short: d.award.short(),
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
		delivery.Received = &Received{
			Accepted: d.Accepted, Rejected: d.Rejected, Loss: d.Loss, Reasons: d.Reasons, Sizes: d.Sizes.V, At: *d.ReceivedAt,
			ValueVND: d.ValueVND,
		}
	}
	return delivery
}

// late reports whether the goods came after the agreed day, or that day is over and they have not
// come, in Vietnam's calendar.
func (d *deliveryRecord) late(now time.Time) bool {
	at := now
	if d.ReceivedAt != nil {
		at = *d.ReceivedAt
	}
	return d.state(now) != DeliveryCancelled && reference.Day(at).After(d.award.DeliverOn)
}

// short reports whether an award has ended with less accepted than agreed.
func (a *awardRecord) short() bool {
	state := a.state()
	return (state == AwardCompleted || state == AwardCancelled) && a.balance.Accepted < a.Quantity
}

// take notes what was found and what is owed for it. Goods cannot come before they were sent,
// whatever the clocks say.
func (d *deliveryRecord) take(receipt Receipt, sizes []SizeReceived, now time.Time) {
	at := now
	if at.Before(*d.DispatchedAt) {
		at = *d.DispatchedAt
	}
	d.ReceivedAt, d.Accepted, d.Rejected, d.Loss = &at, receipt.Accepted, receipt.Rejected, receipt.Loss
	d.Reasons, d.Sizes.V = receipt.Reasons, sizes
	d.ValueVND = money.Value(d.award.PriceVND, d.Accepted)
	if len(sizes) > 0 {
		d.ValueVND = 0
		for _, size := range sizes {
			d.ValueVND += money.Value(size.PriceVND, size.Quantity)
		}
	}
	if receipt.Note != "" {
		d.Note = receipt.Note
	}
}

// insertDelivery writes a dispatch. Whether the goods live is there for the release before this one.
func insertDelivery(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
	const insert = `
		INSERT INTO inquiry.deliveries (id, award_id, quantity, unit, lot, live, vehicle, temperature, documents, dispatched_at, note, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	_, err := tx.Exec(ctx, insert, d.ID, d.AwardID, d.Quantity, d.Unit, d.Lot, d.Live, d.Vehicle, d.Temperature,
		postgres.Array(d.Documents), d.DispatchedAt, d.Note, d.CreatedAt)
	return err
}

func updateReceived(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
	const update = `
		UPDATE inquiry.deliveries
		   SET received_at = $2, accepted = $3, rejected = $4, loss = $5, reasons = $6, sizes = $7, note = $8, value_vnd = $9
		 WHERE id = $1 AND received_at IS NULL`
	if d.Sizes.V == nil {
		d.Sizes.V = []SizeReceived{}
	}
	n, err := tx.Exec(ctx, update, d.ID, d.ReceivedAt, d.Accepted, d.Rejected, d.Loss, postgres.Array(d.Reasons), d.Sizes, d.Note,
		d.ValueVND)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrReceived.With()
	}
	return nil
}

// selectDeliveries reads what has left and what is only announced.
const selectDeliveries = `
	SELECT id, award_id, quantity, unit, lot, live, vehicle, temperature, documents, dispatched_at, confirm_by, received_at,
	       accepted, rejected, loss, reasons, sizes, value_vnd, planned, day, slot_from, slot_to, cancelled_at, note, created_at
	  FROM (SELECT d.id, d.award_id, d.quantity, d.unit, d.lot, d.live, d.vehicle, d.temperature, d.documents, d.dispatched_at,
	               d.dispatched_at + make_interval(hours => inquiry.delivery_rule('confirm_hours', d.award_id)) AS confirm_by,
	               d.received_at, d.accepted, d.rejected, d.loss, d.reasons, d.sizes, d.value_vnd, coalesce(p.quantity, 0) AS planned,
	               p.day, coalesce(p.slot_from, '') AS slot_from, coalesce(p.slot_to, '') AS slot_to, p.cancelled_at, d.note, d.created_at
	          FROM inquiry.deliveries d LEFT JOIN inquiry.delivery_plans p ON p.id = d.id
	         UNION ALL
	        SELECT p.id, p.award_id, 0, p.unit, '', false, '', NULL, '{}', NULL, NULL, NULL, 0, 0, 0, '{}', '[]', 0, p.quantity,
	               p.day, p.slot_from, p.slot_to, p.cancelled_at, p.note, p.created_at
	          FROM inquiry.delivery_plans p
	         WHERE NOT EXISTS (SELECT FROM inquiry.deliveries d WHERE d.id = p.id)) d`

func loadDelivery(ctx context.Context, reader postgres.Reader, id uuid.UUID) (*deliveryRecord, error) {
	const query = selectDeliveries + ` WHERE id = $1`
	var d deliveryRecord
	err := reader.Get(ctx, &d, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return nil, fault.ErrNotFound.With()
	}
	return &d, err
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
	err := reader.Select(ctx, &records, query, awardID, page.Before, page.Limit)
	return records, err
}
