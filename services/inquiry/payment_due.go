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
	// paymentsDueBatch bounds how many accounts one transaction looks at.
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
// the two, only that it is overdue. Awards made before payments could be recorded are left alone. It looks at
// a batch of those accounts that changed since they were looked at, or of which the day of a warning has come
// (inquiry.payment_looks), and at no other, and reports whether there may be more.
func (s *Service) NotePaymentsDue(ctx context.Context) (bool, error) {
	more := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
		more, err = notePaymentsDue(ctx, tx)
		return err
	})
	return more, err
}

func notePaymentsDue(ctx context.Context, tx *postgres.Tx) (more bool, err error) {
	today := reference.Day(tx.Now)
	var looked []uuid.UUID
	if err := tx.Select(ctx, &looked, takeLooks, today, paymentsDueBatch); err != nil || len(looked) == 0 {
		return false, err
	}
	var found []paymentWarned
	if err := tx.Select(ctx, &found, noteWarnings, postgres.Array(looked), today, tx.Now); err != nil {
		return false, err
	}
	entries := make([]identity.Entry, len(found))
	for at, each := range found {
		entries[at] = identity.Entry{Action: EventPaymentDue, Subject: subjectAward(each.AwardID), Detail: each}
		if each.Warning == "overdue" {
			entries[at].Action = EventPaymentOverdue
		}
	}
	return len(looked) == paymentsDueBatch, identity.RecordAllTx(ctx, tx, identity.SystemPrincipal(), entries...)
}

// takeLooks takes a batch of accounts that are to be looked at out of the table, an award perhaps several
// times. What changes one meanwhile is entered beside it and stays; what another process took is left to it.
const takeLooks = `
	WITH taken AS (
		SELECT l.id FROM inquiry.payment_looks l WHERE l.look_on <= CAST($1 AS date)
		 ORDER BY l.look_on, l.id LIMIT $2 FOR UPDATE SKIP LOCKED
	)
	DELETE FROM inquiry.payment_looks l USING taken t WHERE l.id = t.id RETURNING l.award_id`

// noteWarnings notes what is due and overdue of the awards $1 on the day $2, and enters the day on which
// the next warning of each falls due. Near the day it warns, after it tells that it is over.
const noteWarnings = `
	WITH awaited AS (
		SELECT a.award_id, a.due_on, a.owed_vnd - a.paid_vnd AS outstanding_vnd, w.warning, a.due_on + w.days AS warn_on
		  FROM inquiry.accounts a
		  JOIN inquiry.payment_warning_days w ON a.awarded_at >= w.since
		 WHERE a.award_id = ANY (CAST($1 AS uuid[])) AND a.owed_vnd > a.paid_vnd AND a.due_on IS NOT NULL
		   AND NOT EXISTS (SELECT FROM inquiry.payment_warnings n
		                    WHERE n.award_id = a.award_id AND n.warning = w.warning AND n.due_on = a.due_on)
	), later AS (
		INSERT INTO inquiry.payment_looks (award_id, look_on)
		SELECT x.award_id, min(x.warn_on) FROM awaited x WHERE x.warn_on > CAST($2 AS date) GROUP BY x.award_id
	)
	INSERT INTO inquiry.payment_warnings (award_id, warning, due_on, outstanding_vnd, noted_at)
	SELECT x.award_id, x.warning, x.due_on, x.outstanding_vnd, $3
	  FROM awaited x
	 WHERE x.warn_on <= CAST($2 AS date) AND x.warning = CASE WHEN x.due_on < CAST($2 AS date) THEN 'overdue' ELSE 'due' END
	 ORDER BY x.due_on, x.award_id
	    ON CONFLICT DO NOTHING
	RETURNING award_id, warning, due_on`

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
