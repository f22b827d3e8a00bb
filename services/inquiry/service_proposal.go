package inquiry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// proposalRecord is a proposal as its table holds it.
type proposalRecord struct {
	ID         uuid.UUID                  `db:"id"`
	InquiryID  uuid.UUID                  `db:"inquiry_id"`
	Act        postgres.JSON[Act]         `db:"act"`
	Reserved   postgres.JSON[[]uuid.UUID] `db:"reserved"`
	ValueVND   money.VND                  `db:"value_vnd"`
	LimitVND   money.VND                  `db:"limit_vnd"`
	AloneVND   money.VND                  `db:"awarded_alone_vnd"`
	State      ProposalState              `db:"state"`
	ExpiresAt  time.Time                  `db:"expires_at"`
	ProposedBy uuid.UUID                  `db:"proposed_by"`
	CreatedAt  time.Time                  `db:"created_at"`
	DecidedBy  *uuid.UUID                 `db:"decided_by"`
	DecidedAt  *time.Time                 `db:"decided_at"`
	Reason     string                     `db:"reason"`
	Awards     postgres.JSON[[]uuid.UUID] `db:"awards"`
}

func (r *proposalRecord) answer(now time.Time) Proposal {
	p := Proposal{
		ID: r.ID, InquiryID: r.InquiryID, Framework: r.Act.V.Framework, DeclineRest: r.Act.V.DeclineRest, ValueVND: r.ValueVND, LimitVND: r.LimitVND, AloneVND: r.AloneVND, State: r.State, ExpiresAt: r.ExpiresAt,
		ProposedBy: r.ProposedBy, CreatedAt: r.CreatedAt, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt, Reason: r.Reason, Awards: r.Awards.V,
	}
	for _, allocation := range r.Act.V.Allocations {
		p.Allocations = append(p.Allocations, ProposedAllocation{allocation, slices.Contains(r.Reserved.V, allocation.QuoteID)})
	}
	p.State = p.stateAt(now)
	return p
}

func subjectProposal(id uuid.UUID) identity.Subject {
	return identity.Subject{Kind: "award_proposal", ID: id}
}

// propose keeps an act for a second person. It moves no volume: what a quote reserves it holds
// already, for as long as it is valid, and the proposal waits no longer than that.
func propose(ctx context.Context, tx *postgres.Tx, who identity.Principal, g *ground, act Act, worth money.VND) (*Proposal, error) {
	id, err := newID()
	if err != nil {
		return nil, err
	}
	r := &proposalRecord{
		ID: id, InquiryID: g.ID, Act: postgres.JSON[Act]{V: act}, ValueVND: worth, LimitVND: g.awardLimit, AloneVND: g.awardedAlone, State: Proposed,
		ExpiresAt: g.waitsUntil(act.Allocations, tx.Now), ProposedBy: who.UserID, CreatedAt: tx.Now,
	}
	for _, allocation := range act.Allocations {
		if g.quotes[allocation.QuoteID].Held >= allocation.Quantity {
			r.Reserved.V = append(r.Reserved.V, allocation.QuoteID)
		}
	}
	const insert = `
		INSERT INTO inquiry.award_proposals (id, inquiry_id, buyer_id, act, reserved, value_vnd, limit_vnd, awarded_alone_vnd, state, expires_at, proposed_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	_, err = tx.Exec(ctx, insert, r.ID, r.InquiryID, who.OrganisationID, r.Act, postgres.Array(r.Reserved.V), r.ValueVND, r.LimitVND, r.AloneVND, r.State,
		r.ExpiresAt, r.ProposedBy, r.CreatedAt)
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"inquiry_id": g.ID, "value_vnd": worth, "limit_vnd": g.awardLimit}
	if err := identity.RecordTx(ctx, tx, who, "award_proposal.proposed", subjectProposal(id), detail); err != nil {
		return nil, err
	}
	proposal := r.answer(tx.Now)
	return &proposal, nil
}

// DecideProposal takes a step in a proposal's life. Approving makes the awards exactly as they were
// asked for, by the approver, and is refused as Award is when that is no longer possible; the proposal
// then goes on to wait. Refused: fault.ErrNotFound for another organisation's, and what
// Proposal.next refuses.
func (s *Service) DecideProposal(ctx context.Context, who identity.Principal, id uuid.UUID, move ProposalMove, reason string) (Proposal, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Proposal{}, err
	}
	var asked []Allocation
	decided, err := idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Proposal, error) {
		const lock = selectProposals + ` WHERE id = $1 AND buyer_id = $2 FOR NO KEY UPDATE`
		r, err := proposalBy(ctx, tx, lock, id, who.OrganisationID)
		if err != nil {
			return Proposal{}, err
		}
		asked = r.Act.V.Allocations
		return decideProposal(ctx, tx, who, r, move, strings.TrimSpace(reason))
	})
	if errors.Is(err, ledger.ErrOfferExhausted) {
		return Proposal{}, pointAtExhausted(ctx, s.db, asked, err)
	}
	return decided, err
}

func decideProposal(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *proposalRecord, move ProposalMove, reason string) (Proposal, error) {
	actor, err := actorOn(ctx, tx, who, r.ProposedBy)
	if err != nil {
		return Proposal{}, err
	}
	before := r.answer(tx.Now)
	state, err := before.next(move, actor, reason, tx.Now)
	if err != nil {
		return Proposal{}, err
	}
	r.State, r.DecidedBy, r.DecidedAt, r.Reason = state, &who.UserID, &tx.Now, reason
	if state == ProposalApproved {
		made, err := award(ctx, tx, who, r.InquiryID, r.Act.V, approved)
		if err != nil {
			return Proposal{}, err
		}
		for _, one := range made.Awards {
			r.Awards.V = append(r.Awards.V, one.ID)
		}
	}
	const update = `
		UPDATE inquiry.award_proposals SET state = $2, decided_by = $3, decided_at = $4, reason = $5, awards = $6 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, r.ID, r.State, r.DecidedBy, r.DecidedAt, r.Reason, postgres.Array(r.Awards.V)); err != nil {
		return Proposal{}, err
	}
	detail := map[string]any{"inquiry_id": r.InquiryID, "proposed_by": r.ProposedBy, "awards": r.Awards.V}
	event := "award_proposal." + proposalSteps[move].past
	return r.answer(tx.Now), identity.RecordTx(ctx, tx, who, event, subjectProposal(r.ID), detail)
}

// actorOn says what a principal is to what somebody of its organisation proposed.
func actorOn(ctx context.Context, tx *postgres.Tx, who identity.Principal, proposedBy uuid.UUID) (proposalActor, error) {
	if who.UserID == proposedBy {
		return proposer, nil
	}
	rules, err := purchasing(ctx, tx, who.OrganisationID)
	if err != nil || !rules.mayApprove(who) {
		return colleague, err
	}
	return approver, nil
}

const selectProposals = `
	SELECT id, inquiry_id, act, to_jsonb(reserved) AS reserved, value_vnd, limit_vnd, awarded_alone_vnd, state, expires_at, proposed_by, created_at,
	       decided_by, decided_at, reason, to_jsonb(awards) AS awards
	  FROM inquiry.award_proposals`

// proposalBy reads the one proposal that a query finds by an id and an organisation.
func proposalBy(ctx context.Context, reader postgres.Reader, query string, id, organisation uuid.UUID) (*proposalRecord, error) {
	var r proposalRecord
	err := reader.Get(ctx, &r, query, id, organisation)
	if errors.Is(err, postgres.ErrNoRows) {
		return nil, fault.ErrNotFound.With()
	}
	return &r, err
}

// GetProposal returns a proposal of the principal's organisation; to all others it does not exist.
func (s *Service) GetProposal(ctx context.Context, who identity.Principal, id uuid.UUID) (Proposal, error) {
	const query = selectProposals + ` WHERE id = $1 AND buyer_id = $2`
	if err := mayReadProposals(who); err != nil {
		return Proposal{}, err
	}
	r, err := proposalBy(ctx, s.db, query, id, who.OrganisationID)
	if err != nil {
		return Proposal{}, err
	}
	now, err := clock(ctx, s.db)
	if err != nil {
		return Proposal{}, err
	}
	return r.answer(now), nil
}

func mayReadProposals(who identity.Principal) error {
	if err := who.MayRead(area); err != nil {
		return err
	}
	if !who.Is(identity.Buyer) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// standing narrows proposals to an organisation's that stand in a state at an instant.
const standing = `
	 WHERE buyer_id = $1 AND ($2 = '' OR $2 = CASE WHEN state = 'proposed' AND expires_at <= $3 THEN 'expired' ELSE state END)`

// CountProposals counts what Proposals would list, up to a cap.
func (s *Service) CountProposals(ctx context.Context, who identity.Principal, state ProposalState) (int, error) {
	if err := mayReadProposals(who); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.award_proposals` + standing + ` LIMIT $4) listed`
	now, err := clock(ctx, s.db)
	if err != nil {
		return 0, err
	}
	var total int
	err = s.db.Get(ctx, &total, query, who.OrganisationID, string(state), now, maxTotal)
	return total, err
}

// Proposals lists the proposals of the principal's organisation, newest first; state narrows it to
// those that stand there now, empty means all.
func (s *Service) Proposals(ctx context.Context, who identity.Principal, state ProposalState, page Page) ([]Proposal, error) {
	if err := mayReadProposals(who); err != nil {
		return nil, err
	}
	const query = selectProposals + standing + `
		   AND ($4 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $4)
		 ORDER BY id DESC LIMIT $5`
	now, err := clock(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var rows []proposalRecord
	if err := s.db.Select(ctx, &rows, query, who.OrganisationID, string(state), now, page.Before, page.Limit); err != nil {
		return nil, err
	}
	proposals := make([]Proposal, 0, len(rows))
	for at := range rows {
		proposals = append(proposals, rows[at].answer(now))
	}
	return proposals, nil
}
