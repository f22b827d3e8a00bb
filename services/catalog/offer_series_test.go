package catalog_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/ledger"
)

// recurring is supply of a product that comes again by a rule.
func recurring(product catalog.Product, rule catalog.Recurrence, from, to string) catalog.NewSeries {
	return catalog.NewSeries{
		ProductID: product.ID, Rule: rule, From: date(from), To: date(to), Quantity: quantity.Of(200), MinOrder: quantity.Of(10),
		PriceTiers: []catalog.PriceTier{{PriceVND: 300_000}}, Visibility: catalog.Buyers,
	}
}

// windows writes the windows of a series, months and days only.
func windows(series catalog.Series) string {
	list := make([]string, 0, len(series.Occurrences))
	for _, o := range series.Occurrences {
		from, to := o.AvailableFrom.String()[2:], o.AvailableTo.String()[5:]
		if o.AvailableFrom == o.AvailableTo {
			list = append(list, from)
		} else {
			list = append(list, from+"/"+to)
		}
	}
	return strings.Join(list, " ")
}

func TestDatesOfRecurringSupply(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	for name, c := range map[string]struct {
		rule           catalog.Recurrence
		from, to, want string
	}{
		"Mondays and Thursdays across a new year": {
			catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1, 4}}, "2026-12-24", "2027-01-07",
			"26-12-24 26-12-28 26-12-31 27-01-04 27-01-07",
		},
		"Sundays, three days long, the last one cut off": {
			catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{7}, Days: 3}, "2026-12-06", "2026-12-21",
			"26-12-06/12-08 26-12-13/12-15",
		},
		"every day of a week": {
			catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1, 2, 3, 4, 5, 6, 7}}, "2026-12-01", "2026-12-03", "26-12-01 26-12-02 26-12-03",
		},
		"the ends of months": {
			catalog.Recurrence{Kind: catalog.Monthly, MonthDays: []int{31}}, "2027-01-01", "2027-05-31",
			"27-01-31 27-02-28 27-03-31 27-04-30 27-05-31",
		},
		"a leap day, once": {
			catalog.Recurrence{Kind: catalog.Monthly, MonthDays: []int{29, 30, 31}}, "2028-02-01", "2028-03-30", "28-02-29 28-03-29 28-03-30",
		},
		"the first and fifteenth, ten days each": {
			catalog.Recurrence{Kind: catalog.Monthly, MonthDays: []int{15, 1}, Days: 10}, "2026-12-15", "2027-01-20", "26-12-15/12-24 27-01-01/01-10",
		},
		"both spring tides": {
			catalog.Recurrence{Kind: catalog.ByTide}, "2026-12-01", "2027-02-28",
			"26-12-07/12-12 26-12-21/12-26 27-01-06/01-11 27-01-20/01-25 27-02-04/02-09 27-02-18/02-23",
		},
		"the full moon, wider": {
			catalog.Recurrence{Kind: catalog.ByTide, Tides: []string{"full_moon"}, DaysBefore: new(3), DaysAfter: new(4)}, "2026-12-01", "2027-01-31",
			"26-12-20/12-27 27-01-19/01-26",
		},
		"the day of the new moon alone": {
			catalog.Recurrence{Kind: catalog.ByTide, Tides: []string{"new_moon"}, DaysBefore: new(0), DaysAfter: new(0)}, "2026-12-09", "2027-02-06",
			"26-12-09 27-01-08 27-02-06",
		},
		"what is over is left out, what is under way is not": {
			catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1}, Days: 2}, "2025-01-01", "2026-12-08", "26-11-30/12-01 26-12-07/12-08",
		},
	} {
		preview, err := m.service.PreviewSeries(t.Context(), m.ann, func() catalog.NewSeries {
			series := recurring(product, c.rule, c.from, c.to)
			if series.To.After(date("2028-12-01")) {
				t.Fatal("beyond two years")
			}
			return series
		}())
		require.NoError(t, err, name)
		require.Equal(t, c.want, windows(preview), name)
	}
	preview, err := m.service.PreviewSeries(t.Context(), m.ann, recurring(product, catalog.Recurrence{Kind: catalog.ByTide}, "2026-12-01", "2026-12-31"))
	require.NoError(t, err)
	first := preview.Occurrences[0]
	require.Equal(t, []string{"1/11", "29/10", "4/11"}, []string{first.LunarOn.Text, first.LunarFrom.Text, first.LunarTo.Text})
	require.Equal(t, "Bính Ngọ", first.LunarOn.YearName)
	require.Equal(t, []string{"new_moon", "added"}, []string{first.Tide, first.Change})
	require.Empty(t, m.list(m.edge(m.service), "ann", "/v1/offers"), "a preview saves nothing")
}

func TestSeriesRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	weekly := catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1}}
	for name, c := range map[string]struct {
		change func(*catalog.NewSeries)
		want   *fault.Definition
		at     string
	}{
		"no such kind":      {func(n *catalog.NewSeries) { n.Rule.Kind = "yearly" }, fault.ErrUnknownValue, "rule.kind"},
		"no weekday":        {func(n *catalog.NewSeries) { n.Rule.Weekdays = nil }, fault.ErrRequired, "rule.weekdays"},
		"an eighth weekday": {func(n *catalog.NewSeries) { n.Rule.Weekdays = []int{1, 8} }, fault.ErrOutOfRange, "rule.weekdays[1]"},
		"a month's weekday": {func(n *catalog.NewSeries) { n.Rule.Kind, n.Rule.MonthDays = catalog.Monthly, []int{1} }, catalog.ErrRuleField, "rule.weekdays"},
		"a 32nd":            {func(n *catalog.NewSeries) { n.Rule = catalog.Recurrence{Kind: catalog.Monthly, MonthDays: []int{32}} }, fault.ErrOutOfRange, "rule.month_days[0]"},
		"a week's tide":     {func(n *catalog.NewSeries) { n.Rule.Tides = []string{"new_moon"} }, catalog.ErrRuleField, "rule.tides"},
		"a tide's length":   {func(n *catalog.NewSeries) { n.Rule = catalog.Recurrence{Kind: catalog.ByTide, Days: 3} }, catalog.ErrRuleField, "rule.days"},
		"no such tide":      {func(n *catalog.NewSeries) { n.Rule = catalog.Recurrence{Kind: catalog.ByTide, Tides: []string{"neap"}} }, fault.ErrUnknownValue, "rule.tides[0]"},
		"tides that meet": {func(n *catalog.NewSeries) {
			n.Rule = catalog.Recurrence{Kind: catalog.ByTide, DaysBefore: new(7), DaysAfter: new(7)}
		}, catalog.ErrSeriesOverlap, "rule"},
		"eight days a week":   {func(n *catalog.NewSeries) { n.Rule.Days = 8 }, catalog.ErrSeriesOverlap, "rule"},
		"months in one":       {func(n *catalog.NewSeries) { n.Rule.Days = 32 }, fault.ErrOutOfRange, "rule.days"},
		"every day of a year": {func(n *catalog.NewSeries) { n.Rule.Weekdays, n.To = []int{1, 2, 3, 4, 5, 6, 7}, date("2027-12-01") }, catalog.ErrSeriesTooLong, "to"},
		"no Monday":           {func(n *catalog.NewSeries) { n.From, n.To = date("2026-12-01"), date("2026-12-06") }, catalog.ErrSeriesEmpty, "to"},
		"over":                {func(n *catalog.NewSeries) { n.From, n.To = date("2026-10-01"), date("2026-11-30") }, fault.ErrOutOfRange, "to"},
		"the wrong way":       {func(n *catalog.NewSeries) { n.From, n.To = n.To, n.From }, fault.ErrDateOrder, "to"},
		"three years":         {func(n *catalog.NewSeries) { n.To = date("2029-01-01") }, fault.ErrOutOfRange, "to"},
		"no first day":        {func(n *catalog.NewSeries) { n.From = date("") }, fault.ErrRequired, "from"},
		"no price":            {func(n *catalog.NewSeries) { n.PriceTiers = nil }, fault.ErrRequired, "price_tiers"},
		"nothing":             {func(n *catalog.NewSeries) { n.Quantity = 0 }, fault.ErrOutOfRange, "quantity"},
		"steps too large":     {func(n *catalog.NewSeries) { n.Multiple = quantity.Of(201) }, fault.ErrOutOfRange, "multiple"},
		"somebody else's":     {func(n *catalog.NewSeries) { n.ProductID = m.publish(m.ben, riceST25()).ID }, catalog.ErrForeignProduct, "product_id"},
	} {
		series := recurring(product, weekly, "2026-12-01", "2026-12-31")
		c.change(&series)
		_, err := m.service.OpenSeries(t.Context(), m.ann, series)
		refused(t, err, c.want, c.at, name)
	}
	_, err := m.service.OpenSeries(t.Context(), m.buyer, recurring(product, weekly, "2026-12-01", "2026-12-31"))
	require.ErrorIs(t, err, fault.ErrForbidden)
}

// series opens one: Mondays from 7 to 28 December, 200 kg each.
func (m *market) mondays(product catalog.Product) catalog.Series {
	m.Helper()
	series, err := m.service.OpenSeries(m.Context(), m.ann, recurring(product, catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1}}, "2026-12-01", "2026-12-31"))
	require.NoError(m, err)
	require.Equal(m, "26-12-07 26-12-14 26-12-21 26-12-28", windows(series))
	return series
}

// became lists what a change did, by the day of the rule.
func became(series catalog.Series) map[string]string {
	changes := map[string]string{}
	for _, o := range series.Occurrences {
		text := o.Change
		if o.Kept != "" {
			text += " " + o.Kept
		}
		changes[o.On.String()[5:]] += text
	}
	return changes
}

// Every occurrence is an offer with an account of its own; a change reaches those that nobody
// relies on.
func TestSeriesAreChanged(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	product := m.publish(m.ann, shrimp())
	series := m.mondays(product)
	offers := map[string]catalog.Offer{}
	for _, o := range series.Occurrences {
		offer, err := m.service.Offer(ctx, m.ann, o.OfferID)
		require.NoError(t, err)
		require.Equal(t, series.ID, offer.SeriesID)
		require.Equal(t, map[string]int64{o.AvailableFrom.String() + " 32098": 200}, m.offered(offer))
		offers[o.On.String()[5:]] = offer
	}
	require.NoError(t, m.commit(offers["12-07"], quantity.Of(50)))
	require.NoError(t, m.reserve(offers["12-14"], quantity.Of(60), time.Now().AddDate(2, 0, 0)))
	require.NoError(t, m.reserve(offers["12-28"], quantity.Of(60), time.Now().Add(-time.Hour)))

	change := catalog.SeriesChange{Quantity: new(quantity.Of(300)), Multiple: new(quantity.Of(5)), To: new(date("2027-01-04"))}
	want := map[string]string{"12-07": "kept committed", "12-14": "kept reserved", "12-21": "changed", "12-28": "changed", "01-04": "added"}
	preview, err := m.service.PreviewChange(ctx, m.ann, series.ID, change)
	require.NoError(t, err)
	require.Equal(t, want, became(preview))
	changed, err := m.service.ChangeSeries(ctx, m.ann, series.ID, nil, change)
	require.NoError(t, err)
	require.Equal(t, want, became(changed))
	require.EqualValues(t, 2, changed.Version)
	require.Equal(t, map[string]int64{"2026-12-07 32098": 200}, m.offered(offers["12-07"]), "what is committed stays")
	require.Equal(t, map[string]int64{"2026-12-28 32098": 300}, m.offered(offers["12-28"]), "a hold that has run out holds nothing")

	// One that was changed on its own is left alone, and one that was closed does not come back.
	_, err = m.service.ChangeOffer(ctx, m.ann, offers["12-21"].ID, nil, catalog.OfferChange{Quantity: new(quantity.Of(111))})
	require.NoError(t, err)
	_, err = m.service.CloseOffer(ctx, m.ann, offers["12-28"].ID, nil)
	require.NoError(t, err)
	changed, err = m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{PriceTiers: []catalog.PriceTier{{PriceVND: 310_000}}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"12-07": "kept committed", "12-14": "kept reserved", "12-21": "kept by_hand", "12-28": " by_hand", "01-04": "changed"}, became(changed))

	// Another rule closes what is no longer wanted and opens what is.
	changed, err = m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{
		Rule: &catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{2}}, From: new(date("2026-12-28")),
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"12-07": "kept committed", "12-14": "kept reserved", "12-21": "kept by_hand", "12-28": " by_hand", "12-29": "added", "01-04": "closed",
	}, became(changed))

	// A wider window moves the supply in the ledger.
	changed, err = m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{
		Rule: &catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{2}, Days: 2},
	})
	require.NoError(t, err)
	require.Equal(t, "changed", became(changed)["12-29"])
	again, err := m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{LeadDays: new(0)})
	require.NoError(t, err)
	require.Equal(t, "unchanged", became(again)["12-29"])
	m.balanced()
}

// balanced checks that what every offer holds is what its postings say.
func (m *market) balanced() {
	m.Helper()
	const query = `
		SELECT count(*) FROM ledger.remaining b
		 WHERE b.supplied <> (SELECT sum(CASE movement WHEN 'offer_lowered' THEN -p.quantity ELSE p.quantity END) FROM ledger.postings p
		                       WHERE p.offer_id = b.offer_id AND p.movement IN ('offer_opened', 'offer_raised', 'offer_lowered'))
		    OR b.remaining < 0`
	var wrong int
	require.NoError(m, m.db.Get(m.Context(), &wrong, query))
	require.Zero(m, wrong)
}

func TestSeriesThatBeganAndEnd(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	series := m.mondays(m.publish(m.ann, shrimp()))
	m.now.set(noon.AddDate(0, 0, 13)) // 14 December, a Monday
	changed, err := m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{Quantity: new(quantity.Of(100))})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"12-07": "kept begun", "12-14": "kept begun", "12-21": "changed", "12-28": "changed"}, became(changed))

	offer, err := m.service.Offer(ctx, m.ann, series.Occurrences[2].OfferID)
	require.NoError(t, err)
	require.NoError(t, m.commit(offer, quantity.Of(40)))
	_, err = m.service.CloseSeries(ctx, m.ben, series.ID, nil)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.service.CloseSeries(ctx, m.ann, series.ID, func(int64) error { return fault.ErrStale.With() })
	require.ErrorIs(t, err, fault.ErrStale)
	closed, err := m.service.CloseSeries(ctx, m.ann, series.ID, nil)
	require.NoError(t, err)
	require.Equal(t, catalog.OfferClosed, closed.State)
	left := map[string]quantity.Quantity{}
	for _, o := range closed.Occurrences {
		left[o.On.String()[5:]+" "+string(o.State)] = *o.Quantity
	}
	require.Equal(t, map[string]quantity.Quantity{
		"12-07 lapsed": quantity.Of(200), "12-14 closed": 0, "12-21 closed": quantity.Of(40), "12-28 closed": 0,
	}, left, "what is committed stands")
	for _, err := range []error{
		func() error { _, err := m.service.CloseSeries(ctx, m.ann, series.ID, nil); return err }(),
		func() error {
			_, err := m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{})
			return err
		}(),
	} {
		require.ErrorIs(t, err, catalog.ErrSeriesState)
	}
	m.balanced()
}

// Awards run beside changes of the series: each occurrence either was changed or is committed, no
// commitment is cut, and nothing fails but what was sold out.
func TestAwardsBesideChangesOfASeries(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	series := m.mondays(m.publish(m.ann, shrimp()))
	ctx := context.WithoutCancel(t.Context())
	var running sync.WaitGroup
	for _, o := range series.Occurrences {
		offer, err := m.service.Offer(ctx, m.ann, o.OfferID)
		require.NoError(t, err)
		for range 4 {
			running.Go(func() {
				if err := m.commit(offer, quantity.Of(30)); err != nil && !errors.Is(err, ledger.ErrOfferExhausted) {
					t.Errorf("award: %v", err)
				}
			})
		}
	}
	for at := range 6 {
		rule := &catalog.Recurrence{Kind: catalog.Weekly, Weekdays: []int{1}, Days: 1 + at%3}
		running.Go(func() {
			_, err := m.service.ChangeSeries(ctx, m.ann, series.ID, nil, catalog.SeriesChange{Rule: rule, Quantity: new(quantity.Of(int64(150 + at)))})
			if err != nil {
				t.Errorf("change: %v", err)
			}
		})
	}
	running.Wait()
	m.balanced()
	after, err := m.service.Series(ctx, m.ann, series.ID)
	require.NoError(t, err)
	for _, o := range after.Occurrences {
		require.GreaterOrEqual(t, *o.Quantity, *o.Committed)
		require.Equal(t, "committed", o.Kept)
	}
}

func TestSeriesOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	product := m.publish(m.ann, shrimp())
	body := `{"product_id": "` + product.ID.String() + `", "rule": {"kind": "tide"}, "from": "2026-12-01", "to": "2026-12-31",
		"quantity": "400", "multiple": 20, "lead_days": 1, "price_on_the_day": true}`
	preview := m.send(server, "ann", http.MethodPost, "/v1/offer-series/preview", body)
	require.Equal(t, http.StatusOK, preview.Code, preview.Body)
	made := m.send(server, "ann", http.MethodPost, "/v1/offer-series", body)
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	address := made.Header().Get("Location")
	require.Equal(t, `"v1"`, made.Header().Get("ETag"))
	require.Equal(t, http.StatusPreconditionRequired, m.send(server, "ann", http.MethodPatch, address, `{"quantity": 500}`).Code)
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "ann", http.MethodPatch, address, `{"quantity": 500}`, "If-Match", `"v7"`).Code)
	changed := m.send(server, "ann", http.MethodPatch, address, `{"price_tiers": [{"from_quantity": 0, "price_vnd": 300000}]}`, "If-Match", `"v1"`)
	require.Equal(t, http.StatusOK, changed.Code, changed.Body)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPost, address+"/preview", `{"quantity": 500}`).Code)
	for who, want := range map[string]int{"ben": 404, "": 401, "buyer": 403, "hcm": 403, "ca-mau": 200, "viewer": 200, "administrator": 200} {
		require.Equal(t, want, m.send(server, who, http.MethodGet, address, "").Code, who)
	}
	require.NotContains(t, m.get(server, "ca-mau", address), "price_tiers", "officials see no prices that are not public")
	require.Contains(t, m.get(server, "ann", address), "price_tiers")
	require.Len(t, m.get(server, "ann", "/v1/offer-series?count=true")["items"], 1)
	require.Empty(t, m.get(server, "ben", "/v1/offer-series")["items"])
	for _, offer := range m.get(server, "buyer", "/v1/products/"+product.ID.String())["offers"].([]any) {
		require.NotContains(t, offer, "series_id", "how supply was entered is the producer's own business")
	}
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodPost, address+"/close", "").Code)
	require.Equal(t, http.StatusNotFound, m.send(server, "ann", http.MethodGet, "/v1/offer-series/"+uuid.NewString(), "").Code)
}
