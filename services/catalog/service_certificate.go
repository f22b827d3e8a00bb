package catalog

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
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
	if err := renewable(ctx, tx, who.OrganisationID, checked); err != nil {
		return Certificate{}, err
	}
	if err := insertCertificate(ctx, tx, id, who.OrganisationID, checked); err != nil {
		return Certificate{}, err
	}
	detail := map[string]any{"scheme": checked.Scheme, "issued_on": checked.IssuedOn, "valid_until": checked.ValidUntil}
	return recordDecision(ctx, tx, who, id, Submitted, detail)
}

// recordDecision is recordCertificate for a decision, or for the submission that opens the history:
// its event keeps the digest of what was decided.
func recordDecision(
	ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, becomes CertificateState, detail map[string]any,
) (Certificate, error) {
	digest, err := lastDigest(ctx, tx, id)
	if err != nil {
		return Certificate{}, err
	}
	detail["digest"] = digest
	return recordCertificate(ctx, tx, who, id, "certificate."+string(becomes), detail)
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

// Certificate returns one certificate as it stands today, for its holder and for those who oversee
// producers; for everybody else fault.ErrForbidden or fault.ErrNotFound.
func (s *Service) Certificate(ctx context.Context, who identity.Principal, id uuid.UUID) (Certificate, error) {
	return s.CertificateOn(ctx, who, id, civil.Date{})
}

// CertificateOn is Certificate with the state of a day, as decided until then; a zero day is today.
func (s *Service) CertificateOn(ctx context.Context, who identity.Principal, id uuid.UUID, on civil.Date) (Certificate, error) {
	row, err := s.visibleCertificate(ctx, who, id)
	if err != nil {
		return Certificate{}, err
	}
	certificate := row.certificate(s.dayOr(on))
	if !who.Oversees(identity.Producer) {
		return certificate, nil
	}
	list := []Certificate{certificate}
	err = addDuplicates(ctx, s.db, list)
	return list[0], err
}

// dayOr is the day asked for, or today.
func (s *Service) dayOr(on civil.Date) civil.Date {
	if on.IsZero() {
		return s.today()
	}
	return on
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

// Certificates is a page of a producer's certificates, or of all for those who oversee producers, in
// the order of the filter. Those who oversee are told of the same number elsewhere. Refused: a scheme that is none, and days that are negative.
func (s *Service) Certificates(ctx context.Context, who identity.Principal, filter CertificateFilter) ([]Certificate, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	if err := filter.check(s.book); err != nil {
		return nil, err
	}
	filter.On = s.dayOr(filter.On)
	rows, err := certificatePage(ctx, s.db, holderOf(who), filter)
	if err != nil {
		return nil, err
	}
	certificates := make([]Certificate, 0, len(rows))
	for _, row := range rows {
		certificates = append(certificates, row.certificate(filter.On))
	}
	if who.Oversees(identity.Producer) {
		err = addDuplicates(ctx, s.db, certificates)
	}
	return certificates, err
}

// CountCertificates counts what Certificates lists, up to MaxTotal.
func (s *Service) CountCertificates(ctx context.Context, who identity.Principal, filter CertificateFilter) (int, error) {
	if err := mayRead(who); err != nil {
		return 0, err
	}
	if err := filter.check(s.book); err != nil {
		return 0, err
	}
	filter.On = s.dayOr(filter.On)
	return countCertificates(ctx, s.db, holderOf(who), filter)
}

// CertificateCounts counts, for every state, what Certificates lists without a state; states without
// a certificate are missing.
func (s *Service) CertificateCounts(ctx context.Context, who identity.Principal, filter CertificateFilter) ([]StateCount, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	if err := filter.check(s.book); err != nil {
		return nil, err
	}
	filter.On, filter.State = s.dayOr(filter.On), ""
	return countStates(ctx, s.db, holderOf(who), filter)
}

// holderOf is whose things a reader of the supply side sees: its own, or everybody's for those
// who oversee producers.
func holderOf(who identity.Principal) uuid.UUID {
	if who.Oversees(identity.Producer) {
		return uuid.Nil
	}
	return who.OrganisationID
}
