package monitor_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/services/monitor"
)

func TestPriceBandsAreToldOnceOfQuartersThatAreClosed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newReporter(t, civil.New(2026, time.July, 4)) // the second quarter is closed since yesterday's end
	people := make([]uuid.UUID, 12)
	for i := range people {
		people[i] = newID()
	}
	sell := func(producer, buyer int, grade string, price money.VND, on civil.Date) {
		one := shrimpSale(10)
		one.goods.ProducerID, one.goods.BuyerID, one.goods.Grade, one.price, one.on = people[producer], people[6+buyer], grade, price, on
		r.record(t, one)
	}
	spring, running := civil.New(2026, time.May, 5), civil.New(2026, time.July, 1)
	for n := range 6 { // own means of 210, 230, 250 and 270, 290, 310 thousand
		sell(n, n%3, "20-30", money.VND(210_000+20_000*n), spring)
		sell(n, n%3, "20-30", 900_000, running)
	}
	for n := range 4 { // 205, 215, 225, 235: all in one
		sell(n, n%3, "40-50", money.VND(205_000+10_000*n), spring)
	}
	for n := range 2 {
		sell(n, n, "60-70", 150_000, spring)
	}
	service := monitor.NewService(r.clock, monitor.Options{})
	published, err := service.PublishPrices(ctx)
	require.NoError(t, err)
	require.Equal(t, 2, published)
	for n := range 6 { // too late
		sell(n, n%3, "20-30", 100_000, spring)
	}
	published, err = service.PublishPrices(ctx)
	require.NoError(t, err)
	require.Zero(t, published)

	bands := func(window string) (told [][]string) {
		for _, row := range tableOf(t, read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators?"+window), "prices") {
			told = append(told, []string{row[0], row[1], row[4], row[5], row[6]})
		}
		return told
	}
	expected := [][]string{
		{"2026-Q2", "black_tiger_shrimp", "20-30", "220000", "300000"}, {"2026-Q2", "black_tiger_shrimp", "40-50", "220000", "240000"},
	}
	require.Equal(t, expected, bands("from=2026-01-01&to=2026-12-31"), "means of the halves are 230 and 290 thousand; steps are of twenty")
	require.Empty(t, bands("from=2026-04-02&to=2026-12-31"), "whole quarters alone")
	require.Empty(t, bands("from=2026-07-01&to=2026-09-30"), "nothing of the running one")
	_, err = r.App.Exec(ctx, `UPDATE monitor.price_bands SET low_vnd = 1`)
	require.ErrorContains(t, err, "permission denied")
}
