package portal

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const overviewPath = "/monitor"

//nolint:gochecknoglobals // immutable texts
var (
	overviewTitle   = text("Tổng quan", "Overview")
	overviewWaiting = text("Việc đang chờ", "What waits")
	overviewCount   = text("Số việc", "How many")
	overviewKind    = text("Loại việc", "Kind")
	overviewDue     = text("Hạn gần nhất", "Next due")
	overviewOverdue = text("Quá hạn", "Overdue")
	overviewMonth   = text("Sản lượng tháng này, theo ngành hàng", "Volumes of this month, by product line")
	overviewAll     = text("Xem sản lượng", "See the volumes")
	overviewGaps    = text("Cảnh báo chênh lệch mới nhất", "Newest gap alerts")
	overviewFor     = text("Tháng giao", "Month of delivery")
	overviewWanted  = text("Nhu cầu", "Demand")
	overviewLeft    = text("Còn cung ứng được", "Supply left")
	overviewMissing = text("Thiếu", "Wanting")
	overviewAny     = text("không yêu cầu", "none asked for")
)

// newestAlerts is how many gap alerts the overview shows.
const newestAlerts = 5

// overviewView is what the page shows; without alerts for who has no authority to be told.
type overviewView struct {
	asOf          time.Time
	waiting, gaps figures
	month         figures
	told          bool
	demonstration bool
}

// showOverview shows what waits for the reader's authority, what this month has come to and what is wanting.
func showOverview(ctx context.Context, s *Service, v *visit) error {
	names := s.naming(v)
	desk, err := s.monitor.Desk(ctx, v.who)
	if err != nil {
		return err
	}
	view := &overviewView{waiting: deskFigures(v, desk), told: v.who.Official()}
	today := reference.Day(time.Now())
	month := ledger.Query{By: []ledger.Dimension{ledger.ByMonth}, From: today.AddDays(1 - today.Day), To: today.AddDays(1 - today.Day).AddMonths(1).AddDays(-1)}
	volumes, err := s.monitor.Volumes(ctx, v.who, month)
	if err != nil {
		return err
	}
	view.asOf, view.demonstration = volumes.AsOf, volumes.Demonstration
	sortVolumes(volumes.Rows, names, nil)
	view.month = figures{caption: v.say(overviewMonth), heads: volumesHeads(v, nil)}
	for _, row := range volumes.Rows {
		view.month.rows = append(view.month.rows, volumesRow(v, names, volumes.Report, nil, row))
	}
	if !view.told {
		v.content = overview(v, view)
		return nil
	}
	alerts, err := s.monitor.GapAlerts(ctx, v.who, uuid.Nil, newestAlerts)
	view.gaps = alertFigures(v, names, alerts)
	v.content = overview(v, view)
	return err
}

func deskFigures(v *visit, desk monitor.Desk) figures {
	made := figures{caption: v.say(overviewWaiting), heads: []head{
		{text: v.say(overviewKind)}, {text: v.say(overviewCount), number: true}, {text: v.say(overviewOverdue), number: true}, {text: v.say(overviewDue), number: true},
	}}
	for _, kind := range desk.Kinds {
		due := "–"
		if !kind.NextDue.IsZero() {
			due = v.day(kind.NextDue)
		}
		made.rows = append(made.rows, []cell{{text: v.say(kind.Names)}, {text: v.count(kind.Count)}, {text: v.count(kind.Overdue)}, {text: due}})
	}
	return made
}

func alertFigures(v *visit, names naming, alerts []monitor.GapAlert) figures {
	made := figures{caption: v.say(overviewGaps), heads: []head{
		{text: v.say(monitor.DimensionNames(ledger.ByLine))}, {text: v.say(overviewFor)}, {text: v.say(monitor.DimensionNames(ledger.ByScheme))},
		{text: v.say(overviewWanted), number: true}, {text: v.say(overviewLeft), number: true}, {text: v.say(overviewMissing), number: true}, {text: v.say(volumesUnit)},
	}}
	for _, each := range alerts {
		scheme := v.say(overviewAny)
		if each.Scheme != "" {
			scheme = names.of(ledger.ByScheme, each.Scheme)
		}
		made.rows = append(made.rows, []cell{
			{text: names.goods(each.Line, each.Dried)}, {text: names.of(ledger.ByMonth, each.Month)}, {text: scheme},
			{text: v.amount(each.Requested)}, {text: v.amount(each.Available)}, {text: v.amount(each.Requested - each.Available)}, {text: names.unit(each.Unit)},
		})
	}
	return made
}
