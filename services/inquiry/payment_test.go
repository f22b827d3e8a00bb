package inquiry_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// onTerms is an award of 100 kg at 250 001 đ and 1 501 đ freight, under terms.
func onTerms(t testing.TB, terms inquiry.Terms) *sold {
	t.Helper()
	m := newMarket(t)
	s := &sold{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	offer := m.offer(s.producer, m.shrimp(s.producer, "iced").ID, quantity.Of(200))
	demand := m.demand(quantity.Of(150))
	demand.Terms = terms
	asked := m.placed(s.buyer, demand)
	quote, err := m.Quote(context.Background(), s.producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_001, DeliverOn: m.today.AddDays(5), Reserve: new(false),
		QuoteTerms: inquiry.QuoteTerms{FreightVND: new(money.VND(1501))},
	})
	require.NoError(t, err)
	awards, err := m.Award(context.Background(), s.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}})
	require.NoError(t, err)
	s.award = awards[0]
	return s
}

func (s *sold) paid(who identity.Principal, kind string, amount money.VND) inquiry.Payment {
	s.t.Helper()
	payment, err := s.RecordPayment(context.Background(), who, s.award.ID, inquiry.NewPayment{Kind: kind, AmountVND: amount, PaidOn: s.today})
	require.NoError(s.t, err)
	return payment
}

func (s *sold) decide(who identity.Principal, payment inquiry.Payment, move inquiry.PaymentMove, reason string) inquiry.Payment {
	s.t.Helper()
	decided, err := s.DecidePayment(context.Background(), who, payment.ID, move, reason)
	require.NoError(s.t, err)
	return decided
}

// account is what the award comes to in so many days.
func (s *sold) account(days int) inquiry.Account {
	s.t.Helper()
	account, err := s.in(days).Account(context.Background(), s.producer, s.award.ID)
	require.NoError(s.t, err)
	return account
}

func TestWhatIsOwedFollowsFromReceiptsAndTerms(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := onTerms(t, inquiry.Terms{PaymentDays: 7, DepositPercent: quantity.Of(30), DiscountPercent: 2500})
	account := s.account(0)
	require.Equal(t, []money.VND{7_500_030, 0, 0, 25_150_200}, []money.VND{account.DepositDueVND, account.OwedVND, account.OutstandingVND, account.ToComeVND})
	require.Nil(t, account.DueOn)

	// Terms that the inquiry has later are not those of the award.
	_, err := s.Amend(ctx, s.buyer, s.award.InquiryID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PaymentDays: 90}})
	require.NoError(t, err)

	deposit := s.decide(s.producer, s.paid(s.buyer, "deposit", 7_500_030), inquiry.MoveConfirmPayment, "")
	require.Equal(t, inquiry.PaymentConfirmed, deposit.State)
	require.Equal(t, identity.Buyer, deposit.PaidBy)
	account = s.account(0)
	require.Equal(t, []money.VND{7_500_030, 7_500_030, 7_500_030, 0}, []money.VND{account.DepositedVND, account.PaidVND, account.AheadVND, account.OverpaidVND})

	got := s.received(quantity.Of(40), inquiry.Receipt{Accepted: 38_001, Rejected: 1_999})
	account = s.account(0)
	// 38.001 × 250 001 and × 1 501, each half up; 2.5 % of the goods off.
	require.Equal(t, []money.VND{9_500_288, 57_040, 237_507, 9_319_821}, []money.VND{account.GoodsVND, account.FreightVND, account.DiscountVND, account.OwedVND})
	require.Equal(t, account.OwedVND-7_500_030, account.OutstandingVND)
	require.Equal(t, s.today.AddDays(7), *account.DueOn)
	require.Zero(t, s.account(7).OverdueDays)
	require.Equal(t, 3, s.account(10).OverdueDays)

	// A dispute says so; what is settled holds instead.
	_, err = s.Dispute(ctx, s.producer, got.ID, inquiry.Objection{Reason: "weight"})
	require.NoError(t, err)
	require.Equal(t, account.GoodsVND, s.account(0).DisputedVND)
	proposed, err := s.ProposeSettlement(ctx, s.buyer, got.ID, inquiry.Receipt{Accepted: quantity.Of(40)})
	require.NoError(t, err)
	_, err = s.AgreeSettlement(ctx, s.producer, got.ID, proposed.Dispute.Proposal.ID)
	require.NoError(t, err)
	account = s.account(0)
	require.Equal(t, []money.VND{10_000_040, 60_040, 250_001, 0}, []money.VND{account.GoodsVND, account.FreightVND, account.DiscountVND, account.DisputedVND})

	// More than all of it will ever come to is recorded and shown; a refund takes it back.
	s.decide(s.producer, s.paid(s.buyer, "payment", 30_000_000), inquiry.MoveConfirmPayment, "")
	account = s.account(10)
	require.Equal(t, 7_500_030+30_000_000-account.OwedVND, account.AheadVND)
	require.Equal(t, account.AheadVND-account.ToComeVND, account.OverpaidVND)
	require.Positive(t, account.OverpaidVND)
	require.Zero(t, account.OverdueDays)
	refund := s.decide(s.buyer, s.paid(s.producer, "refund", 20_000_000), inquiry.MoveConfirmPayment, "")
	require.Equal(t, identity.Producer, refund.PaidBy)
	require.Equal(t, money.VND(17_500_030), s.account(0).PaidVND)
}

// An amendment whose transaction began before an award and waited for it has the earlier instant, and is the later one.
func TestAnAmendmentThatWaitedForAnAwardDoesNotHoldForIt(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := onTerms(t, inquiry.Terms{PaymentDays: 7, PriceBasis: "farm_gate"})
	began := s.On(s.db.WithClock(func() time.Time { return time.Now().Add(-time.Minute) }))
	_, err := began.Amend(ctx, s.buyer, s.award.InquiryID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PaymentDays: 90}})
	require.NoError(t, err)
	_, err = began.Amend(ctx, s.buyer, s.award.InquiryID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PaymentDays: 80}})
	require.NoError(t, err)
	s.received(quantity.Of(10), inquiry.Receipt{Accepted: quantity.Of(10)})
	require.Equal(t, s.today.AddDays(7), *s.account(0).DueOn)
}

func TestOnlyTheOtherSideConfirmsAPayment(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := newSold(t, "iced", quantity.Of(100))
	stranger := s.organisation(identity.Buyer)
	other := s.dueInFive(s.buyer, s.producer, s.award.OfferID)
	elsewhere, err := s.Deliver(ctx, s.producer, other.ID, inquiry.Dispatch{Quantity: quantity.Of(1)})
	require.NoError(t, err)
	official := identity.Principal{UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Authority, Role: identity.Owner, Approved: true}
	said := inquiry.NewPayment{Kind: "payment", AmountVND: 1_000_000, PaidOn: s.today, Reference: " FT26330 ", Note: "đợt 1"}

	for _, who := range []identity.Principal{stranger, official} {
		_, err := s.RecordPayment(ctx, who, s.award.ID, said)
		require.ErrorIs(t, err, fault.ErrNotFound)
		_, err = s.Account(ctx, who, s.award.ID)
		require.ErrorIs(t, err, fault.ErrNotFound)
		_, err = s.Payments(ctx, who, inquiry.PaymentPage{AwardID: s.award.ID, Page: inquiry.Page{Limit: 5}})
		require.ErrorIs(t, err, fault.ErrNotFound)
	}
	wrong := said
	wrong.Kind = "gift"
	_, err = s.RecordPayment(ctx, s.buyer, s.award.ID, wrong)
	require.ErrorIs(t, err, inquiry.ErrPaymentKind)
	wrong = said
	wrong.DeliveryID = elsewhere.ID
	_, err = s.RecordPayment(ctx, s.buyer, s.award.ID, wrong)
	require.ErrorIs(t, err, inquiry.ErrPaymentDelivery)
	said.DeliveryID = s.sent(quantity.Of(10)).ID

	payment, err := s.RecordPayment(ctx, s.buyer, s.award.ID, said)
	require.NoError(t, err)
	require.Equal(t, []any{inquiry.PaymentRecorded, "FT26330", said.DeliveryID}, []any{payment.State, payment.Reference, *payment.DeliveryID})
	_, err = s.DecidePayment(ctx, s.buyer, payment.ID, inquiry.MoveConfirmPayment, "")
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = s.DecidePayment(ctx, stranger, payment.ID, inquiry.MoveConfirmPayment, "")
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = s.DecidePayment(ctx, s.producer, payment.ID, inquiry.MoveContestPayment, " ")
	require.ErrorIs(t, err, fault.ErrRequired)
	contested := s.decide(s.producer, payment, inquiry.MoveContestPayment, "chưa thấy tiền về")
	require.Equal(t, []any{inquiry.PaymentContested, "chưa thấy tiền về"}, []any{contested.State, contested.Reason})
	require.Equal(t, money.VND(1_000_000), s.account(0).ContestedVND)
	_, err = s.DecidePayment(ctx, s.producer, payment.ID, inquiry.MoveContestPayment, "vẫn chưa")
	require.ErrorIs(t, err, inquiry.ErrPaymentState)
	s.decide(s.producer, payment, inquiry.MoveConfirmPayment, "")
	_, err = s.DecidePayment(ctx, s.buyer, payment.ID, inquiry.MoveWithdrawPayment, "")
	require.ErrorIs(t, err, inquiry.ErrPaymentState)

	// What is contested can be withdrawn, and what is withdrawn counts nowhere.
	second := s.paid(s.producer, "refund", 500)
	s.decide(s.buyer, second, inquiry.MoveContestPayment, "không nhận")
	require.Equal(t, inquiry.PaymentWithdrawn, s.decide(s.producer, second, inquiry.MoveWithdrawPayment, "").State)
	account := s.account(0)
	require.Equal(t, []money.VND{1_000_000, 0, 0}, []money.VND{account.PaidVND, account.UnconfirmedVND, account.ContestedVND})
}

// History is kept by rights and constraints, whatever the code does.
func TestPaymentsAreKeptByTheDatabase(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := newSold(t, "iced", quantity.Of(100))
	payment := s.paid(s.buyer, "payment", 100)
	for _, statement := range []string{
		`UPDATE inquiry.payments SET amount_vnd = 1`, `DELETE FROM inquiry.payments`, `UPDATE inquiry.payment_moves SET reason = ''`,
		`DELETE FROM inquiry.payment_moves`, `UPDATE inquiry.payment_kinds SET paid_by = 'producer'`, `DELETE FROM inquiry.past_terms`,
		`DELETE FROM inquiry.payment_warnings`,
	} {
		_, err := s.db.Exec(ctx, statement)
		require.ErrorContains(t, err, "permission denied", statement)
	}
	const move = `
		INSERT INTO inquiry.payment_moves (payment_id, number, move, recorded_by, moved_by, person, reason, moved_at)
		VALUES ($1, 1, 'confirm', $2, $3, $3, '', now())`
	_, err := s.db.Exec(ctx, move, payment.ID, s.buyer.OrganisationID, s.buyer.OrganisationID)
	require.ErrorContains(t, err, "payment_moved_by")
	_, err = s.db.Exec(ctx, move, payment.ID, s.producer.OrganisationID, s.buyer.OrganisationID)
	require.ErrorContains(t, err, "foreign key", "whoever says that somebody else recorded it")
}

// Of moves at once one is first, and the others are refused.
func TestAPaymentIsDecidedOnce(t *testing.T) {
	t.Parallel()
	s := newSold(t, "iced", quantity.Of(100))
	for range 5 {
		payment := s.paid(s.buyer, "payment", 100)
		var group sync.WaitGroup
		var done atomic.Int32
		for n := range 8 {
			group.Go(func() {
				who, move := s.producer, inquiry.MoveConfirmPayment
				if n%2 == 0 {
					who, move = s.buyer, inquiry.MoveWithdrawPayment
				}
				_, err := s.DecidePayment(context.Background(), who, payment.ID, move, "")
				if err == nil {
					done.Add(1)
				} else if !errors.Is(err, inquiry.ErrPaymentState) {
					t.Errorf("deciding: %v", err)
				}
			})
		}
		group.Wait()
		require.EqualValues(t, 1, done.Load())
	}
}

func TestPaymentsAndAccountsAreListed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := onTerms(t, inquiry.Terms{PaymentDays: 1})
	s.received(quantity.Of(10), inquiry.Receipt{Accepted: quantity.Of(10)})
	first, second := s.paid(s.buyer, "payment", 1000), s.paid(s.producer, "refund", 10)
	s.decide(s.producer, first, inquiry.MoveConfirmPayment, "")
	another := s.organisation(identity.Producer)
	other := s.dueInFive(s.buyer, another, s.offer(another, s.shrimp(another, "iced").ID, quantity.Of(100)))
	for _, c := range []struct {
		days  int
		page  inquiry.PaymentPage
		found []uuid.UUID
	}{
		{0, inquiry.PaymentPage{}, []uuid.UUID{second.ID, first.ID}},
		{0, inquiry.PaymentPage{Page: inquiry.Page{Before: second.ID}}, []uuid.UUID{first.ID}},
		{0, inquiry.PaymentPage{State: inquiry.PaymentConfirmed}, []uuid.UUID{first.ID}},
		{0, inquiry.PaymentPage{State: inquiry.PaymentWithdrawn}, []uuid.UUID{}},
		{0, inquiry.PaymentPage{AwardID: other.ID}, []uuid.UUID{}},
		{1, inquiry.PaymentPage{Overdue: true}, []uuid.UUID{}},
		{2, inquiry.PaymentPage{Overdue: true}, []uuid.UUID{second.ID, first.ID}},
	} {
		c.page.Limit = 10
		list, err := s.in(c.days).Payments(ctx, s.buyer, c.page)
		require.NoError(t, err)
		ids := []uuid.UUID{}
		for _, payment := range list {
			ids = append(ids, payment.ID)
		}
		require.Equal(t, c.found, ids, "%+v", c.page)
		total, err := s.in(c.days).CountPayments(ctx, s.buyer, c.page)
		require.NoError(t, err)
		if c.page.Before == uuid.Nil {
			require.Equal(t, len(c.found), total)
		}
	}
	for days, awards := range map[int][]uuid.UUID{0: {}, 1: {}, 2: {s.award.ID}} {
		page := inquiry.PaymentPage{Overdue: true, Page: inquiry.Page{Limit: 10}}
		list, err := s.in(days).Accounts(ctx, s.buyer, page)
		require.NoError(t, err)
		require.Len(t, list, len(awards))
		if len(list) > 0 {
			require.Equal(t, []any{s.award.ID, 1}, []any{list[0].AwardID, list[0].OverdueDays})
		}
		total, err := s.in(days).CountAccounts(ctx, s.buyer, page)
		require.NoError(t, err)
		require.Len(t, awards, total)
	}
	all, err := s.Accounts(ctx, s.buyer, inquiry.PaymentPage{Page: inquiry.Page{Limit: 10}})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{other.ID, s.award.ID}, []uuid.UUID{all[0].AwardID, all[1].AwardID})
	kinds, err := s.PaymentKinds(ctx)
	require.NoError(t, err)
	require.Len(t, kinds, 3)
	require.Equal(t, []any{"refund", identity.Producer, "hoàn tiền", "refund"}, []any{kinds[2].Code, kinds[2].PaidBy, kinds[2].Name, kinds[2].NameEN})
}
