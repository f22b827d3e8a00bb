package catalog

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// SubmitCertificate hands a certificate of the producer's to the authority. Refused: whatever
// MayWrite refuses, fault.ErrForbidden for who is no producer, every rule of a certificate,
// ErrCertificateExists.
func (s *Service) SubmitCertificate(ctx context.Context, who identity.Principal, certificate NewCertificate) (Certificate, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Certificate, error) {
		return s.submitCertificate(ctx, tx, who, certificate)
	})
}

func (s *Service) submitCertificate(ctx context.Context, tx *postgres.Tx, who identity.Principal, certificate NewCertificate) (Certificate, error) {
	if err := mayChange(who); err != nil {
		return Certificate{}, err
	}
	holder, err := seller(ctx, tx, who.OrganisationID)
	if err != nil {
		return Certificate{}, err
	}
	checked, err := certificate.check(s.book, reference.Day(tx.Now), holder.OCOPSubject)
	if err != nil {
		return Certificate{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Certificate{}, fmt.Errorf("naming a certificate: %w", err)
	}
	if err := insertCertificate(ctx, tx, id, who.OrganisationID, checked); err != nil {
		return Certificate{}, err
	}
	detail := map[string]any{"scheme": checked.Scheme, "issued_on": checked.IssuedOn, "valid_until": checked.ValidUntil}
	return recordCertificate(ctx, tx, who, id, "certificate.submitted", detail)
}

// recordCertificate records a change of a certificate and returns it whole, as it is now.
func recordCertificate(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, action string, detail any) (Certificate, error) {
	if err := identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "certificate", ID: id}, detail); err != nil {
		return Certificate{}, err
	}
	row, err := readCertificate(ctx, tx, id)
	if err != nil {
		return Certificate{}, err
	}
	return row.certificate(reference.Day(tx.Now)), nil
}

// Verify makes a submitted certificate count. Refused: fault.ErrForbidden for who does not oversee
// producers, ErrCertificateState, and ErrIssuer for OCOP stars that their issuer could not give
// on that day.
func (s *Service) Verify(ctx context.Context, who identity.Principal, id uuid.UUID, match Match) (Certificate, error) {
	return s.decide(ctx, who, id, match, verify, "certificate.verified", "")
}

// Reject refuses a submitted certificate, with a reason for its holder.
func (s *Service) Reject(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, reason string) (Certificate, error) {
	return s.decide(ctx, who, id, match, reject, "certificate.rejected", reason)
}

// Revoke ends a verified certificate: its marks are gone at once.
func (s *Service) Revoke(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, reason string) (Certificate, error) {
	return s.decide(ctx, who, id, match, revoke, "certificate.revoked", reason)
}

func (s *Service) decide(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, move certificateMove, action, reason string) (Certificate, error) {
	if err := mayDecide(who); err != nil {
		return Certificate{}, err
	}
	if move != verify {
		if err := checkReason(reason); err != nil {
			return Certificate{}, err
		}
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Certificate, error) {
		row, err := lockCertificate(ctx, tx, id)
		if err != nil {
			return Certificate{}, err
		}
		if err := expect(row.Version, match); err != nil {
			return Certificate{}, err
		}
		state, err := row.State.decided(move)
		if err != nil {
			return Certificate{}, err
		}
		if move == verify && row.Scheme == reference.OCOP {
			if err := issuerRefused(s.book, row.Stars, row.IssuerKind, row.IssuedOn); err != nil {
				return Certificate{}, err
			}
		}
		if err := decideCertificate(ctx, tx, id, decision{
			State: state, EffectiveAt: tx.Now, ByKind: who.Kind, By: who.UserID, Reason: oneLine(reason),
		}); err != nil {
			return Certificate{}, err
		}
		return recordCertificate(ctx, tx, who, id, action, map[string]any{"scheme": row.Scheme, "producer_id": row.ProducerID})
	})
}

// Certificate returns one certificate, for its holder and for those who oversee producers; for
// everybody else fault.ErrForbidden or fault.ErrNotFound.
func (s *Service) Certificate(ctx context.Context, who identity.Principal, id uuid.UUID) (Certificate, error) {
	row, err := s.visibleCertificate(ctx, who, id)
	if err != nil {
		return Certificate{}, err
	}
	return row.certificate(s.today()), nil
}

func (s *Service) visibleCertificate(ctx context.Context, who identity.Principal, id uuid.UUID) (certificateRow, error) {
	if err := mayRead(who); err != nil {
		return certificateRow{}, err
	}
	row, err := readCertificate(ctx, s.db, id)
	if err == nil && !who.Oversees(identity.Producer) && row.ProducerID != who.OrganisationID {
		err = fault.ErrNotFound.With()
	}
	return row, err
}

// Certificates is a page of a producer's certificates, or of all for those who oversee producers,
// newest first. Refused: a scheme that is none, and days that are negative.
func (s *Service) Certificates(ctx context.Context, who identity.Principal, filter CertificateFilter) ([]Certificate, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	if err := filter.check(s.book); err != nil {
		return nil, err
	}
	today := s.today()
	rows, err := certificatePage(ctx, s.db, holderOf(who), filter, today)
	if err != nil {
		return nil, err
	}
	certificates := make([]Certificate, 0, len(rows))
	for _, row := range rows {
		certificates = append(certificates, row.certificate(today))
	}
	return certificates, nil
}

// CountCertificates counts what Certificates lists, up to MaxTotal.
func (s *Service) CountCertificates(ctx context.Context, who identity.Principal, filter CertificateFilter) (int, error) {
	if err := mayRead(who); err != nil {
		return 0, err
	}
	if err := filter.check(s.book); err != nil {
		return 0, err
	}
	return countCertificates(ctx, s.db, holderOf(who), filter, s.today())
}

// holderOf is whose things a reader of the supply side sees: its own, or everybody's for those
// who oversee producers.
func holderOf(who identity.Principal) uuid.UUID {
	if who.Oversees(identity.Producer) {
		return uuid.Nil
	}
	return who.OrganisationID
}
