package inquiry

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// An award takes the tier of its own quantity, and a gross price counts the tie's weight in: exact,
// rounded half up.
func TestWhatAUnitNetCosts(t *testing.T) {
	t.Parallel()
	tiers := []catalog.PriceTier{{FromQuantity: quantity.Of(50), PriceVND: 240_000}, {FromQuantity: quantity.Of(100), PriceVND: 230_001}}
	for name, test := range map[string]struct {
		terms  QuoteTerms
		amount quantity.Quantity
		want   money.VND
	}{
		"plain":                  {QuoteTerms{}, quantity.Of(10), 250_000},
		"below the first tier":   {QuoteTerms{PriceTiers: tiers}, quantity.Of(50) - 1, 250_000},
		"at a tier":              {QuoteTerms{PriceTiers: tiers}, quantity.Of(50), 240_000},
		"at the last":            {QuoteTerms{PriceTiers: tiers}, quantity.Of(1000), 230_001},
		"net with a tie":         {QuoteTerms{Tie: 1200}, quantity.Of(10), 250_000},
		"gross, dây 12":          {QuoteTerms{Tie: 1200, PriceGross: true}, quantity.Of(10), 300_000},
		"gross, half up":         {QuoteTerms{Tie: 1500, PriceGross: true, PriceTiers: tiers}, quantity.Of(100), 345_002},
		"gross, just below half": {QuoteTerms{Tie: 1499, PriceGross: true, PriceTiers: tiers}, quantity.Of(100), 344_771},
	} {
		require.Equal(t, test.want, test.terms.priceOf(test.amount, 250_000), name)
	}
}

func TestTermsAreChecked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	day := civil.New(2026, 12, 5)
	tiers := func(quantities ...int64) []catalog.PriceTier {
		var made []catalog.PriceTier
		for _, from := range quantities {
			made = append(made, catalog.PriceTier{FromQuantity: quantity.Of(from), PriceVND: 1000})
		}
		return made
	}
	parts := func(after int, quantities ...int64) []Part {
		var made []Part
		for at, amount := range quantities {
			made = append(made, Part{DeliverOn: day.AddDays(at * after), Quantity: quantity.Of(amount)})
		}
		return made
	}
	for name, test := range map[string]struct {
		quote NewQuote
		want  *fault.Definition
		at    string
	}{
		"clerk's":           {quote: NewQuote{}},
		"minimum and tie":   {quote: NewQuote{TiePercent: new(quantity.Of(20)), QuoteTerms: QuoteTerms{MinQuantity: quantity.Of(20)}}},
		"tiers":             {quote: NewQuote{QuoteTerms: QuoteTerms{PriceTiers: tiers(10, 20)}}},
		"tiers fall":        {NewQuote{QuoteTerms: QuoteTerms{PriceTiers: tiers(20, 10)}}, catalog.ErrTierOrder, "price_tiers[1].from_quantity"},
		"tier from nothing": {NewQuote{PriceVND: 999, QuoteTerms: QuoteTerms{PriceTiers: tiers(0, 10)}}, ErrQuantityNotPositive, "price_tiers[0].from_quantity"},
		"minimum over":      {NewQuote{QuoteTerms: QuoteTerms{MinQuantity: quantity.Of(101)}}, fault.ErrOutOfRange, "min_quantity"},
		"gross, no tie":     {NewQuote{QuoteTerms: QuoteTerms{PriceGross: true}}, ErrTieNeeded, "tie"},
		"tie of nothing":    {NewQuote{QuoteTerms: QuoteTerms{Tie: 1000}}, fault.ErrOutOfRange, "tie"},
		"tie of a slip":     {NewQuote{QuoteTerms: QuoteTerms{Tie: 3001}}, fault.ErrOutOfRange, "tie"},
		"percent of 0":      {NewQuote{TiePercent: new(quantity.Of(0))}, fault.ErrOutOfRange, "tie"},
		"percent too fine":  {NewQuote{TiePercent: new(quantity.Quantity(12_340))}, ErrTieTooFine, "tie_percent"},
		"said twice":        {NewQuote{TiePercent: new(quantity.Of(12)), QuoteTerms: QuoteTerms{Tie: 1200}}, ErrTieTwice, "tie_percent"},
		"sizes gross": {
			NewQuote{SizePrices: []SizePrice{{Grade: "gạch", PriceVND: 1}}, QuoteTerms: QuoteTerms{Tie: 1200, PriceGross: true}}, ErrSizesGross, "size_prices",
		},
		"freight":        {quote: NewQuote{QuoteTerms: QuoteTerms{FreightVND: new(money.VND(0))}}},
		"freight back":   {NewQuote{QuoteTerms: QuoteTerms{FreightVND: new(money.VND(-1))}}, fault.ErrOutOfRange, "freight_vnd"},
		"freight beyond": {NewQuote{QuoteTerms: QuoteTerms{FreightVND: new(money.Max + 1)}}, fault.ErrOutOfRange, "freight_vnd"},
		"net beyond all": {NewQuote{PriceVND: money.Max, QuoteTerms: QuoteTerms{Tie: 1200, PriceGross: true}}, ErrPriceNotPositive, "price_vnd"},
		"split":          {quote: NewQuote{QuoteTerms: QuoteTerms{Split: parts(2, 40, 60)}}},
		"split short":    {NewQuote{QuoteTerms: QuoteTerms{Split: parts(2, 40, 59)}}, ErrSplitSum, "split"},
		"one day twice":  {NewQuote{QuoteTerms: QuoteTerms{Split: parts(0, 40, 60)}}, ErrSplitStart, "split[1].deliver_on"},
		"another start":  {NewQuote{DeliverOn: day.AddDays(1), QuoteTerms: QuoteTerms{Split: parts(2, 40, 60)}}, ErrSplitStart, "split[0].deliver_on"},
		"empty part":     {NewQuote{QuoteTerms: QuoteTerms{Split: parts(1, 100, 0)}}, ErrQuantityNotPositive, "split[1].quantity"},
	} {
		quote := test.quote
		quote.Quantity = quantity.Of(100)
		if quote.PriceVND == 0 {
			quote.PriceVND = 1000
		}
		if quote.DeliverOn.IsZero() {
			quote.DeliverOn = day
		}
		err := quote.check(now)
		if test.want == nil {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, test.want, name)
		refusal, _ := fault.From(err)
		require.Equal(t, test.at, refusal.Fields[0].Pointer, name)
	}
	percent := NewQuote{Quantity: quantity.Of(1), PriceVND: 1000, DeliverOn: day, TiePercent: new(quantity.Quantity(12_500))}
	require.NoError(t, percent.check(now))
	require.Equal(t, quantity.Quantity(1125), percent.Tie)
	require.ErrorIs(t, percent.tied(reference.Grade{"tie": "none"}), ErrNoTie)
	require.ErrorIs(t, percent.tied(reference.Grade{}), ErrNoTie)
	require.NoError(t, percent.tied(reference.Grade{"tie": "nylon"}))
}
