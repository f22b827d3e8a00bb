package portal_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// standing opens demand and supply of one day, 1 kg of which is held for a quote, in the ledger and with the windows that their services keep.
func (m *market) standing(t *testing.T, line string, on civil.Date, wanted, supplied int64) {
	t.Helper()
	ctx := context.Background()
	goods := ledger.Goods{
		Line: line, Unit: "kg", ProducerID: m.who["producer"].OrganisationID, BuyerID: m.who["buyer"].OrganisationID, ProductID: newID(),
	}
	var postings []ledger.Posting
	if wanted > 0 {
		postings = append(postings, ledger.Posting{Goods: goods, Movement: ledger.DemandOpened, Quantity: quantity.Of(wanted), BusinessDate: on, InquiryID: newID(), InquiryLineID: newID()})
	}
	if supplied > 0 {
		opened := ledger.Posting{Goods: goods, Movement: ledger.OfferOpened, Quantity: quantity.Of(supplied), BusinessDate: on, OfferID: newID()}
		held := opened
		held.Movement, held.Quantity, held.QuoteID, held.ReservedUntil = ledger.Reserved, quantity.Of(1), newID(), new(time.Now().Add(time.Hour))
		postings = append(postings, opened, held)
	}
	require.NoError(t, m.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, m.who["buyer"], postings...)
	}))
	for _, statement := range []string{
		// What an offer or a line refers to besides is left out.
		`DO $$ DECLARE c record; BEGIN
			FOR c IN SELECT k.conname, CAST(k.conrelid AS regclass) AS "of" FROM pg_constraint k
			          WHERE k.contype = 'f' AND k.conrelid IN (CAST('catalog.offers' AS regclass), CAST('inquiry.lines' AS regclass)) LOOP
				EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c."of", c.conname);
			END LOOP;
		END $$`,
		`INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_on_the_day, visibility, state, created_at, updated_at)
		 SELECT p.offer_id, gen_random_uuid(), gen_random_uuid(), p.business_date, p.business_date, p.unit, 1, true, 'public', 'open', now(), now()
		   FROM ledger.postings p WHERE p.movement = 'offer_opened' ON CONFLICT (id) DO NOTHING`,
		`INSERT INTO inquiry.lines (id, inquiry_id, position, line, schemes, quantity, unit, deliver_from, deliver_to)
		 SELECT p.inquiry_line_id, p.inquiry_id, 1, p.product_line, p.schemes, p.quantity, p.unit, p.business_date, p.business_date
		   FROM ledger.postings p WHERE p.movement = 'demand_opened' ON CONFLICT (id) DO NOTHING`,
	} {
		_, err := m.Owner.Exec(ctx, statement)
		require.NoError(t, err)
	}
}

// soon is a day of next month.
func soon() civil.Date {
	today := reference.Day(time.Now())
	return civil.New(today.Year, today.Month, 9).AddMonths(1)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// bodyRows reads the rows of the first table of figures on a page, cell by cell.
func bodyRows(page string) [][]string {
	_, table, _ := strings.Cut(page, `<table class="figures">`)
	table, _, _ = strings.Cut(table, `</table>`)
	_, body, _ := strings.Cut(table, `<tbody>`)
	var rows [][]string
	for row := range strings.SplitSeq(body, "</tr>") {
		var cells []string
		for each := range strings.SplitSeq(strings.ReplaceAll(row, "</th>", "</td>"), "</td>") {
			cells = append(cells, html.UnescapeString(strings.TrimSpace(tags.ReplaceAllString(each, ""))))
		}
		if len(cells) > 1 {
			rows = append(rows, cells[:len(cells)-1])
		}
	}
	return rows
}

func TestGapsOnThePageAreThoseOfTheService(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for _, each := range []struct {
		line             string
		wanted, supplied int64
	}{{"black_tiger_shrimp", 1100, 60}, {"rice", 20, 50}, {"mud_crab", 7, 7}, {"whiteleg_shrimp", 0, 4}} {
		m.standing(t, each.line, soon(), each.wanted, each.supplied)
	}
	told, err := m.monitor.Gaps(t.Context(), m.who["camau"], ledger.Query{})
	require.NoError(t, err)
	require.Len(t, told.Rows, 4)
	words := map[string]string{
		"black_tiger_shrimp": "Short by 1,040", "rice": "Enough, 30 over", "mud_crab": "Just enough", "whiteleg_shrimp": "No demand, 4 free",
	}
	expected := make(map[string][]string)
	for _, row := range told.Rows {
		line, _ := m.Book.Line(row.Line)
		expected[line.NameEN] = []string{
			monitor.Grouped(row.Requested.String(), "en"), monitor.Grouped((row.Available - row.Reserved).String(), "en"), row.Reserved.String(), row.Committed.String(), words[row.Line],
		}
	}
	page := m.get(t, "camau", "/monitor/gaps", "Accept-Language", "en").Body.String()
	found := make(map[string][]string)
	for _, cells := range bodyRows(page) {
		require.Equal(t, "none asked for", cells[2])
		require.Equal(t, "–", cells[10], "there were no years before")
		require.Equal(t, "1", cells[6])
		found[cells[0]] = cells[4:9]
	}
	require.Equal(t, expected, found)
	require.Contains(t, page, `<option value="black_tiger_shrimp,false,kg," selected>`, "most is wanting of it")

	short := bodyRows(m.get(t, "camau", "/monitor/gaps?only=short").Body.String())
	require.Len(t, short, 1)
	require.Equal(t, "Thiếu 1.040", short[0][8])
	require.Len(t, bodyRows(m.get(t, "camau", "/monitor/gaps?line=rice").Body.String()), 1)
	file := m.get(t, "camau", "/monitor/gaps.csv?line=rice").Body.String()
	require.Equal(t, string(func() []byte {
		alone, err := m.monitor.Gaps(t.Context(), m.who["camau"], ledger.Query{Only: map[ledger.Dimension]string{ledger.ByLine: "rice"}})
		require.NoError(t, err)
		return alone.CSV()
	}()), file)
}

func TestWhatThePageOfGapsRefuses(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for query, code := range map[string]string{
		"line=<script>alert(1)</script>": "unknown_value", "from=soon": "not_a_date", "from=2026-02-01&to=2026-01-01": "date_order", "before=x": "wrong_format",
	} {
		answer := m.get(t, "camau", "/monitor/gaps?"+strings.ReplaceAll(url.PathEscape(query), "+", "%2B"))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, query)
		require.Contains(t, answer.Body.String(), "<code>"+code+"</code>", query)
		require.NotContains(t, answer.Body.String(), "<script>alert", query)
	}
}

// thresholdForm is the form as a browser of Cà Mau's official sends it: its version from the page, and rows of line, share, least, weeks.
func (m *market) thresholdForm(t *testing.T, rows ...[4]string) url.Values {
	t.Helper()
	page := m.get(t, "camau", "/monitor/gaps").Body.String()
	_, form, found := strings.Cut(page, `name="act" value="thresholds"`)
	require.True(t, found, "the form is there")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(form)
	require.NotNil(t, version)
	typed := url.Values{"act": {"thresholds"}, "version": {version[1]}}
	for _, row := range rows {
		for at, name := range []string{"line", "share", "least", "weeks"} {
			typed.Add(name, row[at])
		}
	}
	return typed
}

func (m *market) thresholds(t *testing.T, reader string) []monitor.GapThreshold {
	t.Helper()
	found, err := m.monitor.GapThresholds(t.Context(), m.who[reader])
	require.NoError(t, err)
	for at := range found {
		found[at].ID = [16]byte{}
	}
	return found
}

func TestThresholdsAreEditedOnThePage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	saved := m.submit(t, "camau", "/monitor/gaps?line=rice", m.thresholdForm(t, [4]string{"", "50", "10.5", "8"}, [4]string{"rice", "20", "0", "4"}, [4]string{"mud_crab"}))
	require.Equal(t, http.StatusSeeOther, saved.Code, saved.Body.String())
	require.Regexp(t, `^/monitor/gaps\?done=thresholds\.[0-9a-f]{16}&line=rice$`, saved.Header().Get("Location"))
	general, rice := monitor.GapThreshold{Uncovered: 50, Least: 10_500, Weeks: 8}, monitor.GapThreshold{Line: "rice", Uncovered: 20, Weeks: 4}
	require.Equal(t, []monitor.GapThreshold{general, rice}, m.thresholds(t, "camau"), "a row without numbers is no threshold")
	require.Empty(t, m.thresholds(t, "tphcm"), "each authority has its own")
	shown := m.get(t, "camau", saved.Header().Get("Location")).Body.String()
	require.Contains(t, shown, "Đã lưu ngưỡng cảnh báo.")
	require.Contains(t, shown, `name="least" value="10.5"`)

	wrong := m.submit(t, "camau", "/monitor/gaps", m.thresholdForm(t, [4]string{"", "0", "1", "8"}, [4]string{"rice", "20", "much", ""}), "Accept-Language", "en")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Code)
	require.Contains(t, wrong.Body.String(), `name="least" value="much"`, "what was typed is still there")
	require.Regexp(t, `value="much"[^>]*aria-invalid="true"[^>]*><p class="[^"]*text-error">[^<]+</p>`, wrong.Body.String(), "and beside it what is wrong")
	require.Contains(t, wrong.Body.String(), "<strong>Row 2, Weeks ahead:</strong>")
	out := m.submit(t, "camau", "/monitor/gaps", m.thresholdForm(t, [4]string{"", "101", "1", "8"}))
	require.Equal(t, http.StatusUnprocessableEntity, out.Code)
	require.Contains(t, out.Body.String(), "out_of_range")
	require.Contains(t, m.submit(t, "camau", "/monitor/gaps", m.thresholdForm(t, [4]string{"rice", "5", "1", "8"}, [4]string{"rice", "6", "1", "8"})).Body.String(), "threshold_twice")
	require.Equal(t, []monitor.GapThreshold{general, rice}, m.thresholds(t, "camau"), "what is refused changes nothing")

	emptied := m.thresholdForm(t, [4]string{"", "50", "10.5", "8"}, [4]string{"rice"})
	emptied["had"] = []string{"0", "1"}
	require.Equal(t, http.StatusUnprocessableEntity, m.submit(t, "camau", "/monitor/gaps", emptied).Code, "a threshold is not dropped by emptying it")
	form := m.thresholdForm(t, [4]string{"", "50", "10.5", "8"}, [4]string{"rice", "20", "0", "4"})
	form.Set("drop", "0")
	require.Equal(t, http.StatusSeeOther, m.submit(t, "camau", "/monitor/gaps", form).Code)
	require.Equal(t, []monitor.GapThreshold{rice}, m.thresholds(t, "camau"))
}

// Who changes thresholds that somebody else changed meanwhile is told so, and changes nothing until they read them.
func TestNobodyOverwritesThresholdsUnread(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	mine, theirs := m.thresholdForm(t, [4]string{"", "50", "1", "8"}), m.thresholdForm(t, [4]string{"", "60", "1", "8"})
	require.Equal(t, http.StatusSeeOther, m.submit(t, "camau", "/monitor/gaps", theirs).Code)
	for range 2 {
		stale := m.submit(t, "camau", "/monitor/gaps", mine)
		require.Equal(t, http.StatusPreconditionFailed, stale.Code)
		require.Contains(t, stale.Body.String(), `name="share" value="50"`)
		require.Contains(t, stale.Body.String(), `name="version" value="`+mine.Get("version")+`"`, "sent once more it is no newer")
	}
	require.Equal(t, 60, m.thresholds(t, "camau")[0].Uncovered)
}

func TestAnOfficialLooksAtAnAlertOnThePage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.standing(t, "rice", soon(), 100, 20)
	require.Equal(t, http.StatusSeeOther, m.submit(t, "camau", "/monitor/gaps", m.thresholdForm(t, [4]string{"", "50", "1", "12"})).Code)
	noted, err := m.monitor.NoteGaps(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, noted)
	alerts, err := m.monitor.GapAlerts(t.Context(), m.who["camau"], [16]byte{}, 1)
	require.NoError(t, err)
	page := m.get(t, "camau", "/monitor/gaps").Body.String()
	require.Contains(t, page, "Vượt ngưỡng")
	require.Contains(t, page, `name="id" value="`+alerts[0].ID.String()+`"`)
	require.NotContains(t, m.get(t, "tphcm", "/monitor/gaps").Body.String(), alerts[0].ID.String(), "alerts are each authority's own")

	seen := func() int {
		count := 0
		require.NoError(t, m.Owner.Get(t.Context(), &count, `SELECT count(*) FROM monitor.gap_acknowledgements WHERE alert_id = $1 AND user_id = $2`, alerts[0].ID, m.who["camau"].UserID))
		return count
	}
	form := url.Values{"act": {"acknowledge"}, "id": {alerts[0].ID.String()}}
	for reader, status := range map[string]int{"anonymous": http.StatusSeeOther, "producer": http.StatusForbidden, "buyer": http.StatusForbidden, "tphcm": http.StatusNotFound, "administrator": http.StatusForbidden} {
		require.Equal(t, status, m.submit(t, reader, "/monitor/gaps", form).Code, reader)
	}
	require.Equal(t, http.StatusForbidden, m.submit(t, "camau", "/monitor/gaps", form, "Sec-Fetch-Site", "cross-site").Code)
	require.Equal(t, http.StatusNotFound, m.submit(t, "camau", "/monitor/gaps", url.Values{"act": {"acknowledge"}, "id": {"x"}}).Code)
	require.Equal(t, http.StatusNotFound, m.submit(t, "camau", "/monitor/gaps", url.Values{"act": {"anything"}}).Code)
	require.Zero(t, seen())
	done := m.submit(t, "camau", "/monitor/gaps", form)
	told := done.Header().Get("Location")
	require.Contains(t, told, "/monitor/gaps?done=acknowledge.")
	require.Equal(t, 1, seen())
	after := m.get(t, "camau", told).Body.String()
	require.Contains(t, after, "Đã ghi nhận")
	require.NotContains(t, m.get(t, "tphcm", told).Body.String(), "Đã ghi nhận", "another's link says nothing")
	require.NotContains(t, m.get(t, "camau", "/monitor/gaps?done=acknowledge").Body.String(), "Đã ghi nhận")
	require.NotContains(t, after, `name="id"`, "it waits no more")
}

// Who may only read is offered nothing that they may not do; administrators have no authority's alerts.
func TestWhoMayOnlyReadGaps(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	administrator := m.get(t, "administrator", "/monitor/gaps").Body.String()
	require.NotContains(t, administrator, `id="thresholds"`)
	require.NotContains(t, administrator, `id="alerts"`)
	_, err := m.Owner.Exec(t.Context(), `UPDATE identity.memberships SET role = 'viewer' WHERE user_id = $1`, m.who["camau"].UserID)
	require.NoError(t, err)
	require.NotContains(t, m.get(t, "camau", "/monitor/gaps").Body.String(), `name="share"`)
	form := url.Values{"act": {"thresholds"}, "version": {"0"}, "line": {""}, "share": {"5"}, "least": {"1"}, "weeks": {"1"}}
	require.Equal(t, http.StatusForbidden, m.submit(t, "camau", "/monitor/gaps", form).Code)
	require.Empty(t, m.thresholds(t, "camau"))
}
