package portal

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const volumesPath = "/monitor/volumes"

//nolint:gochecknoglobals // immutable texts
var (
	volumesTitle    = text("Sản lượng", "Volumes")
	volumesPeriod   = text("Kỳ", "Period")
	volumesFrom     = text("Từ ngày", "From")
	volumesTo       = text("Đến ngày", "To")
	volumesBy       = text("Chia theo", "Group by")
	volumesFilters  = text("Lọc", "Filters")
	volumesCompare  = text("So sánh với", "Compare with")
	volumesAlone    = text("Không so sánh", "Nothing")
	volumesPrevious = text("Kỳ trước", "Period before")
	volumesYear     = text("Cùng kỳ năm trước", "Same period a year before")
	volumesBoth     = text("Cả hai", "Both")
	volumesShow     = text("Xem", "Show")
	volumesClear    = text("Bỏ lọc", "Clear")
	volumesPlanned  = text("Kế hoạch", "Planned")
	volumesSent     = text("Giao hàng", "Delivery")
	volumesTold     = text("Ngoài sàn", "Off platform")
	volumesWorth    = text("Giá trị", "Value")
	volumesCaption  = text("Sản lượng theo ngành hàng, từ %s đến %s", "Volumes by product line, %s to %s")
	volumesHidden   = text("Ẩn vì chưa đủ ba nhà sản xuất và ba bên mua, hoặc tháng chưa khép sổ.", "Hidden: fewer than three producers and three buyers, or the month is not closed.")
	volumesKept     = text("Chưa gồm thay đổi mới nhất, vì còn quá ít tổ chức.", "Without the latest changes: too few organisations stand behind them.")
	volumesUntold   = text("Tờ khai không ghi theo cách chia này.", "Declarations do not say what this table is by.")
	volumesWas      = text("trước: %s", "before: %s")
	volumesWasYear  = text("năm trước: %s", "a year before: %s")
	volumesMore     = text("Dòng %s–%s trong %s.", "Rows %s–%s of %s.")
	volumesUnit     = text("Đơn vị", "Unit")
	volumesNext     = text("Trang sau", "Next page")
	volumesBack     = text("Trang trước", "Page before")
	volumesNotes    = text("Cách đọc", "How to read this")
	volumesFiles    = text("Tải về:", "Download:")
	volumesChart    = text("Hứa và giao theo tháng: %s", "Promised and delivered by month: %s")
	volumesChartOf  = text("Biểu đồ của ngành hàng", "Chart of the line")
)

// volumesRows is how many rows a page of the table has.
const volumesRows = 200

// volumesView is what the page shows.
type volumesView struct {
	form  volumesForm
	told  *monitor.Volumes
	table figures
	// notes say how to read the table, overlaps first.
	notes []string
	// first and all count the rows of the table: where this page begins and how many there are.
	first, all int
	chart      chart
	chartOf    string
	lines      []choice
}

// showVolumes answers as GET /v1/volumes does, from the same method.
func showVolumes(ctx context.Context, s *Service, v *visit) error {
	names := s.naming(v)
	view := &volumesView{}
	v.content = volumes(v, view)
	asked := volumesAsked(v.query)
	form, err := s.volumesForm(ctx, v, names, asked)
	view.form = form
	if err != nil {
		return err
	}
	query, with, err := monitor.ReadVolumes(asked)
	if err != nil {
		return err
	}
	told, err := s.monitor.Volumes(ctx, v.who, query, with...)
	if err != nil {
		return err
	}
	view.told = &told
	if err := names.learn(ctx, s, organisationsOf(told.Rows)); err != nil {
		return err
	}
	view.fill(v, names, query)
	return s.chartVolumes(ctx, v, names, query, view)
}

// volumesAsked makes one list of the dimensions that a form sends apart.
func volumesAsked(query url.Values) url.Values {
	asked := url.Values{}
	for name, values := range query {
		asked[name] = slices.Clone(values)
	}
	if by := asked["by"]; len(by) > 0 {
		asked.Set("by", strings.Join(by, ","))
	}
	return asked
}

// volumesForm is what the form offers and what of it is chosen.
type volumesForm struct {
	periods  []volumesDays
	by       []choice
	filters  []volumesFilter
	compare  []choice
	from, to string
}

// volumesFilter is a field of the form: one of some choices, or without any a text.
type volumesFilter struct {
	name, label, value string
	choices            []choice
}

func (s *Service) volumesForm(ctx context.Context, v *visit, names naming, asked url.Values) (volumesForm, error) {
	form := volumesForm{from: asked.Get("from"), to: asked.Get("to")}
	by := strings.Split(asked.Get("by"), ",")
	for _, dimension := range ledger.Dimensions() {
		if dimension == ledger.ByLine || !mayAsk(v.who, dimension) { // rows are always by line
			continue
		}
		form.by = append(form.by, choice{value: string(dimension), label: v.say(monitor.DimensionNames(dimension)), chosen: slices.Contains(by, string(dimension))})
	}
	for _, dimension := range ledger.Dimensions() {
		if !mayAsk(v.who, dimension) || slices.Contains([]ledger.Dimension{ledger.ByWeek, ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear}, dimension) {
			continue
		}
		filter := volumesFilter{name: string(dimension), label: v.say(monitor.DimensionNames(dimension)), value: asked.Get(string(dimension))}
		filter.choices = chosenOf(names.choices(dimension), filter.value)
		if kind, organisations := organisationKind(dimension); organisations {
			found, err := identity.ApprovedOrganisations(ctx, s.db, kind)
			if err != nil {
				return form, err
			}
			for _, each := range found {
				filter.choices = append(filter.choices, choice{value: each.ID.String(), label: each.Name})
			}
			filter.choices = chosenOf(names.sorted(filter.choices), filter.value)
		}
		form.filters = append(form.filters, filter)
	}
	form.compare = chosenOf([]choice{
		{value: string(ledger.WithPrevious), label: v.say(volumesPrevious)}, {value: string(ledger.WithYearBefore), label: v.say(volumesYear)},
		{value: "both", label: v.say(volumesBoth)},
	}, asked.Get("compare"))
	var err error
	form.periods, err = s.periods(ctx, v)
	return form, err
}

// volumesDays are the days of a period that is under way.
type volumesDays struct {
	label   string
	address templ.SafeURL
	span    ledger.Span
}

// periods are those under way today, as the rows of monitor.report_kinds say.
func (s *Service) periods(ctx context.Context, v *visit) ([]volumesDays, error) {
	kinds, err := s.monitor.ReportKinds(ctx)
	found := make([]volumesDays, 0, len(kinds))
	for _, kind := range kinds {
		span, names := kind.Around(reference.Day(time.Now()))
		found = append(found, volumesDays{v.say(names), v.here("from", span.From.String(), "to", span.To.String(), "page", ""), span})
	}
	return found, err
}

// shows reports whether the figures are those of the period.
func (f volumesForm) shows(days volumesDays) bool {
	return f.from == days.span.From.String() && f.to == days.span.To.String()
}

// mayAsk reports whether the reader may be told of single values of a dimension.
func mayAsk(who identity.Principal, dimension ledger.Dimension) bool {
	kind, organisations := organisationKind(dimension)
	return !organisations || who.Oversees(kind)
}

func organisationKind(dimension ledger.Dimension) (identity.OrganisationKind, bool) {
	switch dimension {
	case ledger.ByProducer:
		return identity.Producer, true
	case ledger.ByBuyer:
		return identity.Buyer, true
	default:
		return "", false
	}
}

func organisationsOf(rows []monitor.VolumeRow) []string {
	var ids []string
	for _, row := range rows {
		for _, id := range []*string{row.Producer, row.Buyer} {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	return ids
}

// days are the first and the last of the figures.
func (view *volumesView) days(v *visit) (from, to string) {
	return v.dayText(view.told.From), v.dayText(view.told.To)
}

// dayText is a day of a report as people write it.
func (v *visit) dayText(text string) string {
	date, err := civil.Parse(text)
	if err != nil {
		return text
	}
	return v.day(date)
}

// filtered reports whether any filter is set.
func (f volumesForm) filtered() bool {
	return slices.ContainsFunc(f.filters, func(each volumesFilter) bool { return each.value != "" })
}

// counted says which rows are on this page.
func (view *volumesView) counted(v *visit) string {
	return fmt.Sprintf(v.say(volumesMore), v.count(view.first+1), v.count(min(view.all, view.first+volumesRows)), v.count(view.all))
}

// fileVolumes is the table as a file, as GET /v1/volumes gives it.
func fileVolumes(ctx context.Context, s *Service, v *visit) ([]byte, error) {
	query, with, err := monitor.ReadVolumes(volumesAsked(v.query))
	if err != nil {
		return nil, err
	}
	told, err := s.monitor.Volumes(ctx, v.who, query, with...)
	return told.CSV(), err
}
