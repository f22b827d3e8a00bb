package portal

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const openDataPath = "/monitor/open-data"

//nolint:gochecknoglobals // immutable texts
var (
	openDataTitle = text("Dữ liệu mở", "Open data")
	openDataWhat  = text("Sản lượng đăng bán và sản lượng đã giao của hàng Cà Mau trên sàn, theo tháng, ngành hàng và xã, phường nơi sản xuất. Ai cũng đọc và tải về được, không cần đăng nhập. Không có giá, không có giá trị, không nêu tên tổ chức nào.",
		"Supply published and volumes delivered of goods of Cà Mau on this marketplace, by month, product line and commune of origin. Everybody may read and download them, without signing in. There are no prices and no values, and no organisation is named.")
	openDataFew = text("Mỗi con số gộp ít nhất ba nhà sản xuất, và ít nhất ba bên mua nếu là hàng đã giao. Nơi một tháng và một xã không đủ, nhiều tháng hoặc nhiều xã được gộp thành một con số; phần còn lại không công bố. Không con số nào chồng lên con số khác, nên cộng hay trừ cũng không lộ ra số liệu của ít tổ chức.",
		"Each figure combines at least three producers and, where it is about deliveries, at least three buyers. Where one month and commune alone would not, several are told together; what is still of fewer is not told. No figure overlaps another, so nothing about few organisations follows by adding or subtracting.")
	openDataWhen = text("Một tháng được công bố vài ngày sau khi kết thúc. Đính chính về sau làm tăng lần công bố của con số, khi đã đủ số tổ chức có thay đổi; trước đó con số mang dấu * và là số cũ.",
		"A month is published some days after it ends. A later correction raises the edition of a figure once enough organisations have added something to it; until then the figure carries a * and is the older one.")
	openDataCite = text("API không nêu giấy phép riêng. Khi trích dẫn, ghi nguồn là dữ liệu mở của sàn, các tháng, phiên bản cột %s, lần công bố và ngày công bố của con số.",
		"The API states no licence of its own. Cite the open data of this marketplace with the months, version %s of the columns, and the edition and day of publication of the figure.")
	openDataCaption   = text("Số liệu từ %s đến %s", "Figures of %s to %s")
	openDataFrom      = text("Từ tháng", "From month")
	openDataTo        = text("Đến tháng", "To month")
	openDataMeasure   = text("Loại", "Measure")
	openDataMonths    = text("Tháng", "Months")
	openDataCommunes  = text("Xã, phường", "Communes")
	openDataQuantity  = text("Lượng", "Quantity")
	openDataEdition   = text("Lần công bố", "Edition")
	openDataPublished = text("Ngày công bố", "Published on")
	openDataUnknown   = text("không rõ nơi", "origin not known")
	openDataKept      = text("Có thay đổi sau lần công bố này, chưa đủ số tổ chức để đưa vào.", "There were changes since, of too few organisations to be in it yet.")
	openDataFirst     = text("%s dòng đầu trong %s; tải tệp CSV để có tất cả.", "The first %s of %s rows; the CSV file has all.")
	openDataNone      = text("Chưa có số liệu nào được công bố cho lựa chọn này.", "No figure is published of what was asked for.")
	openDataVersion   = text("Phiên bản cột", "Version of the columns")
)

// openDataMeasures is what people call a measure, as the API has them.
//
//nolint:gochecknoglobals // an immutable table
var openDataMeasures = map[string]reference.Names{
	"offered": text("Đăng bán", "Offered"), "delivered": text("Đã giao", "Delivered"),
}

// openDataRows is how many rows the page shows; the file has all.
const openDataRows = 300

// openDataView is what the page shows.
type openDataView struct {
	from, to        string
	lines, communes []choice
	answer          *monitor.OpenData
	table           figures
	about           []string
	all             int
	notes           []string
}

// showOpenData answers as GET /v1/open-data/volumes does, from the same method.
func showOpenData(ctx context.Context, s *Service, v *visit) error {
	names := s.naming(v)
	view := &openDataView{
		from: monthField(v.query.Get("from")), to: monthField(v.query.Get("to")),
		lines:    chosenOf(names.choices(ledger.ByLine), v.query.Get("line")),
		communes: chosenOf(names.choices(ledger.ByCommune), v.query.Get("commune")),
	}
	v.content = openData(v, view)
	query, err := openDataAsked(v.query)
	if err != nil {
		return err
	}
	answer, err := s.monitor.OpenData(ctx, query)
	if err != nil {
		return err
	}
	view.fill(v, names, &answer)
	return nil
}

// monthField is the month of a day as an address says it; what is no day stays as it is.
func monthField(text string) string {
	day, err := civil.Parse(text)
	if err != nil {
		return text
	}
	return day.String()[:len("2026-03")]
}

// openDataAsked reads what of the address is asked of the service: months, or days in them.
func openDataAsked(query url.Values) (monitor.OpenQuery, error) {
	asked, _, err := monitor.ReadVolumes(url.Values{"from": {dayOfMonth(query.Get("from"))}, "to": {dayOfMonth(query.Get("to"))}})
	return monitor.OpenQuery{From: asked.From, To: asked.To, Line: query.Get("line"), Commune: query.Get("commune")}, err
}

// dayOfMonth is a day in a month; what is no month stays as it is.
func dayOfMonth(text string) string {
	if len(text) == len("2026-03") {
		return text + "-01"
	}
	return text
}

func (view *openDataView) fill(v *visit, names naming, answer *monitor.OpenData) {
	view.answer, view.from, view.to, view.all = answer, answer.From, answer.To, len(answer.Figures)
	view.about = []string{v.say(openDataWhat), v.say(openDataFew), v.say(openDataWhen), v.sayf(openDataCite, answer.Version)}
	view.notes = answer.Noted(v.language)
	view.table = figures{
		caption: v.sayf(openDataCaption, names.of(ledger.ByMonth, answer.From), names.of(ledger.ByMonth, answer.To)),
		heads: []head{
			{text: v.say(monitor.DimensionNames(ledger.ByLine))}, {text: v.say(openDataMonths)}, {text: v.say(openDataMeasure)}, {text: v.say(openDataQuantity), number: true},
			{text: v.say(volumesUnit)}, {text: v.say(openDataCommunes)}, {text: v.say(openDataEdition), number: true}, {text: v.say(openDataPublished)},
		},
	}
	for _, each := range answer.Figures[:min(view.all, openDataRows)] {
		view.table.rows = append(view.table.rows, openDataRow(v, names, each))
	}
}

func openDataRow(v *visit, names naming, one monitor.OpenFigure) []cell {
	months, communes := make([]string, len(one.Months)), make([]string, len(one.Communes))
	for at, month := range one.Months {
		months[at] = names.of(ledger.ByMonth, month)
	}
	for at, commune := range one.Communes {
		communes[at] = v.say(openDataUnknown)
		if commune != "" {
			communes[at] = names.of(ledger.ByCommune, commune)
		}
	}
	amount := cell{text: v.amount(one.Quantity)}
	if one.KeptBack {
		amount = cell{text: amount.text + " *", why: v.say(openDataKept)}
	}
	return []cell{
		{text: names.goods(one.Line, one.Dried)}, {text: strings.Join(months, ", ")}, {text: v.say(openDataMeasures[one.Measure])}, amount,
		{text: names.unit(one.Unit)}, {text: strings.Join(communes, ", "), tone: toneLong()}, {text: strconv.Itoa(one.Edition)},
		{text: one.PublishedAt.In(reference.Zone()).Format("02/01/2006")},
	}
}

// asked are the parameters of the same figures in the API, which takes days.
func (view *openDataView) asked(v *visit) url.Values {
	return url.Values{"from": {dayOfMonth(view.from)}, "to": {dayOfMonth(view.to)}, "line": {v.query.Get("line")}, "commune": {v.query.Get("commune")}}
}

// fileOpenData is the figures as a file, as GET /v1/open-data/volumes gives them.
func fileOpenData(ctx context.Context, s *Service, v *visit) ([]byte, error) {
	query, err := openDataAsked(v.query)
	if err != nil {
		return nil, err
	}
	answer, err := s.monitor.OpenData(ctx, query)
	return answer.CSV(), err
}
