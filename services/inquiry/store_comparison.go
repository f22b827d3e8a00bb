package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
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
