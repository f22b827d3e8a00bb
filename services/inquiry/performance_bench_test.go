package inquiry_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// BenchmarkPerformance reads a producer's record where there are 100 000 deliveries: of its own a
// hundredth of them, a tenth, and all.
func BenchmarkPerformance(b *testing.B) {
	ctx := context.Background()
	m := newMarket(b)
	buyer := m.organisation(identity.Buyer)
	producers := make([]identity.Principal, 3)
	for at := range producers {
		producers[at] = m.organisation(identity.Producer)
	}
	rest := m.organisation(identity.Producer)
	for _, own := range []int{1_000, 10_000} {
		m.traded(buyer, producers[own/10_000], own)
	}
	m.traded(buyer, rest, 89_000)
	for at, own := range []int{1_000, 10_000} {
		b.Run(strconv.Itoa(own)+" of its own", func(b *testing.B) {
			for b.Loop() {
				_, err := m.PerformanceOf(ctx, producers[at], producers[at].OrganisationID, inquiry.Window{}, "vi")
				require.NoError(b, err)
			}
		})
	}
	b.Run("89000 of its own", func(b *testing.B) {
		for b.Loop() {
			_, err := m.PerformanceOf(ctx, rest, rest.OrganisationID, inquiry.Window{}, "vi")
			require.NoError(b, err)
		}
	})
}

// traded copies a deal that was fulfilled, each copy a day further back of a year.
func (m *market) traded(buyer, producer identity.Principal, times int) {
	m.t.Helper()
	award := m.awarded(buyer, producer)
	m.fulfilled(buyer, producer, award, quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(100)})
	for made := 0; made < times; made += 2000 { // each statement within the time that it may take
		for _, statement := range []string{
			`CREATE TABLE public.copies AS SELECT gen_random_uuid() AS id, gen_random_uuid() AS quote, n % 360 AS ago, $1::uuid AS award
			   FROM generate_series(1, $2::int) n`,
			`INSERT INTO inquiry.quotes SELECT (jsonb_populate_record(q, jsonb_build_object('id', c.quote, 'root_id', c.quote, 'stage', 'superseded'))).*
			   FROM public.copies c JOIN inquiry.awards a ON a.id = c.award JOIN inquiry.quotes q ON q.id = a.quote_id`,
			`INSERT INTO inquiry.awards SELECT (jsonb_populate_record(a, jsonb_build_object('id', c.id, 'quote_id', c.quote, 'deliver_on', CAST(now() AS date) - c.ago))).*
			   FROM public.copies c JOIN inquiry.awards a ON a.id = c.award`,
			`INSERT INTO ledger.awards (award_id, accepted) SELECT c.id, a.accepted FROM public.copies c JOIN ledger.awards a ON a.award_id = c.award`,
			`ALTER TABLE inquiry.deliveries DISABLE TRIGGER USER`,
			`INSERT INTO inquiry.deliveries SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'award_id', c.id,
			        'received_at', now() - make_interval(days => c.ago), 'dispatched_at', now() - make_interval(days => c.ago + 1)))).*
			   FROM public.copies c JOIN inquiry.deliveries d ON d.award_id = c.award`,
			`ALTER TABLE inquiry.deliveries ENABLE TRIGGER USER`,
			`DROP TABLE public.copies`,
		} {
			var args []any
			if statement[0] == 'C' {
				args = []any{award.ID, min(2000, times-made)}
			}
			_, err := m.lent.Owner.Exec(context.Background(), statement, args...)
			require.NoError(m.t, err)
		}
	}
	_, err := m.lent.Owner.Exec(context.Background(), `ANALYZE`)
	require.NoError(m.t, err)
}
