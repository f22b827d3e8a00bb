package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// maxCompared is how many quotes of a line are compared: the cheapest.
const maxCompared = 200

// comparedQuotes reads the current quotes on an inquiry by line, the cheapest of each and one more
// than are compared, with the offers behind them. Quotes that were declined because their line is
// full or closed are among them: they were what the buyer chose from.
func comparedQuotes(ctx context.Context, reader postgres.Reader, inquiryID uuid.UUID) (map[uuid.UUID][]*quoteRecord, error) {
	const query = selectQuotes + `
		 WHERE q.id IN (
		       SELECT n.id FROM (
		              SELECT c.id, row_number() OVER (PARTITION BY c.line_id ORDER BY c.price_vnd, c.id) AS nth
		                FROM inquiry.quotes c WHERE c.inquiry_id = $1 AND c.stage IN ('submitted', 'declined')) n
		        WHERE n.nth <= $2)
		 ORDER BY q.line_id, q.price_vnd, q.id`
	var records []*quoteRecord
	if err := reader.Select(ctx, &records, query, inquiryID, maxCompared+1); err != nil {
		return nil, err
	}
	if err := dealt(ctx, reader, records); err != nil {
		return nil, err
	}
	quotes := make(map[uuid.UUID][]*quoteRecord)
	for _, q := range records {
		quotes[q.LineID] = append(quotes[q.LineID], q)
	}
	return quotes, nil
}

// answerRow is what a producer did about an inquiry.
type answerRow struct {
	ProducerID  uuid.UUID  `db:"producer_id"`
	Invited     bool       `db:"invited"`
	DeclinedAt  *time.Time `db:"declined_at"`
	DeclineNote string     `db:"decline_note"`
	Current     int        `db:"current"`
	Ever        int        `db:"ever"`
}

func (row answerRow) answer(name string) ProducerAnswer {
	answer := ProducerAnswer{Producer: Party{ID: row.ProducerID, Name: name}, Invited: row.Invited, Answer: "silent", Quotes: row.Current}
	switch {
	case row.Current > 0:
		answer.Answer = "quoted"
	case row.DeclinedAt != nil:
		answer.Answer, answer.DeclinedAt, answer.Note = "declined", row.DeclinedAt, row.DeclineNote
	case row.Ever > 0:
		answer.Answer = "withdrawn"
	}
	return answer
}

// answersTo lists the producers who were invited to an inquiry or said something to it.
func answersTo(ctx context.Context, reader postgres.Reader, inquiryID uuid.UUID) ([]answerRow, error) {
	const query = `
		SELECT p.producer_id, coalesce(v.invited, false) AS invited, v.declined_at, coalesce(v.decline_note, '') AS decline_note,
		       coalesce(q.current, 0) AS current, coalesce(q.ever, 0) AS ever
		  FROM (SELECT producer_id FROM inquiry.invitations WHERE inquiry_id = $1
		        UNION SELECT producer_id FROM inquiry.quotes WHERE inquiry_id = $1) p
		  LEFT JOIN inquiry.invitations v ON v.inquiry_id = $1 AND v.producer_id = p.producer_id
		  LEFT JOIN (SELECT producer_id, count(*) FILTER (WHERE stage IN ('submitted', 'declined')) AS current, count(*) AS ever
		               FROM inquiry.quotes WHERE inquiry_id = $1 GROUP BY producer_id) q ON q.producer_id = p.producer_id
		 ORDER BY p.producer_id`
	var rows []answerRow
	err := reader.Select(ctx, &rows, query, inquiryID)
	return rows, err
}

// trackKey names a measure of how a producer kept its word; line and unit only where it is of goods.
type trackKey struct {
	producer            uuid.UUID
	measure, line, unit string
}

type trackRow struct {
	Cases, Met int
	// Permille is exact, rounded half up.
	Permille quantity.Quantity
}

type trackRecords map[trackKey]trackRow

// trackRecordsOf reads how producers kept their word, whoever bought, in one statement. Quantities
// are set against each other only within a product line and unit.
func trackRecordsOf(ctx context.Context, reader postgres.Reader, producers []uuid.UUID, now time.Time) (trackRecords, error) {
	const query = `
		WITH sent AS (
			SELECT a.producer_id, l.line, a.unit, d.quantity, d.rejected, d.received_at IS NOT NULL AS received,
			       CAST(d.dispatched_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)
			       <= CASE WHEN a.schedule = '[]' THEN a.deliver_on ELSE inquiry.delivery_due(a.id, d.id) END AS on_time
			  FROM inquiry.awards a
			  JOIN inquiry.deliveries d ON d.award_id = a.id
			  JOIN inquiry.lines l ON l.id = a.line_id
			 WHERE a.producer_id = ANY (CAST($1 AS uuid[]))
		), measured AS (
			SELECT producer_id, 'on_time' AS measure, '' AS line, '' AS unit, count(*) AS cases, count(*) FILTER (WHERE on_time) AS met,
			       CAST(count(*) FILTER (WHERE on_time) AS numeric) AS part, CAST(count(*) AS numeric) AS whole
			  FROM sent GROUP BY producer_id
			UNION ALL
			SELECT a.producer_id, 'in_full', '', '', count(*), count(*) FILTER (WHERE b.accepted >= a.quantity),
			       count(*) FILTER (WHERE b.accepted >= a.quantity), count(*)
			  FROM inquiry.awards a JOIN ledger.awards b ON b.award_id = a.id
			 WHERE a.producer_id = ANY (CAST($1 AS uuid[])) AND b.dispatched = 0 AND (b.committed = 0 OR greatest(a.deliver_on, CAST(a.schedule -> -1 ->> 'deliver_on' AS date)) < $2)
			   AND a.cancelled_by IS DISTINCT FROM a.buyer_id
			 GROUP BY a.producer_id
			UNION ALL
			SELECT producer_id, 'rejected', line, unit, count(*), count(*) FILTER (WHERE rejected > 0), sum(rejected), sum(quantity)
			  FROM sent WHERE received GROUP BY producer_id, line, unit
		)
		SELECT producer_id, measure, line, unit, cases, met, CAST(div(2000 * part + whole, 2 * whole) AS bigint) AS permille
		  FROM measured`
	var rows []struct {
		ProducerID uuid.UUID         `db:"producer_id"`
		Measure    string            `db:"measure"`
		Line       string            `db:"line"`
		Unit       string            `db:"unit"`
		Cases      int               `db:"cases"`
		Met        int               `db:"met"`
		Permille   quantity.Quantity `db:"permille"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(producers), reference.Day(now)); err != nil {
		return nil, err
	}
	records := make(trackRecords, len(rows))
	for _, row := range rows {
		records[trackKey{row.ProducerID, row.Measure, row.Line, row.Unit}] = trackRow{Cases: row.Cases, Met: row.Met, Permille: row.Permille}
	}
	return records, nil
}
