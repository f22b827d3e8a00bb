package monitor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// forbidden lists what the service's role must not be able to do to whom: history is kept by
// the rights that are missing (deploy/grants.sql).
const forbidden = `
	WITH kept (name, privilege) AS (
		SELECT t.name, p.privilege
		  FROM (VALUES ('ledger.postings'), ('ledger.seals'), ('ledger.claims'), ('ledger.claim_seals'), ('identity.audit_events'), ('identity.audit_seals'),
		              ('catalog.certificate_decisions'), ('catalog.certificate_surveillance'),
		              ('monitor.figures'), ('monitor.figure_shares'), ('monitor.figure_cells'), ('monitor.figure_blocks'), ('monitor.gap_alerts'), ('monitor.gap_acknowledgements'), ('monitor.watch_steps'), ('monitor.price_bands'), ('monitor.price_quarters'),
		              ('inquiry.payments'), ('inquiry.payment_moves'), ('inquiry.payment_warnings'), ('inquiry.past_terms'),
		              ('trade.event_steps'), ('trade.memorandum_steps'), ('trade.memorandum_lines'), ('trade.declarations'),
		              ('trade.amendments'), ('trade.amendment_lines'), ('trade.amendment_outcomes')) t (name)
		 CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) p (privilege)
		UNION ALL
		SELECT t.name, p.privilege
		  FROM (VALUES ('ledger.offers'), ('ledger.lines'), ('ledger.awards'), ('ledger.reservations'), ('ledger.ceilings'), ('ledger.movements'),
		              ('catalog.lot_balances'), ('ledger.goods'), ('ledger.demands'), ('ledger.daily'), ('ledger.rollup_place')) t (name)
		 CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) p (privilege)
	)`

func rights(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	const count = forbidden + ` SELECT count(*) FROM kept`
	var examined int64
	if err := reader.Get(ctx, &examined, count); err != nil {
		return 0, err
	}
	const granted = forbidden + `
		SELECT k.name, current_user || ' may ' || string_agg(k.privilege, ', ' ORDER BY k.privilege)
		  FROM kept k
		 WHERE has_table_privilege(k.name, k.privilege)
		    OR (k.privilege IN ('INSERT', 'UPDATE') AND has_any_column_privilege(k.name, k.privilege))
		 GROUP BY k.name ORDER BY k.name`
	err := listed(ctx, reader, report, Finding{
		Severity: ledger.SeverityError, What: "the service's role may rewrite history", Table: "rights on",
	}, granted)
	return examined, err
}

// guards looks for the triggers that keep the balances, what was agreed and who is warned, and for the CHECKs that are the promises.
func guards(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	names := []string{
		"offer_not_overcommitted", "offer_reserved_not_negative", "offer_committed_not_negative", "offer_dispatched_not_negative",
		"offer_accepted_not_negative", "line_not_overawarded", "line_awarded_not_negative", "line_delivered_not_negative",
		"award_committed_not_negative", "award_dispatched_not_negative", "award_accepted_not_negative", "reservation_not_negative",
		"ceiling_not_exceeded", "ceiling_claimed_not_negative", "ceiling_delivered_not_negative", "ceiling_delivered_was_claimed", "lots_not_overdrawn",
	}
	const missing = `
		SELECT n.name, 'missing or not validated'
		  FROM unnest(CAST($1 AS text[])) AS n (name)
		 WHERE NOT EXISTS (SELECT FROM pg_constraint c JOIN pg_namespace s ON s.oid = c.connamespace
		                    WHERE s.nspname IN ('ledger', 'catalog') AND c.conname = n.name AND c.contype = 'c' AND c.convalidated)
		 ORDER BY n.name`
	if err := listed(ctx, reader, report, Finding{
		Severity: ledger.SeverityError, What: "a CHECK that a promise rests on is not in force", Table: "constraint",
	}, missing, postgres.Array(names)); err != nil {
		return 0, err
	}
	triggers := []guard{
		{"ledger.postings", "postings_move_balances"}, {"ledger.claims", "claims_move_ceilings"},
		{"inquiry.deliveries", "deliveries_draw_lots"}, {"catalog.lots", "lots_limited"}, {"catalog.lot_sources", "lot_sources_limit"},
	}
	if err := asleep(ctx, reader, report, "the trigger that keeps the balances does not run", triggers); err != nil {
		return 0, err
	}
	agreed := []guard{
		{"inquiry.inquiries", "inquiries_keep_terms"}, {"inquiry.deliveries", "receipt_stands"}, {"inquiry.disputes", "dispute_stands"},
		{"inquiry.settlements", "settlement_stands"},
	}
	if err := asleep(ctx, reader, report, "a trigger that keeps what was agreed does not run", agreed); err != nil {
		return 0, err
	}
	told := []guard{
		{"inquiry.deliveries", "receipts_looked_at"}, {"inquiry.settlements", "settlements_looked_at"}, {"inquiry.payment_moves", "payments_looked_at"},
		{"inquiry.payment_warning_days", "warning_days_looked_at"},
	}
	if err := asleep(ctx, reader, report, "a trigger without which nobody is warned of what is due does not run", told); err != nil {
		return 0, err
	}
	measured := []guard{
		{"inquiry.inquiries", "inquiries_looked_at"}, {"inquiry.invitations", "invitations_looked_at"}, {"inquiry.invitations", "declined_looked_at"},
		{"inquiry.awards", "awards_looked_at"}, {"inquiry.call_offs", "call_offs_looked_at"},
		{"inquiry.delivery_rules", "delivery_rules_looked_at"},
	}
	err := asleep(ctx, reader, report, "a trigger without which indicators do not see a change does not run", measured)
	return int64(len(names) + len(triggers) + len(agreed) + len(told) + len(measured)), err
}

// guard is a trigger that a promise rests on.
type guard struct{ table, trigger string }

// asleep reports the triggers that are missing or do not run.
func asleep(ctx context.Context, reader postgres.Reader, report func(Finding) error, what string, guards []guard) error {
	const query = `
		SELECT n.name, 'missing or disabled'
		  FROM unnest(CAST($1 AS text[]), CAST($2 AS text[])) AS n (kept, name)
		 WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass(n.kept) AND t.tgname = n.name
		                      AND t.tgenabled IN ('O', 'A'))`
	tables, triggers := make([]string, len(guards)), make([]string, len(guards))
	for at, each := range guards {
		tables[at], triggers[at] = each.table, each.trigger
	}
	return listed(ctx, reader, report, Finding{Severity: ledger.SeverityError, What: what, Table: "trigger"}, query,
		postgres.Array(tables), postgres.Array(triggers))
}

// givenUp finds jobs that failed too often: what they were to do was not done.
func givenUp(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	failures, err := jobs.GaveUp(ctx, reader)
	if err != nil {
		return 0, err
	}
	for _, each := range failures {
		if err := report(Finding{
			Severity: ledger.SeverityWarning, What: "jobs were given up", Table: "jobs", ID: each.Kind,
			Detail: fmt.Sprintf("%d, the last at %s: %s", each.Jobs, each.Last.UTC().Format(time.RFC3339), each.Reason),
		}); err != nil {
			return 0, err
		}
	}
	return int64(len(failures)), nil
}

// perCheck bounds the rows that one comparison reports.
const perCheck = 100

// comparison finds things of one service that the ledger knows nothing of, or knows otherwise.
//
// Reading other services' tables is the doctor's alone: a row that its own service cannot see any
// more is exactly what it looks for.
type comparison struct {
	severity                  ledger.Severity
	table, what, count, query string
}

//nolint:gochecknoglobals // an immutable table
var comparisons = []comparison{
	{
		ledger.SeverityError, "catalog.offers", "an offer without an account in the ledger",
		`SELECT count(*) FROM catalog.offers`,
		`SELECT CAST(o.id AS text), 'product ' || CAST(o.product_id AS text)
		   FROM catalog.offers o
		  WHERE NOT EXISTS (SELECT FROM ledger.offers b WHERE b.offer_id = o.id)
		  ORDER BY o.id LIMIT $1`,
	},
	{
		// Generated histories of any size have postings alone.
		ledger.SeverityWarning, "ledger.offers", "an account without an offer in the catalogue",
		`SELECT count(*) FROM ledger.offers`,
		`SELECT CAST(b.offer_id AS text), ''
		   FROM ledger.offers b
		  WHERE NOT EXISTS (SELECT FROM catalog.offers o WHERE o.id = b.offer_id)
		  ORDER BY b.offer_id LIMIT $1`,
	},
	{
		ledger.SeverityError, "inquiry.awards", "an award whose quantity is not the ledger's",
		`SELECT count(*) FROM inquiry.awards`,
		`SELECT CAST(a.id AS text), 'awarded ' || CAST(a.quantity AS text) || ' thousandths, in the ledger '
		        || coalesce(CAST(b.committed + b.dispatched + b.accepted + b.released AS text), 'none')
		   FROM inquiry.awards a
		   LEFT JOIN ledger.awards b ON b.award_id = a.id
		  WHERE a.quantity IS DISTINCT FROM b.committed + b.dispatched + b.accepted + b.released
		  ORDER BY a.id LIMIT $1`,
	},
	{
		ledger.SeverityError, "inquiry.lines", "an inquiry line that was opened and has no account in the ledger",
		`SELECT count(*) FROM inquiry.lines`,
		`SELECT CAST(l.id AS text), 'inquiry ' || CAST(l.inquiry_id AS text)
		   FROM inquiry.lines l
		   JOIN inquiry.inquiries i ON i.id = l.inquiry_id AND i.opened_at IS NOT NULL
		  WHERE NOT EXISTS (SELECT FROM ledger.lines b WHERE b.inquiry_line_id = l.id)
		  ORDER BY l.id LIMIT $1`,
	},
}

func agreements(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	return compare(ctx, reader, report, slices.Concat(comparisons, ceilingComparisons, lotComparisons, tickComparisons, figureComparisons))
}

// compare reports what comparisons find and returns how many rows they looked at.
func compare(ctx context.Context, reader postgres.Reader, report func(Finding) error, comparisons []comparison) (int64, error) {
	examined := int64(0)
	for _, each := range comparisons {
		var rows int64
		if err := reader.Get(ctx, &rows, each.count); err != nil {
			return examined, err
		}
		examined += rows
		if err := listed(ctx, reader, report, Finding{
			Severity: each.severity, What: each.what, Table: each.table,
		}, each.query, perCheck); err != nil {
			return examined, err
		}
	}
	return examined, nil
}
