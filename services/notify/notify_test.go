package notify_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/notify"
)

// A certificate's holder is warned 90, 60 and 30 days before its end and told of its lapse, each
// once, in both languages, in the list and by mail.
func TestHoldersAreTold(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	holder, other := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã B (hư cấu)")
	certificate := m.farmed(holder, 100)
	m.follow()
	require.Empty(t, m.heard(holder))
	for _, step := range []struct {
		days int
		want []string
	}{
		{10, []string{"certificate_expiring"}},
		{1, []string{"certificate_expiring"}},
		{29, []string{"certificate_expiring", "certificate_expiring"}},
		{60, []string{"certificate_expiring", "certificate_expiring", "certificate_expiring"}},
		{1, []string{"certificate_expiring", "certificate_expiring", "certificate_expiring", "certificate_lapsed"}},
	} {
		m.pass(step.days)
		m.follow()
		require.Equal(t, step.want, m.heard(holder))
	}
	require.Empty(t, m.heard(other))
	notices := m.notices(holder, "vi")
	require.Equal(t, certificate.ID, *notices[0].CertificateID)
	require.Equal(t, "Chứng nhận ASC trại nuôi đã hết hạn", notices[0].Title)
	require.Contains(t, notices[3].Text, "còn 90 ngày")
	require.Contains(t, notices[3].Text, certificate.Number)
	require.Equal(t, "ASC Farm (incl. Group) certificate has lapsed", m.notices(holder, "en")[0].Title)

	letters := m.letters()[address(holder)]
	require.Len(t, letters, 1, "one letter however many notices")
	require.Contains(t, letters[0], "Chứng nhận ASC trại nuôi số "+certificate.Number+" có hiệu lực đến hết ngày")
	require.Contains(t, letters[0], "Your ASC Farm (incl. Group) certificate "+certificate.Number+" was valid until")
	require.Contains(t, letters[0], "https://demo.invalid")
	m.follow()
	require.Len(t, m.letters()[address(holder)], 1, "and no second one")
}

// A revocation is told to its holder with the reason, and to nobody else with it.
func TestARevocationIsToldWithItsReason(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	holder, member, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Producer, "Tổ hợp tác B (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị C (hư cấu)")
	certificate := m.certified(holder, catalog.Scope{Kind: "group", CeilingKg: quantity.Of(9000), Members: []catalog.Member{{ProducerID: member.OrganisationID}}}, 200)
	asked := m.asked(buyer, 20, false)
	award := m.awarded(buyer, m.quoted(member, asked, m.shrimp(member)))
	require.Equal(t, []string{"ASC_FARM"}, award.Claims)
	m.follow()
	require.Empty(t, m.heard(buyer))
	_, err := m.catalog.Revoke(ctx, official(), certificate.ID, nil, "Kháng sinh trong mẫu tháng 11.")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"certificate_revoked"}, m.heard(holder))
	require.Contains(t, m.notices(holder, "vi")[0].Text, "Kháng sinh trong mẫu tháng 11.")
	require.Equal(t, []string{"awarded", "award_claim_lost_producer"}, m.heard(member), "a member of the group sold under it")
	require.Equal(t, []string{"award_claim_lost_buyer"}, m.heard(buyer))
	for _, who := range []identity.Principal{member, buyer} {
		require.NotContains(t, m.notices(who, "vi")[0].Text, "Kháng sinh")
		require.NotContains(t, m.notices(who, "vi")[0].Text, "Hợp tác xã A", "who holds the certificate is no party of the deal")
	}
}

// Both sides of every open deal are told when its mark is gone: of live quotes and undelivered
// awards, each once, each of the other and of no rival, with the inquiry and line named.
func TestPartiesOfOpenDealsAreTold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	ann, ben := m.organisation(identity.Producer, "Hợp tác xã Ann (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã Ben (hư cấu)")
	buyer, other := m.organisation(identity.Buyer, "Siêu thị Một (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị Hai (hư cấu)")
	certificate := m.farmed(ann, 200)
	m.farmed(ben, 200)
	annsOffer, bensOffer := m.shrimp(ann), m.shrimp(ben)
	one, two, three, four := m.asked(buyer, 20, false), m.asked(other, 20, false), m.asked(buyer, 20, false), m.asked(buyer, 20, false)
	quote := m.quoted(ann, one, annsOffer)
	m.quoted(ben, one, bensOffer)
	award := m.awarded(other, m.quoted(ann, two, annsOffer))
	withdrawn := m.quoted(ann, three, annsOffer)
	_, err := m.inquiry.Withdraw(ctx, ann, withdrawn.ID)
	require.NoError(t, err)
	delivered := m.awarded(buyer, m.quoted(ann, four, annsOffer))
	sent, err := m.inquiry.Deliver(ctx, ann, delivered.ID, inquiry.Dispatch{Quantity: delivered.Quantity})
	require.NoError(t, err)
	_, err = m.inquiry.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: delivered.Quantity})
	require.NoError(t, err)
	m.follow()
	require.ElementsMatch(t, []string{"delivery_received_producer", "awarded", "awarded"}, m.heard(ann), "while the certificate holds nobody is told of it")
	require.Equal(t, []string{"delivery_dispatched_buyer"}, m.heard(buyer))
	require.Empty(t, slices.Concat(m.heard(ben), m.heard(other)))

	_, err = m.catalog.Revoke(ctx, official(), certificate.ID, nil, "Demo")
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.ElementsMatch(t, []string{"awarded", "awarded", "delivery_received_producer", "certificate_revoked", "quote_claim_lost_producer", "award_claim_lost_producer"}, m.heard(ann))
	require.Equal(t, []string{"delivery_dispatched_buyer", "quote_claim_lost_buyer"}, m.heard(buyer))
	require.Equal(t, []string{"award_claim_lost_buyer"}, m.heard(other))
	require.Empty(t, m.heard(ben), "a rival is told nothing")
	toBuyer := m.notices(buyer, "vi")[0]
	require.Equal(t, []any{one.ID, one.Lines[0].ID, quote.ID, certificate.ID}, []any{*toBuyer.InquiryID, *toBuyer.LineID, *toBuyer.QuoteID, *toBuyer.CertificateID})
	require.Nil(t, toBuyer.AwardID)
	require.Contains(t, toBuyer.Text, "dòng 1 (tôm sú): báo giá 500 kg «Tôm sú thử» của Hợp tác xã Ann (hư cấu)")
	require.Contains(t, toBuyer.Text, "Bạn có thể chốt không kèm chứng nhận này, hỏi bên bán, hoặc chọn báo giá khác.")
	toOther := m.notices(other, "en")[0]
	require.Equal(t, award.ID, *toOther.AwardID)
	require.Contains(t, toOther.Text, "awarded to Hợp tác xã Ann (hư cấu)")
	for _, who := range []identity.Principal{ann, buyer, other} {
		for _, notice := range m.notices(who, "vi") {
			require.NotContains(t, notice.Title+notice.Text, "Ben")
			require.NotContains(t, notice.Title+notice.Text, "{", "every place is filled")
			if who.OrganisationID == buyer.OrganisationID {
				require.NotContains(t, notice.Text, "Siêu thị Hai")
			}
		}
	}
	require.Len(t, m.letters()[address(buyer)], 1)
	require.Len(t, m.letters()[address(ann)], 1)
	require.Empty(t, m.letters()[address(ben)])
}

// A certificate that lapses before the delivery day: both sides are told when the holder is warned
// or the award is made, and the award itself says so (promise 4). Later, of the lapse.
func TestNoAwardOnALapsingClaimWithoutBothBeingTold(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	producer, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị B (hư cấu)")
	m.farmed(producer, 95)
	asked := m.asked(buyer, 120, false)
	quote := m.quoted(producer, asked, m.shrimp(producer))
	require.Equal(t, []string{"ASC_FARM"}, quote.LapsingClaims)
	m.follow()
	require.Equal(t, []string{"quote_claim_lapsing_producer"}, m.heard(producer))
	require.Equal(t, []string{"quote_claim_lapsing_buyer"}, m.heard(buyer))
	award := m.awarded(buyer, quote)
	require.Equal(t, []string{"ASC_FARM"}, award.LapsingClaims, "the answer warns")
	require.Empty(t, award.Claims)
	m.follow()
	require.Equal(t, []string{"quote_claim_lapsing_producer", "awarded", "award_claim_lapsing_producer"}, m.heard(producer))
	require.Equal(t, []string{"quote_claim_lapsing_buyer", "award_claim_lapsing_buyer"}, m.heard(buyer))
	m.pass(10)
	m.follow()
	require.Equal(t, []string{"quote_claim_lapsing_producer", "awarded", "award_claim_lapsing_producer", "certificate_expiring"}, m.heard(producer))
	require.Len(t, m.heard(buyer), 2, "what was told is not told again")
	m.pass(86)
	m.follow()
	require.Equal(t, "award_claim_lost_buyer", m.heard(buyer)[2])
	require.Len(t, m.heard(buyer), 3)
}

// A certificate that is warned of is told to the parties of the deals that it will not outlive; one
// that is renewed in time is told to nobody.
func TestARenewedCertificateTroublesNobody(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	producer, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị B (hư cấu)")
	old := m.farmed(producer, 40)
	renewal, err := m.catalog.SubmitCertificate(ctx, producer, catalog.NewCertificate{
		Scheme: "ASC_FARM", Number: old.Number, Issuer: "Demo", IssuedOn: m.today().AddDays(-1), ValidUntil: m.today().AddDays(500),
		Scope: catalog.Scope{Kind: "farm_area", Lines: []string{"black_tiger_shrimp"}},
	})
	require.NoError(t, err)
	_, err = m.lent.Owner.Exec(ctx, `UPDATE catalog.certificates SET renews_id = $2 WHERE id = $1`, renewal.ID, old.ID)
	require.NoError(t, err)
	_, err = m.catalog.Verify(ctx, official(), renewal.ID, nil)
	require.NoError(t, err)
	award := m.awarded(buyer, m.quoted(producer, m.asked(buyer, 60, false), m.shrimp(producer)))
	require.Equal(t, []string{"ASC_FARM"}, award.Claims)
	m.pass(30)
	m.follow()
	require.Equal(t, []string{"awarded"}, m.heard(producer), "of the certificate nothing")
	m.pass(11)
	m.follow()
	require.Equal(t, []string{"awarded", "certificate_lapsed"}, m.heard(producer))
	require.Empty(t, m.heard(buyer), "the mark goes on")
}

// The buyer hears nothing of a sealed quote before the deadline: neither in the list nor by mail.
func TestSealedQuotesStaySealedInNotices(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	producer, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị B (hư cấu)")
	certificate := m.farmed(producer, 200)
	m.quoted(producer, m.asked(buyer, 20, true), m.shrimp(producer))
	m.follow()
	_, err := m.catalog.Revoke(ctx, official(), certificate.ID, nil, "Demo")
	require.NoError(t, err)
	m.follow()
	require.Contains(t, m.heard(producer), "quote_claim_lost_producer")
	require.Empty(t, m.heard(buyer))
	require.Empty(t, m.letters()[address(buyer)])
	unread, err := m.CountNotices(ctx, buyer, true)
	require.NoError(t, err)
	require.Zero(t, unread)
	m.pass(3)
	require.Equal(t, []string{"quote_claim_lost_buyer"}, m.heard(buyer))
	require.Len(t, m.letters()[address(buyer)], 1)
}

// Notices are read by their organisation, page by page, and marked as read once.
func TestNoticesAreReadByTheirOrganisation(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	holder, other := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Producer, "Hợp tác xã B (hư cấu)")
	for range 5 {
		m.farmed(holder, 20)
	}
	m.pass(0)
	m.follow()
	var ids []uuid.UUID
	page := notify.Page{Limit: 2}
	for range 4 {
		notices, err := m.Notices(ctx, holder, "vi", page)
		require.NoError(t, err)
		for _, notice := range notices {
			ids, page.Before = append(ids, notice.ID), notice.ID
		}
	}
	require.Len(t, ids, 5)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(texts(ids)))), 5, "each once")
	_, err := m.MarkRead(ctx, other, "vi", ids[0])
	require.ErrorIs(t, err, fault.ErrNotFound)
	for range 2 {
		notice, err := m.MarkRead(ctx, holder, "vi", ids[0])
		require.NoError(t, err)
		require.NotNil(t, notice.ReadAt)
	}
	unread, err := m.CountNotices(ctx, holder, true)
	require.NoError(t, err)
	require.Equal(t, 4, unread)
	notices, err := m.Notices(ctx, holder, "vi", notify.Page{Limit: 10, Unread: true})
	require.NoError(t, err)
	require.Len(t, notices, 4)
	_, err = m.Notices(ctx, identity.Principal{}, "vi", page)
	require.ErrorIs(t, err, fault.ErrUnauthenticated)
	_, err = m.Notices(ctx, identity.Principal{UserID: uuid.New(), Kind: identity.Platform, Approved: true, Administrator: true}, "vi", page)
	require.ErrorIs(t, err, fault.ErrForbidden)
}

// Awards that are made while the certificate is being revoked: each stands without the claim, or
// both its sides are told, whatever came first.
func TestNoAwardSlipsPastARevocation(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	producer, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị B (hư cấu)")
	certificate := m.farmed(producer, 200)
	offer := m.shrimp(producer)
	var quotes []inquiry.Quote
	for range 12 {
		quotes = append(quotes, m.quoted(producer, m.asked(buyer, 20, false), offer))
	}
	awards := make([]inquiry.Award, len(quotes))
	done := make(chan struct{})
	var clients sync.WaitGroup
	for at, quote := range quotes {
		clients.Go(func() {
			made, err := m.inquiry.Award(ctx, buyer, quote.InquiryID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quote.Quantity}})
			if err != nil {
				t.Error(err)
				return
			}
			awards[at] = made[0]
		})
		if at == len(quotes)/2 {
			clients.Go(func() {
				defer close(done)
				if _, err := m.catalog.Revoke(ctx, official(), certificate.ID, nil, "Demo"); err != nil {
					t.Error(err)
				}
			})
		}
	}
	var follower sync.WaitGroup
	follower.Go(func() {
		<-done
		for range 20 { // at work while awards are still being made
			_, err := identity.AuditChain().Seal(ctx, m.lent.App)
			if err == nil {
				_, err = m.Follow(ctx)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	clients.Wait()
	follower.Wait()
	m.follow()
	told := make(map[uuid.UUID]int)
	for _, who := range []identity.Principal{producer, buyer} {
		for _, notice := range m.notices(who, "vi") {
			if notice.AwardID != nil {
				told[*notice.AwardID]++
			}
		}
	}
	for _, award := range awards {
		require.Equal(t, 3, told[award.ID], "that it was made, and both of the mark: claims %v, lapsing %v", award.Claims, award.LapsingClaims)
	}
}
