package catalog_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
)

// cells reads one number of every cell of a calendar's only row; "-" where it is left out.
func cells(t *testing.T, calendar map[string]any, name string) []any {
	t.Helper()
	rows := calendar["rows"].([]any)
	require.Len(t, rows, 1)
	var values []any
	for _, cell := range rows[0].(map[string]any)["cells"].([]any) {
		value, there := cell.(map[string]any)[name]
		if !there {
			value = "-"
		}
		values = append(values, value)
	}
	return values
}

func TestCalendarOfAProduct(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	product := m.publish(m.ann, shrimp())
	open := func(from, to string, amount int64, change func(*catalog.NewOffer)) catalog.Offer {
		offering := supply(product)
		offering.AvailableFrom, offering.AvailableTo, offering.Quantity, offering.Visibility = date(from), date(to), quantity.Of(amount), catalog.Public
		if change != nil {
			change(&offering)
		}
		return m.offer(m.ann, offering)
	}
	open("2026-12-01", "2026-12-20", 500, nil)
	open("2026-12-10", "2026-12-12", 40, func(o *catalog.NewOffer) {
		o.PriceTiers, o.PriceOnTheDay = nil, true
	})
	open("2026-12-21", "2027-01-31", 60, func(o *catalog.NewOffer) {
		o.PriceTiers = []catalog.PriceTier{{PriceVND: 200_000}, {FromQuantity: quantity.Of(50), PriceVND: 150_000}}
	})
	open("2026-12-01", "2026-12-05", 70, func(o *catalog.NewOffer) { o.LeadDays = 5 }) // too late to order
	late := open("2026-12-01", "2026-12-09", 80, func(o *catalog.NewOffer) { o.LeadDays = 7 })
	require.NoError(t, m.commit(late, quantity.Of(30)))
	_, err := m.service.CloseOffer(t.Context(), m.ann, open("2026-12-01", "2026-12-31", 999, nil).ID, nil)
	require.NoError(t, err)

	path := "/v1/products/" + product.ID.String() + "/availability"
	calendar := m.get(server, "", path+"?from=2026-12-01&to=2026-12-27&by=week")
	periods := calendar["periods"].([]any)
	require.Len(t, periods, 4, "weeks end on Sunday, the first and the last are cut")
	first := periods[0].(map[string]any)
	require.Equal(t, []any{"2026-12-01", "2026-12-06"}, []any{first["from"], first["to"]})
	require.Equal(t, "23/10", first["lunar_from"].(map[string]any)["text"])
	require.NotContains(t, first, "tides")
	second := periods[1].(map[string]any)
	require.Equal(t, "new_moon", second["tides"].([]any)[0].(map[string]any)["code"])
	require.Equal(t, []any{1.0, 3.0, 1.0, 1.0}, cells(t, calendar, "offers"))
	require.Equal(t, []any{"500", "590", "500", "60"}, cells(t, calendar, "available"), "what lasts stands in each week")
	require.Equal(t, []any{"500", "90", "0", "60"}, cells(t, calendar, "beginning"), "each offer once")
	require.Equal(t, []any{280_000.0, 280_000.0, 280_000.0, 150_000.0}, cells(t, calendar, "price_from_vnd"))
	require.Equal(t, []any{"-", 1.0, "-", "-"}, cells(t, calendar, "price_on_the_day"))
	whole := calendar["rows"].([]any)[0].(map[string]any)["whole"].(map[string]any)
	require.Equal(t, "650", whole["available"])
	require.InDelta(t, 4, whole["offers"], 0)

	days := m.get(server, "", path+"?by=day&from=2026-12-08&to=2026-12-12")
	require.Equal(t, []any{"550", "550", "540", "540", "540"}, cells(t, days, "available"), "the lead time ends on the 8th")
	months := m.get(server, "", path+"?by=month")
	require.Len(t, months["periods"], 12)
	require.Equal(t, "60", cells(t, months, "available")[1])
	require.Len(t, m.get(server, "", path)["periods"], 13, "twelve weeks, begun on a Tuesday")

	for query, want := range map[string]int{
		"?by=year": 422, "?from=2026-13-01": 422, "?from=2026-12-09&to=2026-12-08": 422, "?by=day&to=2027-12-31": 422, "?from=2020-01-01": 422, "?at=1": 422,
	} {
		require.Equal(t, want, m.send(server, "", http.MethodGet, path+query, "").Code, query)
	}
	require.Equal(t, 404, m.send(server, "", http.MethodGet, "/v1/products/"+uuid.NewString()+"/availability", "").Code)
	draft, err := m.service.CreateProduct(t.Context(), m.ann, shrimp())
	require.NoError(t, err)
	for who, want := range map[string]int{"": 404, "ben": 404, "ann": 200, "ca-mau": 200} {
		require.Equal(t, want, m.send(server, who, http.MethodGet, "/v1/products/"+draft.ID.String()+"/availability", "").Code, who)
	}
}

// Different goods stand in rows of their own, and are never added up.
func TestCalendarOfAProducerKeepsGoodsApart(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	for _, product := range []catalog.NewProduct{shrimp(), shrimp(), packedShrimp(), riceST25()} {
		offering := supply(m.publish(m.ann, product))
		offering.Visibility = catalog.Public
		m.offer(m.ann, offering)
	}
	calendar := m.get(server, "", "/v1/producers/"+m.ann.OrganisationID.String()+"/availability?by=month")
	got := map[string]any{}
	for _, row := range calendar["rows"].([]any) {
		row := row.(map[string]any)
		got[row["line"].(string)+" "+row["form"].(string)+" "+row["unit"].(string)] = row["whole"].(map[string]any)["available"]
	}
	require.Equal(t, map[string]any{"black_tiger_shrimp live kg": "1000", "black_tiger_shrimp frozen_hlso kg": "500", "rice milled kg": "500"}, got)
	require.Empty(t, m.get(server, "", "/v1/producers/"+m.ben.OrganisationID.String()+"/availability")["rows"])
	require.Equal(t, 404, m.send(server, "", http.MethodGet, "/v1/producers/"+m.applicant.OrganisationID.String()+"/availability", "").Code)
	require.Equal(t, 404, m.send(server, "", http.MethodGet, "/v1/producers/x/availability", "").Code)
}

// Every reader × visibility: a calendar holds no more of an offer than its page does, in no period
// and in no sum; twice, so that the second answer comes from the cache where there is one.
func TestCalendarsKeepWhatTheReaderMayNotSee(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	for visibility, amount := range map[catalog.Visibility]int64{catalog.Public: 1, catalog.Buyers: 10, catalog.OnRequest: 100} {
		offering := supply(m.publish(m.ann, shrimp()))
		offering.Visibility, offering.Quantity, offering.MinOrder = visibility, quantity.Of(amount), 0
		offering.PriceTiers = []catalog.PriceTier{{PriceVND: money.VND(1_000_000 / amount)}}
		m.offer(m.ann, offering)
		daily := offering
		daily.PriceTiers, daily.PriceOnTheDay = nil, true
		m.offer(m.ann, daily)
	}
	volume := map[catalog.Visibility]int64{catalog.Public: 2, catalog.Buyers: 20, catalog.OnRequest: 200}
	price := map[catalog.Visibility]float64{catalog.Public: 1_000_000, catalog.Buyers: 100_000, catalog.OnRequest: 10_000}
	for range 2 {
		for reader, sights := range seen() {
			var sum int64
			var volumesHidden, pricesHidden, daily float64
			least := price[catalog.Public]
			for visibility, sight := range sights {
				if sight == "PR" || sight == "R" {
					sum += volume[visibility]
				} else {
					volumesHidden += 2
				}
				if sight == "PR" {
					least = min(least, price[visibility])
					daily++
				} else {
					pricesHidden += 2
				}
			}
			calendar := m.get(server, reader, "/v1/producers/"+m.ann.OrganisationID.String()+"/availability?from=2026-12-01&to=2026-12-21")
			whole := calendar["rows"].([]any)[0].(map[string]any)["whole"].(map[string]any)
			every := append([]any{whole}, calendar["rows"].([]any)[0].(map[string]any)["cells"].([]any)...)
			for _, cell := range every {
				cell := cell.(map[string]any)
				require.InDelta(t, 6, cell["offers"], 0)
				require.Equal(t, quantity.Of(sum).String(), cell["available"], reader)
				require.InDelta(t, least, cell["price_from_vnd"], 0, reader)
				require.InDelta(t, price[catalog.Public], cell["price_to_vnd"], 0, reader)
				require.InDelta(t, volumesHidden, orZero(cell["volumes_hidden"]), 0, reader)
				require.InDelta(t, pricesHidden, orZero(cell["prices_hidden"]), 0, reader)
				require.InDelta(t, daily, orZero(cell["price_on_the_day"]), 0, reader)
			}
		}
	}
}

func orZero(value any) any {
	if value == nil {
		return 0.0
	}
	return value
}

// A calendar costs one statement.
func TestCalendarIsOneStatement(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	m.offer(m.ann, supply(product))
	server := m.edge(m.another(nil))
	for _, path := range []string{"/v1/products/" + product.ID.String(), "/v1/producers/" + m.ann.OrganisationID.String()} {
		m.statements.reset()
		m.get(server, "ann", path+"/availability")
		require.Equal(t, 1, m.statements.count(), path)
	}
}
