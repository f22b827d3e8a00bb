package demonstration_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// BenchmarkRecords computes the records of all who traded, as the job does every hour: at 0.1 million
// postings and, with OCOP_BENCH_LARGE, at 1 million, each deal ten deliveries. It tells the time of
// all and how much of it one of their deliveries costs, which must not grow with the ledger.
func BenchmarkRecords(b *testing.B) {
	ctx := context.Background()
	sizes := []int{100_000}
	if os.Getenv("OCOP_BENCH_LARGE") != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, size := range sizes {
		b.Run(fmt.Sprintf("postings=%d", size), func(b *testing.B) {
			database := referencetest.Lend(b)
			deps := demonstration.Deps{DB: database.App, Owner: database.Owner, Now: time.Now()}
			require.NoError(b, demonstration.Generate(ctx, deps, demonstration.Sizes{Products: 1000, Postings: size}, new(strings.Builder)))
			_, err := database.Owner.Exec(ctx, `ANALYZE`)
			require.NoError(b, err)
			var deliveries int
			require.NoError(b, database.App.Get(ctx, &deliveries, `SELECT count(*) FROM inquiry.deliveries`))
			service := inquiry.NewService(database.App, nil)
			for b.Loop() {
				require.NoError(b, service.KeepRecords(ctx))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(deliveries), "µs/delivery")
		})
	}
}
