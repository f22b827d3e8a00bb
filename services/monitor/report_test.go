package monitor_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	declaring "github.com/ocop-market/ocop/services/trade"
)

// reporter is a market whose clock stands on a day.
type reporter struct {
	*secrets

	clock *postgres.DB
}

func reported() monitor.Options {
	return monitor.Options{Demonstration: func(context.Context, postgres.Reader) (bool, error) { return true, nil }}
}

func newReporter(t *testing.T, today civil.Date) *reporter {
	t.Helper()
	b := setup(t, monitor.Options{})
	clock := b.App.WithClock(func() time.Time { return today.In(time.UTC).Add(5 * time.Hour) })
	b.over(clock, reported())
	return &reporter{&secrets{testBundle: b}, clock}
}

// work lets the jobs be done that wait.
func (r *reporter) work(t *testing.T) {
	t.Helper()
	workers := jobs.NewWorkers()
	monitor.NewService(r.clock, reported()).Jobs(workers)
	require.NoError(t, jobs.Drain(t.Context(), r.App, workers))
}

// year is a year of trade that is the same in every run, and as much the year before, a tenth less.
func (r *reporter) year(t *testing.T) {
	t.Helper()
	var communes []string
	for _, commune := range r.Book.Communes() {
		if commune.Province == reference.CaMau && len(communes) < 3 {
			communes = append(communes, commune.Code)
		}
	}
	for n := range 48 {
		one := shrimpSale(100)
		one.goods.ProducerID, one.goods.BuyerID = fixedID(n%5), fixedID(10+n%4)
		one.goods.Commune, one.goods.Grade, one.goods.Stars, one.goods.Ward = communes[n%3], []string{"20-30", "40-50"}[n%2], 3+n%2, "25747"
		one.on = civil.New(2026, time.Month(1+n/4), 5+n%4)
		if n%6 == 5 {
			one.goods.Line, one.goods.Form, one.price = "dried_shrimp", "dried", 900_000
		}
		if n >= 24 {
			one.amount += quantity.Of(int64(n)) + 125
		}
		r.record(t, one)
		one.on, one.amount = one.on.AddMonths(-12), one.amount-quantity.Of(10)
		r.record(t, one)
	}
	for n := range 5 {
		r.enter(t, identity.Producer, fixedID(n))
		r.enter(t, identity.Buyer, fixedID(10+n))
	}
	r.declare(t, communes)
}

// declare lets a producer say what it sold elsewhere: goods that are sold here, too, and rice, which nobody sells here.
func (r *reporter) declare(t *testing.T, communes []string) {
	t.Helper()
	r.tamper(t, `UPDATE identity.organisations SET commune_code = $2 WHERE id = $1`, fixedID(1), communes[1])
	who := identity.Principal{UserID: newID(), OrganisationID: fixedID(1), Kind: identity.Producer, Role: identity.Owner, Approved: true}
	for _, said := range []declaring.Goods{
		{Line: "black_tiger_shrimp", Form: "live", Unit: "kg", Quantity: quantity.Of(75)}, {Line: "rice", Form: "milled", Unit: "kg", Quantity: quantity.Of(2_000)},
	} {
		_, err := declaring.NewService(r.clock, r.Book).Declare(t.Context(), who, declaring.NewDeclaration{Goods: said, Month: "2026-03", Channel: "wet_market"})
		require.NoError(t, err)
	}
}

func TestTheReportOfAYearInEveryForm(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2027, time.January, 10))
	r.year(t)
	r.publish(t, civil.New(2027, time.January, 10))
	r.seal(t)
	require.Equal(t, http.StatusAccepted, r.send(t, "official.camau", http.MethodPost, "/v1/reports/2026/editions", `{"reason":"thử"}`).Code)
	status, code := r.code(t, "official.camau", "/v1/reports/2026")
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, "no_report", code)
	r.work(t)

	whole := r.get(t, "official.camau", "/v1/reports/2026")
	require.Equal(t, http.StatusOK, whole.Code, whole.Body.String())
	var report monitor.PeriodReport
	require.NoError(t, json.Unmarshal(whole.Body.Bytes(), &report))
	report.ID, report.AsOf = fixedID(0), time.Time{}
	text, err := json.MarshalIndent(report, "", " ")
	require.NoError(t, err)
	golden(t, "report-2026.json", text)

	for _, section := range []string{"lines", "communes"} {
		list := r.get(t, "official.camau", "/v1/reports/2026?section="+section, "Accept", "text/csv")
		require.Equal(t, http.StatusOK, list.Code)
		golden(t, "report-2026-"+section+".csv", list.Body.Bytes())
	}
	workbook := r.get(t, "official.camau", "/v1/reports/2026?format=xlsx&language=en")
	require.Equal(t, http.StatusOK, workbook.Code)
	golden(t, "report-2026.xlsx.txt", told(t, workbook.Body.Bytes()))
	book, err := excelize.OpenReader(workbook.Body)
	require.NoError(t, err)
	for at, shown := range map[string]string{"D6": "4,702.5", "M6": "75", "N6": "1,175,625,000", "P6": "9.3", "M8": "2,000"} {
		value, err := book.GetCellValue("By product line", at)
		require.NoError(t, err)
		require.Equal(t, shown, value, "%s as people see it", at)
	}
	require.NoError(t, book.Close())
	paper := r.get(t, "official.camau", "/v1/reports/2026?format=pdf")
	require.Equal(t, http.StatusOK, paper.Code)
	require.True(t, bytes.HasPrefix(paper.Body.Bytes(), []byte("%PDF-")))
	again := r.get(t, "official.camau", "/v1/reports/2026?format=pdf")
	require.Equal(t, paper.Body.Bytes(), again.Body.Bytes())
	if folder := os.Getenv("OCOP_KEEP_PAPERS"); folder != "" { // to be looked at
		require.NoError(t, os.WriteFile(filepath.Join(folder, "report.pdf"), paper.Body.Bytes(), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "report.xlsx"), workbook.Body.Bytes(), 0o600))
	}
}

// told is what a workbook says, cell by cell, with its tables and charts.
func told(t *testing.T, file []byte) []byte {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	var text strings.Builder
	for _, name := range book.GetSheetList() {
		fmt.Fprintf(&text, "# %s\n", name)
		rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		for at, row := range rows {
			if at == 1 {
				row = []string{"(edition)"}
			}
			fmt.Fprintln(&text, strings.Join(row, " | "))
		}
		tables, err := book.GetTables(name)
		require.NoError(t, err)
		for _, table := range tables {
			fmt.Fprintf(&text, "table %s %s\n", table.Name, table.Range)
		}
		page, err := book.GetPageLayout(name)
		require.NoError(t, err)
		panes, err := book.GetPanes(name)
		require.NoError(t, err)
		fmt.Fprintf(&text, "page %s %d × %d, still to row %d\n", *page.Orientation, *page.FitToWidth, *page.FitToHeight, panes.YSplit)
	}
	for _, each := range book.GetDefinedName() {
		fmt.Fprintf(&text, "%s %s\n", each.Name, each.RefersTo)
	}
	require.NotContains(t, text.String(), "table  ")
	return []byte(text.String())
}

// A report is the same for ever; what is corrected later makes another edition, once, and by itself where
// that was ordered.
func TestAReportStaysAsItWasMade(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.May, 20))
	r.several(t, 3, "", civil.New(2026, time.April, 10))
	r.seal(t)
	r.enter(t, identity.Authority, r.cast["official.tphcm"].OrganisationID)
	require.Equal(t, http.StatusNoContent, r.send(t, "official.tphcm", http.MethodPut, "/v1/report-orders/month", "").Code)
	due := func(expected int) {
		t.Helper()
		r.seal(t)
		asked, err := monitor.NewService(r.clock, reported()).DueReports(t.Context())
		require.NoError(t, err)
		require.Equal(t, expected, asked)
		r.work(t)
	}
	due(1)
	due(0)
	first := r.get(t, "official.tphcm", "/v1/reports/2026-04").Body.String()
	require.Contains(t, first, `"edition":1`)

	r.several(t, 1, "", civil.New(2026, time.March, 30)) // another period
	due(0)
	r.several(t, 1, "", civil.New(2026, time.April, 30))
	due(1)
	require.Equal(t, first, r.get(t, "official.tphcm", "/v1/reports/2026-04?edition=1").Body.String())
	second := read[monitor.PeriodReport](t, r.testBundle, "official.tphcm", "/v1/reports/2026-04")
	require.Equal(t, 2, second.Edition)
	require.Equal(t, "40", second.Sections[0].Rows[0][9].Number)
	list := read[struct{ Items []monitor.ReportEntry }](t, r.testBundle, "official.tphcm", "/v1/reports?period=2026-04&limit=1&count=true")
	require.Len(t, list.Items, 1)
	require.True(t, list.Items[0].Newest)
	require.False(t, list.Items[0].Corrected)

	r.tamper(t, "UPDATE monitor.reports SET content = replace(content, '40', '41') WHERE edition = 2")
	require.Equal(t, http.StatusInternalServerError, r.get(t, "official.tphcm", "/v1/reports/2026-04").Code, "what was tampered with is not shown")
	require.Equal(t, http.StatusNoContent, r.send(t, "official.tphcm", http.MethodDelete, "/v1/report-orders/month", "").Code)
}

func TestWhoReadsWhichReport(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.May, 20))
	r.several(t, 3, "", civil.New(2026, time.April, 10))
	r.seal(t)
	for _, who := range []string{"official.camau", "official.tphcm"} {
		require.Equal(t, http.StatusAccepted, r.send(t, who, http.MethodPost, "/v1/reports/2026-Q2/editions", `{}`).Code)
	}
	r.work(t)
	supply := read[monitor.PeriodReport](t, r.testBundle, "official.camau", "/v1/reports/2026-Q2")
	demand := read[monitor.PeriodReport](t, r.testBundle, "official.tphcm", "/v1/reports/2026-Q2")
	require.True(t, supply.Preliminary, "the quarter is not over")
	codes := func(report monitor.PeriodReport) string {
		var all []string
		for _, section := range report.Sections {
			all = append(all, section.Code)
		}
		return strings.Join(all, " ")
	}
	require.Contains(t, codes(supply), "producers")
	require.NotContains(t, codes(supply), "buyers ", "single buyers are for the other authority")
	require.Contains(t, codes(demand), "buyers")
	require.NotContains(t, codes(demand), "producers")
	for path, expected := range map[string]string{
		"/v1/reports/2026-Q2?province=79": "not_found", "/v1/reports/2026-Q5": "no_period", "/v1/reports/2026-13": "no_period", "/v1/reports/x": "no_period",
		"/v1/reports/2026-Q2?section=nothing&format=csv": "unknown_value", "/v1/reports/2025-S1": "no_report",
	} {
		require.Contains(t, r.get(t, "official.camau", path).Body.String(), `"`+expected+`"`, path)
	}
	require.Contains(t, r.send(t, "official.camau", http.MethodPost, "/v1/reports/2027/editions", `{}`).Body.String(), `"no_period"`)
	require.Equal(t, http.StatusForbidden, r.send(t, "producer", http.MethodPost, "/v1/reports/2026/editions", `{}`).Code)
	require.Contains(t, r.send(t, "official.camau", http.MethodPut, "/v1/report-orders/decade", "").Body.String(), `"unknown_value"`)
	require.Len(t, read[struct{ Items []monitor.ReportKind }](t, r.testBundle, "official.camau", "/v1/report-kinds").Items, 5)
}

func TestPeriodsHaveNames(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2027, time.May, 20))
	for _, period := range []string{"2026-02", "2026-Q4", "2026-H2", "2026", "2026-S1"} {
		require.Equal(t, http.StatusAccepted, r.send(t, "official.camau", http.MethodPost, "/v1/reports/"+period+"/editions", `{}`).Code)
	}
	r.work(t)
	for period, expected := range map[string]string{
		"2026-02": "2026-02-01 2026-02-28 Month 2/2026", "2026-Q4": "2026-10-01 2026-12-31 Quarter 4/2026", "2026-H2": "2026-07-01 2026-12-31 Half-year 2/2026",
		"2026": "2026-01-01 2026-12-31 Year 2026", "2026-S1": "2026-04-01 2027-03-31 Price-stabilisation year 2026–2027",
	} {
		report := read[monitor.PeriodReport](t, r.testBundle, "official.camau", "/v1/reports/"+period)
		require.Equal(t, expected, report.From.String()+" "+report.To.String()+" "+report.NameEN)
	}
	rows, err := csv.NewReader(strings.NewReader(r.get(t, "official.camau", "/v1/reports/2026?format=csv").Body.String())).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1, "an empty year is an empty table")
}
