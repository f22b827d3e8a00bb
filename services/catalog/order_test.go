package catalog_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
)

func TestStepsOfAnOffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                                  string
		least, multiple, amount, below, above int64
		fits                                  bool
	}{
		{"any quantity", 0, 0, 7, 7, 7, true},
		{"from a minimum on", 10, 0, 11, 11, 11, true},
		{"below the minimum", 10, 0, 9, 0, 10, false},
		{"the minimum itself", 10, 25, 10, 10, 10, true},
		{"between two steps", 10, 25, 40, 35, 60, false},
		{"on a step", 10, 25, 60, 60, 60, true},
		{"steps from nothing", 0, 25, 25, 25, 25, true},
		{"less than one step", 0, 25, 24, 0, 25, false},
		{"a whole box more", 0, 25, 26, 25, 50, false},
	} {
		steps := catalog.Steps{MinOrder: quantity.Of(c.least), Multiple: quantity.Of(c.multiple)}
		require.Equal(t, c.fits, steps.Fit(quantity.Of(c.amount)), c.name)
		require.Equal(t, quantity.Of(c.below), steps.Below(quantity.Of(c.amount)), c.name)
		require.Equal(t, quantity.Of(c.above), steps.Above(quantity.Of(c.amount)), c.name)
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Int64Range(0, 5000)
		steps := catalog.Steps{MinOrder: quantity.Quantity(draw.Draw(t, "least")), Multiple: quantity.Quantity(draw.Draw(t, "multiple"))}
		amount := quantity.Quantity(1 + draw.Draw(t, "amount"))
		below, above := steps.Below(amount), steps.Above(amount)
		require.True(t, below <= amount && (amount <= above || above == steps.Least()))
		require.True(t, below == 0 || steps.Fit(below))
		require.True(t, above == 0 || steps.Fit(above))
		require.Equal(t, steps.Fit(amount), below == amount)
		for between := below + 1; between < above && between <= amount; between++ {
			require.False(t, steps.Fit(between), "nothing nearer fits")
		}
	})
}

func TestOrdersOfADeal(t *testing.T) {
	t.Parallel()
	deal := catalog.Deal{
		Unit: "kg", MinOrder: quantity.Of(100), Multiple: quantity.Of(50), LeadDays: 3,
		AvailableFrom: date("2026-12-01"), AvailableTo: date("2026-12-31"),
	}
	require.NoError(t, deal.CheckOrder(quantity.Of(150), date("2026-12-04"), date("2026-12-01")), "the day the lead time has passed")
	require.NoError(t, deal.CheckOrder(quantity.Of(100), date("2026-12-01"), date("2026-11-28")))
	for name, c := range map[string]struct {
		amount        int64
		until, orders string
		want          *fault.Definition
		at            string
	}{
		"too little":        {99, "2026-12-20", "2026-12-01", catalog.ErrBelowMinOrder, "quantity"},
		"between steps":     {120, "2026-12-20", "2026-12-01", catalog.ErrOffMultiple, "quantity"},
		"a day too soon":    {100, "2026-12-03", "2026-12-01", catalog.ErrLeadTime, "deliver_to"},
		"across a new year": {100, "2027-01-01", "2026-12-30", catalog.ErrLeadTime, "deliver_to"},
	} {
		refused(t, deal.CheckOrder(quantity.Of(c.amount), date(c.until), date(c.orders)), c.want, c.at, name)
	}
	require.Equal(t, date("2026-12-01"), deal.Earliest(date("2026-11-01")), "the window")
	require.Equal(t, date("2027-01-02"), deal.Earliest(date("2026-12-30")), "the lead time")
}

// Steps and lead time travel from the form to the page, for everybody, and are changed.
func TestOfferHasStepsAndLeadTime(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	product := m.publish(m.ann, shrimp())
	body := `{"product_id": "` + product.ID.String() + `", "available_from": "2026-12-01", "available_to": "2026-12-31", "quantity": 500,
		"min_order": 50, "multiple": "25", "lead_days": 2, "price_on_the_day": true, "price_visibility": "public"}`
	made := m.send(server, "ann", http.MethodPost, "/v1/offers", body)
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	seen := m.get(server, "", "/v1/products/"+product.ID.String())["offers"].([]any)[0].(map[string]any)
	require.Equal(t, "25", seen["multiple"])
	require.InDelta(t, 2, seen["lead_days"], 0)
	require.Equal(t, true, seen["price_on_the_day"])
	require.NotContains(t, seen, "series_id")
	address := made.Header().Get("Location")
	changed := m.send(server, "ann", http.MethodPatch, address, `{"multiple": 0, "lead_days": 0}`, "If-Match", "*")
	require.Equal(t, http.StatusOK, changed.Code, changed.Body)
	require.NotContains(t, changed.Body.String(), "multiple")
	for _, body := range []string{`{"multiple": 501}`, `{"multiple": -1}`, `{"lead_days": 366}`, `{"lead_days": -1}`} {
		require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "ann", http.MethodPatch, address, body, "If-Match", "*").Code, body)
	}
}

// A daily price is a price: such an offer is found, stands behind those with a price in the order
// of prices, and never matches a highest price.
func TestDailyPriceIsAPrice(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	daily, priced := m.publish(m.ann, shrimp()), m.publish(m.ann, shrimp())
	offering := supply(daily)
	offering.PriceTiers, offering.PriceOnTheDay, offering.Visibility = nil, true, catalog.Public
	m.offer(m.ann, offering)
	offering = supply(priced)
	offering.Visibility = catalog.Public
	m.offer(m.ann, offering)
	require.Len(t, m.list(server, "", "/v1/products?min_quantity=100&available_from=2026-12-05"), 2)
	require.Equal(t, []string{priced.ID.String(), daily.ID.String()}, m.list(server, "", "/v1/products?sort=price"))
	require.Equal(t, []string{priced.ID.String()}, m.list(server, "", "/v1/products?price_max_vnd=1000000000"))
}
