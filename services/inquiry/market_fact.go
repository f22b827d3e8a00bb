package inquiry

import (
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// What the market's indicators count is kept as facts: what each award and each inquiry adds to a day
// (inquiry.market_facts), and the sums of that by day and by month (market_sums, and market_minutes for
// medians). A fact does not depend on today: what is only a case once its day is over is kept apart, as
// awaited, as it will count then. [Service.FollowMarket] replaces the facts of what changed, in the order of
// transactions that have ended, and moves its place in the transaction that does; what changed behind its place
// is worked out with each question, so that answers are exact at their instant, however far behind it is.
// [MarketMatches] proves that facts and sums are what the records say.

// The kinds of facts; those of times are the codes of their measures.
const (
	factOwed     = "owed"
	factAwaited  = "awaited"
	factGoods    = "goods"
	factReason   = "reason"
	answerTime   = "answer_time"
	inquiryQuote = "inquiry_to_quote"
	quoteAward   = "quote_to_award"
)

// The flags of what was owed, as the column market_facts.flags adds them up.
const (
	flagExpected = 1 << iota
	flagOnTime
	flagInFull
	flagAnnounced
	flagDefaulted
)

// marketFacts makes "facts" of the awards $1 and the inquiries $4, from all days: $2 to $3, which are without end, and $5
// comes after all of them.
const marketFacts = `
	WITH goods AS (
	SELECT a.producer_id AS organisation_id,` + goodsSent + `
	 WHERE ` + lookedAt + owedByProducers + lookedAt + calledFromProducers + lookedAt + casesOfProducers + `
	), firsts AS (
	SELECT producer_id, inquiry_id, min(at) AS answered_at, min(at) FILTER (WHERE quoted) AS quoted_at
	  FROM (SELECT producer_id, inquiry_id, created_at AS at, true AS quoted FROM inquiry.quotes WHERE inquiry_id = ANY (CAST($4 AS uuid[]))
	        UNION ALL
	        SELECT producer_id, inquiry_id, declined_at, false FROM inquiry.invitations
	         WHERE inquiry_id = ANY (CAST($4 AS uuid[])) AND declined_at IS NOT NULL) answers
	 GROUP BY producer_id, inquiry_id` + answersOfProducers + `
	), facts AS (
	SELECT award_id AS subject, CASE WHEN done THEN 'owed' ELSE 'awaited' END AS kind, day, '' AS line, '' AS unit, '' AS reason,
	       CAST(CAST(expected AS int) + 2 * CAST(on_time AS int) + 4 * CAST(in_full AS int) + 8 * CAST(announced AS int)
	            + 16 * CAST(defaulted AS int) AS smallint) AS flags, CAST(0 AS bigint) AS minutes,
	       count(*) AS cases, CAST(0 AS bigint) AS met, CAST(0 AS bigint) AS part, CAST(0 AS bigint) AS whole
	  FROM cases GROUP BY 1, 2, 3, 7
	UNION ALL
	SELECT g.award_id, 'goods', g.received_on, l.line, g.unit, '', 0, 0, count(*), count(*) FILTER (WHERE g.rejected > 0),
	       CAST(sum(g.rejected) AS bigint), CAST(sum(g.quantity + g.over) AS bigint)
	  FROM goods g JOIN inquiry.lines l ON l.id = g.line_id
	 WHERE g.received_on IS NOT NULL GROUP BY g.award_id, g.received_on, l.line, g.unit
	UNION ALL
	SELECT g.award_id, 'reason', g.received_on, l.line, g.unit, coalesce(r.reason, ''), 0, 0, count(*), 0, CAST(sum(g.rejected) AS bigint), 0
	  FROM goods g JOIN inquiry.lines l ON l.id = g.line_id
	  LEFT JOIN LATERAL (SELECT DISTINCT unnest(g.reasons) AS reason) r ON true
	 WHERE g.received_on IS NOT NULL AND g.rejected > 0 GROUP BY g.award_id, g.received_on, l.line, g.unit, coalesce(r.reason, '')
	UNION ALL
	SELECT f.inquiry_id, m.measure, f.day, '', '', '', 0, m.minutes, count(*), count(*), 0, 0
	  FROM answered f CROSS JOIN LATERAL (VALUES ('answer_time', CAST(answer AS bigint)), ('inquiry_to_quote', CAST(quote AS bigint))) m (measure, minutes)
	 WHERE m.minutes IS NOT NULL GROUP BY f.inquiry_id, m.measure, f.day, m.minutes
	UNION ALL
	SELECT a.id, 'quote_to_award', CAST(a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date), '', '', '', 0, CAST(` + quoteToAward + ` AS bigint), 1, 1, 0, 0
	  FROM inquiry.awards a JOIN inquiry.quotes q ON q.id = a.quote_id JOIN inquiry.inquiries i ON i.id = a.inquiry_id
	 WHERE ` + lookedAt + `
	)`

// lookedAt are the awards a that marketFacts looks at.
const lookedAt = `a.id = ANY (CAST($1 AS uuid[]))`

// marketChange goes on with "change": what the facts of these awards and inquiries are more than what was kept of them.
const marketChange = `, change AS (
	SELECT x.kind, x.day, x.line, x.unit, x.reason, x.flags, x.minutes, CAST(sum(x.cases) AS bigint) AS cases, CAST(sum(x.met) AS bigint) AS met,
	       CAST(sum(x.part) AS bigint) AS part, CAST(sum(x.whole) AS bigint) AS whole
	  FROM (SELECT kind, day, line, unit, reason, flags, minutes, cases, met, part, whole FROM facts
	        UNION ALL
	        SELECT k.kind, k.day, k.line, k.unit, k.reason, k.flags, k.minutes, -k.cases, -k.met, -k.part, -k.whole FROM inquiry.market_facts k
	         WHERE k.subject = ANY (CAST($1 AS uuid[]) || CAST($4 AS uuid[]))) x
	 GROUP BY x.kind, x.day, x.line, x.unit, x.reason, x.flags, x.minutes
	HAVING sum(x.cases) <> 0 OR sum(x.met) <> 0 OR sum(x.part) <> 0 OR sum(x.whole) <> 0
	)`

// marketSum is a sum of facts, or what changed of one.
type marketSum struct {
	Kind   string `db:"kind"`
	Line   string `db:"line"`
	Unit   string `db:"unit"`
	Reason string `db:"reason"`
	Flags  int    `db:"flags"`
	Bucket int64  `db:"bucket"`
	Cases  int64  `db:"cases"`
	Met    int64  `db:"met"`
	Part   int64  `db:"part"`
	Whole  int64  `db:"whole"`
}

// marketChanged is a fact that changed, or is new, less what was kept of it.
type marketChanged struct {
	marketSum

	Day     civil.Date `db:"day"`
	Minutes int64      `db:"minutes"`
}

// looks are awards and inquiries whose facts may have changed.
type looks struct{ awards, inquiries []uuid.UUID }

// look is one of them: either the one or the other.
type look struct {
	AwardID   uuid.NullUUID `db:"award_id"`
	InquiryID uuid.NullUUID `db:"inquiry_id"`
}

func (l *looks) add(found ...look) {
	for _, each := range found {
		if each.AwardID.Valid {
			l.awards = append(l.awards, each.AwardID.UUID)
		}
		if each.InquiryID.Valid {
			l.inquiries = append(l.inquiries, each.InquiryID.UUID)
		}
	}
}

func (l *looks) none() bool { return len(l.awards) == 0 && len(l.inquiries) == 0 }

// args are those of a statement that begins with marketFacts.
func (l *looks) args(more ...any) []any {
	return append([]any{postgres.Array(l.awards), "-infinity", "infinity", postgres.Array(l.inquiries), "infinity"}, more...)
}
