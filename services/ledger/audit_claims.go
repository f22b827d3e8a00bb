package ledger

// claimChecks find what contradicts the claims: every balance of a ceiling is the sum of its
// claims, every claim says what its posting says, and what is claimed for an award is what the
// award still owes and what of it was accepted, year by year: what is accepted fills the award's dates from
// the first on, what is released goes off the last. A ceiling is one scope's. Each reads an id and a
// detail.
//
//nolint:gochecknoglobals // an immutable table
var claimChecks = []rowCheck{
	{"ledger.ceilings", "a ceiling whose balance is not the sum of its claims", `
		SELECT certificate_id, concat_ws(' ', year, 'stored', coalesce(CAST(k.claimed AS text), 'nothing'), coalesce(CAST(k.delivered AS text), ''),
		       'derived', coalesce(CAST(d.claimed AS text), 'nothing'), coalesce(CAST(d.delivered AS text), ''), 'thousandths')
		  FROM ledger.ceilings k
		  FULL JOIN (SELECT c.certificate_id, c.year, sum(c.weight * m.ceiling_claimed) AS claimed, sum(c.weight * m.ceiling_delivered) AS delivered
		               FROM ledger.claims c JOIN ledger.movements m USING (movement) GROUP BY c.certificate_id, c.year) d
		      USING (certificate_id, year)
		 WHERE (k.claimed, k.delivered) IS DISTINCT FROM (d.claimed, d.delivered)
		 LIMIT $1`},
	{"ledger.ceilings", "more is sold under a claim than its ceiling", `
		SELECT certificate_id, concat_ws(' ', year, 'claimed', claimed, 'of', bound, 'thousandths')
		  FROM ledger.ceilings WHERE claimed > bound OR delivered > claimed OR delivered < 0
		 LIMIT $1`},
	{"ledger.claims", "a claim that does not say what its posting says", `
		SELECT c.id, concat_ws(' ', 'posting', c.posting_id, c.movement)
		  FROM ledger.claims c
		  LEFT JOIN ledger.postings p ON p.id = c.posting_id
		  LEFT JOIN ledger.movements m ON m.movement = p.movement
		 WHERE (p.movement, p.award_id, p.xact) IS DISTINCT FROM (c.movement, c.award_id, c.xact)
		    OR (m.opens = 'award') <> (c.ceiling IS NOT NULL)
		    OR c.ceiling IS NOT NULL AND (p.weight, EXTRACT(YEAR FROM p.business_date)) IS DISTINCT FROM (c.weight, CAST(c.year AS numeric))
		 LIMIT $1`},
	{"ledger.claims", "an award whose claim is not what it owes and what was accepted", `
		WITH original AS (
			SELECT c.award_id, c.certificate_id, c.year, sum(c.weight) AS weight, sum(p.quantity) AS part,
			       sum(sum(p.quantity)) OVER (PARTITION BY c.award_id, c.certificate_id ORDER BY c.year) AS upto
			  FROM ledger.claims c JOIN ledger.postings p ON p.id = c.posting_id
			 WHERE c.ceiling IS NOT NULL GROUP BY c.award_id, c.certificate_id, c.year
		)
		SELECT o.award_id, concat_ws(' ', 'ceiling', o.certificate_id, o.year, 'released', s.released, 'delivered', s.delivered, 'thousandths')
		  FROM original o
		  LEFT JOIN ledger.awards a ON a.award_id = o.award_id
		  LEFT JOIN LATERAL (
		       SELECT coalesce(sum(c.weight) FILTER (WHERE m.ceiling_claimed < 0), 0) AS released,
		              coalesce(sum(c.weight * m.ceiling_delivered), 0) AS delivered
		         FROM ledger.claims c JOIN ledger.movements m USING (movement)
		        WHERE c.award_id = o.award_id AND c.certificate_id = o.certificate_id AND c.year = o.year) s ON true
		 WHERE (s.released, s.delivered) IS DISTINCT FROM (
		        floor(o.weight * least(greatest(a.released - (a.committed + a.dispatched + a.accepted + a.released - o.upto), 0), o.part) / o.part),
		        round(o.weight * least(greatest(a.accepted - (o.upto - o.part), 0), o.part) / o.part))
		 LIMIT $1`},
	{"ledger.claims", "a later claim of an award that made none", `
		SELECT c.id, concat_ws(' ', 'award', c.award_id, 'ceiling', c.certificate_id)
		  FROM ledger.claims c
		 WHERE c.ceiling IS NULL
		   AND NOT EXISTS (SELECT FROM ledger.claims o
		                    WHERE o.award_id = c.award_id AND o.certificate_id = c.certificate_id AND o.year = c.year AND o.ceiling IS NOT NULL)
		 LIMIT $1`},
}
