package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// testBundle is a ledger of the test's own.
type testBundle struct {
	*referencetest.Database

	who identity.Principal
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	return &testBundle{
		Database: referencetest.Lend(t),
		who: identity.Principal{
			UserID: newID(), OrganisationID: newID(), Kind: identity.Buyer, Role: identity.Owner, Approved: true,
		},
	}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func day(year int, month time.Month, d int) civil.Date { return civil.New(year, month, d) }

func kg(n int64) quantity.Quantity { return quantity.Of(n) }

// post records movements in a transaction of their own.
func (b *testBundle) post(postings ...ledger.Posting) error {
	return b.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, b.who, postings...)
	})
}

// release records what is taken off the last dates of awards and quotes.
func (b *testBundle) release(postings ...ledger.Posting) error {
	return b.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		dated, err := ledger.OffLastDatesTx(ctx, tx, postings...)
		if err != nil {
			return err
		}
		return ledger.PostTx(ctx, tx, b.who, dated...)
	})
}

// deal is the ids that the postings of one deal share.
type deal struct {
	goods                       ledger.Goods
	offer, inquiry, line, award uuid.UUID
	on                          civil.Date
}

func newDeal(goods ledger.Goods) deal {
	return deal{goods: goods, offer: newID(), inquiry: newID(), line: newID(), award: newID(), on: day(2026, time.March, 10)}
}

// supply, demand and trade write postings of the deal as the services do.
func (d deal) supply(movement ledger.Movement, amount quantity.Quantity) ledger.Posting {
	goods := d.goods
	goods.BuyerSystem, goods.BuyerID = "", uuid.Nil
	return ledger.Posting{Goods: goods, Movement: movement, Quantity: amount, BusinessDate: d.on, OfferID: d.offer}
}

func (d deal) demand(movement ledger.Movement, amount quantity.Quantity) ledger.Posting {
	goods := d.goods
	goods.ProducerID, goods.ProductID, goods.Commune = uuid.Nil, uuid.Nil, ""
	return ledger.Posting{
		Goods: goods, Movement: movement, Quantity: amount, BusinessDate: d.on, InquiryID: d.inquiry, InquiryLineID: d.line,
	}
}

func (d deal) quote(movement ledger.Movement, amount quantity.Quantity, quote uuid.UUID) ledger.Posting {
	posting := d.demand(movement, amount)
	posting.Goods, posting.QuoteID, posting.OfferID = d.goods, quote, d.offer
	return posting
}

func (d deal) hold(amount quantity.Quantity, quote uuid.UUID, until time.Time) ledger.Posting {
	posting := d.supply(ledger.Reserved, amount)
	posting.QuoteID, posting.ReservedUntil = quote, &until
	return posting
}

func (d deal) trade(movement ledger.Movement, amount quantity.Quantity) ledger.Posting {
	posting := d.demand(movement, amount)
	posting.Goods, posting.OfferID, posting.AwardID = d.goods, d.offer, d.award
	posting.PriceVND = 250_000
	return posting
}

// shrimp are goods of a line sold by weight.
func shrimp() ledger.Goods {
	return ledger.Goods{
		Line: "black_tiger_shrimp", Form: "live", Unit: "kg", Schemes: []string{"ASC_FARM"}, Commune: "",
		BuyerSystem: "saigon-coop", ProducerID: newID(), BuyerID: newID(), ProductID: newID(),
	}
}

// wholeDeal posts every kind of movement once: 100 offered, 80 wanted, 60 quoted and held for, 50
// awarded, 40 dispatched, of which 30 accepted, 6 rejected and 4 lost.
func (b *testBundle) wholeDeal(t *testing.T, d deal) (quote uuid.UUID) {
	t.Helper()
	quote = newID()
	later := time.Now().Add(time.Hour)
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(90))))
	require.NoError(t, b.post(d.supply(ledger.OfferRaised, kg(15)), d.supply(ledger.OfferLowered, kg(5))))
	require.NoError(t, b.post(d.demand(ledger.DemandOpened, kg(85))))
	require.NoError(t, b.post(d.demand(ledger.DemandLowered, kg(5))))
	require.NoError(t, b.post(d.quote(ledger.Quoted, kg(60), quote), d.hold(kg(20), quote, later)))
	require.NoError(t, b.post(d.trade(ledger.Awarded, kg(50))))
	require.NoError(t, b.post(d.trade(ledger.Dispatched, kg(40))))
	require.NoError(t, b.post(d.trade(ledger.Accepted, kg(30)), d.trade(ledger.Rejected, kg(6)), d.trade(ledger.Lost, kg(4))))
	return quote
}

// audit collects the findings of ledger.Audit.
func (b *testBundle) audit(t *testing.T) []ledger.Finding {
	t.Helper()
	findings := []ledger.Finding{}
	audited, err := ledger.Audit(context.Background(), b.App, func(f ledger.Finding) error {
		findings = append(findings, f)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, len(findings), audited.Findings)
	return findings
}

// broken collects the findings of ledger.VerifySeals.
func (b *testBundle) broken(t *testing.T) []ledger.Finding {
	t.Helper()
	findings := []ledger.Finding{}
	_, err := ledger.VerifySeals(context.Background(), b.App, func(f ledger.Finding) error {
		findings = append(findings, f)
		return nil
	})
	require.NoError(t, err)
	return findings
}

// tamper runs statements as the owner of the database.
func (b *testBundle) tamper(t *testing.T, statement string, args ...any) {
	t.Helper()
	touched, err := b.Owner.Exec(context.Background(), statement, args...)
	require.NoError(t, err)
	if len(args) > 0 {
		require.Positive(t, touched, "the tampering must change something")
	}
}

// seal seals until so many postings are sealed: each has to wait for older transactions to end,
// and those of other tests count.
func (b *testBundle) seal(t *testing.T, postings int) {
	t.Helper()
	sealed := 0
	require.Eventually(t, func() bool {
		n, err := ledger.Seal(context.Background(), b.App)
		require.NoError(t, err)
		sealed += n
		return sealed >= postings
	}, 20*time.Second, 5*time.Millisecond)
	require.Equal(t, postings, sealed)
}
