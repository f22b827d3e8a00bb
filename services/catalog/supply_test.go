package catalog_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// The question a buyer asks: tôm sú, at least 2 t, between 1 and 15 December, ASC, at most 300 000 đ.
var question = "q=" + url.QueryEscape("tôm sú") + "&scheme=ASC_FARM&min_quantity=" + url.QueryEscape("2 tấn") +
	"&available_from=2026-12-01&available_to=2026-12-15&price_max_vnd=300000"

// tonnes opens a public supply of tôm sú at a price.
func (m *market) tonnes(who identity.Principal, amount int64, price money.VND, change func(*catalog.NewOffer)) catalog.Offer {
	m.Helper()
	offering := supply(m.publish(who, shrimp()))
	offering.Quantity, offering.Visibility, offering.PriceTiers = quantity.Of(amount), catalog.Public, []catalog.PriceTier{{PriceVND: price}}
	if change != nil {
		change(&offering)
	}
	return m.offer(who, offering)
}

func TestOneQuestionForSupply(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.certify(m.ann, asc("ASC_FARM", "DEMO-1"))
	server := m.edge(m.service)
	right := m.tonnes(m.ann, 2500, 300_000, func(o *catalog.NewOffer) { o.LeadDays, o.Multiple = 3, quantity.Of(300) })
	cheaper := m.tonnes(m.ann, 2000, 290_000, nil)
	m.tonnes(m.ann, 1999, 200_000, nil)                                                                // too little
	m.tonnes(m.ann, 2500, 300_001, nil)                                                                // too dear
	m.tonnes(m.ann, 2500, 200_000, func(o *catalog.NewOffer) { o.AvailableFrom = date("2026-12-16") }) // too late
	m.tonnes(m.ann, 2500, 200_000, func(o *catalog.NewOffer) { o.LeadDays = 20 })                      // not ready in time
	m.tonnes(m.ann, 2500, 1, func(o *catalog.NewOffer) { o.PriceTiers, o.PriceOnTheDay = nil, true })  // no price to compare
	m.tonnes(m.ben, 2500, 200_000, nil)                                                                // no ASC
	sold := m.tonnes(m.ann, 2000, 100_000, nil)                                                        // half of it is sold
	require.NoError(t, m.commit(sold, quantity.Of(1000)))
	rice := supply(m.publish(m.ann, riceST25()))
	rice.Quantity, rice.Visibility = quantity.Of(3000), catalog.Public
	m.offer(m.ann, rice)

	answer := m.get(server, "", "/v1/supply?"+question)
	require.Equal(t, []string{cheaper.ID.String(), right.ID.String()}, idsOf(answer), "the cheaper first")
	items := answer["items"].([]any)
	first, second := items[0].(map[string]any), items[1].(map[string]any)
	require.InDelta(t, 580_000_000, first["value_vnd"], 0)
	require.Equal(t, "2110", second["order_quantity"], "10 kg and seven steps of 300 kg")
	require.Equal(t, []any{"2026-12-04", "2026-12-15"}, []any{second["deliver_from"], second["deliver_to"]})
	require.Equal(t, "26/10", second["lunar_from"].(map[string]any)["text"])
	require.Equal(t, "ASC_FARM", first["certificates"].([]any)[0].(map[string]any)["scheme"])

	// The same in a search of products.
	require.Len(t, m.list(server, "", "/v1/products?"+question), 2)
	require.Len(t, m.list(server, "", "/v1/products?q=tom+su&min_quantity=2000&price_max_vnd=300000&available_to=2026-12-15&scheme=ASC_FARM&available_from=2026-12-01"), 2)

	// Together they reach far more: the cheapest first.
	pool := m.get(server, "", "/v1/supply?q=tom+su&scheme=ASC_FARM&min_quantity=3t&available_from=2026-12-01&available_to=2026-12-15&price_max_vnd=300000")
	require.Empty(t, pool["items"], "none alone")
	pools := pool["pools"].([]any)
	require.Len(t, pools, 1)
	got := pools[0].(map[string]any)
	require.Equal(t, true, got["reached"])
	require.Equal(t, "3000", got["wanted"])
	require.Equal(t, "7499", got["quantity"], "1 000 + 1 999 + 2 000 + 2 500")
	parts := got["parts"].([]any)
	require.Len(t, parts, 3, "1 000 at 100 000, 1 999 at 200 000, and the smallest order of the next")
	require.Equal(t, "10", parts[2].(map[string]any)["quantity"])
	require.InDelta(t, 1000*100_000+1999*200_000+10*290_000, got["value_vnd"], 0)
	short := m.get(server, "", "/v1/supply?q=tom+su&scheme=ASC_FARM&min_quantity=8t&available_to=2026-12-15&price_max_vnd=300000")["pools"].([]any)[0].(map[string]any)
	require.Equal(t, false, short["reached"])
}

func idsOf(answer map[string]any) []string {
	var list []string
	for _, item := range answer["items"].([]any) {
		list = append(list, item.(map[string]any)["id"].(string))
	}
	return list
}

// A certificate that lapses within the window asked for answers no question for its mark.
func TestSupplyUnderAMarkThatLapses(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	lapsing := asc("ASC_FARM", "DEMO-1")
	lapsing.IssuedOn, lapsing.ValidUntil = date("2024-06-01"), date("2026-12-10")
	m.certify(m.ann, lapsing)
	m.tonnes(m.ann, 500, 100_000, nil)
	server := m.edge(m.service)
	ask := func(window string) []any {
		return m.get(server, "", "/v1/supply?scheme=ASC_FARM"+window)["items"].([]any)
	}
	require.Len(t, ask("&available_from=2026-12-01&available_to=2026-12-10"), 1)
	require.Empty(t, ask("&available_from=2026-12-01&available_to=2026-12-11"))
	require.Empty(t, ask("&available_from=2026-12-11"))
	whole := ask("")
	require.Len(t, whole, 1)
	require.Empty(t, whole[0].(map[string]any)["certificates"], "it does not hold to the end of the offer")
}

// By weight, goods in packs count for what they weigh.
func TestSupplyByWeight(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	packs := riceST25()
	packs.Unit, packs.UnitWeightKg = "pack", new(quantity.Of(5))
	offering := supply(m.publish(m.ann, packs))
	offering.Quantity, offering.Visibility, offering.MinOrder, offering.PriceTiers = quantity.Of(400), catalog.Public, 0, []catalog.PriceTier{{PriceVND: 100_000}}
	m.offer(m.ann, offering)
	server := m.edge(m.service)
	for amount, want := range map[string]int{"2t": 1, "2001+kg": 0, "400": 1, "401": 0} {
		require.Len(t, m.get(server, "", "/v1/supply?line=rice&min_quantity="+amount)["items"], want, amount)
		require.Len(t, m.list(server, "", "/v1/products?line=rice&min_quantity="+amount), want, amount)
	}
	item := m.get(server, "", "/v1/supply?line=rice&min_quantity=1t")["items"].([]any)[0].(map[string]any)
	require.Equal(t, "200", item["order_quantity"])
}

// Pages follow each other without a gap in every order, and totals are counted on demand.
func TestPagesOfSupply(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for at := range 7 {
		m.tonnes(m.ann, int64(100+at%3), money.VND(100+at%2), func(o *catalog.NewOffer) { o.LeadDays = at % 4 })
	}
	server := m.edge(m.service)
	for _, order := range []string{"price", "lead_time", "remaining"} {
		whole := idsOf(m.get(server, "", "/v1/supply?sort="+order))
		require.Len(t, whole, 7)
		var paged []string
		for path := "/v1/supply?limit=2&count=true&sort=" + order; path != ""; {
			page := m.get(server, "", path)
			require.InDelta(t, 7, page["total"], 0)
			paged = append(paged, idsOf(page)...)
			path = ""
			if cursor, more := page["next_cursor"].(string); more {
				path = "/v1/supply?limit=2&count=true&sort=" + order + "&cursor=" + url.QueryEscape(cursor)
			}
		}
		require.Equal(t, whole, paged, order)
	}
	for _, query := range []string{"sort=name", "min_quantity=much", "line=x", "scheme=x", "commune=x", "available_from=2026-12-09&available_to=2026-12-08", "limit=0", "limit=101", "x=1", "cursor=x", "lead_days_max=366"} {
		answer := m.send(server, "", http.MethodGet, "/v1/supply?"+query, "")
		require.GreaterOrEqual(t, answer.Code, 400, query)
		require.Less(t, answer.Code, 500, query)
	}
	// Where the goods are, not where their producer sits.
	m.tonnes(m.ann, 900, 50, func(o *catalog.NewOffer) { o.PlaceCode = "32065" })
	require.Len(t, m.get(server, "ben", "/v1/supply?commune=32065")["items"], 1)
	require.Len(t, m.get(server, "ben", "/v1/supply?commune=32098")["items"], 7)
	require.Len(t, m.get(server, "ben", "/v1/supply?lead_days_max=0")["items"], 3)
}

// Every reader × visibility × filter, order and pool: what an offer keeps from the reader decides
// nothing and is in no sum; twice, so that the second answer comes from the cache where there is one.
func TestSupplyKeepsWhatTheReaderMayNotSee(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	offers := map[catalog.Visibility]catalog.Offer{}
	volume := map[catalog.Visibility]int64{catalog.Public: 1000, catalog.Buyers: 2000, catalog.OnRequest: 4000}
	price := map[catalog.Visibility]money.VND{catalog.Public: 300, catalog.Buyers: 200, catalog.OnRequest: 100}
	for visibility := range volume {
		offers[visibility] = m.tonnes(m.ann, volume[visibility], price[visibility], func(o *catalog.NewOffer) { o.Visibility = visibility })
	}
	for range 2 {
		for reader, sights := range seen() {
			var sum int64
			withPrice, withVolume := map[string]bool{}, map[string]bool{}
			for visibility, sight := range sights {
				id := offers[visibility].ID.String()
				if sight == "PR" {
					withPrice[id] = true
				}
				if sight != "" {
					withVolume[id], sum = true, sum+volume[visibility]
				}
			}
			all := m.get(server, reader, "/v1/supply")
			require.Len(t, all["items"], 3, "that there is supply is no secret")
			for _, item := range all["items"].([]any) {
				item := item.(map[string]any)
				_, priced := item["price_vnd"]
				_, valued := item["value_vnd"]
				_, tiers := item["price_tiers"]
				_, measured := item["remaining"]
				require.Equal(t, withPrice[item["id"].(string)], priced, reader)
				require.Equal(t, priced, valued && tiers, reader)
				require.Equal(t, withVolume[item["id"].(string)], measured, reader)
			}
			require.Equal(t, withVolume, m.found(server, reader, "/v1/supply?min_quantity=1000"), reader)
			require.Equal(t, withPrice, m.found(server, reader, "/v1/supply?price_max_vnd=300"), reader)
			answer := m.get(server, reader, "/v1/supply?min_quantity=7t")
			require.Empty(t, answer["items"])
			pool := answer["pools"].([]any)[0].(map[string]any)
			require.Equal(t, quantity.Of(sum).String(), pool["quantity"], reader)
			require.InDelta(t, len(withVolume), pool["offers"], 0, reader)
			for _, part := range pool["parts"].([]any) {
				part := part.(map[string]any)
				require.True(t, withVolume[part["offer_id"].(string)], reader)
				_, priced := part["price_vnd"]
				require.Equal(t, withPrice[part["offer_id"].(string)], priced, reader)
			}
			require.Equal(t, sum == 7000, pool["reached"], reader)
			priced := m.get(server, reader, "/v1/supply?min_quantity=7t&price_max_vnd=300")["pools"].([]any)[0].(map[string]any)
			require.InDelta(t, len(withPrice), priced["offers"], 0, "%q pools by prices it sees", reader)
			cheapest, most := offers[catalog.Public], offers[catalog.Public]
			for _, visibility := range []catalog.Visibility{catalog.Buyers, catalog.OnRequest} {
				if withPrice[offers[visibility].ID.String()] {
					cheapest = offers[visibility]
				}
				if withVolume[offers[visibility].ID.String()] {
					most = offers[visibility]
				}
			}
			require.Equal(t, cheapest.ID.String(), m.list(server, reader, "/v1/supply?sort=price")[0], reader)
			require.Equal(t, most.ID.String(), m.list(server, reader, "/v1/supply?sort=remaining")[0], reader)
		}
	}
	// Behind what is seen the order is that of ids, whatever is hidden: raising a hidden price or
	// volume moves nothing.
	before := map[string][]string{}
	for _, order := range []string{"price", "remaining", "lead_time"} {
		before[order] = m.list(server, "ben", "/v1/supply?sort="+order)
	}
	_, err := m.service.ChangeOffer(t.Context(), m.ann, offers[catalog.OnRequest].ID, nil, catalog.OfferChange{
		Quantity: new(quantity.Of(9000)), PriceTiers: []catalog.PriceTier{{PriceVND: 999}},
	})
	require.NoError(t, err)
	for order, list := range before {
		require.Equal(t, list, m.list(server, "ben", "/v1/supply?sort="+order), order)
	}
}

// The answer costs what it says: the question of the index, and one statement for the page.
func TestSupplyCountsItsStatements(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.certify(m.ann, asc("ASC_FARM", "DEMO-1"))
	for range 5 {
		m.tonnes(m.ann, 3000, 100_000, nil)
	}
	server := m.edge(m.another(nil))
	m.get(server, "ann", "/v1/supply?"+question) // fills the index
	for query, most := range map[string]int{"q=tom+su": 2, question: 3} {
		m.statements.reset()
		require.Len(t, m.get(server, "ann", "/v1/supply?"+query)["items"], 5)
		require.LessOrEqual(t, m.statements.count(), most, fmt.Sprint(m.statements.seen))
	}
}
