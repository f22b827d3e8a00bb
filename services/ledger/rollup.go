package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// The rollup adds up postings by day, by what they say of goods and of demand, and by movement: the
// tables ledger.daily, goods and demands. It follows the postings in the order of transactions that
// have ended, as the seals do, and its place moves in the transaction that adds to it; so each
// posting is added once, whatever crashes and however many processes follow. An answer is the rollup
// and what was posted behind its place, both read in one snapshot: exact at its instant, however far
// behind the rollup is. [RollupMatches] proves that it is what the postings are.

// FollowBatch is how many postings one call of [Follow] adds at most.
const FollowBatch = 50_000

// Follow adds to the rollup what was posted since, one batch at most, and returns how much that was.
// When another process is at it, it returns 0 at once. Run it every second, and again at once while
// it returns a whole batch.
func Follow(ctx context.Context, db *postgres.DB) (int, error) {
	const follow = `SELECT ledger.follow($1)`
	taken := 0
	err := db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		return tx.Get(ctx, &taken, follow, FollowBatch)
	})
	if err != nil {
		return 0, fmt.Errorf("following the ledger: %w", err)
	}
	return taken, nil
}

// patient lets the statements of a transaction take as long as they must, and add up in memory.
func patient(ctx context.Context, tx *postgres.Tx) error {
	var ignored string
	return tx.Get(ctx, &ignored, `SELECT set_config('statement_timeout', '0', true) || set_config('work_mem', '64MB', true)`)
}

// rollupRows are the rows of the rollup and of what was posted since, as postings: an amount is in the
// unit it is reported in. What is unconfirmed is told apart where %s says so.
const rollupRows = `(
	SELECT d.business_date, m.movement, CAST(NULL AS bigint) AS weight, d.amount AS quantity, g.unit, d.value_vnd, g.product_line, g.form,
	       g.schemes, g.commune, b.buyer_system, nullif(g.producer_id, '00000000-0000-0000-0000-000000000000') AS producer_id,
	       nullif(b.buyer_id, '00000000-0000-0000-0000-000000000000') AS buyer_id, g.grade, nullif(g.stars, 0) AS stars, b.ward,
	       CAST(NULL AS uuid) AS delivery_id
	  FROM ledger.daily d
	  JOIN ledger.movements m ON m.code = d.movement
	  JOIN ledger.goods g ON g.id = d.goods
	  JOIN ledger.demands b ON b.id = d.demand
	 UNION ALL
	SELECT t.business_date, t.movement, CAST(NULL AS bigint), t.amount, t.unit, t.value_vnd, t.product_line, t.form,
	       t.schemes, t.commune, t.buyer_system, nullif(t.producer_id, '00000000-0000-0000-0000-000000000000'),
	       nullif(t.buyer_id, '00000000-0000-0000-0000-000000000000'), t.grade, nullif(t.stars, 0), t.ward, t.delivery_id
	  FROM ledger.told t JOIN ledger.rollup_place r ON (t.xact, t.id) > (r.xact, r.id)%s)`

// unconfirmedRows take what is unconfirmed off the rows of the rollup and bring it back with the name of
// its delivery, %s.
const unconfirmedRows = `
	 UNION ALL
	SELECT t.business_date, t.movement, CAST(NULL AS bigint), t.amount * s.sign, t.unit, CAST(NULL AS bigint), t.product_line, t.form,
	       t.schemes, t.commune, t.buyer_system, nullif(t.producer_id, '00000000-0000-0000-0000-000000000000'),
	       nullif(t.buyer_id, '00000000-0000-0000-0000-000000000000'), t.grade, nullif(t.stars, 0), t.ward,
	       CASE WHEN s.sign > 0 THEN t.delivery_id END
	  FROM ledger.told t JOIN ledger.rollup_place r ON (t.xact, t.id) <= (r.xact, r.id)
	 CROSS JOIN (VALUES (1), (-1)) AS s (sign)
	 WHERE t.movement = 'dispatched' AND t.delivery_id = ANY (%s)`

// RollupMatches compares every row of the rollup with the postings up to its place and reports each
// that differs; it returns how many rows there are. It reads all postings once.
func RollupMatches(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	var rows int64
	if err := reader.Get(ctx, &rows, `SELECT count(*) FROM ledger.daily`); err != nil {
		return 0, err
	}
	const ahead = `
		SELECT '', 'its place is transaction ' || CAST(r.xact AS text)
		  FROM ledger.rollup_place r WHERE r.xact >= pg_snapshot_xmax(pg_current_snapshot())`
	const different = `
		SELECT CAST(x.business_date AS text), concat_ws(' ', x.movement, 'of', x.product_line, x.unit,
		       'rolled up', coalesce(CAST(sum(x.rolled) AS text), '0'), 'posted', coalesce(CAST(sum(x.posted) AS text), '0'),
		       'value', coalesce(CAST(sum(x.rolled_value) AS text), 'none'), 'and', coalesce(CAST(sum(x.posted_value) AS text), 'none'))
		  FROM (SELECT d.business_date, m.movement, g.product_line, g.form, g.grade, g.stars, g.schemes, g.unit, g.commune, g.producer_id,
		               b.buyer_id, b.buyer_system, b.ward, d.amount AS rolled, CAST(NULL AS numeric) AS posted, d.value_vnd AS rolled_value,
		               CAST(NULL AS numeric) AS posted_value
		          FROM ledger.daily d
		          LEFT JOIN ledger.movements m ON m.code = d.movement
		          LEFT JOIN ledger.goods g ON g.id = d.goods
		          LEFT JOIN ledger.demands b ON b.id = d.demand
		         UNION ALL
		        SELECT t.business_date, t.movement, t.product_line, t.form, t.grade, t.stars, t.schemes, t.unit, t.commune, t.producer_id,
		               t.buyer_id, t.buyer_system, t.ward, NULL, t.amount, NULL, t.value_vnd
		          FROM ledger.told t JOIN ledger.rollup_place r ON (t.xact, t.id) <= (r.xact, r.id)) x
		 GROUP BY x.business_date, x.movement, x.product_line, x.form, x.grade, x.stars, x.schemes, x.unit, x.commune, x.producer_id,
		          x.buyer_id, x.buyer_system, x.ward
		HAVING sum(x.rolled) IS DISTINCT FROM sum(x.posted) OR sum(x.rolled_value) IS DISTINCT FROM sum(x.posted_value)
		 ORDER BY 1
		 LIMIT $1`
	if err := reported(ctx, reader, report, "the rollup is ahead of the database", ahead); err != nil {
		return rows, err
	}
	return rows, reported(ctx, reader, report, "a row of the rollup that is not the sum of its postings", different, findingsPerCheck+1)
}

// reported words the rows of a query about the rollup, which read a day and what is wrong on it.
func reported(ctx context.Context, reader postgres.Reader, report func(Finding) error, what, query string, args ...any) error {
	found := 0
	err := reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		if found++; found > findingsPerCheck {
			return enough("ledger.daily", report)
		}
		finding := Finding{Severity: SeverityError, What: what, Table: "ledger.daily"}
		if err := scan(&finding.ID, &finding.Detail); err != nil {
			return fmt.Errorf("reading a difference: %w", err)
		}
		return report(finding)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
