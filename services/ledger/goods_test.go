package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// graded are shrimp that say everything that can be said of goods.
func graded() ledger.Goods {
	goods := shrimp()
	goods.Grade, goods.Stars, goods.Ward = "20-30", 4, "25747"
	return goods
}

// Seals made before postings said grade, stars and ward go on to hold.
func TestAPostingWithoutGradeStarsAndWardIsSealedAsBefore(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	const before = `CAST(jsonb_build_array(EXTRACT(EPOCH FROM t.at), t.business_date, t.movement, t.quantity, t.unit, t.weight,
			t.value_vnd, t.product_line, t.form, t.schemes, t.commune, t.buyer_system, t.producer_id, t.buyer_id, t.product_id,
			t.offer_id, t.inquiry_id, t.inquiry_line_id, t.quote_id, t.award_id, t.delivery_id,
			EXTRACT(EPOCH FROM t.reserved_until), t.actor_id, t.organisation_id, t.reason) AS text)`
	same := func() (same, other int) {
		query := `SELECT count(*) FILTER (WHERE a = b), count(*) FILTER (WHERE a <> b)
			FROM (SELECT ` + before + ` AS a, ` + ledger.SealedChain().Canonical + ` AS b FROM ledger.postings t) x`
		require.NoError(t, b.App.Each(ctx, query, nil, func(scan func(dest ...any) error) error { return scan(&same, &other) }))
		return same, other
	}
	b.wholeDeal(t, newDeal(shrimp()))
	kept, changed := same()
	require.Equal(t, []int{12, 0}, []int{kept, changed})
	b.wholeDeal(t, newDeal(graded()))
	kept, changed = same()
	require.Equal(t, []int{12, 12}, []int{kept, changed})

	b.seal(t, 24)
	require.Empty(t, b.broken(t))
	for at, tampering := range []string{
		"UPDATE ledger.postings SET grade = 'else' WHERE id = (SELECT row_id FROM ledger.seals WHERE seq = $1)",
		"UPDATE ledger.postings SET stars = 5 WHERE id = (SELECT row_id FROM ledger.seals WHERE seq = $1)",
		"UPDATE ledger.postings SET ward = NULL WHERE id = (SELECT row_id FROM ledger.seals WHERE seq = $1)",
	} {
		b.tamper(t, tampering, 14+3*at)
		require.Len(t, b.broken(t), at+1, tampering)
	}
}

// What is released or taken back goes from where it was held or delivered, whatever it is told apart by.
func TestReleasesAndReversalsGoBackToWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	d := newDeal(graded())
	delivery, quote := newID(), newID()
	require.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(100)), d.demand(ledger.DemandOpened, kg(100))))
	hold := d.quote(ledger.Reserved, kg(20), quote)
	hold.ReservedUntil = new(time.Now().Add(time.Hour))
	require.NoError(t, b.post(hold))
	require.NoError(t, b.post(d.trade(ledger.Awarded, kg(50))))
	sent, got := d.trade(ledger.Dispatched, kg(40)), d.trade(ledger.Accepted, kg(40))
	sent.DeliveryID, got.DeliveryID = delivery, delivery
	require.NoError(t, b.post(sent))
	require.NoError(t, b.post(got))
	require.NoError(t, b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := ledger.ReleaseTx(ctx, tx, b.who, "declined", quote); err != nil {
			return err
		}
		reversals, err := ledger.ReversalsTx(ctx, tx, d.inquiry, delivery)
		if err != nil {
			return err
		}
		return ledger.PostTx(ctx, tx, b.who, reversals...)
	}))
	everything := year(ledger.ByGrade, ledger.ByStars, ledger.ByWard, ledger.ByBuyerSystem, ledger.ByCommune, ledger.ByProducer)
	for _, row := range b.volumes(t, everything) {
		require.Zero(t, row.Delivered, "%+v", row)
	}
	var reserved int64
	require.NoError(t, b.App.Get(ctx, &reserved, `SELECT reserved FROM ledger.offers WHERE offer_id = $1`, d.offer))
	require.Zero(t, reserved)
}
