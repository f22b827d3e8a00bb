package inquiry_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// crab publishes live crab of a producer.
func (m *market) crab(producer identity.Principal, tie string) {
	m.t.Helper()
	ctx := context.Background()
	product, err := m.catalog.CreateProduct(ctx, producer, catalog.NewProduct{
		Name: "Cua gạch thử", Line: "mud_crab", Form: "live", Unit: "kg", Grade: map[string]any{"type": "gach", "grams_each_min": 400, "tie": tie},
	})
	require.NoError(m.t, err)
	_, err = m.catalog.Publish(ctx, producer, product.ID)
	require.NoError(m.t, err)
}

// The price of an award is fixed from the tier of its own quantity, whatever follows, and never
// below the quote's minimum.
func TestAnAwardTakesTheTierOfItsQuantity(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	asked := m.placed(buyer, m.demand(quantity.Of(300)))
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(300), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{
			PriceTiers:  []catalog.PriceTier{{FromQuantity: quantity.Of(100), PriceVND: 240_000}, {FromQuantity: quantity.Of(200), PriceVND: 230_000}},
			MinQuantity: quantity.Of(20),
		},
	})
	require.NoError(t, err)
	require.EqualValues(t, 230_000, quote.NetPriceVND, "of the whole quantity")

	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(20) - 1}})
	require.ErrorIs(t, err, inquiry.ErrBelowQuoteMinimum)
	refusal, _ := fault.From(err)
	require.Contains(t, fault.Fill(refusal.Vietnamese, refusal.Params), "từ 20 kg trở lên")
	for amount, price := range map[int64]money.VND{99: 250_000, 100: 240_000} {
		awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(amount)}})
		require.NoError(t, err)
		require.Equal(t, price, awards[0].PriceVND)
		read, err := m.GetAward(ctx, producer, awards[0].ID)
		require.NoError(t, err)
		require.Equal(t, price, read.PriceVND)
		require.Equal(t, money.Value(price, quantity.Of(amount)), read.ValueVND)
	}
	requireAudited(t, m)
}

// Crab is quoted with its tie: the answer compares by the net price, and the award is worth it.
func TestCrabIsQuotedWithItsTie(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer, other := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	m.crab(producer, "nylon")
	m.crab(other, "none")
	demand := m.demand(quantity.Of(100))
	demand.Lines[0].ProductLine = "mud_crab"
	asked := m.placed(buyer, demand)
	var tied inquiry.NewQuote
	require.NoError(t, json.Unmarshal([]byte(`{"quantity":"100","price_vnd":450001,"deliver_on":"`+m.today.AddDays(4).String()+
		`","tie_percent":"12.5","price_gross":true}`), &tied))
	_, err := m.Quote(ctx, other, asked.ID, tied)
	require.ErrorIs(t, err, inquiry.ErrNoTie)
	quote, err := m.Quote(ctx, producer, asked.ID, tied)
	require.NoError(t, err)
	require.Equal(t, quantity.Quantity(1125), quote.Tie)
	require.EqualValues(t, 450_001, quote.PriceVND)
	require.EqualValues(t, 506_251, quote.NetPriceVND, "506 251.125")
	listed, err := m.Quotes(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, quote.NetPriceVND, listed[0].NetPriceVND)
	require.True(t, listed[0].PriceGross)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}})
	require.NoError(t, err)
	require.EqualValues(t, 506_251, awards[0].PriceVND)
}

// A quote that is delivered on several days carries the marks that hold on all of them, and counts
// against the ceiling of a group where that is what carries one on any.
func TestSplitQuotesCarryWhatHoldsOnAllTheirDays(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer, holder := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced")
	m.certified(producer, "ASC_FARM", catalog.Scope{Kind: "farm_area"}, m.today.AddDays(7))
	asked := m.placed(buyer, m.asking(quantity.Of(100), "ASC_FARM"))
	ask := inquiry.NewQuote{
		OfferID: m.offer(producer, product.ID, quantity.Of(1000)), Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
		Alternative: true,
	}
	whole, err := m.Quote(ctx, producer, asked.ID, ask)
	require.NoError(t, err)
	require.Equal(t, []string{"ASC_FARM"}, whole.Claims)
	ask.Split = []inquiry.Part{{DeliverOn: m.today.AddDays(5), Quantity: quantity.Of(60)}, {DeliverOn: m.today.AddDays(9), Quantity: quantity.Of(40)}}
	split, err := m.Quote(ctx, producer, asked.ID, ask)
	require.NoError(t, err)
	require.Empty(t, split.Claims)
	require.Equal(t, []string{"ASC_FARM"}, split.LapsingClaims)
	require.Equal(t, []string{"ASC_FARM"}, split.MissingClaims)
	require.Equal(t, ask.Split, split.Split)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: split.ID, Quantity: quantity.Of(10)}})
	require.NoError(t, err)
	require.Empty(t, awards[0].Claims)
	require.Equal(t, []string{"ASC_FARM"}, awards[0].LapsingClaims)
	ask.Split[1].DeliverOn = m.today.AddDays(61)
	_, err = m.Quote(ctx, producer, asked.ID, ask)
	require.ErrorIs(t, err, inquiry.ErrOutsideOffer)

	// The group's certificate carries the mark over the last day: counted, though the first needs it not.
	certificate := m.certified(holder, "ASC_FARM", group(quantity.Of(1000), producer), m.today.AddDays(400))
	ask.Split[1].DeliverOn = m.today.AddDays(9)
	counted, err := m.Quote(ctx, producer, asked.ID, ask)
	require.NoError(t, err)
	require.Equal(t, []string{"ASC_FARM"}, counted.Claims)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: counted.ID, Quantity: quantity.Of(30)}})
	require.NoError(t, err)
	require.Equal(t, quantity.Of(30), m.ceiling(certificate.ID).ClaimedKg)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: whole.ID, Quantity: quantity.Of(30)}})
	require.NoError(t, err)
	require.Equal(t, quantity.Of(30), m.ceiling(certificate.ID).ClaimedKg, "the first day's own certificate is enough for it")
	requireAudited(t, m)
}

// A quote may name a declared lot of the product; more than it has left is shown, not refused.
func TestAQuoteNamesItsLot(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	product := m.shrimp(producer, "iced")
	offer := m.offer(producer, product.ID, quantity.Of(1000))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	ask := inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{Lot: "A-1"}}
	_, err := m.Quote(ctx, producer, asked.ID, ask)
	require.ErrorIs(t, err, inquiry.ErrLotUndeclared)
	_, err = m.catalog.DeclareLot(ctx, producer, product.ID, catalog.NewLot{Code: "A-1", Quantity: new(quantity.Of(99))})
	require.NoError(t, err)
	quote, err := m.Quote(ctx, producer, asked.ID, ask)
	require.NoError(t, err)
	require.Equal(t, "A-1", quote.Lot)
	require.Equal(t, []string{"more_than_lot"}, quote.Deviations)
	ask.Quantity = quantity.Of(99)
	quote, err = m.Revise(ctx, producer, quote.ID, ask)
	require.NoError(t, err)
	require.Equal(t, []string{"less_than_asked"}, quote.Deviations)
}

// A quoted kilo is not quoted thrice unless the producer says so, and then it sees that it is.
func TestAQuotedKiloIsNotQuotedThrice(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	quoteOn := func(offer func() inquiry.NewQuote) error {
		_, err := m.Quote(ctx, producer, m.placed(buyer, m.demand(quantity.Of(10))).ID, offer())
		return err
	}
	of := func(form string, reserve *bool) func() inquiry.NewQuote {
		offer := m.offer(producer, m.shrimp(producer, form).ID, quantity.Of(1))
		return func() inquiry.NewQuote {
			return inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(1), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: reserve}
		}
	}
	thrice := func(offer func() inquiry.NewQuote) (errs []error) {
		for range 3 {
			errs = append(errs, quoteOn(offer))
		}
		return errs
	}
	held := func(errs []error) {
		t.Helper()
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], ledger.ErrOfferExhausted)
		require.ErrorIs(t, errs[2], ledger.ErrOfferExhausted)
	}
	held(thrice(of("frozen_hoso", nil)))
	live := of("live", nil)
	require.Equal(t, []error{nil, nil, nil}, thrice(live), "live goods are not held")

	own, err := m.OwnQuotes(ctx, producer, inquiry.Page{Limit: 3})
	require.NoError(t, err)
	for _, quote := range own {
		require.Equal(t, quantity.Of(2), *quote.QuotedElsewhere)
		require.Zero(t, *quote.ReservedElsewhere)
	}
	setting, err := m.SetQuoting(ctx, producer, new(true))
	require.NoError(t, err)
	require.True(t, *setting.Reserve)
	require.NoError(t, quoteOn(live))
	own, err = m.OwnQuotes(ctx, producer, inquiry.Page{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, quantity.Of(3), *own[1].QuotedElsewhere)
	require.Equal(t, quantity.Of(1), *own[1].ReservedElsewhere)
	require.Zero(t, *own[0].ReservedElsewhere, "what it holds itself is not elsewhere")
	held(thrice(of("live", nil)))
	require.Equal(t, []error{nil, nil, nil}, thrice(of("live", new(false))), "a quote's own word goes before")

	_, err = m.SetQuoting(ctx, producer, new(false))
	require.NoError(t, err)
	require.Equal(t, []error{nil, nil, nil}, thrice(of("frozen_hoso", nil)))
	_, err = m.SetQuoting(ctx, producer, nil)
	require.NoError(t, err)
	setting, err = m.Quoting(ctx, producer)
	require.NoError(t, err)
	require.Nil(t, setting.Reserve)
	held(thrice(of("frozen_hoso", nil)))
	_, err = m.SetQuoting(ctx, buyer, nil)
	require.ErrorIs(t, err, fault.ErrForbidden)
	requireAudited(t, m)
}

// Tiers may be written as on an offer, from nothing on: the first then says what the price says, and
// nothing else.
func TestTiersMayBeginAtNothing(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	asked := m.placed(buyer, m.demand(quantity.Of(300)))
	quote := func(first money.VND) (inquiry.Quote, error) {
		return m.Quote(t.Context(), producer, asked.ID, inquiry.NewQuote{
			OfferID: offer, Quantity: quantity.Of(300), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{
				PriceTiers: []catalog.PriceTier{{PriceVND: first}, {FromQuantity: quantity.Of(100), PriceVND: 240_000}},
			},
		})
	}
	_, err := quote(260_000)
	require.ErrorIs(t, err, inquiry.ErrQuantityNotPositive, "two prices for the same quantity")
	made, err := quote(250_000)
	require.NoError(t, err)
	require.Equal(t, []catalog.PriceTier{{FromQuantity: quantity.Of(100), PriceVND: 240_000}}, made.PriceTiers)
	require.EqualValues(t, 240_000, made.NetPriceVND)
}
