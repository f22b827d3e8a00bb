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

// authority is an official of a registered authority.
func (m *market) authority() identity.Principal {
	m.t.Helper()
	who := official()
	_, err := m.lent.Owner.Exec(m.t.Context(), `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, province, created_at, updated_at)
		VALUES ($1, 'authority', 'Sở thử (hư cấu)', 'so thu hu cau', 'approved', '96', now(), now())`, who.OrganisationID)
	require.NoError(m.t, err)
	return who
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

func texts(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for at, id := range ids {
		list[at] = id.String()
	}
	return list
}

// address is where mail for an organisation's owner goes.
func address(who identity.Principal) string { return who.UserID.String() }
