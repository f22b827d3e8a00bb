package catalog

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// firstScope is what the release before reads of a certificate's first scope, beside its kind and lines.
type firstScope struct {
	Note   string            `json:"note,omitempty"`
	AreaHa quantity.Quantity `json:"area_ha,omitzero"`
}

// insertCertificate writes a submitted certificate with all it covers.
func insertCertificate(ctx context.Context, tx *postgres.Tx, id, producer uuid.UUID, c NewCertificate) error {
	const insert = `
		INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issuer_kind, issued_on, valid_until,
		       scope_kind, scope, lines, stars, points, renews_id, state, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, $9, $10, $11, nullif(CAST($12 AS smallint), 0),
		       nullif(CAST($13 AS bigint), 0), $14, 'submitted', $15, $16, $16)`
	first := c.Scopes[0]
	_, err := tx.Exec(ctx, insert, id, producer, c.Scheme, c.Number, c.Issuer, c.IssuerKind, c.IssuedOn, c.ValidUntil,
		first.Kind, postgres.JSON[firstScope]{V: firstScope{Note: first.Note, AreaHa: first.AreaHa}},
		postgres.Array(first.Lines), c.Stars, c.Points, postgres.NullID(c.RenewsID), c.Invented, tx.Now)
	if err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	return insertScopes(ctx, tx, id, producer, c.Scopes)
}

// selectCertificates reads certificates c with the products they name.
const selectCertificates = `
	SELECT c.id, c.producer_id, r.name AS producer_name, coalesce(r.commune_code, '') AS commune,
	       coalesce(m.name_vi, '') AS commune_name, r.fictional, c.scheme, h.warn_days, h.number_format, h.number_pattern, h.number_check,
	       coalesce(t.validity_months, 0) AS validity_months, coalesce(t.surveillance_months, 0) AS surveillance_months, c.number,
	       c.issuer, coalesce(c.issuer_kind, '') AS issuer_kind, c.issued_on, c.valid_until, coalesce(c.stars, 0) AS stars,
	       coalesce(c.points, 0) AS points, c.state, coalesce(c.reason_code, '') AS reason_code, c.reason, c.decided_at, c.verified_on,
	       c.revoked_on, c.renews_id, (SELECT o.valid_until FROM catalog.certificates o WHERE o.id = c.renews_id) AS renewed_until,
	       (SELECT w.id FROM catalog.certificates w WHERE w.renews_id = c.id AND w.state IN ('submitted', 'verified')) AS renewed_by,
	       coalesce(c.scan_type, '') AS scan_type, coalesce(c.scan_size, 0) AS scan_size, c.invented, c.version,
	       c.created_at, c.updated_at, ` + selectScopes + ` AS scopes,
	       (SELECT coalesce(jsonb_agg(jsonb_build_object('done_on', a.done_on, 'passed', a.passed, 'note', a.note) ORDER BY a.done_on), '[]')
	          FROM catalog.certificate_surveillance a WHERE a.certificate_id = c.id) AS audits
	  FROM catalog.certificates c
	  JOIN catalog.producers r ON r.id = c.producer_id
	  JOIN reference.schemes h ON h.code = c.scheme
	  LEFT JOIN reference.scheme_terms t ON t.scheme = c.scheme
	   AND (t.valid_from IS NULL OR t.valid_from <= c.issued_on) AND (t.valid_to IS NULL OR t.valid_to >= c.issued_on)
	  LEFT JOIN reference.communes m ON m.code = r.commune_code `

type certificateRow struct {
	courseRow

	ID                 uuid.UUID                    `db:"id"`
	ProducerID         uuid.UUID                    `db:"producer_id"`
	ProducerName       string                       `db:"producer_name"`
	Commune            string                       `db:"commune"`
	CommuneName        string                       `db:"commune_name"`
	Fictional          bool                         `db:"fictional"`
	Scheme             string                       `db:"scheme"`
	Number             string                       `db:"number"`
	Issuer             string                       `db:"issuer"`
	IssuerKind         string                       `db:"issuer_kind"`
	Stars              int                          `db:"stars"`
	Points             quantity.Quantity            `db:"points"`
	Reason             string                       `db:"reason"`
	ScanType           string                       `db:"scan_type"`
	ScanSize           int64                        `db:"scan_size"`
	Invented           bool                         `db:"invented"`
	Version            int64                        `db:"version"`
	UpdatedAt          time.Time                    `db:"updated_at"`
	Scopes             postgres.JSON[[]storedScope] `db:"scopes"`
	Audits             postgres.JSON[[]Audit]       `db:"audits"`
	ReasonCode         string                       `db:"reason_code"`
	RenewsID           uuid.NullUUID                `db:"renews_id"`
	RenewedBy          uuid.NullUUID                `db:"renewed_by"`
	RenewedUntil       civil.Date                   `db:"renewed_until"`
	NumberFormat       string                       `db:"number_format"`
	NumberPattern      string                       `db:"number_pattern"`
	NumberCheck        string                       `db:"number_check"`
	ValidityMonths     int                          `db:"validity_months"`
	SurveillanceMonths int                          `db:"surveillance_months"`
}

// scheme is what remarks on the row ask of its scheme, with the validity of the day of issue.
func (r certificateRow) scheme() reference.Scheme {
	return reference.Scheme{
		Code: r.Scheme, NumberFormat: r.NumberFormat, NumberPattern: r.NumberPattern, NumberCheck: r.NumberCheck,
		Terms: []reference.Term{{ValidityMonths: r.ValidityMonths, SurveillanceMonths: r.SurveillanceMonths}},
	}
}

// certificate is the row as it stands on a day.
func (r certificateRow) certificate(day civil.Date) Certificate {
	state, scheme := r.course().on(day), r.scheme()
	c := Certificate{
		ID: r.ID, ProducerID: r.ProducerID, Scheme: r.Scheme, Number: r.Number, Issuer: r.Issuer, IssuerKind: r.IssuerKind,
		Producer: Seller{ID: r.ProducerID, Name: r.ProducerName, Fictional: r.Fictional},
		IssuedOn: r.IssuedOn, ValidUntil: r.ValidUntil, Stars: r.Stars, Points: r.Points, ScanType: r.ScanType,
		ScanSize: r.ScanSize, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		State: state, Scopes: make([]Scope, 0, len(r.Scopes.V)), RenewsID: r.RenewsID.UUID, RenewedBy: r.RenewedBy.UUID,
		Surveillance: surveillanceOn(scheme.Term(r.IssuedOn), r.IssuedOn, r.ValidUntil, day, r.Audits.V),
	}
	for _, stored := range r.Scopes.V {
		c.Scopes = append(c.Scopes, stored.scope())
	}
	if len(c.Scopes) > 0 {
		c.Scope = c.Scopes[0]
	}
	if r.Commune != "" {
		c.Producer.Commune = &Place{Code: r.Commune, Name: r.CommuneName}
	}
	if r.DecidedAt != nil && !day.Before(reference.Day(*r.DecidedAt)) {
		c.DecidedAt = new(r.DecidedAt.UTC())
	}
	switch {
	case state == Rejected, state == Revoked:
		c.Reason, c.ReasonCode, c.RevokedOn = r.Reason, r.ReasonCode, r.RevokedOn
	case state == Submitted:
		c.WaitingDays = new(reference.Day(r.CreatedAt).Days(day))
	case !r.ValidUntil.IsZero() && (state == Valid || state == Expiring):
		c.DaysLeft = new(day.Days(r.ValidUntil))
	}
	c.Notes = c.notes(scheme, r.RenewedUntil)
	return c
}

// readCertificate reads one certificate; fault.ErrNotFound when there is none.
func readCertificate(ctx context.Context, reader postgres.Reader, id uuid.UUID) (certificateRow, error) {
	const query = selectCertificates + `WHERE c.id = $1`
	return oneCertificate(ctx, reader, query, id)
}

// lockCertificate reads a certificate and holds it until the transaction ends.
func lockCertificate(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (certificateRow, error) {
	const query = selectCertificates + `WHERE c.id = $1 FOR UPDATE OF c`
	return oneCertificate(ctx, tx, query, id)
}

func oneCertificate(ctx context.Context, reader postgres.Reader, query string, id uuid.UUID) (certificateRow, error) {
	var row certificateRow
	err := reader.Get(ctx, &row, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return row, fault.ErrNotFound.With()
	}
	return row, err
}
