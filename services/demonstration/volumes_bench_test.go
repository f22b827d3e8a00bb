package demonstration_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// BenchmarkVolumes asks for volumes of a year in twenty random groupings with random filters: at 0.1 and 1
// million postings, with OCOP_BENCH_LARGE at 10 million. It says what the slowest twentieth takes
// from memory and from the rollup in the database, and how fast the rollup follows; and what gaps take beside so
// long a past, of 5000 products with supply ahead and 5000 open inquiries. Run it with -benchtime=1x.
func BenchmarkVolumes(b *testing.B) {
	overPostings(b, demonstration.Sizes{Products: 5000, Inquiries: 5000}, func(database *referencetest.Database, size int) {
		b.Run(fmt.Sprintf("postings=%d", size), func(b *testing.B) { measureVolumes(b, database) })
	})
}

// overPostings calls measure with 0.1 and 1 million postings beside what is to be made else, with OCOP_BENCH_LARGE with
// 10 million, too.
func overPostings(b *testing.B, made demonstration.Sizes, measure func(database *referencetest.Database, size int)) {
	b.Helper()
	database := referencetest.Lend(b)
	const first = 100_000
	made.Postings = first
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner, Now: time.Now()}
	require.NoError(b, demonstration.Generate(b.Context(), deps, made, new(strings.Builder)))
	sizes := []int{first, 1_000_000}
	if os.Getenv("OCOP_BENCH_LARGE") != "" {
		sizes = append(sizes, 10_000_000)
	}
	postings := first
	for _, size := range sizes {
		for ; postings < size; postings += first {
			copyPostings(b, database.Owner)
		}
		measure(database, size)
	}
}

// copyPostings adds the first generated deals once more, on other days and with other buyers: postings alone,
// because the balances are not what is measured.
func copyPostings(b *testing.B, owner *postgres.DB) {
	b.Helper()
	const quiet = `ALTER TABLE ledger.postings DISABLE TRIGGER postings_move_balances`
	const again = `
		WITH moved AS (
		     SELECT CAST(random() * 600 AS int) - 300 AS days, CAST(random() * 12 AS int) AS turn,
		            (SELECT array_agg(w.code ORDER BY w.code) FROM reference.communes w WHERE w.province = '79') AS wards)
		INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, value_vnd, product_line, form, schemes, commune,
		       buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id, quote_id, award_id, delivery_id,
		       actor_id, organisation_id, grade, stars, ward)
		SELECT gen_random_uuid(), p.at, p.business_date + m.days, p.movement, p.quantity, p.unit, p.weight, p.value_vnd, p.product_line, p.form,
		       p.schemes, p.commune, p.buyer_system, p.producer_id, p.buyer_id, p.product_id, p.offer_id, p.inquiry_id,
		       p.inquiry_line_id, p.quote_id, p.award_id, p.delivery_id, p.actor_id, p.organisation_id, p.grade, p.stars,
		       CASE WHEN p.ward IS NOT NULL THEN m.wards[1 + (m.turn + hashtext(CAST(p.inquiry_id AS text)) % 6 + 6) % 12] END
		  FROM (SELECT f.id FROM ledger.postings f ORDER BY f.xact, f.id LIMIT 100000) f
		  JOIN ledger.postings p ON p.id = f.id
		 CROSS JOIN moved m`
	require.NoError(b, owner.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		var ignored string
		if err := tx.Get(ctx, &ignored, `SELECT set_config('statement_timeout', '0', true)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, quiet); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, again)
		return err
	}))
}

func measureVolumes(b *testing.B, database *referencetest.Database) {
	b.Helper()
	ctx := context.Background()
	began, followed := time.Now(), 0
	for {
		added, err := ledger.Follow(ctx, database.App)
		require.NoError(b, err)
		if followed += added; added == 0 {
			break
		}
	}
	rate := float64(followed) / time.Since(began).Seconds()
	_, err := database.Owner.Exec(ctx, `ANALYZE ledger.postings, ledger.daily, ledger.goods, ledger.demands`)
	require.NoError(b, err)
	slow := monitor.NewService(database.App, monitor.Options{})
	before := heap()
	quick := monitor.NewService(database.App, monitor.Options{})
	began = time.Now()
	more, err := quick.Follow(ctx)
	require.NoError(b, err)
	require.False(b, more)
	loaded, held := time.Since(began), heap()-before
	var rows, goods int
	require.NoError(b, database.App.Get(ctx, &rows, `SELECT count(*) FROM ledger.daily`))
	require.NoError(b, database.App.Get(ctx, &goods, `SELECT count(*) FROM ledger.goods`))
	var memory, gaps, inSQL []time.Duration
	for b.Loop() {
		gaps = append(gaps, askGaps(b, quick)...)
		for n := range 100 {
			memory = append(memory, ask(b, quick, uint64(n%20)))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(part(memory, 50), "ms-p50")
	b.ReportMetric(part(memory, 95), "ms-p95")
	b.ReportMetric(part(gaps, 50), "gaps-ms-p50")
	b.ReportMetric(part(gaps, 95), "gaps-ms-p95")
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(float64(goods), "goods")
	b.ReportMetric(float64(held)/1e6, "MB")
	b.ReportMetric(loaded.Seconds(), "load-s")
	b.ReportMetric(rate, "followed/s")
	runtime.KeepAlive(quick)
	if rows > 2_000_000 {
		return // there the database needs longer than a statement may take
	}
	for n := range uint64(20) {
		inSQL = append(inSQL, ask(b, slow, n))
	}
	b.ReportMetric(part(inSQL, 50), "sql-ms-p50")
	b.ReportMetric(part(inSQL, 95), "sql-ms-p95")
}

// ask asks one of the random questions and returns how long the answer took. More rows than anybody reads
// are an answer, too.
func ask(b *testing.B, service *monitor.Service, seed uint64) time.Duration {
	b.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	dimensions := ledger.Dimensions()
	random.Shuffle(len(dimensions), func(i, j int) { dimensions[i], dimensions[j] = dimensions[j], dimensions[i] })
	today := time.Now().UTC()
	end := civil.Of(today, time.UTC).AddDays(-random.IntN(200))
	q := ledger.Query{By: dimensions[:1+random.IntN(4)], From: end.AddDays(-364), To: end, Only: make(map[ledger.Dimension]string)}
	for dimension, value := range map[ledger.Dimension]string{
		ledger.ByLine: "black_tiger_shrimp", ledger.ByScheme: "OCOP", ledger.ByStars: "4", ledger.ByBuyerSystem: "minh-hoa-a",
	} {
		if random.IntN(8) == 0 {
			q.Only[dimension] = value
		}
	}
	began := time.Now()
	_, err := service.Volumes(context.Background(), administrator(), q)
	took := time.Since(began)
	if !errors.Is(err, ledger.ErrTooManyRows) {
		require.NoError(b, err)
	}
	return took
}

func part(times []time.Duration, percent int) float64 {
	slices.Sort(times)
	return float64(times[len(times)*percent/100].Microseconds()) / 1000
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
