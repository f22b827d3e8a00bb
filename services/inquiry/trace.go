package inquiry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// Trace is where the goods of a delivery come from.
type Trace struct {
	DeliveryID uuid.UUID    `json:"delivery_id"`
	ProductID  uuid.UUID    `json:"product_id"`
	ProducerID uuid.UUID    `json:"producer_id"`
	LotCode    string       `json:"lot_code,omitempty" doc:"As the producer named it at dispatch."`
	Lot        *catalog.Lot `json:"lot,omitempty"      doc:"What was declared of it, its sources included; left out where no such lot was declared."`
}

// Trace tells the parties of a delivery, and officials, where its goods come from. To anybody else
// the delivery does not exist.
func (s *Service) Trace(ctx context.Context, who identity.Principal, deliveryID uuid.UUID) (Trace, error) {
	if err := who.MayRead(area); err != nil {
		return Trace{}, err
	}
	const query = `
		SELECT d.lot, a.product_id, a.producer_id FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id
		 WHERE d.id = $1 AND (a.buyer_id = $2 OR a.producer_id = $2 OR $3)`
	var row struct {
		Lot        string    `db:"lot"`
		ProductID  uuid.UUID `db:"product_id"`
		ProducerID uuid.UUID `db:"producer_id"`
	}
	err := s.db.Get(ctx, &row, query, deliveryID, who.OrganisationID, who.Official() || who.Administrator)
	if errors.Is(err, postgres.ErrNoRows) {
		return Trace{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return Trace{}, err
	}
	trace := Trace{DeliveryID: deliveryID, ProductID: row.ProductID, ProducerID: row.ProducerID, LotCode: row.Lot}
	lot, err := catalog.LotForBuyerTx(ctx, s.db, s.book, row.ProductID, row.Lot)
	switch {
	case errors.Is(err, fault.ErrNotFound):
		return trace, nil
	case err != nil:
		return Trace{}, err
	}
	trace.Lot = &lot
	return trace, nil
}
