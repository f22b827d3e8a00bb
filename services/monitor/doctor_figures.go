package monitor

import "github.com/ocop-market/ocop/services/ledger"

// figureComparisons hold what was published, with what waits to be, against the ledger as far as it was
// read for that.
//
//nolint:gochecknoglobals // an immutable table
var figureComparisons = []comparison{
	{
		ledger.SeverityError, "monitor.figures", "published figures that are not what the ledger says",
		`SELECT count(*) FROM monitor.figures`,
		`WITH kept AS (
		     SELECT k.book, k.product_line, k.dried, k.unit, sum(k.quantity) AS quantity, sum(k.value_vnd) AS value_vnd
		       FROM (SELECT u.book, u.product_line, u.dried, u.unit, u.quantity, u.value_vnd FROM monitor.unpublished u
		             UNION ALL
		             SELECT b.book, b.product_line, b.dried, b.unit, f.quantity, f.value_vnd
		               FROM monitor.figure_blocks b
		               JOIN LATERAL (SELECT g.quantity, g.value_vnd FROM monitor.figures g WHERE g.block_id = b.id ORDER BY g.edition DESC LIMIT 1) f ON true) k
		      GROUP BY k.book, k.product_line, k.dried, k.unit
		 ), posted AS (
		     SELECT p.product_line, coalesce(f.state = 'dried', l.dried, false) AS dried, CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
		            sum(coalesce(p.weight, p.quantity) * (m.offer_free + m.offer_reserved + m.offer_committed + m.offer_dispatched + m.offer_accepted)) AS offered,
		            sum(coalesce(p.weight, p.quantity) * (m.line_delivered + m.line_over)) AS delivered,
		            sum(coalesce(p.value_vnd, 0) * (m.line_delivered + m.line_over)) AS value_vnd
		       FROM monitor.figures_followed followed
		       JOIN ledger.seals s ON s.seq <= followed.seq
		       JOIN ledger.postings p ON p.id = s.row_id
		       JOIN ledger.movements m USING (movement)
		       LEFT JOIN reference.forms f ON f.code = p.form
		       LEFT JOIN (SELECT x.line, bool_and(y.state = 'dried') AS dried
		                    FROM reference.line_forms x JOIN reference.forms y ON y.code = x.form GROUP BY x.line) l ON l.line = p.product_line
		      GROUP BY 1, 2, 3
		 ), due AS (
		     SELECT 'offered' AS book, product_line, dried, unit, offered AS quantity, 0 AS value_vnd FROM posted
		     UNION ALL SELECT 'delivered', product_line, dried, unit, delivered, value_vnd FROM posted
		 )
		 SELECT book || ' ' || product_line || CASE WHEN dried THEN ' dried' ELSE '' END,
		        'published and waiting ' || coalesce(k.quantity, 0) || ' thousandths of ' || unit || ' and ' || coalesce(k.value_vnd, 0)
		        || ' đồng, in the ledger ' || coalesce(d.quantity, 0) || ' and ' || coalesce(d.value_vnd, 0)
		   FROM kept k FULL JOIN due d USING (book, product_line, dried, unit)
		  WHERE coalesce(k.quantity, 0) <> coalesce(d.quantity, 0) OR coalesce(k.value_vnd, 0) <> coalesce(d.value_vnd, 0)
		  ORDER BY 1 LIMIT $1`,
	},
	{
		ledger.SeverityError, "monitor.figure_blocks", "a block without cells or figures",
		`SELECT count(*) FROM monitor.figure_blocks`,
		`SELECT CAST(b.id AS text), b.book || ' ' || b.product_line
		   FROM monitor.figure_blocks b
		  WHERE NOT EXISTS (SELECT FROM monitor.figure_cells c WHERE c.block_id = b.id)
		     OR NOT EXISTS (SELECT FROM monitor.figures f WHERE f.block_id = b.id)
		  ORDER BY b.id LIMIT $1`,
	},
}
