package ledger

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Contribution is what one producer and one buyer add to the volumes of a month: nobody but the two
// knows it.
type Contribution struct {
	Line  string `db:"product_line"`
	Dried bool   `db:"dried"`
	// Unit is kg for all goods that have a weight, else the goods' own.
	Unit string `db:"unit"`
	// Month is the first day of the month of the business date.
	Month civil.Date `db:"month"`
	// Commune is where the goods come from; empty where the posting does not say.
	Commune string `db:"commune"`
	// ProducerID and BuyerID are zero where the posting names none: supply is for everybody.
	ProducerID uuid.UUID `db:"producer_id"`
	BuyerID    uuid.UUID `db:"buyer_id"`

	// OfferID is set where something is added to supply: each offer is listed by itself.
	OfferID uuid.UUID `db:"offer_id"`

	Offered   quantity.Quantity `db:"offered"`
	Delivered quantity.Quantity `db:"delivered"`
	// ValueVND is that of what was delivered, as far as it has a price.
	ValueVND money.VND `db:"value_vnd"`

	// TakenBack is what left, not less for what came beside it, and none of it below nothing: of two
	// postings that take 5 away and add 5 it is 5. What a transaction takes back of a delivery and agrees
	// anew under the same month and place never left; of that only the difference did.
	TakenBack TakenBack `db:"taken_back"`
}

// TakenBack is what a contribution takes away.
type TakenBack struct {
	Offered   quantity.Quantity `db:"offered"`
	Delivered quantity.Quantity `db:"delivered"`
	ValueVND  money.VND         `db:"value_vnd"`
}

// ContributionsTx sums what the postings sealed after one place of their chain, and up to another,
// add to supply and to what was delivered. The places are those of [SealedTx]. Contributions may be
// below nothing: corrections take back.
func ContributionsTx(ctx context.Context, tx *postgres.Tx, after, upTo int64) ([]Contribution, error) {
	const query = `
		WITH moved AS (
		    SELECT p.product_line, coalesce(g.dried, false) AS dried, CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
		           CAST(date_trunc('month', p.business_date) AS date) AS month, coalesce(p.commune, '') AS commune,
		           coalesce(p.producer_id, '00000000-0000-0000-0000-000000000000') AS producer_id,
		           coalesce(p.buyer_id, '00000000-0000-0000-0000-000000000000') AS buyer_id,
		           CASE WHEN d.offered <> 0 AND p.offer_id IS NOT NULL THEN p.offer_id ELSE '00000000-0000-0000-0000-000000000000' END AS offer_id,
		           sum(coalesce(p.weight, p.quantity) * d.offered) AS offered, sum(coalesce(p.weight, p.quantity) * d.delivered) AS delivered,
		           coalesce(sum(p.value_vnd * d.delivered), 0) AS value_vnd
		      FROM ledger.seals s
		      JOIN ledger.postings p ON p.id = s.row_id
		      JOIN ledger.movements m USING (movement)
		     CROSS JOIN LATERAL (SELECT m.offer_free + m.offer_reserved + m.offer_committed + m.offer_dispatched + m.offer_accepted AS offered,
		                                m.line_delivered + m.line_over AS delivered) d
		      LEFT JOIN reference.dried_goods g ON g.line = p.product_line AND g.form = coalesce(p.form, '')
		     WHERE s.seq > $1 AND s.seq <= $2 AND (d.offered <> 0 OR d.delivered <> 0)
		     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, p.xact, coalesce(p.delivery_id, p.id)
		)
		SELECT product_line, dried, unit, month, commune, producer_id, buyer_id, offer_id,
		       CAST(sum(offered) AS bigint) AS offered, CAST(sum(delivered) AS bigint) AS delivered, CAST(sum(value_vnd) AS bigint) AS value_vnd,
		       CAST(-sum(least(offered, 0)) AS bigint) AS "taken_back.offered", CAST(-sum(least(delivered, 0)) AS bigint) AS "taken_back.delivered",
		       CAST(-sum(least(value_vnd, 0)) AS bigint) AS "taken_back.value_vnd"
		  FROM moved
		 GROUP BY product_line, dried, unit, month, commune, producer_id, buyer_id, offer_id`
	var found []Contribution
	if err := tx.Select(ctx, &found, query, after, upTo); err != nil {
		return nil, fmt.Errorf("reading what organisations contributed: %w", err)
	}
	return found, nil
}

// SealedTx returns the place of the last posting that was sealed: an order that never changes, and so
// the cut-off of what is published. Zero before anything was.
func SealedTx(ctx context.Context, tx *postgres.Tx) (int64, error) {
	head, err := SealedChain().Head(ctx, tx)
	return head.Seq, err
}

// DayPosted is the last posting of a business day, as its place in the order of seals.
type DayPosted struct {
	Day civil.Date `db:"business_date" json:"business_date"`
	Seq int64      `db:"seq"           json:"seq"`
}

// DaysPostedTx lists the business days of the postings sealed after one place and up to another.
func DaysPostedTx(ctx context.Context, tx *postgres.Tx, after, upTo int64) ([]DayPosted, error) {
	const query = `
		SELECT p.business_date, max(s.seq) AS seq
		  FROM ledger.seals s JOIN ledger.postings p ON p.id = s.row_id
		 WHERE s.seq > $1 AND s.seq <= $2 GROUP BY p.business_date ORDER BY p.business_date`
	var days []DayPosted
	if err := tx.Select(ctx, &days, query, after, upTo); err != nil {
		return nil, fmt.Errorf("reading which days were posted: %w", err)
	}
	return days, nil
}
