package shelf

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// BreachesTx counts, for each producer, the breaches of the Green Tick that were confirmed since an instant.
func BreachesTx(ctx context.Context, reader postgres.Reader, since time.Time) (map[uuid.UUID]int, error) {
	const query = `
		SELECT t.producer_id, count(*) FROM shelf.tick_events e JOIN shelf.ticks t ON t.id = e.tick_id
		 WHERE e.move = 'confirm' AND e.at >= $1 GROUP BY t.producer_id`
	breaches := make(map[uuid.UUID]int)
	err := reader.Each(ctx, query, []any{since}, func(scan func(dest ...any) error) error {
		var producer uuid.UUID
		var count int
		if err := scan(&producer, &count); err != nil {
			return err
		}
		breaches[producer] = count
		return nil
	})
	return breaches, err
}

// OpenCase is a breach that was reported and neither cleared nor confirmed.
type OpenCase struct {
	TickID     uuid.UUID `db:"id"`
	ProductID  uuid.UUID `db:"product_id"`
	ProducerID uuid.UUID `db:"producer_id"`
	System     string    `db:"system"`
	// Answered says that the supplier answered: the system's decision is waited for.
	Answered bool      `db:"answered"`
	DueAt    time.Time `db:"answer_due_at"`
}

// ReportedAt is when the breach was reported.
func (c OpenCase) ReportedAt() time.Time { return c.DueAt.Add(-AnswerWithin) }

// OpenCasesTx lists the open cases, oldest first, at most limit of them.
func OpenCasesTx(ctx context.Context, reader postgres.Reader, limit int) ([]OpenCase, error) {
	const query = `
		SELECT t.id, t.product_id, t.producer_id, t.system, t.answered_at IS NOT NULL AS answered, t.answer_due_at
		  FROM shelf.ticks t WHERE t.state IN ('suspended', 'answered')
		 ORDER BY t.answer_due_at, t.id LIMIT $1`
	cases := []OpenCase{}
	err := reader.Select(ctx, &cases, query, limit)
	return cases, err
}
