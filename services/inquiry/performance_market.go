package inquiry

import (
	"context"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// MarketMeasure is one respect in which words were kept, over all organisations together.
type MarketMeasure struct {
	Code  string `db:"measure"`
	Names reference.Names
	// Line and Unit are those of rejected goods.
	Line  string `db:"line"`
	Unit  string `db:"unit"`
	Cases int    `db:"cases"`
	Met   int    `db:"met"`
	// Permille is exact, rounded half up; nil where the measure is a time, or of fewer than [FewCases].
	Permille *int64 `db:"permille"`
	// Minutes is the median; nil where the measure is a share, or of fewer than [FewCases].
	Minutes *int64 `db:"minutes"`
}

// MarketReason is what goods of a line were rejected for. A delivery may give several reasons: its quantity
// counts under each.
type MarketReason struct {
	Line       string            `db:"line"`
	Unit       string            `db:"unit"`
	Reason     string            `db:"reason"`
	NameVI     string            `db:"name_vi"`
	NameEN     string            `db:"name_en"`
	Deliveries int               `db:"deliveries"`
	Rejected   quantity.Quantity `db:"rejected"`
}

// marketMeasures are the measures of the market, in their order.
//
//nolint:gochecknoglobals // constant texts
var marketMeasures = []struct {
	code string
	kind identity.OrganisationKind
}{
	{"answer_time", identity.Producer},
	{"inquiry_to_quote", identity.Producer},
	{"quote_to_award", identity.Buyer},
	{measureOnTime, identity.Producer},
	{measureInFull, identity.Producer},
	{"announced", identity.Producer},
	{"defaulted", identity.Producer},
	{measureRejected, identity.Producer},
}

// countedInMarket finds by their days the awards that can count between $2 and $3, which is from $1 until before $4 as
// instants: those due then, of several dates by the last, and those of which something was received or called off. So
// what is read follows the window and not what there ever was.
const countedInMarket = `
	SELECT id FROM inquiry.awards WHERE schedule = '[]' AND period_from IS NULL AND deliver_on BETWEEN $2 AND $3
	UNION
	SELECT id FROM inquiry.awards
	 WHERE schedule <> '[]' AND period_from IS NULL
	   AND (schedule -> -1 ->> 'deliver_on') COLLATE "C" BETWEEN CAST(CAST($2 AS date) AS text) AND CAST(CAST($3 AS date) AS text)
	UNION
	SELECT award_id FROM inquiry.call_offs WHERE state = 'confirmed' AND deliver_on BETWEEN $2 AND $3
	UNION
	SELECT award_id FROM inquiry.deliveries WHERE received_at >= $1 AND received_at < $4`

// answersInMarket makes "firsts" of when producers first said something to the inquiries opened within the window.
const answersInMarket = `
	), firsts AS (
	SELECT producer_id, inquiry_id, min(at) AS answered_at, min(at) FILTER (WHERE quoted) AS quoted_at
	  FROM (SELECT q.producer_id, q.inquiry_id, q.created_at AS at, true AS quoted
	          FROM inquiry.inquiries i JOIN inquiry.quotes q ON q.inquiry_id = i.id WHERE i.opened_at >= $1 AND i.opened_at < $4
	        UNION ALL
	        SELECT v.producer_id, v.inquiry_id, v.declined_at, false
	          FROM inquiry.inquiries i JOIN inquiry.invitations v ON v.inquiry_id = i.id
	         WHERE i.opened_at >= $1 AND i.opened_at < $4 AND v.declined_at IS NOT NULL) answers
	 GROUP BY producer_id, inquiry_id`

// Market measures all organisations together within a window, by the rules by which each is measured: see
// [PerformanceRecord]. Every measure is there, without cases where there are none; rejected once for
// each line and unit. Today is the day in Vietnam.
func Market(ctx context.Context, reader postgres.Reader, within Window, today civil.Date) ([]MarketMeasure, error) {
	const counted = `a.id IN (SELECT id FROM counted)`
	const query = `
	WITH counted AS (` + countedInMarket + `
	), goods AS (
	SELECT a.producer_id AS organisation_id,` + goodsSent + `
	 WHERE ` + counted + owedByProducers + counted + calledFromProducers + counted + casesOfProducers +
		answersInMarket + answersOfProducers + `
	), measured AS (
	SELECT 'rejected' AS measure, l.line, g.unit, CAST(sum(g.cases) AS bigint) AS cases, CAST(sum(g.met) AS bigint) AS met,
	       sum(g.part) AS part, sum(g.whole) AS whole, CAST(NULL AS numeric) AS minutes
	  FROM (SELECT line_id, unit, count(*) AS cases, count(*) FILTER (WHERE rejected > 0) AS met,
	               CAST(sum(rejected) AS numeric) AS part, CAST(sum(quantity + over) AS numeric) AS whole
	          FROM goods WHERE received_on BETWEEN $2 AND $3 GROUP BY line_id, unit) g
	  JOIN inquiry.lines l ON l.id = g.line_id
	 GROUP BY l.line, g.unit
	UNION ALL
	SELECT m.measure, '', '', count(*) FILTER (WHERE m.counts), count(*) FILTER (WHERE m.counts AND m.met),
	       count(*) FILTER (WHERE m.counts AND m.met), count(*) FILTER (WHERE m.counts), NULL
	  FROM cases CROSS JOIN LATERAL (VALUES ('on_time', expected, on_time), ('in_full', true, in_full), ('announced', true, announced),
	                                        ('defaulted', true, defaulted)) m (measure, counts, met)
	 GROUP BY m.measure
	UNION ALL
	SELECT m.measure, '', '', count(*), count(*), NULL, NULL, percentile_disc(0.5) WITHIN GROUP (ORDER BY m.minutes)
	  FROM answered CROSS JOIN LATERAL (VALUES ('answer_time', answer), ('inquiry_to_quote', quote)) m (measure, minutes)
	 WHERE m.minutes IS NOT NULL GROUP BY m.measure
	UNION ALL
	SELECT 'quote_to_award', '', '', count(*), count(*), NULL, NULL, percentile_disc(0.5) WITHIN GROUP (ORDER BY ` + quoteToAward + `)
	  FROM inquiry.awards a JOIN inquiry.quotes q ON q.id = a.quote_id JOIN inquiry.inquiries i ON i.id = a.inquiry_id
	 WHERE a.created_at >= $1 AND a.created_at < $4
	HAVING count(*) > 0
	)
	SELECT measure, line, unit, cases, met, CASE WHEN cases >= $6 THEN CAST(div(2000 * part + whole, 2 * nullif(whole, 0)) AS bigint) END AS permille,
	       CASE WHEN cases >= $6 THEN CAST(minutes AS bigint) END AS minutes
	  FROM measured ORDER BY measure, line, unit`
	from, until := within.instants()
	var rows []MarketMeasure
	if err := reader.Select(ctx, &rows, query, from, within.From, within.To, until, today, FewCases); err != nil {
		return nil, err
	}
	return marketOf(rows), nil
}

// marketOf puts measures in order, and names them.
func marketOf(rows []MarketMeasure) []MarketMeasure {
	ordered := make([]MarketMeasure, 0, len(rows))
	for _, known := range marketMeasures {
		var name reference.Names
		for _, each := range measures[known.kind] {
			if each.code == known.code {
				name = each.name
			}
		}
		found := false
		for _, row := range rows {
			if row.Code == known.code {
				row.Names, found = name, true
				ordered = append(ordered, row)
			}
		}
		if !found {
			ordered = append(ordered, MarketMeasure{Code: known.code, Names: name})
		}
	}
	return ordered
}

// MarketReasons totals what was rejected of what was received within a window, by line and reason, as receipts or the settlements
// that replaced them say. Rejected goods without a reason have the empty one.
func MarketReasons(ctx context.Context, reader postgres.Reader, within Window) ([]MarketReason, error) {
	const query = `
		SELECT l.line, d.unit, coalesce(g.reason, '') AS reason, coalesce(r.name_vi, '') AS name_vi, coalesce(r.name_en, '') AS name_en, count(*) AS deliveries,
		       CAST(sum(coalesce(t.rejected, d.rejected)) AS bigint) AS rejected
		  FROM inquiry.deliveries d
		  JOIN inquiry.awards a ON a.id = d.award_id
		  JOIN inquiry.lines l ON l.id = a.line_id
		  LEFT JOIN inquiry.disputes x ON x.delivery_id = d.id AND x.settled_at IS NOT NULL
		  LEFT JOIN inquiry.settlements t ON t.dispute_id = x.id AND t.agreed_at IS NOT NULL
		  LEFT JOIN LATERAL (SELECT DISTINCT unnest(coalesce(t.reasons, d.reasons)) AS reason) g ON true
		  LEFT JOIN inquiry.reasons r ON r.code = g.reason
		 WHERE d.received_at >= $1 AND d.received_at < $2 AND coalesce(t.rejected, d.rejected) > 0
		 GROUP BY l.line, d.unit, g.reason, r.name_vi, r.name_en
		 ORDER BY l.line, d.unit, rejected DESC, reason`
	reasons := []MarketReason{}
	from, until := within.instants()
	err := reader.Select(ctx, &reasons, query, from, until)
	return reasons, err
}
