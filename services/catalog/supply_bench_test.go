package catalog

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// BenchmarkSupply asks the index of 1 000, 10 000 and 100 000 offers who can supply what, and says
// how long the slowest of twenty questions takes.
func BenchmarkSupply(b *testing.B) {
	book := referencetest.Lend(b).Book
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	for _, size := range []int{1000, 10_000, 100_000} {
		index := newSearchIndex(book)
		index.replaceAll(inventedDocuments(book, size, now), reference.Day(now))
		for name, query := range map[string]SupplyQuery{
			"one line, 2 t, 15 days, price": {Query: Query{Text: "tôm sú", MinQuantity: quantity.Of(2000), ByWeight: true, PriceMax: 300_000}},
			"everything by lead time":       {SupplySort: ByLeadTime},
			"everything by price":           {SupplySort: ByPrice},
			"everything by remaining":       {SupplySort: ByRemaining},
			"everything, 500 kg, pooled":    {SupplySort: ByPrice, Query: Query{MinQuantity: quantity.Of(500), ByWeight: true}},
		} {
			query.AvailableFrom, query.AvailableTo = reference.Day(now), reference.Day(now).AddDays(14)
			query.Limit = defaultPage
			if query.SupplySort == "" {
				query.SupplySort = ByPrice
			}
			b.Run(fmt.Sprintf("%d offers/%s", size, name), func(b *testing.B) {
				var took, cpu []time.Duration
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				for b.Loop() {
					begun, spent := time.Now(), threadTime()
					index.supply(viewer{class: buyer}, query, nil, now)
					took, cpu = append(took, time.Since(begun)), append(cpu, threadTime()-spent)
				}
				slices.Sort(took)
				slices.Sort(cpu)
				b.ReportMetric(float64(cpu[len(cpu)*95/100].Microseconds())/1000, "cpu-ms-p95")
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
			})
		}
	}
}

// inventedDocuments are products with an offer each, of all lines in turn.
func inventedDocuments(book *reference.Book, size int, now time.Time) []document {
	random := rand.New(rand.NewPCG(1, 2))
	lines := book.Lines()
	today := dayNumber(reference.Day(now))
	documents := make([]document, 0, size)
	for at := range size {
		line := lines[at%len(lines)]
		from := today + random.Int32N(60)
		documents = append(documents, document{
			ID: uuid.New(), Producer: uuid.New(), Shown: true, PublishedAt: now, Day: reference.Day(now), Name: line.Name, Line: line.Code,
			Form: line.Forms[0].Code, Unit: line.Unit, UnitWeight: quantity.Unit,
			Offers: []supply{{
				ID: uuid.New(), From: from, To: from + random.Int32N(60), Visibility: []Visibility{Public, Buyers, OnRequest}[at%3],
				Free: quantity.Of(random.Int64N(5000)), LeadDays: random.Int32N(10), Tiers: tiers{{PriceVND: 100_000}, {FromQuantity: quantity.Of(500), PriceVND: 90_000}},
			}},
		})
	}
	return documents
}
