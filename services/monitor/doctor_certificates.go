package monitor

import "github.com/ocop-market/ocop/services/ledger"

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
