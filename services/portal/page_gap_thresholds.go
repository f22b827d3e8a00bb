package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

//nolint:gochecknoglobals // immutable texts
var (
	thresholdsTitle = text("Ngưỡng cảnh báo của sở", "Thresholds of the department")
	thresholdsIntro = text("Sở được báo một lần khi phần nhu cầu không nguồn cung nào đáp ứng được đạt cả tỷ lệ lẫn lượng dưới đây, cho những tháng giao bắt đầu trong số tuần tới. Ngưỡng của một ngành hàng thay cho ngưỡng chung. Ngưỡng được sửa sẽ báo lại từ đầu.",
		"The department is told once when what no supply could meet reaches both the share and the quantity below, for months of delivery that begin within so many weeks. The threshold of a line holds instead of the general one. One that is changed tells anew.")
	thresholdsLine   = text("Ngành hàng", "Product line")
	thresholdsRest   = text("Chung (mọi ngành hàng khác)", "General (all other lines)")
	thresholdsShare  = text("Thiếu từ (% nhu cầu)", "Short by at least (% of demand)")
	thresholdsLeast  = text("Ít nhất (đơn vị của dòng)", "At least (in the row's unit)")
	thresholdsWeeks  = text("Trong số tuần tới", "Weeks ahead")
	thresholdsDrop   = text("Bỏ", "Remove")
	thresholdsNew    = text("thêm", "new")
	thresholdsSave   = text("Lưu ngưỡng", "Save thresholds")
	thresholdsDone   = text("Đã lưu ngưỡng cảnh báo.", "The thresholds were saved.")
	thresholdsRow    = text("Dòng %s", "Row %s")
	thresholdsNone   = text("Sở chưa đặt ngưỡng nào: không có cảnh báo.", "The department has set no threshold: it is told of nothing.")
	thresholdsReader = text("Chỉ cán bộ có quyền ghi của sở mới sửa được ngưỡng.", "Only officials of the department who may write can change thresholds.")
)

// thresholdRow is a row of the form, as it was typed.
type thresholdRow struct {
	lines               []choice
	share, least, weeks string
	dropped, fresh      bool
	// sent is the number of the row among those that were sent to the service, -1 for none.
	sent int
}

// thresholdsForm holds the thresholds of the reader's authority, or what the reader typed.
type thresholdsForm struct {
	version int64
	rows    []thresholdRow
	may     bool
	// none says that the authority has set none.
	none bool
}

// thresholdsForm is the form with what there is, or with what was typed where that was refused.
func (s *Service) thresholdsForm(ctx context.Context, v *visit, names naming) (thresholdsForm, error) {
	form := thresholdsForm{may: v.mayMonitor()}
	found, err := s.monitor.GapThresholds(ctx, v.who)
	if err != nil {
		return form, err
	}
	form.version, form.none = monitor.ThresholdsVersion(found), len(found) == 0
	if v.typed.Get(actField) == gapThresholdsAct {
		// The version stays what it was: whoever is behind another official's change reads that before they save.
		form.version, _ = strconv.ParseInt(v.typed.Get(versionField), 10, 64)
		form.rows = typedThresholds(v, names)
		return form, nil
	}
	for _, each := range found {
		form.rows = append(form.rows, thresholdRow{
			lines: chosenOf(names.choices(ledger.ByLine), each.Line), share: strconv.Itoa(each.Uncovered), least: each.Least.String(), weeks: strconv.Itoa(each.Weeks), sent: -1,
		})
	}
	if form.may {
		form.rows = append(form.rows, thresholdRow{lines: names.choices(ledger.ByLine), fresh: true, sent: -1})
	}
	return form, nil
}

// typedThresholds are the rows of a form as they were sent.
func typedThresholds(v *visit, names naming) []thresholdRow {
	rows := make([]thresholdRow, min(len(v.typed["line"]), mostTypedThresholds))
	sent := 0
	for at := range rows {
		typed := func(name string) string {
			if values := v.typed[name]; at < len(values) {
				return strings.TrimSpace(values[at])
			}
			return ""
		}
		row := thresholdRow{
			lines: chosenOf(names.choices(ledger.ByLine), typed("line")), share: typed("share"), least: typed("least"), weeks: typed("weeks"),
			dropped: slices.Contains(v.typed["drop"], strconv.Itoa(at)), sent: -1,
		}
		// A threshold that is there is dropped by saying so, never by being emptied.
		row.fresh = row.share == "" && row.least == "" && row.weeks == "" && !slices.Contains(v.typed["had"], strconv.Itoa(at))
		if !row.dropped && !row.fresh {
			row.sent = sent
			sent++
		}
		rows[at] = row
	}
	return rows
}

// mostTypedThresholds bounds the rows of a form; the service takes fewer.
const mostTypedThresholds = 250

// field is what a refusal calls a field of the row; "" where the row was not sent.
func (r thresholdRow) field(name string) string {
	if r.sent < 0 {
		return ""
	}
	return "thresholds[" + strconv.Itoa(r.sent) + "]." + name
}

// setThresholds puts what was typed in the place of all thresholds that the authority has, as PUT /v1/gap-thresholds
// does, unless somebody else changed them since the form was shown.
func setThresholds(ctx context.Context, s *Service, v *visit) (string, error) {
	var wrong fault.Collector
	thresholds := []monitor.GapThreshold{}
	for _, row := range typedThresholds(v, s.naming(v)) {
		if row.sent < 0 {
			continue
		}
		one := monitor.GapThreshold{Line: chosenValue(row.lines)}
		one.Uncovered = wholeTyped(&wrong, row.field("uncovered_percent"), row.share)
		one.Weeks = wholeTyped(&wrong, row.field("weeks"), row.weeks)
		least, err := quantity.Parse(row.least)
		if err != nil {
			wrong.Add(row.field("least"), web.ErrNotAQuantity)
		}
		one.Least = least
		thresholds = append(thresholds, one)
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	_, err := s.monitor.SetGapThresholds(ctx, v.who, v.match(), thresholds)
	return "", err
}

// wholeTyped reads a whole number that somebody typed.
func wholeTyped(wrong *fault.Collector, field, typed string) int {
	number, err := strconv.Atoi(typed)
	switch {
	case typed == "":
		wrong.Add(field, fault.ErrRequired)
	case err != nil:
		wrong.Add(field, web.ErrWrongType, "type", "integer")
	}
	return number
}

// chosenValue is the value of what is chosen; "" when nothing is.
func chosenValue(choices []choice) string {
	at := slices.IndexFunc(choices, func(each choice) bool { return each.chosen })
	if at < 0 {
		return ""
	}
	return choices[at].value
}

// thresholdName is what people call a field of the form of thresholds that a refusal points at; "" for any other.
func (v *visit) thresholdName(field string) string {
	rest, found := strings.CutPrefix(field, "thresholds[")
	number, name, named := strings.Cut(rest, "].")
	at, err := strconv.Atoi(number)
	if !found || !named || err != nil {
		return ""
	}
	label := map[string]string{
		"line": v.say(thresholdsLine), "uncovered_percent": v.say(thresholdsShare), "least": v.say(thresholdsLeast), "weeks": v.say(thresholdsWeeks),
	}[name]
	return v.sayf(thresholdsRow, v.count(at+1)) + ", " + label
}

// invalid is what aria-invalid says of a field of the form of thresholds.
func (v *visit) invalid(field string) string {
	return strconv.FormatBool(v.wrong(gapThresholdsAct, field) != "")
}
