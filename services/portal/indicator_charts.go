package portal

import (
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

//nolint:gochecknoglobals // immutable texts
var (
	chartsOfStars      = text("Sản phẩm OCOP theo nhóm và hạng sao", "OCOP products by group and stars")
	chartsOfStates     = text("Chứng nhận theo tình trạng", "Certificates by state")
	chartsOfLargest    = text("Phần của ba nhà sản xuất lớn nhất theo quý", "Share of the largest three producers by quarter")
	chartsOfReasons    = text("Lý do trả lại", "Why goods were rejected")
	chartsOfPrices     = text("Khoảng giá theo quý", "Price bands by quarter")
	chartsProducts     = text("sản phẩm", "products")
	chartsCertificates = text("chứng nhận", "certificates")
	chartsCurrency     = text("đ mỗi %s", "VND for a %s")
)

// indicatorCharts draw what people would rather look at, by the code of the section.
//
//nolint:gochecknoglobals // an immutable table
var indicatorCharts = map[string]func(*visit, monitor.ReportSection, *indicatorSection){
	"ocop_groups":   chartStars,
	"certificates":  chartStates,
	"concentration": chartLargest,
	"rejections":    chartReasons,
	"prices":        chartPrices,
}

// columnOf is the place of a column of a section; -1 where it has none.
func columnOf(section monitor.ReportSection, code string) int {
	return slices.IndexFunc(section.Columns, func(c monitor.ReportColumn) bool { return c.Code == code })
}

// numberAt is the figure of a cell; nil where none is told.
func numberAt(cells []monitor.ReportCell, at int) *quantity.Quantity {
	if at < 0 || cells[at].Number == "" {
		return nil
	}
	number, err := quantity.Parse(cells[at].Number)
	if err != nil {
		return nil
	}
	return &number
}

// pivot sets figures side by side: a label for each value of what rows are by, a series for each of what they are
// told apart by. Where a row says nothing there is no figure.
type pivot struct {
	labels, series []string
	figures        map[[2]string]quantity.Quantity
}

func (p *pivot) set(label, series string, figure *quantity.Quantity) {
	if p.figures == nil {
		p.figures = make(map[[2]string]quantity.Quantity)
	}
	if !slices.Contains(p.labels, label) {
		p.labels = append(p.labels, label)
	}
	if !slices.Contains(p.series, series) {
		p.series = append(p.series, series)
	}
	if figure != nil {
		p.figures[[2]string{label, series}] = *figure
	}
}

func (p *pivot) chart(title, unit string) chart {
	made := chart{Title: title, Unit: unit, Labels: p.labels}
	for _, name := range p.series {
		one := chartSeries{Name: name}
		for _, label := range p.labels {
			if figure, known := p.figures[[2]string{label, name}]; known {
				one.add(&figure)
			} else {
				one.add(nil)
			}
		}
		made.Series = append(made.Series, one)
	}
	return made
}

// chartStars counts products of each group by their stars.
func chartStars(v *visit, section monitor.ReportSection, into *indicatorSection) {
	group, stars, products := columnOf(section, "ocop_group"), columnOf(section, "stars"), columnOf(section, "products")
	var counted pivot
	for _, cells := range section.Rows {
		counted.set(cellText(v, cells[group]), cells[stars].Code+" ★", numberAt(cells, products))
	}
	slices.Sort(counted.series)
	into.chart = counted.chart(v.say(chartsOfStars), v.say(chartsProducts))
	into.chart.Sideways = true
}

// chartStates counts certificates of each scheme by what became of them.
func chartStates(v *visit, section monitor.ReportSection, into *indicatorSection) {
	scheme := columnOf(section, "scheme")
	var counted pivot
	for _, cells := range section.Rows {
		for _, state := range []string{"in_force", "expiring", "lapsed", "revoked"} {
			at := columnOf(section, state)
			counted.set(cellText(v, cells[scheme]), v.say(section.Columns[at].Names), numberAt(cells, at))
		}
	}
	into.chart = counted.chart(v.say(chartsOfStates), v.say(chartsCertificates))
	into.chart.Sideways = true
}

// goodsText is what a row of a section is about: its line, its condition where that is dried, and its unit.
func goodsText(v *visit, section monitor.ReportSection, cells []monitor.ReportCell) string {
	told := []string{cellText(v, cells[columnOf(section, "line")])}
	if at := columnOf(section, "condition"); at >= 0 && cells[at].NameEN == namingDried.NameEN {
		told = append(told, v.say(namingDried))
	}
	if at := columnOf(section, "grade"); at >= 0 && cells[at].Code != "" {
		told = append(told, cellText(v, cells[at]))
	}
	return strings.Join(append(told, cells[columnOf(section, "unit")].Code), ", ")
}

// chartLargest draws the share of the largest three of each line over the quarters.
func chartLargest(v *visit, section monitor.ReportSection, into *indicatorSection) {
	quarter, three := columnOf(section, "quarter"), columnOf(section, "largest_three")
	var shares pivot
	for _, cells := range section.Rows {
		shares.set(cells[quarter].Code, goodsText(v, section, cells), numberAt(cells, three))
	}
	slices.Sort(shares.labels)
	into.chart = shares.chart(v.say(chartsOfLargest), "%")
}

// ofChosen keeps the rows of what the reader chose to have drawn, else of what has most rows.
func (into *indicatorSection) ofChosen(v *visit, section monitor.ReportSection) (rows [][]monitor.ReportCell, chosen string) {
	counts := make(map[string]int)
	for _, cells := range section.Rows {
		goods := goodsText(v, section, cells)
		if counts[goods]++; counts[goods] == 1 {
			into.charted = append(into.charted, choice{value: goods, label: goods})
		}
		if counts[goods] > counts[chosen] {
			chosen = goods
		}
	}
	if asked := v.query.Get(into.about); counts[asked] > 0 {
		chosen = asked
	}
	into.charted = chosenOf(into.charted, chosen)
	for _, cells := range section.Rows {
		if goodsText(v, section, cells) == chosen {
			rows = append(rows, cells)
		}
	}
	return rows, chosen
}

// chartReasons draws why goods of one line were rejected.
func chartReasons(v *visit, section monitor.ReportSection, into *indicatorSection) {
	rows, chosen := into.ofChosen(v, section)
	reason, rejected, unit := columnOf(section, "reason"), columnOf(section, "rejected"), columnOf(section, "unit")
	var amounts pivot
	for _, cells := range rows {
		amounts.set(cellText(v, cells[reason]), v.say(section.Columns[rejected].Names), numberAt(cells, rejected))
	}
	into.chart = amounts.chart(v.say(chartsOfReasons)+": "+chosen, rows[0][unit].Code)
	into.chart.Sideways = true
}

// chartPrices draws the band of one line and grade over the quarters, beside what the press published of the line.
func chartPrices(v *visit, section monitor.ReportSection, into *indicatorSection) {
	rows, chosen := into.ofChosen(v, section)
	quarter, unit := columnOf(section, "quarter"), columnOf(section, "unit")
	var bands pivot
	for _, cells := range rows {
		for _, price := range []string{"low_vnd", "high_vnd", "reference_low_vnd", "reference_high_vnd"} {
			at := columnOf(section, price)
			bands.set(cells[quarter].Code, v.say(plainPrice(section.Columns[at].Names)), numberAt(cells, at))
		}
	}
	slices.Sort(bands.labels)
	into.chart = bands.chart(v.say(chartsOfPrices)+": "+chosen, v.sayf(chartsCurrency, rows[0][unit].Code))
	for at := range into.chart.Series {
		into.chart.Series[at].Line = true
	}
}

// plainPrice is the name of a column without its currency, which stands at the axis.
func plainPrice(names reference.Names) reference.Names {
	const currency = " (đ)"
	return reference.Names{Name: strings.TrimSuffix(names.Name, currency), NameEN: strings.TrimSuffix(names.NameEN, currency)}
}
