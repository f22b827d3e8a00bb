package notify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// An organisation is told that it is under watch, why and until when, and that it is no more; nobody else hears of
// it.
func TestAnOrganisationIsToldThatItIsUnderWatch(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	watched, rival := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã B (hư cấu)")
	buyer := m.organisation(identity.Buyer, "Siêu thị C (hư cấu)")
	desk := monitor.NewService(m.db, monitor.Options{})
	put, err := desk.PutUnderWatch(t.Context(), official(), watched.OrganisationID, monitor.WatchWord{
		Reason: "rejections", Text: "Ba chuyến liền bị trả.", ReviewOn: m.today().AddDays(30),
	})
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.Equal(t, []string{"watch_begun"}, m.heard(watched))
	told := m.notices(watched, "vi")[0]
	require.Contains(t, told.Text, "Lý do: Hàng giao bị trả nhiều. Ba chuyến")
	require.Contains(t, m.notices(watched, "en")[0].Text, "Reason: Many goods rejected. Ba chuyến", "each in the reader's language")
	require.Contains(t, told.Text, "Ba chuyến liền bị trả.")
	_, err = desk.MoveWatch(t.Context(), official(), put.ID, monitor.MoveReview, monitor.WatchWord{Text: "Chờ thêm.", ReviewOn: m.today().AddDays(60)})
	require.NoError(t, err)
	_, err = desk.MoveWatch(t.Context(), official(), put.ID, monitor.MoveEnd, monitor.WatchWord{Text: "Đã khắc phục."})
	require.NoError(t, err)
	m.follow()
	require.ElementsMatch(t, []string{"watch_begun", "watch_continued", "watch_ended"}, m.heard(watched))
	require.Empty(t, m.heard(rival))
	require.Empty(t, m.heard(buyer))
}
