package inquiry_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// market is a database with producers, buyers and goods, and the services on it.
type market struct {
	*inquiry.Service

	t        testing.TB
	db       *postgres.DB
	lent     *referencetest.Database
	book     *reference.Book
	identity *identity.Service
	catalog  *catalog.Service
	today    civil.Date
	made     atomic.Int64
}

func newMarket(t testing.TB) *market {
	t.Helper()
	database := referencetest.Lend(t)
	return &market{
		t: t, db: database.App, lent: database, book: database.Book,
		Service:  inquiry.NewService(database.App, database.Book),
		identity: identity.NewService(database.App, database.Book, identity.Options{}),
		catalog:  catalog.NewService(database.App, nil, database.Book, catalog.Options{}),
		today:    reference.Day(time.Now()),
	}
}

// organisation registers and approves one, and returns its owner.
func (m *market) organisation(kind identity.OrganisationKind) identity.Principal {
	m.t.Helper()
	return m.organisationOf(kind, identity.Cooperative)
}

// organisationOf is organisation; a producer has the legal form.
func (m *market) organisationOf(kind identity.OrganisationKind, form string) identity.Principal {
	m.t.Helper()
	n := m.made.Add(1)
	application := identity.Application{
		Organisation: identity.NewOrganisation{Kind: kind, Name: fmt.Sprintf("Tổ chức thử %d (hư cấu)", n), Fictional: true},
		User:         identity.NewUser{Name: "Người thử", Email: fmt.Sprintf("thu%d@ocop.example", n)},
	}
	switch kind {
	case identity.Producer:
		application.Organisation.LegalForm, application.Organisation.CommuneCode = form, "32065"
	case identity.Buyer:
		application.Organisation.BuyerKind, application.Organisation.CommuneCode = "caterer", "25747"
	case identity.Authority, identity.Platform:
		application.Organisation.Province = reference.CaMau
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

// shrimp publishes tôm sú of the producer.
func (m *market) shrimp(producer identity.Principal, form string) catalog.Product {
	m.t.Helper()
	ctx := context.Background()
	grade := map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30}
	if form[0] == 'f' {
		grade["glaze_percent"] = "10"
	}
	product, err := m.catalog.CreateProduct(ctx, producer, catalog.NewProduct{
		Name: fmt.Sprintf("Tôm sú thử %d", m.made.Add(1)), Line: "black_tiger_shrimp", Form: form, Unit: "kg", Grade: grade,
	})
	require.NoError(m.t, err)
	product, err = m.catalog.Publish(ctx, producer, product.ID)
	require.NoError(m.t, err)
	return product
}

// offer opens a supply from today for 60 days.
func (m *market) offer(producer identity.Principal, product uuid.UUID, amount quantity.Quantity) uuid.UUID {
	m.t.Helper()
	offer, err := m.catalog.OpenOffer(context.Background(), producer, catalog.NewOffer{
		ProductID: product, AvailableFrom: m.today, AvailableTo: m.today.AddDays(60), Quantity: amount, Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}}, Visibility: catalog.Buyers,
	})
	require.NoError(m.t, err)
	return offer.ID
}

// demand asks for so much tôm sú of anybody.
func (m *market) demand(amount quantity.Quantity) inquiry.Demand {
	return inquiry.Demand{
		Visibility: inquiry.Open, QuotesDueAt: time.Now().Add(48 * time.Hour),
		DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.DemandLine{{
			ProductLine: "black_tiger_shrimp", Quantity: amount, Unit: "kg",
			DeliverFrom: m.today.AddDays(3), DeliverTo: m.today.AddDays(10),
		}},
	}
}

// placed places it.
func (m *market) placed(buyer identity.Principal, demand inquiry.Demand) inquiry.Inquiry {
	m.t.Helper()
	placed, err := m.Place(context.Background(), buyer, demand)
	require.NoError(m.t, err)
	return placed
}

// quote answers the first line from an offer, without holding volume.
func (m *market) quote(producer identity.Principal, to inquiry.Inquiry, offer uuid.UUID, amount quantity.Quantity, price money.VND) inquiry.Quote {
	m.t.Helper()
	quote, err := m.Quote(context.Background(), producer, to.ID, inquiry.NewQuote{
		LineID: to.Lines[0].ID, OfferID: offer, Quantity: amount, PriceVND: price, DeliverOn: m.today.AddDays(5), Reserve: new(false),
	})
	require.NoError(m.t, err)
	return quote
}

// remaining reads what an offer can still promise.
func (m *market) remaining(offer uuid.UUID) quantity.Quantity {
	m.t.Helper()
	var left quantity.Quantity
	require.NoError(m.t, m.db.Get(context.Background(), &left, `SELECT remaining FROM ledger.remaining WHERE offer_id = $1`, offer))
	return left
}

// committed reads what is committed of an offer.
func (m *market) committed(offer uuid.UUID) quantity.Quantity {
	m.t.Helper()
	var sum quantity.Quantity
	require.NoError(m.t, m.db.Get(context.Background(), &sum, `SELECT committed FROM ledger.remaining WHERE offer_id = $1`, offer))
	return sum
}

// address reaches the same database as the service does.
func (m *market) address() string { return m.lent.AppURL }
