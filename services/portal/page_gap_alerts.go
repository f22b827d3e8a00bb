package portal

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// The acts of the page of gaps.
const (
	gapSeenAct       = "acknowledge"
	gapThresholdsAct = "thresholds"
)

//nolint:gochecknoglobals // immutable texts
var (
	gapAlertsTitle   = text("Cảnh báo đã gửi cho sở", "Alerts that the department was told of")
	gapAlertsIntro   = text("Như lúc ghi nhận, mới nhất trước. Cảnh báo chưa xem nằm trong việc đang chờ cho đến khi hết tháng giao.", "As they were when they were noted, newest first. What nobody has looked at waits on the desk until its month is over.")
	gapAlertsNone    = text("Chưa có cảnh báo nào.", "There are no alerts.")
	gapAlertsNoted   = text("Ghi nhận", "Noted")
	gapAlertsAt      = text("Ngưỡng", "Threshold")
	gapAlertsPercent = text("từ %s %%, ít nhất %s", "from %s %%, at least %s")
	gapAlertsSeen    = text("Đã xem", "Looked at")
	gapAlertsDo      = text("Đánh dấu đã xem", "Mark as looked at")
	gapAlertsDone    = text("Đã ghi nhận: sở đã xem cảnh báo.", "Noted: the department has looked at the alert.")
	gapAlertsMore    = text("Cảnh báo cũ hơn", "Older alerts")
	gapAlertsNewest  = text("Về cảnh báo mới nhất", "Back to the newest")
	gapAlertsWaiting = text("chưa xem", "not looked at")
)

// gapActs are what officials do on the page of gaps.
func gapActs() map[string]act {
	return map[string]act{
		gapSeenAct:       {said: gapAlertsDone, do: acknowledgeGap},
		gapThresholdsAct: {said: thresholdsDone, do: setThresholds},
	}
}

// shownAlerts is how many alerts a page lists.
const shownAlerts = 20

// gapAlertsView lists alerts; older is the address parameter of those before them.
type gapAlertsView struct {
	rows  []gapAlertRow
	older string
	// may says that the reader may act for the authority.
	may bool
}

// gapAlertRow is an alert as people read it.
type gapAlertRow struct {
	id                                    string
	goods, month, scheme, unit, threshold string
	requested, available, wanting         string
	noted, seen                           string
}

// olderField is the parameter of the address that says before which alert the list begins.
const olderField = "before"

func (s *Service) gapAlerts(ctx context.Context, v *visit, names naming) (gapAlertsView, error) {
	view := gapAlertsView{may: v.mayMonitor()}
	before := uuid.Nil
	if asked := v.query.Get(olderField); asked != "" {
		id, err := uuid.Parse(asked)
		if err != nil {
			return view, web.ErrWrongFormat.At(olderField, "format", "uuid")
		}
		before = id
	}
	alerts, err := s.monitor.GapAlerts(ctx, v.who, before, shownAlerts+1)
	if len(alerts) > shownAlerts {
		alerts = alerts[:shownAlerts]
		view.older = alerts[shownAlerts-1].ID.String()
	}
	for _, each := range alerts {
		view.rows = append(view.rows, gapAlertRowOf(v, names, each))
	}
	return view, err
}

func gapAlertRowOf(v *visit, names naming, alert monitor.GapAlert) gapAlertRow {
	row := gapAlertRow{
		id: alert.ID.String(), goods: names.goods(alert.Line, alert.Dried), month: names.of(ledger.ByMonth, alert.Month), scheme: names.askedFor(alert.Scheme),
		unit: names.unit(alert.Unit), requested: v.amount(alert.Requested), available: v.amount(alert.Available), wanting: v.amount(alert.Requested - alert.Available),
		noted: v.instant(alert.NotedAt), threshold: v.sayf(gapAlertsPercent, v.count(alert.Uncovered), v.amount(alert.Least)),
	}
	if alert.SeenAt != nil {
		row.seen = v.instant(*alert.SeenAt)
	}
	return row
}

// mayMonitor reports whether the reader may change what their authority has in the monitor.
func (v *visit) mayMonitor() bool { return v.who.Official() && v.who.MayWrite("monitor") == nil }

// acknowledgeGap says that the reader's authority looked at an alert.
func acknowledgeGap(ctx context.Context, s *Service, v *visit) (string, error) {
	id, err := v.typedID("id")
	if err != nil {
		return "", err
	}
	_, err = s.monitor.AcknowledgeGap(ctx, v.who, id)
	return "", err
}
