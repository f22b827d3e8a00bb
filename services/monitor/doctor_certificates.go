package monitor

import (
	"context"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/ledger"
)

// ceilingComparisons hold the ceilings that claims were counted against, which the ledger knows by an
// id alone, against the scopes of certificates that have them.
//
//nolint:gochecknoglobals // an immutable table
var ceilingComparisons = []comparison{
	{
		ledger.SeverityError, "ledger.ceilings", "claims were counted against a ceiling that no scope of a certificate has",
		`SELECT count(*) FROM ledger.ceilings`,
		`SELECT CAST(k.certificate_id AS text), 'year ' || k.year || ', claimed ' || k.claimed || ' thousandths'
		   FROM ledger.ceilings k
		  WHERE NOT EXISTS (SELECT FROM catalog.certificate_scopes s WHERE s.ceiling_id = k.certificate_id)
		  ORDER BY k.certificate_id, k.year LIMIT $1`,
	},
	{
		// What was sold before each scope had a ceiling of its own was counted against the certificate's
		// first, and may be more than that allows: then nothing more is sold under it.
		ledger.SeverityWarning, "catalog.certificate_scopes", "more is sold under the claim of a scope than its ceiling",
		`SELECT count(*) FROM catalog.certificate_scopes WHERE ceiling IS NOT NULL`,
		`SELECT CAST(s.certificate_id AS text), 'scope ' || s.n || ', year ' || k.year || ': claimed ' || k.claimed || ' of ' || s.ceiling || ' thousandths'
		   FROM catalog.certificate_scopes s
		   JOIN ledger.ceilings k ON k.certificate_id = s.ceiling_id AND k.claimed > s.ceiling
		  ORDER BY s.certificate_id, s.n, k.year LIMIT $1`,
	},
	{
		ledger.SeverityError, "catalog.certificate_scopes", "the first scope with a ceiling is not the one that goes by its certificate's id",
		`SELECT count(*) FROM catalog.certificate_scopes WHERE ceiling IS NOT NULL`,
		`SELECT CAST(s.certificate_id AS text), 'scope ' || min(s.n)
		   FROM catalog.certificate_scopes s
		  WHERE s.ceiling IS NOT NULL
		  GROUP BY s.certificate_id
		 HAVING (array_agg(s.ceiling_id ORDER BY s.n))[1] <> s.certificate_id
		  ORDER BY s.certificate_id LIMIT $1`,
	},
}

// decisions proves the history of certificates: nothing in it was edited, cut or slipped in, and
// what is stored of a certificate's state follows from it.
func decisions(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	triggers := []guard{
		{"catalog.certificates", "certificates_made"}, {"catalog.certificates", "certificate_moved"},
		{"catalog.certificate_decisions", "certificate_decided"},
	}
	err := asleep(ctx, reader, report, "a trigger that keeps certificates and their decisions together does not run", triggers)
	if err != nil {
		return 0, err
	}
	examined, err := compare(ctx, reader, report, decisionComparisons)
	return examined + int64(len(triggers)), err
}

const (
	countDecisions = `SELECT count(*) FROM catalog.certificate_decisions`
	namedDecision  = `'decision ' || d.n || ': ' || d.decision || ' at ' || to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
	// recordedDecision joins the event e of a decision d: they share the instant of their transaction.
	recordedDecision = `e.subject_kind = 'certificate' AND e.subject_id = d.certificate_id AND e.action = 'certificate.' || d.decision AND e.at = d.at`
)

// decisionComparisons hold the decisions about certificates against the sealed audit trail and
// against what is stored of the certificates. Certificates that were generated in bulk say that they
// are invented, and have no events at all.
//
//nolint:gochecknoglobals // an immutable table
var decisionComparisons = []comparison{
	{
		ledger.SeverityError, "catalog.certificate_decisions", "a decision that the audit trail knows nothing of", countDecisions,
		`SELECT CAST(d.certificate_id AS text), ` + namedDecision + `
		   FROM catalog.certificate_decisions d
		   JOIN catalog.certificates c ON c.id = d.certificate_id
		  WHERE NOT EXISTS (SELECT FROM identity.audit_events e WHERE ` + recordedDecision + ` AND (d.by_user IS NULL OR e.actor_id = d.by_user))
		    AND NOT (c.invented AND NOT EXISTS (SELECT FROM identity.audit_events e WHERE e.subject_kind = 'certificate' AND e.subject_id = c.id))
		  ORDER BY d.certificate_id, d.n LIMIT $1`,
	},
	{
		// Events from before decisions had a digest prove that there was a decision, and by whom.
		ledger.SeverityError, "catalog.certificate_decisions", "a decision that is not as it was recorded", countDecisions,
		`SELECT CAST(d.certificate_id AS text), ` + namedDecision + `
		   FROM catalog.certificate_decisions d
		   JOIN identity.audit_events e ON ` + recordedDecision + `
		  WHERE e.detail ->> 'digest' <> ` + catalog.DecisionDigest + `
		  ORDER BY d.certificate_id, d.n LIMIT $1`,
	},
	{
		ledger.SeverityError, "catalog.certificate_decisions", "a decision that was recorded and is missing",
		`SELECT count(*) FROM identity.audit_events WHERE action IN ('certificate.submitted', 'certificate.verified', 'certificate.rejected', 'certificate.revoked')`,
		`SELECT CAST(e.subject_id AS text), e.action || ', event ' || e.id
		   FROM identity.audit_events e
		  WHERE e.action IN ('certificate.submitted', 'certificate.verified', 'certificate.rejected', 'certificate.revoked')
		    AND NOT EXISTS (SELECT FROM catalog.certificate_decisions d WHERE ` + recordedDecision + `)
		  ORDER BY e.subject_id, e.at LIMIT $1`,
	},
	{
		ledger.SeverityError, "catalog.certificate_decisions", "decisions in an order that no certificate takes", countDecisions,
		`SELECT CAST(d.certificate_id AS text), ` + namedDecision + `
		   FROM (SELECT certificate_id, n, decision, at, row_number() OVER w AS place, lag(decision) OVER w AS before, lag(at) OVER w AS earlier
		           FROM catalog.certificate_decisions WINDOW w AS (PARTITION BY certificate_id ORDER BY n)) d
		  WHERE d.n <> d.place OR d.at < d.earlier
		     OR (coalesce(d.before, ''), d.decision) NOT IN (('', 'submitted'), ('submitted', 'verified'), ('submitted', 'rejected'), ('verified', 'revoked'))
		  ORDER BY d.certificate_id, d.n LIMIT $1`,
	},
	{
		ledger.SeverityError, "catalog.certificates", "a certificate whose state is not what was decided",
		`SELECT count(*) FROM catalog.certificates`,
		`SELECT CAST(c.id AS text), 'stored ' || c.state || coalesce(', verified on ' || c.verified_on, '') || coalesce(', revoked on ' || c.revoked_on, '')
		        || '; decided ' || coalesce(d.decision, 'nothing') || coalesce(', verified on ' || f.verified_on, '') || coalesce(', revoked on ' || f.revoked_on, '')
		   FROM catalog.certificates c
		   LEFT JOIN LATERAL (SELECT n, decision, at, by_user, reason_code, reason FROM catalog.certificate_decisions
		                       WHERE certificate_id = c.id ORDER BY n DESC LIMIT 1) d ON true
		   LEFT JOIN LATERAL (SELECT max(CAST(effective_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)) FILTER (WHERE decision = 'verified') AS verified_on,
		                             max(CAST(effective_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)) FILTER (WHERE decision = 'revoked') AS revoked_on
		                        FROM catalog.certificate_decisions WHERE certificate_id = c.id) f ON true
		  WHERE (c.state, c.reason, c.reason_code, c.verified_on, c.revoked_on)
		        IS DISTINCT FROM (d.decision, d.reason, d.reason_code, f.verified_on, f.revoked_on)
		     OR (d.n > 1 AND c.decided_at IS DISTINCT FROM d.at) OR (d.by_user IS NOT NULL AND c.decided_by IS DISTINCT FROM d.by_user)
		  ORDER BY c.id LIMIT $1`,
	},
}
