package monitor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/monitor"
)

// A Green Tick that the catalogue knows otherwise than it stands is named: awards are refused, or
// not, by what the catalogue knows.
func TestDoctorNamesTicksThatTheCatalogueKnowsOtherwise(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	lot := b.sentUnderALot(t)
	b.seal(t)
	b.tamper(t, `
		INSERT INTO shelf.ticks (id, product_id, producer_id, system, state, answer_due_at, created_at, updated_at)
		VALUES (gen_random_uuid(), $1, $2, 'satra', 'suspended', now() + interval '1 hour', now(), now())`, lot.ProductID, lot.ProducerID)
	require.Equal(t, "satra: suspended, known as nothing", finding(t, b.examine(t), "catalog.product_ticks", lot.ProductID.String()).Detail)
	b.tamper(t, `
		INSERT INTO catalog.product_ticks (product_id, system, given, stopped_since, spreads_at)
		SELECT product_id, system, false, answer_due_at - interval '24 hours', answer_due_at FROM shelf.ticks WHERE product_id = $1`, lot.ProductID)
	require.Empty(t, b.examine(t).Findings)
	for _, test := range []struct{ do, detail string }{
		{"UPDATE catalog.product_ticks SET given = true, stopped_since = NULL, spreads_at = NULL", "satra: suspended, known as given"},
		{"UPDATE catalog.product_ticks SET given = false", "satra: suspended, known as not given"},
		{"UPDATE catalog.product_ticks SET stopped_since = now() - interval '23 hours', spreads_at = now()", "satra: suspended, known as stopped everywhere"},
		{"DELETE FROM shelf.ticks", "satra: no tick, known as stopped everywhere"},
	} {
		b.tamper(t, test.do)
		require.Equal(t, test.detail, finding(t, b.examine(t), "catalog.product_ticks", lot.ProductID.String()).Detail)
	}
}
