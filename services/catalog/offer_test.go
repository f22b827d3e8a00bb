package catalog_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// reserve holds volume of an offer for a quote; commit awards it.
func (m *market) reserve(offer catalog.Offer, amount quantity.Quantity, until time.Time) error {
	m.Helper()
	return m.post(ledger.Posting{
		Goods: goods(m.ann), Movement: ledger.Reserved, Quantity: amount, BusinessDate: offer.AvailableFrom,
		OfferID: offer.ID, QuoteID: uuid.New(), ReservedUntil: &until,
	})
}

func (m *market) commit(offer catalog.Offer, amount quantity.Quantity) error {
	m.Helper()
	inquiry, line := uuid.New(), uuid.New()
	return m.post(
		ledger.Posting{
			Goods: goods(m.ann), Movement: ledger.DemandOpened, Quantity: amount, BusinessDate: offer.AvailableFrom,
			InquiryID: inquiry, InquiryLineID: line,
		},
		ledger.Posting{
			Goods: goods(m.ann), Movement: ledger.Awarded, Quantity: amount, BusinessDate: offer.AvailableFrom,
			InquiryID: inquiry, InquiryLineID: line, OfferID: offer.ID, AwardID: uuid.New(), QuoteID: uuid.New(),
		})
}

func goods(who identity.Principal) ledger.Goods {
	return ledger.Goods{Line: "black_tiger_shrimp", Form: "live", Unit: "kg", ProducerID: who.OrganisationID}
}

func (m *market) post(postings ...ledger.Posting) error {
	m.Helper()
	return m.db.InTx(m.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, m.buyer, postings...)
	})
}

// offered sums what the ledger says was offered, by business date and commune.
func (m *market) offered(offer catalog.Offer) map[string]int64 {
	m.Helper()
	const query = `
		SELECT CAST(business_date AS text) || ' ' || commune AS at,
		       sum(CASE movement WHEN 'offer_lowered' THEN -quantity ELSE quantity END) AS offered
		  FROM ledger.postings WHERE offer_id = $1 AND movement IN ('offer_opened', 'offer_raised', 'offer_lowered')
		 GROUP BY 1`
	var rows []struct {
		At      string `db:"at"`
		Offered int64  `db:"offered"`
	}
	require.NoError(m, m.db.Select(m.Context(), &rows, query, offer.ID))
	sums := map[string]int64{}
	for _, row := range rows {
		if row.Offered != 0 {
			sums[row.At] = row.Offered / 1000
		}
	}
	return sums
}

func TestQuantityOfAnOffer(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	offer := m.offer(m.ann, supply(m.publish(m.ann, shrimp())))
	require.Equal(t, map[string]int64{"2026-12-01 32098": 500}, m.offered(offer))
	change := func(to int64) (catalog.Offer, error) {
		return m.service.ChangeOffer(ctx, m.ann, offer.ID, nil, catalog.OfferChange{Quantity: new(quantity.Of(to))})
	}
	raised, err := change(700)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(700), *raised.Quantity)
	require.EqualValues(t, 2, raised.Version)

	require.NoError(t, m.commit(offer, quantity.Of(300)))
	require.NoError(t, m.reserve(offer, quantity.Of(100), noon.Add(time.Hour)))
	_, err = change(399)
	refused(t, err, catalog.ErrBelowCommitments, "quantity", "below what is committed and reserved")
	refusal, _ := fault.From(err)
	require.Equal(t, quantity.Of(300), refusal.Params["committed"])
	require.Equal(t, quantity.Of(100), refusal.Params["reserved"])
	require.Equal(t, quantity.Of(400), refusal.Params["least"])
	lowered, err := change(400)
	require.NoError(t, err)
	require.Zero(t, *lowered.Remaining)
	require.Equal(t, quantity.Of(300), *lowered.Committed)
	require.Equal(t, catalog.OfferExhausted, lowered.State)
	require.Equal(t, map[string]int64{"2026-12-01 32098": 400}, m.offered(offer))
}

func TestLowerReleasesWhatRanOut(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.now.set(time.Now().UTC())
	offering := supply(m.publish(m.ann, shrimp()))
	offering.AvailableFrom, offering.AvailableTo = date("2026-01-01"), date("2027-06-30")
	offer := m.offer(m.ann, offering)
	require.NoError(t, m.reserve(offer, quantity.Of(500), time.Now().Add(-time.Minute).UTC()))
	changed, err := m.service.ChangeOffer(t.Context(), m.ann, offer.ID, nil, catalog.OfferChange{Quantity: new(quantity.Of(50))})
	require.NoError(t, err)
	require.Equal(t, quantity.Of(50), *changed.Remaining)
}

func TestSupplyThatMoves(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	offer := m.offer(m.ann, supply(m.publish(m.ann, shrimp())))
	require.NoError(t, m.commit(offer, quantity.Of(300)))
	_, err := m.service.ChangeOffer(t.Context(), m.ann, offer.ID, nil, catalog.OfferChange{
		AvailableFrom: new(date("2026-12-10")), PlaceCode: web.Some("32065"), Quantity: new(quantity.Of(450)),
	})
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"2026-12-10 32065": 450}, m.offered(offer), "all of it is reported where it is now")
	balances, err := ledger.OfferBalances(t.Context(), m.db, ids(offer.ID))
	require.NoError(t, err)
	require.Equal(t, quantity.Of(150), balances[offer.ID].Remaining)
}

func TestCloseOffer(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	offer := m.offer(m.ann, supply(m.publish(m.ann, shrimp())))
	require.NoError(t, m.commit(offer, quantity.Of(300)))
	require.NoError(t, m.reserve(offer, quantity.Of(50), noon.Add(time.Hour)))
	_, err := m.service.CloseOffer(ctx, m.ben, offer.ID, nil)
	require.ErrorIs(t, err, fault.ErrNotFound)
	closed, err := m.service.CloseOffer(ctx, m.ann, offer.ID, nil)
	require.NoError(t, err)
	require.Equal(t, catalog.OfferClosed, closed.State)
	require.Equal(t, quantity.Of(350), *closed.Quantity, "what is committed and reserved stands")
	require.Zero(t, *closed.Remaining)
	_, err = m.service.CloseOffer(ctx, m.ann, offer.ID, nil)
	require.ErrorIs(t, err, catalog.ErrOfferState)
	_, err = m.service.ChangeOffer(ctx, m.ann, offer.ID, nil, catalog.OfferChange{MinOrder: new(quantity.Of(1))})
	require.ErrorIs(t, err, catalog.ErrOfferState)
	_, err = m.service.Offer(ctx, m.buyer, offer.ID)
	require.ErrorIs(t, err, fault.ErrNotFound, "a closed offer is nobody else's business")
}

// Whatever runs beside it, a lower quantity never cuts into what was committed, and a refusal is
// a 409.
func TestLoweringBesideAwards(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	offer := m.offer(m.ann, supply(m.publish(m.ann, shrimp())))
	var running sync.WaitGroup
	for range 20 {
		running.Go(func() {
			if err := m.commit(offer, quantity.Of(30)); err != nil && !errors.Is(err, ledger.ErrOfferExhausted) {
				t.Errorf("award: %v", err)
			}
		})
	}
	for to := int64(490); to > 0; to -= 50 {
		running.Go(func() {
			change := catalog.OfferChange{Quantity: new(quantity.Of(to)), MinOrder: new(quantity.Quantity(0)), PriceTiers: []catalog.PriceTier{{PriceVND: 1}}}
			if _, err := m.service.ChangeOffer(context.WithoutCancel(t.Context()), m.ann, offer.ID, nil, change); err != nil && !errors.Is(err, catalog.ErrBelowCommitments) {
				t.Errorf("lower: %v", err)
			}
		})
	}
	running.Wait()
	balances, err := ledger.OfferBalances(t.Context(), m.db, ids(offer.ID))
	require.NoError(t, err)
	require.GreaterOrEqual(t, balances[offer.ID].Supplied, balances[offer.ID].Committed)
}

func TestLineOfATradedProductIsFixed(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	change := catalog.ProductChange{Form: new("iced")}
	_, err := m.service.ChangeProduct(t.Context(), m.ann, product.ID, nil, change)
	require.NoError(t, err)
	m.offer(m.ann, supply(product))
	_, err = m.service.ChangeProduct(t.Context(), m.ann, product.ID, nil, catalog.ProductChange{Form: new("live")})
	require.ErrorIs(t, err, catalog.ErrProductInTrade)
	renamed, err := m.service.ChangeProduct(t.Context(), m.ann, product.ID, nil, catalog.ProductChange{Name: new("Tôm sú Demo 2")})
	require.NoError(t, err)
	require.Equal(t, "Tôm sú Demo 2", renamed.Name)
	require.Len(t, renamed.Offers, 1)
}
