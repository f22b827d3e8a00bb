package monitor_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// A value of which later changes are kept back is told as it was, and every form of the report says so.
func TestAReportMarksWhatIsNotTheNewest(t *testing.T) {
	t.Parallel()
	today := civil.New(2027, time.January, 10)
	r := newReporter(t, today)
	january := civil.New(2026, time.January, 10)
	r.several(t, 3, "", january)
	r.several(t, 3, "", civil.New(2026, time.February, 10))
	r.publish(t, today)
	r.several(t, 1, "", january)
	require.Zero(t, r.publish(t, today))
	require.Equal(t, http.StatusAccepted, r.send(t, "official.camau", http.MethodPost, "/v1/reports/2026/editions", `{"reason":"thử"}`).Code)
	r.work(t)
	report := read[monitor.PeriodReport](t, r.testBundle, "official.camau", "/v1/reports/2026")
	note, marked := "* Not the newest:", map[string][]bool{}
	for _, section := range report.Sections {
		noted := slices.ContainsFunc(section.Notes, func(n reference.Names) bool {
			return strings.HasPrefix(n.NameEN, note) && strings.HasPrefix(n.Name, "* Chưa phải số mới nhất:")
		})
		some := false
		for _, cells := range section.Rows {
			for at, cell := range cells {
				if section.Columns[at].Code == "value_vnd" {
					marked[section.Code] = append(marked[section.Code], cell.KeptBack)
				}
				some = some || cell.KeptBack
			}
		}
		require.Equal(t, some, noted, section.Code)
	}
	require.Equal(t, []bool{true}, marked["lines"])
	require.Equal(t, []bool{true, false}, marked["months"], "February is as it was told")
	require.Equal(t, []bool{false}, marked["stars"], "no value is told of it")

	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(r.get(t, "official.camau", "/v1/reports/2026?section=months", "Accept", "text/csv").Body.Bytes(), []byte("\ufeff")))).ReadAll()
	require.NoError(t, err)
	at := slices.Index(rows[0], "value_vnd_kept_back")
	require.Equal(t, "value_vnd", rows[0][at-1])
	require.Equal(t, [][]string{{"7500000", "true"}, {"7500000", "false"}}, [][]string{rows[1][at-1 : at+1], rows[2][at-1 : at+1]})
	require.NotContains(t, r.get(t, "official.camau", "/v1/reports/2026?section=stars", "Accept", "text/csv").Body.String(), "kept_back")

	book, err := excelize.OpenReader(r.get(t, "official.camau", "/v1/reports/2026?format=xlsx&language=en").Body)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	for cell, format := range map[string]string{"O6": `#,##0"*"`, "O7": "#,##0"} {
		kind, err := book.GetCellType("By month", cell)
		require.NoError(t, err)
		require.Contains(t, []excelize.CellType{excelize.CellTypeUnset, excelize.CellTypeNumber}, kind, "a number all the same")
		text, err := book.GetCellValue("By month", cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Equal(t, "7500000", text)
		id, err := book.GetCellStyle("By month", cell)
		require.NoError(t, err)
		style, err := book.GetStyle(id)
		require.NoError(t, err)
		require.Equal(t, format, *style.CustomNumFmt)
	}
	head, err := book.GetCellValue("By month", "A3")
	require.NoError(t, err)
	require.Contains(t, head, note)
	paper := r.get(t, "official.camau", "/v1/reports/2026?format=pdf&language=en")
	require.Equal(t, http.StatusOK, paper.Code)
	require.True(t, bytes.HasPrefix(paper.Body.Bytes(), []byte("%PDF-")))
}
