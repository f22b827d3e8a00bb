package inquiry

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// CancelAward ends an award by the word of one side: what was neither delivered nor is on its way is
// released and wanted again. Alone either side may do that before the agreed day; the reason "default"
// is the buyer's, once that day has passed. Without a reason the asking side's is noted. Refused besides:
// what endsAlone refuses, ErrAwardState, ErrNothingLeft.
func (s *Service) CancelAward(ctx context.Context, who identity.Principal, awardID uuid.UUID, reason, note string) (Award, error) {
	if err := who.MayWrite(area); err != nil {
		return Award{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Award, error) {
		a, err := lockAward(ctx, tx, who, awardID)
		if err != nil {
			return Award{}, err
		}
		if err := a.endable(); err != nil {
			return Award{}, err
		}
		if reason == "" {
			reason = string(who.Kind) + "_request"
		}
		due, err := a.dueFor(ctx, tx, reason)
		if err != nil {
			return Award{}, err
		}
		how, err := endsAlone(who.Kind, reason, due, reference.Day(tx.Now))
		if err != nil {
			return Award{}, err
		}
		if err := endAward(ctx, tx, who, a, how, reason, note); err != nil {
			return Award{}, err
		}
		after, err := loadAward(ctx, tx, who, awardID)
		if err != nil {
			return Award{}, err
		}
		return after.answer(), nil
	})
}

// dueFor is the day that decides about one side's word: the agreed one. A framework is bound from the
// first day of its period; in default is who did not send what was called off and confirmed.
func (a *awardRecord) dueFor(ctx context.Context, tx *postgres.Tx, reason string) (civil.Date, error) {
	switch {
	case reason == reasonDefault:
		return a.overdueSince(ctx, tx)
	case a.isFramework():
		return *a.PeriodFrom, nil
	default:
		return a.DeliverOn, nil
	}
}

// endable refuses an award that has ended or owes nothing that could be let go.
func (a *awardRecord) endable() error {
	if state := a.state(); state == AwardCancelled || state == AwardCompleted || a.Cancelled {
		return ErrAwardState.With("state", state)
	}
	if a.balance.Committed == 0 {
		return ErrNothingLeft.With()
	}
	return nil
}

// cancellationEvents are what the audit trail calls the ways in which an award ends.
//
//nolint:gochecknoglobals // a constant table
var cancellationEvents = map[CancelledAs]string{
	CancelledAlone: EventAwardCancelled, CancelledAgreement: EventCancellationAgreed, CancelledDefault: EventAwardDefaulted,
}

// The events of an award and its end, of which the other side is told.
const (
	EventAwarded              = "award.committed"
	EventAwardShort           = "award.shortfall"
	EventAwardCancelled       = "award.cancelled"
	EventAwardDefaulted       = "award.defaulted"
	EventCancellationAsked    = "award.cancellation_asked"
	EventCancellationAgreed   = "award.cancellation_agreed"
	EventCancellationRefused  = "award.cancellation_refused"
	EventCancellationRecalled = "award.cancellation_withdrawn"
)

// eventDetail is what an event of an award's life says besides.
type eventDetail struct {
	Quantity quantity.Quantity `json:"quantity"`
	Reason   string            `json:"reason,omitempty"`
}

// endAward cancels a locked award and releases exactly what is neither delivered nor on its way: what its
// balance has as committed. The posting comes last.
func endAward(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, how CancelledAs, reason, note string) error {
	released := a.balance.Committed
	if err := identity.RecordTx(ctx, tx, who, cancellationEvents[how], subjectAward(a.ID), eventDetail{released, reason}); err != nil {
		return err
	}
	if err := cancelAward(ctx, tx, who, a, how, reason, note); err != nil {
		return err
	}
	if a.isFramework() {
		if err := endCallOffs(ctx, tx, who, a, reason, true); err != nil {
			return err
		}
		if err := moveFramework(ctx, tx, a.ID, 0, released); err != nil {
			return err
		}
	}
	postings, err := a.release(ctx, tx, how.movement(), released, reason)
	if err != nil {
		return err
	}
	return ledger.PostTx(ctx, tx, who, postings...)
}

// AskCancellation asks the other side to agree that what an award still owes is cancelled; until then
// it stands. Refused: fault.ErrRequired without a reason, ErrDefaultAlone for a default, which needs
// no agreement, ErrCancellationAsked while another request waits, ErrAwardState, ErrNothingLeft.
func (s *Service) AskCancellation(ctx context.Context, who identity.Principal, awardID uuid.UUID, reason, note string) (Cancellation, error) {
	if err := who.MayWrite(area); err != nil {
		return Cancellation{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Cancellation, error) {
		a, err := lockAward(ctx, tx, who, awardID)
		if err != nil {
			return Cancellation{}, err
		}
		switch reason = strings.TrimSpace(reason); reason {
		case "":
			return Cancellation{}, fault.ErrRequired.At("reason")
		case reasonDefault:
			return Cancellation{}, ErrDefaultAlone.At("reason")
		}
		if err := a.endable(); err != nil {
			return Cancellation{}, err
		}
		c, err := insertCancellation(ctx, tx, who, a, reason, note)
		if err != nil {
			return Cancellation{}, err
		}
		return c, identity.RecordTx(ctx, tx, who, EventCancellationAsked, subjectAward(a.ID), eventDetail{a.balance.Committed, c.Reason})
	})
}

// DecideCancellation takes a step in a request's life. Agreeing releases exactly what is by then neither
// delivered nor on its way. Refused: fault.ErrNotFound for who is not of the deal, what
// Cancellation.next refuses, ErrNothingLeft when all of it is on its way.
func (s *Service) DecideCancellation(ctx context.Context, who identity.Principal, id uuid.UUID, move CancellationMove, answer string) (Cancellation, error) {
	if err := who.MayWrite(area); err != nil {
		return Cancellation{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Cancellation, error) {
		c, err := cancellationByID(ctx, tx, id)
		if err != nil {
			return Cancellation{}, err
		}
		a, err := lockAward(ctx, tx, who, c.AwardID)
		if err != nil {
			return Cancellation{}, err
		}
		if c, err = cancellationByID(ctx, tx, id); err != nil { // as it stands behind the lock
			return Cancellation{}, err
		}
		return decideCancellation(ctx, tx, who, a, c.on(a), move, answer)
	})
}

func decideCancellation(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, c Cancellation, move CancellationMove, answer string) (Cancellation, error) {
	actor := otherSide
	if who.OrganisationID == c.AskedBy {
		actor = asker
	}
	state, err := c.next(move, actor)
	if err != nil {
		return Cancellation{}, err
	}
	if state == CancellationAgreed {
		if err := a.endable(); err != nil {
			return Cancellation{}, err
		}
		c.Released = a.balance.Committed
	}
	c.State, c.AnsweredAt, c.Answer = state, &tx.Now, answer
	const update = `
		UPDATE inquiry.cancellations SET state = $2, answered_at = $3, answered_by = $4, answer = $5, released = $6 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, c.ID, c.State, c.AnsweredAt, who.UserID, c.Answer, c.Released); err != nil {
		return Cancellation{}, err
	}
	switch state {
	case CancellationAgreed:
		return c, endAward(ctx, tx, who, a, CancelledAgreement, c.Reason, c.Note)
	case CancellationRefused:
		return c, identity.RecordTx(ctx, tx, who, EventCancellationRefused, subjectAward(a.ID), eventDetail{a.balance.Committed, c.Reason})
	default:
		return c, identity.RecordTx(ctx, tx, who, EventCancellationRecalled, subjectAward(a.ID), eventDetail{a.balance.Committed, c.Reason})
	}
}

// insertCancellation writes a request. A reason that is not on the list is kept as a note.
func insertCancellation(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, reason, note string) (Cancellation, error) {
	const insert = `
		INSERT INTO inquiry.cancellations (id, award_id, asked_by, person, reason, note, state, created_at)
		SELECT $1, $2, $3, $4, coalesce(r.code, 'other'), CASE WHEN r.code IS NOT NULL THEN $6 ELSE concat_ws(': ', $5, nullif($6, '')) END, 'asked', $7
		  FROM (SELECT) one LEFT JOIN inquiry.reasons r ON r.code = $5 AND r.applies = 'award'`
	id, err := newID()
	if err != nil {
		return Cancellation{}, err
	}
	_, err = tx.Exec(ctx, insert, id, a.ID, who.OrganisationID, who.UserID, reason, note, tx.Now)
	if err != nil {
		return Cancellation{}, postgres.MapConstraint(err, map[string]*fault.Definition{"cancellation_asked_once": ErrCancellationAsked})
	}
	return cancellationByID(ctx, tx, id)
}

const selectCancellations = `
	SELECT id, award_id, asked_by, reason, note, state, created_at, answered_at, answer, released FROM inquiry.cancellations`

func cancellationByID(ctx context.Context, reader postgres.Reader, id uuid.UUID) (Cancellation, error) {
	const query = selectCancellations + ` WHERE id = $1`
	var c Cancellation
	err := reader.Get(ctx, &c, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Cancellation{}, fault.ErrNotFound.With()
	}
	return c, err
}

// Cancellations lists the requests to cancel an award, newest first, to its buyer and producer.
func (s *Service) Cancellations(ctx context.Context, who identity.Principal, awardID uuid.UUID, page Page) ([]Cancellation, error) {
	const query = selectCancellations + `
		 WHERE award_id = $1 AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $2)
		 ORDER BY id DESC LIMIT $3`
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	a, err := loadAward(ctx, s.db, who, awardID)
	if err != nil {
		return nil, err
	}
	list := []Cancellation{}
	if err := s.db.Select(ctx, &list, query, awardID, page.Before, page.Limit); err != nil {
		return nil, err
	}
	for at := range list {
		list[at] = list[at].on(a)
	}
	return list, nil
}

// CountCancellations counts what Cancellations would list, up to a cap.
func (s *Service) CountCancellations(ctx context.Context, who identity.Principal, awardID uuid.UUID) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	if _, err := loadAward(ctx, s.db, who, awardID); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.cancellations WHERE award_id = $1 LIMIT $2) listed`
	var total int
	err := s.db.Get(ctx, &total, query, awardID, maxTotal)
	return total, err
}
