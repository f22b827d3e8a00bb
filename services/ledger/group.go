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

// GroupVolumes totals the deals of a group by line, form and unit.
func GroupVolumes(ctx context.Context, reader postgres.Reader, g Group) ([]GroupVolume, error) {
	const query = `
		WITH producers AS (
			SELECT s.organisation_id, s.commune, s."from", s."to"
			  FROM jsonb_to_recordset(CAST($3 AS jsonb)) AS s (organisation_id uuid, commune text, "from" date, "to" date)
		), buyers AS (
			SELECT s.organisation_id, s."from", s."to" FROM jsonb_to_recordset(CAST($4 AS jsonb)) AS s (organisation_id uuid, "from" date, "to" date)
		), sums AS (
			SELECT p.product_line AS line, coalesce(p.form, '') AS form, CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
			       CAST(sum(coalesce(p.weight, p.quantity) * (m.line_awarded + m.line_delivered)) AS bigint) AS awarded,
			       CAST(sum(coalesce(p.weight, p.quantity) * (m.line_delivered + m.line_over)) AS bigint) AS delivered,
			       array_agg(DISTINCT CAST(p.producer_id AS text)) FILTER (WHERE m.line_awarded + m.line_delivered <> 0 OR m.line_delivered + m.line_over <> 0) AS producers,
			       array_agg(DISTINCT CAST(p.buyer_id AS text)) FILTER (WHERE m.line_awarded + m.line_delivered <> 0 OR m.line_delivered + m.line_over <> 0) AS buyers
			  FROM ledger.postings p
			  JOIN ledger.movements m USING (movement)
			 WHERE p.business_date BETWEEN $1 AND $2 AND p.award_id IS NOT NULL
			   AND (CAST($5 AS uuid) IS NULL OR p.producer_id = $5 OR p.buyer_id = $5)
			   AND (NOT $6 OR EXISTS (SELECT FROM producers s WHERE (s.organisation_id = p.producer_id OR s.commune = p.commune)
			                             AND p.business_date >= s."from" AND (s."to" IS NULL OR p.business_date <= s."to")))
			   AND (NOT $7 OR EXISTS (SELECT FROM buyers s WHERE s.organisation_id = p.buyer_id
			                             AND p.business_date >= s."from" AND (s."to" IS NULL OR p.business_date <= s."to")))
			 GROUP BY 1, 2, 3
		)
		SELECT s.line, s.form, coalesce(d.dried, false) AS dried, s.unit, s.awarded, s.delivered,
		       coalesce(s.producers, '{}') AS producers, coalesce(s.buyers, '{}') AS buyers
		  FROM sums s
		  LEFT JOIN reference.dried_goods d ON d.line = s.line AND d.form = s.form
		 ORDER BY s.line, s.form, s.unit`
	volumes := []GroupVolume{}
	err := reader.Select(ctx, &volumes, query, g.From, g.To, postgres.JSON[[]Membership]{V: membersOf(g.Producers)}, postgres.JSON[[]Membership]{V: membersOf(g.Buyers)},
		postgres.NullID(g.Of), g.Producers != nil, g.Buyers != nil)
	return volumes, err
}

func membersOf(spans []Membership) []Membership {
	if spans == nil {
		return []Membership{}
	}
	return spans
}
