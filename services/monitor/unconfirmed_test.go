package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// trade is a market where things are really sold, sent and received.
type trade struct {
	*testBundle

	goods           *catalog.Service
	deals           *inquiry.Service
	producer, buyer identity.Principal
}

func newTrade(t *testing.T) *trade {
	t.Helper()
	b := setup(t, monitor.Options{})
	people := identity.NewService(b.App, b.Book, identity.Options{})
	join := func(organisation identity.NewOrganisation, email string) identity.Principal {
		organisation.Fictional = true
		registered, err := people.Register(t.Context(), identity.SystemPrincipal(), identity.Application{
			Organisation: organisation, User: identity.NewUser{Name: "Người thử", Email: email},
		})
		require.NoError(t, err)
		_, err = people.Approve(t.Context(), identity.SystemPrincipal(), registered.Organisation.ID)
		require.NoError(t, err)
		return identity.Principal{
			UserID: registered.User.ID, OrganisationID: registered.Organisation.ID, Kind: organisation.Kind, Role: identity.Owner, Approved: true,
		}
	}
	return &trade{
		testBundle: b, goods: catalog.NewService(b.App, nil, b.Book, catalog.Options{}), deals: inquiry.NewService(b.App, b.Book),
		producer: join(identity.NewOrganisation{Kind: identity.Producer, Name: "Hợp tác xã (hư cấu)", LegalForm: identity.Cooperative, CommuneCode: "32065"}, "sx@ocop.example"),
		buyer:    join(identity.NewOrganisation{Kind: identity.Buyer, Name: "Siêu thị (hư cấu)", BuyerKind: "caterer", CommuneCode: "25747"}, "mua@ocop.example"),
	}
}

// award sells so much tôm sú of a form.
func (m *trade) award(t *testing.T, form string, amount int64) uuid.UUID {
	t.Helper()
	ctx, today := t.Context(), reference.Day(time.Now())
	product, err := m.goods.CreateProduct(ctx, m.producer, catalog.NewProduct{
		Name: "Tôm sú " + form, Line: "black_tiger_shrimp", Form: form, Unit: "kg", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
	})
	require.NoError(t, err)
	_, err = m.goods.Publish(ctx, m.producer, product.ID)
	require.NoError(t, err)
	offer, err := m.goods.OpenOffer(ctx, m.producer, catalog.NewOffer{
		ProductID: product.ID, AvailableFrom: today, AvailableTo: today.AddDays(9), Quantity: kg(amount), Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}},
	})
	require.NoError(t, err)
	asked, err := m.deals.Place(ctx, m.buyer, inquiry.Demand{
		Visibility: inquiry.Open, QuotesDueAt: time.Now().Add(time.Hour), DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.DemandLine{{ProductLine: "black_tiger_shrimp", Quantity: kg(amount), Unit: "kg", DeliverFrom: today, DeliverTo: today.AddDays(9)}},
	})
	require.NoError(t, err)
	quote, err := m.deals.Quote(ctx, m.producer, asked.ID, inquiry.NewQuote{
		LineID: asked.Lines[0].ID, OfferID: offer.ID, Quantity: kg(amount), PriceVND: 250_000, DeliverOn: today.AddDays(2),
	})
	require.NoError(t, err)
	awards, err := m.deals.Award(ctx, m.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: kg(amount)}})
	require.NoError(t, err)
	return awards[0].ID
}

// sent is a delivery that left so many hours ago.
func (m *trade) sent(t *testing.T, award uuid.UUID, amount quantity.Quantity, hours int) uuid.UUID {
	t.Helper()
	sent, err := m.deals.Deliver(t.Context(), m.producer, award, inquiry.Dispatch{
		Quantity: amount, DispatchedAt: time.Now().Add(-time.Duration(hours)*time.Hour - time.Minute),
	})
	require.NoError(t, err)
	return sent.ID
}

// rows are all volumes of this year and the last by some dimensions.
func (m *trade) rows(t *testing.T, by string) []monitor.VolumeRow {
	t.Helper()
	year := reference.Day(time.Now()).Year
	return read[monitor.Volumes](t, m.testBundle, "administrator", fmt.Sprintf("/v1/volumes?from=%d-01-01&to=%d-12-31&by=%s", year-1, year+1, by)).Rows
}

// Live goods that nobody received within a day stand in a column of their own, and only the receiver
// makes delivered goods of them.
func TestLiveGoodsUnreceivedAfterADayAreUnconfirmed(t *testing.T) {
	t.Parallel()
	m := newTrade(t)
	live, iced := m.award(t, "live", 100), m.award(t, "iced", 100)
	forgotten := m.sent(t, live, kg(30), 24)
	m.sent(t, live, kg(20), 23)
	m.sent(t, iced, kg(50), 100)
	byForm := func() map[string]monitor.VolumeRow {
		rows := map[string]monitor.VolumeRow{}
		for _, row := range m.rows(t, "form,producer") {
			if *row.Producer == m.producer.OrganisationID.String() {
				rows[*row.Form] = row
			}
		}
		return rows
	}
	rows := byForm()
	require.Equal(t, []quantity.Quantity{kg(50), kg(30), 0}, []quantity.Quantity{rows["live"].Dispatched, rows["live"].Unconfirmed, rows["live"].Delivered})
	require.Equal(t, []quantity.Quantity{kg(50), 0, 0}, []quantity.Quantity{rows["iced"].Dispatched, rows["iced"].Unconfirmed, rows["iced"].Delivered})
	_, err := m.deals.Receive(t.Context(), m.producer, forgotten, inquiry.Receipt{Accepted: kg(30)})
	require.Error(t, err, "only the receiver can confirm")
	require.Equal(t, kg(30), byForm()["live"].Unconfirmed)
	_, err = m.deals.Receive(t.Context(), m.buyer, forgotten, inquiry.Receipt{Accepted: kg(28), Rejected: kg(2)})
	require.NoError(t, err)
	rows = byForm()
	require.Equal(t, []quantity.Quantity{kg(50), 0, kg(28)}, []quantity.Quantity{rows["live"].Dispatched, rows["live"].Unconfirmed, rows["live"].Delivered})
}

// Whatever is sent and received, when, and whatever rows are about: what is unconfirmed is what the
// ledger says was dispatched with the deliveries that are, and what is delivered is what it says was
// accepted.
func TestUnconfirmedVolumesEqualTheLedger(t *testing.T) {
	t.Parallel()
	m := newTrade(t)
	chance := rand.New(rand.NewPCG(7, 1))
	awards := []uuid.UUID{m.award(t, "live", 500), m.award(t, "live", 500), m.award(t, "iced", 500)}
	unreceived := map[uuid.UUID]quantity.Quantity{}
	late := quantity.Quantity(0)
	for range 40 {
		at, amount, hours := chance.IntN(3), quantity.Quantity(1+chance.Int64N(20_000)), chance.IntN(60)
		id := m.sent(t, awards[at], amount, hours)
		if chance.IntN(2) == 0 {
			_, err := m.deals.Receive(t.Context(), m.buyer, id, inquiry.Receipt{Accepted: amount / 2, Rejected: amount - amount/2})
			require.NoError(t, err)
			continue
		}
		unreceived[id] = amount
		if at < 2 && hours >= 24 {
			late += amount
		}
	}
	require.Positive(t, late)
	var accepted, dispatched quantity.Quantity
	require.NoError(t, m.Owner.Get(t.Context(), &accepted, `SELECT sum(quantity)::bigint FROM ledger.postings WHERE movement = 'accepted'`))
	require.NoError(t, m.Owner.Get(t.Context(), &dispatched, `SELECT sum(quantity)::bigint FROM ledger.postings WHERE movement = 'dispatched'`))
	for _, by := range []string{"month", "week", "form", "commune", "producer", "buyer", "line", "buyer_system,year"} {
		var unconfirmed, delivered, left quantity.Quantity
		for _, row := range m.rows(t, by) {
			unconfirmed, delivered, left = unconfirmed+row.Unconfirmed, delivered+row.Delivered, left+row.Dispatched
			require.LessOrEqual(t, row.Unconfirmed, row.Dispatched)
		}
		require.Equal(t, []quantity.Quantity{late, accepted, dispatched}, []quantity.Quantity{unconfirmed, delivered, left}, by)
	}
	none, err := ledger.Volumes(context.Background(), m.App, ledger.Query{From: reference.Day(time.Now()).AddDays(-9), To: reference.Day(time.Now()).AddDays(9)})
	require.NoError(t, err)
	for _, row := range none {
		require.Zero(t, row.Unconfirmed, "the ledger alone cannot know")
	}
}
