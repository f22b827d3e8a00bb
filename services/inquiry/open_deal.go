package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// OpenDeal is a live quote or an award that is not delivered in full, made with marks in mind: what
// both sides must hear about when a certificate ends. It names its two parties and nobody else.
type OpenDeal struct {
	InquiryID uuid.UUID `db:"inquiry_id"`
	LineID    uuid.UUID `db:"line_id"`
	// Position is the line's place in the inquiry, from 1; ProductLine what it asks for.
	Position    int       `db:"position"`
	ProductLine string    `db:"line"`
	QuoteID     uuid.UUID `db:"quote_id"`
	// RootID is shared by all versions of the quote.
	RootID uuid.UUID `db:"root_id"`
	// AwardID is zero for a quote.
	AwardID    uuid.UUID `db:"award_id"`
	BuyerID    uuid.UUID `db:"buyer_id"`
	ProducerID uuid.UUID `db:"producer_id"`
	ProductID  uuid.UUID `db:"product_id"`
	// Quantity is what the award has not delivered, or the quote not awarded.
	Quantity quantity.Quantity `db:"quantity"`
	Unit     string            `db:"unit"`
	// DeliverOn is the last day of delivery, where there are several: the marks must hold until then.
	DeliverOn civil.Date `db:"deliver_on"`
	// Marks are those the deal was made with: those that were to hold on the delivery date, and
	// those that were known to lapse before.
	Marks postgres.Strings `db:"marks"`
	// BuyerHearsAt is when the buyer may learn of the quote: the deadline of sealed quotes or of
	// the round in which they were revised, else an
	// instant long ago.
	BuyerHearsAt time.Time `db:"buyer_hears_at"`
}

// openAwards and openQuotes read open deals; a condition on the producer or the id follows.
const (
	openAwards = `
		SELECT a.inquiry_id, a.line_id, l.position, l.line, a.quote_id, q.root_id, a.id AS award_id, a.buyer_id, a.producer_id,
		       a.product_id, b.committed + b.dispatched AS quantity, a.unit, greatest(a.deliver_on, CAST(a.schedule -> -1 ->> 'deliver_on' AS date)) AS deliver_on, a.claims || a.lapsing AS marks,
		       CAST('epoch' AS timestamptz) AS buyer_hears_at
		  FROM inquiry.awards a
		  JOIN inquiry.lines l ON l.id = a.line_id
		  JOIN inquiry.quotes q ON q.id = a.quote_id
		  JOIN ledger.awards b ON b.award_id = a.id
		 WHERE b.committed + b.dispatched > 0 AND cardinality(a.claims || a.lapsing) > 0`
	openQuotes = `
		SELECT q.inquiry_id, q.line_id, l.position, l.line, q.id AS quote_id, q.root_id,
		       CAST('00000000-0000-0000-0000-000000000000' AS uuid) AS award_id, i.buyer_id, q.producer_id, q.product_id,
		       q.quantity - q.awarded AS quantity, q.unit, coalesce(q.deliver_until, q.deliver_on) AS deliver_on, q.claims || q.lapsing AS marks,
		       CASE WHEN i.quotes_sealed THEN greatest(i.quotes_due_at, (SELECT o.until FROM inquiry.rounds o
		            WHERE o.inquiry_id = i.id AND o.ended_at IS NULL AND o.opened_at <= q.created_at)) ELSE CAST('epoch' AS timestamptz) END AS buyer_hears_at
		  FROM inquiry.quotes q
		  JOIN inquiry.lines l ON l.id = q.line_id
		  JOIN inquiry.inquiries i ON i.id = q.inquiry_id AND i.stage = 'open'
		 WHERE q.stage = 'submitted' AND q.awarded < q.quantity AND q.valid_until > $2 AND cardinality(q.claims || q.lapsing) > 0`
)

// OpenDealsTx lists the open deals of producers that were made with marks in mind, oldest first.
func OpenDealsTx(ctx context.Context, tx *postgres.Tx, producers []uuid.UUID) ([]OpenDeal, error) {
	const query = openAwards + ` AND a.producer_id = ANY ($1) UNION ALL` + openQuotes + ` AND q.producer_id = ANY ($1) ORDER BY quote_id, award_id`
	var deals []OpenDeal
	err := tx.Select(ctx, &deals, query, postgres.Array(producers), tx.Now)
	return deals, err
}

// OpenDealsByIDTx lists those of the quotes and awards with these ids that are open and were made
// with marks in mind, oldest first.
func OpenDealsByIDTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]OpenDeal, error) {
	const query = openAwards + ` AND a.id = ANY ($1) UNION ALL` + openQuotes + ` AND q.id = ANY ($1) ORDER BY quote_id, award_id`
	var deals []OpenDeal
	err := tx.Select(ctx, &deals, query, postgres.Array(ids), tx.Now)
	return deals, err
}
