package ledger

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// OfferBalance is where an offer's volume stands.
type OfferBalance struct {
	OfferID uuid.UUID `db:"offer_id"`
	// Supplied is the offer's quantity.
	Supplied quantity.Quantity `db:"supplied"`
	// Committed is promised to awards, delivered or not.
	Committed quantity.Quantity `db:"committed"`
	// Remaining can be promised now: supplied − committed − reservations that have not run out.
	Remaining quantity.Quantity `db:"remaining"`
}

// OfferBalances reads balances of offers, without locking them.
func OfferBalances(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]OfferBalance, error) {
	const query = `
		SELECT offer_id, supplied, committed, remaining FROM ledger.remaining WHERE offer_id = ANY ($1)`
	return balancesBy(ctx, reader, query, ids, func(b OfferBalance) uuid.UUID { return b.OfferID })
}

// LineBalance is where an inquiry line's demand stands.
type LineBalance struct {
	InquiryLineID uuid.UUID         `db:"inquiry_line_id"`
	Requested     quantity.Quantity `db:"requested"`
	Quoted        quantity.Quantity `db:"quoted"`
	// Awarded counts what is committed, delivered or not.
	Awarded   quantity.Quantity `db:"awarded"`
	Delivered quantity.Quantity `db:"delivered"`
	Rejected  quantity.Quantity `db:"rejected"`
	// Open is what is still wanted.
	Open quantity.Quantity `db:"open"`
}

// LineBalances reads balances of inquiry lines, without locking them.
func LineBalances(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]LineBalance, error) {
	const query = `
		SELECT inquiry_line_id, open + awarded + delivered AS requested, quoted, awarded + delivered AS awarded,
		       delivered, rejected, open
		  FROM ledger.lines WHERE inquiry_line_id = ANY ($1)`
	return balancesBy(ctx, reader, query, ids, func(b LineBalance) uuid.UUID { return b.InquiryLineID })
}

// AwardBalance is where one commitment stands.
type AwardBalance struct {
	AwardID uuid.UUID `db:"award_id"`
	// Committed is still to be dispatched: what was rejected or lost comes back to it.
	Committed  quantity.Quantity `db:"committed"`
	Dispatched quantity.Quantity `db:"dispatched"`
	Accepted   quantity.Quantity `db:"accepted"`
	Released   quantity.Quantity `db:"released"`
	Rejected   quantity.Quantity `db:"rejected"`
	Lost       quantity.Quantity `db:"lost"`
	// Over was accepted beyond what was dispatched.
	Over quantity.Quantity `db:"over"`
}

// AwardBalances reads balances of awards, without locking them.
func AwardBalances(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]AwardBalance, error) {
	const query = `
		SELECT award_id, committed, dispatched, accepted, released, rejected, lost, over
		  FROM ledger.awards WHERE award_id = ANY ($1)`
	return balancesBy(ctx, reader, query, ids, func(b AwardBalance) uuid.UUID { return b.AwardID })
}

// balancesBy reads balances of accounts and keys them by what they belong to.
func balancesBy[B any](ctx context.Context, reader postgres.Reader, query string, ids []uuid.UUID, of func(B) uuid.UUID) (map[uuid.UUID]B, error) {
	var rows []B
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	balances := make(map[uuid.UUID]B, len(rows))
	for _, row := range rows {
		balances[of(row)] = row
	}
	return balances, nil
}
