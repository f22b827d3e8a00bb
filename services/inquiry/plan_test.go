package inquiry_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// sold is an award of so much tôm sú, with both its sides.
type sold struct {
	*market

	buyer, producer identity.Principal
	award           inquiry.Award
}

func newSold(t testing.TB, form string, amount quantity.Quantity) *sold {
	t.Helper()
	m := newMarket(t)
	s := &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	offer := m.offer(s.producer, m.shrimp(s.producer, form).ID, 2*amount)
	asked := m.placed(s.buyer, m.demand(amount))
	quote := m.quote(s.producer, asked, offer, amount, 250_000)
	awards, err := m.Award(context.Background(), s.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: amount}})
	require.NoError(t, err)
	s.award = awards[0]
	return s
}

// sent is a delivery of so much.
func (s *sold) sent(amount quantity.Quantity) inquiry.Delivery {
	s.t.Helper()
	sent, err := s.Deliver(context.Background(), s.producer, s.award.ID, inquiry.Dispatch{Quantity: amount})
	require.NoError(s.t, err)
	return sent
}

// owner runs a statement with the rights of the database's owner.
func (s *sold) owner(statement string, args ...any) {
	s.t.Helper()
	_, err := s.lent.Owner.Exec(context.Background(), statement, args...)
	require.NoError(s.t, err)
}

func TestADeliveryIsAnnouncedBeforeItLeaves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	plan := inquiry.Plan{Quantity: quantity.Of(60), Day: s.today.AddDays(5), SlotFrom: "03:00", SlotTo: "05:00", Note: "cửa 2"}
	_, err := s.Schedule(ctx, s.buyer, s.award.ID, plan)
	require.ErrorIs(t, err, fault.ErrForbidden)
	announced, err := s.Schedule(ctx, s.producer, s.award.ID, plan)
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryScheduled, announced.State)
	require.Nil(t, announced.Dispatched)
	award, err := s.GetAward(ctx, s.buyer, s.award.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(100), award.Remaining, "an announcement moves no volume")
	require.Equal(t, inquiry.AwardCommitted, award.State)
	_, err = s.Receive(ctx, s.buyer, announced.ID, inquiry.Receipt{Accepted: quantity.Of(60)})
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)

	seen, err := s.GetDelivery(ctx, s.buyer, announced.ID)
	require.NoError(t, err)
	require.Equal(t, announced, seen)
	require.Equal(t, &inquiry.Planned{Quantity: quantity.Of(60), Day: plan.Day, SlotFrom: "03:00", SlotTo: "05:00"}, seen.Planned)

	left, err := s.DispatchPlanned(ctx, s.producer, announced.ID, inquiry.Dispatch{
		Quantity: quantity.Of(55), Lot: "L-1", DispatchFacts: inquiry.DispatchFacts{
			Vehicle: " 69C-123.45 ", Temperature: new(-185), Documents: []string{"KD 0123/CM"},
		},
	})
	require.NoError(t, err)
	require.Equal(t, announced.ID, left.ID)
	require.Equal(t, inquiry.DeliveryDispatched, left.State)
	seen, err = s.GetDelivery(ctx, s.buyer, left.ID)
	require.NoError(t, err)
	require.Equal(t, "69C-123.45", seen.Dispatched.Vehicle)
	require.Equal(t, -185, *seen.Dispatched.Temperature)
	require.Equal(t, []string{"KD 0123/CM"}, seen.Dispatched.Documents)
	require.Equal(t, quantity.Of(60), seen.Planned.Quantity)
	require.Equal(t, "cửa 2", seen.Note)
	_, err = s.DispatchPlanned(ctx, s.producer, announced.ID, inquiry.Dispatch{Quantity: quantity.Of(1)})
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)

	// The list holds what is announced and what has left, each once.
	other, err := s.Schedule(ctx, s.producer, s.award.ID, inquiry.Plan{Quantity: quantity.Of(45), Day: s.today})
	require.NoError(t, err)
	cancelled, err := s.CancelPlanned(ctx, s.producer, other.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryCancelled, cancelled.State)
	_, err = s.DispatchPlanned(ctx, s.producer, other.ID, inquiry.Dispatch{Quantity: quantity.Of(45)})
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)
	_, err = s.CancelPlanned(ctx, s.producer, left.ID)
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)
	list, err := s.Deliveries(ctx, s.buyer, s.award.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, other.ID, list[0].ID)
	total, err := s.CountDeliveries(ctx, s.buyer, s.award.ID)
	require.NoError(t, err)
	require.Equal(t, 2, total)
	requireAudited(t, s.market)
}

func TestAnnouncementsAreChecked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	good := inquiry.Plan{Quantity: quantity.Of(60), Day: s.today.AddDays(5), SlotFrom: "23:00", SlotTo: "01:00"}
	_, err := s.Schedule(ctx, s.producer, s.award.ID, good)
	require.NoError(t, err, "past midnight")
	for name, test := range map[string]struct {
		spoil func(*inquiry.Plan)
		want  error
	}{
		"nothing":          {func(p *inquiry.Plan) { p.Quantity = 0 }, inquiry.ErrQuantityNotPositive},
		"another unit":     {func(p *inquiry.Plan) { p.Unit = "piece" }, inquiry.ErrUnitDiffers},
		"yesterday":        {func(p *inquiry.Plan) { p.Day = s.today.AddDays(-1) }, inquiry.ErrDatePast},
		"in two years":     {func(p *inquiry.Plan) { p.Day = s.today.AddDays(731) }, fault.ErrOutOfRange},
		"half a slot":      {func(p *inquiry.Plan) { p.SlotTo = "" }, inquiry.ErrSlot},
		"no slot at all":   {func(p *inquiry.Plan) { p.SlotTo = p.SlotFrom }, inquiry.ErrSlot},
		"no time of day":   {func(p *inquiry.Plan) { p.SlotTo = "24:00" }, inquiry.ErrSlot},
		"no two digits":    {func(p *inquiry.Plan) { p.SlotTo = "3:00" }, inquiry.ErrSlot},
		"more than agreed": {func(p *inquiry.Plan) { p.Quantity = quantity.Of(101) }, ledger.ErrAwardExceeded},
	} {
		plan := good
		test.spoil(&plan)
		_, err := s.Schedule(ctx, s.producer, s.award.ID, plan)
		require.ErrorIs(t, err, test.want, name)
	}
	for name, test := range map[string]struct {
		facts inquiry.DispatchFacts
		want  error
	}{
		"plate":       {inquiry.DispatchFacts{Vehicle: strings.Repeat("9", 21)}, fault.ErrTooLong},
		"temperature": {inquiry.DispatchFacts{Temperature: new(1001)}, fault.ErrOutOfRange},
		"document":    {inquiry.DispatchFacts{Documents: []string{" "}}, fault.ErrRequired},
		"long":        {inquiry.DispatchFacts{Documents: []string{strings.Repeat("9", 101)}}, fault.ErrTooLong},
	} {
		_, err := s.Deliver(ctx, s.producer, s.award.ID, inquiry.Dispatch{Quantity: quantity.Of(1), DispatchFacts: test.facts})
		require.ErrorIs(t, err, test.want, name)
	}
}

// Late and short follow from the days and the balances; the agreed day is Vietnam's.
func TestLateAndShort(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	first, second := s.sent(quantity.Of(50)), s.sent(quantity.Of(40))
	require.False(t, first.Late)
	require.False(t, first.Short)
	got, err := s.Receive(ctx, s.buyer, first.ID, inquiry.Receipt{Accepted: quantity.Of(50)})
	require.NoError(t, err)
	require.False(t, got.Late)

	s.owner(`UPDATE inquiry.awards SET deliver_on = $2 WHERE id = $1`, s.award.ID, s.today)
	out, err := s.GetDelivery(ctx, s.producer, second.ID)
	require.NoError(t, err)
	require.False(t, out.Late, "the agreed day is not over")
	s.owner(`UPDATE inquiry.awards SET deliver_on = $2 WHERE id = $1`, s.award.ID, s.today.AddDays(-1))
	out, err = s.GetDelivery(ctx, s.producer, second.ID)
	require.NoError(t, err)
	require.True(t, out.Late, "still out after the agreed day")
	got, err = s.Receive(ctx, s.buyer, second.ID, inquiry.Receipt{Accepted: quantity.Of(40)})
	require.NoError(t, err)
	require.True(t, got.Late)
	require.False(t, got.Short, "10 are still owed")

	_, err = s.Shortfall(ctx, s.producer, s.award.ID, quantity.Of(10), "")
	require.NoError(t, err)
	got, err = s.GetDelivery(ctx, s.buyer, second.ID)
	require.NoError(t, err)
	require.True(t, got.Short)
}

// How long goods may be under way before their receipt counts as missing is data.
func TestUnconfirmedAfterTheHoursOfTheForm(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for form, want := range map[string]inquiry.DeliveryState{"live": inquiry.DeliveryUnconfirmed, "iced": inquiry.DeliveryDispatched} {
		s := newSold(t, form, quantity.Of(100))
		day, almost := time.Now().Add(-24*time.Hour-time.Minute), time.Now().Add(-24*time.Hour+time.Minute)
		old, err := s.Deliver(ctx, s.producer, s.award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), DispatchedAt: day})
		require.NoError(t, err)
		fresh, err := s.Deliver(ctx, s.producer, s.award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), DispatchedAt: almost})
		require.NoError(t, err)
		seen, err := s.GetDelivery(ctx, s.buyer, old.ID)
		require.NoError(t, err)
		require.Equal(t, want, seen.State, form)
		seen, err = s.GetDelivery(ctx, s.buyer, fresh.ID)
		require.NoError(t, err)
		require.Equal(t, inquiry.DeliveryDispatched, seen.State, form)

		s.owner(`INSERT INTO inquiry.delivery_rules (rule, line, form, value, source) VALUES ('confirm_hours', 'black_tiger_shrimp', NULL, 23, 'test')`)
		seen, err = s.GetDelivery(ctx, s.buyer, fresh.ID)
		require.NoError(t, err)
		require.Equal(t, inquiry.DeliveryUnconfirmed, seen.State, "the rule of a line comes before that of a form")
		_, err = s.Receive(ctx, s.producer, old.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
		require.ErrorIs(t, err, fault.ErrForbidden, "only the receiver can confirm")
		got, err := s.Receive(ctx, s.buyer, old.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
		require.NoError(t, err)
		require.Equal(t, inquiry.DeliveryReceived, got.State)
	}
}
