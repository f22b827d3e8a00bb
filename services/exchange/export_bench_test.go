package exchange_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
)

// inUse is the memory taken for objects, dead ones included, in bytes.
func inUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// alive is the memory of what is reachable, in bytes.
func alive() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// peak watches the memory in use until stop is called, which returns the most that it was above
// what it was before.
func peak() (stop func() uint64) {
	runtime.GC()
	before, most := inUse(), uint64(0)
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		turn := time.NewTicker(5 * time.Millisecond)
		defer turn.Stop()
		for {
			most = max(most, inUse())
			select {
			case <-turn.C:
			case <-done:
				return
			}
		}
	})
	return func() uint64 {
		close(done)
		watching.Wait()
		return most - min(most, before)
	}
}

// supply gives a producer n products with an offer each.
func (m *market) supply(who identity.Principal, n int) {
	m.Helper()
	const products = `
		INSERT INTO catalog.products (id, producer_id, name, line, form, grade, unit, state, published_at, created_at, updated_at)
		SELECT gen_random_uuid(), $1, 'Gạo số ' || n, 'rice', 'milled', '{"variety": "ST25"}', 'kg', 'published', t.at, t.at, t.at
		  FROM generate_series(1, CAST($2 AS int)) n, LATERAL (SELECT now() - n * interval '1 second' AS at) t`
	const offers = `
		INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_tiers, visibility,
		       state, created_at, updated_at)
		SELECT gen_random_uuid(), p.id, p.producer_id, current_date + 1, current_date + 30, 'kg', 50000, '[{"from": 0, "price": 25000}]', 'public',
		       'open', p.created_at, p.created_at
		  FROM catalog.products p WHERE p.producer_id = $1`
	const postings = `
		INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, product_line, form, producer_id, product_id,
		       offer_id, actor_id, organisation_id)
		SELECT gen_random_uuid(), o.created_at, o.available_from, 'offer_opened', 1500000, 'kg', 1500000, 'rice', 'milled', o.producer_id,
		       o.product_id, o.id, $2, o.producer_id
		  FROM catalog.offers o WHERE o.producer_id = $1`
	for _, step := range []struct {
		statement string
		args      []any
	}{{products, []any{who.OrganisationID, n}}, {offers, []any{who.OrganisationID}}, {postings, []any{who.OrganisationID, who.UserID}}} {
		_, err := m.lent.Owner.Exec(m.Context(), step.statement, step.args...)
		require.NoError(m, err)
	}
}

// eagerly is the share of the living, in percent, that the dead may come to before they are
// collected. The usual share is 100: garbage then grows to as much as the process holds, its index
// above all, whatever an export does.
const eagerly = 25

// BenchmarkExport streams lists of 10 000 and of 100 000 rows out of one process, which holds the
// same index in both cases: what an export adds does not grow with its rows.
func BenchmarkExport(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(eagerly))
	for b.Loop() {
		m := openMarket(b)
		sizes := []struct {
			who  identity.Principal
			rows int
		}{{m.ann, 10_000}, {m.ben, 100_000}}
		for _, size := range sizes {
			m.supply(size.who, size.rows)
		}
		_, err := m.lent.Owner.Exec(b.Context(), `ANALYZE`)
		require.NoError(b, err)
		for _, list := range []struct {
			name   string
			export func(who identity.Principal, wish exchange.Wish) (exchange.Download, error)
		}{
			{"products", func(who identity.Principal, wish exchange.Wish) (exchange.Download, error) {
				return m.service.ExportProducts(b.Context(), who, wish)
			}},
			{"offers", func(who identity.Principal, wish exchange.Wish) (exchange.Download, error) {
				return m.service.ExportOffers(b.Context(), who, wish)
			}},
			{"catalogue", func(who identity.Principal, wish exchange.Wish) (exchange.Download, error) {
				return m.service.ExportCatalogue(b.Context(), m.buyer, catalog.Query{Producer: who.OrganisationID}, wish)
			}},
		} {
			for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
				for _, size := range sizes {
					download, err := list.export(size.who, exchange.Wish{Format: format, Language: "vi"}) // builds the index of the catalogue
					require.NoError(b, err)
					before, stop, began := alive(), peak(), time.Now()
					var sent client
					require.NoError(b, download.Write(&sent))
					took := time.Since(began)
					b.Logf("%-9s %-4s %6d rows: %5.1f s, %3d MB sent, alive at most %4.1f MB more (%d times), in use %4.1f MB", list.name, format,
						size.rows, took.Seconds(), sent.bytes>>20, float64(sent.alive-min(sent.alive, before))/(1<<20), sent.times, float64(stop())/(1<<20))
				}
			}
		}
	}
}

// client takes a list and, every so many bytes, while the export waits for it, looks what is alive.
type client struct {
	bytes, times int
	alive        uint64
}

func (c *client) Write(p []byte) (int, error) {
	const every = 250_000
	if c.bytes += len(p); c.bytes/every > c.times {
		c.times = c.bytes / every
		c.alive = max(c.alive, alive())
	}
	return len(p), nil
}
