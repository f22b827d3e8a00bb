package monitor

import "github.com/ocop-market/ocop/services/ledger"

// tickComparisons hold what the catalogue and deals know of Green Ticks against the ticks themselves.
//
//nolint:gochecknoglobals // an immutable table
var tickComparisons = []comparison{{
	ledger.SeverityError, "catalog.product_ticks", "a Green Tick that the catalogue knows otherwise",
	`SELECT count(*) FROM shelf.ticks`,
	`SELECT CAST(product_id AS text), system || ': ' || coalesce(t.state, 'no tick') || ', known as '
	        || CASE WHEN p.given IS NULL THEN 'nothing' WHEN p.given THEN 'given' WHEN p.stopped_since IS NULL THEN 'not given' ELSE 'stopped' END
	        || CASE WHEN p.spreads_at <= now() THEN ' everywhere' ELSE '' END
	   FROM shelf.ticks t
	   FULL JOIN catalog.product_ticks p USING (product_id, system)
	  WHERE (t.state = 'approved', t.answer_due_at - interval '24 hours',
	         EXISTS (SELECT FROM shelf.cases_spread(now()) c WHERE c.product_id = t.product_id AND c.system = t.system))
	        IS DISTINCT FROM (p.given, p.stopped_since, coalesce(p.spreads_at <= now(), false))
	  ORDER BY product_id, system LIMIT $1`,
}}
