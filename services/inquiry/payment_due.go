package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// paymentsDue is the job that looks for payments near or past their day.
type paymentsDue struct{}

// Kind implements jobs.Args.
func (paymentsDue) Kind() string { return "inquiry.payments_due" }

const (
	// paymentsDueEvery bounds how long after midnight in Vietnam a due day is noted.
	paymentsDueEvery = 15 * time.Minute
	// paymentsDueBatch bounds what one transaction notes.
	paymentsDueBatch = 500
)

func (s *Service) paymentJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ paymentsDue) error {
		for {
			more, err := s.NotePaymentsDue(ctx)
			if err != nil || !more {
				return err
			}
		}
	})
	jobs.Every(workers, paymentsDueEvery, paymentsDue{})
}

// paymentWarned is a due day that was warned of, as the trail has it: amounts are not for the trail.
type paymentWarned struct {
	AwardID uuid.UUID  `db:"award_id" json:"-"`
	Warning string     `db:"warning"  json:"-"`
	DueOn   civil.Date `db:"due_on"   json:"due_on"`
}

// NotePaymentsDue records which awards have come near the day on which they are to be paid, and which are
// past it, as inquiry.payment_warning_days says, while something is outstanding: a fact and an event for
// each due day, once, however many processes look. What was missed while nobody looked is made up for: of
// the two, only that it is overdue. Awards made before payments could be recorded are left alone. It reports whether there is more to note.
func (s *Service) NotePaymentsDue(ctx context.Context) (bool, error) {
	const insert = `
		WITH due AS (
			SELECT a.award_id, a.awarded_at, a.due_on, a.owed_vnd - a.paid_vnd AS outstanding_vnd,
			       CASE WHEN a.due_on < CAST($1 AS date) THEN 'overdue' ELSE 'due' END AS warning
			  FROM inquiry.accounts a
			 WHERE a.awarded_at >= (SELECT min(since) FROM inquiry.payment_warning_days) AND a.owed_vnd > a.paid_vnd
		)
		INSERT INTO inquiry.payment_warnings (award_id, warning, due_on, outstanding_vnd, noted_at)
		SELECT d.award_id, d.warning, d.due_on, d.outstanding_vnd, $2
		  FROM due d JOIN inquiry.payment_warning_days w ON w.warning = d.warning AND d.awarded_at >= w.since AND d.due_on + w.days <= CAST($1 AS date)
		 WHERE NOT EXISTS (SELECT FROM inquiry.payment_warnings n
		                    WHERE n.award_id = d.award_id AND n.warning = d.warning AND n.due_on = d.due_on)
		 ORDER BY d.due_on, d.award_id LIMIT $3
		    ON CONFLICT DO NOTHING
		RETURNING award_id, warning, due_on`
	more := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var found []paymentWarned
		if err := tx.Select(ctx, &found, insert, reference.Day(tx.Now), tx.Now, paymentsDueBatch); err != nil {
			return err
		}
		more = len(found) == paymentsDueBatch
		entries := make([]identity.Entry, len(found))
		for at, each := range found {
			entries[at] = identity.Entry{Action: EventPaymentDue, Subject: subjectAward(each.AwardID), Detail: each}
			if each.Warning == "overdue" {
				entries[at].Action = EventPaymentOverdue
			}
		}
		return identity.RecordAllTx(ctx, tx, identity.SystemPrincipal(), entries...)
	})
	return more, err
}

// PaymentTold is what the sides of an award are told of a payment, or of what is due.
type PaymentTold struct {
	AwardID uuid.UUID `db:"award_id"`
	// PaymentID is the award's id for what is due.
	PaymentID uuid.UUID `db:"payment_id"`
	// AmountVND is what was paid, or is outstanding; Day when it was paid, or is due.
	AmountVND money.VND  `db:"amount_vnd"`
	Day       civil.Date `db:"day"`
	// Reason is why it was contested.
	Reason string `db:"reason"`
}

// PaymentsToldTx reads payments by their ids; unknown ones are missing.
func PaymentsToldTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]PaymentTold, error) {
	const query = `
		SELECT s.award_id, s.id AS payment_id, s.amount_vnd, s.paid_on AS day,
		       coalesce((SELECT m.reason FROM inquiry.payment_moves m WHERE m.payment_id = s.id AND m.move = 'contest'), '') AS reason
		  FROM inquiry.payments s WHERE s.id = ANY ($1)`
	var rows []PaymentTold
	if err := tx.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID]PaymentTold, len(rows))
	for _, row := range rows {
		told[row.PaymentID] = row
	}
	return told, nil
}

// PaymentsDueToldTx reads what was outstanding when awards were warned of a due day or that it is over, as
// the event says; there may be several days of one award.
func PaymentsDueToldTx(ctx context.Context, tx *postgres.Tx, event string, awards []uuid.UUID) ([]PaymentTold, error) {
	const query = `
		SELECT w.award_id, w.award_id AS payment_id, w.outstanding_vnd AS amount_vnd, w.due_on AS day, '' AS reason
		  FROM inquiry.payment_warnings w
		 WHERE w.award_id = ANY ($1) AND 'payment.' || w.warning = $2`
	var rows []PaymentTold
	err := tx.Select(ctx, &rows, query, postgres.Array(awards), event)
	return rows, err
}
