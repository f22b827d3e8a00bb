package inquiry_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// clients is how many ask at the same time, of the service and of pgbench, where nobody says otherwise.
const clients = 8

// beside lets so many clients of the service and pgbench take turns on the same database and reports the
// service's rate as a share of pgbench's, the median over the rounds. Each client has its own work.
func beside(b *testing.B, clients int, floor *pgtest.Pgbench, work func(client int) func() error) {
	b.Helper()
	const rounds, window = 7, 2 * time.Second
	own := make([]func() error, clients)
	for client := range own {
		own[client] = work(client)
	}
	var shares, rates []float64
	for b.Loop() {
		for range rounds {
			least := floor.PerSecond(b, window)
			rate := perSecond(b, own, window)
			shares, rates = append(shares, rate/least), append(rates, rate)
		}
	}
	slices.Sort(shares)
	slices.Sort(rates)
	b.ReportMetric(shares[len(shares)/2], "of-pgbench")
	b.ReportMetric(rates[len(rates)/2], "per-second")
	b.ReportMetric(0, "ns/op")
}

// perSecond lets every client repeat its work for a window.
func perSecond(b *testing.B, work []func() error, window time.Duration) float64 {
	b.Helper()
	var done atomic.Int64
	var running sync.WaitGroup
	began := time.Now()
	for _, one := range work {
		running.Go(func() {
			for time.Since(began) < window {
				if err := one(); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	running.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
}

// keyed gives every request a key of its own, as clients that want to repeat one do.
func keyed() context.Context {
	return idempotency.WithRequest(context.Background(), &idempotency.Request{Scope: "bench", Key: uuid.NewString(), Fingerprint: []byte{1}})
}

// An inquiry of ten lines, acknowledged, beside pgbench running the same inserts into the same
// tables: BARS asks for at least 0.4 of that.
func BenchmarkPlaceTenLines(b *testing.B) {
	m := newMarket(b)
	buyer := m.organisation(identity.Buyer)
	demand := m.demand(quantity.Of(100))
	for len(demand.Lines) < 10 {
		demand.Lines = append(demand.Lines, demand.Lines[0])
	}
	m.placed(buyer, demand)
	floor := m.lent.Pgbench(b, clients, fmt.Sprintf(sameInserts, buyer.OrganisationID, buyer.UserID))
	floor.PerSecond(b, 3*time.Second) // tables are prefilled: on empty ones foreign keys are checked by sequential scan
	beside(b, clients, floor, func(int) func() error {
		return func() error {
			_, err := m.Place(keyed(), buyer, demand)
			return err
		}
	})
}

// sameInserts writes what placing an inquiry of ten lines writes, for the buyer %[1]s and its
// person %[2]s.
const sameInserts = `
BEGIN;
SELECT gen_random_uuid() AS id, now() AS now \gset
INSERT INTO idempotency.keys (scope, key, fingerprint, created_at) VALUES ('bench', CAST(CAST(:id AS uuid) AS text), '\x01', now());
INSERT INTO inquiry.inquiries (id, buyer_id, visibility, quotes_sealed, quotes_due_at, ward, delivery_note, terms, stage, version,
       created_at, opened_at, updated_at)
VALUES (CAST(:id AS uuid), '%[1]s', 'open', false, now() + interval '2 days', '25747', '', '{}', 'open', 1, CAST(:now AS timestamptz), CAST(:now AS timestamptz), CAST(:now AS timestamptz));
INSERT INTO inquiry.lines (id, inquiry_id, position, line, schemes, quantity, unit, unit_weight, deliver_from, deliver_to)
SELECT gen_random_uuid(), CAST(:id AS uuid), n, 'black_tiger_shrimp', '{}', 100000, 'kg', 0, current_date + 3, current_date + 10 FROM generate_series(1, 10) n;
INSERT INTO identity.audit_events (id, at, actor_id, organisation_id, action, subject_kind, subject_id, detail)
VALUES (gen_random_uuid(), CAST(:now AS timestamptz), '%[2]s', '%[1]s', 'inquiry.opened', 'inquiry', CAST(:id AS uuid), '{}');
INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, product_line, schemes, commune, buyer_id, inquiry_id,
       inquiry_line_id, actor_id, organisation_id)
SELECT gen_random_uuid(), CAST(:now AS timestamptz), current_date + 3, 'demand_opened', 100000, 'kg', 100000, 'black_tiger_shrimp', '{}', '25747', '%[1]s', CAST(:id AS uuid), l.id,
       '%[2]s', '%[1]s' FROM inquiry.lines l WHERE l.inquiry_id = CAST(:id AS uuid);
UPDATE idempotency.keys SET answer = '{}' WHERE scope = 'bench' AND key = CAST(CAST(:id AS uuid) AS text);
END;
`

// Awards on one offer that everybody wants, each client from an inquiry of its own, beside as many clients
// of pgbench updating one row under a condition in a single statement: BARS asks for at least 0.5 of that.
// What waits at the same time is decided together, so the share grows with how much is asked at once.
func BenchmarkAwardHotOffer(b *testing.B) {
	for _, clients := range []int{8, 32, 128} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) { besideOneRow(b, clients) })
	}
}

func besideOneRow(b *testing.B, clients int) {
	b.Helper()
	m := newMarket(b)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Max)
	_, err := m.lent.Owner.Exec(b.Context(), `CREATE TABLE hot (id int PRIMARY KEY, quantity bigint, committed bigint CHECK (committed <= quantity)) WITH (fillfactor = 70)`)
	require.NoError(b, err)
	_, err = m.lent.Owner.Exec(b.Context(), `INSERT INTO hot VALUES (1, 1000000000000, 0)`)
	require.NoError(b, err)
	floor := m.lent.Pgbench(b, clients, "UPDATE hot SET committed = committed + 1 WHERE id = 1 AND committed + 1 <= quantity;\n")
	beside(b, clients, floor, m.awarding(b, buyer, producer, m.demand(quantity.Of(1_000_000)), func() uuid.UUID { return offer }))
}

// Awards under one group scope's ceiling that everybody wants, each client with an offer of
// its own: the ceiling is the row that all wait for.
func BenchmarkAwardHotCeiling(b *testing.B) {
	m := newMarket(b)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	m.certified(producer, "ASC_FARM", group(quantity.Max), m.today.AddDays(400))
	product := m.shrimp(producer, "iced").ID
	work := m.awarding(b, buyer, producer, m.asking(quantity.Of(1_000_000), "ASC_FARM"), func() uuid.UUID {
		return m.offer(producer, product, quantity.Of(1_000_000))
	})
	own := make([]func() error, clients)
	for client := range own {
		own[client] = work(client)
	}
	for b.Loop() {
		b.ReportMetric(perSecond(b, own, 3*time.Second), "per-second")
	}
	b.ReportMetric(0, "ns/op")
}

// awarding is a client's work: a gram after the other of a quote on an inquiry of its own.
func (m *market) awarding(
	b *testing.B, buyer, producer identity.Principal, demand inquiry.Demand, offer func() uuid.UUID,
) func(client int) func() error {
	b.Helper()
	return func(int) func() error {
		asked := m.placed(buyer, demand)
		quote := m.quote(producer, asked, offer(), quantity.Of(1_000_000), money.VND(250_000))
		return func() error {
			_, err := m.Award(keyed(), buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: 1}})
			return err
		}
	}
}
