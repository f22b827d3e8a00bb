package inquiry

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	// marketBatch is how many postings one call of [Service.FollowMarket] follows at most.
	marketBatch = 50_000
	// marketLooks is how many entries of inquiry.market_looks it takes at most.
	marketLooks = 20_000
)

// marketPlace is the last posting whose award or inquiry was looked at.
type marketPlace struct {
	Xact string    `db:"xact"`
	ID   uuid.UUID `db:"id"`
}

// FollowMarket brings the facts of the market up to date, one batch at most, and reports whether there may be
// more. Of several processes one follows, and the others return at once. Run it every second, and again at once
// while there is more.
func (s *Service) FollowMarket(ctx context.Context) (more bool, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		more, err = followMarket(ctx, tx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("following the market: %w", err)
	}
	return more, nil
}

// Every statement sees at least what the one before saw. So whoever changes something that the facts are read
// without is behind the place that was found before, or left a look that was not taken.
func followMarket(ctx context.Context, tx *postgres.Tx) (more bool, err error) {
	const place = `SELECT CAST(xact AS text) AS xact, id FROM inquiry.market_place FOR UPDATE SKIP LOCKED`
	var places []marketPlace
	if err := tx.Select(ctx, &places, place); err != nil || len(places) == 0 {
		return false, err
	}
	// Batches take longer than requests, and are added up in memory.
	const patient = `SELECT set_config('statement_timeout', '5min', true) || set_config('work_mem', '64MB', true)`
	var ignored string
	if err := tx.Get(ctx, &ignored, patient); err != nil {
		return false, err
	}
	// A posting is followed once every older transaction has ended: none can appear behind the place.
	const upto = `
		SELECT CAST(b.xact AS text) AS xact, b.id, b.n
		  FROM (SELECT c.xact, c.id, row_number() OVER (ORDER BY c.xact, c.id) AS n
		          FROM ledger.deal_changes c
		         WHERE (c.xact, c.id) > (CAST($1 AS xid8), CAST($2 AS uuid)) AND c.xact < pg_snapshot_xmin(pg_current_snapshot())
		         ORDER BY c.xact, c.id LIMIT $3) b
		 ORDER BY b.n DESC LIMIT 1`
	var next []struct {
		marketPlace

		Postings int `db:"n"`
	}
	if err := tx.Select(ctx, &next, upto, places[0].Xact, places[0].ID, marketBatch); err != nil {
		return false, err
	}
	var changed looks
	if len(next) > 0 {
		more = next[0].Postings == marketBatch
		const posted = `
			SELECT DISTINCT c.award_id, c.inquiry_id FROM ledger.deal_changes c
			 WHERE (c.xact, c.id) > (CAST($1 AS xid8), CAST($2 AS uuid)) AND (c.xact, c.id) <= (CAST($3 AS xid8), CAST($4 AS uuid))`
		var found []look
		if err := tx.Select(ctx, &found, posted, places[0].Xact, places[0].ID, next[0].Xact, next[0].ID); err != nil {
			return false, err
		}
		changed.add(found...)
	}
	const take = `
		DELETE FROM inquiry.market_looks l USING (SELECT t.id FROM inquiry.market_looks t ORDER BY t.id LIMIT $1) t
		 WHERE l.id = t.id RETURNING l.award_id, l.inquiry_id`
	var taken []look
	if err := tx.Select(ctx, &taken, take, marketLooks); err != nil {
		return false, err
	}
	changed.add(taken...)
	if !changed.none() {
		if _, err := tx.Exec(ctx, replaceFacts, changed.args()...); err != nil {
			return false, err
		}
	}
	if len(next) > 0 {
		const move = `UPDATE inquiry.market_place SET xact = CAST($1 AS xid8), id = $2`
		if _, err := tx.Exec(ctx, move, next[0].Xact, next[0].ID); err != nil {
			return false, err
		}
	}
	return more || len(taken) == marketLooks, nil
}

// replaceFacts replaces what is kept of awards and inquiries by what they are, and moves the sums by the difference.
const replaceFacts = marketFacts + marketChange + `, gone AS (
	DELETE FROM inquiry.market_facts k WHERE k.subject = ANY (CAST($1 AS uuid[]) || CAST($4 AS uuid[]))
	), kept AS (
	INSERT INTO inquiry.market_facts (subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole)
	SELECT subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM facts
	), spans AS (
	SELECT s.span, s.day, c.kind, c.line, c.unit, c.reason, c.flags, c.minutes, inquiry.market_bucket(c.minutes) AS bucket, c.cases, c.met, c.part, c.whole
	  FROM change c CROSS JOIN LATERAL (VALUES ('day', c.day), ('month', CAST(date_trunc('month', c.day) AS date))) s (span, day)
	), timed AS (
	INSERT INTO inquiry.market_minutes AS t (kind, bucket, span, day, minutes, cases)
	SELECT kind, bucket, span, day, minutes, sum(cases) FROM spans
	 WHERE kind IN ('answer_time', 'inquiry_to_quote', 'quote_to_award')
	 GROUP BY kind, bucket, span, day, minutes
	    ON CONFLICT (kind, bucket, span, day, minutes) DO UPDATE SET cases = t.cases + excluded.cases
	)
	INSERT INTO inquiry.market_sums AS t (span, day, kind, line, unit, reason, flags, bucket, cases, met, part, whole)
	SELECT span, day, kind, line, unit, reason, flags, bucket, sum(cases), sum(met), sum(part), sum(whole) FROM spans
	 GROUP BY span, day, kind, line, unit, reason, flags, bucket
	    ON CONFLICT (span, day, kind, line, unit, reason, flags, bucket) DO UPDATE
	   SET cases = t.cases + excluded.cases, met = t.met + excluded.met, part = t.part + excluded.part, whole = t.whole + excluded.whole`
