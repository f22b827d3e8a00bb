package inquiry

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

const (
	// matchedAtOnce is how many awards or inquiries one statement of [MarketMatches] works out.
	matchedAtOnce = 5000
	// marketFindings bounds what it reports of each table.
	marketFindings = 100
)

// MarketMatches works out the facts of every award and inquiry, save those that are still to be followed, and reports each
// that is kept otherwise, and each sum that is not that of its facts; it returns how many awards and inquiries there are.
func MarketMatches(ctx context.Context, reader postgres.Reader, report func(ledger.Finding) error) (int64, error) {
	const awards = `SELECT id FROM inquiry.awards WHERE id > $1 ORDER BY id LIMIT $2`
	const inquiries = `SELECT id FROM inquiry.inquiries WHERE id > $1 ORDER BY id LIMIT $2`
	var examined int64
	found := &marketDifferences{report: report, table: "inquiry.market_facts", what: "a fact of the market that is not what the records say"}
	for _, list := range []struct {
		query string
		of    func(ids []uuid.UUID) looks
	}{
		{awards, func(ids []uuid.UUID) looks { return looks{awards: ids} }},
		{inquiries, func(ids []uuid.UUID) looks { return looks{inquiries: ids} }},
	} {
		last := uuid.Nil
		for {
			var ids []uuid.UUID
			if err := reader.Select(ctx, &ids, list.query, last, matchedAtOnce); err != nil {
				return examined, err
			}
			if len(ids) == 0 {
				break
			}
			batch := list.of(ids)
			if err := found.read(ctx, reader, differingFacts, batch.args()...); err != nil {
				return examined, err
			}
			examined, last = examined+int64(len(ids)), ids[len(ids)-1]
		}
	}
	if err := found.read(ctx, reader, strayFacts); err != nil {
		return examined, err
	}
	sums := &marketDifferences{report: report, table: "inquiry.market_sums", what: "a sum of the market that is not that of its facts"}
	if err := sums.read(ctx, reader, differingSums); err != nil {
		return examined, err
	}
	return examined, sums.read(ctx, reader, differingMinutes)
}

// notFollowed are the awards and inquiries whose facts may be old.
const notFollowed = `
	SELECT coalesce(c.award_id, c.inquiry_id) AS subject
	  FROM ledger.deal_changes c JOIN inquiry.market_place p ON (c.xact, c.id) > (p.xact, p.id)
	 UNION
	SELECT coalesce(l.award_id, l.inquiry_id) FROM inquiry.market_looks l`

// differingFacts are the facts of the awards $1 and the inquiries $4 that are kept otherwise.
const differingFacts = marketFacts + `, kept AS (
	SELECT subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM inquiry.market_facts
	 WHERE subject = ANY (CAST($1 AS uuid[]) || CAST($4 AS uuid[]))
	)
	SELECT CAST(x.subject AS text), concat_ws(' ', x.how, x.kind, x.day, x.line, x.unit, x.reason, x.flags, x.minutes, x.cases, x.met, x.part, x.whole)
	  FROM (SELECT 'missing' AS how, f.subject, f.kind, f.day, f.line, f.unit, f.reason, f.flags, f.minutes, f.cases, f.met, f.part, f.whole
	          FROM (SELECT subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM facts
	                EXCEPT ALL SELECT subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM kept) f
	        UNION ALL
	        SELECT 'kept', k.subject, k.kind, k.day, k.line, k.unit, k.reason, k.flags, k.minutes, k.cases, k.met, k.part, k.whole
	          FROM (SELECT subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM kept
	                EXCEPT ALL SELECT subject, kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM facts) k) x
	 WHERE x.subject NOT IN (SELECT n.subject FROM (` + notFollowed + `) n WHERE n.subject IS NOT NULL)
	 ORDER BY 1, 2`

// strayFacts are kept of what is not there.
const strayFacts = `
	SELECT CAST(k.subject AS text), 'kept of nothing: ' || k.kind
	  FROM inquiry.market_facts k
	 WHERE NOT EXISTS (SELECT FROM inquiry.awards a WHERE a.id = k.subject) AND NOT EXISTS (SELECT FROM inquiry.inquiries i WHERE i.id = k.subject)
	 ORDER BY 1, 2`

const differingSums = `
	SELECT concat_ws(' ', x.span, x.day), concat_ws(' ', x.kind, x.line, x.unit, x.reason, x.flags, x.bucket, 'of facts', sum(x.cases), sum(x.met), sum(x.part),
	       sum(x.whole), 'kept', sum(x.kept_cases), sum(x.kept_met), sum(x.kept_part), sum(x.kept_whole))
	  FROM (SELECT s.span, s.day, f.kind, f.line, f.unit, f.reason, f.flags, inquiry.market_bucket(f.minutes) AS bucket, f.cases, f.met, f.part, f.whole,
	               0 AS kept_cases, 0 AS kept_met, 0 AS kept_part, 0 AS kept_whole
	          FROM inquiry.market_facts f
	         CROSS JOIN LATERAL (VALUES ('day', f.day), ('month', CAST(date_trunc('month', f.day) AS date))) s (span, day)
	        UNION ALL
	        SELECT span, day, kind, line, unit, reason, flags, bucket, 0, 0, 0, 0, cases, met, part, whole FROM inquiry.market_sums) x
	 GROUP BY x.span, x.day, x.kind, x.line, x.unit, x.reason, x.flags, x.bucket
	HAVING (sum(x.cases), sum(x.met), sum(x.part), sum(x.whole)) IS DISTINCT FROM (sum(x.kept_cases), sum(x.kept_met), sum(x.kept_part), sum(x.kept_whole))
	 ORDER BY 1, 2`

const differingMinutes = `
	SELECT concat_ws(' ', x.span, x.day), concat_ws(' ', x.kind, x.minutes, 'minutes of facts', sum(x.cases), 'kept', sum(x.kept))
	  FROM (SELECT s.span, s.day, f.kind, inquiry.market_bucket(f.minutes) AS bucket, f.minutes, f.cases, 0 AS kept
	          FROM inquiry.market_facts f
	         CROSS JOIN LATERAL (VALUES ('day', f.day), ('month', CAST(date_trunc('month', f.day) AS date))) s (span, day)
	         WHERE f.kind IN ('answer_time', 'inquiry_to_quote', 'quote_to_award')
	        UNION ALL
	        SELECT span, day, kind, bucket, minutes, 0, cases FROM inquiry.market_minutes) x
	 GROUP BY x.span, x.day, x.kind, x.bucket, x.minutes
	HAVING sum(x.cases) <> sum(x.kept)
	 ORDER BY 1, 2`

// marketDifferences reports what differs in a table, up to a bound.
type marketDifferences struct {
	report      func(ledger.Finding) error
	table, what string
	found       int
}

var errManyDifferences = errors.New("more differences than are reported")

// read reports the rows of a query, which are what differs and how.
func (d *marketDifferences) read(ctx context.Context, reader postgres.Reader, query string, args ...any) error {
	err := reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		if d.found == marketFindings {
			return errManyDifferences
		}
		d.found++
		finding := ledger.Finding{Severity: ledger.SeverityError, What: d.what, Table: d.table}
		if err := scan(&finding.ID, &finding.Detail); err != nil {
			return fmt.Errorf("reading a difference: %w", err)
		}
		return d.report(finding)
	})
	if errors.Is(err, errManyDifferences) {
		return nil
	}
	return err
}
