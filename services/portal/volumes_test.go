package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// traded records some deals of the year 2026.
func (m *market) traded(t *testing.T) {
	t.Helper()
	for _, s := range []sale{
		{"black_tiger_shrimp", "live", "20-30", 1_234_500, civil.New(2026, time.January, 10)},
		{"black_tiger_shrimp", "live", "30-40", 70_000, civil.New(2026, time.March, 11)},
		{"black_tiger_shrimp", "live", "30-40", 30_250, civil.New(2025, time.March, 11)},
		{"rice", "grain", "ST25", 9_000_000, civil.New(2026, time.March, 12)},
		{"dried_shrimp", "dried", "", 5_000, civil.New(2026, time.March, 12)},
	} {
		m.record(t, s)
	}
}

// linked is a figure with the address of what is behind it.
var linked = regexp.MustCompile(`<a href="(/monitor/volumes/postings\?[^"]*measure=[^"]*)">([^<]*)</a>`)

// figuresOf reads the figures of a page, by what their links say they are of.
func figuresOf(t *testing.T, page string, by ...ledger.Dimension) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, match := range linked.FindAllStringSubmatch(page, -1) {
		address, err := url.Parse(html.UnescapeString(match[1]))
		require.NoError(t, err)
		query := address.Query()
		key := keyOf(query.Get("line"), query.Get("dried"), query.Get("unit"), query.Get("measure"))
		for _, dimension := range by {
			key += "/" + query.Get(string(dimension))
		}
		require.NotContains(t, found, key)
		found[key] = match[2]
	}
	return found
}

func keyOf(parts ...string) string { return strings.Join(parts, "/") }

// What the page shows is what the service says, to the gram, whatever it is grouped by.
func TestFiguresOfThePageAreThoseOfTheService(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.traded(t)
	for _, by := range [][]ledger.Dimension{
		{ledger.ByMonth}, {ledger.ByScheme}, {ledger.ByGrade, ledger.ByQuarter}, {ledger.ByCommune, ledger.ByYear, ledger.ByProducer}, {ledger.ByDistrict},
	} {
		address := "/monitor/volumes?from=2025-01-01&to=2026-12-31&compare=both"
		for _, dimension := range by {
			address += "&by=" + string(dimension)
		}
		answer := m.get(t, "camau", address, "Accept-Language", "en")
		require.Equal(t, http.StatusOK, answer.Code)
		told, err := m.monitor.Volumes(t.Context(), m.who["camau"], ledger.Query{
			By: by, From: civil.New(2025, time.January, 1), To: civil.New(2026, time.December, 31),
		}, ledger.WithPrevious, ledger.WithYearBefore)
		require.NoError(t, err)
		require.NotEmpty(t, told.Rows)
		expected := make(map[string]string)
		for _, row := range told.Rows {
			for measure, amount := range map[string]quantity.Quantity{
				"offered": row.Offered, "requested": row.Requested, "quoted": row.Quoted, "awarded": row.Awarded, "dispatched": row.Dispatched,
				"unconfirmed": row.Unconfirmed, "delivered": row.Delivered, "rejected": row.Rejected, "released": row.Released,
			} {
				key := keyOf(row.Line, map[bool]string{true: "true", false: "false"}[row.Dried], row.Unit, measure)
				for _, dimension := range by {
					key += "/" + row.Value(dimension)
				}
				expected[key] = monitor.Grouped(amount.String(), "en")
			}
		}
		require.Equal(t, expected, figuresOf(t, answer.Body.String(), by...), by)
	}
}

// The postings behind a figure, page after page, count for what the figure says.
func TestAFigureLeadsToWhatItIsMadeOf(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.traded(t)
	counts := regexp.MustCompile(`<td class="number[^"]*">([^<]*)</td></tr>`)
	page := m.get(t, "camau", "/monitor/volumes?by=month&by=scheme&from=2026-01-01&to=2026-12-31", "Accept-Language", "en").Body.String()
	followed := 0
	for _, match := range linked.FindAllStringSubmatch(page, -1) {
		behind := m.get(t, "camau", html.UnescapeString(match[1]), "Accept-Language", "en")
		require.Equal(t, http.StatusOK, behind.Code, match[1])
		var sum quantity.Quantity
		for _, counted := range counts.FindAllStringSubmatch(behind.Body.String(), -1) {
			amount, err := quantity.Parse(strings.ReplaceAll(strings.TrimSpace(counted[1]), ",", ""))
			require.NoError(t, err)
			sum += amount
		}
		require.Equal(t, match[2], monitor.Grouped(sum.String(), "en"), match[1])
		if sum > 0 {
			followed++
		}
	}
	require.Greater(t, followed, 8)
}

func TestWhatTheTableOfVolumesSays(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.traded(t)
	page := m.get(t, "camau", "/monitor/volumes?by=scheme&from=2026-01-01&to=2026-12-31&compare=year_before").Body.String()
	require.Contains(t, page, ">1.304,5</a>", "numbers as Vietnamese are written")
	require.Contains(t, page, "năm trước: 30,25 (+4.212,4 %)")
	require.Contains(t, page, "chồng lên nhau, không được cộng lại")
	require.Contains(t, page, "· khô", "dried goods stand apart")
	require.Contains(t, page, `title="Ẩn vì chưa đủ ba nhà sản xuất`)
	require.Contains(t, page, "Chưa xác nhận")
	require.Contains(t, page, "Khai báo ngoài sàn")
	for _, total := range []string{"Tổng cộng", "Total"} {
		require.NotContains(t, page, total)
	}
	require.Contains(t, page, `aria-current="true" class="btn btn-sm btn-primary">Năm 2026</a>`)
	file := m.get(t, "camau", "/monitor/volumes.csv?by=scheme&by=month&from=2026-01-01&to=2026-12-31")
	require.Equal(t, `attachment; filename="volumes.csv"`, file.Header().Get("Content-Disposition"))
	direct := m.get(t, "camau", "/v1/volumes?by=scheme,month&from=2026-01-01&to=2026-12-31", "Accept", "text/csv")
	require.Equal(t, direct.Body.String(), file.Body.String())
}

// What people wrote is text wherever it stands.
func TestNamesAreText(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.traded(t)
	for reader, path := range map[string]string{
		"producer": "/", "camau": "/monitor/volumes?by=producer&from=2026-01-01&to=2026-12-31", "administrator": "/monitor/volumes/postings?from=2026-01-01&to=2026-12-31",
	} {
		page := m.get(t, reader, path).Body.String()
		require.Contains(t, page, "HTX &lt;script&gt;alert(1)&lt;/script&gt; &amp; bạn", path)
		require.NotContains(t, page, "<script>alert", path)
	}
	typed := m.get(t, "camau", "/monitor/volumes?grade="+url.QueryEscape(`"><script>alert(2)</script>`)).Body.String()
	require.NotContains(t, typed, "<script>alert")
	chart := m.get(t, "camau", "/monitor/volumes?chart="+url.QueryEscape(`</script><script>alert(3)</script>`)).Body.String()
	require.NotContains(t, chart, "<script>alert")
}

// A refusal is a sentence above the form, with its code and the name of the field.
func TestRefusalsAreSentences(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for query, code := range map[string]string{
		"line=nothing": "unknown_value", "from=yesterday": "not_a_date", "from=2026-02-01&to=2026-01-01": "date_order",
		"by=week&by=month&compare=both": "compare_weeks", "producer=x": "wrong_format", "line=" + strings.Repeat("x", 3000): "too_long",
		"line=%zz": "malformed_request", "compare=never": "unknown_value", "by=colour": "unknown_value",
	} {
		answer := m.get(t, "camau", "/monitor/volumes?"+query)
		require.GreaterOrEqual(t, answer.Code, http.StatusBadRequest, query)
		require.Less(t, answer.Code, http.StatusInternalServerError, query)
		require.Contains(t, answer.Body.String(), "<code>"+code+"</code>", query)
		require.NotContains(t, answer.Body.String(), `id="figures"`, query)
	}
	refused := m.get(t, "camau", "/monitor/volumes?from=2026-02-01&to=2026-01-01").Body.String()
	require.Contains(t, refused, `name="from" value="2026-02-01"`, "what was typed is still there")
	require.Equal(t, http.StatusUnprocessableEntity, m.get(t, "camau", "/monitor/volumes.csv?line=nothing").Code)
}

// A long table comes in pages that have every row once.
func TestALongTableComesInPages(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for day := range 205 {
		m.record(t, sale{"black_tiger_shrimp", "live", "G" + civil.New(2026, 1, 1).AddDays(day).String(), 1000, civil.New(2026, time.March, 10)})
	}
	address := "/monitor/volumes?by=grade&from=2026-01-01&to=2026-12-31"
	first, second := m.get(t, "camau", address), m.get(t, "camau", address+"&page=2")
	require.Contains(t, first.Body.String(), "Dòng 1–200 trong 205.")
	require.Contains(t, second.Body.String(), "Dòng 201–205 trong 205.")
	all := figuresOf(t, first.Body.String(), ledger.ByGrade)
	for key, amount := range figuresOf(t, second.Body.String(), ledger.ByGrade) {
		require.NotContains(t, all, key)
		all[key] = amount
	}
	require.Len(t, all, 205*9)
	require.Contains(t, m.get(t, "camau", address+"&page=99").Body.String(), "Dòng 201–205", "the last, where there are fewer")
}

// What a page costs does not grow with what stands on it.
func TestWhatPagesCost(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.traded(t)
	statements := 0
	m.over(m.App.WithCounter(func(string) { statements++ }), bundled())
	for path, most := range map[string]int{
		"/monitor/volumes?from=2026-01-01&to=2026-12-31": 20, "/monitor/volumes?by=producer&from=2026-01-01&to=2026-12-31": 20,
		"/monitor/volumes/postings?from=2026-01-01&to=2026-12-31": 8, "/monitor": 23,
	} {
		statements = 0
		require.Equal(t, http.StatusOK, m.get(t, "camau", path).Code)
		require.LessOrEqual(t, statements, most, path)
		few := statements
		m.traded(t)
		statements = 0
		require.Equal(t, http.StatusOK, m.get(t, "camau", path).Code)
		require.Equal(t, few, statements, path)
	}
}
