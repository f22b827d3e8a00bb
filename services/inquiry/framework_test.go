package inquiry_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// frame awards 100 kg of a producer's goods as a framework from today for twenty days.
func (m *market) frame(buyer, producer identity.Principal, form string, indicative bool) inquiry.Award {
	m.t.Helper()
	ctx := context.Background()
	offer := m.offer(producer, m.shrimp(producer, form).ID, quantity.Of(300))
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	period := inquiry.Period{From: m.today, To: m.today.AddDays(20)}
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
		Framework: &inquiry.FrameworkQuote{Period: period, Indicative: indicative},
	})
	require.NoError(m.t, err)
	made, err := m.Decide(ctx, buyer, asked.ID, inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}}, Framework: &period})
	require.NoError(m.t, err)
	return made.Awards[0]
}

// call is a call-off of so much, in three days.
func (m *market) call(amount int64, price money.VND) inquiry.NewCallOff {
	return inquiry.NewCallOff{
		Quantity: quantity.Of(amount), DeliverOn: m.today.AddDays(3), SlotFrom: "03:00", SlotTo: "05:00", CommuneCode: "25747", PriceVND: price,
	}
}

func TestAFrameworkIsDrawnDownByCallOffs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	award := m.frame(buyer, producer, "iced", false)
	require.Equal(t, quantity.Of(200), m.remaining(award.OfferID), "the whole is committed at once")
	require.Equal(t, quantity.Of(100), award.Framework.Uncalled)
	_, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(1)})
	require.ErrorIs(t, err, inquiry.ErrCallOffNeeded)

	for field, wrong := range map[*fault.Definition]inquiry.NewCallOff{
		inquiry.ErrQuantityNotPositive: m.call(0, 0), inquiry.ErrPriceFixed: m.call(10, 240_000), inquiry.ErrFrameworkExceeded: m.call(101, 0),
		inquiry.ErrSlot:          {Quantity: 1, DeliverOn: m.today, SlotFrom: "23:00", SlotTo: "01:00", CommuneCode: "25747"},
		inquiry.ErrOutsidePeriod: {Quantity: 1, DeliverOn: m.today.AddDays(21), CommuneCode: "25747"},
		inquiry.ErrDatePast:      {Quantity: 1, DeliverOn: m.today.AddDays(-1), CommuneCode: "25747"},
		inquiry.ErrUnitDiffers:   {Quantity: 1, Unit: "piece", DeliverOn: m.today, CommuneCode: "25747"},
		fault.ErrUnknownValue:    {Quantity: 1, DeliverOn: m.today, CommuneCode: "00000"},
	} {
		_, err = m.CallOff(ctx, buyer, award.ID, wrong)
		require.ErrorIs(t, err, field)
	}
	_, err = m.CallOff(ctx, producer, award.ID, m.call(10, 0))
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.CallOff(ctx, m.organisation(identity.Buyer), award.ID, m.call(10, 0))
	require.ErrorIs(t, err, fault.ErrNotFound)
	called, err := m.CallOff(ctx, buyer, award.ID, m.call(40, 0))
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.CallOffConfirmed, money.VND(250_000)}, []any{called.State, called.PriceVND}, "a fixed price needs no word")

	_, err = m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(41), CallOffID: called.ID})
	require.ErrorIs(t, err, inquiry.ErrCallOffExceeded)
	other := m.frame(buyer, producer, "iced", false)
	_, err = m.Deliver(ctx, producer, other.ID, inquiry.Dispatch{Quantity: quantity.Of(1), CallOffID: called.ID})
	require.ErrorIs(t, err, fault.ErrNotFound)
	sent, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(40), CallOffID: called.ID})
	require.NoError(t, err)
	require.Equal(t, called.ID, sent.CallOffID)
	_, err = m.DecideCallOff(ctx, buyer, called.ID, inquiry.MoveCancelCall, "thừa")
	require.ErrorIs(t, err, inquiry.ErrNothingLeft)
	_, err = m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(30), Rejected: quantity.Of(10)})
	require.NoError(t, err)
	again, err := m.DecideCallOff(ctx, buyer, called.ID, inquiry.MoveCancelCall, "thừa")
	require.NoError(t, err)
	require.Equal(t, quantity.Of(30), again.Drawn)
	after, err := m.GetAward(ctx, producer, award.ID)
	require.NoError(t, err)
	require.Equal(t, []quantity.Quantity{quantity.Of(30), quantity.Of(70), quantity.Of(70)},
		[]quantity.Quantity{after.Framework.Called, after.Framework.Uncalled, after.Remaining})

	// What live call-offs take cannot be announced as a shortfall.
	_, err = m.CallOff(ctx, buyer, award.ID, m.call(60, 0))
	require.NoError(t, err)
	_, err = m.Shortfall(ctx, producer, award.ID, quantity.Of(11), "")
	require.ErrorIs(t, err, inquiry.ErrFrameworkExceeded)
	_, err = m.Shortfall(ctx, producer, award.ID, quantity.Of(10), "")
	require.NoError(t, err)
	spot := m.dueInFive(buyer, producer, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(100)))
	_, err = m.CallOff(ctx, buyer, spot.ID, m.call(10, 0))
	require.ErrorIs(t, err, inquiry.ErrNotFramework)
	_, err = m.Deliver(ctx, producer, spot.ID, inquiry.Dispatch{Quantity: quantity.Of(1), CallOffID: called.ID})
	require.ErrorIs(t, err, inquiry.ErrNotFramework)
	requireAudited(t, m)
}

// The price of live goods is confirmed by both sides, and is what their delivery is worth.
func TestTheCallOffsPriceIsWhatItsDeliveryIsWorth(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	for form, indicative := range map[string]bool{"live": false, "iced": true} {
		award := m.frame(buyer, producer, form, indicative)
		_, err := m.CallOff(ctx, buyer, award.ID, m.call(10, 0))
		require.ErrorIs(t, err, inquiry.ErrPriceNotPositive)
		called, err := m.CallOff(ctx, buyer, award.ID, m.call(10, 300_000))
		require.NoError(t, err)
		require.Equal(t, inquiry.CallOffProposed, called.State)
		_, err = m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), CallOffID: called.ID})
		require.ErrorIs(t, err, inquiry.ErrCallOffState)
		_, err = m.DecideCallOff(ctx, m.organisation(identity.Producer), called.ID, inquiry.MoveConfirmCall, "")
		require.ErrorIs(t, err, fault.ErrNotFound)
		_, err = m.DecideCallOff(ctx, producer, called.ID, inquiry.MoveConfirmCall, "")
		require.NoError(t, err)
		sent, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), CallOffID: called.ID})
		require.NoError(t, err)
		got, err := m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
		require.NoError(t, err)
		require.Equal(t, money.VND(3_000_000), got.Received.ValueVND)
		var posted money.VND
		require.NoError(t, m.db.Get(ctx, &posted, `SELECT value_vnd FROM ledger.postings WHERE award_id = $1 AND movement = 'accepted'`, award.ID))
		require.Equal(t, money.VND(3_000_000), posted)
		refused, err := m.CallOff(ctx, buyer, award.ID, m.call(90, 100_000))
		require.NoError(t, err)
		_, err = m.DecideCallOff(ctx, producer, refused.ID, inquiry.MoveRefuseCall, "rẻ quá")
		require.NoError(t, err)
		after, err := m.GetAward(ctx, buyer, award.ID)
		require.NoError(t, err)
		require.Equal(t, quantity.Of(90), after.Framework.Uncalled, "what was refused can be called off again")
	}
	requireAudited(t, m)
}

// What is ambiguous is refused: no framework without the producer's word, no goods at a price that is a guide.
func TestAFrameworkIsWhatBothSidesSaid(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(300))
	quoted := func(offered *inquiry.FrameworkQuote) (inquiry.Inquiry, []inquiry.Allocation) {
		asked := m.placed(buyer, m.demand(quantity.Of(100)))
		quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Framework: offered, Reserve: new(false)})
		require.NoError(t, err)
		require.Equal(t, offered, quote.Framework)
		return asked, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}}
	}
	period := inquiry.Period{From: m.today.AddDays(1), To: m.today.AddDays(10)}
	spot, ofSpot := quoted(nil)
	_, err := m.Decide(ctx, buyer, spot.ID, inquiry.Act{Allocations: ofSpot, Framework: &period})
	require.ErrorIs(t, err, inquiry.ErrNoFrameworkQuoted)
	guide, ofGuide := quoted(&inquiry.FrameworkQuote{Period: period, Indicative: true})
	_, err = m.Award(ctx, buyer, guide.ID, ofGuide)
	require.ErrorIs(t, err, inquiry.ErrIndicativePrice)
	for _, wrong := range []struct {
		inquiry.Period

		want *fault.Definition
	}{
		{inquiry.Period{From: m.today, To: period.To}, inquiry.ErrNoFrameworkQuoted},
		{inquiry.Period{From: period.From, To: period.To.AddDays(1)}, inquiry.ErrNoFrameworkQuoted},
		{inquiry.Period{From: period.To, To: period.From}, inquiry.ErrFrameworkPeriod},
		{inquiry.Period{From: m.today.AddDays(-1), To: period.To}, inquiry.ErrDatePast},
	} {
		_, err = m.Decide(ctx, buyer, guide.ID, inquiry.Act{Allocations: ofGuide, Framework: &wrong.Period})
		require.ErrorIs(t, err, wrong.want)
	}
	made, err := m.Decide(ctx, buyer, guide.ID, inquiry.Act{Allocations: ofGuide, Framework: &period})
	require.NoError(t, err)
	require.Equal(t, period.To, made.Awards[0].DeliverOn, "due, with its marks, by the end")
	_, err = m.Quote(ctx, producer, m.placed(buyer, m.demand(quantity.Of(100))).ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(1), PriceVND: 1, DeliverOn: m.today.AddDays(5), Framework: &inquiry.FrameworkQuote{Period: inquiry.Period{From: period.To, To: period.From}},
	})
	require.ErrorIs(t, err, inquiry.ErrFrameworkPeriod)
}

// Promise: the live call-offs never exceed what remains, whatever runs in parallel.
func TestParallelCallOffsNeverExceedTheFramework(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	award := m.frame(buyer, producer, "iced", false)
	var group sync.WaitGroup
	var mutex sync.Mutex
	var live quantity.Quantity
	refused := 0
	for n := range 24 {
		group.Go(func() {
			amount := quantity.Of(int64(3 + n%7))
			made, err := m.CallOff(context.Background(), buyer, award.ID, m.call(int64(3+n%7), 0))
			if err == nil && n%4 == 0 {
				_, cancelled := m.DecideCallOff(context.Background(), buyer, made.ID, inquiry.MoveCancelCall, "thừa")
				if cancelled != nil {
					t.Errorf("cancelling: %v", cancelled)
				}
				amount = 0
			}
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil:
				live += amount
			case errors.Is(err, inquiry.ErrFrameworkExceeded):
				refused++
			default:
				t.Errorf("calling off: %v", err)
			}
		})
	}
	group.Wait()
	require.Positive(t, refused)
	require.LessOrEqual(t, live, quantity.Of(100))
	after, err := m.GetAward(context.Background(), buyer, award.ID)
	require.NoError(t, err)
	require.Equal(t, live, after.Framework.Called)
	requireAudited(t, m)

	// The constraint is the fence, whatever the code does.
	_, err = m.db.Exec(context.Background(), `UPDATE inquiry.awards SET called = quantity + 1 WHERE id = $1`, award.ID)
	require.ErrorContains(t, err, "framework_not_overcalled")
}

func TestTheRestOfAFrameworkIsReleasedAtItsEnd(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	award := m.frame(buyer, producer, "live", false)
	var calls []inquiry.CallOff
	for range 3 {
		one, err := m.CallOff(ctx, buyer, award.ID, m.call(10, 300_000))
		require.NoError(t, err)
		calls = append(calls, one)
	}
	for _, one := range calls[:2] {
		_, err := m.DecideCallOff(ctx, producer, one.ID, inquiry.MoveConfirmCall, "")
		require.NoError(t, err)
	}
	sent, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10), CallOffID: calls[0].ID})
	require.NoError(t, err)
	require.NoError(t, m.in(20).EndFramework(ctx, award.ID))
	require.Equal(t, quantity.Of(200), m.remaining(award.OfferID), "the last day is a day of it")
	late := m.in(21)
	for range 2 {
		require.NoError(t, late.EndFramework(ctx, award.ID))
	}
	require.Equal(t, quantity.Of(280), m.remaining(award.OfferID), "what was confirmed goes on")
	_, err = late.CallOff(ctx, buyer, award.ID, m.call(1, 1))
	require.ErrorIs(t, err, inquiry.ErrAwardState)
	_, err = late.DecideCallOff(ctx, producer, calls[2].ID, inquiry.MoveConfirmCall, "")
	require.ErrorIs(t, err, inquiry.ErrCallOffState)
	_, err = late.DecideCallOff(ctx, buyer, calls[1].ID, inquiry.MoveCancelCall, "không đến")
	require.NoError(t, err)
	require.Equal(t, quantity.Of(290), m.remaining(award.OfferID), "what becomes free after the end is released")
	_, err = late.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
	require.NoError(t, err)
	after, err := m.GetAward(ctx, buyer, award.ID)
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.AwardCompleted, quantity.Of(90), quantity.Of(0)}, []any{after.State, after.Released, after.Framework.Uncalled})
	require.NotNil(t, after.Framework.EndedAt)
	require.NoError(t, late.EndFramework(ctx, uuid.New()), "of nothing nothing")
	var waiting time.Time
	require.NoError(t, m.db.Get(ctx, &waiting, `SELECT scheduled_at FROM jobs.river_job WHERE kind = 'inquiry.framework_end'`))
	require.True(t, waiting.Equal(m.today.AddDays(21).In(time.FixedZone("", 7*3600))), "the job waits for the end: %s", waiting)
	requireAudited(t, m)
}

// A framework is in default when what was called off and confirmed did not come; ending it ends its call-offs.
func TestAFrameworkInDefault(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	award := m.frame(buyer, producer, "iced", false)
	_, err := m.CancelAward(ctx, buyer, award.ID, "", "")
	require.ErrorIs(t, err, inquiry.ErrNeedsAgreement, "it binds from its first day")
	called, err := m.CallOff(ctx, buyer, award.ID, m.call(10, 0))
	require.NoError(t, err)
	_, err = m.in(3).CancelAward(ctx, buyer, award.ID, "default", "")
	require.ErrorIs(t, err, inquiry.ErrNotOverdue)
	sent, err := m.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(4), CallOffID: called.ID})
	require.NoError(t, err)
	ended, err := m.in(4).CancelAward(ctx, buyer, award.ID, "default", "")
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.CancelledDefault, quantity.Of(96), quantity.Of(4)}, []any{ended.CancelledAs, ended.Released, ended.InTransit})
	_, err = m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Rejected: quantity.Of(4)})
	require.NoError(t, err)
	require.Equal(t, quantity.Of(300), m.remaining(award.OfferID))
	list, err := m.CallOffs(ctx, producer, award.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, inquiry.CallOffCancelled, list[0].State)
	requireAudited(t, m)
}

// A claim counts against one year's ceiling: a framework under it lies within one, or goes without.
func TestAFrameworkUnderACeilingLiesWithinAYear(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, holder, member := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	m.certified(holder, "ASC_FARM", group(quantity.Of(1000), member), m.today.AddDays(400))
	asked := m.placed(buyer, m.asking(quantity.Of(500), "ASC_FARM"))
	period := inquiry.Period{From: m.today, To: civil.New(m.today.Year+1, time.January, 1)}
	quote, err := m.Quote(ctx, holder, asked.ID, inquiry.NewQuote{
		OfferID: m.offer(holder, m.shrimp(holder, "iced").ID, quantity.Of(300)), Quantity: quantity.Of(100), PriceVND: 250_000,
		DeliverOn: m.today.AddDays(5), Reserve: new(false), Framework: &inquiry.FrameworkQuote{Period: period},
	})
	require.NoError(t, err)
	act := inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(10)}}, Framework: &period}
	_, err = m.Decide(ctx, buyer, asked.ID, act)
	require.ErrorIs(t, err, inquiry.ErrFrameworkYears)
	act.Allocations[0].Unclaimed = true
	_, err = m.Decide(ctx, buyer, asked.ID, act)
	require.NoError(t, err)
	requireAudited(t, m)
}
