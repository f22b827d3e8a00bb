package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// The events of the audit trail that people are told of, besides those of deals.
const (
	EventCancelled   = "inquiry.cancelled"
	EventAmended     = "inquiry.amended"
	EventExtended    = "inquiry.extended"
	EventRoundOpened = "inquiry.round_opened"
	EventAsked       = "inquiry.question_asked"
	EventAnswered    = "inquiry.question_answered"
)

// News is what one organisation is told of an event: about which inquiry, and who of the other side
// did it. It names nobody else.
type News struct {
	OrganisationID uuid.UUID `db:"organisation_id"`
	InquiryID      uuid.UUID `db:"inquiry_id"`
	PartyID        uuid.UUID `db:"party_id"`
}

// NewsTx lists who is told of an event: the producers that were invited or quoted when an inquiry is
// cancelled or a question answered, those with a quote that stands when it is amended or extended,
// those in the round that was opened; the buyer when it is asked something.
func NewsTx(ctx context.Context, tx *postgres.Tx, event string, subject uuid.UUID) ([]News, error) {
	const reached = `
		  FROM inquiry.inquiries i
		  JOIN (SELECT q.inquiry_id, q.producer_id FROM inquiry.quotes q
		         UNION SELECT v.inquiry_id, v.producer_id FROM inquiry.invitations v WHERE v.invited
		         UNION SELECT a.inquiry_id, a.asker_id FROM inquiry.questions a) p ON p.inquiry_id = i.id
		 WHERE i.opened_at IS NOT NULL`
	const (
		cancelled = `SELECT p.producer_id AS organisation_id, i.id AS inquiry_id, i.buyer_id AS party_id` + reached + ` AND i.id = $1`
		answered  = `SELECT p.producer_id AS organisation_id, i.id AS inquiry_id, i.buyer_id AS party_id` + reached + `
			 AND i.id = (SELECT x.inquiry_id FROM inquiry.questions x WHERE x.id = $1)`
		quoted = `
			SELECT DISTINCT q.producer_id AS organisation_id, i.id AS inquiry_id, i.buyer_id AS party_id
			  FROM inquiry.quotes q JOIN inquiry.inquiries i ON i.id = q.inquiry_id WHERE i.id = $1 AND q.stage = 'submitted'`
		inRound = `
			SELECT p.producer_id AS organisation_id, i.id AS inquiry_id, i.buyer_id AS party_id
			  FROM inquiry.inquiries i
			  JOIN LATERAL (SELECT r.id FROM inquiry.rounds r WHERE r.inquiry_id = i.id ORDER BY r.number DESC LIMIT 1) r ON true
			  JOIN inquiry.round_producers p ON p.round_id = r.id
			 WHERE i.id = $1`
		asked = `
			SELECT i.buyer_id AS organisation_id, i.id AS inquiry_id, q.asker_id AS party_id
			  FROM inquiry.questions q JOIN inquiry.inquiries i ON i.id = q.inquiry_id WHERE q.id = $1`
	)
	query := map[string]string{
		EventCancelled: cancelled, EventAnswered: answered, EventAmended: quoted, EventExtended: quoted, EventRoundOpened: inRound, EventAsked: asked,
	}[event]
	var news []News
	err := tx.Select(ctx, &news, query, subject)
	return news, err
}
