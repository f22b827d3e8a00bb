package inquiry_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/paper/papertest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// compare reads the quotes on the first line of an inquiry, in their order.
func (m *market) compare(buyer identity.Principal, asked inquiry.Inquiry) []inquiry.ComparedQuote {
	m.t.Helper()
	comparison, err := m.Comparison(context.Background(), buyer, asked.ID, "en")
	require.NoError(m.t, err)
	return comparison.Lines[0].Quotes
}

// cells reads columns of the Excel file of a comparison, row by row: the quotes in their order.
func (m *market) cells(buyer identity.Principal, asked inquiry.Inquiry, heads ...string) [][]string {
	m.t.Helper()
	answer := m.get(buyer, "/v1/inquiries/"+asked.ID.String()+"/comparison?format=xlsx&language=en")
	require.Equal(m.t, http.StatusOK, answer.Code, answer.Body)
	book, err := excelize.OpenReader(bytes.NewReader(answer.Body.Bytes()))
	require.NoError(m.t, err)
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	require.NoError(m.t, err)
	columns := make(map[string]int)
	for at, head := range rows[0] {
		columns[head] = at
	}
	var cells [][]string
	for _, row := range rows[1:] {
		var found []string
		for _, head := range heads {
			require.Contains(m.t, columns, head)
			found = append(found, row[columns[head]])
		}
		cells = append(cells, found)
	}
	return cells
}

// What a quote asks is the price of the tier of what it would be awarded: of the asked quantity, or of
// the lesser one that it offers. The value, the wish for a price and the sheet go by that.
func TestComparisonsTakeTheTier(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, whole, part := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Terms.PriceBasis, demand.Lines[0].TargetPriceVND = "delivered", 235_000
	asked := m.placed(buyer, demand)
	tiers := []catalog.PriceTier{
		{FromQuantity: quantity.Of(50), PriceVND: 240_000}, {FromQuantity: quantity.Of(100), PriceVND: 230_000}, {FromQuantity: quantity.Of(110), PriceVND: 220_000},
	}
	for _, one := range []struct {
		producer identity.Principal
		offered  int64
		tiers    []catalog.PriceTier
	}{{whole, 120, tiers}, {part, 60, tiers[:1]}} {
		m.answered(one.producer, asked, inquiry.NewQuote{
			OfferID: m.offer(one.producer, m.shrimp(one.producer, "iced").ID, quantity.Of(1000)), Quantity: quantity.Of(one.offered), PriceVND: 250_000,
			DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{PriceTiers: one.tiers},
		})
	}
	quotes := m.compare(buyer, asked)
	first, second := quotes[0], quotes[1]
	require.Equal(t, whole.OrganisationID, first.Producer.ID)
	require.EqualValues(t, 230_000, first.Price.PriceVND, "of 100 kg, although 120 are offered")
	require.EqualValues(t, 230_000, *first.LandedPriceVND)
	require.EqualValues(t, 23_000_000, first.ValueVND)
	require.Equal(t, "tier", first.Price.Applies)
	require.Equal(t, append([]catalog.PriceTier{{PriceVND: 250_000}}, tiers...), first.Price.Tiers)
	require.Contains(t, first.Price.Explanation, "The price of the tier from 100 kg;")
	require.Empty(t, first.Deviations, "250 000 would be above the wish, 230 000 is not")
	require.Equal(t, part.OrganisationID, second.Producer.ID)
	require.EqualValues(t, 240_000, second.Price.PriceVND, "of the 60 kg offered")
	require.EqualValues(t, 14_400_000, second.ValueVND)
	require.Equal(t, []string{"above_target_price"}, codes(second.Deviations, false))
	awards, err := m.Award(context.Background(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: first.QuoteID, Quantity: first.Compared}})
	require.NoError(t, err)
	require.Equal(t, first.Price.PriceVND, awards[0].PriceVND, "an award is committed at what was compared")

	require.Equal(t, [][]string{
		{"230000", "The price of the tier from 100 kg; an award of another quantity takes the price of its own tier.", "230000", "23000000"},
		{"240000", "The price of the tier from 50 kg; an award of another quantity takes the price of its own tier.", "240000", "14400000"},
	}, m.cells(buyer, asked, "Price (đ per unit)", "What the price is", "Landed price (đ per unit)", "Value (đ)"))
}

// Crab is compared net of its tie: 250 000 with a tie of 1.2 is 300 000 without, and dearer than 290 000
// said net, whichever figure is the lower one.
func TestComparisonsAreNetOfTheTie(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, gross, net := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Terms.PriceBasis = "delivered"
	demand.Lines[0].ProductLine, demand.Lines[0].TargetPriceVND = "mud_crab", 295_000
	asked := m.placed(buyer, demand)
	for _, one := range []struct {
		producer identity.Principal
		price    money.VND
		terms    inquiry.QuoteTerms
	}{
		{gross, 250_000, inquiry.QuoteTerms{
			Tie: 1_200, PriceGross: true, PriceTiers: []catalog.PriceTier{{FromQuantity: quantity.Of(200), PriceVND: 240_000}},
		}},
		{net, 290_000, inquiry.QuoteTerms{Tie: 1_200}},
	} {
		m.crab(one.producer, "nylon")
		m.answered(one.producer, asked, inquiry.NewQuote{Quantity: quantity.Of(100), PriceVND: one.price, DeliverOn: m.today.AddDays(5), QuoteTerms: one.terms})
	}
	quotes := m.compare(buyer, asked)
	require.Equal(t, []uuid.UUID{net.OrganisationID, gross.OrganisationID}, []uuid.UUID{quotes[0].Producer.ID, quotes[1].Producer.ID})
	require.Equal(t, []int{1, 2}, []int{*quotes[0].Rank, *quotes[1].Rank})
	require.EqualValues(t, 290_000, quotes[0].Price.PriceVND)
	require.Zero(t, quotes[0].Price.QuotedVND)
	require.Empty(t, quotes[0].Deviations)
	tied := quotes[1]
	require.EqualValues(t, 300_000, tied.Price.PriceVND)
	require.EqualValues(t, 250_000, tied.Price.QuotedVND)
	require.Equal(t, quantity.Quantity(1_200), tied.Price.Tie)
	require.EqualValues(t, 30_000_000, tied.ValueVND)
	require.Equal(t, []catalog.PriceTier{{PriceVND: 300_000}, {FromQuantity: quantity.Of(200), PriceVND: 288_000}}, tied.Price.Tiers)
	require.Equal(t, []string{"above_target_price"}, codes(tied.Deviations, false), "300 000 is, 250 000 were not")
	require.Contains(t, tied.Price.Explanation, "Quoted at 250,000 ₫ with the tie, 1.2 for each unit without it;")
	require.Equal(t, [][]string{{"290000", "29000000"}, {"300000", "30000000"}}, m.cells(buyer, asked, "Price (đ per unit)", "Value (đ)"))
}

// Freight that a quote says is added to its price, and the order goes by what lands; a quote that says
// nothing stays unknown, behind those that are known. Nothing can be added to a delivered price.
func TestQuotesSayTheirFreight(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, far, near, silent := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	saying := func(producer identity.Principal, price money.VND, freight *money.VND) inquiry.NewQuote {
		return inquiry.NewQuote{
			OfferID: m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), Quantity: quantity.Of(100), PriceVND: price,
			DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{FreightVND: freight}, Reserve: new(false),
		}
	}
	for _, basis := range []string{"farm_gate", ""} {
		demand := m.demand(quantity.Of(100))
		demand.Terms.PriceBasis = basis
		asked := m.placed(buyer, demand)
		made := m.answered(far, asked, saying(far, 250_000, new(money.VND(10_001))))
		require.EqualValues(t, 10_001, *made.FreightVND)
		m.answered(near, asked, saying(near, 255_000, new(money.VND(0))))
		m.answered(silent, asked, saying(silent, 240_000, nil))
		quotes := m.compare(buyer, asked)
		require.Equal(t, []uuid.UUID{near.OrganisationID, far.OrganisationID, silent.OrganisationID},
			[]uuid.UUID{quotes[0].Producer.ID, quotes[1].Producer.ID, quotes[2].Producer.ID}, basis)
		require.EqualValues(t, 255_000, *quotes[0].LandedPriceVND)
		require.EqualValues(t, 260_001, *quotes[1].LandedPriceVND)
		require.Equal(t, []int{1, 2}, []int{*quotes[0].Rank, *quotes[1].Rank})
		require.Nil(t, quotes[1].LandedUnknown)
		require.Nil(t, quotes[2].LandedPriceVND)
		require.Nil(t, quotes[2].Rank)
		require.Equal(t, [][]string{{"255000", "0", "255000"}, {"250000", "10001", "260001"}, {"240000", "", ""}},
			m.cells(buyer, asked, "Price (đ per unit)", "Freight (đ per unit)", "Landed price (đ per unit)"))
		awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: made.ID, Quantity: quantity.Of(10)}})
		require.NoError(t, err)
		require.EqualValues(t, 2_500_000, awards[0].ValueVND, "without the freight")
		paper, err := m.ContractPaper(ctx, buyer, awards[0].ID, "en")
		require.NoError(t, err)
		require.Contains(t, papertest.Text(t, paper), "10,001 ₫/kg")
	}

	demand := m.demand(quantity.Of(100))
	demand.Terms.PriceBasis = "delivered"
	asked := m.placed(buyer, demand)
	_, err := m.Quote(ctx, far, asked.ID, saying(far, 250_000, new(money.VND(1))))
	require.ErrorIs(t, err, inquiry.ErrFreightIncluded)
	m.answered(far, asked, saying(far, 250_000, new(money.VND(0))))
	require.EqualValues(t, 250_000, *m.compare(buyer, asked)[0].LandedPriceVND)

	demand.Terms.PriceBasis = "farm_gate"
	asked = m.placed(buyer, demand)
	made := m.answered(far, asked, saying(far, 250_000, new(money.VND(10_000))))
	_, err = m.Amend(ctx, buyer, asked.ID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PriceBasis: "delivered"}})
	require.NoError(t, err)
	require.EqualValues(t, 260_000, *m.compare(buyer, asked)[0].LandedPriceVND, "it was said of a price without")
	_, err = m.Confirm(ctx, far, made.ID)
	require.ErrorIs(t, err, inquiry.ErrFreightIncluded)
}

// A quote of several dates is in the window when all are, and carries the marks that hold on all.
func TestComparisonsLookAtAllDates(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	m.certified(producer, "ASC_FARM", catalog.Scope{Kind: "farm_area"}, m.today.AddDays(7))
	asked := m.placed(buyer, m.asking(quantity.Of(100), "ASC_FARM"))
	m.answered(producer, asked, inquiry.NewQuote{
		OfferID: m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), Quantity: quantity.Of(100), PriceVND: 250_000,
		DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{Split: []inquiry.Part{
			{DeliverOn: m.today.AddDays(5), Quantity: quantity.Of(60)}, {DeliverOn: m.today.AddDays(11), Quantity: quantity.Of(40)},
		}},
	})
	quote := m.compare(buyer, asked)[0]
	require.Len(t, quote.Split, 2)
	require.False(t, quote.InWindow)
	require.Empty(t, quote.Claims)
	require.Equal(t, "ASC_FARM", quote.Lapsing[0].Scheme)
	require.Equal(t, []string{"delivery_after_window", "claim_lapses"}, codes(quote.Deviations, true))
	for _, deviation := range quote.Deviations {
		require.Contains(t, deviation.Text, m.today.AddDays(11).String())
	}
}
