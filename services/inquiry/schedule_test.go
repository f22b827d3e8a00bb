package inquiry_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/paper/papertest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// newSplit is a quote of 100 kg on three dates, 30, 30 and 40, in 5, 7 and 10 days; nothing is awarded.
func newSplit(t testing.TB) (s *sold, quote inquiry.Quote) {
	t.Helper()
	m := newMarket(t)
	s = &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	offer := m.offer(s.producer, m.shrimp(s.producer, "iced").ID, quantity.Of(1000))
	asked := m.placed(s.buyer, m.demand(quantity.Of(100)))
	quote, err := m.Quote(context.Background(), s.producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
		QuoteTerms: inquiry.QuoteTerms{Split: []inquiry.Part{
			{DeliverOn: m.today.AddDays(5), Quantity: quantity.Of(30)}, {DeliverOn: m.today.AddDays(7), Quantity: quantity.Of(30)},
			{DeliverOn: m.today.AddDays(10), Quantity: quantity.Of(40)},
		}},
	})
	require.NoError(t, err)
	return s, quote
}

// take awards so much of a quote.
func (s *sold) take(quote inquiry.Quote, amount int64) inquiry.Award {
	s.t.Helper()
	awards, err := s.Award(context.Background(), s.buyer, quote.InquiryID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(amount)}})
	require.NoError(s.t, err)
	return awards[0]
}

// planned are the dates of an award, in whole units by days from today.
func (s *sold) planned(a inquiry.Award) [][2]int64 {
	var parts [][2]int64
	for _, due := range a.Schedule {
		parts = append(parts, [2]int64{int64(s.today.Days(due.DeliverOn)), int64(due.Quantity / quantity.Unit)})
	}
	return parts
}

// Awards of one quote share its dates out in their order, and each tells its own to both sides, in the
// answer and on the paper. What one of them gives up does not come back to the dates of the quote.
func TestAwardsShareTheDatesOfAQuote(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, quote := newSplit(t)
	one := s.take(quote, 50)
	require.Equal(t, [][2]int64{{5, 30}, {7, 20}}, s.planned(one))
	require.Equal(t, s.today.AddDays(5), one.DeliverOn)
	_, err := s.CancelAward(ctx, s.buyer, one.ID, "", "")
	require.NoError(t, err)
	two := s.take(quote, 10)
	require.Empty(t, two.Schedule, "one date says itself")
	require.Equal(t, s.today.AddDays(7), two.DeliverOn)
	three := s.take(quote, 40)
	require.Empty(t, three.Schedule)
	require.Equal(t, s.today.AddDays(10), three.DeliverOn)
	for _, who := range []identity.Principal{s.buyer, s.producer} {
		read, err := s.GetAward(ctx, who, one.ID)
		require.NoError(t, err)
		require.Equal(t, [][2]int64{{5, 30}, {7, 20}}, s.planned(read))
		require.True(t, read.Schedule[0].Short && read.Schedule[1].Short, "cancelled")
	}
	paper, err := s.ContractPaper(ctx, s.producer, one.ID, "vi")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(papertest.Text(t, paper)), " ")
	for _, part := range []struct {
		days   int
		amount string
	}{{5, "30 kg"}, {7, "20 kg"}} {
		day := s.today.AddDays(part.days)
		require.Contains(t, text, vietnamese(day)+" "+part.amount)
	}
	requireAudited(t, s.market)
}

func vietnamese(day civil.Date) string { return day.In(time.UTC).Format("02/01/2006") }

// The table refuses a schedule that is not the award's: not its quantity, not its days.
func TestAScheduleAddsUpByConstraint(t *testing.T) {
	t.Parallel()
	s, quote := newSplit(t)
	award := s.take(quote, 100)
	require.Equal(t, [][2]int64{{5, 30}, {7, 30}, {10, 40}}, s.planned(award))
	day := func(days int) string { return s.today.AddDays(days).String() }
	for name, schedule := range map[string]string{
		"short":       `[{"deliver_on":"` + day(5) + `","quantity":"30"},{"deliver_on":"` + day(7) + `","quantity":"69.999"}]`,
		"falling":     `[{"deliver_on":"` + day(5) + `","quantity":"30"},{"deliver_on":"` + day(5) + `","quantity":"70"}]`,
		"elsewhere":   `[{"deliver_on":"` + day(6) + `","quantity":"30"},{"deliver_on":"` + day(7) + `","quantity":"70"}]`,
		"nothing":     `[{"deliver_on":"` + day(5) + `","quantity":"0"},{"deliver_on":"` + day(7) + `","quantity":"100"}]`,
		"one":         `[{"deliver_on":"` + day(5) + `","quantity":"100"}]`,
		"of no parts": `[{},{}]`,
	} {
		_, err := s.lent.Owner.Exec(t.Context(), `UPDATE inquiry.awards SET schedule = CAST($2 AS jsonb) WHERE id = $1`, award.ID, schedule)
		require.ErrorContains(t, err, "award_schedule_adds_up", name)
	}
}

// moved puts the dates of the award so many days earlier, and the days of what came with them.
func (s *sold) moved(award inquiry.Award, days int) {
	s.owner(`
		UPDATE inquiry.awards SET deliver_on = deliver_on - CAST($2 AS int), schedule = (
		       SELECT jsonb_agg(jsonb_set(e, '{deliver_on}', to_jsonb(CAST(CAST(e ->> 'deliver_on' AS date) - CAST($2 AS int) AS text))))
		         FROM jsonb_array_elements(schedule) e) WHERE id = $1`, award.ID, days)
	s.owner(`UPDATE inquiry.deliveries SET dispatched_at = dispatched_at - make_interval(days => $2), received_at = received_at - make_interval(days => $2)
		WHERE award_id = $1`, award.ID, days)
}

// Deliveries fall due by date: each fills the first date that is open when it leaves. What was rejected
// fills none, and comes again for the same date; only who misses the first open date is in default.
func TestDeliveriesFallDueByDate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, quote := newSplit(t)
	s.award = s.take(quote, 100)
	late := func() (late []bool) {
		award, err := s.GetAward(ctx, s.buyer, s.award.ID)
		require.NoError(t, err)
		for _, due := range award.Schedule {
			late = append(late, due.Late)
		}
		return late
	}
	isLate := func(delivery inquiry.Delivery) bool {
		read, err := s.GetDelivery(ctx, s.producer, delivery.ID)
		require.NoError(t, err)
		return read.Late
	}
	first := s.sent(quantity.Of(30))
	_, err := s.Receive(ctx, s.buyer, first.ID, inquiry.Receipt{Accepted: quantity.Of(20), Rejected: quantity.Of(10)})
	require.NoError(t, err)
	s.moved(s.award, 6) // the first date was yesterday
	require.Equal(t, []bool{true, false, false}, late(), "10 of the first date are missing")
	again := s.sent(quantity.Of(10))
	require.True(t, again.Late, "due yesterday")
	second := s.sent(quantity.Of(30))
	require.False(t, second.Late, "due tomorrow")
	_, err = s.CancelAward(ctx, s.buyer, s.award.ID, "default", "")
	require.NoError(t, err)
	got, err := s.Receive(ctx, s.buyer, again.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
	require.NoError(t, err)
	require.True(t, got.Late)
	got, err = s.Receive(ctx, s.buyer, second.ID, inquiry.Receipt{Accepted: quantity.Of(30)})
	require.NoError(t, err)
	require.False(t, got.Late)
	require.False(t, isLate(first))
	award, err := s.GetAward(ctx, s.producer, s.award.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(30), award.Schedule[1].Accepted)
	require.False(t, award.Schedule[1].Late || award.Schedule[1].Short)
	require.True(t, award.Schedule[2].Short)
	require.False(t, award.Schedule[2].Late, "released")

	// The database says the same of each delivery's date, for the producer's record.
	for _, test := range []struct {
		delivery inquiry.Delivery
		days     int
	}{{first, -1}, {again, -1}, {second, 1}} {
		var due civil.Date
		require.NoError(t, s.db.Get(ctx, &due, `SELECT inquiry.delivery_due($1, $2)`, s.award.ID, test.delivery.ID))
		require.Equal(t, s.today.AddDays(test.days), due)
	}
	asked := s.placed(s.buyer, s.demand(quantity.Of(10)))
	s.quote(s.producer, asked, s.award.OfferID, quantity.Of(10), 1000)
	require.NoError(t, s.KeepRecords(ctx))
	kept := s.compare(s.buyer, asked)[0].Performance.OnTime
	require.Equal(t, []int{1, 0}, []int{kept.Cases, kept.Met}, "what came again came late")
	requireAudited(t, s.market)
}

// A buyer cannot call default what is not due yet: the first date was met, the next is to come.
func TestDefaultIsOfTheFirstUnmetDate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, quote := newSplit(t)
	s.award = s.take(quote, 100)
	_, err := s.Receive(ctx, s.buyer, s.sent(quantity.Of(30)).ID, inquiry.Receipt{Accepted: quantity.Of(30)})
	require.NoError(t, err)
	s.moved(s.award, 6)
	_, err = s.CancelAward(ctx, s.buyer, s.award.ID, "default", "")
	require.ErrorIs(t, err, inquiry.ErrNotOverdue)
	_, err = s.CancelAward(ctx, s.producer, s.award.ID, "", "")
	require.ErrorIs(t, err, inquiry.ErrNeedsAgreement, "bound since the first date")
	s.moved(s.award, 2)
	ended, err := s.CancelAward(ctx, s.buyer, s.award.ID, "default", "")
	require.NoError(t, err)
	require.Equal(t, quantity.Of(70), ended.Released)
}
