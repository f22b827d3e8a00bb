package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

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
	CallOffID    uuid.UUID                     `db:"call_off_id"`
	Quantity     quantity.Quantity             `db:"quantity"`
	Unit         string                        `db:"unit"`
	Lot          string                        `db:"lot"`
	Live         bool                          `db:"live"`
	DispatchedAt time.Time                     `db:"dispatched_at"`
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
		ID: d.ID, AwardID: d.AwardID, CallOffID: d.CallOffID, Unit: d.Unit, Note: d.Note, CreatedAt: d.CreatedAt,
		Dispatched: Dispatched{Quantity: d.Quantity, Lot: d.Lot, At: d.DispatchedAt},
		State:      deliveryState(d.ReceivedAt != nil, d.Live, d.DispatchedAt, now),
		Late:       reference.Day(d.DispatchedAt).After(d.award.DeliverOn),
	}
	if d.ReceivedAt != nil {
		delivery.Received = &Received{
			Accepted: d.Accepted, Rejected: d.Rejected, Loss: d.Loss, Reasons: d.Reasons, Sizes: d.Sizes.V, At: *d.ReceivedAt,
			ValueVND: d.ValueVND,
		}
	}
	return delivery
}

// take notes what was found and what is owed for it. Goods cannot come before they were sent,
// whatever the clocks say.
func (d *deliveryRecord) take(receipt Receipt, sizes []SizeReceived, now time.Time) {
	at := now
	if at.Before(d.DispatchedAt) {
		at = d.DispatchedAt
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

func insertDelivery(ctx context.Context, tx *postgres.Tx, d *deliveryRecord) error {
	const insert = `
		INSERT INTO inquiry.deliveries (id, award_id, quantity, unit, lot, live, dispatched_at, note, created_at, call_off_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	_, err := tx.Exec(ctx, insert, d.ID, d.AwardID, d.Quantity, d.Unit, d.Lot, d.Live, d.DispatchedAt, d.Note, d.CreatedAt,
		postgres.NullID(d.CallOffID))
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

const selectDeliveries = `
	SELECT id, award_id, quantity, unit, lot, live, dispatched_at, received_at, accepted, rejected, loss, reasons, sizes, value_vnd, note,
	       created_at, call_off_id
	  FROM inquiry.deliveries`

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
		SELECT a.id FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id
		 WHERE d.id = $1 AND (a.buyer_id = $2 OR a.producer_id = $2)`
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
