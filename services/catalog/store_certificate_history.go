package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// decision is a row of a certificate's history.
type decision struct {
	State       CertificateState
	EffectiveAt time.Time
	ByKind      identity.OrganisationKind
	By          uuid.UUID
	ReasonCode  string
	Reason      string
}

// decideCertificate adds a decision to a certificate's history; what is stored of its state follows
// from that row, by a trigger. The certificate is locked.
func decideCertificate(ctx context.Context, tx *postgres.Tx, id uuid.UUID, d decision) error {
	const insert = `
		INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind, by_user, reason_code, reason)
		SELECT $1, 1 + max(d.n), $2, $3, $4, $5, $6, nullif($7, ''), $8
		  FROM catalog.certificate_decisions d WHERE d.certificate_id = $1`
	_, err := tx.Exec(ctx, insert, id, d.State, tx.Now, d.EffectiveAt, string(d.ByKind), d.By, d.ReasonCode, d.Reason)
	return postgres.MapConstraint(err, byConstraint)
}

// DecisionDigest is, as SQL, what the audit trail keeps of a decision d: whoever edits the decision
// later differs from the sealed event. The words of a reason stay out of the trail.
const DecisionDigest = `encode(sha256(convert_to(CAST(jsonb_build_array(d.n, d.decision, EXTRACT(EPOCH FROM d.at),
	EXTRACT(EPOCH FROM d.effective_at), d.by_kind, d.by_user, d.reason_code, d.reason) AS text), 'UTF8')), 'hex')`

// lastDigest is the digest of a certificate's last decision. The certificate is locked, or new.
func lastDigest(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (string, error) {
	const query = `
		SELECT ` + DecisionDigest + ` FROM catalog.certificate_decisions d WHERE d.certificate_id = $1 ORDER BY d.n DESC LIMIT 1`
	var digest string
	err := tx.Get(ctx, &digest, query, id)
	return digest, err
}

// readDecisions reads the history of a certificate, the oldest first.
func readDecisions(ctx context.Context, reader postgres.Reader, book *reference.Book, id uuid.UUID) ([]Decision, error) {
	const query = `
		SELECT decision, at, effective_at, by_kind, coalesce(reason_code, '') AS reason_code, reason
		  FROM catalog.certificate_decisions WHERE certificate_id = $1 ORDER BY n`
	var rows []struct {
		Decision    CertificateState `db:"decision"`
		At          time.Time        `db:"at"`
		EffectiveAt time.Time        `db:"effective_at"`
		ByKind      string           `db:"by_kind"`
		ReasonCode  string           `db:"reason_code"`
		Reason      string           `db:"reason"`
	}
	if err := reader.Select(ctx, &rows, query, id); err != nil {
		return nil, err
	}
	decisions := make([]Decision, 0, len(rows))
	for _, row := range rows {
		reason, _ := book.DecisionReason(string(row.Decision), row.ReasonCode)
		decisions = append(decisions, Decision{
			Decision: row.Decision, At: row.At.UTC(), EffectiveOn: reference.Day(row.EffectiveAt), By: row.ByKind,
			ReasonCode: row.ReasonCode, ReasonName: reason.Name, ReasonNameEN: reason.NameEN, Reason: row.Reason,
		})
	}
	return decisions, nil
}

// insertAudit adds a surveillance audit; its certificate's version moves with it.
func insertAudit(ctx context.Context, tx *postgres.Tx, id uuid.UUID, by identity.OrganisationKind, audit Audit) error {
	const insert = `
		INSERT INTO catalog.certificate_surveillance (certificate_id, done_on, passed, note, by_kind, at) VALUES ($1, $2, $3, $4, $5, $6)`
	if _, err := tx.Exec(ctx, insert, id, audit.DoneOn, audit.Passed, oneLine(audit.Note), string(by), tx.Now); err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	const touch = `UPDATE catalog.certificates SET version = version + 1, updated_at = $2 WHERE id = $1`
	_, err := tx.Exec(ctx, touch, id, tx.Now)
	return err
}
