package inquiry_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// Every posting of a deal says the grade, the stars and the ward: supply and what follows from it as
// they were when the offer was opened, demand as it was asked for.
func TestPostingsOfADealSayGradeStarsAndWard(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced")
	submitted, err := m.catalog.SubmitCertificate(ctx, producer, catalog.NewCertificate{
		Scheme: "OCOP", Number: "OCOP-1", Issuer: "province", IssuedOn: m.today.AddDays(-10), Stars: 4,
		Scope: catalog.Scope{Kind: "product", ProductIDs: []uuid.UUID{product.ID}},
	})
	require.NoError(t, err)
	_, err = m.catalog.Verify(ctx, official(), submitted.ID, nil)
	require.NoError(t, err)
	offer := m.offer(producer, product.ID, quantity.Of(1000))
	// What becomes of the product later changes nothing of an offer that stands.
	_, err = m.catalog.ChangeProduct(ctx, producer, product.ID, nil, catalog.ProductChange{
		Grade: map[string]any{"count_per_kg_min": 40, "count_per_kg_max": 50},
	})
	require.NoError(t, err)

	demand := m.demand(quantity.Of(300))
	demand.Lines[0].Grade = map[string]any{"count_per_kg_max": 30}
	asked := m.placed(buyer, demand)
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(200), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(true),
	})
	require.NoError(t, err)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(200)}})
	require.NoError(t, err)
	sent, err := m.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: quantity.Of(200)})
	require.NoError(t, err)
	_, err = m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(200)})
	require.NoError(t, err)

	var said []struct {
		Movement ledger.Movement `db:"movement"`
		Grade    string          `db:"grade"`
		Stars    int             `db:"stars"`
		Ward     string          `db:"ward"`
	}
	require.NoError(t, m.db.Select(ctx, &said, `
		SELECT movement, coalesce(grade, '') AS grade, coalesce(stars, 0) AS stars, coalesce(ward, '') AS ward FROM ledger.postings`))
	require.Len(t, said, 8)
	for _, posting := range said {
		switch posting.Movement {
		case ledger.OfferOpened:
			require.Equal(t, []any{"20-30", 4, ""}, []any{posting.Grade, posting.Stars, posting.Ward}, posting.Movement)
		case ledger.DemandOpened:
			require.Equal(t, []any{"≤ 30", 0, "25747"}, []any{posting.Grade, posting.Stars, posting.Ward}, posting.Movement)
		default:
			require.Equal(t, []any{"20-30", 4, "25747"}, []any{posting.Grade, posting.Stars, posting.Ward}, posting.Movement)
		}
	}

	// Demand that is to go elsewhere goes there whole.
	_, err = m.Amend(ctx, buyer, asked.ID, nil, inquiry.Amendment{DeliverTo: &inquiry.Place{CommuneCode: "25750"}})
	require.NoError(t, err)
	open := make(map[string]int64)
	require.NoError(t, m.db.Each(ctx, `
		SELECT p.ward, sum(p.quantity * m.line_open)::bigint FROM ledger.postings p JOIN ledger.movements m USING (movement)
		 WHERE m.line_open <> 0 GROUP BY p.ward`, nil, func(scan func(dest ...any) error) error {
		var ward string
		var amount int64
		err := scan(&ward, &amount)
		open[ward] = amount
		return err
	}))
	require.Equal(t, map[string]int64{"25747": 0, "25750": 100_000}, open)
	requireAudited(t, m)
}
