package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// Dispute is one side's objection to a receipt.
type Dispute struct {
	ID          uuid.UUID           `json:"id"`
	RaisedBy    uuid.UUID           `json:"raised_by"              doc:"The organisation."`
	Reason      string              `json:"reason"                 doc:"A code of /v1/reference/reasons that applies to receipts."`
	Note        string              `json:"note,omitempty"`
	RaisedAt    time.Time           `json:"raised_at"`
	WithdrawnAt *time.Time          `json:"withdrawn_at,omitempty"`
	SettledAt   *time.Time          `json:"settled_at,omitempty"   doc:"From then on the proposal holds instead of the receipt."`
	Proposal    *SettlementProposal `json:"proposal,omitempty"     doc:"The last one, which the other side may agree to."`
}

// SettlementProposal is what one side proposes instead of the receipt.
type SettlementProposal struct {
	ID         uuid.UUID `json:"id"`
	ProposedBy uuid.UUID `json:"proposed_by"    doc:"The organisation."`
	Instead    Received  `json:"instead"        doc:"With the instant of the proposal."`
	Note       string    `json:"note,omitempty"`
}

// Objection is what a side says when it disputes a receipt.
type Objection struct {
	Reason string `json:"reason"         minLength:"1"    maxLength:"60" doc:"A code of /v1/reference/reasons that applies to receipts."`
	Note   string `json:"note,omitempty" maxLength:"1000"`
}

// disputeRecord is a dispute as its table holds it, with the last proposal.
type disputeRecord struct {
	ID          uuid.UUID  `db:"id"`
	DeliveryID  uuid.UUID  `db:"delivery_id"`
	RaisedBy    uuid.UUID  `db:"raised_by"`
	Reason      string     `db:"reason"`
	Note        string     `db:"note"`
	RaisedAt    time.Time  `db:"raised_at"`
	WithdrawnAt *time.Time `db:"withdrawn_at"`
	SettledAt   *time.Time `db:"settled_at"`

	proposal *settlementRecord
}

// settlementRecord is a proposal as its table holds it.
type settlementRecord struct {
	Outcome

	ID         uuid.UUID `db:"id"`
	DisputeID  uuid.UUID `db:"dispute_id"`
	ProposedBy uuid.UUID `db:"proposed_by"`
	ProposedAt time.Time `db:"proposed_at"`
	Note       string    `db:"note"`
}

func (r *disputeRecord) answer() *Dispute {
	if r == nil {
		return nil
	}
	dispute := &Dispute{
		ID: r.ID, RaisedBy: r.RaisedBy, Reason: r.Reason, Note: r.Note, RaisedAt: r.RaisedAt, WithdrawnAt: r.WithdrawnAt, SettledAt: r.SettledAt,
	}
	if p := r.proposal; p != nil {
		dispute.Proposal = &SettlementProposal{ID: p.ID, ProposedBy: p.ProposedBy, Instead: *p.received(p.ProposedAt), Note: p.Note}
	}
	return dispute
}

// disputable refuses a dispute for which it is too late, counted from when the receipt was noted;
// without a rule it never is.
func (d *deliveryRecord) disputable(days *int, now time.Time) error {
	if days == nil {
		return nil
	}
	last := d.NotedAt.AddDate(0, 0, *days)
	if now.After(last) {
		return ErrDisputeLate.With("until", last.In(reference.Zone()).Format(time.RFC3339))
	}
	return nil
}

// withDisputes reads the last dispute of each delivery, with its last proposal.
func withDisputes(ctx context.Context, reader postgres.Reader, deliveries ...*deliveryRecord) error {
	const disputes = `
		SELECT DISTINCT ON (delivery_id) id, delivery_id, raised_by, reason, note, raised_at, withdrawn_at, settled_at
		  FROM inquiry.disputes WHERE delivery_id = ANY ($1) ORDER BY delivery_id, id DESC`
	const proposals = `
		SELECT DISTINCT ON (dispute_id) id, dispute_id, proposed_by, proposed_at, accepted, rejected, loss, over, reasons, sizes, tie,
		       price_gross, value_vnd, note
		  FROM inquiry.settlements WHERE dispute_id = ANY ($1) ORDER BY dispute_id, id DESC`
	received := make(map[uuid.UUID]*deliveryRecord, len(deliveries))
	var ids []uuid.UUID
	for _, d := range deliveries {
		if d.ReceivedAt != nil {
			received[d.ID] = d
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var found []*disputeRecord
	if err := reader.Select(ctx, &found, disputes, postgres.Array(ids)); err != nil || len(found) == 0 {
		return err
	}
	byID := make(map[uuid.UUID]*disputeRecord, len(found))
	ids = ids[:0]
	for _, dispute := range found {
		received[dispute.DeliveryID].dispute = dispute
		byID[dispute.ID] = dispute
		ids = append(ids, dispute.ID)
	}
	var proposed []*settlementRecord
	if err := reader.Select(ctx, &proposed, proposals, postgres.Array(ids)); err != nil {
		return err
	}
	for _, proposal := range proposed {
		byID[proposal.DisputeID].proposal = proposal
	}
	return nil
}
