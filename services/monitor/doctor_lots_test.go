package monitor_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// sentUnderALot is a deal of 1000 kg of which 80 went off under a lot of 100.
func (b *testBundle) sentUnderALot(t *testing.T) catalog.Lot {
	t.Helper()
	ctx, today := context.Background(), reference.Day(time.Now())
	goods, trade := catalog.NewService(b.App, nil, b.Book, catalog.Options{}), inquiry.NewService(b.App, b.Book)
	producer, buyer := b.cast["producer"], b.cast["buyer"]
	b.enter(t, identity.Producer, producer.OrganisationID)
	b.enter(t, identity.Buyer, buyer.OrganisationID)
	product, err := goods.CreateProduct(ctx, producer, catalog.NewProduct{
		Name: "Tôm sú thử", Line: "black_tiger_shrimp", Form: "iced", Unit: "kg", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
	})
	require.NoError(t, err)
	_, err = goods.Publish(ctx, producer, product.ID)
	require.NoError(t, err)
	offer, err := goods.OpenOffer(ctx, producer, catalog.NewOffer{
		ProductID: product.ID, AvailableFrom: today, AvailableTo: today.AddDays(60), Quantity: kg(1000), Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}}, Visibility: catalog.Buyers,
	})
	require.NoError(t, err)
	asked, err := trade.Place(ctx, buyer, inquiry.Demand{
		Visibility: inquiry.Open, QuotesDueAt: time.Now().Add(48 * time.Hour), DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.DemandLine{{
			ProductLine: "black_tiger_shrimp", Quantity: kg(1000), Unit: "kg", DeliverFrom: today.AddDays(3), DeliverTo: today.AddDays(10),
		}},
	})
	require.NoError(t, err)
	quote, err := trade.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		LineID: asked.Lines[0].ID, OfferID: offer.ID, Quantity: kg(1000), PriceVND: 250_000, DeliverOn: today.AddDays(5), Reserve: new(false),
	})
	require.NoError(t, err)
	awards, err := trade.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: kg(1000)}})
	require.NoError(t, err)
	lot, err := goods.DeclareLot(ctx, producer, product.ID, catalog.NewLot{Code: "P1", Quantity: new(kg(100))})
	require.NoError(t, err)
	_, err = trade.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: kg(80), Lot: "P1"})
	require.NoError(t, err)
	return lot
}

// Whoever changes a lot's balance, or what was declared of it, with the owner's rights is found;
// the service's role cannot.
func TestDoctorNamesTamperedLots(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := setup(t, monitor.Options{})
	lot := b.sentUnderALot(t)
	b.seal(t)
	require.Empty(t, b.examine(t).Findings)
	b.tamper(t, "ALTER TABLE catalog.lot_balances DROP CONSTRAINT lots_not_overdrawn; ALTER TABLE catalog.lots DISABLE TRIGGER lots_limited")
	for _, test := range []struct{ do, undo, table, what string }{
		{"UPDATE catalog.lot_balances SET dispatched = dispatched - 1", "UPDATE catalog.lot_balances SET dispatched = dispatched + 1",
			"catalog.lot_balances", "a lot whose balance is not the sum of its deliveries"},
		{"UPDATE catalog.lots SET quantity = 200000", "UPDATE catalog.lots SET quantity = 100000",
			"catalog.lots", "a lot that allows another amount than was declared of it"},
		{"UPDATE catalog.lot_balances SET allowed = 70000; UPDATE catalog.lots SET quantity = 70000",
			"UPDATE catalog.lot_balances SET allowed = 100000; UPDATE catalog.lots SET quantity = 100000",
			"catalog.lots", "more was sent off under a lot than was declared of it"},
		{"UPDATE catalog.lot_balances SET allowed = 70000, sent_before = 80000; UPDATE catalog.lots SET quantity = 70000",
			"UPDATE catalog.lot_balances SET allowed = 100000, sent_before = 0; UPDATE catalog.lots SET quantity = 100000",
			"catalog.lots", "more was sent off under a lot than was declared of it, before that was refused"},
	} {
		b.tamper(t, test.do)
		found := b.examine(t)
		var named []string
		for _, each := range found.Findings {
			switch each.Table {
			case "catalog.lots":
				require.Equal(t, lot.ID.String(), each.ID)
				named = append(named, each.What)
			case "catalog.lot_balances":
				require.Equal(t, lot.ProductID.String(), each.ID)
				named = append(named, each.What)
			case "trigger":
				require.Equal(t, "lots_limited", each.ID)
			case "constraint":
				require.Equal(t, "lots_not_overdrawn", each.ID)
			}
		}
		require.Equal(t, []string{test.what}, named)
		b.tamper(t, test.undo)
	}
	for _, statement := range []string{"UPDATE catalog.lot_balances SET dispatched = 0", "DELETE FROM catalog.lot_balances", "INSERT INTO catalog.lot_balances (product_id, code) SELECT product_id, 'x' FROM catalog.lots"} {
		_, err := b.App.Exec(ctx, statement)
		require.ErrorContains(t, err, "permission denied", statement)
	}
}
