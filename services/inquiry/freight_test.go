package inquiry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/paper/papertest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// freighted is a quote of 100 kg at 250 001 đ with a freight, or without a word of it, under terms of a basis.
func (m *market) freighted(buyer, producer identity.Principal, basis string, freight *money.VND) inquiry.Quote {
	m.t.Helper()
	demand := m.demand(quantity.Of(100))
	demand.Terms.PriceBasis = basis
	return m.answered(producer, m.placed(buyer, demand), inquiry.NewQuote{
		OfferID: m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), Quantity: quantity.Of(100), PriceVND: 250_001,
		DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{FreightVND: freight}, Reserve: new(false),
	})
}

// Freight is for each unit: awards of parts of a quote carry their shares, in their answers, in what is to
// come and is owed, and on the paper; rejected goods owe none.
func TestAnAwardCarriesItsShareOfTheFreight(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	quote := m.freighted(buyer, producer, "farm_gate", new(money.VND(1501)))
	var owed money.VND
	for _, c := range []struct {
		taken           quantity.Quantity
		value, landed   money.VND
		landedVI, inEng string
	}{
		// 33.333 × 250 001 and × 1 501, 66.667 × the same, each half up.
		{33_333, 8_333_283, 8_333_283 + 50_033, "8.383.316 ₫", "8,383,316 ₫"},
		{66_667, 16_666_817, 16_666_817 + 100_067, "16.766.884 ₫", "16,766,884 ₫"},
	} {
		made, err := m.Award(ctx, buyer, quote.InquiryID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: c.taken}})
		require.NoError(t, err)
		read, err := m.GetAward(ctx, producer, made[0].ID)
		require.NoError(t, err)
		for _, award := range []inquiry.Award{made[0], read} {
			require.Equal(t, []money.VND{c.value, 1501, c.landed}, []money.VND{award.ValueVND, *award.FreightVND, *award.LandedVND})
		}
		account, err := m.Account(ctx, buyer, read.ID)
		require.NoError(t, err)
		require.Equal(t, c.landed, account.ToComeVND)
		for language, said := range map[string][]string{"vi": {"Giá trị gồm cước", c.landedVI, "1.501 ₫/kg"}, "en": {"Value with freight", c.inEng, "1,501 ₫/kg"}} {
			paper, err := m.ContractPaper(ctx, buyer, read.ID, language)
			require.NoError(t, err)
			for _, part := range said {
				require.Contains(t, papertest.Text(t, paper), part)
			}
		}
		m.fulfilled(buyer, producer, read, quantity.Of(10), inquiry.Receipt{Rejected: quantity.Of(10)})
		m.fulfilled(buyer, producer, read, c.taken, inquiry.Receipt{Accepted: c.taken})
		account, err = m.Account(ctx, buyer, read.ID)
		require.NoError(t, err)
		require.Equal(t, []money.VND{c.landed, 0}, []money.VND{account.OwedVND, account.ToComeVND})
		owed += account.OwedVND
	}
	require.EqualValues(t, 25_000_100+150_100, owed, "the whole quote, once")
}

// Where a quote says nothing of freight the terms do, as they stood when the award was made, or nobody knows.
func TestALandedValueIsNeverGuessed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	for _, c := range []struct {
		basis   string
		freight *money.VND
		landed  *money.VND
	}{
		{"delivered", nil, new(money.VND(2_500_010))},
		{"delivered", new(money.VND(0)), new(money.VND(2_500_010))},
		{"farm_gate", nil, nil},
		{"", nil, nil},
		{"", new(money.VND(7)), new(money.VND(2_500_080))},
	} {
		quote := m.freighted(buyer, producer, c.basis, c.freight)
		made, err := m.Award(ctx, buyer, quote.InquiryID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}})
		require.NoError(t, err)
		require.Equal(t, c.landed, made[0].LandedVND, "%+v", c)
		for _, later := range []string{"delivered", "farm_gate"} {
			_, err = m.Amend(ctx, buyer, quote.InquiryID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PriceBasis: later}})
			require.NoError(t, err)
		}
		read, err := m.GetAward(ctx, buyer, made[0].ID)
		require.NoError(t, err)
		require.Equal(t, c.landed, read.LandedVND, "%+v, after the terms were amended", c)
	}
}

// What an act costs with its freight counts towards the limit, and so does that of what was awarded alone before.
func TestFreightCountsTowardsTheLimit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	producer := m.organisation(identity.Producer)
	take := func(b limitedBuyer, quote inquiry.Quote, kg int64) inquiry.Awards {
		act := inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(kg)}}}
		made, err := m.Decide(ctx, b.clerk, quote.InquiryID, act)
		require.NoError(t, err)
		return made
	}
	for _, c := range []struct {
		limit   money.VND
		freight *money.VND
		waits   bool
	}{
		{2_500_010, nil, false},
		{2_500_010, new(money.VND(0)), false},
		{2_500_019, new(money.VND(1)), true},
		{2_500_020, new(money.VND(1)), false},
	} {
		b := m.limitedBuyer(c.limit)
		made := take(b, m.freighted(b.owner, producer, "farm_gate", c.freight), 10)
		require.Equal(t, c.waits, made.Proposal != nil, "%+v", c)
		if c.waits {
			require.EqualValues(t, 2_500_020, made.Proposal.ValueVND)
		}
	}
	b := m.limitedBuyer(5_000_039)
	quote := m.freighted(b.owner, producer, "farm_gate", new(money.VND(1)))
	require.Nil(t, take(b, quote, 10).Proposal)
	made := take(b, quote, 10)
	require.NotNil(t, made.Proposal, "two parts are the whole, with its freight")
	require.Equal(t, []money.VND{2_500_020, 2_500_020}, []money.VND{made.Proposal.ValueVND, made.Proposal.AloneVND})
	approved, err := m.DecideProposal(ctx, b.marked, made.Proposal.ID, inquiry.MoveApprove, "")
	require.NoError(t, err)
	award, err := m.GetAward(ctx, b.owner, approved.Awards[0])
	require.NoError(t, err)
	require.EqualValues(t, 2_500_020, *award.LandedVND)
}
