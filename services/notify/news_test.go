package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// What is done about an inquiry is told to those it concerns and to nobody else, and names nobody but
// the other side.
func TestInquiriesAreToldToThoseConcerned(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer, "Siêu thị hỏi")
	first, second, stranger := m.organisation(identity.Producer, "Nhà báo giá"), m.organisation(identity.Producer, "Đối thủ"), m.organisation(identity.Producer, "Người ngoài")
	asked := m.asked(buyer, 5, false)
	m.quoted(first, asked, m.shrimp(first))
	m.quoted(second, asked, m.shrimp(second))
	question, err := m.inquiry.Ask(ctx, first, asked.ID, "Giao mấy giờ?")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"inquiry_question_asked"}, m.heard(buyer))
	require.Contains(t, m.notices(buyer, "")[0].Text, "Nhà báo giá")
	require.Empty(t, m.heard(second))

	_, err = m.inquiry.Answer(ctx, buyer, question.ID, "03:00")
	require.NoError(t, err)
	_, err = m.inquiry.Amend(ctx, buyer, asked.ID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PaymentDays: 30}})
	require.NoError(t, err)
	_, err = m.inquiry.OpenRound(ctx, buyer, asked.ID, inquiry.NewRound{Until: m.now().Add(time.Hour), Producers: []uuid.UUID{first.OrganisationID}})
	require.NoError(t, err)
	_, err = m.inquiry.Amend(ctx, buyer, asked.ID, nil, inquiry.Amendment{QuotesDueAt: new(asked.QuotesDueAt.Add(time.Hour))})
	require.NoError(t, err)
	m.follow()
	_, err = m.inquiry.Cancel(ctx, buyer, asked.ID, "")
	require.NoError(t, err)
	m.follow()
	all := []string{"inquiry_question_answered", "inquiry_amended", "inquiry_extended", "inquiry_cancelled"}
	require.ElementsMatch(t, append(all, "inquiry_round_opened"), m.heard(first))
	require.ElementsMatch(t, all, m.heard(second))
	require.Empty(t, m.heard(stranger))
	for _, language := range []string{"", reference.English} {
		for _, notice := range m.notices(second, language) {
			require.NotContains(t, notice.Title+notice.Text, "Nhà báo giá")
			require.NotContains(t, notice.Title+notice.Text, "{")
			require.Contains(t, notice.Text, "Siêu thị hỏi")
		}
	}
}

// A buyer is told of what could not be placed again, and of what went out without somebody invited;
// nobody else is.
func TestBuyersAreToldWhatASeriesCouldNotPlace(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, other := m.organisation(identity.Buyer, "Siêu thị lặp"), m.organisation(identity.Buyer, "Siêu thị khác")
	fine, suspended := m.organisation(identity.Producer, "Nhà còn"), m.organisation(identity.Producer, "Nhà tạm dừng")
	for _, invited := range [][]uuid.UUID{{suspended.OrganisationID}, {fine.OrganisationID, suspended.OrganisationID}} {
		_, err := m.inquiry.PlanSeries(ctx, buyer, inquiry.NewSeries{
			Rhythm:   inquiry.Rhythm{Kind: "weekly", Weekdays: []int{m.today().AddDays(3).Weekday()}, From: m.today()},
			LeadDays: 3, QuotesDue: inquiry.QuotesDue{DaysBefore: 1, At: "17:00"}, Visibility: inquiry.Invited, InvitedProducers: invited,
			DeliverTo: inquiry.Place{CommuneCode: "25747"}, Lines: []inquiry.SeriesLine{{ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(10), Unit: "kg"}},
		})
		require.NoError(t, err)
	}
	left, err := m.inquiry.PlanSeries(ctx, buyer, inquiry.NewSeries{
		Rhythm:   inquiry.Rhythm{Kind: "weekly", Weekdays: []int{m.today().AddDays(3).Weekday()}, From: m.today()},
		LeadDays: 3, QuotesDue: inquiry.QuotesDue{DaysBefore: 1, At: "17:00"}, Visibility: inquiry.Open,
		DeliverTo: inquiry.Place{CommuneCode: "25747"}, Lines: []inquiry.SeriesLine{{ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(10), Unit: "kg"}},
	})
	require.NoError(t, err)
	_, err = m.lent.Owner.Exec(ctx, `UPDATE inquiry.series SET created_by = $2 WHERE id = $1`, left.ID, other.UserID)
	require.NoError(t, err)
	_, err = m.lent.Owner.Exec(ctx, `UPDATE identity.organisations SET state = 'suspended' WHERE id = $1`, suspended.OrganisationID)
	require.NoError(t, err)
	require.NoError(t, m.inquiry.PlaceSeries(ctx))
	require.NoError(t, m.inquiry.PlaceSeries(ctx))
	m.follow()
	m.follow()
	require.ElementsMatch(t, []string{"series_refused", "series_left_out", "series_paused"}, m.heard(buyer))
	for _, who := range []identity.Principal{other, fine, suspended} {
		require.Empty(t, m.heard(who))
	}
	for _, notice := range m.notices(buyer, reference.English) {
		require.NotContains(t, notice.Title+notice.Text, "{")
		require.Contains(t, notice.Text, m.today().AddDays(3).String())
	}
}
