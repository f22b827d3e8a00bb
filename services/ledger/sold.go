package ledger

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Sold is what one producer delivered to one buyer at a price, of one grade: nobody but the two knows it.
type Sold struct {
	Line  string `db:"product_line"`
	Dried bool   `db:"dried"`
	// Unit is kg for all goods that have a weight, else the goods' own.
	Unit       string            `db:"unit"`
	Grade      string            `db:"grade"`
	ProducerID uuid.UUID         `db:"producer_id"`
	BuyerID    uuid.UUID         `db:"buyer_id"`
	Quantity   quantity.Quantity `db:"quantity"`
	ValueVND   money.VND         `db:"value_vnd"`
}

// SoldTx totals what was delivered at a price between two business days, both included, by goods, grade and pair. Pairs of
// whom nothing is left are not answered.
func SoldTx(ctx context.Context, tx *postgres.Tx, from, to civil.Date) ([]Sold, error) {
	const query = `
		SELECT p.product_line, coalesce(g.dried, false) AS dried, CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
		       coalesce(p.grade, '') AS grade, p.producer_id, p.buyer_id,
		       CAST(sum(coalesce(p.weight, p.quantity) * (m.line_delivered + m.line_over)) AS bigint) AS quantity,
		       CAST(sum(p.value_vnd * (m.line_delivered + m.line_over)) AS bigint) AS value_vnd
		  FROM ledger.postings p
		  JOIN ledger.movements m USING (movement)
		  LEFT JOIN reference.dried_goods g ON g.line = p.product_line AND g.form = coalesce(p.form, '')
		 WHERE p.business_date BETWEEN $1 AND $2 AND m.line_delivered + m.line_over <> 0 AND p.value_vnd IS NOT NULL
		   AND p.producer_id IS NOT NULL AND p.buyer_id IS NOT NULL
		 GROUP BY 1, 2, 3, 4, 5, 6
		HAVING sum(coalesce(p.weight, p.quantity) * (m.line_delivered + m.line_over)) > 0
		 ORDER BY 1, 2, 3, 4, 5, 6`
	var sold []Sold
	if err := tx.Select(ctx, &sold, query, from, to); err != nil {
		return nil, fmt.Errorf("reading what was sold: %w", err)
	}
	return sold, nil
}
