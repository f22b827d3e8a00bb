package catalog

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// fakeDocuments makes a catalogue of any size, as the demonstration's generator would: names of
// what, how and where with a number, fifty products of a producer, an offer each.
func fakeDocuments(book *reference.Book, n int, today civil.Date) []document {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	var communes []reference.Commune
	for _, c := range book.Communes() {
		if c.Province == reference.CaMau {
			communes = append(communes, c)
		}
	}
	qualities := []string{
		"sinh thái", "quảng canh", "rừng ngập mặn", "lúa – tôm", "nhà làm", "truyền thống", "thượng hạng", "loại 1", "đặc biệt", "sạch",
		"tươi ngon", "ba sạch", "hương đồng", "hạt ngọc", "nắng gió", "cửa biển", "U Minh", "rừng đước", "phù sa", "hữu cơ", "xuất khẩu",
	}
	forms := []string{"cooperative", "cooperative_group", "enterprise", "household", "collector"}
	schemes := []string{"ASC_FARM", "BAP", "HACCP", "VIETGAP", "ORGANIC_VN", "HALAL", "ISO22000", "GLOBALGAP"}
	lines := book.Lines()
	documents := make([]document, 0, n)
	var seller documentSeller
	var producer uuid.UUID
	var bytes [16]byte
	newID := func() uuid.UUID {
		for i := range bytes {
			bytes[i] = byte(rng.Uint32())
		}
		return uuid.UUID(bytes)
	}
	for i := range n {
		if i%50 == 0 {
			c := communes[rng.IntN(len(communes))]
			producer = newID()
			seller = documentSeller{Name: fmt.Sprintf("HTX Minh Hoạ %s %d", c.Name, i/50), LegalForm: forms[rng.IntN(len(forms))], Commune: c.Code, Province: reference.CaMau}
		}
		// Half of the market are the five lines that Cà Mau is known for.
		line := lines[rng.IntN(len(lines))]
		if rng.IntN(2) == 0 {
			line = lines[rng.IntN(5)]
		}
		d := document{
			ID: newID(), Producer: producer, Shown: true, PublishedAt: time.Unix(1_750_000_000+int64(i)*60, 0), Line: line.Code,
			Form: line.Forms[rng.IntN(len(line.Forms))].Code, Seller: seller, Day: today, Description: "Dữ liệu minh hoạ / demonstration data",
			Name: fmt.Sprintf("%s %s %s số %d", line.Name, qualities[rng.IntN(len(qualities))], communes[rng.IntN(len(communes))].Name, i),
		}
		if _, counted := line.Field("count_per_kg_min"); counted {
			least := int64(10 + 5*rng.IntN(12))
			d.Grade, d.GradeText = reference.Grade{"count_per_kg_min": least, "count_per_kg_max": least + 5}, fmt.Sprint(least)
		}
		for _, scheme := range schemes {
			if rng.IntN(12) == 0 {
				d.Marks[0] = append(d.Marks[0], documentMark{Scheme: scheme})
			}
		}
		if rng.IntN(6) == 0 {
			d.Marks[0] = append(d.Marks[0], documentMark{Scheme: reference.OCOP, Stars: 3 + rng.IntN(3)})
		}
		d.Marks[1] = d.Marks[0]
		for range 1 + rng.IntN(2) {
			from := dayNumber(today) + int32(rng.IntN(60)-30)
			price := money.VND(4000 * (1 + rng.IntN(200)))
			d.Offers = append(d.Offers, supply{
				From: from, To: from + 45 + int32(rng.IntN(90)), Free: quantity.Of(int64(rng.IntN(3000))), Least: quantity.Of(10),
				Visibility: [...]Visibility{Public, Buyers, Buyers, OnRequest}[rng.IntN(4)], LeadDays: int32(rng.IntN(8)),
				Tiers: []PriceTier{{FromQuantity: 0, PriceVND: price}, {FromQuantity: quantity.Of(100), PriceVND: price * 9 / 10}},
			})
		}
		documents = append(documents, d)
	}
	return documents
}

// questions are what the benchmark asks in turn, all with facets: without words, with one and with several, by
// synonyms and misspelt, with every filter, in every order, and deep pages.
func questions(book *reference.Book, rng *rand.Rand, today civil.Date) []Query {
	texts := []string{
		"", "", "", "tom su", "tôm sú", "black tiger", "gạo", "gao st25", "cua", "muối", "đầm dơi", "tôm sú Thới Bình", "tôm khô loại 1", "hữu cơ",
		"tôm sú ASC", "4 sao", "size 20", "20-30 con/kg", "tmo su", "tomsu", "nuoc mam", "banh phong tom", "htx minh hoa", "tháng 12", "t", "tom th",
		"cua song", "tôm sú sinh thái đầm dơi", "rừng ngập mặn", "khong co gi ca", "so 77",
	}
	lines := book.Lines()
	pick := func(n int) bool { return rng.IntN(n) == 0 }
	queries := make([]Query, 0, 600)
	for i := range 600 {
		q := Query{Text: texts[i%len(texts)], Facets: true, Count: true, Limit: 20, Sort: sortOrders()[rng.IntN(6)]}
		if pick(3) {
			q.Lines = []string{lines[rng.IntN(5)].Code, lines[rng.IntN(len(lines))].Code}
		}
		if pick(4) {
			q.Schemes = []string{"ASC_FARM", "ORGANIC_VN"}
		}
		if pick(5) {
			q.StarsMin = 3 + rng.IntN(2)
		}
		if pick(4) {
			q.Forms = []string{"live", "iced", "dried"}
		}
		if pick(5) {
			q.Communes = []string{"Thới Bình"}
		}
		if pick(5) {
			q.ProducerKinds = []string{"cooperative"}
		}
		if pick(4) {
			q.AvailableFrom = today.AddDays(rng.IntN(60))
			q.AvailableTo = q.AvailableFrom.AddDays(14)
		}
		if pick(4) {
			q.MinQuantity = quantity.Of(int64(100 * (1 + rng.IntN(10))))
		}
		if pick(4) {
			q.PriceMax = money.VND(50_000 * (1 + rng.IntN(8)))
		}
		if pick(8) {
			q.PriceBands = []string{"100000-200000", "200000-300000"}
		}
		queries = append(queries, q)
	}
	return queries
}

func benchmarkSearch(b *testing.B, n int) {
	b.Helper()
	book := referencetest.Lend(b).Book
	today := civil.New(2026, 12, 1)
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := newSearchIndex(book)
	x.sellerKinds.Store(&map[string]reference.Names{})
	fill := func(documents []document) time.Duration {
		began := time.Now()
		x.replaceAll(documents, today)
		return time.Since(began)
	}
	filled := fill(fakeDocuments(book, n, today))
	runtime.GC()
	runtime.ReadMemStats(&after)
	queries := questions(book, rand.New(rand.NewPCG(1, 2)), today)
	viewers := []viewer{{class: anybody}, {class: buyer}, {class: official}}
	// Every query once, so that orders are there; what is kept of filters goes with other windows.
	for i, q := range queries {
		x.search(viewers[i%3], q, now)
	}
	var times, cpu []time.Duration
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	i := 0
	for b.Loop() {
		q := queries[i%len(queries)]
		if !q.AvailableFrom.IsZero() {
			q.AvailableFrom = q.AvailableFrom.AddDays(-(i / len(queries)) % 30) // nobody asked for this window before
		}
		if i%7 == 3 {
			q.After = deep(x, viewers[i%3], q, now)
			i++ // the page before is not measured
		}
		at, spent := time.Now(), threadTime()
		x.search(viewers[i%3], q, now)
		times, cpu = append(times, time.Since(at)), append(cpu, threadTime()-spent)
		i++
	}
	slices.Sort(times)
	slices.Sort(cpu)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "max-ms")
	b.ReportMetric(float64(cpu[len(cpu)/2].Microseconds())/1000, "cpu-p50-ms")
	b.ReportMetric(float64(cpu[len(cpu)*95/100].Microseconds())/1000, "cpu-p95-ms")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "bytes/product")
	b.ReportMetric(filled.Seconds(), "s-to-fill")
}

// threadTime is the processor time that this thread has used: what a search costs on a machine
// that does other things, too.
func threadTime() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// deep is the end of a page far behind the first.
func deep(x *searchIndex, who viewer, q Query, now time.Time) *Position {
	q.Facets, q.Count, q.Limit = false, false, 1000
	return x.search(who, q, now).next
}

func BenchmarkSearch1000(b *testing.B)   { benchmarkSearch(b, 1000) }
func BenchmarkSearch10000(b *testing.B)  { benchmarkSearch(b, 10_000) }
func BenchmarkSearch100000(b *testing.B) { benchmarkSearch(b, 100_000) }
func BenchmarkSearch1000000(b *testing.B) {
	if os.Getenv("OCOP_BENCH_LARGE") == "" {
		b.Skip("takes minutes and some GB: make bench-search")
	}
	benchmarkSearch(b, 1_000_000)
}

// BenchmarkDeepPages compares page 1 000 of 100 000 products with page 1, windows alternating, in
// every order.
func BenchmarkDeepPages(b *testing.B) {
	book := referencetest.Lend(b).Book
	today := civil.New(2026, 12, 1)
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	x := newSearchIndex(book)
	x.sellerKinds.Store(&map[string]reference.Names{})
	x.replaceAll(fakeDocuments(book, 100_000, today), today)
	for _, order := range sortOrders() {
		b.Run(order, func(b *testing.B) {
			who := viewer{class: buyer}
			query := Query{Sort: order, Limit: 20}
			if order == ByRelevance {
				query.Text = "minh hoạ" // of all producers
			}
			deep, before := query, query
			before.Limit = 999 * 20
			deep.After = x.search(who, before, now).next
			var first, last []time.Duration
			time1000 := func(q Query) time.Duration {
				at := time.Now()
				for range 50 {
					x.search(who, q, now)
				}
				return time.Since(at) / 50
			}
			for b.Loop() {
				first, last = append(first, time1000(query)), append(last, time1000(deep))
			}
			slices.Sort(first)
			slices.Sort(last)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(first[len(first)/2].Microseconds()), "page-1-µs")
			b.ReportMetric(float64(last[len(last)/2].Microseconds()), "page-1000-µs")
			b.ReportMetric(float64(last[len(last)/2])/float64(first[len(first)/2]), "ratio")
		})
	}
}
