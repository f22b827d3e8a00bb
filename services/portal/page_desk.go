package portal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const deskPath = "/monitor/desk"

//nolint:gochecknoglobals // immutable texts
var (
	deskTitle     = text("Việc cần xử lý", "Desk")
	deskKinds     = text("Loại việc", "Kinds")
	deskOverdue   = text("%s quá hạn", "%s overdue")
	deskTerm      = text("Hạn xử lý: %d ngày làm việc kể từ khi bắt đầu chờ.", "To be dealt with within %d working days from when it began to wait.")
	deskAssumed   = text("Hạn này do nền tảng giả định, chưa lấy từ văn bản.", "The term is assumed by the platform, not taken from a rule.")
	deskSince     = text("Chờ từ", "Waits since")
	deskDays      = text("Số ngày", "Days")
	deskDue       = text("Hạn", "Due")
	deskWhom      = text("Tổ chức", "Organisation")
	deskAbout     = text("Nội dung", "About")
	deskLate      = text("quá hạn", "overdue")
	deskHours     = text("còn %s giờ để trả lời", "%s hours left to answer")
	deskHoursOver = text("quá hạn trả lời %s giờ", "%s hours past the answer's term")
	deskNone      = text("Không có việc nào đang chờ.", "Nothing waits.")
	deskMore      = text("từ 2.000 trở lên", "2,000 or more")
	deskSeen      = text("Đã xem", "Looked at")
	deskNowSeen   = text("Đã ghi nhận là đã xem cảnh báo chênh lệch.", "It is noted that the gap alert was looked at.")
	deskWanting   = text("tháng %s: thiếu %s %s (nhu cầu %s, còn cung ứng được %s)", "%s: %s %s wanting (demand %s, supply left %s)")
	deskReadOnly  = text("Việc này do bên liên quan thực hiện; trang này chỉ để theo dõi.", "The parties act on these; they are only watched here.")
)

// deskRows is how many things a page of the desk shows; alertsKnown, of how many gap alerts it knows what is wanting.
const (
	deskRows    = 25
	alertsKnown = 200
)

func deskPage() page {
	return page{
		path: deskPath, title: deskTitle, under: menuMonitor, groups: watchers(), live: true, show: showDesk,
		acts: map[string]act{"acknowledge-gap": {said: deskNowSeen, do: acknowledgeGap}},
	}
}

// deskView is what the page shows.
type deskView struct {
	asOf  time.Time
	kinds []deskChoice
	notes []string
	title string
	items listing
	next  templ.SafeURL
}

// deskChoice is a kind of what waits.
type deskChoice struct {
	choice

	count, overdue string
}

// showDesk shows what waits for the reader's authority: how much of each kind, and of one kind what, the oldest first.
func showDesk(ctx context.Context, s *Service, v *visit) error {
	desk, err := s.monitor.Desk(ctx, v.who)
	if err != nil {
		return err
	}
	view := &deskView{asOf: desk.AsOf}
	kind := view.choose(v, desk)
	var after monitor.DeskPlace
	if err := v.after(&after.Since, &after.ID); err != nil {
		v.content = deskPageOf(v, view)
		return err
	}
	items, err := s.monitor.DeskItems(ctx, v.who, kind, after, deskRows+1)
	if err != nil {
		v.content = deskPageOf(v, view)
		return err
	}
	if len(items) > deskRows {
		items = items[:deskRows]
		view.next = v.further(items[deskRows-1].Since, items[deskRows-1].ID)
	}
	words, err := s.deskWords(ctx, v, kind)
	if err != nil {
		return err
	}
	view.items = listing{caption: view.title, none: v.say(deskNone), heads: heads(
		v.say(deskAbout), v.say(deskWhom), v.say(deskSince), "#"+v.say(deskDays), v.say(deskDue),
	)}
	if kind == deskGaps && words.acts {
		view.items.heads = append(view.items.heads, head{})
	}
	for _, each := range items {
		view.items.rows = append(view.items.rows, words.row(each))
	}
	v.content = deskPageOf(v, view)
	return nil
}

// choose lists the kinds and returns the one that is shown: the one asked for, else the first of which anything waits.
func (view *deskView) choose(v *visit, desk monitor.Desk) string {
	shown := v.query.Get("kind")
	for _, each := range desk.Kinds {
		if shown == "" && each.Count > 0 {
			shown = each.Kind
		}
	}
	if shown == "" && len(desk.Kinds) > 0 {
		shown = desk.Kinds[0].Kind
	}
	for _, each := range desk.Kinds {
		made := deskChoice{choice: choice{value: string(v.at(deskPath, nil, "kind", each.Kind)), label: v.say(each.Names), chosen: each.Kind == shown}, count: v.count(each.Count)}
		if each.Count >= deskMost {
			made.count = v.say(deskMore)
		}
		if each.Overdue > 0 {
			made.overdue = fmt.Sprintf(v.say(deskOverdue), v.count(each.Overdue))
		}
		view.kinds = append(view.kinds, made)
		if !made.chosen {
			continue
		}
		view.title = v.say(each.Names)
		if each.WorkingDays != nil {
			view.notes = append(view.notes, fmt.Sprintf(v.say(deskTerm), *each.WorkingDays))
			if each.Unverified {
				view.notes = append(view.notes, v.say(deskAssumed))
			}
		}
		if each.Kind == deskUnconfirmed || each.Kind == deskCases {
			view.notes = append(view.notes, v.say(deskReadOnly))
		}
	}
	return shown
}

// deskMost is where counting ends.
const deskMost = 2000

// The kinds that the page treats each in its own way, by the codes of GET /v1/desk.
const (
	deskApplications = "applications"
	deskCertificates = "certificates"
	deskExpiring     = "expiring_certificates"
	deskCases        = "green_tick_cases"
	deskProposals    = "watch_proposals"
	deskWatches      = "watches"
	deskReports      = "corrected_reports"
	deskUnconfirmed  = "unconfirmed_deliveries"
	deskGaps         = "gap_alerts"
)

// deskWords say what the things of a kind are about.
type deskWords struct {
	v       *visit
	names   naming
	kind    string
	reasons map[string]reference.Names
	periods []monitor.ReportKind
	alerts  map[uuid.UUID]monitor.GapAlert
	acts    bool
}

// deskWords reads what is needed to word the things of a kind.
func (s *Service) deskWords(ctx context.Context, v *visit, kind string) (deskWords, error) {
	w := deskWords{v: v, names: s.naming(v), kind: kind, reasons: map[string]reference.Names{}, alerts: map[uuid.UUID]monitor.GapAlert{}, acts: v.who.MayWrite("monitor") == nil}
	var err error
	switch kind {
	case deskProposals, deskWatches:
		w.reasons, err = s.watchReasons(ctx)
	case deskReports:
		w.periods, err = s.monitor.ReportKinds(ctx)
	case deskGaps:
		if !v.who.Official() {
			w.acts = false
			break
		}
		var alerts []monitor.GapAlert
		alerts, err = s.monitor.GapAlerts(ctx, v.who, uuid.Nil, alertsKnown)
		for _, each := range alerts {
			w.alerts[each.ID] = each
		}
	}
	return w, err
}

// row is a thing that waits.
func (w deskWords) row(item monitor.DeskItem) []listed {
	v := w.v
	due := listed{text: "–"}
	switch {
	case item.HoursLeft != nil && *item.HoursLeft < 0:
		due = listed{text: fmt.Sprintf(v.say(deskHoursOver), v.count(-*item.HoursLeft)), mark: markBad}
	case item.HoursLeft != nil:
		due = listed{text: fmt.Sprintf(v.say(deskHours), v.count(*item.HoursLeft)), mark: markWaits}
	case !item.Due.IsZero() && item.Overdue:
		due = listed{text: v.day(item.Due) + " · " + v.say(deskLate), mark: markBad}
	case !item.Due.IsZero():
		due = listed{text: v.day(item.Due)}
	}
	about := w.about(item)
	about.link = w.leads(item)
	row := []listed{about, w.parties(item), {text: v.instant(item.Since)}, {text: v.count(item.Days)}, due}
	if w.kind == deskGaps && w.acts {
		row = append(row, listed{form: oneButton(v, "acknowledge-gap", "id", item.ID.String(), v.say(deskSeen))})
	}
	return row
}

// about says what a thing is about.
func (w deskWords) about(item monitor.DeskItem) listed {
	switch w.kind {
	case deskCertificates, deskExpiring:
		return listed{text: w.names.of(ledger.ByScheme, item.Detail), long: true}
	case deskCases:
		return listed{text: w.names.of(ledger.ByBuyerSystem, item.Detail), long: true}
	case deskProposals, deskWatches:
		return listed{text: w.v.say(w.reasons[item.Detail]), long: true}
	case deskReports:
		return listed{text: w.v.say(monitor.PeriodNames(w.periods, item.Detail))}
	case deskGaps:
		about := listed{text: w.names.of(ledger.ByLine, item.Detail), long: true}
		if alert, known := w.alerts[item.ID]; known {
			about.text = w.names.goods(alert.Line, alert.Dried)
			about.under = fmt.Sprintf(w.v.say(deskWanting), w.names.of(ledger.ByMonth, alert.Month), w.v.amount(alert.Requested-alert.Available), w.names.unit(alert.Unit),
				w.v.amount(alert.Requested), w.v.amount(alert.Available))
		}
		return about
	case deskUnconfirmed:
		return listed{text: w.names.of(ledger.ByLine, item.Detail), long: true}
	default:
		return listed{text: w.v.say(deskApplication)}
	}
}

// parties are whom a thing is about; one of the other side is not shown.
func (w deskWords) parties(item monitor.DeskItem) listed {
	names := make([]string, 0, len(item.Parties))
	for _, party := range item.Parties {
		name := party.Name
		if party.Masked {
			name = w.v.say(postingsMasked)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return listed{text: "–"}
	}
	return listed{text: strings.Join(names, " → "), long: true}
}

// leads is where a thing is looked at and decided.
func (w deskWords) leads(item monitor.DeskItem) templ.SafeURL {
	switch w.kind {
	case deskApplications:
		return templ.SafeURL(organisationPath(item.ID))
	case deskCertificates, deskExpiring:
		return templ.SafeURL(certificatePath(item.ID))
	case deskProposals, deskWatches:
		return templ.SafeURL(watchPath(item.ID))
	case deskReports:
		return w.v.at(reportsPath, nil, "period", item.Detail)
	default:
		return ""
	}
}

func (s *Service) watchReasons(ctx context.Context) (map[string]reference.Names, error) {
	reasons, err := monitor.WatchReasonsIn(ctx, s.db)
	found := make(map[string]reference.Names, len(reasons))
	for _, each := range reasons {
		found[each.Code] = each.Names
	}
	return found, err
}

func organisationPath(id uuid.UUID) string { return "/monitor/desk/organisations/" + id.String() }

func certificatePath(id uuid.UUID) string { return "/monitor/desk/certificates/" + id.String() }

func watchPath(id uuid.UUID) string { return "/monitor/watches/" + id.String() }
