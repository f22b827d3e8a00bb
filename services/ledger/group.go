package ledger

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Membership is an organisation, or a commune whose goods count, from a day until another, both included;
// without an end as long as there are postings.
type Membership struct {
	OrganisationID uuid.UUID  `json:"organisation_id,omitzero"`
	Commune        string     `json:"commune,omitempty"`
	From           civil.Date `json:"from"`
	To             civil.Date `json:"to,omitzero"`
}

// Group asks for the deals of a group within a range of days.
type Group struct {
	From, To civil.Date
	// Producers and Buyers are whose deals count, on the days on which they belong to the group; a nil
	// list asks nothing of that side, an empty one is met by nobody.
	Producers, Buyers []Membership
	// Of narrows them to those of one organisation, on either side, where it is set.
	Of uuid.UUID
}

// GroupVolume is what was awarded and delivered of one kind of goods; the measures are those of
// [Volumes], each posting counted once however often it meets the group.
type GroupVolume struct {
	Line      string            `db:"line"`
	Form      string            `db:"form"`
	Dried     bool              `db:"dried"`
	Unit      string            `db:"unit"`
	Awarded   quantity.Quantity `db:"awarded"`
	Delivered quantity.Quantity `db:"delivered"`
	// Producers and Buyers are the ids of those behind it.
	Producers postgres.Strings `db:"producers"`
	Buyers    postgres.Strings `db:"buyers"`
}

// groupVolumes adds up the rollup by goods and demand on the days on which they belong to the group, and what
// the rollup has not followed yet posting by posting. Only the movements that change a measure are read: each of them
// names an award, so that none is left out and no other counts. What is not followed is sought in the order of the
// rollup and by nothing else: the planner does not know how little it is, and would rather read all postings of the days.
const groupVolumes = `
	WITH producers AS (
		SELECT s.organisation_id, s.commune, daterange(s."from", s."to", '[]') AS days
		  FROM jsonb_to_recordset(CAST($3 AS jsonb)) AS s (organisation_id uuid, commune text, "from" date, "to" date)
		 WHERE s."to" IS NULL OR s."to" >= s."from"
	), buyers AS (
		SELECT s.organisation_id, daterange(s."from", s."to", '[]') AS days
		  FROM jsonb_to_recordset(CAST($4 AS jsonb)) AS s (organisation_id uuid, "from" date, "to" date)
		 WHERE s."to" IS NULL OR s."to" >= s."from"
	), counting AS (
		SELECT m.movement, m.code, m.line_awarded + m.line_delivered AS awarded, m.line_delivered + m.line_over AS delivered
		  FROM ledger.movements m
		 WHERE m.line_awarded + m.line_delivered <> 0 OR m.line_delivered + m.line_over <> 0
	), goods AS (
		SELECT x.id, x.producer_id, range_agg(x.days) AS days, range_agg(x.days) @> daterange($1, $2, '[]') AS throughout
		  FROM (SELECT g.id, g.producer_id, s.days FROM producers s JOIN ledger.goods g ON g.producer_id = s.organisation_id
		         UNION ALL
		        SELECT g.id, g.producer_id, s.days FROM producers s JOIN ledger.goods g ON g.commune = s.commune
		         UNION ALL
		        SELECT g.id, g.producer_id, daterange(NULL, NULL) FROM ledger.goods g WHERE NOT $6) x
		 GROUP BY x.id, x.producer_id
	), demands AS (
		SELECT x.id, x.buyer_id, range_agg(x.days) AS days, range_agg(x.days) @> daterange($1, $2, '[]') AS throughout
		  FROM (SELECT b.id, b.buyer_id, s.days FROM buyers s JOIN ledger.demands b ON b.buyer_id = s.organisation_id
		         UNION ALL
		        SELECT b.id, b.buyer_id, daterange(NULL, NULL) FROM ledger.demands b WHERE NOT $7) x
		 GROUP BY x.id, x.buyer_id
	), followed AS (
		SELECT d.goods, b.buyer_id, sum(d.amount * c.awarded) AS awarded, sum(d.amount * c.delivered) AS delivered
		  FROM ledger.daily d
		  JOIN counting c ON c.code = d.movement
		  JOIN goods g ON g.id = d.goods AND (g.throughout OR g.days @> d.business_date)
		  JOIN demands b ON b.id = d.demand AND (b.throughout OR b.days @> d.business_date)
		 WHERE d.business_date BETWEEN $1 AND $2 AND d.movement = ANY (ARRAY(SELECT c.code FROM counting c)) AND (CAST($5 AS uuid) IS NULL OR g.producer_id = $5 OR b.buyer_id = $5)
		 GROUP BY d.goods, b.buyer_id
	), deals AS (
		SELECT g.product_line AS line, g.form, g.unit, g.producer_id, f.buyer_id, f.awarded, f.delivered
		  FROM followed f JOIN ledger.goods g ON g.id = f.goods
		 UNION ALL
		SELECT t.product_line, t.form, t.unit, t.producer_id, t.buyer_id, t.amount * c.awarded, t.amount * c.delivered
		  FROM ledger.rollup_place r
		 CROSS JOIN LATERAL (SELECT t.business_date, t.movement, t.product_line, t.form, t.unit, t.producer_id, t.buyer_id, t.commune, t.amount
		                       FROM ledger.told t WHERE (t.xact, t.id) > (r.xact, r.id) ORDER BY t.xact, t.id OFFSET 0) t
		  JOIN counting c USING (movement)
		 WHERE t.business_date BETWEEN $1 AND $2 AND (CAST($5 AS uuid) IS NULL OR t.producer_id = $5 OR t.buyer_id = $5)
		   AND (NOT $6 OR EXISTS (SELECT FROM producers s WHERE (s.organisation_id = t.producer_id OR s.commune = t.commune) AND s.days @> t.business_date))
		   AND (NOT $7 OR EXISTS (SELECT FROM buyers s WHERE s.organisation_id = t.buyer_id AND s.days @> t.business_date))
	), sums AS (
		SELECT x.line, x.form, x.unit, CAST(sum(x.awarded) AS bigint) AS awarded, CAST(sum(x.delivered) AS bigint) AS delivered,
		       CAST(array_agg(DISTINCT x.producer_id) AS text[]) AS producers, CAST(array_agg(DISTINCT x.buyer_id) AS text[]) AS buyers
		  FROM deals x
		 GROUP BY x.line, x.form, x.unit
	)
	SELECT s.line, s.form, coalesce(d.dried, false) AS dried, s.unit, s.awarded, s.delivered, s.producers, s.buyers
	  FROM sums s
	  LEFT JOIN reference.dried_goods d ON d.line = s.line AND d.form = s.form
	 ORDER BY s.line, s.form, s.unit`

// GroupVolumes totals the deals of a group by line, form and unit, from the rollup: exact at the instant of the
// reader's snapshot, however far behind the rollup is. Goods of which nothing was awarded or delivered on those days
// are left out; those of which all was released again are told with nothing and who stood behind them.
func GroupVolumes(ctx context.Context, reader postgres.Reader, g Group) ([]GroupVolume, error) {
	volumes := []GroupVolume{}
	err := reader.Select(ctx, &volumes, groupVolumes, g.From, g.To, postgres.JSON[[]Membership]{V: membersOf(g.Producers)}, postgres.JSON[[]Membership]{V: membersOf(g.Buyers)},
		postgres.NullID(g.Of), g.Producers != nil, g.Buyers != nil)
	return volumes, err
}

func membersOf(spans []Membership) []Membership {
	if spans == nil {
		return []Membership{}
	}
	return spans
}
