package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// AwardDealsTx reads awards by their ids, whatever has become of them, with what their parties must
// know to recognise them. Quantity is what was awarded.
func AwardDealsTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]OpenDeal, error) {
	const query = `
		SELECT a.inquiry_id, a.line_id, l.position, l.line, a.quote_id, q.root_id, a.id AS award_id, a.buyer_id, a.producer_id,
		       a.product_id, a.quantity, a.unit, a.deliver_on
		  FROM inquiry.awards a
		  JOIN inquiry.lines l ON l.id = a.line_id
		  JOIN inquiry.quotes q ON q.id = a.quote_id
		 WHERE a.id = ANY ($1)`
	var rows []OpenDeal
	if err := tx.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	deals := make(map[uuid.UUID]OpenDeal, len(rows))
	for _, row := range rows {
		deals[row.AwardID] = row
	}
	return deals, nil
}
