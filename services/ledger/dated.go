package ledger

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// plannedOn is what a quote or an award has under one date.
type plannedOn struct {
	Of           uuid.UUID         `db:"of"`
	BusinessDate civil.Date        `db:"business_date"`
	Quantity     quantity.Quantity `db:"quantity"`
}

// OffLastDatesTx dates what is released of awards and withdrawn of quotes by the dates it is taken off: of
// each the last dates go first, so that every month holds what is still planned for it. A posting that
// takes off several dates becomes several, which add up to it; their order is kept. What is taken off more
// than is planned keeps its own date, and is the balance's to refuse.
//
// Dates are read from the ledger, not from whoever asks: what was posted under one date comes off that one.
func OffLastDatesTx(ctx context.Context, tx *postgres.Tx, postings ...Posting) ([]Posting, error) {
	const query = `
		SELECT p.award_id AS of, p.business_date, CAST(sum(p.quantity * CASE WHEN m.opens = 'award' THEN 1 ELSE -m.award_released END) AS bigint) AS quantity
		  FROM ledger.postings p JOIN ledger.movements m USING (movement)
		 WHERE p.inquiry_id = ANY (CAST($1 AS uuid[])) AND p.award_id = ANY (CAST($2 AS uuid[])) AND (m.opens = 'award' OR m.award_released <> 0)
		 GROUP BY p.award_id, p.business_date
		UNION ALL
		SELECT p.quote_id AS of, p.business_date, CAST(sum(p.quantity * m.line_quoted) AS bigint) AS quantity
		  FROM ledger.postings p JOIN ledger.movements m USING (movement)
		 WHERE p.inquiry_id = ANY (CAST($1 AS uuid[])) AND p.quote_id = ANY (CAST($2 AS uuid[])) AND m.line_quoted <> 0
		 GROUP BY p.quote_id, p.business_date
		 ORDER BY business_date DESC`
	if len(postings) == 0 {
		return nil, nil
	}
	inquiries, subjects := make([]uuid.UUID, len(postings)), make([]uuid.UUID, len(postings))
	for at, posting := range postings {
		inquiries[at], subjects[at] = posting.InquiryID, posting.planned()
	}
	var left []*plannedOn
	if err := tx.Select(ctx, &left, query, postgres.Array(inquiries), postgres.Array(subjects)); err != nil {
		return nil, err
	}
	var dated []Posting
	for _, posting := range postings {
		for _, date := range left {
			if takes := min(posting.Quantity, date.Quantity); date.Of == posting.planned() && takes > 0 {
				part := posting
				part.BusinessDate, part.Quantity = date.BusinessDate, takes
				dated = append(dated, part)
				posting.Quantity, date.Quantity = posting.Quantity-takes, date.Quantity-takes
			}
		}
		if posting.Quantity > 0 {
			dated = append(dated, posting)
		}
	}
	return dated, nil
}

// planned names the award that a posting releases of, else the quote that it withdraws.
func (p *Posting) planned() uuid.UUID {
	if p.AwardID != uuid.Nil {
		return p.AwardID
	}
	return p.QuoteID
}
