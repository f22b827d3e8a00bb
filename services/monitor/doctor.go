package monitor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/hashchain"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// Finding is one thing that is not as it must be.
type Finding = ledger.Finding

// Deps is what the doctor examines.
type Deps struct {
	// DB is connected as the service's role: what that role may do is part of the examination.
	DB *postgres.DB
	// Watch, when there is one, is told of each part as it ends: ten million postings take minutes.
	Watch func(Check)
}

// Check is one part of an examination.
type Check struct {
	Name string `json:"name"`
	// Examined counts rows, seals or rights.
	Examined int64         `json:"examined"`
	Findings int           `json:"findings"`
	Took     time.Duration `json:"took_ns"`
}

// Examination is what the doctor found.
type Examination struct {
	Checks   []Check        `json:"checks"`
	Ledger   ledger.Audited `json:"ledger"`
	Findings []Finding      `json:"findings"`
}

// Healthy reports whether nothing is broken; warnings may remain.
func (e Examination) Healthy() bool {
	return !slices.ContainsFunc(e.Findings, func(f Finding) bool { return f.Severity == ledger.SeverityError })
}

// Doctor proves what officials rely on: every balance is the sum of its postings, nothing that
// was sealed has been touched, what the services agreed stands in the ledger, what was decided about
// certificates is what they say and what was recorded, the guards in the database are in place, and the service's role cannot rewrite history. It changes nothing.
//
// It returns an error only when it cannot finish; what is wrong is in the findings.
func Doctor(ctx context.Context, deps Deps) (Examination, error) {
	var found Examination
	err := deps.DB.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		found = Examination{Checks: []Check{}, Findings: []Finding{}} // the closure may run twice
		// The usual limit is made for requests. It is lifted for this transaction alone, which
		// works behind PgBouncer too; the transaction cannot write.
		const prepare = `SELECT set_config('statement_timeout', '0', true) || set_config('transaction_read_only', 'on', true)`
		var ignored string
		if err := tx.Get(ctx, &ignored, prepare); err != nil {
			return fmt.Errorf("preparing the examination: %w", err)
		}
		if err := makeRoom(ctx, tx); err != nil {
			return fmt.Errorf("preparing the examination: %w", err)
		}
		for _, part := range examinations(&found) {
			if err := part.run(ctx, tx, &found); err != nil {
				return fmt.Errorf("examining %s: %w", part.name, err)
			}
			if deps.Watch != nil {
				deps.Watch(found.Checks[len(found.Checks)-1])
			}
		}
		return nil
	})
	return found, err
}

// examination is a part of what the doctor does; do returns how much it looked at.
type examination struct {
	name string
	do   func(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error)
}

func (e examination) run(ctx context.Context, tx *postgres.Tx, found *Examination) error {
	began, before := time.Now(), len(found.Findings)
	examined, err := e.do(ctx, tx, func(f Finding) error {
		found.Findings = append(found.Findings, f)
		return nil
	})
	found.Checks = append(found.Checks, Check{
		Name: e.name, Examined: examined, Findings: len(found.Findings) - before, Took: time.Since(began),
	})
	return err
}

func examinations(found *Examination) []examination {
	return []examination{
		{"rights of the service's role", rights},
		{"guards of the ledger", guards},
		{"balances", func(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
			audited, err := ledger.Audit(ctx, reader, report)
			found.Ledger = audited
			return audited.Postings, err
		}},
		{"rollup of volumes", ledger.RollupMatches},
		{"facts of the market", inquiry.MarketMatches},
		{"seals of the ledger", func(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
			seals, err := ledger.VerifySeals(ctx, reader, report)
			return int64(seals), err
		}},
		{"seals of the audit trail", auditTrail},
		{"agreements and the ledger", agreements},
		{"decisions about certificates", decisions},
		{"jobs", givenUp},
	}
}

func auditTrail(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int64, error) {
	var broken []hashchain.Finding
	seals, err := identity.AuditChain().Verify(ctx, reader, func(f hashchain.Finding) { broken = append(broken, f) })
	if err != nil {
		return int64(seals), err
	}
	for _, each := range broken {
		if err := report(ledger.FromChain("identity.audit_events", each)); err != nil {
			return int64(seals), err
		}
	}
	return int64(seals), nil
}

// listed reports one finding for each row of a query that reads an id and a detail.
func listed(
	ctx context.Context, reader postgres.Reader, report func(Finding) error, finding Finding, query string, args ...any,
) error {
	return reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		each := finding
		if err := scan(&each.ID, &each.Detail); err != nil {
			return fmt.Errorf("reading a finding: %w", err)
		}
		return report(each)
	})
}
