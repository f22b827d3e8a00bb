package ledger

import (
	"context"
	"fmt"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Standing is where supply and demand stand in one month and under one scheme.
type Standing struct {
	Key

	// Open is what buyers still want.
	Open quantity.Quantity
	// Free can be promised; Reserved is held for quotes that have not been awarded, for as long
	// as their hold has not been released.
	Free, Reserved quantity.Quantity
	// Committed is promised to awards, delivered or not.
	Committed quantity.Quantity
}

// Gap is demand less the supply that could meet it: positive where goods are wanting. What is
// reserved counts as supply, because the demand it answers still counts as open.
func (s *Standing) Gap() quantity.Quantity { return s.Open - s.Free - s.Reserved }

// Outlook asks where supply and demand stand.
type Outlook struct {
	// From and To bound the day under which supply begins and demand is to be delivered, both included.
	From, To civil.Date
	// Line and Scheme keep what is about them; empty keeps all.
	Line, Scheme string
}

// Standings are the balances of offers and of inquiry lines by month, line and scheme, each under the facts of
// the posting that opened it: an award of another month and with marks that nobody asked for fills the
// demand as it was asked for, and takes from the supply as it was offered. Supply and demand of two schemes
// stand in two rows. Accounts in which nothing is left to stand are not answered.
func Standings(ctx context.Context, reader postgres.Reader, o Outlook) ([]Standing, error) {
	const query = `
		WITH accounts AS (
			SELECT p.business_date, p.product_line, p.form, p.schemes, p.unit, p.weight, p.quantity,
			       CAST(0 AS bigint) AS open, o.free, o.reserved, o.committed + o.dispatched + o.accepted AS committed
			  FROM ledger.postings p JOIN ledger.offers o ON o.offer_id = p.offer_id
			 WHERE p.movement = 'offer_opened' AND p.business_date BETWEEN $1 AND $2
			 UNION ALL
			SELECT p.business_date, p.product_line, p.form, p.schemes, p.unit, p.weight, p.quantity, l.open, 0, 0, 0
			  FROM ledger.postings p JOIN ledger.lines l ON l.inquiry_line_id = p.inquiry_line_id
			 WHERE p.movement = 'demand_opened' AND p.business_date BETWEEN $1 AND $2
		)
		SELECT to_char(a.business_date, 'YYYY-MM'), coalesce(claimed.scheme, ''), a.product_line, coalesce(f.state = 'dried', d.dried, false),
		       CASE WHEN a.weight IS NULL THEN a.unit ELSE 'kg' END,
		       CAST(sum(round(a.open * w.unit_weight)) AS bigint), CAST(sum(round(a.free * w.unit_weight)) AS bigint),
		       CAST(sum(round(a.reserved * w.unit_weight)) AS bigint), CAST(sum(round(a.committed * w.unit_weight)) AS bigint)
		  FROM accounts a
		 CROSS JOIN LATERAL (SELECT coalesce(CAST(a.weight AS numeric) / a.quantity, 1) AS unit_weight) w
		  LEFT JOIN LATERAL (SELECT DISTINCT unnest(a.schemes) AS scheme) claimed ON true
		  LEFT JOIN reference.forms f ON f.code = a.form
		  LEFT JOIN (SELECT x.line, bool_and(y.state = 'dried') AS dried
		               FROM reference.line_forms x JOIN reference.forms y ON y.code = x.form GROUP BY x.line) d ON d.line = a.product_line
		 WHERE (a.open <> 0 OR a.free <> 0 OR a.reserved <> 0 OR a.committed <> 0)
		   AND ($3 = '' OR a.product_line = $3) AND ($4 = '' OR claimed.scheme = $4)
		 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`
	found := []Standing{}
	err := reader.Each(ctx, query, []any{o.From, o.To, o.Line, o.Scheme}, func(scan func(dest ...any) error) error {
		var one Standing
		var month, scheme string
		if err := scan(&month, &scheme, &one.Line, &one.Dried, &one.Unit, &one.Open, &one.Free, &one.Reserved, &one.Committed); err != nil {
			return fmt.Errorf("reading where supply and demand stand: %w", err)
		}
		one.Dimensions = map[Dimension]string{ByMonth: month, ByScheme: scheme}
		found = append(found, one)
		return nil
	})
	return found, err
}
