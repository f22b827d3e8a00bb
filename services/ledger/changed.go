package ledger

import (
	"context"
	"fmt"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Moved is a line and a month in which something was posted.
type Moved struct {
	Line string `db:"product_line" json:"line"`
	// Month is that of the business date, such as 2026-03.
	Month string `db:"month" json:"month"`
}

// MovedAfter lists the lines and months of the postings sealed behind a place of their chain, of so many
// postings at most, and the place of the last of them: the order is final, so who goes on from there misses
// nothing and hears nothing twice.
func MovedAfter(ctx context.Context, reader postgres.Reader, seq int64, most int) (moved []Moved, upTo int64, err error) {
	const query = `
		SELECT p.product_line, to_char(p.business_date, 'YYYY-MM') AS month, max(s.seq) AS upto
		  FROM ledger.seals s JOIN ledger.postings p ON p.id = s.row_id
		 WHERE s.seq > $1 AND s.seq <= $1 + CAST($2 AS bigint)
		 GROUP BY 1, 2 ORDER BY 1, 2`
	moved, upTo = []Moved{}, seq
	err = reader.Each(ctx, query, []any{seq, most}, func(scan func(dest ...any) error) error {
		var one Moved
		var last int64
		if err := scan(&one.Line, &one.Month, &last); err != nil {
			return fmt.Errorf("reading what moved: %w", err)
		}
		moved, upTo = append(moved, one), max(upTo, last)
		return nil
	})
	return moved, upTo, err
}
