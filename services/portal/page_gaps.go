package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const gapsPath = "/monitor/gaps"

//nolint:gochecknoglobals // immutable texts
var (
	gapsTitle        = text("Chênh lệch cung – cầu", "Gaps")
	gapsIntro        = text("Nhu cầu còn mở so với nguồn cung còn hứa được, theo ngành hàng, tháng giao và chứng nhận. Không cộng các ngành hàng, các chứng nhận, hàng tươi với hàng khô.", "Open demand beside the supply that can still be promised, by product line, month of delivery and certificate. Never add up lines, certificates, or fresh with dried goods.")
	gapsCaption      = text("Cung và cầu từ %s đến %s", "Supply and demand, %s to %s")
	gapsDemand       = text("Nhu cầu còn mở", "Open demand")
	gapsSupply       = text("Nguồn cung", "Supply")
	gapsFree         = text("Còn trống", "Free")
	gapsReserved     = text("Giữ cho báo giá", "Reserved")
	gapsCommitted    = text("Đã chốt", "Committed")
	gapsGap          = text("Chênh lệch", "Gap")
	gapsWanting      = text("Thiếu %s", "Short by %s")
	gapsCovered      = text("Đủ, dư %s", "Enough, %s over")
	gapsEven         = text("Vừa đủ", "Just enough")
	gapsUnasked      = text("Chưa có nhu cầu, dư %s", "No demand, %s free")
	gapsAlert        = text("Cảnh báo", "Alert")
	gapsCrossed      = text("Vượt ngưỡng", "Above threshold")
	gapsPast         = text("Cùng tháng các năm trước, trung bình", "Same month of years before, average")
	gapsPastOf       = text("Nguồn cung", "Offered")
	gapsPastGot      = text("Đã nhận", "Delivered")
	gapsPastYears    = text("Số năm", "Years")
	gapsSeason       = text("Mùa vụ", "Season")
	gapsNotKnown     = text("Những năm trước không có số liệu.", "There are no figures of years before.")
	gapsNoSeason     = text("Chưa biết mùa vụ của ngành hàng.", "The season of the line is not known.")
	gapsChart        = text("Nhu cầu và nguồn cung theo tháng: %s", "Demand and supply by month: %s")
	gapsSupplies     = text("Nguồn cung còn hứa được", "Supply left to promise")
	gapsOnly         = text("Hiển thị", "Rows")
	gapsOfDemand     = text("Có nhu cầu", "With demand")
	gapsOfShort      = text("Chỉ dòng thiếu", "Only what is short")
	gapsSchemeFilter = text("Chứng nhận yêu cầu", "Certificate asked for")
	gapsPastLine     = text("Đã nhận, trung bình các năm trước", "Delivered, average of years before")
)

// gapsLevels is what people call how much a line yields in a month.
//
//nolint:gochecknoglobals // an immutable table
var gapsLevels = map[string]reference.Names{
	"none": text("trái vụ", "off season"), "some": text("có hàng", "some"), "high": text("chính vụ", "high season"),
}

// gapsView is what the page shows; without alerts and thresholds for who has no authority to be told.
type gapsView struct {
	lines, schemes []choice
	only           []choice
	from, to       string
	answer         *monitor.Gaps
	table          figures
	notes          []string
	chart          chart
	charts         []choice
	told           bool
	alerts         gapAlertsView
	thresholds     thresholdsForm
}

// showGaps answers as GET /v1/gaps does, from the same method, with what the reader's authority is told of.
func showGaps(ctx context.Context, s *Service, v *visit) error {
	names := s.naming(v)
	view := &gapsView{
		lines:   chosenOf(names.choices(ledger.ByLine), v.query.Get("line")),
		schemes: chosenOf(names.choices(ledger.ByScheme), v.query.Get("scheme")),
		only:    chosenOf([]choice{{value: gapsOnlyWanted, label: v.say(gapsOfDemand)}, {value: gapsOnlyShort, label: v.say(gapsOfShort)}}, v.query.Get("only")),
		from:    v.query.Get("from"), to: v.query.Get("to"), told: v.who.Official(),
	}
	v.content = gaps(v, view)
	query, err := gapsAsked(v.query)
	if err != nil {
		return err
	}
	answer, err := s.monitor.Gaps(ctx, v.who, query)
	if err != nil {
		return err
	}
	view.fill(v, names, &answer)
	if !view.told {
		return nil
	}
	if view.alerts, err = s.gapAlerts(ctx, v, names); err != nil {
		return err
	}
	view.thresholds, err = s.thresholdsForm(ctx, v, names)
	return err
}

// gapsAsked reads what of the address is asked of the service.
func gapsAsked(query url.Values) (ledger.Query, error) {
	asked, _, err := monitor.ReadVolumes(url.Values{
		"from": {query.Get("from")}, "to": {query.Get("to")}, "line": {query.Get("line")}, "scheme": {query.Get("scheme")},
	})
	return asked, err
}

func (view *gapsView) fill(v *visit, names naming, answer *monitor.Gaps) {
	view.answer = answer
	view.from, view.to = answer.From, answer.To
	rows := slices.Clone(answer.Rows)
	sortGaps(rows, names)
	view.table = figures{caption: fmt.Sprintf(v.say(gapsCaption), v.dayText(answer.From), v.dayText(answer.To)), heads: gapsHeads(v, view.told)}
	for _, row := range rows {
		if gapShown(v.query.Get("only"), row) {
			view.table.rows = append(view.table.rows, gapsRow(v, names, view.told, row))
		}
	}
	view.notes = answer.Noted(v.language)
	view.chartGaps(v, names, rows)
}

// What the table may be narrowed to.
const (
	gapsOnlyWanted = "demand"
	gapsOnlyShort  = "short"
)

// gapShown reports whether a row belongs into the table.
func gapShown(only string, row monitor.GapRow) bool {
	switch only {
	case gapsOnlyWanted:
		return row.Requested > 0
	case gapsOnlyShort:
		return row.Gap > 0
	default:
		return true
	}
}

// sortGaps puts lines in the order of their names, each with its months first to last and then by certificate.
func sortGaps(rows []monitor.GapRow, names naming) {
	lines := make(map[string]int)
	for at, each := range names.choices(ledger.ByLine) {
		lines[each.value] = at
	}
	slices.SortStableFunc(rows, func(a, b monitor.GapRow) int {
		return cmp.Or(cmp.Compare(lines[a.Line], lines[b.Line]), strings.Compare(names.goods(a.Line, a.Dried), names.goods(b.Line, b.Dried)),
			strings.Compare(a.Unit, b.Unit), strings.Compare(a.Value(ledger.ByMonth), b.Value(ledger.ByMonth)),
			strings.Compare(a.Value(ledger.ByScheme), b.Value(ledger.ByScheme)))
	})
}

func gapsHeads(v *visit, told bool) []head {
	heads := []head{
		{text: v.say(monitor.DimensionNames(ledger.ByLine))}, {text: v.say(overviewFor)}, {text: v.say(monitor.DimensionNames(ledger.ByScheme))}, {text: v.say(volumesUnit)},
		{text: v.say(gapsDemand), number: true}, {text: v.say(gapsFree), group: v.say(gapsSupply), number: true},
		{text: v.say(gapsReserved), group: v.say(gapsSupply), number: true}, {text: v.say(gapsCommitted), group: v.say(gapsSupply), number: true},
		{text: v.say(gapsGap), number: true},
	}
	if told {
		heads = append(heads, head{text: v.say(gapsAlert)})
	}
	past := v.say(gapsPast)
	return append(heads, head{text: v.say(gapsPastOf), group: past, number: true}, head{text: v.say(gapsPastGot), group: past, number: true},
		head{text: v.say(gapsPastYears), group: past, number: true}, head{text: v.say(gapsSeason)})
}

func gapsRow(v *visit, names naming, told bool, row monitor.GapRow) []cell {
	cells := []cell{
		{text: names.goods(row.Line, row.Dried)}, {text: names.of(ledger.ByMonth, row.Value(ledger.ByMonth))}, {text: names.askedFor(row.Value(ledger.ByScheme))},
		{text: names.unit(row.Unit)}, {text: v.amount(row.Requested)}, {text: v.amount(row.Available - row.Reserved)}, {text: v.amount(row.Reserved)},
		{text: v.amount(row.Committed)}, v.gapCell(row),
	}
	if told {
		alert := cell{}
		if row.Alert {
			alert = cell{text: v.say(gapsCrossed), tone: toneAlert()}
		}
		cells = append(cells, alert)
	}
	unknown := cell{text: "–", why: v.say(gapsNotKnown)}
	past := []cell{unknown, unknown, unknown}
	if row.Past != nil {
		past = []cell{{text: v.amount(row.Past.Offered)}, {text: v.amount(row.Past.Delivered)}, {text: v.count(row.Past.Years)}}
	}
	return append(append(cells, past...), v.seasonCell(names, row))
}

// askedFor is what a certificate is called where one was asked for.
func (n naming) askedFor(scheme string) string {
	if scheme == "" {
		return overviewAny.In(n.language)
	}
	return n.of(ledger.ByScheme, scheme)
}

// gapCell says in words whether there is enough.
func (v *visit) gapCell(row monitor.GapRow) cell {
	switch {
	case row.Gap > 0:
		return cell{text: fmt.Sprintf(v.say(gapsWanting), v.amount(row.Gap)), tone: toneShort()}
	case row.Requested == 0:
		return cell{text: fmt.Sprintf(v.say(gapsUnasked), v.amount(-row.Gap))}
	case row.Gap == 0:
		return cell{text: v.say(gapsEven)}
	default:
		return cell{text: fmt.Sprintf(v.say(gapsCovered), v.amount(-row.Gap))}
	}
}

// seasonCell says how much the line yields in the month, by way of raising it where these differ.
func (v *visit) seasonCell(names naming, row monitor.GapRow) cell {
	if len(row.Seasons) == 0 {
		return cell{text: "–", why: v.say(gapsNoSeason)}
	}
	ways := names.book.Seasons(row.Line)
	alike := !slices.ContainsFunc(row.Seasons, func(each monitor.SeasonLevel) bool { return each.Level != row.Seasons[0].Level })
	if alike {
		return cell{text: cmp.Or(v.say(gapsLevels[row.Seasons[0].Level]), row.Seasons[0].Level)}
	}
	told := make([]string, len(row.Seasons))
	for at, each := range row.Seasons {
		told[at] = cmp.Or(v.say(gapsLevels[each.Level]), each.Level)
		if way := slices.IndexFunc(ways, func(s reference.Season) bool { return s.Qualifier == each.Way }); each.Way != "" && way >= 0 {
			told[at] = cmp.Or(v.say(ways[way].Names), each.Way) + ": " + told[at]
		}
	}
	return cell{text: strings.Join(told, "; "), tone: toneLong()}
}

// gapGoods are what the chart may be of: supply under two certificates stands in two rows, and is never added up.
type gapGoods struct {
	line, unit, scheme string
	dried              bool
}

func gapGoodsOf(row monitor.GapRow) gapGoods {
	return gapGoods{line: row.Line, unit: row.Unit, scheme: row.Value(ledger.ByScheme), dried: row.Dried}
}

func (g gapGoods) code() string {
	return strings.Join([]string{g.line, strconv.FormatBool(g.dried), g.unit, g.scheme}, ",")
}

// chartGaps sets demand and supply of some goods beside each other month by month: of those that the reader chose,
// else of those of which most is wanting, or asked for where nothing is.
func (view *gapsView) chartGaps(v *visit, names naming, rows []monitor.GapRow) {
	wanting, asked := make(map[gapGoods]quantity.Quantity), make(map[gapGoods]quantity.Quantity)
	var chosen gapGoods
	for _, row := range rows {
		goods := gapGoodsOf(row)
		if _, known := wanting[goods]; !known {
			view.charts = append(view.charts, choice{value: goods.code(), label: names.goods(goods.line, goods.dried) + ", " + names.askedFor(goods.scheme)})
		}
		wanting[goods] += max(0, row.Gap)
		asked[goods] += row.Requested
		if chosen.line == "" || wanting[goods] > wanting[chosen] || wanting[goods] == wanting[chosen] && asked[goods] > asked[chosen] {
			chosen = goods
		}
	}
	for goods := range wanting {
		if goods.code() == v.query.Get("chart") {
			chosen = goods
		}
	}
	if chosen.line == "" {
		return
	}
	view.charts = chosenOf(view.charts, chosen.code())
	view.chart = chart{Unit: names.unit(chosen.unit), Series: []chartSeries{
		{Name: v.say(gapsDemand)}, {Name: v.say(gapsSupplies)}, {Name: v.say(gapsPastLine), Line: true},
	}}
	byMonth := make(map[string]monitor.GapRow)
	for _, row := range rows {
		if gapGoodsOf(row) == chosen {
			byMonth[row.Value(ledger.ByMonth)] = row
		}
	}
	for _, month := range monthsBetween(view.from, view.to) {
		row := byMonth[month]
		view.chart.Labels = append(view.chart.Labels, names.of(ledger.ByMonth, month))
		var past *quantity.Quantity
		if row.Past != nil {
			past = &row.Past.Delivered
		}
		for at, amount := range []*quantity.Quantity{&row.Requested, &row.Available, past} {
			view.chart.Series[at].add(amount)
		}
	}
}

// monthsBetween are the months of two days and those between them, as the ledger writes them.
func monthsBetween(from, to string) []string {
	const length = len("2026-03")
	if len(from) < length || len(to) < length {
		return nil
	}
	var months []string
	for month := from[:length]; month <= to[:length] && len(months) < mostChartMonths; {
		months = append(months, month)
		span, _ := ledger.SpanOf(ledger.ByMonth, month) // a month of a report
		month = span.To.AddDays(1).String()[:length]
	}
	return months
}

// mostChartMonths is how many months a chart shows.
const mostChartMonths = 60

// fileGaps is the table as a file, as GET /v1/gaps gives it.
func fileGaps(ctx context.Context, s *Service, v *visit) ([]byte, error) {
	query, err := gapsAsked(v.query)
	if err != nil {
		return nil, err
	}
	answer, err := s.monitor.Gaps(ctx, v.who, query)
	return answer.CSV(), err
}
