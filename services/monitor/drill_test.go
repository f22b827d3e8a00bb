package monitor_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

type postings struct {
	Items []monitor.VolumePosting `json:"items"`
	Next  string                  `json:"next_cursor"`
}

// From a figure to what is behind it: organisations of the other side and all prices are kept back.
func TestThePostingsBehindAFigure(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	s := shrimpSale(30)
	s.goods.Grade, s.goods.Stars, s.goods.Ward = "20-30", 4, "25747"
	b.enter(t, identity.Producer, s.goods.ProducerID)
	b.enter(t, identity.Buyer, s.goods.BuyerID)
	b.record(t, s)
	plain := shrimpSale(5)
	plain.goods.Schemes = nil
	b.record(t, plain)
	const path = "/v1/volumes/postings?from=2026-01-01&to=2026-12-31"

	sum := func(who, query string) (sum quantity.Quantity, found []monitor.VolumePosting) {
		for next := ""; ; {
			page := read[postings](t, b, who, path+query+"&limit=1"+next)
			for _, item := range page.Items {
				if item.Counted != nil {
					sum += *item.Counted
				}
				found = append(found, item)
			}
			if next = "&cursor=" + page.Next; page.Next == "" {
				return sum, found
			}
		}
	}
	for query, want := range map[string]int64{
		"&measure=delivered": 35,
		"&measure=delivered&grade=20-30&stars=4&ward=25747":           30,
		"&measure=delivered&scheme=OCOP":                              30,
		"&measure=delivered&scheme=":                                  5,
		"&measure=delivered&grade=&district=&ward=":                   5,
		"&measure=requested":                                          35,
		"&measure=offered&month=2026-03&dried=false&unit=kg":          35,
		"&measure=offered&month=2026-04":                              0,
		"&measure=offered&week=2026-W11&line=black_tiger_shrimp":      35,
		"&measure=offered&buyer_system=":                              35,
		"&measure=dispatched&dried=true":                              0,
		"&measure=delivered&buyer_system=saigon-coop&quarter=2026-Q1": 35,
	} {
		got, _ := sum("official.camau", query)
		require.Equal(t, kg(want), got, query)
	}
	_, all := sum("administrator", "")
	require.Len(t, all, 10)

	_, seen := sum("official.camau", "&measure=delivered&grade=20-30")
	require.Equal(t, s.goods.ProducerID, seen[0].Producer)
	require.NotZero(t, seen[0].OfferID)
	require.Zero(t, seen[0].Buyer)
	require.Zero(t, seen[0].InquiryID)
	require.True(t, seen[0].Masked)
	require.Equal(t, civil.New(2026, 3, 10), seen[0].BusinessDate)
	_, seen = sum("official.tphcm", "&measure=delivered&grade=20-30")
	require.Equal(t, s.goods.BuyerID, seen[0].Buyer)
	require.Zero(t, seen[0].Producer)
	require.Zero(t, seen[0].ProductID)
	require.Zero(t, seen[0].OfferID)
	require.NotZero(t, seen[0].AwardID)
	for _, who := range []string{"official.camau", "official.tphcm", "administrator"} {
		answer := b.get(t, who, path).Body.String()
		require.NotContains(t, answer, "250000", who)
		require.NotContains(t, answer, "price", who)
		require.NotContains(t, answer, "value", who)
	}
	for query, want := range map[string]string{
		"&producer=" + s.goods.ProducerID.String(): "not_overseen", "&producer=": "not_overseen", "&measure=value_vnd": "invalid_request",
		"&month=March": "invalid_request", "&dried=maybe": "invalid_request", "&limit=1000": "invalid_request", "&cursor=x": "invalid_cursor",
	} {
		status, code := b.code(t, "official.tphcm", path+query)
		require.GreaterOrEqual(t, status, 400, query)
		if want == "not_overseen" {
			require.Equal(t, want, code, query)
		}
	}
	status, _ := b.code(t, "producer", path)
	require.Equal(t, http.StatusForbidden, status)
}

func TestVolumesAreComparedWithWhatWasBefore(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	for at, amount := range map[civil.Date]int64{
		civil.New(2026, 3, 10): 30, civil.New(2026, 2, 28): 20, civil.New(2025, 3, 31): 7, civil.New(2025, 12, 1): 4, civil.New(2026, 1, 1): 9,
	} {
		sale := shrimpSale(amount)
		sale.on = at
		b.record(t, sale)
	}
	year := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?by=month,year&from=2026-01-01&to=2026-12-31&compare=both")
	require.Len(t, year.Rows, 5)
	type compared struct{ now, previous, before string }
	got := make(map[string]compared)
	for _, row := range year.Rows {
		got[*row.Month] = compared{row.Delivered.String(), row.Previous.Delivered.String(), row.YearBefore.Offered.String()}
	}
	require.Equal(t, map[string]compared{
		"2026-01": {"9", "4", "0"}, "2026-02": {"20", "9", "0"}, "2026-03": {"30", "20", "7"},
		// Nothing was there in these, and something then.
		"2026-04": {"0", "30", "0"}, "2026-12": {"0", "0", "4"},
	}, got)
	require.Equal(t, monitor.Days{From: "2025-12-01", To: "2026-11-30"}, *year.Previous)
	require.Equal(t, monitor.Days{From: "2025-01-01", To: "2025-12-31"}, *year.YearBefore)

	march := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?by=line&month=2026-03&from=2026-01-01&to=2026-12-31&compare=previous")
	require.Equal(t, "2026-03-01", march.From)
	require.Equal(t, kg(20), march.Rows[0].Previous.Delivered)
	require.Nil(t, march.Rows[0].YearBefore)

	file := b.get(t, "official.camau", "/v1/volumes?by=month&from=2026-03-01&to=2026-03-31&compare=previous", "Accept", "text/csv").Body.String()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "previous_delivered", rows[0][len(rows[0])-3])
	require.Equal(t, "20", rows[1][len(rows[1])-3])

	status, code := b.code(t, "official.camau", "/v1/volumes?by=week,month&compare=previous")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, b.get(t, "official.camau", "/v1/volumes?by=week,month&compare=previous").Body.String(), "compare_weeks", code)
	status, _ = b.code(t, "official.camau", "/v1/volumes?compare=tomorrow")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	weeks := read[monitor.Volumes](t, b, "official.camau", "/v1/volumes?by=week&from=2026-03-09&to=2026-03-15&compare=both")
	require.Len(t, weeks.Rows, 1)
	require.Zero(t, weeks.Rows[0].Previous.Delivered)
	require.Equal(t, []string{
		"offered", "requested", "quoted", "awarded", "dispatched", "unconfirmed", "delivered", "rejected", "released",
	}, ledger.Measures())
}
