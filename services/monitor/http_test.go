package monitor_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

func TestWhoMayWatch(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	producer, buyer := newID(), newID()
	b.enter(t, identity.Producer, producer)
	b.enter(t, identity.Buyer, buyer)
	type answers map[string]int
	const ok, no, who = http.StatusOK, http.StatusForbidden, http.StatusUnauthorized
	open := answers{
		"anonymous": who, "producer": no, "buyer": no, "applicant": no, "key.trade": no,
		"official.camau": ok, "official.tphcm": ok, "administrator": ok, "viewer": ok, "key.monitor": ok,
	}
	producers := answers{
		"anonymous": who, "producer": no, "buyer": no, "applicant": no, "key.trade": no,
		"official.camau": ok, "official.tphcm": no, "administrator": ok, "viewer": ok, "key.monitor": ok,
	}
	buyers := answers{
		"anonymous": who, "producer": no, "buyer": no, "applicant": no, "key.trade": no,
		"official.camau": no, "official.tphcm": ok, "administrator": ok, "viewer": no, "key.monitor": no,
	}
	for path, want := range map[string]answers{
		"/v1/volumes":                               open,
		"/v1/volumes?by=month,commune":              open,
		"/v1/volumes?by=scheme&line=rice":           open,
		"/v1/gaps":                                  open,
		"/v1/indicators":                            open,
		"/v1/volumes?by=producer":                   producers,
		"/v1/volumes?by=month,producer":             producers,
		"/v1/volumes?producer=" + producer.String(): producers,
		"/v1/volumes?by=buyer":                      buyers,
		"/v1/volumes?buyer=" + buyer.String():       buyers,
	} {
		require.Len(t, want, len(b.cast), "every role has an entry")
		for name, status := range want {
			got, code := b.code(t, name, path)
			require.Equal(t, status, got, "%s as %s: %s", path, name, code)
		}
	}
	_, code := b.code(t, "official.tphcm", "/v1/volumes?by=producer")
	require.Equal(t, "not_overseen", code)
}

func TestVolumes(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	s := shrimpSale(30)
	for _, commune := range b.Book.Communes() {
		if commune.Province == reference.CaMau {
			s.goods.Commune = commune.Code
		}
	}
	b.record(t, s)
	b.enter(t, identity.Producer, s.goods.ProducerID)
	from := "/v1/volumes?from=2026-01-01&to=2026-12-31"

	whole := read[map[string]any](t, b, "official.camau", from)
	require.Equal(t, []any{map[string]any{
		"month": "2026-03", "line": "black_tiger_shrimp", "dried": false, "unit": "kg", "offered": "30", "requested": "30", "quoted": "0",
		"awarded": "30", "dispatched": "30", "unconfirmed": "0", "delivered": "30", "rejected": "0", "released": "0", "declared": "0", "value_suppressed": true,
	}}, whole["rows"], "a value of one producer is left out, and so are dimensions that were not asked for")
	require.Equal(t, "kg", whole["unit"])
	require.Equal(t, "2026-01-01", whole["from"])
	require.Equal(t, "2026-12-31", whole["to"])
	require.Equal(t, []any{}, whole["overlapping"])
	asOf, err := time.Parse(time.RFC3339, whole["as_of"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), asOf, time.Minute)

	byCommune := read[monitor.Volumes](t, b, "official.tphcm", from+"&by=commune,buyer_system,scheme")
	require.Equal(t, []ledger.Dimension{ledger.ByScheme}, byCommune.Overlapping)
	require.Len(t, byCommune.Rows, 6, "supply, demand and trade, each under two schemes")
	for _, row := range byCommune.Rows {
		require.Nil(t, row.Month)
		require.NotNil(t, row.Scheme)
		require.NotEmpty(t, row.Line)
	}

	one := read[monitor.Volumes](t, b, "official.camau", from+"&by=quarter&scheme=OCOP&commune="+s.goods.Commune+"&producer="+s.goods.ProducerID.String())
	require.Len(t, one.Rows, 1)
	require.Equal(t, "2026-Q1", *one.Rows[0].Quarter)
	require.Equal(t, kg(30), one.Rows[0].Delivered)
	require.Empty(t, read[monitor.Volumes](t, b, "official.camau", from+"&line=rice").Rows)
}

func TestValuesAreShownOfThreeOrganisationsOfEachSideOrMore(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	market := &secrets{testBundle: b}
	path := "/v1/volumes?from=2026-01-01&to=2026-12-31&by="
	for producers := 1; producers <= 4; producers++ {
		b.record(t, shrimpSale(10))
		market.publish(t, civil.New(2026, time.April, 10))
		row := read[monitor.Volumes](t, b, "official.camau", path+"month").Rows[0]
		require.Equal(t, producers < 3, row.ValueSuppressed)
		if producers < 3 {
			require.Nil(t, row.ValueVND)
			continue
		}
		require.Equal(t, money.VND(7_500_000), *row.ValueVND, "what the fourth adds would tell its price")
	}
	for _, row := range read[monitor.Volumes](t, b, "administrator", path+"producer").Rows {
		require.Nil(t, row.ValueVND, "a producer alone")
	}
	single := newID()
	for range 3 {
		bought, sold := shrimpSale(10), shrimpSale(10)
		bought.goods.BuyerID, bought.on = single, civil.New(2026, time.April, 1)
		sold.goods.ProducerID, sold.on = single, civil.New(2026, time.June, 1)
		b.record(t, bought)
		b.record(t, sold)
	}
	market.publish(t, civil.New(2026, time.July, 10))
	for month, days := range map[string]string{"2026-04": "from=2026-04-01&to=2026-04-30", "2026-06": "from=2026-06-01&to=2026-06-30"} {
		fromOne := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?"+days).Rows[0]
		require.Nil(t, fromOne.ValueVND, "three on one side and one on the other: it is what that one paid or was paid, %s", month)
		require.True(t, fromOne.ValueSuppressed, month)
	}
	unpriced := shrimpSale(10)
	unpriced.price, unpriced.on = 0, civil.New(2026, time.May, 1)
	b.record(t, unpriced)
	may := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?from=2026-05-01&to=2026-05-31").Rows[0]
	require.Nil(t, may.ValueVND)
	require.False(t, may.ValueSuppressed, "there is no value to hide")
}

func TestVolumesWithoutDatesAreOfTheCurrentYear(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	today := reference.Day(time.Now())
	year := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes")
	require.Equal(t, civil.New(today.Year, time.January, 1).String(), year.From)
	require.Equal(t, civil.New(today.Year, time.December, 31).String(), year.To)
	require.Empty(t, year.Rows)
	require.Equal(t, "2024-12-31", read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?from=2024-03-01").To)
	require.Equal(t, "2024-01-01", read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?to=2024-03-01").From)

	gaps := read[monitor.Gaps](t, b, "official.camau", "/v1/gaps")
	require.Equal(t, civil.New(today.Year, today.Month, 1).String(), gaps.From)
	require.Equal(t, civil.New(today.Year, today.Month, 1).AddMonths(12).AddDays(-1).String(), gaps.To)
	require.Equal(t, "2024-03-01", read[monitor.Gaps](t, b, "official.camau", "/v1/gaps?to=2024-03-20").From)
}

func TestReportsRefuseWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	for path, code := range map[string]string{
		"/v1/volumes?by=colour":                           "unknown_value",
		"/v1/volumes?by=month,line)%3BDROP":               "unknown_value",
		"/v1/volumes?from=2026-02-30":                     "not_a_date",
		"/v1/volumes?from=2026-02-02&to=2026-02-01":       "date_order",
		"/v1/volumes?producer=x":                          "wrong_format",
		"/v1/volumes?decade=2020":                         "unknown_parameter",
		"/v1/gaps?by=line":                                "unknown_parameter",
		"/v1/gaps?from=yesterday":                         "not_a_date",
		"/v1/volumes?line=rice&line=salt":                 "repeated_parameter",
		"/v1/volumes?from=2026-01-01&to=9999-12-31&by=,,": "",
	} {
		status, got := b.code(t, "administrator", path)
		require.Equal(t, code, got, path)
		require.Equal(t, code == "", status == http.StatusOK, path)
	}
	answer := b.get(t, "administrator", "/v1/volumes?by=colour")
	require.Contains(t, answer.Body.String(), "query.by")
}

func TestGaps(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	s := shrimpSale(30)
	s.goods.Schemes = []string{"OCOP"}
	b.record(t, s)
	extra := ledger.Posting{
		Goods: s.goods, Movement: ledger.DemandOpened, Quantity: kg(50), BusinessDate: s.on, InquiryID: newID(), InquiryLineID: newID(),
	}
	supply := ledger.Posting{Goods: s.goods, Movement: ledger.OfferOpened, Quantity: kg(20), BusinessDate: s.on, OfferID: newID()}
	require.NoError(t, b.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, b.cast["buyer"], extra, supply)
	}))
	b.open(t)
	gaps := read[map[string]any](t, b, "official.tphcm", "/v1/gaps?from=2026-03-01&to=2026-03-31&line=black_tiger_shrimp&scheme=OCOP")
	require.Equal(t, []any{map[string]any{
		"month": "2026-03", "scheme": "OCOP", "line": "black_tiger_shrimp", "dried": false, "unit": "kg",
		"requested": "50", "offered": "50", "available": "20", "reserved": "0", "committed": "30", "gap": "30",
		"alert": false, "seasons": []any{map[string]any{"way": "extensive", "level": "high"}, map[string]any{"way": "mangrove", "level": "high"}, map[string]any{"way": "rice_shrimp", "level": "none"}},
	}}, gaps["rows"])
}

func TestReportsAsSpreadsheet(t *testing.T) {
	t.Parallel()
	demonstration := func(context.Context, postgres.Reader) (bool, error) { return true, nil }
	b := setup(t, monitor.Options{Demonstration: demonstration})
	s := shrimpSale(30)
	s.goods.Form = "=1+1" // forms are codes; whatever gets in is no formula
	b.record(t, s)
	answer := b.get(t, "official.camau", "/v1/volumes?from=2026-01-01&to=2026-12-31&by=month,form", "Accept", "text/csv")
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, "text/csv; charset=utf-8; header=present", answer.Header().Get("Content-Type"))
	require.Contains(t, answer.Header().Get("Content-Disposition"), "volumes.csv")
	require.Equal(t, "private, no-store", answer.Header().Get("Cache-Control"))
	content, marked := strings.CutPrefix(answer.Body.String(), "\uFEFF")
	require.True(t, marked)
	rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{
			"month", "line", "dried", "form", "unit", "offered", "requested", "quoted", "awarded", "dispatched", "unconfirmed", "delivered", "rejected",
			"released", "declared", "value_vnd", "value_suppressed", "value_kept_back", "note",
		},
		{
			"2026-03", "black_tiger_shrimp", "false", "'=1+1", "kg", "30", "30", "0", "30", "30", "0", "30", "0", "0", "0", "", "true", "false",
			"Dữ liệu minh hoạ / demonstration data",
		},
	}, rows)

	gaps := b.get(t, "official.camau", "/v1/gaps?from=2026-01-01&to=2026-12-31", "Accept", "text/csv")
	require.Contains(t, gaps.Body.String(), "committed,gap,alert,past_years,past_offered,past_delivered,seasons,note")
	require.Equal(t, http.StatusNotAcceptable, b.get(t, "official.camau", "/v1/volumes", "Accept", "text/html").Code)

	english := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?from=2026-01-01&to=2026-12-31&by=scheme", "Accept-Language", "en")
	require.Len(t, english.Notes, 5)
	require.Contains(t, english.Notes[1], "must not be added up")
	vietnamese := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?from=2026-01-01&to=2026-12-31&by=scheme")
	require.Contains(t, vietnamese.Notes[1], "không được cộng lại")
	require.Contains(t, vietnamese.Notes, "Dữ liệu minh hoạ / demonstration data")
}
