package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// DeliveryTold is what the sides of a delivery are told of it. It names nobody else.
type DeliveryTold struct {
	ID          uuid.UUID `db:"id"`
	AwardID     uuid.UUID `db:"award_id"`
	InquiryID   uuid.UUID `db:"inquiry_id"`
	LineID      uuid.UUID `db:"line_id"`
	Position    int       `db:"position"`
	ProductLine string    `db:"line"`
	ProductID   uuid.UUID `db:"product_id"`
	BuyerID     uuid.UUID `db:"buyer_id"`
	ProducerID  uuid.UUID `db:"producer_id"`
	// Quantity is what was dispatched, or is announced.
	Quantity quantity.Quantity `db:"quantity"`
	Unit     string            `db:"unit"`
	// DeliverOn is the announced day, else the agreed one.
	DeliverOn civil.Date `db:"deliver_on"`
}

// DeliveriesToldTx reads deliveries by their ids; unknown ones are missing.
func DeliveriesToldTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]DeliveryTold, error) {
	const query = `
		SELECT d.id, a.id AS award_id, a.inquiry_id, a.line_id, l.position, l.line, a.product_id, a.buyer_id, a.producer_id, d.quantity, a.unit,
		       coalesce(d.day, CASE WHEN a.schedule <> '[]' THEN inquiry.delivery_due(a.id, d.id) END, a.deliver_on) AS deliver_on
		  FROM (SELECT id, coalesce(x.award_id, p.award_id) AS award_id, coalesce(x.quantity, p.quantity) AS quantity, p.day
		          FROM inquiry.deliveries x FULL JOIN inquiry.delivery_plans p USING (id)
		         WHERE id = ANY ($1)) d
		  JOIN inquiry.awards a ON a.id = d.award_id
		  JOIN inquiry.lines l ON l.id = a.line_id`
	var rows []DeliveryTold
	if err := tx.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID]DeliveryTold, len(rows))
	for _, row := range rows {
		told[row.ID] = row
	}
	return told, nil
}
