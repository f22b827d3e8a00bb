package inquiry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Whoever names terms – with an inquiry, an amendment or a series – is refused percentages that cannot be.
func TestTermsAreSharesOfAHundred(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	asked := m.placed(buyer, m.demand(quantity.Of(10)))
	for _, c := range []struct {
		deposit, discount quantity.Quantity
		days              int
		refused           *fault.Definition
		at                string
	}{
		{0, 0, 365, nil, ""},
		{quantity.Of(100), 0, 0, nil, ""},
		{97_500, 2_500, 0, nil, ""},
		{97_500, 2_501, 0, inquiry.ErrDepositBeyond, "terms.deposit_percent"},
		{-1, 0, 0, inquiry.ErrTermsPercent, "terms.deposit_percent"},
		{100_001, 0, 0, inquiry.ErrTermsPercent, "terms.deposit_percent"},
		{0, -1, 0, inquiry.ErrTermsPercent, "terms.discount_percent"},
		{0, 100_001, 0, inquiry.ErrTermsPercent, "terms.discount_percent"},
		{quantity.Max, 0, 0, inquiry.ErrTermsPercent, "terms.deposit_percent"},
		{0, 0, 366, fault.ErrOutOfRange, "terms.payment_days"},
		{0, 0, -1, fault.ErrOutOfRange, "terms.payment_days"},
	} {
		terms := inquiry.Terms{DepositPercent: c.deposit, DiscountPercent: c.discount, PaymentDays: c.days}
		demand, series := m.demand(quantity.Of(10)), m.daily()
		demand.Terms, series.Terms = terms, terms
		_, placing := m.Place(t.Context(), buyer, demand)
		_, amending := m.Amend(t.Context(), buyer, asked.ID, nil, inquiry.Amendment{Terms: &terms})
		_, planning := m.PlanSeries(t.Context(), buyer, series)
		for way, err := range map[string]error{"placing": placing, "amending": amending, "planning": planning} {
			if c.refused == nil {
				require.NoError(t, err, "%s: %+v", way, c)
				continue
			}
			require.ErrorIs(t, err, c.refused, "%s: %+v", way, c)
			refusal, _ := fault.From(err)
			require.Equal(t, c.at, refusal.Fields[0].Pointer, "%s: %+v", way, c)
		}
	}
}
