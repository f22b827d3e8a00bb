package monitor

import (
	"context"
	"strconv"

	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// prices are the published bands of the quarters within the period, beside what the press published of the line.
func (i indicated) prices(ctx context.Context) (ReportSection, error) {
	vnd := func(code, vietnamese, english string) ReportColumn {
		return ReportColumn{Code: code, Names: called(vietnamese, english), Kind: MoneyColumn}
	}
	section := ReportSection{
		Code: "prices", Names: called("Khoảng giá theo ngành hàng, quy cách và quý", "Price bands by line, grade and quarter"), Rows: [][]ReportCell{},
		Columns: append(append([]ReportColumn{{Code: "quarter", Names: called("Quý", "Quarter"), Kind: TextColumn}}, goodsColumns()...),
			ReportColumn{Code: "grade", Names: called("Quy cách", "Grade"), Kind: TextColumn},
			vnd("low_vnd", "Từ (đ)", "From (đ)"), vnd("high_vnd", "Đến (đ)", "To (đ)"),
			vnd("reference_low_vnd", "Giá tham khảo thấp nhất (đ)", "Lowest reference price (đ)"),
			vnd("reference_high_vnd", "Giá tham khảo cao nhất (đ)", "Highest reference price (đ)")),
		Notes: []reference.Names{called(
			"Từ trung bình giá riêng của nửa bán rẻ đến nửa bán đắt, làm tròn ra ngoài; chỉ quý đã khép sổ, khi mỗi mức gộp ít nhất ba nhà sản xuất và ba bên mua, không bên nào quá nửa. Giá tham khảo là của cả ngành hàng trong quý, theo kg.",
			"From the mean of the cheaper half's own prices to that of the dearer half, rounded outward; only quarters that are closed, where each limit combines at least three producers and three buyers, none above half. Reference prices are of the whole line in the quarter, for a kg.")},
	}
	const query = `
		SELECT to_char(b.quarter, 'YYYY"-Q"Q') AS quarter, b.product_line, b.dried, b.unit, b.grade, b.low_vnd, b.high_vnd,
		       coalesce(min(r.price_min_vnd), 0) AS reference_low, coalesce(max(r.price_max_vnd), 0) AS reference_high
		  FROM monitor.price_bands b
		  LEFT JOIN reference.reference_prices r ON r.line = b.product_line AND b.unit = 'kg'
		   AND r.published_on >= b.quarter AND r.published_on < b.quarter + interval '3 months'
		 WHERE b.quarter >= $1 AND b.quarter + interval '3 months' - interval '1 day' <= $2
		 GROUP BY b.quarter, b.product_line, b.dried, b.unit, b.grade, b.low_vnd, b.high_vnd
		 ORDER BY b.quarter, b.product_line, b.dried, b.unit, b.grade`
	var bands []struct {
		traded

		Quarter       string `db:"quarter"`
		Grade         string `db:"grade"`
		Low           int64  `db:"low_vnd"`
		High          int64  `db:"high_vnd"`
		ReferenceLow  int64  `db:"reference_low"`
		ReferenceHigh int64  `db:"reference_high"`
	}
	err := i.tx.Select(ctx, &bands, query, i.from, i.to)
	for _, band := range bands {
		cells := append([]ReportCell{named(band.Quarter, called(band.Quarter, band.Quarter))},
			reporting{names: i.names}.goods(VolumeRow{Dimensions: Dimensions{Line: band.Line, Dried: band.Dried, Unit: band.Unit}})...)
		cells = append(cells, named(band.Grade, i.names.of(ledger.ByGrade, band.Grade)))
		for at, price := range []int64{band.Low, band.High, band.ReferenceLow, band.ReferenceHigh} {
			cell := ReportCell{}
			if at < 2 || price > 0 { // no price was published for nothing
				cell = numbered(strconv.FormatInt(price, 10))
			}
			cells = append(cells, cell)
		}
		section.Rows = append(section.Rows, cells)
	}
	return section, err
}
