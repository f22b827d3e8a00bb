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
		     SELECT p.product_line, coalesce(g.dried, false) AS dried, CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
		            sum(coalesce(p.weight, p.quantity) * (m.offer_free + m.offer_reserved + m.offer_committed + m.offer_dispatched + m.offer_accepted)) AS offered,
		            sum(coalesce(p.weight, p.quantity) * (m.line_delivered + m.line_over)) AS delivered,
		            sum(coalesce(p.value_vnd, 0) * (m.line_delivered + m.line_over)) AS value_vnd
		       FROM monitor.figures_followed followed
		       JOIN ledger.seals s ON s.seq <= followed.seq
		       JOIN ledger.postings p ON p.id = s.row_id
		       JOIN ledger.movements m USING (movement)
		       LEFT JOIN reference.dried_goods g ON g.line = p.product_line AND g.form = coalesce(p.form, '')
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
	{
		ledger.SeverityError, "monitor.figure_shares", "an edition that is not what it told of each pair",
		`SELECT count(*) FROM monitor.figure_shares`,
		`SELECT 'block ' || e.block_id || ' edition ' || e.edition,
		        'adds ' || e.quantity || ' thousandths and ' || e.value_vnd || ' đồng, of pairs ' || coalesce(s.quantity, 0) || ' and ' || coalesce(s.value_vnd, 0)
		   FROM (SELECT f.block_id, f.edition,
		                f.quantity - coalesce(lag(f.quantity) OVER before, 0) AS quantity, f.value_vnd - coalesce(lag(f.value_vnd) OVER before, 0) AS value_vnd
		           FROM monitor.figures f WINDOW before AS (PARTITION BY f.block_id ORDER BY f.edition)) e
		   LEFT JOIN (SELECT x.block_id, x.edition, sum(x.quantity) AS quantity, sum(x.value_vnd) AS value_vnd
		                FROM monitor.figure_shares x GROUP BY x.block_id, x.edition) s ON s.block_id = e.block_id AND s.edition = e.edition
		  WHERE e.quantity <> coalesce(s.quantity, 0) OR e.value_vnd <> coalesce(s.value_vnd, 0)
		  ORDER BY e.block_id, e.edition LIMIT $1`,
	},
	{
		ledger.SeverityError, "monitor.figure_shares", "an edition that adds something new of too few",
		`SELECT count(*) FROM monitor.figures`,
		`SELECT 'block ' || f.block_id || ' edition ' || f.edition, count(DISTINCT s.producer_id) || ' producers and ' || count(DISTINCT s.buyer_id) || ' buyers'
		   FROM monitor.figures f
		   JOIN monitor.figure_blocks b ON b.id = f.block_id
		   JOIN monitor.figure_books k ON k.book = b.book
		   LEFT JOIN monitor.figure_shares s ON s.block_id = f.block_id AND s.edition = f.edition AND s.hides
		  GROUP BY f.block_id, f.edition, k.book
		 HAVING count(DISTINCT s.producer_id) FILTER (WHERE s.producer_id <> '00000000-0000-0000-0000-000000000000') < k.least_producers
		     OR count(DISTINCT s.buyer_id) FILTER (WHERE s.buyer_id <> '00000000-0000-0000-0000-000000000000') < k.least_buyers
		  ORDER BY f.block_id, f.edition LIMIT $1`,
	},
	{
		ledger.SeverityError, "monitor.told_pairs", "what was told of a pair is not what editions told, or too little is known to have been taken back",
		`SELECT count(*) FROM monitor.told_pairs`,
		`WITH shares AS (
		     SELECT b.book, s.producer_id, s.buyer_id, s.offer_id, sum(s.quantity) AS quantity, sum(s.value_vnd) AS value_vnd,
		            -sum(least(s.quantity, 0)) AS back_quantity, -sum(least(s.value_vnd, 0)) AS back_value_vnd
		       FROM monitor.figure_shares s JOIN monitor.figure_blocks b ON b.id = s.block_id
		      GROUP BY b.book, s.producer_id, s.buyer_id, s.offer_id
		 )
		 SELECT book || ' ' || producer_id, 'told ' || coalesce(t.quantity, 0) || ' thousandths and ' || coalesce(t.value_vnd, 0)
		        || ' đồng, in editions ' || coalesce(s.quantity, 0) || ' and ' || coalesce(s.value_vnd, 0) || '; taken back '
		        || coalesce(t.back_quantity, 0) || ' and ' || coalesce(t.back_value_vnd, 0)
		        || ', in editions ' || coalesce(s.back_quantity, 0) || ' and ' || coalesce(s.back_value_vnd, 0)
		   FROM monitor.told_pairs t FULL JOIN shares s USING (book, producer_id, buyer_id, offer_id)
		  WHERE coalesce(t.quantity, 0) <> coalesce(s.quantity, 0) OR coalesce(t.value_vnd, 0) <> coalesce(s.value_vnd, 0)
		     OR coalesce(t.back_quantity, 0) < coalesce(s.back_quantity, 0) OR coalesce(t.back_value_vnd, 0) < coalesce(s.back_value_vnd, 0)
		  ORDER BY 1 LIMIT $1`,
	},
}
