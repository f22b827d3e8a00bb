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
	"github.com/ocop-market/ocop/services/identity"
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
		       scope_kind, scope, lines, stars, points, state, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, $9, $10, $11, nullif(CAST($12 AS smallint), 0),
		       nullif(CAST($13 AS bigint), 0), 'submitted', $14, $15, $15)`
	first := c.Scopes[0]
	_, err := tx.Exec(ctx, insert, id, producer, c.Scheme, c.Number, c.Issuer, c.IssuerKind, c.IssuedOn, c.ValidUntil,
		first.Kind, postgres.JSON[firstScope]{V: firstScope{Note: first.Note, AreaHa: first.AreaHa}},
		postgres.Array(first.Lines), c.Stars, c.Points, c.Invented, tx.Now)
	if err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	return insertScopes(ctx, tx, id, producer, c.Scopes)
}

// selectCertificates reads certificates c with the products they name.
const selectCertificates = `
	SELECT c.id, c.producer_id, r.name AS producer_name, coalesce(r.commune_code, '') AS commune,
	       coalesce(m.name_vi, '') AS commune_name, r.fictional, c.scheme, h.warn_days, c.number,
	       c.issuer, coalesce(c.issuer_kind, '') AS issuer_kind, c.issued_on, c.valid_until, coalesce(c.stars, 0) AS stars,
	       coalesce(c.points, 0) AS points, c.state, c.reason, c.decided_at, c.verified_on, c.revoked_on,
	       coalesce(c.scan_type, '') AS scan_type, coalesce(c.scan_size, 0) AS scan_size, c.invented, c.version,
	       c.created_at, c.updated_at, ` + selectScopes + ` AS scopes
	  FROM catalog.certificates c
	  JOIN catalog.producers r ON r.id = c.producer_id
	  JOIN reference.schemes h ON h.code = c.scheme
	  LEFT JOIN reference.communes m ON m.code = r.commune_code `

type certificateRow struct {
	ID           uuid.UUID                    `db:"id"`
	ProducerID   uuid.UUID                    `db:"producer_id"`
	ProducerName string                       `db:"producer_name"`
	Commune      string                       `db:"commune"`
	CommuneName  string                       `db:"commune_name"`
	Fictional    bool                         `db:"fictional"`
	WarnDays     int                          `db:"warn_days"`
	Scheme       string                       `db:"scheme"`
	Number       string                       `db:"number"`
	Issuer       string                       `db:"issuer"`
	IssuerKind   string                       `db:"issuer_kind"`
	IssuedOn     civil.Date                   `db:"issued_on"`
	ValidUntil   civil.Date                   `db:"valid_until"`
	Stars        int                          `db:"stars"`
	Points       quantity.Quantity            `db:"points"`
	State        CertificateState             `db:"state"`
	Reason       string                       `db:"reason"`
	DecidedAt    *time.Time                   `db:"decided_at"`
	VerifiedOn   civil.Date                   `db:"verified_on"`
	RevokedOn    civil.Date                   `db:"revoked_on"`
	ScanType     string                       `db:"scan_type"`
	ScanSize     int64                        `db:"scan_size"`
	Invented     bool                         `db:"invented"`
	Version      int64                        `db:"version"`
	CreatedAt    time.Time                    `db:"created_at"`
	UpdatedAt    time.Time                    `db:"updated_at"`
	Scopes       postgres.JSON[[]storedScope] `db:"scopes"`
}

// course is what the row's state on any day follows from.
func (r certificateRow) course() course {
	c := course{
		decided: r.State, submittedOn: reference.Day(r.CreatedAt), verifiedOn: r.VerifiedOn, revokedOn: r.RevokedOn,
		issuedOn: r.IssuedOn, validUntil: r.ValidUntil, warnDays: r.WarnDays,
	}
	if r.DecidedAt != nil {
		c.decidedOn = reference.Day(*r.DecidedAt)
	}
	return c
}

// certificate is the row as it stands on a day.
func (r certificateRow) certificate(day civil.Date) Certificate {
	certificate := Certificate{
		ID: r.ID, ProducerID: r.ProducerID, Scheme: r.Scheme, Number: r.Number, Issuer: r.Issuer, IssuerKind: r.IssuerKind,
		Producer: Seller{ID: r.ProducerID, Name: r.ProducerName, Fictional: r.Fictional},
		IssuedOn: r.IssuedOn, ValidUntil: r.ValidUntil, Stars: r.Stars, Points: r.Points, Reason: r.Reason, ScanType: r.ScanType,
		ScanSize: r.ScanSize, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		State: r.course().on(day), Scopes: make([]Scope, 0, len(r.Scopes.V)),
	}
	for _, stored := range r.Scopes.V {
		certificate.Scopes = append(certificate.Scopes, stored.scope())
	}
	if len(certificate.Scopes) > 0 {
		certificate.Scope = certificate.Scopes[0]
	}
	if r.Commune != "" {
		certificate.Producer.Commune = &Place{Code: r.Commune, Name: r.CommuneName}
	}
	if r.DecidedAt != nil {
		certificate.DecidedAt = new(r.DecidedAt.UTC())
	}
	if !r.ValidUntil.IsZero() && (certificate.State == Valid || certificate.State == Expiring) {
		certificate.DaysLeft = new(day.Days(r.ValidUntil))
	}
	return certificate
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

// CertificateFilter narrows a list of certificates. Empty fields ask for nothing.
type CertificateFilter struct {
	// State is a state as it is today, see CertificateStateOn.
	State  CertificateState
	Scheme string
	// ExpiringWithin is a number of days: valid now and not after them.
	ExpiringWithin *int
	Producer       uuid.UUID
	// After is the certificate where the page before ended.
	After uuid.UUID
	Limit int
}

// certificatesWanted is the filter of lists, $1 to $6.
const certificatesWanted = `
	 WHERE (CAST($1 AS uuid) IS NULL OR c.producer_id = $1)
	   AND (CAST($2 AS text) = '' OR catalog.certificate_state_on(c, h.warn_days, CAST($3 AS date)) = $2)
	   AND (CAST($4 AS text) = '' OR c.scheme = $4)
	   AND (CAST($5 AS date) IS NULL
	        OR c.state = 'verified' AND c.verified_on <= $3 AND c.issued_on <= $3 AND c.valid_until BETWEEN CAST($3 AS date) AND $5)
	   AND (CAST($6 AS uuid) IS NULL OR c.producer_id = $6)`

func (f CertificateFilter) check(book *reference.Book) error {
	var complaints fault.Collector
	if f.Scheme != "" {
		checkSchemes(&complaints, book, []string{f.Scheme})
	}
	if f.ExpiringWithin != nil && (*f.ExpiringWithin < 0 || *f.ExpiringWithin > maxExpiringWithin) {
		complaints.Add("expiring_within", fault.ErrOutOfRange, "min", 0, "max", maxExpiringWithin)
	}
	return complaints.Err()
}

// maxExpiringWithin is ten years: more is a slip of the keyboard.
const maxExpiringWithin = 3650

// arguments are those of certificatesWanted; a zero holder means everybody's.
func (f CertificateFilter) arguments(holder uuid.UUID, today civil.Date) []any {
	var until civil.Date
	if f.ExpiringWithin != nil {
		until = today.AddDays(*f.ExpiringWithin)
	}
	return []any{postgres.NullID(holder), string(f.State), today, f.Scheme, until, postgres.NullID(f.Producer)}
}

// certificatePage reads a page, newest first.
func certificatePage(ctx context.Context, reader postgres.Reader, holder uuid.UUID, filter CertificateFilter, today civil.Date) ([]certificateRow, error) {
	const query = selectCertificates + certificatesWanted + `
	   AND (CAST($7 AS uuid) IS NULL
	        OR (c.created_at, c.id) < (SELECT a.created_at, a.id FROM catalog.certificates a WHERE a.id = $7))
	 ORDER BY c.created_at DESC, c.id DESC LIMIT $8`
	var rows []certificateRow
	err := reader.Select(ctx, &rows, query, append(filter.arguments(holder, today), postgres.NullID(filter.After), filter.Limit)...)
	return rows, err
}

// countCertificates counts up to MaxTotal.
func countCertificates(ctx context.Context, reader postgres.Reader, holder uuid.UUID, filter CertificateFilter, today civil.Date) (int, error) {
	const query = `SELECT count(*) FROM (SELECT 1 FROM catalog.certificates c JOIN reference.schemes h ON h.code = c.scheme` + certificatesWanted + ` LIMIT $7) AS found`
	var total int
	err := reader.Get(ctx, &total, query, append(filter.arguments(holder, today), MaxTotal)...)
	return total, err
}
