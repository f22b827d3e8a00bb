package demonstration_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// BenchmarkLoadingTheSearchIndex measures how long a process that starts needs until it can search
// so many products: reading them from PostgreSQL and filling the index.
func BenchmarkLoadingTheSearchIndex(b *testing.B) {
	products := 10_000
	if os.Getenv("OCOP_BENCH_LARGE") != "" {
		products = 100_000
	}
	database := referencetest.Lend(b)
	ctx := context.Background()
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner, Now: time.Now()}
	require.NoError(b, demonstration.Generate(ctx, deps, demonstration.Sizes{Products: products}, new(strings.Builder)))
	for b.Loop() {
		goods := catalog.NewService(database.App, nil, database.Book, catalog.Options{})
		found, err := goods.Search(ctx, identity.Principal{}, catalog.Query{Text: "tôm sú", Facets: true, Limit: 20})
		require.NoError(b, err)
		require.Len(b, found.Products, 20)
	}
	b.ReportMetric(float64(products)*float64(b.N)/b.Elapsed().Seconds(), "products/s")
}
