package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// volumesMeasure is a column of volumes.
type volumesMeasure struct {
	code string
	of   func(monitor.VolumeRow) quantity.Quantity
	was  func(*monitor.Compared) quantity.Quantity
}

// volumesMeasures are the columns that postings add up to. What was received and what nobody confirmed stand apart.
//
//nolint:gochecknoglobals // an immutable table
var volumesMeasures = []volumesMeasure{
	{"offered", func(r monitor.VolumeRow) quantity.Quantity { return r.Offered }, func(c *monitor.Compared) quantity.Quantity { return c.Offered }},
	{"requested", func(r monitor.VolumeRow) quantity.Quantity { return r.Requested }, func(c *monitor.Compared) quantity.Quantity { return c.Requested }},
	{"quoted", func(r monitor.VolumeRow) quantity.Quantity { return r.Quoted }, func(c *monitor.Compared) quantity.Quantity { return c.Quoted }},
	{"awarded", func(r monitor.VolumeRow) quantity.Quantity { return r.Awarded }, func(c *monitor.Compared) quantity.Quantity { return c.Awarded }},
	{"released", func(r monitor.VolumeRow) quantity.Quantity { return r.Released }, func(c *monitor.Compared) quantity.Quantity { return c.Released }},
	{"dispatched", func(r monitor.VolumeRow) quantity.Quantity { return r.Dispatched }, func(c *monitor.Compared) quantity.Quantity { return c.Dispatched }},
	{"delivered", func(r monitor.VolumeRow) quantity.Quantity { return r.Delivered }, func(c *monitor.Compared) quantity.Quantity { return c.Delivered }},
	{"unconfirmed", func(r monitor.VolumeRow) quantity.Quantity { return r.Unconfirmed }, func(c *monitor.Compared) quantity.Quantity { return c.Unconfirmed }},
	{"rejected", func(r monitor.VolumeRow) quantity.Quantity { return r.Rejected }, func(c *monitor.Compared) quantity.Quantity { return c.Rejected }},
}

// measureName is what people call a column.
func (v *visit) measureName(code string) string {
	for _, each := range monitor.MeasureColumns() {
		if each.Code == code {
			return v.say(each.Names)
		}
	}
	return code
}

// fill makes the table of what was told.
func (view *volumesView) fill(v *visit, names naming, query ledger.Query) {
	by := shownBy(query)
	from, to := view.days(v)
	view.table = figures{caption: fmt.Sprintf(v.say(volumesCaption), from, to), heads: volumesHeads(v, by)}
	rows := slices.Clone(view.told.Rows)
	sortVolumes(rows, names, by)
	view.all = len(rows)
	view.form.from, view.form.to = view.told.From, view.told.To
	for at, each := range view.form.by {
		view.form.by[at].chosen = slices.Contains(by, ledger.Dimension(each.value))
	}
	view.first = min(pageOf(v.query)*volumesRows, max(0, (view.all-1)/volumesRows*volumesRows))
	for _, row := range rows[view.first:min(view.all, view.first+volumesRows)] {
		view.table.rows = append(view.table.rows, volumesRow(v, names, view.told.Report, by, row))
	}
	view.notes = view.told.Noted(v.language)
	view.lines = linesOf(names, view.told.Rows)
}

// shownBy are the dimensions that rows show beside their line.
func shownBy(query ledger.Query) []ledger.Dimension {
	asked := query.By
	if len(asked) == 0 {
		asked = []ledger.Dimension{ledger.ByMonth}
	}
	var by []ledger.Dimension
	for _, dimension := range ledger.Dimensions() {
		if dimension != ledger.ByLine && slices.Contains(asked, dimension) {
			by = append(by, dimension)
		}
	}
	return by
}

func pageOf(query url.Values) int {
	number, err := strconv.Atoi(query.Get("page"))
	if err != nil || number < 1 || number > ledger.MaxVolumeRows {
		return 0
	}
	return number - 1
}

func volumesHeads(v *visit, by []ledger.Dimension) []head {
	heads := []head{{text: v.say(monitor.DimensionNames(ledger.ByLine))}}
	for _, dimension := range by {
		heads = append(heads, head{text: v.say(monitor.DimensionNames(dimension))})
	}
	heads = append(heads, head{text: v.say(volumesUnit)})
	for at, each := range volumesMeasures {
		group := v.say(volumesPlanned)
		if at > 3 {
			group = v.say(volumesSent)
		}
		heads = append(heads, head{text: v.measureName(each.code), group: group, number: true})
	}
	return append(heads,
		head{text: v.measureName("declared"), group: v.say(volumesTold), number: true},
		head{text: v.measureName("value_vnd"), group: v.say(volumesWorth), number: true})
}

// volumesRow is a row of the table: every figure of postings leads to them.
func volumesRow(v *visit, names naming, about monitor.Report, by []ledger.Dimension, row monitor.VolumeRow) []cell {
	cells := []cell{{text: names.goods(row.Line, row.Dried)}}
	for _, dimension := range by {
		cells = append(cells, cell{text: names.of(dimension, row.Value(dimension))})
	}
	cells = append(cells, cell{text: names.unit(row.Unit)})
	behind := behindRow(v, about, by, row)
	for _, each := range volumesMeasures {
		behind.Set("measure", each.code)
		made := cell{text: v.amount(each.of(row)), link: v.at(postingsPath, behind)}
		for _, then := range []struct {
			words string
			was   *monitor.Compared
		}{{v.say(volumesWas), row.Previous}, {v.say(volumesWasYear), row.YearBefore}} {
			if then.was != nil && (each.of(row) != 0 || each.was(then.was) != 0) {
				made.was = append(made.was, v.compared(then.words, each.of(row), each.was(then.was)))
			}
		}
		cells = append(cells, made)
	}
	return append(cells, declaredCell(v, row), valueCell(v, row))
}

// compared says what a figure was, and how it has changed since.
func (v *visit) compared(words string, now, was quantity.Quantity) string {
	said := fmt.Sprintf(words, v.amount(was))
	if change := v.change(now, was); change != "" {
		said += " (" + change + ")"
	}
	return said
}

func declaredCell(v *visit, row monitor.VolumeRow) cell {
	if row.Declared == nil {
		return cell{text: "–", why: v.say(volumesUntold)}
	}
	return cell{text: v.amount(*row.Declared)}
}

func valueCell(v *visit, row monitor.VolumeRow) cell {
	switch {
	case row.ValueVND != nil && row.ValueKeptBack:
		return cell{text: v.value(*row.ValueVND) + " *", why: v.say(volumesKept)}
	case row.ValueVND != nil:
		return cell{text: v.value(*row.ValueVND)}
	case row.ValueSuppressed:
		return cell{text: v.say(figuresHidden), why: v.say(volumesHidden)}
	default:
		return cell{text: "0"}
	}
}

// behindRow are the parameters of the postings behind a row: the report's filters and what the row says.
func behindRow(v *visit, about monitor.Report, by []ledger.Dimension, row monitor.VolumeRow) url.Values {
	behind := url.Values{
		"from": {about.From}, "to": {about.To}, "line": {row.Line}, "unit": {row.Unit}, "dried": {strconv.FormatBool(row.Dried)},
	}
	for _, dimension := range ledger.Dimensions() {
		if asked := v.query.Get(string(dimension)); asked != "" {
			behind.Set(string(dimension), asked)
		}
	}
	for _, dimension := range by {
		behind.Set(string(dimension), row.Value(dimension))
	}
	behind.Set("line", row.Line)
	return behind
}

// sortVolumes puts lines in the order of their names, each with its periods first to last and then by the names
// of what else it is by.
func sortVolumes(rows []monitor.VolumeRow, names naming, by []ledger.Dimension) {
	lines := make(map[string]int)
	for at, each := range names.choices(ledger.ByLine) {
		lines[each.value] = at
	}
	slices.SortStableFunc(rows, func(a, b monitor.VolumeRow) int {
		order := cmp.Or(cmp.Compare(lines[a.Line], lines[b.Line]), cmp.Compare(names.goods(a.Line, a.Dried), names.goods(b.Line, b.Dried)), cmp.Compare(a.Unit, b.Unit))
		for _, dimension := range by {
			order = cmp.Or(order, cmp.Compare(a.Value(dimension), b.Value(dimension)))
		}
		return order
	})
}

// linesOf are the goods of the table, told apart as their volumes are.
func linesOf(names naming, rows []monitor.VolumeRow) []choice {
	var found []choice
	for _, row := range rows {
		each := choice{value: row.Line + "," + strconv.FormatBool(row.Dried) + "," + row.Unit, label: names.goods(row.Line, row.Dried) + ", " + names.unit(row.Unit)}
		if !slices.Contains(found, each) {
			found = append(found, each)
		}
	}
	return names.sorted(found)
}

// chartVolumes sets beside each other what was promised and what came of it, month by month, of the goods that the
// reader chose, or of those with most in the table.
func (s *Service) chartVolumes(ctx context.Context, v *visit, names naming, query ledger.Query, view *volumesView) error {
	chosen, found := chartedRow(v.query.Get("chart"), view.told.Rows)
	if !found {
		return nil
	}
	query.By = []ledger.Dimension{ledger.ByMonth}
	query.Only = withLine(query.Only, chosen.Line)
	monthly, err := s.monitor.Volumes(ctx, v.who, query)
	if err != nil {
		return err
	}
	view.chartOf = chosen.Line + "," + strconv.FormatBool(chosen.Dried) + "," + chosen.Unit
	view.lines = chosenOf(view.lines, view.chartOf)
	view.chart = chart{Unit: names.unit(chosen.Unit), Series: make([]chartSeries, 3)}
	for at, code := range []string{"offered", "awarded", "delivered"} {
		view.chart.Series[at].Name = v.measureName(code)
	}
	view.chart.fill(names, monthly.Rows, chosen)
	return nil
}

// fill sets the months of some goods beside each other, those between them with nothing, too.
func (c *chart) fill(names naming, rows []monitor.VolumeRow, of monitor.VolumeRow) {
	rows = slices.DeleteFunc(rows, func(row monitor.VolumeRow) bool { return row.Dried != of.Dried || row.Unit != of.Unit })
	for at, row := range rows { // in the order of months
		month := row.Value(ledger.ByMonth)
		for at > 0 && len(c.Labels) < mostMonths {
			between := nextMonth(c.last)
			if between >= month {
				break
			}
			c.add(names, between, 0, 0, 0)
		}
		c.add(names, month, row.Offered, row.Awarded, row.Delivered)
	}
}

func (c *chart) add(names naming, month string, amounts ...quantity.Quantity) {
	c.last = month
	c.Labels = append(c.Labels, names.of(ledger.ByMonth, month))
	for at, amount := range amounts {
		c.Series[at].Values = append(c.Series[at].Values, amount)
	}
}

// mostMonths is up to how many months those without volume are drawn, too.
const mostMonths = 120

// nextMonth is the month behind one, both as 2026-03.
func nextMonth(month string) string {
	span, _ := ledger.SpanOf(ledger.ByMonth, month)
	return span.To.AddDays(1).String()[:len("2026-03")]
}

func withLine(only map[ledger.Dimension]string, line string) map[ledger.Dimension]string {
	narrowed := map[ledger.Dimension]string{ledger.ByLine: line}
	for dimension, value := range only {
		if dimension != ledger.ByLine {
			narrowed[dimension] = value
		}
	}
	return narrowed
}

// chartedRow is a row of the goods that the chart is of.
func chartedRow(chosen string, rows []monitor.VolumeRow) (most monitor.VolumeRow, found bool) {
	for _, row := range rows {
		if row.Line+","+strconv.FormatBool(row.Dried)+","+row.Unit == chosen {
			return row, true
		}
		if !found || row.Delivered > most.Delivered || row.Delivered == most.Delivered && row.Offered > most.Offered {
			most, found = row, true
		}
	}
	return most, found
}

// file is the address of the same figures in the API.
func (view *volumesView) file(v *visit) templ.SafeURL {
	query := volumesAsked(v.query)
	query.Del("chart")
	query.Del("page")
	return v.at("/v1/volumes", query)
}
