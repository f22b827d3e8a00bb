package exchange_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/exchange"
)

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
