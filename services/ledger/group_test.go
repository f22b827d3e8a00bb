package ledger_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// volumesOfPostings is the slow truth: the deals of a group, posting by posting.
const volumesOfPostings = `
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
	SELECT s.line, s.form, coalesce(d.dried, false) AS dried, s.unit, s.awarded, s.delivered, s.producers, s.buyers
	  FROM sums s
	  LEFT JOIN reference.dried_goods d ON d.line = s.line AND d.form = s.form
	 WHERE s.producers IS NOT NULL
	 ORDER BY s.line, s.form, s.unit`

// asked remembers the statements that a reader is asked.
type asked struct {
	postgres.Reader

	queries []string
	args    []any
}

func (a *asked) Select(ctx context.Context, dest any, query string, args ...any) error {
	a.queries, a.args = append(a.queries, query), args
	return a.Reader.Select(ctx, dest, query, args...)
}

// sameGroup asks the postings and the rollup about a group in one snapshot, and returns how many rows there are.
func (b *testBundle) sameGroup(t require.TestingT, g ledger.Group) int {
	rows := 0
	require.NoError(t, b.App.InSnapshot(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		reader := &asked{Reader: tx}
		volumes, err := ledger.GroupVolumes(ctx, reader, g)
		require.NoError(t, err)
		require.Len(t, reader.queries, 1)
		posted := []ledger.GroupVolume{}
		require.NoError(t, tx.Select(ctx, &posted, volumesOfPostings, reader.args...))
		require.Equal(t, posted, volumes, "%+v", g)
		rows = len(volumes)
		return nil
	}))
	return rows
}

// anyGroup draws who belongs to a group and when; spans of the same organisation or commune may overlap, and may end
// before they begin.
func (h *traded) anyGroup(t *rapid.T) ledger.Group {
	g := ledger.Group{From: day(2026, 1, 1).AddDays(rapid.SampledFrom([]int{-20, 0, 45, 200}).Draw(t, "from"))}
	g.To = g.From.AddDays(rapid.SampledFrom([]int{400, 150, 30, 0}).Draw(t, "days"))
	spans := func(name string, who func(m *ledger.Membership, of ledger.Goods)) []ledger.Membership {
		if rapid.IntRange(0, 3).Draw(t, name+" unasked") == 0 {
			return nil
		}
		members := make([]ledger.Membership, rapid.SampledFrom([]int{40, 12, 3, 0}).Draw(t, "many"))
		for at := range members {
			n := rapid.IntRange(0, len(h.goods)-1).Draw(t, name)
			// From or to the very day on which there is something, or the day beside it.
			m := ledger.Membership{From: h.on[n].AddDays(rapid.SampledFrom([]int{-30, -1, 0, 1}).Draw(t, "since"))}
			if rapid.Bool().Draw(t, "ends") {
				m.To = h.on[n].AddDays(rapid.SampledFrom([]int{-1, 0, 1, 5, 300}).Draw(t, "until"))
			}
			who(&m, h.goods[n])
			members[at] = m
		}
		return members
	}
	g.Producers = spans("producers", func(m *ledger.Membership, of ledger.Goods) {
		if m.OrganisationID = of.ProducerID; rapid.Bool().Draw(t, "commune") {
			m.OrganisationID, m.Commune = uuid.Nil, of.Commune
		}
	})
	g.Buyers = spans("buyers", func(m *ledger.Membership, of ledger.Goods) { m.OrganisationID = of.BuyerID })
	if one := rapid.SampledFrom(h.goods).Draw(t, "of"); rapid.IntRange(0, 3).Draw(t, "narrowed") == 0 {
		g.Of = rapid.SampledFrom([]uuid.UUID{one.ProducerID, one.BuyerID}).Draw(t, "side")
	}
	return g
}

// Whoever belongs to a group and whenever, the rollup answers what the postings say of it: behind them, level with
// them, late corrections and all.
func TestVolumesOfAGroupAreThoseOfThePostings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := &traded{history: newHistory(t, b, 7)}
	for n := range 120 {
		if n%3 == 0 {
			h.deliver()
		} else {
			h.step()
		}
		if h.random.IntN(25) == 0 {
			_, err := ledger.Follow(t.Context(), b.App)
			require.NoError(t, err)
		}
	}
	rows := 0
	require.Positive(t, b.sameGroup(t, ledger.Group{From: day(2025, 1, 1), To: day(2027, 12, 31)}), "the whole market, half rolled up")
	rapid.Check(t, func(t *rapid.T) { rows += b.sameGroup(t, h.anyGroup(t)) })
	b.follow(t, ledger.NewImage(b.App))
	rapid.Check(t, func(t *rapid.T) { rows += b.sameGroup(t, h.anyGroup(t)) })
	require.Greater(t, rows, 50, "the questions must have answers")
}

// What does not name an award does not count, because it changes neither measure.
func TestWhatCountsForAGroupNamesAnAward(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var unnamed []string
	require.NoError(t, b.App.Select(t.Context(), &unnamed, `
		SELECT m.movement FROM ledger.movements m
		 WHERE (m.line_awarded + m.line_delivered <> 0 OR m.line_delivered + m.line_over <> 0) AND NOT m.names_award`))
	require.Empty(t, unnamed)
}

// node is a step of a plan.
type node struct {
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Plans    []node `json:"Plans"`
}

// reads lists the indexes by which the steps of a plan read a table; "" where it is read whole.
func (n node) reads(table string) []string {
	var found []string
	if n.Relation == table {
		found = append(found, n.Index)
	}
	for _, each := range n.Plans {
		found = append(found, each.reads(table)...)
	}
	return found
}

// Of the postings a group reads those that the rollup has not followed yet, and no others.
func TestAGroupReadsNoPostingsThatAreRolledUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := &traded{history: newHistory(t, b, 8)}
	for range 20 {
		h.deliver()
	}
	b.follow(t, ledger.NewImage(b.App))
	b.tamper(t, `ANALYZE ledger.postings, ledger.daily, ledger.goods, ledger.demands`)
	require.NoError(t, b.App.InSnapshot(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		// So few postings would be read whole.
		var ignored string
		require.NoError(t, tx.Get(ctx, &ignored, `SELECT set_config('enable_seqscan', 'off', true)`))
		reader := &asked{Reader: tx}
		_, err := ledger.GroupVolumes(ctx, reader, ledger.Group{
			From: day(2026, 1, 1), To: day(2026, 12, 31), Producers: []ledger.Membership{{Commune: h.goods[0].Commune, From: day(2026, 1, 1)}},
		})
		require.NoError(t, err)
		var text string
		require.NoError(t, tx.Get(ctx, &text, `EXPLAIN (FORMAT JSON) `+strings.Join(reader.queries, ";"), reader.args...))
		var plans []struct{ Plan node }
		require.NoError(t, json.Unmarshal([]byte(text), &plans))
		require.Equal(t, []string{"postings_sealing"}, plans[0].Plan.reads("postings"))
		return nil
	}))
}
