package notify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// heardOfPayments is heard, of payments alone.
func (m *market) heardOfPayments(who identity.Principal) []string {
	m.t.Helper()
	return slices.DeleteFunc(m.heard(who), func(kind string) bool { return !strings.HasPrefix(kind, "payment_") })
}

// Of a payment the other side is told what was recorded and decided; of a due day both are, once each.
func TestBothSidesAreToldOfPayments(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer, "Siêu thị C (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)")
	asked := m.asked(buyer, 20, false)
	_, err := m.inquiry.Amend(ctx, buyer, asked.ID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PaymentDays: 5}})
	require.NoError(t, err)
	award := m.awarded(buyer, m.quoted(producer, asked, m.shrimp(producer)))
	said := inquiry.NewPayment{Kind: "payment", AmountVND: 1_250_000, PaidOn: m.today()}
	first, err := m.inquiry.RecordPayment(ctx, buyer, award.ID, said)
	require.NoError(t, err)
	second, err := m.inquiry.RecordPayment(ctx, buyer, award.ID, said)
	require.NoError(t, err)
	_, err = m.inquiry.DecidePayment(ctx, producer, first.ID, inquiry.MoveConfirmPayment, "")
	require.NoError(t, err)
	_, err = m.inquiry.DecidePayment(ctx, producer, second.ID, inquiry.MoveContestPayment, "trùng")
	require.NoError(t, err)
	_, err = m.inquiry.DecidePayment(ctx, buyer, second.ID, inquiry.MoveWithdrawPayment, "")
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.Equal(t, []string{"payment_recorded", "payment_recorded", "payment_withdrawn"}, m.heardOfPayments(producer))
	require.Equal(t, []string{"payment_confirmed", "payment_contested"}, m.heardOfPayments(buyer))
	require.Contains(t, m.notices(buyer, "vi")[0].Text, "phản đối khoản 1.250.000 ₫")
	require.Contains(t, m.notices(buyer, "vi")[0].Text, "Lý do: trùng.")
	require.Contains(t, m.notices(buyer, "en")[0].Text, "1,250,000 ₫ paid on "+said.PaidOn.String())
	require.Equal(t, award.ID, *m.notices(buyer, "en")[0].AwardID)

	sent, err := m.inquiry.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10)})
	require.NoError(t, err)
	_, err = m.inquiry.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
	require.NoError(t, err)
	passed := 0
	for _, c := range []struct {
		days            int // from the receipt
		buyer, producer []string
	}{
		{1, []string{}, []string{}},
		{2, []string{"payment_due"}, []string{"payment_due"}},
		{5, []string{"payment_due"}, []string{"payment_due"}},
		{6, []string{"payment_due", "payment_overdue"}, []string{"payment_due", "payment_overdue"}},
		{40, []string{"payment_due", "payment_overdue"}, []string{"payment_due", "payment_overdue"}},
	} {
		m.pass(c.days - passed)
		passed = c.days
		for range 2 {
			_, err = m.inquiry.NotePaymentsDue(ctx)
			require.NoError(t, err)
		}
		m.follow()
		require.Equal(t, c.buyer, m.heardOfPayments(buyer)[2:], "%d days after the receipt", c.days)
		require.Equal(t, c.producer, m.heardOfPayments(producer)[3:], "%d days after the receipt", c.days)
	}
	require.Contains(t, m.notices(producer, "vi")[0].Text, "còn 1.250.000 ₫ chưa được xác nhận")
	require.Equal(t, "Quá hạn thanh toán với Siêu thị C (hư cấu)", m.notices(producer, "vi")[0].Title)
}

// Nobody is warned of what is paid, nor of what was awarded before payments could be recorded; of what was missed only the most urgent is told.
func TestNothingIsDueThatIsPaid(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer, "Siêu thị C (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)")
	for _, made := range []string{"paid", "unpaid", "long ago"} {
		award := m.awarded(buyer, m.quoted(producer, m.asked(buyer, 20, false), m.shrimp(producer)))
		sent, err := m.inquiry.Deliver(ctx, producer, award.ID, inquiry.Dispatch{Quantity: quantity.Of(10)})
		require.NoError(t, err)
		_, err = m.inquiry.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(10)})
		require.NoError(t, err)
		switch made {
		case "long ago":
			_, err := m.lent.Owner.Exec(ctx, `UPDATE inquiry.awards SET created_at = (SELECT min(since) FROM inquiry.payment_warning_days) - interval '1 s' WHERE id = $1`, award.ID)
			require.NoError(t, err)
		case "paid":
			said := inquiry.NewPayment{Kind: "payment", AmountVND: 2_500_000, PaidOn: m.today()}
			payment, err := m.inquiry.RecordPayment(ctx, producer, award.ID, said)
			require.NoError(t, err)
			_, err = m.inquiry.DecidePayment(ctx, buyer, payment.ID, inquiry.MoveConfirmPayment, "")
			require.NoError(t, err)
		}
	}
	m.pass(10)
	_, err := m.inquiry.NotePaymentsDue(ctx)
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"payment_recorded", "payment_overdue"}, m.heardOfPayments(buyer))
}
