package inquiry_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// posted is what the ledger says of a movement: how much, and its value.
func (s *sold) posted(movement string) (amount quantity.Quantity, value money.VND) {
	s.t.Helper()
	var row struct {
		Quantity quantity.Quantity `db:"quantity"`
		Value    money.VND         `db:"value"`
	}
	require.NoError(s.t, s.db.Get(context.Background(), &row, `
		SELECT coalesce(sum(quantity), 0)::bigint AS quantity, coalesce(sum(value_vnd), 0)::bigint AS value
		  FROM ledger.postings WHERE movement = $1`, movement))
	return row.Quantity, row.Value
}

func TestMoreThanWasDispatchedWithinTheTolerance(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	sent := s.sent(quantity.Of(100))
	over := func(accepted, rejected, over int64) inquiry.Receipt {
		return inquiry.Receipt{Accepted: quantity.Quantity(accepted), Rejected: quantity.Quantity(rejected), Over: quantity.Quantity(over)}
	}
	_, err := s.Receive(ctx, s.buyer, sent.ID, over(102_001, 0, 2_001))
	require.ErrorIs(t, err, inquiry.ErrOver)
	refusal, _ := fault.From(err)
	require.Equal(t, quantity.Of(2), refusal.Fields[0].Params["most"])
	s.owner(`INSERT INTO inquiry.delivery_rules (rule, line, value, source) VALUES ('over', 'black_tiger_shrimp', 2500, 'test')`)
	_, err = s.Receive(ctx, s.buyer, sent.ID, over(102_501, 0, 2_501))
	require.ErrorIs(t, err, inquiry.ErrOver)
	_, err = s.Receive(ctx, s.buyer, sent.ID, over(1_000, 101_000, 2_000))
	require.ErrorIs(t, err, inquiry.ErrOver, "over is accepted")
	_, err = s.Receive(ctx, s.buyer, sent.ID, over(102_500, 1_000, 2_500))
	require.ErrorIs(t, err, inquiry.ErrReceiptSum)
	_, err = s.Receive(ctx, s.buyer, sent.ID, over(102_500, 0, -1))
	require.ErrorIs(t, err, fault.ErrOutOfRange)
	got, err := s.Receive(ctx, s.buyer, sent.ID, over(101_500, 1_000, 2_500))
	require.NoError(t, err)
	require.Equal(t, quantity.Quantity(2_500), got.Received.Over)
	require.Equal(t, money.Value(250_000, 101_500), got.Received.ValueVND)

	accepted, value := s.posted("accepted")
	beyond, more := s.posted("over")
	require.Equal(t, quantity.Of(99), accepted)
	require.Equal(t, quantity.Quantity(2_500), beyond)
	require.Equal(t, got.Received.ValueVND, value+more)
	award, err := s.GetAward(ctx, s.producer, s.award.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Quantity(101_500), award.Delivered)
	require.Equal(t, quantity.Of(1), award.Remaining, "what was rejected is owed again")
	require.Equal(t, quantity.Of(100), s.committed(s.award.OfferID), "nothing more is committed of the offer")
	requireAudited(t, s.market)
}

// The price of each size, the form in which it came, and what came beyond the dispatch.
func TestSizesAndFormsOfWhatCame(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "live", quantity.Of(100))
	sent := s.sent(quantity.Of(100))
	receipt := inquiry.Receipt{Accepted: quantity.Of(101), Over: quantity.Of(1), Sizes: []inquiry.SizeAccepted{
		{Grade: "20/kg", Quantity: quantity.Of(60)}, {Form: "iced", Quantity: quantity.Of(41)},
	}}
	for name, test := range map[string]struct {
		spoil func(*inquiry.SizeAccepted)
		want  error
	}{
		"neither size nor form": {func(size *inquiry.SizeAccepted) { size.Form = "" }, fault.ErrRequired},
		"no form of the line":   {func(size *inquiry.SizeAccepted) { size.Form = "milled" }, fault.ErrUnknownValue},
		"sum":                   {func(size *inquiry.SizeAccepted) { size.Quantity = quantity.Of(40) }, inquiry.ErrSizesSum},
		"nothing":               {func(size *inquiry.SizeAccepted) { size.Quantity = 0 }, inquiry.ErrQuantityNotPositive},
	} {
		spoilt := receipt
		spoilt.Sizes = []inquiry.SizeAccepted{receipt.Sizes[0], receipt.Sizes[1]}
		test.spoil(&spoilt.Sizes[1])
		_, err := s.Receive(ctx, s.buyer, sent.ID, spoilt)
		require.ErrorIs(t, err, test.want, name)
	}
	got, err := s.Receive(ctx, s.buyer, sent.ID, receipt)
	require.NoError(t, err)
	require.Equal(t, "iced", got.Received.Sizes[1].Form)
	var iced, live quantity.Quantity
	const query = `SELECT sum(quantity)::bigint FROM ledger.postings WHERE movement IN ('accepted', 'over') AND form = $1`
	require.NoError(t, s.db.Get(ctx, &iced, query, "iced"))
	require.NoError(t, s.db.Get(ctx, &live, query, "live"))
	require.Equal(t, []quantity.Quantity{quantity.Of(41), quantity.Of(60)}, []quantity.Quantity{iced, live})
	requireAudited(t, s.market)
}

// dây 12 is 1.2 kg with the tie for one kg of crab: where the quote says nothing of a tie, the award
// counts what the scale shows, and what the dock measures comes off.
func TestThePriceIsNetOfTheTie(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, test := range map[string]struct {
		tie      quantity.Quantity
		accepted quantity.Quantity
		want     money.VND
	}{
		"no tie":                 {0, 60_000, 15_000_000},
		"12":                     {1_200, 60_000, 12_500_000},
		"half up":                {1_300, 10_000, 250 * 7_692}, // 7.6923…
		"half up, and is up":     {2_000, 10_001, 250 * 5_001}, // 5.0005
		"a tie without a weight": {1_000, 60_000, 15_000_000},
	} {
		s := newSold(t, "live", quantity.Of(60))
		sent := s.sent(test.accepted)
		got, err := s.Receive(ctx, s.buyer, sent.ID, inquiry.Receipt{Accepted: test.accepted, Tie: test.tie})
		require.NoError(t, err, name)
		require.Equal(t, test.want, got.Received.ValueVND, name)
		amount, value := s.posted("accepted")
		require.Equal(t, test.accepted, amount, "the volume is what was on the scale")
		require.Equal(t, test.want, value, name)
		seen, err := s.GetDelivery(ctx, s.producer, sent.ID)
		require.NoError(t, err)
		require.Equal(t, test.want, seen.Received.ValueVND)
		require.Equal(t, test.tie, seen.Received.Tie)
		requireAudited(t, s.market)
	}
	s := newSold(t, "live", quantity.Of(60))
	sent := s.sent(quantity.Of(60))
	for _, tie := range []quantity.Quantity{-1, 1, 999, 3_001} {
		_, err := s.Receive(ctx, s.buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(60), Tie: tie})
		require.ErrorIs(t, err, fault.ErrOutOfRange)
	}
	_, err := s.Receive(ctx, s.buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(60), Tie: 1_200, PriceGross: true})
	require.ErrorIs(t, err, inquiry.ErrPriceIsNet, "the quote named a price for what the scale shows")
	s = newSold(t, "iced", quantity.Of(60))
	_, err = s.Receive(ctx, s.buyer, s.sent(quantity.Of(60)).ID, inquiry.Receipt{Accepted: quantity.Of(60), Tie: 1_200})
	require.ErrorIs(t, err, inquiry.ErrTieOfLive)
}
