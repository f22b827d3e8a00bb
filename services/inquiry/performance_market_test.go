package inquiry_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// The market's measures add up those of its producers, and their medians are over all cases, not of medians.
func TestTheMarketIsMeasuredAsItsOrganisationsAre(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	ctx := context.Background()
	buyer := m.organisation(identity.Buyer)
	cases := map[string]int{}
	rejected := quantity.Quantity(0)
	for at := range 3 {
		producer := m.organisation(identity.Producer)
		for n := range 2 {
			award := m.awarded(buyer, producer)
			receipt := inquiry.Receipt{Accepted: quantity.Of(100)}
			if n == 0 && at > 0 {
				receipt = inquiry.Receipt{Accepted: quantity.Of(80), Rejected: quantity.Of(20), Reasons: []string{"wrong_size"}}
				rejected += quantity.Of(20)
			}
			m.fulfilled(buyer, producer, award, quantity.Of(100), receipt)
		}
		record, err := m.PerformanceOf(ctx, producer, producer.OrganisationID, inquiry.Window{From: reference.Day(time.Now()).AddDays(-1)}, "en")
		require.NoError(t, err)
		for _, measure := range record.Measures {
			cases[measure.Code] += measure.Cases
		}
	}
	today := reference.Day(time.Now())
	within := inquiry.Window{From: today.AddDays(-1), To: today}
	found, err := inquiry.Market(ctx, m.lent.App, within, today)
	require.NoError(t, err)
	shown := map[string]inquiry.MarketMeasure{}
	for _, measure := range found.Measures {
		require.NotEmpty(t, measure.Names.Name, measure.Code)
		shown[measure.Code] = measure
	}
	require.Len(t, shown, 8)
	for _, code := range []string{"answer_time", "inquiry_to_quote", "on_time", "in_full", "announced", "defaulted", "rejected"} {
		require.Equal(t, cases[code], shown[code].Cases, code)
	}
	require.Equal(t, 6, shown["quote_to_award"].Cases)
	require.NotNil(t, shown["quote_to_award"].Minutes)
	require.NotNil(t, shown["rejected"].Permille)
	require.Equal(t, int64(67), *shown["rejected"].Permille, "40 of 600")
	require.Equal(t, 2, shown["rejected"].Met)
	require.Equal(t, 4, shown["in_full"].Cases, "of two something is still owed")
	require.Nil(t, shown["in_full"].Permille, "four are too few")

	reasons := found.Reasons
	require.Len(t, reasons, 1)
	require.Equal(t, "wrong_size", reasons[0].Reason)
	require.NotEmpty(t, reasons[0].NameVI)
	require.Equal(t, 2, reasons[0].Deliveries)
	require.Equal(t, rejected, reasons[0].Rejected)

	none, err := inquiry.Market(ctx, m.lent.App, inquiry.Window{From: today.AddDays(-40), To: today.AddDays(-30)}, today)
	require.NoError(t, err)
	for _, measure := range none.Measures {
		require.Zero(t, measure.Cases, measure.Code)
		require.Nil(t, measure.Permille, measure.Code)
		require.Nil(t, measure.Minutes, measure.Code)
	}
}
