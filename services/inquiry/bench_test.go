package inquiry_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// An inquiry of ten lines, acknowledged, by several clients at once.
func BenchmarkPlaceTenLines(b *testing.B) {
	m := newMarket(b)
	buyer := m.organisation(identity.Buyer)
	demand := m.demand(quantity.Of(100))
	for len(demand.Lines) < 10 {
		demand.Lines = append(demand.Lines, demand.Lines[0])
	}
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(run *testing.PB) {
		for run.Next() {
			if _, err := m.Place(context.Background(), buyer, demand); err != nil {
				b.Error(err)
			}
		}
	})
}

// Awards on one offer that everybody wants, each from an inquiry of its own client.
func BenchmarkAwardHotOffer(b *testing.B) {
	m := newMarket(b)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Max)
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(run *testing.PB) {
		asked := m.placed(buyer, m.demand(quantity.Of(1_000_000)))
		quote := m.quote(producer, asked, offer, quantity.Of(1_000_000), money.VND(250_000))
		for run.Next() {
			_, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: 1}})
			require.NoError(b, err)
		}
	})
}

// Awards under one group scope's ceiling that everybody wants, each client with an offer of
// its own: the ceiling is the row that all wait for.
func BenchmarkAwardHotCeiling(b *testing.B) {
	m := newMarket(b)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	m.certified(producer, "ASC_FARM", group(quantity.Max), m.today.AddDays(400))
	product := m.shrimp(producer, "iced").ID
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(run *testing.PB) {
		offer := m.offer(producer, product, quantity.Of(1_000_000))
		asked := m.placed(buyer, m.asking(quantity.Of(1_000_000), "ASC_FARM"))
		quote := m.quote(producer, asked, offer, quantity.Of(1_000_000), money.VND(250_000))
		for run.Next() {
			_, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: 1}})
			require.NoError(b, err)
		}
	})
}
