package catalog

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Claims says of every scheme that is for such goods whether a product may show its mark on a day,
// by which certificates and until when, or what is missing and what to do about it. A zero day is
// today. It is for the product's producer and for those who oversee producers; for others
// fault.ErrForbidden or fault.ErrNotFound.
func (s *Service) Claims(ctx context.Context, who identity.Principal, product uuid.UUID, on civil.Date) ([]Claim, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	subject, err := readClaimant(ctx, s.db, product)
	if err == nil && !who.Oversees(identity.Producer) && subject.ProducerID != who.OrganisationID {
		err = fault.ErrNotFound.With()
	}
	if err != nil {
		return nil, err
	}
	held, err := holdings(ctx, s.db, product)
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		on = s.today()
	}
	return claimsOf(s.book, subject, held, on), nil
}

// claimsOf assesses every scheme, in the order in which people see them.
func claimsOf(book *reference.Book, product claimant, held []holding, day civil.Date) []Claim {
	claims := make([]Claim, 0, len(held))
	for _, scheme := range book.Schemes() {
		if claim, fits := assess(scheme, product, held, wording{book: book, day: day}); fits {
			claims = append(claims, claim)
		}
	}
	return claims
}

// readClaimant reads what claims ask of a product; fault.ErrNotFound when there is none.
func readClaimant(ctx context.Context, reader postgres.Reader, product uuid.UUID) (claimant, error) {
	const query = `
		SELECT p.line, p.form, p.producer_id, r.ocop_subject, f.sells_on
		  FROM catalog.products p
		  JOIN catalog.producers r ON r.id = p.producer_id
		  JOIN identity.legal_forms f ON f.code = r.legal_form
		 WHERE p.id = $1`
	var row struct {
		Line        string    `db:"line"`
		Form        string    `db:"form"`
		ProducerID  uuid.UUID `db:"producer_id"`
		OCOPSubject bool      `db:"ocop_subject"`
		SellsOn     bool      `db:"sells_on"`
	}
	err := reader.Get(ctx, &row, query, product)
	if errors.Is(err, postgres.ErrNoRows) {
		err = fault.ErrNotFound.With()
	}
	return claimant{
		Line: row.Line, Form: row.Form, ProducerID: row.ProducerID, OCOPSubject: row.OCOPSubject, SellsOn: row.SellsOn,
	}, err
}

// holdings reads every scope of the certificates of a product's producer, and of the groups it is a
// member of, whatever their state.
func holdings(ctx context.Context, reader postgres.Reader, product uuid.UUID) ([]holding, error) {
	const query = `
		SELECT c.id, c.producer_id, r.name AS holder, c.scheme, c.number, s.kind, coalesce(c.stars, 0) AS stars,
		       EXISTS (SELECT FROM catalog.certificate_products l
		                WHERE l.certificate_id = c.id AND l.n = s.n AND l.product_id = p.id AND c.producer_id = p.producer_id) AS named,
		       p.line = ANY (s.lines) AS by_line, c.producer_id <> p.producer_id AS member,
		       c.state, c.created_at, c.decided_at, c.verified_on, c.revoked_on, c.issued_on, c.valid_until, h.warn_days
		  FROM catalog.products p
		  JOIN catalog.certificates c ON c.producer_id = p.producer_id
		       OR c.id IN (SELECT m.certificate_id FROM catalog.certificate_members m WHERE m.producer_id = p.producer_id)
		  JOIN catalog.certificate_scopes s ON s.certificate_id = c.id
		   AND (c.producer_id = p.producer_id
		        OR s.kind = 'group' AND EXISTS (SELECT FROM catalog.certificate_members m
		                                         WHERE m.certificate_id = c.id AND m.n = s.n AND m.producer_id = p.producer_id))
		  JOIN catalog.producers r ON r.id = c.producer_id
		  JOIN reference.schemes h ON h.code = c.scheme
		 WHERE p.id = $1
		 ORDER BY c.scheme, c.created_at DESC, c.id DESC, s.n`
	var rows []holdingRow
	if err := reader.Select(ctx, &rows, query, product); err != nil {
		return nil, err
	}
	held := make([]holding, 0, len(rows))
	for _, row := range rows {
		held = append(held, holding{
			course: row.course(), CertificateID: row.ID, HolderID: row.ProducerID, Holder: row.Holder, Scheme: row.Scheme,
			Number: row.Number, Kind: row.Kind, Stars: row.Stars, Named: row.Named, ByLine: row.ByLine, Member: row.Member,
		})
	}
	return held, nil
}

type holdingRow struct {
	courseRow

	ID         uuid.UUID `db:"id"`
	ProducerID uuid.UUID `db:"producer_id"`
	Holder     string    `db:"holder"`
	Scheme     string    `db:"scheme"`
	Number     string    `db:"number"`
	Kind       string    `db:"kind"`
	Stars      int       `db:"stars"`
	Named      bool      `db:"named"`
	ByLine     bool      `db:"by_line"`
	Member     bool      `db:"member"`
}

// courseRow are the columns that a certificate's state on any day follows from.
type courseRow struct {
	State      CertificateState `db:"state"`
	CreatedAt  time.Time        `db:"created_at"`
	DecidedAt  *time.Time       `db:"decided_at"`
	VerifiedOn civil.Date       `db:"verified_on"`
	RevokedOn  civil.Date       `db:"revoked_on"`
	IssuedOn   civil.Date       `db:"issued_on"`
	ValidUntil civil.Date       `db:"valid_until"`
	WarnDays   int              `db:"warn_days"`
}

func (r courseRow) course() course {
	c := course{
		decided: r.State, submittedOn: reference.Day(r.CreatedAt), verifiedOn: r.VerifiedOn, revokedOn: r.RevokedOn,
		issuedOn: r.IssuedOn, validUntil: r.ValidUntil, warnDays: r.WarnDays,
	}
	if r.DecidedAt != nil {
		c.decidedOn = reference.Day(*r.DecidedAt)
	}
	return c
}
