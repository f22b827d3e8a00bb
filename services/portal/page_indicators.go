package portal

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const indicatorsPath = "/monitor/indicators"

//nolint:gochecknoglobals // immutable texts
var (
	indicatorsTitle   = text("Chỉ số", "Indicators")
	indicatorsIntro   = text("Thị trường trong kỳ %s – %s; các con số tại một ngày tính đến %s. Không nêu tên tổ chức nào.", "The market from %s to %s; what stands as of a day stands as of %s. No organisation is named.")
	indicatorsHidden  = text("Ẩn vì chưa đủ số tổ chức để công bố.", "Hidden: too few organisations stand behind it to be told.")
	indicatorsKept    = text("Chưa phải số mới nhất: các thay đổi sau đó chưa đủ số tổ chức để công bố.", "Not the newest: too few organisations stand behind later changes for them to be told yet.")
	indicatorsEmpty   = text("Không có, hoặc không được tính: xem ghi chú của bảng.", "There is none, or it is not told: see the notes of the table.")
	indicatorsTarget  = text("Mục tiêu %s %%", "Target %s %%")
	indicatorsReached = text("đạt", "reached")
	indicatorsMissed  = text("chưa đạt, còn thiếu %s điểm", "not reached, %s points short")
	indicatorsNothing = text("Chưa có số liệu trong kỳ này.", "There are no figures of this period.")
	indicatorsPress   = text("Giá tham khảo đã công bố trong kỳ (báo chí, đ/kg, chưa được sàn kiểm chứng)", "Reference prices published within the period (press, VND for a kg, not verified by the marketplace)")
	indicatorsOn      = text("Ngày", "Day")
	indicatorsWhat    = text("Quy cách", "Grade")
	indicatorsStage   = text("Nơi giao", "Stage")
	indicatorsLow     = text("Thấp nhất (đ/kg)", "Lowest (VND/kg)")
	indicatorsHigh    = text("Cao nhất (đ/kg)", "Highest (VND/kg)")
	indicatorsStages  = map[string]reference.Names{
		"farm gate": text("tại nơi nuôi, trồng", "farm gate"), "farm gate no tie": text("tại nơi nuôi, không dây buộc", "farm gate, without tie"),
		"wholesale": text("bán buôn", "wholesale"), "retail": text("bán lẻ", "retail"),
	}
	indicatorsSource  = text("Nguồn", "Source")
	indicatorsContent = text("Mục lục", "Contents")
)

// indicatorsView is what the page shows.
type indicatorsView struct {
	periods  []volumesDays
	from, to string
	answer   *monitor.Indicators
	intro    string
	tiles    []tile
	sections []indicatorSection
	notes    []string
}

// indicatorSection is a table with what people would rather look at.
type indicatorSection struct {
	code  string
	table figures
	notes []string
	chart chart
	// charted are what the chart may be of, under the parameter that says so; none where it is of all.
	charted []choice
	about   string
	// press are published prices beside the table.
	press figures
}

// showIndicators answers as GET /v1/indicators does, from the same method.
func showIndicators(ctx context.Context, s *Service, v *visit) error {
	view := &indicatorsView{from: v.query.Get("from"), to: v.query.Get("to")}
	v.content = indicators(v, view)
	var err error
	if view.periods, err = s.indicatorPeriods(ctx, v); err != nil {
		return err
	}
	from, to, err := indicatorsAsked(v.query)
	if err != nil {
		return err
	}
	answer, err := s.monitor.Indicators(ctx, v.who, from, to)
	if err != nil {
		return err
	}
	view.fill(v, s.naming(v), &answer)
	return nil
}

func indicatorsAsked(query url.Values) (from, to civil.Date, err error) {
	asked, _, err := monitor.ReadVolumes(url.Values{"from": {query.Get("from")}, "to": {query.Get("to")}})
	return asked.From, asked.To, err
}

// indicatorPeriods are the quarters, half-years and years under way and those before them, as the rows of
// monitor.report_kinds say.
func (s *Service) indicatorPeriods(ctx context.Context, v *visit) ([]volumesDays, error) {
	kinds, err := s.monitor.ReportKinds(ctx)
	var found []volumesDays
	for _, kind := range kinds {
		if kind.Months < monthsOfQuarter {
			continue
		}
		now, names := kind.Around(reference.Day(time.Now()))
		before, namesBefore := kind.Around(now.From.AddDays(-1))
		found = append(found, indicatorDays(v, now, names), indicatorDays(v, before, namesBefore))
	}
	return found, err
}

// monthsOfQuarter is the shortest period whose indicators are offered: concentration and prices are of quarters.
const monthsOfQuarter = 3

func indicatorDays(v *visit, span ledger.Span, names reference.Names) volumesDays {
	return volumesDays{label: v.say(names), address: v.here("from", span.From.String(), "to", span.To.String()), span: span}
}

// shows reports whether the figures are those of a period.
func (view *indicatorsView) shows(days volumesDays) bool {
	return view.from == days.span.From.String() && view.to == days.span.To.String()
}

func (view *indicatorsView) fill(v *visit, names naming, answer *monitor.Indicators) {
	view.answer, view.from, view.to = answer, answer.From, answer.To
	view.intro = v.sayf(indicatorsIntro, v.dayText(answer.From), v.dayText(answer.To), v.day(answer.Day))
	view.tiles = indicatorTiles(v, answer.Sections)
	view.notes = answer.Noted(v.language)
	for _, section := range answer.Sections {
		made := indicatorSection{code: section.Code, table: sectionFigures(v, names, section), about: "chart_" + section.Code}
		for _, note := range section.Notes {
			made.notes = append(made.notes, v.say(note))
		}
		if draw := indicatorCharts[section.Code]; draw != nil && len(section.Rows) > 0 {
			draw(v, section, &made)
		}
		if section.Code == "prices" {
			made.press = pressFigures(v, names, answer.From, answer.To)
		}
		view.sections = append(view.sections, made)
	}
}

// sectionFigures is a section of a report as a table of a page.
func sectionFigures(v *visit, names naming, section monitor.ReportSection) figures {
	made := figures{caption: v.say(section.Names)}
	for _, column := range section.Columns {
		made.heads = append(made.heads, head{text: v.say(column.Names), number: column.Kind != monitor.TextColumn})
	}
	for _, cells := range section.Rows {
		row := make([]cell, len(cells))
		for at, each := range cells {
			row[at] = sectionCell(v, names, section.Columns[at], each)
		}
		made.rows = append(made.rows, row)
	}
	return made
}

// sectionCell is a cell of a report with what is to be said of it: that it is hidden, not the newest, or not told.
func sectionCell(v *visit, names naming, column monitor.ReportColumn, each monitor.ReportCell) cell {
	switch {
	case each.Hidden:
		return cell{text: v.say(figuresHidden), why: v.say(indicatorsHidden)}
	case each.Number != "" && each.KeptBack:
		return cell{text: monitor.Grouped(each.Number, v.language) + " *", why: v.say(indicatorsKept)}
	case each.Number != "":
		return cell{text: monitor.Grouped(each.Number, v.language)}
	case column.Kind != monitor.TextColumn:
		return cell{text: "–", why: v.say(indicatorsEmpty)}
	case column.Code == "stars":
		return cell{text: cellText(v, each) + " ★"}
	case column.Code == "unit":
		return cell{text: cmp.Or(names.unit(each.Code), "–")}
	default:
		return cell{text: cmp.Or(cellText(v, each), "–"), tone: toneWords()}
	}
}

// cellText is the text of a cell of a report.
func cellText(v *visit, each monitor.ReportCell) string {
	return reference.Names{Name: each.Name, NameEN: each.NameEN}.In(v.language)
}

// pressFigures are the prices of all lines that the press published within a period, newest first, each with its source.
func pressFigures(v *visit, names naming, from, to string) figures {
	made := figures{caption: v.say(indicatorsPress), heads: []head{
		{text: v.say(monitor.DimensionNames(ledger.ByLine))}, {text: v.say(indicatorsOn)}, {text: v.say(indicatorsWhat)},
		{text: v.say(indicatorsLow), number: true}, {text: v.say(indicatorsHigh), number: true}, {text: v.say(indicatorsStage)}, {text: v.say(indicatorsSource)},
	}}
	for _, line := range names.choices(ledger.ByLine) {
		prices := names.book.Prices(line.value)
		slices.SortStableFunc(prices, func(a, b reference.Price) int { return strings.Compare(b.PublishedOn.String(), a.PublishedOn.String()) })
		for _, price := range prices {
			if on := price.PublishedOn.String(); on < from || on > to {
				continue
			}
			made.rows = append(made.rows, []cell{
				{text: line.label}, {text: v.day(price.PublishedOn)}, {text: price.Grade}, {text: v.value(price.Least)}, {text: v.value(price.Most)},
				{text: v.stageOf(price)}, {text: price.Source},
			})
		}
	}
	return made
}

// stageOf is where in the trade a published price was paid; as its source says it where there is no word for it here.
func (v *visit) stageOf(price reference.Price) string {
	return cmp.Or(v.say(indicatorsStages[price.Stage]), price.Stage)
}

// fileIndicators is one of the tables as a file, as GET /v1/indicators gives it.
func fileIndicators(ctx context.Context, s *Service, v *visit) ([]byte, error) {
	from, to, err := indicatorsAsked(v.query)
	if err != nil {
		return nil, err
	}
	answer, err := s.monitor.Indicators(ctx, v.who, from, to)
	if err != nil {
		return nil, err
	}
	return answer.CSV(v.query.Get("section"))
}
