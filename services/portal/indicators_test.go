package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// deal posts a sale of one line that ran through, between any two organisations.
func (m *market) deal(t *testing.T, line string, amount int64, on civil.Date) {
	t.Helper()
	goods := ledger.Goods{Line: line, Form: "live", Unit: "kg", Commune: "32065", ProducerID: newID(), BuyerID: newID(), ProductID: newID()}
	offer, wanted, award := newID(), newID(), newID()
	var postings []ledger.Posting
	for _, movement := range []ledger.Movement{ledger.OfferOpened, ledger.DemandOpened, ledger.Awarded, ledger.Dispatched, ledger.Accepted} {
		one := ledger.Posting{Goods: goods, Movement: movement, Quantity: quantity.Of(amount), BusinessDate: on}
		switch movement {
		case ledger.OfferOpened:
			one.OfferID, one.BuyerID = offer, [16]byte{}
		case ledger.DemandOpened:
			one.InquiryID, one.InquiryLineID, one.ProducerID, one.Commune = wanted, wanted, [16]byte{}, ""
		default:
			one.OfferID, one.InquiryID, one.InquiryLineID, one.AwardID, one.PriceVND = offer, wanted, wanted, award, 200_000
		}
		postings = append(postings, one)
	}
	for _, posting := range postings {
		require.NoError(t, m.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
			return ledger.PostTx(ctx, tx, m.who["buyer"], posting)
		}))
	}
}

// seal ends what is written: figures and shares are told of what has been sealed.
func (m *market) seal(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := ledger.Seal(context.Background(), m.App)
		require.NoError(t, err)
		_, err = identity.AuditChain().Seal(context.Background(), m.App)
		require.NoError(t, err)
		_, err = ledger.Follow(context.Background(), m.App)
		require.NoError(t, err)
		waiting := 0
		require.NoError(t, m.Owner.Get(context.Background(), &waiting, `SELECT (SELECT count(*) FROM ledger.postings) - (SELECT count(*) FROM ledger.seals)`))
		return waiting == 0
	}, 30*time.Second, 20*time.Millisecond)
}

// Every table of the service stands on the page, cell by cell, and as a file.
func TestIndicatorsOnThePageAreThoseOfTheService(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for _, amount := range []int64{40, 30, 20, 10, 10, 10} { // of six producers: the largest three have 75 %
		m.deal(t, "black_tiger_shrimp", amount, civil.New(2026, time.February, 3))
	}
	from, to := civil.New(2026, time.January, 1), civil.New(2026, time.March, 31)
	told, err := m.monitor.Indicators(t.Context(), m.who["camau"], from, to)
	require.NoError(t, err)
	const address = "/monitor/indicators?from=2026-01-01&to=2026-03-31"
	page := m.get(t, "camau", address, "Accept-Language", "en").Body.String()
	require.Len(t, told.Sections, 8)
	shares := 0
	for _, section := range told.Sections {
		_, part, found := strings.Cut(page, `<section id="`+section.Code+`"`)
		require.True(t, found, section.Code)
		require.Contains(t, part, section.NameEN)
		rows := bodyRows(part)
		for at, cells := range section.Rows {
			for column, each := range cells {
				expected := monitor.Grouped(each.Number, "en")
				switch {
				case section.Columns[column].Kind == monitor.TextColumn:
					expected = each.NameEN
					if section.Columns[column].Code == "unit" {
						unit, _ := m.Book.Unit(each.Code)
						expected = unit.NameEN
					}
				case each.Number == "":
					expected = "–"
				}
				if expected != "" {
					require.Equal(t, expected, rows[at][column], "%s %s", section.Code, section.Columns[column].Code)
				}
			}
		}
		if section.Code == "concentration" {
			shares = len(section.Rows)
			require.Contains(t, part, `data-chart="chart-concentration"`)
			require.Equal(t, "75", rows[0][4])
		}
		file := m.get(t, "camau", "/monitor/indicators.csv?from=2026-01-01&to=2026-03-31&section="+section.Code)
		require.Equal(t, http.StatusOK, file.Code)
		expected, err := told.CSV(section.Code)
		require.NoError(t, err)
		require.Equal(t, string(expected), file.Body.String())
	}
	require.Equal(t, 1, shares)
	require.Contains(t, page, "vietnamplus post1087254", "published prices name their source")
	require.NotContains(t, page, "nguoinuoitom", "those of other years are left out")
	require.Equal(t, http.StatusUnprocessableEntity, m.get(t, "camau", "/monitor/indicators.csv?section=none").Code)
	refused := m.get(t, "camau", "/monitor/indicators?from=2026-03-01&to=2026-02-01")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.Body.String(), "date_order")
	require.Contains(t, refused.Body.String(), `name="from" value="2026-03-01"`)
}

// What everybody may read stands on a page for everybody: the published figures and nothing of few.
func TestOpenDataOnThePageAreWhatIsPublished(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for range 3 {
		m.deal(t, "black_tiger_shrimp", 50, civil.New(2026, time.February, 3))
	}
	m.deal(t, "rice", 77, civil.New(2026, time.February, 3))
	m.seal(t)
	_, err := m.monitor.PublishFigures(t.Context())
	require.NoError(t, err)
	told, err := m.monitor.OpenData(t.Context(), monitor.OpenQuery{})
	require.NoError(t, err)
	require.Len(t, told.Figures, 2, "offered and delivered")
	answer := m.get(t, "anonymous", "/monitor/open-data", "Accept-Language", "en")
	require.Equal(t, http.StatusOK, answer.Code)
	rows := bodyRows(answer.Body.String())
	require.Len(t, rows, 2)
	for at, row := range rows {
		require.Equal(t, "02/2026", row[1])
		require.Equal(t, map[string]string{"offered": "Offered", "delivered": "Delivered"}[told.Figures[at].Measure], row[2])
		require.Equal(t, monitor.Grouped(told.Figures[at].Quantity.String(), "en"), row[3])
	}
	require.NotContains(t, answer.Body.String(), ">77<")
	require.Contains(t, answer.Body.String(), "version 1 of the columns")
	require.Contains(t, m.get(t, "anonymous", "/monitor/open-data?line=rice").Body.String(), "Chưa có số liệu nào được công bố")
	require.Len(t, bodyRows(m.get(t, "anonymous", "/monitor/open-data?from=2026-02&to=2026-02").Body.String()), 2, "months, as the form sends them")
	require.Equal(t, string(told.CSV()), m.get(t, "anonymous", "/monitor/open-data.csv").Body.String())
	refused := m.get(t, "anonymous", "/monitor/open-data?line=nothing")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.Body.String(), "unknown_value")
}

// What these pages cost does not grow with what stands on them.
func TestWhatGapsIndicatorsAndOpenDataCost(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	statements := 0
	m.over(m.App.WithCounter(func(string) { statements++ }), bundled())
	pages := map[string]int{"/monitor/gaps": 26, "/monitor/indicators?from=2026-01-01&to=2026-12-31": 30, "/monitor/open-data": 12}
	first := make(map[string]int)
	for _, lines := range [][]string{{"rice"}, {"rice", "mud_crab", "black_tiger_shrimp"}} {
		for _, line := range lines {
			m.standing(t, line, soon(), 5, 3)
			m.deal(t, line, 9, civil.New(2026, time.February, 3))
		}
		for path, most := range pages {
			statements = 0
			require.Equal(t, http.StatusOK, m.get(t, "camau", path).Code)
			require.LessOrEqual(t, statements, most, path)
			if first[path] == 0 {
				first[path] = statements
			}
			require.Equal(t, first[path], statements, path)
		}
	}
}

// What was typed as a month is shown again as it was, whole letters and all.
func TestAMonthThatIsNoneIsShownAgain(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	refused := m.get(t, "anonymous", "/monitor/open-data?from="+url.QueryEscape("ấấấ"))
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.Body.String(), `value="ấấấ"`)
}
