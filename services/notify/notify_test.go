package notify_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/notify"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// market is a database with people, goods and deals, at an hour that the test sets.
type market struct {
	*notify.Service

	t        *testing.T
	lent     *referencetest.Database
	db       *postgres.DB
	identity *identity.Service
	catalog  *catalog.Service
	inquiry  *inquiry.Service
	mail     string
	made     atomic.Int64
	mutex    sync.Mutex
	at       time.Time
}

func newMarket(t *testing.T) *market {
	t.Helper()
	lent := referencetest.Lend(t)
	m := &market{t: t, lent: lent, mail: t.TempDir(), at: time.Now()}
	m.db = lent.App.WithClock(m.now)
	m.Service = notify.NewService(m.db, lent.Book, notify.Options{Clock: m.now})
	m.identity = identity.NewService(m.db, lent.Book, identity.Options{MailFolder: m.mail, PublicURL: "https://demo.invalid"})
	m.catalog = catalog.NewService(m.db, nil, lent.Book, catalog.Options{Clock: m.now})
	m.inquiry = inquiry.NewService(m.db, lent.Book)
	return m
}

func (m *market) now() time.Time { m.mutex.Lock(); defer m.mutex.Unlock(); return m.at }

func (m *market) today() civil.Date { return reference.Day(m.now()) }

// pass lets days go by and the job look at the certificates.
func (m *market) pass(days int) {
	m.t.Helper()
	m.mutex.Lock()
	m.at = m.at.AddDate(0, 0, days)
	m.mutex.Unlock()
	_, err := m.catalog.NoteEndings(context.Background())
	require.NoError(m.t, err)
}

func (m *market) organisation(kind identity.OrganisationKind, name string) identity.Principal {
	m.t.Helper()
	n := m.made.Add(1)
	application := identity.Application{
		Organisation: identity.NewOrganisation{Kind: kind, Name: name, Fictional: true},
		User:         identity.NewUser{Name: "Người thử", Email: fmt.Sprintf("thu%d@ocop.example", n)},
	}
	application.Organisation.LegalForm, application.Organisation.CommuneCode = identity.Cooperative, "32065"
	if kind == identity.Buyer {
		application.Organisation.LegalForm, application.Organisation.BuyerKind, application.Organisation.CommuneCode = "", "caterer", "25747"
	}
	ctx := context.Background()
	registered, err := m.identity.Register(ctx, identity.SystemPrincipal(), application)
	require.NoError(m.t, err)
	_, err = m.identity.Approve(ctx, identity.SystemPrincipal(), registered.Organisation.ID)
	require.NoError(m.t, err)
	return identity.Principal{
		UserID: registered.User.ID, OrganisationID: registered.Organisation.ID, Kind: kind, Role: identity.Owner, Approved: true,
	}
}

func official() identity.Principal {
	return identity.Principal{
		UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Authority, Role: identity.Owner, Approved: true, Province: "96",
	}
}

// certified verifies an ASC certificate that lives so many days more.
func (m *market) certified(holder identity.Principal, scope catalog.Scope, days int) catalog.Certificate {
	m.t.Helper()
	ctx := context.Background()
	scope.Lines = []string{"black_tiger_shrimp"}
	made, err := m.catalog.SubmitCertificate(ctx, holder, catalog.NewCertificate{
		Scheme: "ASC_FARM", Number: fmt.Sprintf("DEMO-%d", m.made.Add(1)), Issuer: "Demo", IssuedOn: m.today().AddDays(-500),
		ValidUntil: m.today().AddDays(days), Scope: scope,
	})
	require.NoError(m.t, err)
	made, err = m.catalog.Verify(ctx, official(), made.ID, nil)
	require.NoError(m.t, err)
	return made
}

func (m *market) farmed(holder identity.Principal, days int) catalog.Certificate {
	return m.certified(holder, catalog.Scope{Kind: "farm_area"}, days)
}

// shrimp publishes tôm sú with plenty on offer.
func (m *market) shrimp(producer identity.Principal) (offer uuid.UUID) {
	m.t.Helper()
	ctx := context.Background()
	product, err := m.catalog.CreateProduct(ctx, producer, catalog.NewProduct{
		Name: "Tôm sú thử", Line: "black_tiger_shrimp", Form: "iced", Unit: "kg", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
	})
	require.NoError(m.t, err)
	_, err = m.catalog.Publish(ctx, producer, product.ID)
	require.NoError(m.t, err)
	opened, err := m.catalog.OpenOffer(ctx, producer, catalog.NewOffer{
		ProductID: product.ID, AvailableFrom: m.today(), AvailableTo: m.today().AddDays(300), Quantity: quantity.Of(100_000), Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}}, Visibility: catalog.Buyers,
	})
	require.NoError(m.t, err)
	return opened.ID
}

// asked places an inquiry for shrimp in so many days.
func (m *market) asked(buyer identity.Principal, days int, sealed bool) inquiry.Inquiry {
	m.t.Helper()
	placed, err := m.inquiry.Place(context.Background(), buyer, inquiry.Demand{
		Visibility: inquiry.Open, QuotesSealed: sealed, QuotesDueAt: m.now().Add(48 * time.Hour), DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.DemandLine{{
			ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(1000), Unit: "kg", Schemes: []string{"ASC_FARM"},
			DeliverFrom: m.today().AddDays(days), DeliverTo: m.today().AddDays(days),
		}},
	})
	require.NoError(m.t, err)
	return placed
}

func (m *market) quoted(producer identity.Principal, to inquiry.Inquiry, offer uuid.UUID) inquiry.Quote {
	m.t.Helper()
	quote, err := m.inquiry.Quote(context.Background(), producer, to.ID, inquiry.NewQuote{
		LineID: to.Lines[0].ID, OfferID: offer, Quantity: quantity.Of(500), PriceVND: 250_000, DeliverOn: to.Lines[0].DeliverFrom,
		ValidUntil: inquiry.Until{Time: m.now().AddDate(0, 0, 200)}, Reserve: new(false),
	})
	require.NoError(m.t, err)
	return quote
}

func (m *market) awarded(buyer identity.Principal, of inquiry.Quote) inquiry.Award {
	m.t.Helper()
	awards, err := m.inquiry.Award(context.Background(), buyer, of.InquiryID, []inquiry.Allocation{{QuoteID: of.ID, Quantity: of.Quantity}})
	require.NoError(m.t, err)
	return awards[0]
}

// follow seals what happened and lets several processes draw the consequences at once.
func (m *market) follow() {
	m.t.Helper()
	ctx := context.Background()
	require.Eventually(m.t, func() bool {
		_, err := identity.AuditChain().Seal(ctx, m.lent.App)
		require.NoError(m.t, err)
		var waiting bool
		require.NoError(m.t, m.lent.App.Get(ctx, &waiting, `
			SELECT EXISTS (SELECT FROM identity.audit_events e WHERE NOT EXISTS (SELECT FROM identity.audit_seals s WHERE s.row_id = e.id))`))
		return !waiting
	}, 20*time.Second, 10*time.Millisecond, "sealing waits for older transactions")
	var processes sync.WaitGroup
	for range 3 {
		processes.Go(func() {
			for more := true; more; {
				var err error
				if more, err = m.Follow(ctx); err != nil {
					m.t.Error(err)
					return
				}
			}
		})
	}
	processes.Wait()
	_, err := m.Follow(ctx)
	require.NoError(m.t, err)
}

// heard lists the kinds of notices an organisation has, oldest first.
func (m *market) heard(who identity.Principal) []string {
	m.t.Helper()
	kinds := []string{}
	for _, notice := range m.notices(who, "vi") {
		kinds = append(kinds, notice.Kind)
	}
	slices.Reverse(kinds)
	return kinds
}

func (m *market) notices(who identity.Principal, language string) []notify.Notice {
	m.t.Helper()
	notices, err := m.Notices(context.Background(), who, language, notify.Page{Limit: 100})
	require.NoError(m.t, err)
	return notices
}

// letters are the mails that went out, by the person they went to.
func (m *market) letters() map[string][]string {
	m.t.Helper()
	ctx := context.Background()
	for more := true; more; {
		var err error
		more, err = m.Mail(ctx)
		require.NoError(m.t, err)
	}
	for sent := 1; sent > 0; {
		var err error
		sent, err = m.identity.DeliverMail(ctx)
		require.NoError(m.t, err)
	}
	files, err := filepath.Glob(filepath.Join(m.mail, "*.eml"))
	require.NoError(m.t, err)
	var people []struct {
		ID    uuid.UUID `db:"id"`
		Email string    `db:"email"`
	}
	require.NoError(m.t, m.lent.App.Select(ctx, &people, `SELECT id, email FROM identity.users`))
	letters := make(map[string][]string)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(m.t, err)
		for _, person := range people {
			if strings.Contains(string(content), "<"+person.Email+">") && strings.Contains(string(content), "hứng nhận") {
				letters[person.ID.String()] = append(letters[person.ID.String()], string(content))
			}
		}
	}
	return letters
}

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
	_, err := m.catalog.Revoke(ctx, official(), certificate.ID, nil, "Kháng sinh trong mẫu tháng 11.")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"certificate_revoked"}, m.heard(holder))
	require.Contains(t, m.notices(holder, "vi")[0].Text, "Kháng sinh trong mẫu tháng 11.")
	require.Equal(t, []string{"award_claim_lost_producer"}, m.heard(member), "a member of the group sold under it")
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
	for _, who := range []identity.Principal{ann, ben, buyer, other} {
		require.Empty(t, m.heard(who), "while the certificate holds nobody is told anything")
	}

	_, err = m.catalog.Revoke(ctx, official(), certificate.ID, nil, "Demo")
	require.NoError(t, err)
	m.follow()
	m.follow()
	require.ElementsMatch(t, []string{"certificate_revoked", "quote_claim_lost_producer", "award_claim_lost_producer"}, m.heard(ann))
	require.Equal(t, []string{"quote_claim_lost_buyer"}, m.heard(buyer))
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
	require.Equal(t, []string{"quote_claim_lapsing_producer", "award_claim_lapsing_producer"}, m.heard(producer))
	require.Equal(t, []string{"quote_claim_lapsing_buyer", "award_claim_lapsing_buyer"}, m.heard(buyer))
	m.pass(10)
	m.follow()
	require.Equal(t, []string{"quote_claim_lapsing_producer", "award_claim_lapsing_producer", "certificate_expiring"}, m.heard(producer))
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
	require.Empty(t, m.heard(producer))
	m.pass(11)
	m.follow()
	require.Equal(t, []string{"certificate_lapsed"}, m.heard(producer))
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

func texts(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for at, id := range ids {
		list[at] = id.String()
	}
	return list
}

// address is where mail for an organisation's owner goes.
func address(who identity.Principal) string { return who.UserID.String() }
