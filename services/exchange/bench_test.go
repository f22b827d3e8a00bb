package exchange_test

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
)

// peak watches how much memory is in use until stop is called, which returns the most, in bytes
// above what was in use before.
func peak() (stop func() uint64) {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	before, most := sample[0].Value.Uint64(), uint64(0)
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		turn := time.NewTicker(5 * time.Millisecond)
		defer turn.Stop()
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-turn.C:
			case <-done:
				return
			}
		}
	})
	return func() uint64 {
		close(done)
		watching.Wait()
		if most < before {
			return 0
		}
		return most - before
	}
}

// listOf is a list of n products or of offers of them, in a format.
func listOf(b *testing.B, kind exchange.Kind, format sheet.Format, n int) []byte {
	b.Helper()
	var out bytes.Buffer
	w, err := sheet.NewCSV(&out, ';')
	if format == sheet.XLSX {
		w, err = sheet.NewXLSX(&out, sheet.Sheet{Name: "x"})
	}
	require.NoError(b, err)
	heads := []string{"Mã hàng", "Tên sản phẩm", "Ngành hàng", "Dạng", "số con mỗi kg, từ", "số con mỗi kg, đến", "hình thức nuôi", "Mô tả", "Trạng thái"}
	if kind == exchange.Offers {
		heads = []string{"Mã hàng", "Từ ngày", "Đến ngày", "Số lượng", "Đặt tối thiểu", "Giá (đ)", "Ai thấy giá"}
	}
	row := make([]sheet.Cell, 0, len(heads))
	for _, head := range heads {
		row = append(row, sheet.T(head))
	}
	require.NoError(b, w.Write(row))
	for i := range n {
		row = []sheet.Cell{
			sheet.T(fmt.Sprintf("TS-%05d", i)), sheet.T(fmt.Sprintf("Tôm sú số %d", i)), sheet.T("tôm sú"), sheet.T("ướp đá"), sheet.N("20"),
			sheet.N("30"), sheet.T("quảng canh"), sheet.T("Tôm nuôi quảng canh dưới tán rừng đước"), sheet.T("đăng bán"),
		}
		if kind == exchange.Offers {
			row = []sheet.Cell{
				sheet.T(fmt.Sprintf("TS-%05d", i)), sheet.T(day(1)), sheet.T(day(30)), sheet.T("1,5 tấn"), sheet.N("50"), sheet.T("250.000 đ"), sheet.T("người mua"),
			}
		}
		require.NoError(b, w.Write(row))
	}
	require.NoError(b, w.Close())
	return out.Bytes()
}

// BenchmarkImport carries 10 000 rows through: new ones, then the same file again. BARS: < 60 s and
// < 200 MB.
func BenchmarkImport(b *testing.B) {
	const rows = 10_000
	for b.Loop() {
		m := openMarket(b)
		for _, step := range []struct {
			name   string
			kind   exchange.Kind
			format sheet.Format
			want   exchange.Counts
		}{
			{"products, new, csv", exchange.Products, sheet.CSV, exchange.Counts{Created: rows}},
			{"products, the same again, xlsx", exchange.Products, sheet.XLSX, exchange.Counts{Unchanged: rows}},
			{"offers, new, xlsx", exchange.Offers, sheet.XLSX, exchange.Counts{Created: rows}},
			{"offers, the same again, csv", exchange.Offers, sheet.CSV, exchange.Counts{Unchanged: rows}},
		} {
			content := listOf(b, step.kind, step.format, rows)
			stop, began := peak(), time.Now()
			done := m.bring(m.ann, "list", content)
			took := time.Since(began)
			require.Equal(b, step.want, done.Counts)
			b.Logf("%-32s %d rows: %5.1f s, %5.0f rows/s, peak heap %3d MB", step.name, rows, took.Seconds(), rows/took.Seconds(), stop()>>20)
		}
	}
}

// BenchmarkExport streams the catalogue at two sizes: rows a second, and memory that does not grow
// with the rows.
func BenchmarkExport(b *testing.B) {
	const grow = `
		INSERT INTO catalog.products (id, producer_id, name, line, form, grade, unit, state, published_at, created_at, updated_at)
		SELECT gen_random_uuid(), $1, 'Gạo số ' || n, 'rice', 'milled', '{"variety": "ST25"}', 'kg', 'published', t.at, t.at, t.at
		  FROM generate_series(CAST($2 AS int), CAST($3 AS int)) n, LATERAL (SELECT now() - n * interval '1 second' AS at) t`
	for b.Loop() {
		m := openMarket(b)
		before := 0
		for _, rows := range []int{10_000, 100_000} {
			_, err := m.lent.Owner.Exec(b.Context(), grow, m.ann.OrganisationID, before+1, rows)
			require.NoError(b, err)
			_, err = m.lent.Owner.Exec(b.Context(), `ANALYZE catalog.products`)
			require.NoError(b, err)
			before = rows
			m.catalog = catalog.NewService(m.db, nil, m.lent.Book, catalog.Options{})
			m.service = exchange.NewService(m.db, m.lent.Book, m.catalog, nil)
			_, err = m.catalog.Search(b.Context(), m.buyer, catalog.Query{Limit: 1}) // the index, which is there already in a server
			require.NoError(b, err)
			for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
				for name, export := range map[string]func() (exchange.Download, error){
					"catalogue": func() (exchange.Download, error) {
						return m.service.ExportCatalogue(b.Context(), m.buyer, catalog.Query{}, exchange.Wish{Format: format, Language: "vi"})
					},
					"one's own": func() (exchange.Download, error) {
						return m.service.ExportProducts(b.Context(), m.ann, exchange.Wish{Format: format, Language: "vi"})
					},
				} {
					stop, began := peak(), time.Now()
					download, err := export()
					require.NoError(b, err)
					var size counted
					require.NoError(b, download.Write(&size))
					took := time.Since(began)
					b.Logf("%-9s %-4s %6d rows: %5.1f s, %6.0f rows/s, %3d MB sent, peak heap %3d MB", name, format, rows, took.Seconds(),
						float64(rows)/took.Seconds(), size>>20, stop()>>20)
				}
			}
		}
	}
}

// counted counts what is written.
type counted int64

func (c *counted) Write(p []byte) (int, error) {
	*c += counted(len(p))
	return len(p), nil
}
