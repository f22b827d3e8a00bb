package inquiry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// frameworkEnd is the job at the end of a framework's period.
type frameworkEnd struct {
	AwardID uuid.UUID `json:"award_id"`
}

// Kind implements jobs.Args.
func (frameworkEnd) Kind() string { return "inquiry.framework_end" }

// Jobs adds what this service does after its transactions.
func (s *Service) Jobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, job frameworkEnd) error { return s.EndFramework(ctx, job.AwardID) })
	s.contractJobs(workers)
	s.recordJobs(workers)
	s.seriesJobs(workers)
	s.paymentJobs(workers)
}

// EndFramework releases what was not called off of a framework whose period is over, and cancels what the
// producer did not confirm; both sides are told. Confirmed call-offs go on. Before the end of the period,
// and done again, it does nothing.
func (s *Service) EndFramework(ctx context.Context, awardID uuid.UUID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error { return endFramework(ctx, tx, awardID) })
}

func endFramework(ctx context.Context, tx *postgres.Tx, awardID uuid.UUID) error {
	a, err := lockAnyAward(ctx, tx, awardID)
	if err != nil || a == nil {
		return err
	}
	if !a.isFramework() || a.Cancelled || a.EndedAt != nil || !reference.Day(tx.Now).After(*a.PeriodTo) {
		return nil
	}
	who := identity.SystemPrincipal()
	if err := endCallOffs(ctx, tx, who, a, "period_ended", false); err != nil {
		return err
	}
	rest := a.Quantity - a.Called - a.Freed
	const update = `UPDATE inquiry.awards SET ended_at = $2, freed = freed + $3, version = version + 1 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, a.ID, tx.Now, rest); err != nil {
		return err
	}
	if err := identity.RecordTx(ctx, tx, who, EventFrameworkEnded, subjectAward(a.ID), eventDetail{rest, "period_ended"}); err != nil {
		return err
	}
	return postRelease(ctx, tx, who, a, rest)
}

// postRelease releases a part of a framework because its period is over.
func postRelease(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, amount quantity.Quantity) error {
	released, err := a.release(ctx, tx, ledger.AwardReleased, amount, "period_ended")
	if err != nil {
		return err
	}
	return ledger.PostTx(ctx, tx, who, released...)
}

// lockAnyAward is lockAward for the platform itself; nil when there is none.
func lockAnyAward(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (*awardRecord, error) {
	const lock = `
		SELECT a.buyer_id FROM inquiry.lines l JOIN inquiry.awards a ON a.line_id = l.id WHERE a.id = $1 FOR NO KEY UPDATE OF l`
	var buyer uuid.UUID
	err := tx.Get(ctx, &buyer, lock, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is nothing to end
	}
	if err != nil {
		return nil, err
	}
	return lockAward(ctx, tx, identity.Principal{OrganisationID: buyer}, id)
}

// insertFrameworkQuote notes for which period a quote may be awarded as a framework.
func insertFrameworkQuote(ctx context.Context, tx *postgres.Tx, quoteID uuid.UUID, offered *FrameworkQuote) error {
	const insert = `INSERT INTO inquiry.quote_frameworks (quote_id, period_from, period_to, indicative) VALUES ($1, $2, $3, $4)`
	if offered == nil {
		return nil
	}
	_, err := tx.Exec(ctx, insert, quoteID, offered.From, offered.To, offered.Indicative)
	return err
}
