package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// roundRecord is a round as its table holds it, with who is in it.
type roundRecord struct {
	ID        uuid.UUID  `db:"id"`
	InquiryID uuid.UUID  `db:"inquiry_id"`
	Number    int        `db:"number"`
	Note      string     `db:"note"`
	OpenedAt  time.Time  `db:"opened_at"`
	Until     time.Time  `db:"until"`
	EndedAt   *time.Time `db:"ended_at"`

	Producers []uuid.UUID
}

// insertRound opens a round, after it has ended one whose time is over. The inquiry is locked; the
// constraint refuses a second open one all the same.
func insertRound(ctx context.Context, tx *postgres.Tx, inquiryID uuid.UUID, round NewRound, producers []uuid.UUID) error {
	const over = `UPDATE inquiry.rounds SET ended_at = until WHERE inquiry_id = $1 AND ended_at IS NULL AND until <= $2`
	const insert = `
		WITH opened AS (
			INSERT INTO inquiry.rounds (id, inquiry_id, number, note, opened_at, until)
			SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 FROM inquiry.rounds WHERE inquiry_id = $2
		)
		INSERT INTO inquiry.round_producers (round_id, producer_id) SELECT $1, chosen.id FROM unnest(CAST($6 AS uuid[])) AS chosen(id)`
	id, err := newID()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, over, inquiryID, tx.Now); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insert, id, inquiryID, round.Note, tx.Now, round.Until.UTC().Truncate(time.Microsecond), postgres.Array(producers))
	return postgres.MapConstraint(err, byConstraint)
}

// fillRounds reads the rounds of inquiries, in the order of their numbers.
func fillRounds(ctx context.Context, reader postgres.Reader, records map[uuid.UUID]*record, ids []uuid.UUID) error {
	const query = `
		SELECT r.id, r.inquiry_id, r.number, r.note, r.opened_at, r.until, r.ended_at, p.producer_id
		  FROM inquiry.rounds r JOIN inquiry.round_producers p ON p.round_id = r.id
		 WHERE r.inquiry_id = ANY ($1) ORDER BY r.inquiry_id, r.number, p.producer_id`
	var rows []struct {
		roundRecord

		ProducerID uuid.UUID `db:"producer_id"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, row := range rows {
		r := records[row.InquiryID]
		if last := len(r.Rounds) - 1; last < 0 || r.Rounds[last].ID != row.ID {
			r.Rounds = append(r.Rounds, row.roundRecord)
		}
		round := &r.Rounds[len(r.Rounds)-1]
		round.Producers = append(round.Producers, row.ProducerID)
	}
	return nil
}

// refresh reads again, behind the lock of a line, what decides whether quotes are taken: a decision
// about the inquiry may have been made while the lock was waited for.
func refresh(ctx context.Context, tx *postgres.Tx, r *record) error {
	const query = `SELECT stage, quotes_due_at FROM inquiry.inquiries WHERE id = $1`
	if err := tx.Get(ctx, r, query, r.ID); err != nil {
		return err
	}
	r.Rounds = nil
	return fillRounds(ctx, tx, map[uuid.UUID]*record{r.ID: r}, []uuid.UUID{r.ID})
}
