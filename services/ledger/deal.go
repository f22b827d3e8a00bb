package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Pair is a producer and a buyer.
type Pair struct{ ProducerID, BuyerID uuid.UUID }

// Deal is what came of one award, by the postings that name it. Its measures are those of
// [Volumes].
type Deal struct {
	AwardID    uuid.UUID `db:"award_id"`
	InquiryID  uuid.UUID `db:"inquiry_id"`
	ProducerID uuid.UUID `db:"producer_id"`
	BuyerID    uuid.UUID `db:"buyer_id"`
	// AwardedAt is when it was awarded, not when it falls due.
	AwardedAt time.Time `db:"awarded_at"`
	Line      string    `db:"line"`
	Form      string    `db:"form"`
	Dried     bool      `db:"dried"`
	// Unit is kg for all goods that have a weight, else the goods' own.
	Unit      string            `db:"unit"`
	Awarded   quantity.Quantity `db:"awarded"`
	Delivered quantity.Quantity `db:"delivered"`
	ValueVND  money.VND         `db:"value_vnd"`
}

// DealsBetween reads all awards between pairs of a producer and a buyer, oldest first; one that was
// delivered in several forms has a row for each.
func DealsBetween(ctx context.Context, reader postgres.Reader, pairs []Pair) ([]Deal, error) {
	const query = `
		WITH made AS (
			SELECT p.award_id, p.inquiry_id, min(p.at) AS awarded_at
			  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS uuid[])) AS pair (producer_id, buyer_id)
			  JOIN ledger.postings p ON p.producer_id = pair.producer_id AND p.buyer_id = pair.buyer_id AND p.movement = 'awarded'
			 GROUP BY p.award_id, p.inquiry_id
		), sums AS (
			SELECT made.award_id, made.inquiry_id, made.awarded_at, p.producer_id, p.buyer_id, p.product_line, coalesce(p.form, '') AS form,
			       CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
			       CAST(sum(coalesce(p.weight, p.quantity) * (m.line_awarded + m.line_delivered)) AS bigint) AS awarded,
			       CAST(sum(coalesce(p.weight, p.quantity) * (m.line_delivered + m.line_over)) AS bigint) AS delivered,
			       CAST(coalesce(sum(p.value_vnd * (m.line_delivered + m.line_over)), 0) AS bigint) AS value_vnd
			  FROM made
			  JOIN ledger.postings p ON p.inquiry_id = made.inquiry_id AND p.award_id = made.award_id
			  JOIN ledger.movements m USING (movement)
			 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
		)
		SELECT s.award_id, s.inquiry_id, s.awarded_at, s.producer_id, s.buyer_id, s.product_line AS line, s.form,
		       coalesce(g.dried, false) AS dried, s.unit, s.awarded, s.delivered, s.value_vnd
		  FROM sums s
		  LEFT JOIN reference.dried_goods g ON g.line = s.product_line AND g.form = s.form
		 ORDER BY s.awarded_at, s.award_id, s.form, s.unit`
	producers, buyers := make([]uuid.UUID, len(pairs)), make([]uuid.UUID, len(pairs))
	for at, pair := range pairs {
		producers[at], buyers[at] = pair.ProducerID, pair.BuyerID
	}
	deals := []Deal{}
	err := reader.Select(ctx, &deals, query, postgres.Array(producers), postgres.Array(buyers))
	return deals, err
}
