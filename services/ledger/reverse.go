package ledger

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// reversal is a posting that can be taken back, with the movement that does so.
type reversal struct {
	amounts

	Movement      Movement          `db:"movement"`
	Quantity      quantity.Quantity `db:"quantity"`
	BusinessDate  civil.Date        `db:"business_date"`
	Unit          string            `db:"unit"`
	Line          string            `db:"product_line"`
	Form          string            `db:"form"`
	Schemes       postgres.Strings  `db:"schemes"`
	Commune       string            `db:"commune"`
	BuyerSystem   string            `db:"buyer_system"`
	ProducerID    uuid.NullUUID     `db:"producer_id"`
	BuyerID       uuid.NullUUID     `db:"buyer_id"`
	ProductID     uuid.NullUUID     `db:"product_id"`
	OfferID       uuid.NullUUID     `db:"offer_id"`
	InquiryID     uuid.NullUUID     `db:"inquiry_id"`
	InquiryLineID uuid.NullUUID     `db:"inquiry_line_id"`
	QuoteID       uuid.NullUUID     `db:"quote_id"`
	AwardID       uuid.NullUUID     `db:"award_id"`
	DeliveryID    uuid.NullUUID     `db:"delivery_id"`
	Grade         string            `db:"grade"`
	Stars         int               `db:"stars"`
	Ward          string            `db:"ward"`
}

func (r *reversal) posting() Posting {
	return Posting{
		Goods: Goods{
			Line: r.Line, Form: r.Form, Unit: r.Unit, Schemes: r.Schemes, Commune: r.Commune, BuyerSystem: r.BuyerSystem,
			ProducerID: r.ProducerID.UUID, BuyerID: r.BuyerID.UUID, ProductID: r.ProductID.UUID,
			Grade: r.Grade, Stars: r.Stars, Ward: r.Ward,
		},
		Movement: r.Movement, Quantity: r.Quantity, BusinessDate: r.BusinessDate, OfferID: r.OfferID.UUID, InquiryID: r.InquiryID.UUID,
		InquiryLineID: r.InquiryLineID.UUID, QuoteID: r.QuoteID.UUID, AwardID: r.AwardID.UUID, DeliveryID: r.DeliveryID.UUID,
		reversed: &r.amounts,
	}
}

// ReversalsTx returns what takes a delivery's receipt back: for each of its postings one that is its
// mirror in quantity, weight, value and day. Post them together with what takes their place, so that
// only the difference is held against the balances. The inquiry is the delivery's.
func ReversalsTx(ctx context.Context, tx *postgres.Tx, inquiryID, deliveryID uuid.UUID) ([]Posting, error) {
	const query = `
		SELECT m.movement, p.quantity, p.weight, p.value_vnd, p.business_date, p.unit, p.product_line, coalesce(p.form, '') AS form, p.schemes,
		       coalesce(p.commune, '') AS commune, coalesce(p.buyer_system, '') AS buyer_system, p.producer_id, p.buyer_id, p.product_id,
		       p.offer_id, p.inquiry_id, p.inquiry_line_id, p.quote_id, p.award_id, p.delivery_id,
		       coalesce(p.grade, '') AS grade, coalesce(p.stars, 0) AS stars, coalesce(p.ward, '') AS ward
		  FROM ledger.postings p JOIN ledger.movements m ON m.reverses = p.movement
		 WHERE p.inquiry_id = $1 AND p.delivery_id = $2 ORDER BY p.id`
	var rows []reversal
	if err := tx.Select(ctx, &rows, query, inquiryID, deliveryID); err != nil {
		return nil, err
	}
	postings := make([]Posting, len(rows))
	for at := range rows {
		postings[at] = rows[at].posting()
	}
	return postings, nil
}

// ClaimedTx tells which of some awards were sold under the claim of a certificate with a ceiling.
func ClaimedTx(ctx context.Context, tx *postgres.Tx, awards ...uuid.UUID) (map[uuid.UUID]bool, error) {
	const query = `
		SELECT a.id FROM unnest(CAST($1 AS uuid[])) AS a(id) WHERE EXISTS (SELECT FROM ledger.claims c WHERE c.award_id = a.id)`
	var ids []uuid.UUID
	if err := tx.Select(ctx, &ids, query, postgres.Array(awards)); err != nil {
		return nil, err
	}
	claimed := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		claimed[id] = true
	}
	return claimed, nil
}
