package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// MemorandumTold is what the parties of a memorandum are told of it.
type MemorandumTold struct {
	ID         uuid.UUID `db:"id"`
	ProducerID uuid.UUID `db:"producer_id"`
	BuyerID    uuid.UUID `db:"buyer_id"`
	// ProducerName and BuyerName are those of parties that are not on the platform.
	ProducerName string `db:"producer_name"`
	BuyerName    string `db:"buyer_name"`
	// Contested is why it was contested last.
	Contested string `db:"contested"`
}

// MemorandaToldTx reads memoranda by their ids; unknown ones are missing.
func MemorandaToldTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]MemorandumTold, error) {
	const query = `
		SELECT m.id, coalesce(m.producer_id, '00000000-0000-0000-0000-000000000000') AS producer_id, m.producer_name,
		       coalesce(m.buyer_id, '00000000-0000-0000-0000-000000000000') AS buyer_id, m.buyer_name,
		       coalesce((SELECT s.reason FROM trade.memorandum_steps s WHERE s.memorandum_id = m.id AND s.to_state = 'contested'
		                  ORDER BY s.n DESC LIMIT 1), '') AS contested
		  FROM trade.memoranda m WHERE m.id = ANY ($1)`
	var rows []MemorandumTold
	if err := tx.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID]MemorandumTold, len(rows))
	for _, row := range rows {
		told[row.ID] = row
	}
	return told, nil
}
