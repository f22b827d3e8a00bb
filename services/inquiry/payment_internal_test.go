package inquiry

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
)

// paymentLife is the whole life of a payment, written down apart from the code: a row for each state, a
// column for each move. In a cell stands where each side gets (recorder, other side): the first letter of
// the state, t for contested, 3 for "not yours to do", 9 for "not now".
const paymentLife = `
          confirm contest withdraw
recorded  3c      3t      w3
confirmed 39      39      93
contested 3c      39      w3
withdrawn 39      39      93
`

func TestEveryCellOfAPayment(t *testing.T) {
	t.Parallel()
	states := map[byte]PaymentState{'c': PaymentConfirmed, 't': PaymentContested, 'w': PaymentWithdrawn}
	rows := strings.Split(strings.TrimSpace(paymentLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(paymentSteps))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		for m, move := range moves {
			for a, actor := range []paymentActor{payRecorder, payOther} {
				cells++
				next, err := PaymentState(fields[0]).next(PaymentMove(move), actor)
				switch want := fields[m+1][a]; want {
				case '3':
					require.ErrorIs(t, err, fault.ErrForbidden, "%s %s %s", fields[0], move, actor)
				case '9':
					require.ErrorIs(t, err, ErrPaymentState, "%s %s %s", fields[0], move, actor)
				default:
					require.NoError(t, err, "%s %s %s", fields[0], move, actor)
					require.Equal(t, states[want], next, "%s %s %s", fields[0], move, actor)
				}
			}
		}
	}
	require.Equal(t, 4*3*2, cells)
	_, err := PaymentRecorded.next("forget", payRecorder)
	require.ErrorIs(t, err, fault.ErrForbidden)
}

func TestWhatAnAccountComesTo(t *testing.T) {
	t.Parallel()
	today := civil.New(2026, 11, 20)
	due := func(day int) *civil.Date { return new(civil.New(2026, 11, day)) }
	for _, c := range []struct {
		owed, paid, toCome          money.VND
		due                         *civil.Date
		outstanding, ahead, overpay money.VND
		overdue                     int
	}{
		{0, 0, 100, nil, 0, 0, 0, 0},
		{0, 30, 100, nil, 0, 30, 0, 0},    // a deposit
		{0, 130, 100, nil, 0, 130, 30, 0}, // more than it can come to
		{100, 30, 0, due(20), 70, 0, 0, 0},
		{100, 30, 0, due(19), 70, 0, 0, 1},
		{100, 30, 0, due(1), 70, 0, 0, 19},
		{100, 30, 0, nil, 70, 0, 0, 0}, // on consignment
		{100, 100, 0, due(1), 0, 0, 0, 0},
		{100, 101, 0, due(1), 0, 1, 1, 0},
		{100, -5, 0, due(19), 105, 0, 0, 1}, // more was refunded than paid
	} {
		account := Account{OwedVND: c.owed, PaidVND: c.paid, ToComeVND: c.toCome, DueOn: c.due}.on(today)
		require.Equal(t, []any{c.outstanding, c.ahead, c.overpay, c.overdue},
			[]any{account.OutstandingVND, account.AheadVND, account.OverpaidVND, account.OverdueDays}, "%+v", c)
	}
}

func TestWhichPaymentsCanBeRecorded(t *testing.T) {
	t.Parallel()
	today := civil.New(2026, 11, 20)
	for _, c := range []struct {
		amount money.VND
		on     civil.Date
		want   string
	}{
		{1, today, ""},
		{maxPaidVND, today.AddMonths(-120), ""},
		{0, today, "amount_vnd"},
		{-1, today, "amount_vnd"},
		{maxPaidVND + 1, today, "amount_vnd"},
		{1, today.AddDays(1), "paid_on"},
		{1, today.AddMonths(-120).AddDays(-1), "paid_on"},
		{1, civil.Date{}, "paid_on"},
	} {
		said := NewPayment{Kind: "payment", AmountVND: c.amount, PaidOn: c.on, Reference: " FT 1 "}
		err := said.check(today)
		require.Equal(t, "FT 1", said.Reference)
		if c.want == "" {
			require.NoError(t, err, "%+v", c)
			continue
		}
		require.ErrorIs(t, err, fault.ErrOutOfRange, "%+v", c)
		refusal, _ := fault.From(err)
		require.Equal(t, c.want, refusal.Fields[0].Pointer)
	}
}
