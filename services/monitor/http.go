package monitor

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// The media types of a report.
const (
	jsonType = "application/json"
	csvType  = "text/csv"
)

type volumesInput struct {
	volumesFilters

	By      string `query:"by"           default:"month" doc:"What rows are about, joined by commas: week, month, quarter, half_year, year, line, form, commune, district, scheme, buyer_system, grade, stars, ward (of delivery), producer (the authority of producers), buyer (the authority of buyers)."`
	Compare string `query:"compare"      enum:"previous,year_before,both" doc:"What each row is compared with. What had volume only then has a row, too, with nothing now."`
}

// volumesFilters are what figures and the postings behind them are filtered by.
type volumesFilters struct {
	From        civil.Date `query:"from"         doc:"First business date in Vietnam; without dates the current year."`
	To          civil.Date `query:"to"           doc:"Last business date, included."`
	Line        string     `query:"line"`
	Form        string     `query:"form"`
	Commune     string     `query:"commune"      doc:"Five-digit code."`
	District    string     `query:"district"     doc:"Code of a former district."`
	Scheme      string     `query:"scheme"`
	BuyerSystem string     `query:"buyer_system"`
	Grade       string     `query:"grade"        doc:"As a row shows it: 20-30, gạch, ST25."`
	Stars       string     `query:"stars"`
	Ward        string     `query:"ward"         doc:"Five-digit code of the commune or ward of delivery."`
	Producer    uuid.UUID  `query:"producer"     doc:"For the authority of producers."`
	Buyer       uuid.UUID  `query:"buyer"        doc:"For the authority of buyers."`
	Week        string     `query:"week"         doc:"2026-W09; bounds the days, as the other periods do."`
	Month       string     `query:"month"        doc:"2026-03."`
	Quarter     string     `query:"quarter"      doc:"2026-Q1."`
	HalfYear    string     `query:"half_year"    doc:"2026-H1."`
	Year        string     `query:"year"         doc:"2026."`
}

type gapsInput struct {
	From   civil.Date `query:"from"   doc:"First business date in Vietnam; by default the first of this month."`
	To     civil.Date `query:"to"     doc:"Last business date, included; by default twelve months on."`
	Line   string     `query:"line"`
	Scheme string     `query:"scheme"`
}

// Mount registers the endpoints of this service.
func Mount(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "get-volumes", Method: http.MethodGet, Path: "/v1/volumes", Tag: "monitoring",
		Summary: "Volumes offered, requested, quoted, awarded, delivered, rejected and declared",
		Description: "Every total is the exact sum of the ledger's postings. Lines, fresh and dried goods, and units are told apart whatever " +
			"by says. Rows by scheme or former district overlap; overlapping names them. unit is always kg, the unit of goods that have a " +
			"weight; each row names its own. value_vnd is a sum of published figures: of calendar months that ended some days ago, by any of month, " +
			"quarter, half_year, year, line, commune and district, filtered by nothing but line, commune and district. Each figure combines at least " +
			"three producers and three buyers and overlaps no other; where a row is not made of whole figures its value is left out " +
			"and value_suppressed is true; where later changes are of too few to be told it is the older one, and value_kept_back is true. declared is what was sold off the platform by the word of who declared it, in a column of its own; it is told " +
			"by month, quarter, half_year, year, line, form, commune, district and producer, over whole months, and left out elsewhere. compare sets beside each row what there was before, and adds a row of nothing for what there was only then; values are not compared. A filter on what does not exist is 422 unknown_value. Also as text/csv.",
		Access: watchers(), Faults: refusals(), Produces: []string{jsonType, csvType}, Input: volumesInput{},
	}, Volumes{}, service.sendVolumes)
	mountDrill(api, service)
	api.Raw(web.Operation{
		ID: "get-gaps", Method: http.MethodGet, Path: "/v1/gaps", Tag: "monitoring",
		Summary: "Open demand less available supply by month, line and scheme",
		Description: "Supply and demand are spread evenly over the days of their windows, in whole thousandths, and a month has its days' part: what can still be promised and what is still wanted " +
			"over the days still to come (over the last, when all have passed), what is committed over all. So months add up to the whole, and no part of it stands in two. Demand that asks for no scheme can " +
			"be met by supply of any. unit is always kg, the unit of goods that have a weight; each row names its own. A filter on what does " +
			"not exist is 422 unknown_value. Also as text/csv.",
		Access: watchers(), Faults: refusals(), Produces: []string{jsonType, csvType}, Input: gapsInput{},
	}, Gaps{}, service.sendGaps)
	mountOpenData(api, service)
	mountReports(api, service)
	mountStream(api, service)
	mountIndicators(api, service)
	mountGapAlerts(api, service)
	mountDesk(api, service)
	mountWatches(api, service)
}

func watchers() web.Access {
	return web.Access{Groups: []string{"official", "administrator"}, Scope: area}
}

func refusals() []*fault.Definition {
	return append(Faults(), identity.ErrScopeMissing, identity.ErrNotApproved, fault.ErrUnknownValue, fault.ErrDateOrder, ledger.ErrImageNotRead)
}

func (s *Service) sendVolumes(c *gin.Context) {
	ctx := c.Request.Context()
	query, with, err := ReadVolumes(c.Request.URL.Query())
	if err != nil {
		web.Fail(c, err)
		return
	}
	volumes, err := s.Volumes(ctx, identity.FromContext(ctx), query, with...)
	if err != nil {
		web.Fail(c, inQuery(err))
		return
	}
	volumes.Notes = volumes.Noted(web.Language(ctx))
	send(c, volumes, "volumes", volumes.table)
}

func (s *Service) sendGaps(c *gin.Context) {
	ctx := c.Request.Context()
	query, err := readQuery(c.Request.URL.Query())
	if err != nil {
		web.Fail(c, err)
		return
	}
	gaps, err := s.Gaps(ctx, identity.FromContext(ctx), query)
	if err != nil {
		web.Fail(c, inQuery(err))
		return
	}
	gaps.Notes = gaps.Noted(web.Language(ctx))
	send(c, gaps, "gaps", gaps.table)
}

// send answers in the form the client wants. Reports are nobody's to keep: they change with
// every posting and are confidential.
func send(c *gin.Context, answer any, name string, table func() table) {
	c.Header("Cache-Control", "private, no-store")
	c.Header("Vary", "Accept, Accept-Language, Authorization")
	if web.Accepted(c.Request, jsonType, csvType) != csvType {
		c.JSON(http.StatusOK, answer)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	c.Data(http.StatusOK, csvType+"; charset=utf-8; header=present", table().csv())
}

// inQuery points complaints at the parameters of the request.
func inQuery(err error) error {
	var pointed fault.Collector
	if refused, ok := fault.From(err); !ok || len(refused.Fields) == 0 {
		return err
	}
	if failed := pointed.Merge("query", err); failed != nil {
		return failed
	}
	return pointed.Err()
}

// ReadVolumes reads what a request asks of [Service.Volumes] from its parameters: by, filters and compare, as
// GET /v1/volumes has them. What it does not know is left to the caller. Refused: web.ErrNotADate,
// web.ErrWrongFormat and fault.ErrUnknownValue, each at its parameter.
func ReadVolumes(values url.Values) (ledger.Query, []ledger.Comparison, error) {
	query, err := readQuery(values)
	if err != nil {
		return ledger.Query{}, nil, err
	}
	with, err := readCompare(values.Get("compare"))
	return query, with, err
}

// readQuery reads the parameters of a report; the guard has refused those it does not know.
func readQuery(values url.Values) (ledger.Query, error) {
	var wrong fault.Collector
	query := ledger.Query{Only: make(map[ledger.Dimension]string)}
	for by := range strings.SplitSeq(values.Get("by"), ",") {
		if by = strings.TrimSpace(by); by != "" {
			query.By = append(query.By, ledger.Dimension(by))
		}
	}
	query.From = readDate(values, "from", &wrong)
	query.To = readDate(values, "to", &wrong)
	for _, dimension := range []ledger.Dimension{
		ledger.ByLine, ledger.ByForm, ledger.ByCommune, ledger.ByDistrict, ledger.ByScheme, ledger.ByBuyerSystem,
		ledger.ByGrade, ledger.ByStars, ledger.ByWard, ledger.ByWeek, ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear,
	} {
		query.Only[dimension] = values.Get(string(dimension))
	}
	for _, dimension := range []ledger.Dimension{ledger.ByProducer, ledger.ByBuyer} {
		query.Only[dimension] = readID(values, string(dimension), &wrong)
	}
	return query, wrong.Err()
}

func readDate(values url.Values, name string, wrong *fault.Collector) civil.Date {
	text := values.Get(name)
	if text == "" {
		return civil.Date{}
	}
	date, err := civil.Parse(text)
	if err != nil {
		wrong.Add("query."+name, web.ErrNotADate)
	}
	return date
}

func readID(values url.Values, name string, wrong *fault.Collector) string {
	text := values.Get(name)
	if text == "" {
		return ""
	}
	id, err := uuid.Parse(text)
	if err != nil {
		wrong.Add("query."+name, web.ErrWrongFormat, "format", "uuid")
		return ""
	}
	return id.String()
}

// Noted says how to read the report, in a language.
func (v Volumes) Noted(language string) []string {
	declared := declaredNote()
	if v.withoutDeclared {
		declared = declaredNotTold()
	}
	return append(notes(language, v.Report, v.Rows), declared.In(language))
}

// notes says how to read a report, in a language.
func notes(language string, report Report, rows []VolumeRow) []string {
	english := language == web.English
	say := func(notes []string, vietnamese, inEnglish string) []string {
		if english {
			return append(notes, inEnglish)
		}
		return append(notes, vietnamese)
	}
	told := say([]string{}, "Kế hoạch tính theo ngày giao hoặc ngày bắt đầu nguồn cung; thực giao tính theo ngày nhận, giờ Việt Nam.",
		"Planned volumes are dated by delivery or by the start of supply, delivered ones by receipt, in Vietnam's time.")
	if len(report.Overlapping) > 0 {
		told = say(told, "Các dòng theo chứng nhận hoặc huyện cũ chồng lên nhau, không được cộng lại.",
			"Rows by scheme or former district overlap and must not be added up.")
	}
	for _, row := range rows {
		if row.ValueSuppressed {
			told = say(told, "Giá trị chỉ hiển thị cho những tháng đã khép sổ, theo tháng, quý, năm, ngành hàng, xã hoặc huyện cũ, khi gộp từ ba nhà sản xuất và ba bên mua trở lên và không thể suy ra phần bị giấu.",
				"Values are shown only of months that have been closed, by month, quarter, year, line, commune or former district, where at least three producers and three buyers stand behind them and nothing hidden follows from them.")
			break
		}
	}
	if report.Demonstration {
		told = append(told, demonstrationNote)
	}
	return told
}

// demonstrationNote marks invented data, in both languages wherever it is shown.
const demonstrationNote = "Dữ liệu minh hoạ / demonstration data"

// Noted says how to read the report, in a language.
func (g Gaps) Noted(language string) []string {
	return append(notes(language, g.Report, nil), gapNote.In(language))
}

// CSV is the report as a file for spreadsheets, with codes where people read names.
func (g Gaps) CSV() []byte { return g.table().csv() }
