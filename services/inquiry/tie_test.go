package inquiry_test

import (
	"cmp"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/paper/papertest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// soldCrab is an award of 50 kg of crab, without its tie, under a quote of these terms and price.
func soldCrab(t testing.TB, price money.VND, terms inquiry.QuoteTerms, sizes ...inquiry.SizePrice) *sold {
	t.Helper()
	ctx := context.Background()
	m := newMarket(t)
	s := &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	m.crab(s.producer, "nylon")
	demand := m.demand(quantity.Of(50))
	demand.Lines[0].ProductLine = "mud_crab"
	asked := m.placed(s.buyer, demand)
	quote, err := m.Quote(ctx, s.producer, asked.ID, inquiry.NewQuote{
		Quantity: quantity.Of(50), PriceVND: price, DeliverOn: m.today.AddDays(5), QuoteTerms: terms, SizePrices: sizes,
	})
	require.NoError(t, err)
	awards, err := m.Award(ctx, s.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(50)}})
	require.NoError(t, err)
	s.award = awards[0]
	return s
}

// One bargain in two words: 250 000 đ for a kilo with its tie of 1.2, and 300 000 đ for a kilo
// without it. Either is committed at 300 000, and what is received is worth the same, whatever the
// receipt repeats of the quote.
func TestGrossAndNetPricesAreOneBargain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	bargains := map[string]struct {
		price money.VND
		gross bool
	}{"gross": {250_000, true}, "net": {300_000, false}}
	for name, test := range map[string]struct {
		receipt  inquiry.Receipt
		restates bool
		want     money.VND
	}{
		"nothing said":       {inquiry.Receipt{Accepted: quantity.Of(50)}, false, 15_000_000},                                            // 50 × 300 000
		"as the quote says":  {inquiry.Receipt{Accepted: quantity.Of(50), Tie: 1_200}, true, 15_000_000},                                 // the same
		"heavier":            {inquiry.Receipt{Accepted: quantity.Of(50), Tie: 1_250}, false, 14_400_000},                                // 60 gross / 1.25 = 48 net
		"heavier, restated":  {inquiry.Receipt{Accepted: quantity.Of(50), Tie: 1_250}, true, 14_400_000},                                 // the basis changes nothing
		"lighter":            {inquiry.Receipt{Accepted: quantity.Of(50), Tie: 1_100}, false, 16_363_500},                                // 60 / 1.1 = 54.545 net
		"none left":          {inquiry.Receipt{Accepted: quantity.Of(40), Rejected: quantity.Of(10), Tie: 1_000}, false, 14_400_000},     // 40 × 1.2 = 48 net
		"heavier, some back": {inquiry.Receipt{Accepted: quantity.Of(40), Rejected: quantity.Of(10), Tie: 1_250}, false, 11_520_000},     // 38.4 net
		"over, heavier":      {inquiry.Receipt{Accepted: quantity.Of(51), Over: quantity.Of(1), Tie: 1_250}, false, 14_400_000 + 288000}, // 48 + 0.96 net
	} {
		for basis, bargain := range bargains {
			s := soldCrab(t, bargain.price, inquiry.QuoteTerms{Tie: 1_200, PriceGross: bargain.gross})
			require.EqualValues(t, 300_000, s.award.PriceVND, basis)
			require.EqualValues(t, 15_000_000, s.award.ValueVND, basis)
			require.Equal(t, quantity.Quantity(1_200), s.award.Tie)
			require.Equal(t, bargain.gross, s.award.PriceGross)
			read, err := s.GetAward(ctx, s.producer, s.award.ID)
			require.NoError(t, err)
			require.Equal(t, s.award.Tie, read.Tie)
			require.Equal(t, bargain.gross, read.PriceGross)

			receipt := test.receipt
			receipt.PriceGross = test.restates && bargain.gross
			got, err := s.Receive(ctx, s.buyer, s.sent(quantity.Of(50)).ID, receipt)
			require.NoError(t, err)
			require.Equal(t, test.want, got.Received.ValueVND, "%s, %s", name, basis)
			require.Equal(t, cmp.Or(receipt.Tie, 1_200), got.Received.Tie, "as measured, else as agreed")
			require.Equal(t, bargain.gross, got.Received.PriceGross)
			_, value := s.posted("accepted")
			_, beyond := s.posted("over")
			require.Equal(t, test.want, value+beyond, "the ledger's: %s, %s", name, basis)
			requireAudited(t, s.market)
		}
	}
	gross := soldCrab(t, 250_000, inquiry.QuoteTerms{Tie: 1_200, PriceGross: true})
	paper, err := gross.ContractPaper(ctx, gross.buyer, gross.award.ID, "en")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(papertest.Text(t, paper)), " ")
	require.Contains(t, text, "1.2 kg with the tie for each kg without it.")
	require.Contains(t, text, "The quote named its price with the tie")
	s := soldCrab(t, 300_000, inquiry.QuoteTerms{Tie: 1_200})
	_, err = s.Receive(ctx, s.buyer, s.sent(quantity.Of(50)).ID, inquiry.Receipt{Accepted: quantity.Of(50), Tie: 1_200, PriceGross: true})
	require.ErrorIs(t, err, inquiry.ErrPriceIsNet, "what contradicts the award")
}

// What needs a second person is what the award would be worth: 50 kg at 300 000 net, although 250 000 are
// named; and the offer that is made from such a quote asks the net price.
func TestTheLimitOfAnAwardIsHeldAgainstTheNetPrice(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.limitedBuyer(14_999_999), m.organisation(identity.Producer)
	m.crab(producer, "nylon")
	demand := m.demand(quantity.Of(50))
	demand.Lines[0].ProductLine = "mud_crab"
	asked := m.placed(buyer.clerk, demand)
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		Quantity: quantity.Of(50), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), QuoteTerms: inquiry.QuoteTerms{Tie: 1_200, PriceGross: true},
	})
	require.NoError(t, err)
	made, err := m.Decide(ctx, buyer.clerk, asked.ID, inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(50)}}})
	require.NoError(t, err)
	require.Empty(t, made.Awards)
	require.EqualValues(t, 15_000_000, made.Proposal.ValueVND)
	offer, err := m.catalog.Offer(ctx, producer, quote.OfferID)
	require.NoError(t, err)
	require.EqualValues(t, 300_000, offer.PriceTiers[0].PriceVND)
}

// Prices by size are net, too: 20 kg at 320 000 and 30 kg at 200 000, of which a tie of 1.25 instead
// of 1.2 leaves 19.2 and 28.8.
func TestSizesAreNetOfTheTie(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := soldCrab(t, 300_000, inquiry.QuoteTerms{Tie: 1_200}, inquiry.SizePrice{Grade: "gạch", PriceVND: 320_000}, inquiry.SizePrice{Grade: "y", PriceVND: 200_000})
	sent := s.sent(quantity.Of(50))
	receipt := inquiry.Receipt{Accepted: quantity.Of(50), Tie: 1_250, Sizes: []inquiry.SizeAccepted{
		{Grade: "gạch", Quantity: quantity.Of(20)}, {Grade: "y", Quantity: quantity.Of(30)},
	}}
	got, err := s.Receive(ctx, s.buyer, sent.ID, receipt)
	require.NoError(t, err)
	require.EqualValues(t, 6_144_000+5_760_000, got.Received.ValueVND)

	_, err = s.Dispute(ctx, s.producer, sent.ID, inquiry.Objection{Reason: "tie"})
	require.NoError(t, err)
	receipt.Tie = 0
	proposed, err := s.ProposeSettlement(ctx, s.buyer, sent.ID, receipt)
	require.NoError(t, err)
	require.EqualValues(t, 6_400_000+6_000_000, proposed.Dispute.Proposal.Instead.ValueVND, "20 and 30 as agreed")
	_, err = s.AgreeSettlement(ctx, s.producer, sent.ID, proposed.Dispute.Proposal.ID)
	require.NoError(t, err)
	_, value := s.posted("accepted")
	_, back := s.posted("accepted_reversed")
	require.EqualValues(t, 12_400_000, value-back)
	requireAudited(t, s.market)
}
