package monitor

import "github.com/ocop-market/ocop/services/ledger"

// lotComparisons prove that no more was sent off under a lot than was declared of it.
//
//nolint:gochecknoglobals // an immutable table
var lotComparisons = []comparison{
	{
		ledger.SeverityError, "catalog.lot_balances", "a lot whose balance is not the sum of its deliveries",
		`SELECT count(*) FROM inquiry.deliveries WHERE lot <> ''`,
		`SELECT CAST(product_id AS text), 'lot ' || code || ': stored ' || coalesce(CAST(b.dispatched AS text), 'nothing')
		        || ', derived ' || coalesce(d.dispatched, 0) || ' thousandths'
		   FROM catalog.lot_balances b
		   FULL JOIN (SELECT a.product_id, x.lot AS code, sum(x.quantity) AS dispatched
		                FROM inquiry.deliveries x JOIN inquiry.awards a ON a.id = x.award_id JOIN catalog.products p ON p.id = a.product_id
		               WHERE x.lot <> '' GROUP BY a.product_id, x.lot) d USING (product_id, code)
		  WHERE b.dispatched IS DISTINCT FROM coalesce(d.dispatched, 0)
		  ORDER BY product_id, code LIMIT $1`,
	},
	{
		ledger.SeverityError, "catalog.lots", "a lot that allows another amount than was declared of it",
		`SELECT count(*) FROM catalog.lots`,
		`SELECT CAST(l.id AS text), 'lot ' || l.code || ': stored ' || coalesce(CAST(b.allowed AS text), 'nothing')
		        || ', declared ' || coalesce(CAST(catalog.lot_allows(l.id) AS text), 'nothing') || ' thousandths'
		   FROM catalog.lots l
		   LEFT JOIN catalog.lot_balances b ON b.product_id = l.product_id AND b.code = l.code
		  WHERE b.product_id IS NULL OR b.allowed IS DISTINCT FROM catalog.lot_allows(l.id)
		  ORDER BY l.id LIMIT $1`,
	},
	{
		ledger.SeverityError, "catalog.lots", "more was sent off under a lot than was declared of it",
		`SELECT count(*) FROM catalog.lots`,
		`SELECT CAST(l.id AS text), 'lot ' || l.code || ': sent ' || b.dispatched || ' of ' || b.allowed || ' thousandths'
		   FROM catalog.lots l
		   JOIN catalog.lot_balances b ON b.product_id = l.product_id AND b.code = l.code
		  WHERE b.dispatched > greatest(b.allowed, b.sent_before)
		  ORDER BY l.id LIMIT $1`,
	},
	{
		ledger.SeverityWarning, "catalog.lots", "more was sent off under a lot than was declared of it, before that was refused",
		`SELECT count(*) FROM catalog.lots`,
		`SELECT CAST(l.id AS text), 'lot ' || l.code || ': sent ' || b.dispatched || ' of ' || b.allowed || ' thousandths'
		   FROM catalog.lots l
		   JOIN catalog.lot_balances b ON b.product_id = l.product_id AND b.code = l.code
		  WHERE b.dispatched > b.allowed AND b.dispatched <= b.sent_before
		  ORDER BY l.id LIMIT $1`,
	},
}
