package notify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Whoever ends an award, or asks for it, the other side is told, in its language, once.
func TestTheOtherSideIsToldOfAnEnd(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer, "Siêu thị C (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)")
	deal := func() inquiry.Award {
		return m.awarded(buyer, m.quoted(producer, m.asked(buyer, 20, false), m.shrimp(producer)))
	}
	first, second, third := deal(), deal(), deal()
	_, err := m.inquiry.CancelAward(ctx, buyer, first.ID, "weather", "")
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.Equal(t, []string{"awarded", "awarded", "awarded", "award_cancelled"}, m.heard(producer))
	require.Empty(t, m.heard(buyer), "who did it knows")
	notice := m.notices(producer, "vi")[0]
	require.Equal(t, "Siêu thị C (hư cấu) đã huỷ phần chưa giao", notice.Title)
	require.Contains(t, notice.Text, "Lý do: thời tiết.")
	require.Contains(t, m.notices(producer, "en")[0].Text, "Reason: weather.")
	require.Equal(t, first.ID, *notice.AwardID)

	asked, err := m.inquiry.AskCancellation(ctx, producer, second.ID, "triều cường.", "")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"cancellation_asked"}, m.heard(buyer))
	_, err = m.inquiry.DecideCancellation(ctx, buyer, asked.ID, inquiry.MoveAgree, "")
	require.NoError(t, err)
	m.pass(60)
	_, err = m.inquiry.CancelAward(ctx, buyer, third.ID, "default", "")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"awarded", "awarded", "awarded", "award_cancelled", "cancellation_agreed", "award_defaulted"}, m.heard(producer))
	require.Equal(t, []string{"cancellation_asked"}, m.heard(buyer))
}

// A shortfall is told the buyer, with its reason, and nobody else.
func TestTheBuyerIsToldOfAShortfall(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer, "Siêu thị C (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)")
	award := m.awarded(buyer, m.quoted(producer, m.asked(buyer, 20, false), m.shrimp(producer)))
	_, err := m.inquiry.Shortfall(ctx, producer, award.ID, quantity.Of(2), "nước mặn")
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.Equal(t, []string{"award_short"}, m.heard(buyer))
	require.Equal(t, []string{"awarded"}, m.heard(producer))
	require.Equal(t, "Siêu thị C (hư cấu) đã chốt mua", m.notices(producer, "vi")[0].Title)
	require.Contains(t, m.notices(buyer, "vi")[0].Text, "báo hụt 2 kg")
	require.Contains(t, m.notices(buyer, "vi")[0].Text, "Lý do: nước mặn.")
	require.Equal(t, award.ID, *m.notices(buyer, "en")[0].AwardID)
}

// Of a framework both sides are told when its period is over, and each of the other's call-offs.
func TestBothSidesAreToldOfAFramework(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer, "Siêu thị C (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)")
	quote := m.quoted(producer, m.asked(buyer, 20, false), m.shrimp(producer))
	period := inquiry.Period{From: m.today(), To: m.today().AddDays(30)}
	quote, err := m.inquiry.Revise(ctx, producer, quote.ID, inquiry.NewQuote{
		Quantity: quote.Quantity, PriceVND: quote.PriceVND, DeliverOn: quote.DeliverOn, Framework: &inquiry.FrameworkQuote{Period: period, Indicative: true},
	})
	require.NoError(t, err)
	made, err := m.inquiry.Decide(ctx, buyer, quote.InquiryID, inquiry.Act{
		Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quote.Quantity}}, Framework: &period,
	})
	require.NoError(t, err)
	called, err := m.inquiry.CallOff(ctx, buyer, made.Awards[0].ID, inquiry.NewCallOff{
		Quantity: quantity.Of(1), DeliverOn: period.To, CommuneCode: "25747", PriceVND: 250_000,
	})
	require.NoError(t, err)
	_, err = m.inquiry.DecideCallOff(ctx, producer, called.ID, inquiry.MoveConfirmCall, "")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"awarded", "call_off_made"}, m.heard(producer))
	require.Equal(t, []string{"call_off_confirmed"}, m.heard(buyer))
	m.pass(31)
	require.NoError(t, m.inquiry.EndFramework(ctx, made.Awards[0].ID))
	m.follow()
	require.Equal(t, []string{"awarded", "call_off_made", "framework_ended"}, m.heard(producer))
	require.Equal(t, []string{"call_off_confirmed", "framework_ended"}, m.heard(buyer))
	require.Contains(t, m.notices(buyer, "vi")[0].Title, "Hợp tác xã A (hư cấu)")
	require.Contains(t, m.notices(producer, "en")[0].Title, "Siêu thị C (hư cấu)")
}
