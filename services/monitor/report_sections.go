package monitor

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// reporting is what the sections of one report are made from, at one instant.
type reporting struct {
	tx     *postgres.Tx
	period period
	names  reportNames
	// totals answers as Volumes does.
	totals func(ctx context.Context, q ledger.Query) ([]VolumeRow, error)
}

// within is a query over the period, or over one as long that begins so many months earlier.
func (r reporting) within(earlier int, by ...ledger.Dimension) ledger.Query {
	first := r.period.first().AddMonths(-earlier)
	return ledger.Query{By: by, From: first, To: first.AddMonths(r.period.Months).AddDays(-1), Only: map[ledger.Dimension]string{}}
}

// breakdown is a section by one dimension.
type breakdown struct {
	code      string
	names     reference.Names
	dimension ledger.Dimension
	column    reference.Names
	overlaps  bool
	// province has it alone; empty: every authority has it.
	province string
}

func breakdowns() []breakdown {
	return []breakdown{
		{"months", called("Theo tháng", "By month"), ledger.ByMonth, called("Tháng", "Month"), false, ""},
		{"communes", called("Theo xã, phường nơi sản xuất", "By commune of origin"), ledger.ByCommune, called("Xã, phường", "Commune"), false, ""},
		{"districts", called("Theo huyện cũ", "By former district"), ledger.ByDistrict, called("Huyện cũ", "Former district"), true, ""},
		{"schemes", called("Theo chứng nhận", "By certification scheme"), ledger.ByScheme, called("Chứng nhận", "Scheme"), true, ""},
		{"stars", called("Theo hạng sao OCOP", "By OCOP stars"), ledger.ByStars, called("Hạng sao", "Stars"), false, ""},
		{"grades", called("Theo quy cách", "By grade"), ledger.ByGrade, called("Quy cách", "Grade"), false, ""},
		{"buyer_systems", called("Theo hệ thống bán lẻ", "By retail system"), ledger.ByBuyerSystem, called("Hệ thống", "Retail system"), false, ""},
		{"wards", called("Theo phường, xã giao hàng", "By ward of delivery"), ledger.ByWard, called("Phường, xã", "Ward"), false, ""},
		{"producers", called("Theo nhà sản xuất", "By producer"), ledger.ByProducer, called("Nhà sản xuất", "Producer"), false, reference.CaMau},
		{"buyers", called("Theo bên mua", "By buyer"), ledger.ByBuyer, called("Bên mua", "Buyer"), false, reference.HoChiMinh},
	}
}

// DimensionNames is what people call a dimension of volumes, apart from every other.
func DimensionNames(dimension ledger.Dimension) reference.Names {
	switch dimension {
	case ledger.ByCommune:
		return called("Nơi sản xuất", "Commune of origin")
	case ledger.ByWard:
		return called("Nơi giao hàng", "Ward of delivery")
	case ledger.ByWeek:
		return called("Tuần", "Week")
	case ledger.ByQuarter:
		return called("Quý", "Quarter")
	case ledger.ByHalfYear:
		return called("Nửa năm", "Half-year")
	case ledger.ByYear:
		return called("Năm", "Year")
	case ledger.ByForm:
		return called("Dạng hàng", "Form")
	case ledger.ByLine:
		return called("Ngành hàng", "Product line")
	default:
	}
	for _, each := range breakdowns() {
		if each.dimension == dimension {
			return each.column
		}
	}
	return called(string(dimension), string(dimension))
}

// goodsColumns say what a row of volumes is about.
func goodsColumns() []ReportColumn {
	return []ReportColumn{
		{Code: "line", Names: called("Ngành hàng", "Product line"), Kind: TextColumn},
		{Code: "condition", Names: called("Trạng thái", "Condition"), Kind: TextColumn},
		{Code: "unit", Names: called("Đơn vị", "Unit"), Kind: TextColumn},
	}
}

// MeasureColumns are what a row of volumes holds, in the order in which people read it.
func MeasureColumns() []ReportColumn {
	return []ReportColumn{
		{Code: "offered", Names: called("Nguồn cung", "Offered"), Kind: QuantityColumn},
		{Code: "requested", Names: called("Nhu cầu", "Requested"), Kind: QuantityColumn},
		{Code: "quoted", Names: called("Báo giá", "Quoted"), Kind: QuantityColumn},
		{Code: "awarded", Names: called("Chốt mua", "Awarded"), Kind: QuantityColumn},
		{Code: "dispatched", Names: called("Xuất giao", "Dispatched"), Kind: QuantityColumn},
		{Code: "unconfirmed", Names: called("Chưa xác nhận", "Unconfirmed"), Kind: QuantityColumn},
		{Code: "delivered", Names: called("Đã nhận", "Delivered"), Kind: QuantityColumn},
		{Code: "rejected", Names: called("Trả lại", "Rejected"), Kind: QuantityColumn},
		{Code: "released", Names: called("Huỷ, báo hụt", "Released"), Kind: QuantityColumn},
		{Code: "declared", Names: called("Khai báo ngoài sàn", "Declared, off the platform"), Kind: QuantityColumn},
		{Code: "value_vnd", Names: called("Giá trị (đ)", "Value (đ)"), Kind: MoneyColumn},
	}
}

func (r reporting) goods(row VolumeRow) []ReportCell {
	condition := called("tươi, sống, đông lạnh", "fresh, live or frozen")
	if row.Dried {
		condition = called("khô", driedName)
	}
	return []ReportCell{named(row.Line, r.names.of(ledger.ByLine, row.Line)), named("", condition), named(row.Unit, called(row.Unit, row.Unit))}
}

func measured(row VolumeRow) []ReportCell {
	cells := make([]ReportCell, 0, 11)
	for _, amount := range []quantity.Quantity{
		row.Offered, row.Requested, row.Quoted, row.Awarded, row.Dispatched, row.Unconfirmed, row.Delivered, row.Rejected, row.Released,
	} {
		cells = append(cells, numbered(amount.String()))
	}
	declared := ReportCell{}
	if row.Declared != nil {
		declared = numbered(row.Declared.String())
	}
	cells = append(cells, declared)
	switch {
	case row.ValueVND != nil:
		value := numbered(strconv.FormatInt(int64(*row.ValueVND), 10))
		value.KeptBack = row.ValueKeptBack
		return append(cells, value)
	default:
		return append(cells, ReportCell{Hidden: row.ValueSuppressed})
	}
}

// by is a section of a breakdown.
func (r reporting) by(ctx context.Context, b breakdown) (ReportSection, error) {
	section := ReportSection{
		Code: b.code, Names: b.names, Overlapping: b.overlaps, Rows: [][]ReportCell{},
		Columns: slices.Concat([]ReportColumn{{Code: string(b.dimension), Names: b.column, Kind: TextColumn}}, goodsColumns(), MeasureColumns()),
	}
	if b.overlaps {
		section.Notes = append(section.Notes, called("Các dòng chồng lên nhau, không được cộng lại.", "Rows overlap and must not be added up."))
	}
	query := r.within(0, b.dimension)
	if !opensDeclared(query) {
		section.Notes = append(section.Notes, declaredNotTold())
	}
	rows, err := r.totals(ctx, query)
	if err != nil {
		return section, err
	}
	if err := r.names.learn(ctx, r.tx, b.dimension, rows); err != nil {
		return section, err
	}
	for _, row := range rows {
		value := row.Value(b.dimension)
		section.Rows = append(section.Rows, slices.Concat([]ReportCell{named(value, r.names.of(b.dimension, value))}, r.goods(row), measured(row)))
	}
	return section.withKeptBack(), nil
}

// summary sets each line beside the period before and the year before.
func (r reporting) summary(ctx context.Context) (ReportSection, error) {
	section := ReportSection{
		Code: "lines", Names: called("Theo ngành hàng", "By product line"), Rows: [][]ReportCell{},
		Columns: slices.Concat(goodsColumns(), MeasureColumns(), []ReportColumn{
			{Code: "delivered_previous", Names: called("Đã nhận kỳ trước", "Delivered, period before"), Kind: QuantityColumn},
			{Code: "change_previous", Names: called("So với kỳ trước (%)", "Against the period before (%)"), Kind: PercentColumn},
			{Code: "delivered_year_before", Names: called("Đã nhận cùng kỳ năm trước", "Delivered, year before"), Kind: QuantityColumn},
			{Code: "change_year_before", Names: called("So với cùng kỳ (%)", "Against the year before (%)"), Kind: PercentColumn},
		}),
		Notes: []reference.Names{called("Các ngành hàng khác nhau, hàng tươi và hàng khô không được cộng chung.",
			"Different lines, and fresh and dried goods, must never be totalled together."), declaredNote()},
	}
	rows, err := r.totals(ctx, r.within(0, ledger.ByLine))
	if err != nil {
		return section, err
	}
	type kind struct {
		line, unit string
		dried      bool
	}
	earlier := [2]map[kind]quantity.Quantity{{}, {}}
	for at, months := range []int{r.period.Months, 12} {
		before, err := r.totals(ctx, r.within(months, ledger.ByLine))
		if err != nil {
			return section, err
		}
		for _, row := range before {
			earlier[at][kind{row.Line, row.Unit, row.Dried}] = row.Delivered
		}
	}
	for _, row := range rows {
		cells := slices.Concat(r.goods(row), measured(row))
		for at := range earlier {
			before := earlier[at][kind{row.Line, row.Unit, row.Dried}]
			cells = append(cells, numbered(before.String()), change(before, row.Delivered))
		}
		section.Rows = append(section.Rows, cells)
	}
	return section.withKeptBack(), nil
}

// change is by how much the present differs from what was before, in percent with one decimal, rounded
// half away from nothing; empty where nothing was before.
func change(before, present quantity.Quantity) ReportCell {
	if before <= 0 {
		return ReportCell{}
	}
	twice := 2 * 1000 * (int64(present) - int64(before)) / int64(before) // whole thousandths, doubled
	permille := (abs(twice) + 1) / 2
	text := strconv.FormatInt(permille/10, 10) + "." + strconv.FormatInt(permille%10, 10)
	if twice < 0 && permille > 0 {
		text = "-" + text
	}
	return numbered(text)
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// courses sets what was delivered month by month side by side, a column for each line sold by weight.
func courses(months ReportSection, first civil.Date, count int) ReportSection {
	section := ReportSection{
		Code: "delivered_by_month", Names: called("Đã nhận theo tháng (kg)", "Delivered by month (kg)"), Rows: [][]ReportCell{},
		Columns: []ReportColumn{{Code: "month", Names: called("Tháng", "Month"), Kind: TextColumn}},
	}
	delivered := slices.IndexFunc(months.Columns, func(c ReportColumn) bool { return c.Code == "delivered" })
	columns, amounts := make(map[[2]string]int), make(map[[2]string]string)
	both := months.bothConditions()
	for _, row := range months.Rows {
		goods := [2]string{row[1].Code, row[2].NameEN}
		if row[3].Code != weightUnit || row[delivered].Number == "0" {
			continue
		}
		if _, known := columns[goods]; !known {
			names := called(row[1].Name, row[1].NameEN)
			if row[2].NameEN == driedName && both[row[1].Code] {
				names = called(names.Name+" (khô)", names.NameEN+" (dried)")
			}
			columns[goods] = len(section.Columns)
			section.Columns = append(section.Columns, ReportColumn{Code: row[1].Code, Names: names, Kind: QuantityColumn})
		}
		amounts[[2]string{row[0].Code, strconv.Itoa(columns[goods])}] = row[delivered].Number
	}
	if len(section.Columns) == 1 {
		return section
	}
	section.Chart = &ReportChart{Kind: "column"}
	for at := 1; at < len(section.Columns); at++ {
		section.Chart.Values = append(section.Chart.Values, at)
	}
	for month := range count {
		text := monthText(first.AddMonths(month))
		row := []ReportCell{named(text, called(text, text))}
		for at := 1; at < len(section.Columns); at++ {
			number := amounts[[2]string{text, strconv.Itoa(at)}]
			if number == "" {
				number = "0"
			}
			row = append(row, numbered(number))
		}
		section.Rows = append(section.Rows, row)
	}
	return section
}

// reportNames are what codes are called now; a report keeps them as they were.
type reportNames map[ledger.Dimension]map[string]reference.Names

func readNames(ctx context.Context, tx *postgres.Tx) (reportNames, error) {
	const query = `
		SELECT 'line' AS dimension, code, name_vi, name_en FROM reference.product_lines
		UNION ALL SELECT 'commune', code, name_vi, name_en FROM reference.communes
		UNION ALL SELECT 'ward', code, name_vi, name_en FROM reference.communes
		UNION ALL SELECT 'district', code, name_vi, name_en FROM reference.former_districts
		UNION ALL SELECT 'scheme', code, name_vi, name_en FROM reference.schemes
		UNION ALL SELECT 'buyer_system', code, name_vi, name_en FROM reference.buyer_systems`
	names := make(reportNames)
	err := tx.Each(ctx, query, nil, func(scan func(dest ...any) error) error {
		var dimension ledger.Dimension
		var code string
		var name reference.Names
		if err := scan(&dimension, &code, &name.Name, &name.NameEN); err != nil {
			return err
		}
		if names[dimension] == nil {
			names[dimension] = make(map[string]reference.Names)
		}
		names[dimension][code] = name
		return nil
	})
	return names, err
}

// of is what a value is called; itself where it has no name, and that it is unknown where it is empty.
func (n reportNames) of(dimension ledger.Dimension, value string) reference.Names {
	if value == "" {
		return called("không rõ", "not known")
	}
	if name, known := n[dimension][value]; known {
		return name
	}
	return called(value, value)
}

// learn reads the names of the organisations among rows.
func (n reportNames) learn(ctx context.Context, tx *postgres.Tx, dimension ledger.Dimension, rows []VolumeRow) error {
	if dimension != ledger.ByProducer && dimension != ledger.ByBuyer {
		return nil
	}
	var ids []uuid.UUID
	for _, row := range rows {
		if id, err := uuid.Parse(row.Value(dimension)); err == nil {
			ids = append(ids, id)
		}
	}
	found, err := identity.OrganisationsIn(ctx, tx, ids)
	if err != nil {
		return err
	}
	n[dimension] = make(map[string]reference.Names, len(found))
	for id, organisation := range found {
		n[dimension][id.String()] = called(organisation.Name, organisation.Name)
	}
	return nil
}
