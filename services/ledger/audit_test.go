package ledger_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

func TestAuditOfAnUntouchedLedgerFindsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Empty(t, b.audit(t), "an empty ledger")
	b.wholeDeal(t, newDeal(shrimp()))
	require.Empty(t, b.audit(t))

	audited, err := ledger.Audit(context.Background(), b.App, func(ledger.Finding) error { return nil })
	require.NoError(t, err)
	require.Equal(t, ledger.Audited{Postings: 12, Offers: 1, Lines: 1, Awards: 1, Reservations: 1}, audited)
}

// tampered is a deal under which somebody with the owner's rights has changed a row.
type tampered struct {
	deal

	quote uuid.UUID
}

// One database is tampered with step by step: each case stands on the ones before it.
func TestAuditNamesEveryTamperedRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, test := range []struct {
		name  string
		do    func(t *testing.T, b *testBundle, d tampered)
		table string
		id    func(d tampered) uuid.UUID
		what  string
		// detail is part of the finding's detail.
		detail string
	}{
		{
			name: "an offer's balance",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.offers SET free = free + 1500 WHERE offer_id = $1", d.offer)
			},
			table: "ledger.offers", id: func(d tampered) uuid.UUID { return d.offer },
			what: "a balance that is not the sum of its postings", detail: "free: stored 31.5, derived 30",
		},
		{
			name: "an inquiry line's balance",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.lines SET delivered = delivered - 1 WHERE inquiry_line_id = $1", d.line)
			},
			table: "ledger.lines", id: func(d tampered) uuid.UUID { return d.line },
			what: "a balance that is not the sum of its postings", detail: "delivered: stored 29.999, derived 30",
		},
		{
			name: "an award's balance",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.awards SET lost = 0 WHERE award_id = $1", d.award)
			},
			table: "ledger.awards", id: func(d tampered) uuid.UUID { return d.award },
			what: "a balance that is not the sum of its postings", detail: "lost: stored 0, derived 4",
		},
		{
			name: "a reservation's balance",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.reservations SET quantity = 0 WHERE quote_id = $1", d.quote)
			},
			table: "ledger.reservations", id: func(d tampered) uuid.UUID { return d.quote },
			what: "a balance that is not the sum of its postings", detail: "quantity: stored 0, derived 20",
		},
		{
			name: "a balance below nothing",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "ALTER TABLE ledger.offers DROP CONSTRAINT offer_not_overcommitted")
				b.tamper(t, "UPDATE ledger.offers SET free = -1 WHERE offer_id = $1", d.offer)
			},
			table: "ledger.offers", id: func(d tampered) uuid.UUID { return d.offer },
			what: "a balance below nothing", detail: "free: stored -0.001",
		},
		{
			name: "a reservation's end",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.reservations SET reserved_until = reserved_until + interval '1 day' WHERE quote_id = $1", d.quote)
			},
			table: "ledger.reservations", id: func(d tampered) uuid.UUID { return d.quote },
			what: "a reservation that is not as it was posted", detail: "until",
		},
		{
			name: "a posting's quantity",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.postings SET quantity = quantity + 1, weight = weight + 1 WHERE movement = 'offer_opened' AND offer_id = $1", d.offer)
			},
			table: "ledger.offers", id: func(d tampered) uuid.UUID { return d.offer },
			what: "a balance that is not the sum of its postings", detail: "free: stored 30, derived 30.001",
		},
		{
			name: "a posting's kind",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.postings SET movement = 'lost' WHERE movement = 'accepted' AND award_id = $1", d.award)
			},
			table: "ledger.lines", id: func(d tampered) uuid.UUID { return d.line },
			what: "a balance that is not the sum of its postings", detail: "delivered: stored 30, derived 0",
		},
		{
			name: "a posting removed",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "DELETE FROM ledger.postings WHERE movement = 'rejected' AND award_id = $1", d.award)
			},
			table: "ledger.awards", id: func(d tampered) uuid.UUID { return d.award },
			what: "a balance that is not the sum of its postings", detail: "rejected: stored 6, derived 0",
		},
		{
			name: "a posting slipped past the trigger",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "ALTER TABLE ledger.postings DISABLE TRIGGER postings_move_balances")
				b.tamper(t, `INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, product_line, offer_id, actor_id, organisation_id)
					SELECT gen_random_uuid(), at, business_date, movement, quantity, unit, weight, product_line, offer_id, actor_id, organisation_id
					  FROM ledger.postings WHERE movement = 'offer_raised' AND offer_id = $1`, d.offer)
				b.tamper(t, "ALTER TABLE ledger.postings ENABLE TRIGGER postings_move_balances")
			},
			table: "ledger.offers", id: func(d tampered) uuid.UUID { return d.offer },
			what: "a balance that is not the sum of its postings", detail: "free: stored 30, derived 45",
		},
		{
			name: "an account removed",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "DELETE FROM ledger.awards WHERE award_id = $1", d.award)
			},
			table: "ledger.awards", id: func(d tampered) uuid.UUID { return d.award },
			what: "postings without an account", detail: "accepted: derived 30",
		},
		{
			name: "an account out of nowhere",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "INSERT INTO ledger.offers (offer_id, free) VALUES ($1, 7000)", d.inquiry)
			},
			table: "ledger.offers", id: func(d tampered) uuid.UUID { return d.inquiry },
			what: "an account without postings", detail: "free: stored 7",
		},
		{
			name: "a posting of another line",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.postings SET product_line = 'rice' WHERE movement = 'accepted' AND award_id = $1", d.award)
			},
			table: "ledger.awards", id: func(d tampered) uuid.UUID { return d.award },
			what: "postings of different lines or units in one account",
		},
		{
			name: "an award moved to another offer",
			do: func(t *testing.T, b *testBundle, d tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.postings SET offer_id = $2 WHERE movement = 'dispatched' AND award_id = $1", d.award, d.inquiry)
			},
			table: "ledger.awards", id: func(d tampered) uuid.UUID { return d.award },
			what: "an award whose postings name different offers or inquiry lines",
		},
		{
			name: "what a movement means", // last: it touches every deal
			do: func(t *testing.T, b *testBundle, _ tampered) {
				t.Helper()
				b.tamper(t, "UPDATE ledger.movements SET line_delivered = 2 WHERE movement = $1", "accepted")
			},
			table: "ledger.lines", id: func(d tampered) uuid.UUID { return d.line },
			what: "a balance that is not the sum of its postings", detail: "delivered: stored 30, derived 60",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := tampered{deal: newDeal(shrimp())}
			d.quote = b.wholeDeal(t, d.deal)
			want, before := test.id(d).String(), b.audit(t)
			test.do(t, b, d)
			findings := b.audit(t)
			require.Greater(t, len(findings), len(before))
			named := false
			for _, finding := range findings {
				require.Equal(t, ledger.SeverityError, finding.Severity)
				if finding.Table == test.table && finding.ID == want && finding.What == test.what &&
					strings.Contains(finding.Detail, test.detail) {
					named = true
					require.Contains(t, finding.String(), "error: "+test.table+" "+want+": "+test.what)
				}
			}
			require.True(t, named, "no finding names the row: %v", findings)
		})
	}
}

func TestAuditNamesPostingsThatContradictThemselves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := newDeal(shrimp())
	b.wholeDeal(t, d)
	b.tamper(t, "UPDATE ledger.postings SET weight = weight + 1 WHERE movement = 'dispatched' AND award_id = $1", d.award)
	b.tamper(t, "UPDATE ledger.postings SET offer_id = NULL WHERE movement = 'accepted' AND award_id = $1", d.award)
	whats := make(map[string]int)
	for _, finding := range b.audit(t) {
		if finding.Table == "ledger.postings" {
			whats[finding.What]++
		}
	}
	require.Equal(t, map[string]int{
		"a weight in kilograms that is not the quantity":    1,
		"a posting that names no account for what it moves": 1,
	}, whats)
}

func TestAuditStopsAtAHundredFindingsOfAKind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.tamper(t, "INSERT INTO ledger.offers (offer_id, free) SELECT gen_random_uuid(), n FROM generate_series(1, $1::int) n", 150)
	findings := b.audit(t)
	require.Len(t, findings, 101)
	require.Equal(t, "more rows like these", findings[100].What)

	stop := errors.New("stop")
	_, err := ledger.Audit(context.Background(), b.App, func(ledger.Finding) error { return stop })
	require.ErrorIs(t, err, stop)
}

func TestNobodyButTheOwnerChangesTheLedger(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wholeDeal(t, newDeal(shrimp()))
	const insufficientPrivilege = "42501"
	for _, statement := range []string{
		"UPDATE ledger.postings SET quantity = quantity + 1",
		"DELETE FROM ledger.postings",
		"TRUNCATE ledger.postings CASCADE",
		"ALTER TABLE ledger.postings DISABLE TRIGGER ALL",
		"UPDATE ledger.seals SET chain = ''",
		"DELETE FROM ledger.seals",
		"UPDATE ledger.movements SET offer_free = 2",
		"UPDATE ledger.offers SET free = free + 1",
		"DELETE FROM ledger.offers",
		"INSERT INTO ledger.offers (offer_id, free) VALUES (gen_random_uuid(), 1)",
		"UPDATE ledger.lines SET open = open + 1",
		"INSERT INTO ledger.lines (inquiry_line_id, open) VALUES (gen_random_uuid(), 1)",
		"UPDATE ledger.awards SET committed = 0",
		"INSERT INTO ledger.awards (award_id, committed) VALUES (gen_random_uuid(), 1)",
		"UPDATE ledger.reservations SET quantity = 0",
		"DELETE FROM ledger.reservations",
		"SELECT ledger.apply_postings()",
	} {
		_, err := b.App.Exec(context.Background(), statement)
		require.Error(t, err, statement)
		require.Equal(t, insufficientPrivilege, postgres.Code(err), statement)
	}
	require.Empty(t, b.audit(t))
}

func TestSealsFindWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	for range 4 {
		b.wholeDeal(t, newDeal(shrimp()))
	}
	b.seal(t, 48)
	require.Empty(t, b.broken(t))
	for i, test := range []struct {
		what, statement, kind string
	}{
		{"a quantity", "UPDATE ledger.postings SET quantity = quantity + 1 WHERE id = $1", "edited"},
		{"a value", "UPDATE ledger.postings SET value_vnd = 1 WHERE id = $1", "edited"},
		{"a weight", "UPDATE ledger.postings SET weight = weight + 1 WHERE id = $1", "edited"},
		{"a commune", "UPDATE ledger.postings SET commune = (SELECT min(code) FROM reference.communes) WHERE id = $1", "edited"},
		{"a scheme", "UPDATE ledger.postings SET schemes = '{}' WHERE id = $1", "edited"},
		{"a day", "UPDATE ledger.postings SET business_date = business_date + 1 WHERE id = $1", "edited"},
		{"a moment", "UPDATE ledger.postings SET at = at + interval '1 microsecond' WHERE id = $1", "edited"},
		{"an actor", "UPDATE ledger.postings SET actor_id = organisation_id WHERE id = $1", "edited"},
		{"a form", "UPDATE ledger.postings SET form = NULL WHERE id = $1", "edited"},
		{"a line", "UPDATE ledger.postings SET product_line = 'rice' WHERE id = $1", "edited"},
		{"a transaction", "UPDATE ledger.postings SET xact = '3' WHERE id = $1", "edited"},
		{"a posting cut", "DELETE FROM ledger.postings WHERE id = $1", "cut"},
		{"a seal cut", "DELETE FROM ledger.seals WHERE row_id = $1", "gap"},
	} {
		var id, next uuid.UUID
		const sealed = "SELECT row_id FROM ledger.seals WHERE seq = $1"
		require.NoError(t, b.App.Get(ctx, &id, sealed, 3*i+2))
		require.NoError(t, b.App.Get(ctx, &next, sealed, 3*i+3))
		before := len(b.broken(t))
		b.tamper(t, test.statement, id)
		findings := b.broken(t)
		require.Greater(t, len(findings), before, test.what)
		named := slices.ContainsFunc(findings, func(f ledger.Finding) bool {
			return f.Table == "ledger.postings" && strings.HasSuffix(f.What, test.kind) &&
				(f.ID == id.String() || (test.kind == "gap" && f.ID == next.String()))
		})
		require.True(t, named, "%s: %v", test.what, findings)
	}
}

func TestSealsFindAnotherOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wholeDeal(t, newDeal(shrimp()))
	b.seal(t, 12)
	b.tamper(t, "ALTER TABLE ledger.seals DROP CONSTRAINT seals_row_id_key") // it would be checked row by row
	b.tamper(t, `UPDATE ledger.seals s SET row_id = o.row_id, xact = o.xact
		  FROM ledger.seals o WHERE s.seq IN ($1, $2) AND o.seq IN ($1, $2) AND s.seq <> o.seq`, 5, 6)
	findings := b.broken(t)
	require.NotEmpty(t, findings)
	require.True(t, slices.ContainsFunc(findings, func(f ledger.Finding) bool { return strings.HasSuffix(f.What, "reordered") }), "%v", findings)
}
