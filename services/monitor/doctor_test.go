package monitor_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

func (b *testBundle) examine(t *testing.T) monitor.Examination {
	t.Helper()
	found, err := monitor.Doctor(context.Background(), monitor.Deps{DB: b.App})
	require.NoError(t, err)
	return found
}

// finding returns the one finding about a table and row, or fails.
func finding(t *testing.T, found monitor.Examination, table, id string) monitor.Finding {
	t.Helper()
	for _, each := range found.Findings {
		if each.Table == table && each.ID == id {
			return each
		}
	}
	require.Fail(t, "no finding", "%s %s in %v", table, id, found.Findings)
	return monitor.Finding{}
}

func (b *testBundle) tamper(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := b.Owner.Exec(context.Background(), statement, args...)
	require.NoError(t, err)
}

// seal seals all chains and rolls volumes up. Rows wait for older transactions, those of other tests too.
func (b *testBundle) seal(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := ledger.Seal(context.Background(), b.App)
		require.NoError(t, err)
		_, err = ledger.ClaimChain().Seal(context.Background(), b.App)
		require.NoError(t, err)
		_, err = identity.AuditChain().Seal(context.Background(), b.App)
		require.NoError(t, err)
		_, err = ledger.Follow(context.Background(), b.App)
		require.NoError(t, err)
		var waiting int
		require.NoError(t, b.App.Get(context.Background(), &waiting, `
			SELECT (SELECT count(*) FROM ledger.postings) - (SELECT count(*) FROM ledger.seals)
			     + (SELECT count(*) FROM ledger.postings p JOIN ledger.rollup_place r ON (p.xact, p.id) > (r.xact, r.id))
			     + (SELECT count(*) FROM ledger.claims) - (SELECT count(*) FROM ledger.claim_seals)
			     + (SELECT count(*) FROM identity.audit_events) - (SELECT count(*) FROM identity.audit_seals)`))
		return waiting == 0
	}, 20*time.Second, 5*time.Millisecond)
}

func TestDoctorOfAHealthyDatabase(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	empty := b.examine(t)
	require.Empty(t, empty.Findings)
	require.True(t, empty.Healthy())

	offer, _ := b.record(t, shrimpSale(30))
	b.seal(t)
	found := b.examine(t)
	require.True(t, found.Healthy(), "%v", found.Findings)
	require.Len(t, found.Findings, 1, "postings alone are a warning")
	require.Equal(t, ledger.SeverityWarning, finding(t, found, "ledger.offers", offer.String()).Severity)
	require.Equal(t, int64(5), found.Ledger.Postings)
	require.Len(t, found.Checks, 10)
	for _, check := range found.Checks {
		require.Positive(t, check.Took, check.Name)
	}
	text, err := json.Marshal(found)
	require.NoError(t, err)
	require.Contains(t, string(text), `"severity":"warning"`)
}

func TestDoctorNamesATamperedBalance(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	offer, award := b.record(t, shrimpSale(30))
	b.seal(t)
	b.tamper(t, "UPDATE ledger.offers SET accepted = accepted - 500 WHERE offer_id = $1", offer)
	b.tamper(t, "UPDATE ledger.postings SET value_vnd = 1 WHERE award_id = $1 AND movement = 'accepted'", award)
	found := b.examine(t)
	require.False(t, found.Healthy())
	require.Contains(t, finding(t, found, "ledger.daily", "2026-03-10").Detail, "value 7500000 and 1", "the rollup knows what was posted")
	balance := finding(t, found, "ledger.offers", offer.String())
	require.Equal(t, "accepted: stored 29.5, derived 30", balance.Detail)
	var posting string
	require.NoError(t, b.App.Get(context.Background(), &posting, "SELECT id::text FROM ledger.postings WHERE value_vnd = 1"))
	require.Contains(t, finding(t, found, "ledger.postings", posting).What, "edited")
}

func TestDoctorNamesATamperedAuditEvent(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t, monitor.Options{})
	subject := newID()
	require.NoError(t, b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return identity.RecordTx(ctx, tx, b.cast["administrator"], "offer.opened", identity.Subject{Kind: "offer", ID: subject}, nil)
	}))
	b.seal(t)
	require.True(t, b.examine(t).Healthy())
	b.tamper(t, "UPDATE identity.audit_events SET action = 'offer.closed' WHERE subject_id = $1", subject)
	var event string
	require.NoError(t, b.Owner.Get(ctx, &event, "SELECT id::text FROM identity.audit_events"))
	require.Contains(t, finding(t, b.examine(t), "identity.audit_events", event).What, "edited")
}

// sellUnder makes a certificate with two group scopes, of 100 and 50 kg, and sells 30 kg under each.
// It returns the ceilings and the awards, by scope.
func (b *testBundle) sellUnder(t *testing.T) (certificate uuid.UUID, ceilings, awards []uuid.UUID) {
	t.Helper()
	certificate, producer := newID(), newID()
	b.enter(t, identity.Producer, producer)
	b.tamper(t, `INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issued_on, scope_kind, state, invented, created_at, updated_at)
		VALUES ($1, $2, 'ASC_FARM', 'DEMO-1', 'Demo', '2026-01-01', 'group', 'submitted', true, now(), now())`, certificate, producer)
	b.tamper(t, `UPDATE catalog.certificate_scopes SET ceiling = 100000 WHERE certificate_id = $1`, certificate)
	b.tamper(t, `INSERT INTO catalog.certificate_scopes (certificate_id, n, kind, ceiling) VALUES ($1, 2, 'group', 50000)`, certificate)
	require.NoError(t, b.Owner.Select(context.Background(), &ceilings,
		`SELECT ceiling_id FROM catalog.certificate_scopes WHERE certificate_id = $1 ORDER BY n`, certificate))
	require.Equal(t, certificate, ceilings[0], "the first scope with a ceiling goes by its certificate's id")
	for at, limit := range []int64{100, 50} {
		sold := shrimpSale(30)
		sold.claim = ledger.Claim{CeilingID: ceilings[at], Ceiling: kg(limit)}
		_, award := b.record(t, sold)
		awards = append(awards, award)
	}
	return certificate, ceilings, awards
}

// A ceiling and a claim that somebody changed are named, as balances and postings are; each scope
// of a certificate by itself.
func TestDoctorNamesTamperedClaims(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	certificate, ceilings, awards := b.sellUnder(t)
	b.seal(t)
	require.True(t, b.examine(t).Healthy(), "%v", b.examine(t).Findings)

	// A claim is moved from one scope to the other: both are named.
	b.tamper(t, "ALTER TABLE ledger.claims DISABLE TRIGGER claims_move_ceilings")
	b.tamper(t, `UPDATE ledger.claims SET certificate_id = $2 WHERE award_id = $1`, awards[1], ceilings[0])
	found := b.examine(t)
	require.False(t, found.Healthy())
	for _, ceiling := range ceilings {
		require.Equal(t, "a ceiling whose balance is not the sum of its claims", finding(t, found, "ledger.ceilings", ceiling.String()).What)
	}
	finding(t, found, "trigger", "claims_move_ceilings")
	b.tamper(t, `UPDATE ledger.claims SET certificate_id = $2 WHERE award_id = $1`, awards[1], ceilings[1])

	// One is slipped in.
	_, other := b.record(t, shrimpSale(30))
	b.tamper(t, `INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight, ceiling)
		SELECT id, movement, award_id, $2, EXTRACT(YEAR FROM business_date), weight, 100000 FROM ledger.postings WHERE award_id = $1 AND movement = 'awarded'`, other, ceilings[1])
	found = b.examine(t)
	require.Equal(t, "a ceiling whose balance is not the sum of its claims", finding(t, found, "ledger.ceilings", ceilings[1].String()).What)
	require.Equal(t, "an award whose claim is not what it owes and what was accepted", finding(t, found, "ledger.claims", other.String()).What)

	b.tamper(t, `DELETE FROM ledger.claims WHERE award_id = $1`, other)

	// A scope allows less than was sold, or has got the other's ceiling.
	b.tamper(t, `UPDATE catalog.certificate_scopes SET ceiling = 20000 WHERE ceiling_id = $1`, ceilings[1])
	require.Equal(t, "scope 2, year 2026: claimed 30000 of 20000 thousandths", finding(t, b.examine(t), "catalog.certificate_scopes", certificate.String()).Detail)
	b.tamper(t, `UPDATE catalog.certificate_scopes SET ceiling = 50000, ceiling_id = $2 WHERE ceiling_id = $1`, ceilings[1], newID())
	require.Equal(t, "claims were counted against a ceiling that no scope of a certificate has", finding(t, b.examine(t), "ledger.ceilings", ceilings[1].String()).What)
	b.tamper(t, `UPDATE catalog.certificate_scopes SET ceiling_id = $2 WHERE ceiling_id = $1`, certificate, newID())
	require.Contains(t, finding(t, b.examine(t), "catalog.certificate_scopes", certificate.String()).What, "goes by its certificate's id")
}

func TestDoctorFindsMissingGuardsAndRights(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	b.tamper(t, "ALTER TABLE ledger.postings DISABLE TRIGGER postings_move_balances")
	b.tamper(t, "ALTER TABLE ledger.offers DROP CONSTRAINT offer_not_overcommitted")
	b.tamper(t, "ALTER TABLE ledger.lines DROP CONSTRAINT line_not_overawarded")
	b.tamper(t, "ALTER TABLE ledger.lines ADD CONSTRAINT line_not_overawarded CHECK (open >= 0) NOT VALID")
	b.tamper(t, "GRANT DELETE ON ledger.postings TO PUBLIC")
	b.tamper(t, "GRANT UPDATE (detail) ON identity.audit_events TO PUBLIC")
	found := b.examine(t)
	finding(t, found, "trigger", "postings_move_balances")
	finding(t, found, "constraint", "offer_not_overcommitted")
	finding(t, found, "constraint", "line_not_overawarded")
	require.Contains(t, finding(t, found, "rights on", "ledger.postings").Detail, "may DELETE")
	require.Contains(t, finding(t, found, "rights on", "identity.audit_events").Detail, "may UPDATE")
	require.Len(t, found.Findings, 5)

	asOwner, err := monitor.Doctor(context.Background(), monitor.Deps{DB: b.Owner})
	require.NoError(t, err)
	finding(t, asOwner, "rights on", "ledger.offers")
}

func TestDoctorNamesMissingGuardsOfTermsAndPayments(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	triggers := map[string]string{
		"inquiries_keep_terms": "inquiry.inquiries", "receipt_stands": "inquiry.deliveries", "dispute_stands": "inquiry.disputes",
		"settlement_stands": "inquiry.settlements", "receipts_looked_at": "inquiry.deliveries", "settlements_looked_at": "inquiry.settlements",
		"payments_looked_at": "inquiry.payment_moves", "warning_days_looked_at": "inquiry.payment_warning_days",
	}
	for trigger, table := range triggers {
		b.tamper(t, "ALTER TABLE "+table+" DISABLE TRIGGER "+trigger)
	}
	b.tamper(t, "GRANT UPDATE, TRUNCATE ON inquiry.payment_warnings TO PUBLIC")
	b.tamper(t, "GRANT DELETE ON inquiry.past_terms TO PUBLIC")
	found := b.examine(t)
	for trigger := range triggers {
		finding(t, found, "trigger", trigger)
	}
	require.Contains(t, finding(t, found, "rights on", "inquiry.payment_warnings").Detail, "may TRUNCATE, UPDATE")
	require.Contains(t, finding(t, found, "rights on", "inquiry.past_terms").Detail, "may DELETE")
	require.Len(t, found.Findings, len(triggers)+2)
}

func TestDoctorComparesAgreementsWithTheLedger(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	producer, product, offer := newID(), newID(), newID()
	b.tamper(t, `INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, province, created_at, updated_at)
		VALUES ($1, 'producer', 'Hợp tác xã thử (hư cấu)', 'hop tac xa thu hu cau', 'approved', 'cooperative', '96', now(), now())`, producer)
	b.tamper(t, `INSERT INTO catalog.products (id, producer_id, name, line, form, grade, unit, state, search, search_marked, search_name, created_at, updated_at)
		VALUES ($1, $2, 'Tôm sú', 'black_tiger_shrimp', 'live', '{}', 'kg', 'draft', '', '', 'tom su', now(), now())`, product, producer)
	b.tamper(t, `INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_on_the_day, visibility, state, created_at, updated_at)
		VALUES ($1, $2, $3, '2026-03-01', '2026-03-31', 'kg', 0, true, 'public', 'open', now(), now())`, offer, product, producer)
	found := b.examine(t)
	require.False(t, found.Healthy())
	require.Equal(t, "an offer without an account in the ledger", finding(t, found, "catalog.offers", offer.String()).What)
	require.Len(t, found.Findings, 1)
}

type doomed struct{}

func (doomed) Kind() string { return "doomed" }

func TestDoctorNamesJobsThatWereGivenUp(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	workers := jobs.NewWorkers()
	jobs.AddWorker(workers, func(context.Context, doomed) error { return errors.New("no ice left") })
	require.NoError(t, b.App.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return jobs.InsertTx(ctx, tx, doomed{}, jobs.Attempts(1))
	}))
	require.ErrorContains(t, jobs.Drain(t.Context(), b.App, workers), "no ice left")
	found := b.examine(t)
	require.True(t, found.Healthy(), "a warning, not a broken promise")
	require.Contains(t, finding(t, found, "jobs", "doomed").Detail, "no ice left")
}
