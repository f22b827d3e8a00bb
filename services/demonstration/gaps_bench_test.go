package demonstration_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// BenchmarkGaps asks for gaps of the months ahead, of all or of a line or a scheme, and for indicators of a year
// and of a quarter, over 0.1 and 1 million postings of deals that are all there, 10 000 products with supply ahead
// and 5 000 open inquiries. It says what publishing the price bands of all quarters takes, too. Run it with
// -benchtime=1x.
func BenchmarkGaps(b *testing.B) {
	database := referencetest.Lend(b)
	ctx := context.Background()
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner, Now: time.Now()}
	const step, small, large = 20_000, 100_000, 1_000_000
	made := func(sizes demonstration.Sizes) {
		require.NoError(b, demonstration.Generate(ctx, deps, sizes, new(strings.Builder)))
		_, err := database.Owner.Exec(ctx, `ANALYZE`) // what is made next is looked up in what there is
		require.NoError(b, err)
	}
	made(demonstration.Sizes{Products: 10_000, Inquiries: 5000})
	for postings := step; postings <= large; postings += step {
		made(demonstration.Sizes{Postings: step})
		if postings == small || postings == large {
			b.Run(fmt.Sprintf("postings=%d", postings), func(b *testing.B) { measureGaps(b, database) })
		}
	}
}

func measureGaps(b *testing.B, database *referencetest.Database) {
	b.Helper()
	ctx := context.Background()
	for added := 1; added > 0; {
		var err error
		added, err = ledger.Follow(ctx, database.App)
		require.NoError(b, err)
	}
	market, began := inquiry.NewService(database.App, database.Book), time.Now()
	for more := true; more; {
		var err error
		more, err = market.FollowMarket(ctx)
		require.NoError(b, err)
	}
	followed := time.Since(began)
	_, err := database.Owner.Exec(ctx, `ANALYZE inquiry.market_facts, inquiry.market_sums, inquiry.market_minutes`)
	require.NoError(b, err)
	service := monitor.NewService(database.App, monitor.Options{})
	more, err := service.Follow(ctx)
	require.NoError(b, err)
	require.False(b, more)
	who := administrator()
	today := civil.Of(time.Now(), time.UTC)
	quarter := civil.New(today.Year, (today.Month-1)/3*3+1, 1).AddMonths(-3)
	gaps, years, quarters := []time.Duration{}, []time.Duration{}, []time.Duration{}
	for b.Loop() {
		gaps = append(gaps, askGaps(b, service)...)
		for range 5 {
			years = append(years, timed(b, func() error {
				_, err := service.Indicators(ctx, who, today.AddDays(-364), today)
				return err
			}))
			quarters = append(quarters, timed(b, func() error {
				_, err := service.Indicators(ctx, who, quarter, quarter.AddMonths(3).AddDays(-1))
				return err
			}))
		}
	}
	prices := timed(b, func() error {
		_, err := service.PublishPrices(ctx)
		return err
	})
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(part(gaps, 50), "gaps-ms-p50")
	b.ReportMetric(part(gaps, 95), "gaps-ms-p95")
	b.ReportMetric(part(years, 50), "indicators-year-ms-p50")
	b.ReportMetric(part(quarters, 50), "indicators-quarter-ms-p50")
	b.ReportMetric(prices.Seconds(), "prices-s")
	b.ReportMetric(followed.Seconds(), "facts-s")
}

// askGaps asks a hundred times for the gaps of the months ahead, a quarter of them of one line, a quarter of one
// scheme, and returns how long each answer took.
func askGaps(b *testing.B, service *monitor.Service) []time.Duration {
	b.Helper()
	random := rand.New(rand.NewPCG(3, 7))
	var took []time.Duration
	for range 100 {
		q := ledger.Query{Only: make(map[ledger.Dimension]string)}
		for dimension, value := range map[ledger.Dimension]string{ledger.ByLine: "black_tiger_shrimp", ledger.ByScheme: "OCOP"} {
			if random.IntN(4) == 0 {
				q.Only[dimension] = value
			}
		}
		took = append(took, timed(b, func() error {
			answer, err := service.Gaps(context.Background(), administrator(), q)
			require.NotEmpty(b, answer.Rows)
			return err
		}))
	}
	return took
}

// administrator is whoever may ask everything.
func administrator() identity.Principal {
	return identity.Principal{UserID: identity.SystemPrincipal().UserID, Kind: identity.Platform, Role: identity.Owner, Approved: true, Administrator: true}
}

func timed(b *testing.B, ask func() error) time.Duration {
	b.Helper()
	began := time.Now()
	require.NoError(b, ask())
	return time.Since(began)
}
