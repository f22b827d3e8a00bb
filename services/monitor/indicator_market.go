package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// measures are how words were kept over the whole market, by the rules of records.
func (i indicated) measures(context.Context) (ReportSection, error) {
	section := ReportSection{
		Code: "performance", Names: called("Thời gian trả lời và giữ lời", "Answer times and how words were kept"), Rows: [][]ReportCell{},
		Columns: []ReportColumn{
			{Code: "measure", Names: called("Chỉ số", "Measure"), Kind: TextColumn}, {Code: "line", Names: called("Ngành hàng", "Product line"), Kind: TextColumn},
			{Code: "unit", Names: called("Đơn vị", "Unit"), Kind: TextColumn}, countColumn("cases", "Số trường hợp", "Cases"),
			countColumn("met", "Số đạt", "Met"), {Code: "percent", Names: called("Tỷ lệ (%)", "Share (%)"), Kind: PercentColumn},
			countColumn("minutes", "Trung vị (phút)", "Median (minutes)"),
		},
		Notes: []reference.Names{called("Dưới "+strconv.Itoa(inquiry.FewCases)+" trường hợp thì không tính tỷ lệ và trung vị. Tỷ lệ bị trả lại tính theo khối lượng.",
			"Of fewer than "+strconv.Itoa(inquiry.FewCases)+" cases neither share nor median is told. Rejections are shares of quantity.")},
	}
	for _, each := range i.market.Measures {
		cells := []ReportCell{named(each.Code, each.Names), {}, {}, counted(each.Cases), {}, {}, {}}
		if each.Line != "" {
			cells[1], cells[2] = named(each.Line, i.names.of(ledger.ByLine, each.Line)), i.names.unit(each.Unit)
		}
		if each.Permille != nil {
			cells[4], cells[5] = counted(each.Met), percentOf(*each.Permille, 1000)
		}
		if each.Minutes != nil {
			cells[6] = numbered(strconv.FormatInt(*each.Minutes, 10))
		}
		section.Rows = append(section.Rows, cells)
	}
	return section, nil
}

// rejections are what goods of each line were rejected for.
func (i indicated) rejections(context.Context) (ReportSection, error) {
	section := ReportSection{
		Code: "rejections", Names: called("Lý do trả lại theo ngành hàng", "Why goods were rejected, by line"), Rows: [][]ReportCell{}, Overlapping: true,
		Columns: []ReportColumn{
			{Code: "line", Names: called("Ngành hàng", "Product line"), Kind: TextColumn}, {Code: "unit", Names: called("Đơn vị", "Unit"), Kind: TextColumn},
			{Code: "reason", Names: called("Lý do", "Reason"), Kind: TextColumn}, countColumn("deliveries", "Số chuyến", "Deliveries"),
			{Code: "rejected", Names: called("Trả lại", "Rejected"), Kind: QuantityColumn},
		},
		Notes: []reference.Names{called("Một chuyến có nhiều lý do được tính ở từng lý do; không cộng các dòng.",
			"A delivery with several reasons counts under each: do not add rows up.")},
	}
	for _, each := range i.market.Reasons {
		why := called(each.NameVI, each.NameEN)
		if each.Reason == "" {
			why = called("không ghi", "none given")
		}
		section.Rows = append(section.Rows, []ReportCell{
			named(each.Line, i.names.of(ledger.ByLine, each.Line)), i.names.unit(each.Unit), named(each.Reason, why),
			counted(each.Deliveries), numbered(each.Rejected.String()),
		})
	}
	return section, nil
}

// Of how many the share is told.
const largest = 3

// How far apart what is told of concentration stands: whole percents, and hundreds of ten thousand.
const indexStep = 100

// concentration is what the three largest producers delivered of each line, quarter by quarter.
//
// The total is known to whoever reads it, and so the sum of the three follows, and that of the rest: there
// are three in either, or nothing is told. The index adds the squares, from which the largest follows
// nearly where it has nearly all: nothing is told where one producer has more than half. Only whole
// quarters that have ended are told, and all figures are rounded: two windows that differ by a day, or
// overlap, would tell what one producer delivered in between; these never overlap.
func (i indicated) concentration(ctx context.Context) (ReportSection, error) {
	section := ReportSection{
		Code: "concentration", Names: called("Mức độ tập trung theo ngành hàng và quý", "Concentration by line and quarter"), Rows: [][]ReportCell{},
		Columns: slices.Concat([]ReportColumn{{Code: "quarter", Names: called("Quý", "Quarter"), Kind: TextColumn}}, goodsColumns(), []ReportColumn{
			{Code: "largest_three", Names: called("Ba nhà sản xuất lớn nhất (%)", "Largest three producers (%)"), Kind: PercentColumn},
			countColumn("index", "Chỉ số HHI", "HHI"),
		}),
		Notes: []reference.Names{called(
			"Chỉ những quý đã kết thúc, ở ngành hàng có từ ba nhà sản xuất ở mỗi bên và không nhà nào quá nửa; tỷ lệ làm tròn đến phần trăm, HHI (0–10 000) đến hàng trăm.",
			"Only quarters that have ended, of lines with three producers on either side and none above half; shares to the percent, the index (0–10 000) to the hundred.")},
	}
	first, end := i.quarters()
	if !first.Before(end) {
		return section, nil
	}
	rows, err := i.delivered(ctx, first, end.AddDays(-1), ledger.ByProducer, ledger.ByQuarter)
	if err != nil {
		return section, err
	}
	type quarter struct {
		text  string
		goods traded
	}
	found := make(map[quarter][]int64)
	for _, row := range rows {
		if row.Delivered > 0 {
			at := quarter{row.Dimensions[ledger.ByQuarter], traded{Line: row.Line, Dried: row.Dried, Unit: row.Unit}}
			found[at] = append(found[at], int64(row.Delivered))
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(found), func(a, b quarter) int { return cmp.Or(cmp.Compare(a.text, b.text), a.goods.compare(b.goods)) }) {
		three, index, told := i.concentrated(found[at])
		if !told {
			continue
		}
		about := reporting{names: i.names}.goods(VolumeRow{Dimensions: Dimensions{Line: at.goods.Line, Dried: at.goods.Dried, Unit: at.goods.Unit}})
		section.Rows = append(section.Rows, slices.Concat([]ReportCell{named(at.text, called(at.text, at.text))}, about,
			[]ReportCell{numbered(strconv.FormatInt(three, 10)), numbered(strconv.FormatInt(index, 10))}))
	}
	return section, nil
}

// quarters are the whole quarters within the period that have ended: from the first day of the first to the day
// after the last.
func (i indicated) quarters() (first, end civil.Date) {
	first = quarterFrom(i.from)
	for end = first; !i.to.Before(end.AddMonths(3).AddDays(-1)) && end.AddMonths(3).AddDays(-1).Before(reference.Day(i.tx.Now)); {
		end = end.AddMonths(3)
	}
	return first, end
}

// concentrated is the share of the largest three in percent and the index of all, rounded, as far as they
// may be told.
func (i indicated) concentrated(amounts []int64) (three, index int64, told bool) {
	amounts = slices.SortedFunc(slices.Values(amounts), func(a, b int64) int { return cmp.Compare(b, a) })
	var total, most int64
	for at, amount := range amounts {
		if total += amount; at < largest {
			most += amount
		}
	}
	least := int(i.rules[ruleConcentrationOf].Value)
	if largest < least || len(amounts) < largest+least || amounts[0]*100 > total*i.rules[ruleConcentrationMost].Value {
		return 0, 0, false
	}
	var squares int64 // of parts in ten thousand: of a hundredth of a percent each
	for _, amount := range amounts {
		part := perMyriad(amount, total)
		squares += part * part
	}
	return (perMyriad(most, total) + 50) / 100, (squares/10_000 + indexStep/2) / indexStep * indexStep, true
}

// perMyriad is a part in ten thousand, half up.
func perMyriad(part, whole int64) int64 { return (20_000*part + whole) / (2 * whole) }

// quarterFrom is the first quarter that begins on a day or later.
func quarterFrom(day civil.Date) civil.Date {
	first := civil.New(day.Year, (day.Month-1)/3*3+1, 1)
	if first.Before(day) {
		return first.AddMonths(3)
	}
	return first
}
