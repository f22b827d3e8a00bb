package portal

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const reportsPath = "/monitor/reports"

//nolint:gochecknoglobals // immutable texts
var (
	reportsTitle     = text("Báo cáo", "Reports")
	reportsIntro     = text("Mỗi bản báo cáo giữ nguyên như lúc lập; số liệu được điều chỉnh sau đó nằm ở bản kế tiếp. So sánh hai bản của cùng một kỳ để thấy điều gì đã đổi.", "An edition of a report stays as it was made; what is corrected later is in the next one. Compare two editions of a period to see what has changed.")
	reportsMake      = text("Lập báo cáo", "Make a report")
	reportsWhy       = text("Lý do lập (in trong báo cáo)", "Why it is made (stands in the report)")
	reportsBegun     = text("chưa kết thúc: bản sơ bộ", "not over: preliminary")
	reportsAsked     = text("Đã yêu cầu lập báo cáo. Bản mới hiện trong bảng khi lập xong.", "The report was asked for. The new edition stands in the table once it is made.")
	reportsUnderway  = text("Đang lập", "Being made")
	reportsWaits     = text("chờ đến lượt, yêu cầu lúc %s", "waits for its turn, asked for at %s")
	reportsRuns      = text("đang lập từ %s", "being made since %s")
	reportsAgain     = text("lần trước không thành, sẽ thử lại; yêu cầu lúc %s", "the last attempt failed, it is tried again; asked for at %s")
	reportsForsaken  = text("không lập được, hãy báo người vận hành; yêu cầu lúc %s", "it could not be made, tell whoever runs the service; asked for at %s")
	reportsAgainLook = text("Xem lại", "Look again")
	reportsEditions  = text("Các bản báo cáo", "Editions")
	reportsEdition   = text("Bản", "Edition")
	reportsDays      = text("Từ ngày – đến ngày", "Days")
	reportsAsOf      = text("Số liệu lúc", "Figures as of")
	reportsState     = text("Tình trạng", "State")
	reportsPrelim    = text("sơ bộ", "preliminary")
	reportsCorrected = text("đã có số liệu điều chỉnh", "corrected since")
	reportsNewest    = text("mới nhất", "newest")
	reportsOlder     = text("có bản mới hơn", "there is a newer one")
	reportsDigest    = text("Mã băm SHA-256", "SHA-256 digest")
	reportsFiles     = text("Tải về", "Download")
	reportsNone      = text("Chưa có bản báo cáo nào.", "No report has been made.")
	reportsPeriod    = text("Kỳ", "Period")
	reportsAllOf     = text("Tất cả các kỳ", "All periods")
	reportsProvince  = text("Báo cáo cho", "Made for")
	reportsKinds     = text("Loại kỳ và lịch tự lập", "Kinds of periods and what is made by itself")
	reportsGrace     = text("Lập sau khi hết kỳ", "Made after the period's end")
	reportsGraceDays = text("%d ngày", "%d days")
	reportsLatest    = text("Kỳ đủ số liệu gần nhất", "Latest period that is complete")
	reportsOrdered   = text("Tự lập và gửi", "Made and sent by itself")
	reportsOrderedTo = text("gửi %s, đặt ngày %s", "sent to %s, ordered on %s")
	reportsNoOrder   = text("không", "no")
	reportsOrder     = text("Đặt lịch", "Order")
	reportsEndOrder  = text("Thôi đặt", "End")
	reportsNowOrder  = text("Đã đặt: báo cáo được tự lập khi đủ số liệu, lập lại khi có điều chỉnh, và gửi thông báo cho cơ quan của bạn.", "Ordered: reports are made by themselves once figures are complete, made again when corrected, and your authority is told.")
	reportsNowEnded  = text("Đã thôi đặt lịch tự lập báo cáo.", "Reports of this kind are not made by themselves any more.")
)

// reportsRows is how many editions a page of the table has, reportsRecent how many periods of each kind a report
// may be asked for of.
const (
	reportsRows   = 20
	reportsRecent = 6
)

func reportsPage() page {
	return page{
		path: reportsPath, title: reportsTitle, under: menuMonitor, groups: watchers(), live: true, show: showReports,
		acts: map[string]act{
			"make-report":      {said: reportsAsked, do: makeReport},
			"order-reports":    {said: reportsNowOrder, do: orderReports(true)},
			"end-report-order": {said: reportsNowEnded, do: orderReports(false)},
		},
	}
}

func makeReport(ctx context.Context, s *Service, v *visit) (string, error) {
	_, err := s.monitor.RequestReport(ctx, v.who, v.typed.Get("period"), v.query.Get("province"), v.typed.Get("reason"))
	return "", err
}

func orderReports(wanted bool) func(ctx context.Context, s *Service, v *visit) (string, error) {
	return func(ctx context.Context, s *Service, v *visit) (string, error) {
		return "", s.monitor.OrderReports(ctx, v.who, v.typed.Get("kind"), wanted)
	}
}

// reportsView is what the page shows.
type reportsView struct {
	asOf      time.Time
	periods   []choiceGroup
	provinces []choice
	underway  []listedFact
	editions  listing
	next      templ.SafeURL
	kinds     listing
	// writes says that the reader may have reports made; orders, that it may have them made by themselves.
	writes, orders bool
}

// choiceGroup is a group of what a field offers.
type choiceGroup struct {
	label   string
	choices []choice
}

// showReports shows which reports there are, what is being made and what is made by itself.
func showReports(ctx context.Context, s *Service, v *visit) error {
	view := &reportsView{asOf: time.Now(), writes: v.who.MayWrite("monitor") == nil, orders: v.who.Official()}
	kinds, err := s.monitor.ReportKinds(ctx)
	if err != nil {
		return err
	}
	view.offer(v, s.book, kinds)
	province := v.query.Get("province")
	underway, err := s.monitor.ReportsUnderway(ctx, v.who, v.reportsOf())
	if err != nil {
		return err
	}
	for _, each := range underway {
		view.underway = append(view.underway, listedFact{v.say(monitor.PeriodNames(kinds, each.Period)), listed{text: v.stage(each)}})
	}
	page := monitor.ReportPage{Period: v.query.Get("period"), Limit: reportsRows + 1}
	if err := v.after(&page.Before); err != nil {
		return err
	}
	entries, err := s.monitor.Reports(ctx, v.who, province, page)
	if err != nil {
		return err
	}
	if len(entries) > reportsRows {
		entries = entries[:reportsRows]
		view.next = v.further(entries[reportsRows-1].ID)
	}
	view.list(v, kinds, entries)
	var orders []monitor.ReportOrder
	if view.orders {
		if orders, err = s.monitor.ReportOrders(ctx, v.who); err != nil {
			return err
		}
	}
	view.schedule(v, kinds, orders)
	v.content = reports(v, view)
	return nil
}

// reportsOf is the province whose reports the reader sees.
func (v *visit) reportsOf() string {
	switch asked := v.query.Get("province"); {
	case asked != "":
		return asked
	case v.who.Administrator:
		return reference.CaMau
	default:
		return v.who.Province
	}
}

// offer lists the periods that a report may be asked for of, and for administrators the provinces.
func (view *reportsView) offer(v *visit, book *reference.Book, kinds []monitor.ReportKind) {
	today, asked := reference.Day(time.Now()), v.query.Get("period")
	for _, kind := range kinds {
		group := choiceGroup{label: v.say(kind.Names)}
		for _, each := range kind.Recent(today, reportsRecent) {
			if asked == "" && each.Over {
				asked = each.Period // the latest that is complete, of the shortest kind
			}
			label := v.say(each.Names)
			if !each.Over {
				label += " (" + v.say(reportsBegun) + ")"
			}
			group.choices = append(group.choices, choice{value: each.Period, label: label, chosen: each.Period == v.refill("make-report", "period", asked)})
		}
		view.periods = append(view.periods, group)
	}
	if v.who.Administrator {
		for _, each := range book.Provinces() {
			if each.Code == reference.CaMau || each.Code == reference.HoChiMinh {
				view.provinces = append(view.provinces, choice{value: each.Code, label: v.say(each.Names), chosen: each.Code == v.reportsOf()})
			}
		}
	}
}

// stage says how far a report is.
func (v *visit) stage(each monitor.ReportUnderway) string {
	words := map[jobs.Stage]reference.Names{
		jobs.Waits: reportsWaits, jobs.Runs: reportsRuns, jobs.Again: reportsAgain, jobs.Forsaken: reportsForsaken,
	}[each.Stage]
	return fmt.Sprintf(v.say(words), v.instant(each.Since))
}

// list makes the table of editions.
func (view *reportsView) list(v *visit, kinds []monitor.ReportKind, entries []monitor.ReportEntry) {
	view.editions = listing{caption: v.say(reportsEditions), none: v.say(reportsNone), heads: heads(
		v.say(reportsPeriod), "#"+v.say(reportsEdition), v.say(reportsDays), v.say(reportsAsOf), v.say(reportsState), v.say(reportsWhy),
		v.say(reportsDigest), v.say(reportsFiles),
	)}
	for _, each := range entries {
		state := listed{text: v.say(reportsNewest), mark: markGood}
		switch {
		case !each.Newest:
			state = listed{text: v.say(reportsOlder), mark: markPlain}
		case each.Corrected:
			state = listed{text: v.say(reportsCorrected), mark: markWaits}
		}
		if each.Preliminary {
			state.under = v.say(reportsPrelim)
		}
		view.editions.rows = append(view.editions.rows, []listed{
			{text: v.say(monitor.PeriodNames(kinds, each.Period)), link: v.here("period", each.Period, "cursor", "")},
			{text: v.count(each.Edition)}, {text: v.day(each.From) + " – " + v.day(each.To)}, {text: v.instant(each.AsOf)}, state,
			{text: each.Reason, long: true}, {text: each.Digest[:min(len(each.Digest), 12)] + "…", why: each.Digest}, {links: reportFiles(v, each)},
		})
	}
}

// reportFiles are the addresses of an edition in each form, as the API sends it.
func reportFiles(v *visit, each monitor.ReportEntry) []choice {
	forms := []struct{ label, format, language string }{
		{"Excel", "xlsx", v.language}, {"CSV", "csv", ""}, {"PDF (vi)", "pdf", web.Vietnamese}, {"PDF (en)", "pdf", web.English}, {"JSON", "json", ""},
	}
	files := make([]choice, 0, len(forms))
	for _, form := range forms {
		query := url.Values{"edition": {strconv.Itoa(each.Edition)}, "format": {form.format}}
		if form.language != "" {
			query.Set("language", form.language)
		}
		if v.who.Administrator {
			query.Set("province", each.Province)
		}
		files = append(files, choice{value: "/v1/reports/" + url.PathEscape(each.Period) + "?" + query.Encode(), label: form.label})
	}
	return files
}

// schedule makes the table of kinds, with what is made of them by itself and for whom.
func (view *reportsView) schedule(v *visit, kinds []monitor.ReportKind, orders []monitor.ReportOrder) {
	view.kinds = listing{caption: v.say(reportsKinds), heads: heads(v.say(reportsPeriod), "#"+v.say(reportsGrace), v.say(reportsLatest), v.say(reportsOrdered))}
	if view.orders && view.writes {
		view.kinds.heads = append(view.kinds.heads, head{})
	}
	today := reference.Day(time.Now())
	for _, kind := range kinds {
		latest := listed{text: "–"}
		recent := kind.Recent(today, reportsRecent)
		if at := slices.IndexFunc(recent, func(p monitor.ReportPeriod) bool { return p.Over }); at >= 0 {
			latest = listed{text: v.say(recent[at].Names), link: v.at(reportsPath, v.query, "period", recent[at].Period, "cursor", "")}
		}
		ordered, does, label := listed{text: v.say(reportsNoOrder)}, "order-reports", v.say(reportsOrder)
		if at := slices.IndexFunc(orders, func(o monitor.ReportOrder) bool { return o.Kind == kind.Kind }); at >= 0 {
			ordered = listed{text: fmt.Sprintf(v.say(reportsOrderedTo), v.named(), v.day(reference.Day(orders[at].OrderedAt)))}
			does, label = "end-report-order", v.say(reportsEndOrder)
		}
		row := []listed{{text: v.say(kind.Names)}, {text: fmt.Sprintf(v.say(reportsGraceDays), kind.GraceDays)}, latest, ordered}
		if view.orders && view.writes {
			row = append(row, listed{form: oneButton(v, does, "kind", kind.Kind, label)})
		}
		view.kinds.rows = append(view.kinds.rows, row)
	}
}
