package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Unconfirmed is a delivery that left and of which nobody said in time what came.
type Unconfirmed struct {
	DeliveryID   uuid.UUID `db:"id"`
	ProducerID   uuid.UUID `db:"producer_id"`
	BuyerID      uuid.UUID `db:"buyer_id"`
	Line         string    `db:"line"`
	DispatchedAt time.Time `db:"dispatched_at"`
}

// UnconfirmedLongerTx lists the deliveries that count as unconfirmed at an instant and left before another, the
// first that left first, at most limit of them.
func UnconfirmedLongerTx(ctx context.Context, reader postgres.Reader, now, before time.Time, limit int) ([]Unconfirmed, error) {
	const query = `
		SELECT d.id, a.producer_id, a.buyer_id, l.line, d.dispatched_at
		  FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id JOIN inquiry.lines l ON l.id = a.line_id
		 WHERE d.received_at IS NULL AND d.dispatched_at < $2
		   AND d.dispatched_at + make_interval(hours => inquiry.delivery_rule('confirm_hours', d.award_id)) < $1
		 ORDER BY d.dispatched_at, d.id LIMIT $3`
	found := []Unconfirmed{}
	err := reader.Select(ctx, &found, query, now, before, limit)
	return found, err
}
