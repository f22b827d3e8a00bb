package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// storedScope is what a certificate's scope says beside its kind, lines and products.
type storedScope struct {
	Note   string            `json:"note,omitempty"`
	AreaHa quantity.Quantity `json:"area_ha,omitzero"`
}

// insertCertificate writes a submitted certificate and the products it names.
func insertCertificate(ctx context.Context, tx *postgres.Tx, id, producer uuid.UUID, c NewCertificate) error {
	const insert = `
		INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issuer_kind, issued_on, valid_until,
		       scope_kind, scope, lines, stars, state, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, $9, $10, $11, nullif(CAST($12 AS smallint), 0), 'submitted', $13, $14, $14)`
	_, err := tx.Exec(ctx, insert, id, producer, c.Scheme, c.Number, c.Issuer, c.IssuerKind, c.IssuedOn, c.ValidUntil,
		c.Scope.Kind, postgres.JSON[storedScope]{V: storedScope{Note: c.Scope.Note, AreaHa: c.Scope.AreaHa}},
		postgres.Array(c.Scope.Lines), c.Stars, c.Invented, tx.Now)
	if err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	return linkProducts(ctx, tx, id, producer, c.Scope.ProductIDs)
}

// linkProducts names the products of a certificate; products of another producer are refused as
// unknown.
func linkProducts(ctx context.Context, tx *postgres.Tx, id, producer uuid.UUID, products []uuid.UUID) error {
	if len(products) == 0 {
		return nil
	}
	const link = `
		INSERT INTO catalog.certificate_products (certificate_id, product_id)
		SELECT $1, p.id FROM catalog.products p WHERE p.producer_id = $2 AND p.id = ANY (CAST($3 AS uuid[]))`
	n, err := tx.Exec(ctx, link, id, producer, postgres.Array(products))
	if err != nil {
		return err
	}
	if n != int64(len(products)) {
		return ErrForeignProduct.At("scope.product_ids")
	}
	return nil
}

// selectCertificates reads certificates c with the products they name.
const selectCertificates = `
	SELECT c.id, c.producer_id, c.scheme, c.number, c.issuer, coalesce(c.issuer_kind, '') AS issuer_kind, c.issued_on,
	       c.valid_until, c.scope_kind, c.scope, c.lines, coalesce(c.stars, 0) AS stars, c.state, c.reason, c.decided_at,
	       coalesce(c.scan_type, '') AS scan_type, coalesce(c.scan_size, 0) AS scan_size, c.invented, c.version,
	       c.created_at, c.updated_at,
	       CAST(coalesce((SELECT array_agg(l.product_id ORDER BY l.product_id) FROM catalog.certificate_products l
	                       WHERE l.certificate_id = c.id), '{}') AS text[]) AS products
	  FROM catalog.certificates c `

type certificateRow struct {
	ID         uuid.UUID                  `db:"id"`
	ProducerID uuid.UUID                  `db:"producer_id"`
	Scheme     string                     `db:"scheme"`
	Number     string                     `db:"number"`
	Issuer     string                     `db:"issuer"`
	IssuerKind string                     `db:"issuer_kind"`
	IssuedOn   civil.Date                 `db:"issued_on"`
	ValidUntil civil.Date                 `db:"valid_until"`
	ScopeKind  string                     `db:"scope_kind"`
	Scope      postgres.JSON[storedScope] `db:"scope"`
	Lines      postgres.Strings           `db:"lines"`
	Stars      int                        `db:"stars"`
	State      CertificateState           `db:"state"`
	Reason     string                     `db:"reason"`
	DecidedAt  *time.Time                 `db:"decided_at"`
	ScanType   string                     `db:"scan_type"`
	ScanSize   int64                      `db:"scan_size"`
	Invented   bool                       `db:"invented"`
	Version    int64                      `db:"version"`
	CreatedAt  time.Time                  `db:"created_at"`
	UpdatedAt  time.Time                  `db:"updated_at"`
	Products   postgres.Strings           `db:"products"`
}

// certificate is the row as it stands on a day.
func (r certificateRow) certificate(today civil.Date) (Certificate, error) {
	certificate := Certificate{
		ID: r.ID, ProducerID: r.ProducerID, Scheme: r.Scheme, Number: r.Number, Issuer: r.Issuer, IssuerKind: r.IssuerKind,
		IssuedOn: r.IssuedOn, ValidUntil: r.ValidUntil, Stars: r.Stars, Reason: r.Reason, ScanType: r.ScanType,
		ScanSize: r.ScanSize, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		State: CertificateStateOn(r.State, r.IssuedOn, r.ValidUntil, today),
		Scope: Scope{Kind: r.ScopeKind, Lines: r.Lines, Note: r.Scope.V.Note, AreaHa: r.Scope.V.AreaHa},
	}
	if r.DecidedAt != nil {
		certificate.DecidedAt = new(r.DecidedAt.UTC())
	}
	if !r.ValidUntil.IsZero() && (certificate.State == Valid || certificate.State == Expiring) {
		certificate.DaysLeft = new(today.Days(r.ValidUntil))
	}
	for _, text := range r.Products {
		id, err := uuid.Parse(text)
		if err != nil {
			return Certificate{}, fmt.Errorf("reading the products of certificate %s: %w", r.ID, err)
		}
		certificate.Scope.ProductIDs = append(certificate.Scope.ProductIDs, id)
	}
	return certificate, nil
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

// decideCertificate writes an authority's decision.
func decideCertificate(ctx context.Context, tx *postgres.Tx, id, by uuid.UUID, state CertificateState, reason string) error {
	const update = `
		UPDATE catalog.certificates
		   SET state = $2, reason = $3, decided_by = $4, decided_at = $5, version = version + 1, updated_at = $5
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, id, state, reason, by, tx.Now)
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
	   AND (CAST($2 AS text) = '' OR catalog.certificate_state(c.state, c.issued_on, c.valid_until, CAST($3 AS date)) = $2)
	   AND (CAST($4 AS text) = '' OR c.scheme = $4)
	   AND (CAST($5 AS date) IS NULL
	        OR c.state = 'verified' AND c.issued_on <= $3 AND c.valid_until BETWEEN CAST($3 AS date) AND $5)
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
	const query = `SELECT count(*) FROM (SELECT 1 FROM catalog.certificates c ` + certificatesWanted + ` LIMIT $7) AS found`
	var total int
	err := reader.Get(ctx, &total, query, append(filter.arguments(holder, today), MaxTotal)...)
	return total, err
}
