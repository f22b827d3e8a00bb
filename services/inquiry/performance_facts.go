package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// factRow is one measure of how an organisation kept its word.
type factRow struct {
	OrganisationID uuid.UUID `db:"organisation_id" json:"organisation_id"`
	Measure        string    `db:"measure"         json:"measure"`
	// Line and Unit are those of goods; quantities are set against each other only within them.
	Line string `db:"line" json:"line"`
	Unit string `db:"unit" json:"unit"`
	// Cases are how many there were, Met in how many it was so.
	Cases int `db:"cases" json:"cases"`
	Met   int `db:"met"   json:"met"`
	// Permille is exact, rounded half up; nil where the measure is a time.
	Permille *int64 `db:"permille" json:"permille"`
	// Minutes is the median; nil where the measure is a share.
	Minutes *int64 `db:"minutes" json:"minutes"`
}

// goodsSent are the deliveries that were sent off by or to the organisations $1, as their receipts or
// the settlements that replaced them say; owed_id is the call-off or else the award.
const goodsSent = `
	       a.id AS award_id, coalesce(d.call_off_id, a.id) AS owed_id, a.line_id, d.unit, d.quantity, x.raised_by,
	       CAST(d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS received_on,
	       CAST(x.settled_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS settled_on,
	       CASE WHEN a.schedule <> '[]' THEN inquiry.delivery_due(a.id, d.id) END AS due_on, coalesce(t.rejected, d.rejected) AS rejected, coalesce(t.over, d.over) AS over,
	       coalesce(t.reasons, d.reasons) AS reasons, t.value_vnd - d.value_vnd AS corrected
	  FROM inquiry.awards a
	  JOIN inquiry.deliveries d ON d.award_id = a.id
	  LEFT JOIN inquiry.disputes x ON x.delivery_id = d.id AND x.settled_at IS NOT NULL
	  LEFT JOIN inquiry.settlements t ON t.dispute_id = x.id AND t.agreed_at IS NOT NULL`

// goodsCounted leaves out what cannot count in a window from $2 on: received and settled before, of what was due
// before. So what is joined and sorted follows the window; the rest is only read.
const goodsCounted = `
	   AND (a.deliver_on >= $2 OR a.schedule <> '[]' OR a.period_from IS NOT NULL OR d.received_at IS NULL
	        OR d.received_at >= CAST(CAST($2 AS date) AS timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh'
	        OR x.settled_at >= CAST(CAST($2 AS date) AS timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh')`

// goodsMeasured are the measures that both sides have of goods; "worse" is the sign of a correction
// that is to the organisation's disadvantage, $4.
const goodsMeasured = `
	SELECT g.organisation_id, 'rejected' AS measure, l.line, g.unit, count(*) AS cases, count(*) FILTER (WHERE g.rejected > 0) AS met,
	       CAST(sum(g.rejected) AS numeric) AS part, CAST(sum(g.quantity + g.over) AS numeric) AS whole, CAST(NULL AS numeric) AS minutes
	  FROM goods g JOIN inquiry.lines l ON l.id = g.line_id
	 WHERE g.received_on BETWEEN $2 AND $3 GROUP BY g.organisation_id, l.line, g.unit
	UNION ALL
	SELECT g.organisation_id, 'disputes_lost', '', '', count(*), count(*) FILTER (WHERE lost), count(*) FILTER (WHERE lost), count(*), NULL
	  FROM (SELECT organisation_id, sign(corrected) = CAST($4 AS integer) OR corrected = 0 AND raised_by = organisation_id AS lost
	          FROM goods WHERE settled_on BETWEEN $2 AND $3) g
	 GROUP BY g.organisation_id`

// shares completes a statement whose rows are in "measured".
const shares = `
	SELECT organisation_id, measure, line, unit, cases, met, CAST(div(2000 * part + whole, 2 * nullif(whole, 0)) AS bigint) AS permille,
	       CAST(minutes AS bigint) AS minutes
	  FROM measured ORDER BY organisation_id, measure, line, unit`

// owedByProducers, calledFromProducers and casesOfProducers make "cases" of what producers owed, from "goods": after
// each of the first two it is said which awards a are looked at.
const owedByProducers = `
	), sent AS (
	SELECT owed_id, max(received_on) AS last_on, bool_or(received_on IS NULL) AS outstanding, bool_or(coalesce(received_on, $5) > due_on) AS late,
	       coalesce(sum(quantity) FILTER (WHERE received_on IS NULL), 0) AS under_way
	  FROM goods GROUP BY owed_id
	), owed AS (
	SELECT a.producer_id AS organisation_id, a.id AS award_id, a.id AS owed_id, coalesce(CAST(a.schedule -> -1 ->> 'deliver_on' AS date), a.deliver_on) AS day, a.product_id, b.committed + b.dispatched = 0 AS done,
	       a.quantity - CASE WHEN a.cancelled_by = a.producer_id AND a.cancelled_as IS DISTINCT FROM 'agreement' THEN 0
	                         ELSE b.released - coalesce(s.announced, 0) - coalesce(s.defaulted, 0) END AS due,
	       b.accepted + b.over AS accepted, b.accepted + b.rejected + b.lost + b.dispatched AS sent,
	       CASE WHEN a.cancelled_by = a.producer_id THEN b.released ELSE coalesce(s.announced, 0) END AS announced,
	       coalesce(s.defaulted, 0) AS defaulted
	  FROM inquiry.awards a
	  JOIN ledger.awards b ON b.award_id = a.id
	  LEFT JOIN ledger.shortfalls s ON s.award_id = a.id
	 WHERE a.period_from IS NULL AND (a.deliver_on >= $2 OR a.schedule <> '[]') AND `

// calledFromProducers goes on with what was called off from frameworks.
const calledFromProducers = `
	UNION ALL
	SELECT a.producer_id, a.id, c.id, c.deliver_on, a.product_id, c.drawn >= c.quantity AND coalesce(s.under_way, 0) = 0, c.quantity,
	       c.drawn - coalesce(s.under_way, 0), c.drawn, 0, 0
	  FROM inquiry.awards a
	  JOIN inquiry.call_offs c ON c.award_id = a.id AND c.state = 'confirmed'
	  LEFT JOIN sent s ON s.owed_id = c.id
	 WHERE a.period_from IS NOT NULL AND c.deliver_on >= $2 AND `

// casesOfProducers ends "owed".
const casesOfProducers = `
	), tolerances AS (
	SELECT DISTINCT ON (p.id) p.id AS product_id, least(r.value, 100000) AS value
	  FROM (SELECT DISTINCT product_id FROM owed) o
	  JOIN catalog.products p ON p.id = o.product_id
	  JOIN inquiry.delivery_rules r ON r.rule = 'over' AND (r.line IS NULL OR r.line = p.line) AND (r.form IS NULL OR r.form = p.form)
	 ORDER BY p.id, r.line IS NULL, r.form IS NULL, r.valid_from DESC
	), cases AS (
	SELECT o.organisation_id, o.award_id, o.done, w.day, o.due - o.announced > 0 OR s.owed_id IS NOT NULL AS expected,
	       s.owed_id IS NOT NULL AND NOT (s.outstanding AND o.day < $5) AND coalesce(s.last_on <= o.day AND s.late IS NOT TRUE, false) AS on_time,
	       o.accepted >= w.enough AS in_full, o.accepted < w.enough AND o.announced > 0 AS announced,
	       o.announced = 0 AND (o.defaulted > 0 OR o.sent < w.enough AND o.day < $5) AS defaulted
	  FROM owed o
	  LEFT JOIN sent s ON s.owed_id = o.owed_id
	  LEFT JOIN tolerances t ON t.product_id = o.product_id
	 CROSS JOIN LATERAL (SELECT o.due - o.due * coalesce(t.value, 0) / 100000 AS enough,
	                            CASE WHEN o.done THEN least(o.day, s.last_on) ELSE o.day END AS day) w
	 WHERE o.due > 0 AND (o.done OR o.day < $5) AND w.day BETWEEN $2 AND $3`

// ofProducers are the awards a of the organisations $1.
const ofProducers = `a.producer_id = ANY (CAST($1 AS uuid[]))`

// firstsOfProducers makes "firsts" of when producers first said something to an inquiry.
const firstsOfProducers = `
	), firsts AS (
	SELECT producer_id, inquiry_id, min(at) AS answered_at, min(at) FILTER (WHERE quoted) AS quoted_at
	  FROM (SELECT producer_id, inquiry_id, created_at AS at, true AS quoted FROM inquiry.quotes WHERE producer_id = ANY (CAST($1 AS uuid[]))
	        UNION ALL
	        SELECT producer_id, inquiry_id, declined_at, false FROM inquiry.invitations
	         WHERE producer_id = ANY (CAST($1 AS uuid[])) AND declined_at IS NOT NULL) answers
	 GROUP BY producer_id, inquiry_id`

// answersOfProducers makes "answered" of how long that took, from "firsts".
const answersOfProducers = `
	), answered AS (
	SELECT f.producer_id AS organisation_id, f.inquiry_id, CAST(i.opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS day, extract(epoch FROM f.answered_at - i.opened_at) / 60 AS answer,
	       extract(epoch FROM f.quoted_at - i.opened_at) / 60 AS quote
	  FROM firsts f JOIN inquiry.inquiries i ON i.id = f.inquiry_id
	 WHERE CAST(i.opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $2 AND $3`

// kept reads how producers kept their word between two days, whoever bought, in one statement.
//
// What was owed is an award or, of a framework, a confirmed call-off, under its agreed day, of several
// days the last, and then it was on time when each delivery came by its own. It is a
// case once nothing of it is outstanding, on the day it was completed if that is earlier, or once that
// day is over. Left out is what the buyer took back
// and what both gave up. It was on time when something came and nothing after the agreed day, as
// receipts say; in full when what was accepted, over included, is within the tolerance of its line.
// What was announced short before dispatch is not in full and counts under "announced"; what was
// neither sent nor announced by the agreed day, or was ended by default, under "defaulted".
func kept(ctx context.Context, reader postgres.Reader, producers []uuid.UUID, within Window, today civil.Date) ([]factRow, error) {
	const query = `
	WITH goods AS (
	SELECT a.producer_id AS organisation_id,` + goodsSent + `
	 WHERE ` + ofProducers + goodsCounted + owedByProducers + ofProducers + calledFromProducers + ofProducers + casesOfProducers +
		firstsOfProducers + answersOfProducers + `
	), measured AS (` + goodsMeasured + `
	UNION ALL
	SELECT organisation_id, m.measure, '', '', count(*) FILTER (WHERE m.counts), count(*) FILTER (WHERE m.counts AND m.met),
	       count(*) FILTER (WHERE m.counts AND m.met), count(*) FILTER (WHERE m.counts), NULL
	  FROM cases CROSS JOIN LATERAL (VALUES ('on_time', expected, on_time), ('in_full', true, in_full), ('announced', true, announced),
	                                        ('defaulted', true, defaulted)) m (measure, counts, met)
	 GROUP BY organisation_id, m.measure
	UNION ALL
	SELECT organisation_id, 'answer_time', '', '', count(*), count(*), NULL, NULL, percentile_disc(0.5) WITHIN GROUP (ORDER BY answer)
	  FROM answered GROUP BY organisation_id
	UNION ALL
	SELECT organisation_id, 'inquiry_to_quote', '', '', count(*), count(*), NULL, NULL, percentile_disc(0.5) WITHIN GROUP (ORDER BY quote)
	  FROM answered WHERE quote IS NOT NULL GROUP BY organisation_id
	UNION ALL
	SELECT v.producer_id, 'answered', '', '', count(*), count(f.inquiry_id), count(f.inquiry_id), count(*), NULL
	  FROM inquiry.invitations v
	  JOIN inquiry.inquiries i ON i.id = v.inquiry_id
	  LEFT JOIN firsts f ON f.producer_id = v.producer_id AND f.inquiry_id = v.inquiry_id
	 WHERE v.producer_id = ANY (CAST($1 AS uuid[])) AND v.invited AND i.stage NOT IN ('draft', 'cancelled')
	   AND CAST(i.quotes_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $2 AND least($3, CAST($5 AS date) - 1)
	 GROUP BY v.producer_id
	UNION ALL
	SELECT producer_id, 'lapsed', '', '', count(*), count(*) FILTER (WHERE lapsed_on <= $3), count(*) FILTER (WHERE lapsed_on <= $3), count(*), NULL
	  FROM catalog.certificate_terms
	 WHERE producer_id = ANY (CAST($1 AS uuid[])) AND verified_on <= $3 AND coalesce(lapsed_on, valid_until, 'infinity') >= $2
	 GROUP BY producer_id
	)` + shares
	const worse = -1 // less is owed than the receipt said
	var rows []factRow
	err := reader.Select(ctx, &rows, query, postgres.Array(producers), within.From, within.To, worse, today)
	return rows, err
}

// quoteToAward is how long an award a of a quote q took, in minutes, from when the quote could be awarded:
// sealed ones after the deadline of their inquiry i.
const quoteToAward = `extract(epoch FROM a.created_at - CASE WHEN i.quotes_sealed
	           THEN least(greatest(q.created_at, i.quotes_due_at), a.created_at) ELSE q.created_at END) / 60`

// bought reads how buyers kept theirs.
func bought(ctx context.Context, reader postgres.Reader, buyers []uuid.UUID, within Window) ([]factRow, error) {
	const query = `
	WITH goods AS (
	SELECT a.buyer_id AS organisation_id,` + goodsSent + `
	 WHERE a.buyer_id = ANY (CAST($1 AS uuid[]))` + goodsCounted + `
	), measured AS (` + goodsMeasured + `
	UNION ALL
	SELECT a.buyer_id, 'quote_to_award', '', '', count(*), count(*), NULL, NULL,
	       percentile_disc(0.5) WITHIN GROUP (ORDER BY ` + quoteToAward + `)
	  FROM inquiry.awards a JOIN inquiry.quotes q ON q.id = a.quote_id JOIN inquiry.inquiries i ON i.id = a.inquiry_id
	 WHERE a.buyer_id = ANY (CAST($1 AS uuid[])) AND CAST(a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $2 AND $3
	 GROUP BY a.buyer_id
	UNION ALL
	SELECT a.buyer_id, 'kept', '', '', count(*), count(*) FILTER (WHERE stood), count(*) FILTER (WHERE stood), count(*), NULL
	  FROM (SELECT buyer_id, cancelled_by IS DISTINCT FROM buyer_id OR cancelled_as IN ('agreement', 'default') AS stood
	          FROM inquiry.awards
	         WHERE buyer_id = ANY (CAST($1 AS uuid[])) AND CAST(created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $2 AND $3) a
	 GROUP BY a.buyer_id
	UNION ALL
	SELECT i.buyer_id, m.measure, '', '', count(*), count(m.met), CASE WHEN m.measure = 'answered' THEN count(m.met) END,
	       CASE WHEN m.measure = 'answered' THEN count(*) END,
	       CASE WHEN m.measure = 'answer_time' THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM q.answered_at - q.asked_at) / 60) END
	  FROM inquiry.inquiries i
	  JOIN inquiry.questions q ON q.inquiry_id = i.id
	 CROSS JOIN LATERAL (VALUES ('answered', true, q.answered_at), ('answer_time', q.answered_at IS NOT NULL, q.answered_at)) m (measure, counts, met)
	 WHERE i.buyer_id = ANY (CAST($1 AS uuid[])) AND m.counts AND CAST(q.asked_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $2 AND $3
	 GROUP BY i.buyer_id, m.measure
	)` + shares
	const worse = 1 // more is owed than the receipt said
	var rows []factRow
	err := reader.Select(ctx, &rows, query, postgres.Array(buyers), within.From, within.To, worse)
	return rows, err
}
