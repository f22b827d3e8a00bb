package catalog

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Verify makes a submitted certificate count from today. Refused: fault.ErrForbidden for who does not
// oversee producers, ErrCertificateState, and ErrIssuer for OCOP stars that their issuer could not
// give on that day.
func (s *Service) Verify(ctx context.Context, who identity.Principal, id uuid.UUID, match Match) (Certificate, error) {
	return s.decide(ctx, who, id, match, verify, Ruling{})
}

// Reject refuses a submitted certificate, with a reason for its holder.
func (s *Service) Reject(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, reason string) (Certificate, error) {
	return s.RejectFor(ctx, who, id, match, Ruling{Reason: reason})
}

// RejectFor is Reject with a reason of the list, own words, or both.
func (s *Service) RejectFor(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, ruling Ruling) (Certificate, error) {
	ruling.EffectiveAt = time.Time{}
	return s.decide(ctx, who, id, match, reject, ruling)
}

// Revoke ends a verified certificate: its marks are gone at once.
func (s *Service) Revoke(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, reason string) (Certificate, error) {
	return s.RevokeFor(ctx, who, id, match, Ruling{Reason: reason})
}

// RevokeFor is Revoke with a reason of the list, own words, or both, and from an instant that may lie
// before now: what is asked about the days since then shows no mark either. An instant to come is
// refused with ErrEffectiveInFuture.
func (s *Service) RevokeFor(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, ruling Ruling) (Certificate, error) {
	return s.decide(ctx, who, id, match, revoke, ruling)
}

func (s *Service) decide(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, move certificateMove, ruling Ruling) (Certificate, error) {
	if err := mayDecide(who); err != nil {
		return Certificate{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Certificate, error) {
		if move != verify {
			if err := ruling.check(s.book, move.becomes(), tx.Now); err != nil {
				return Certificate{}, err
			}
		}
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
		if scheme, _ := s.book.Scheme(row.Scheme); move == verify && scheme.Rated() {
			if err := issuerRefused(s.book, row.Stars, row.IssuerKind, row.IssuedOn); err != nil {
				return Certificate{}, err
			}
		}
		if ruling.EffectiveAt.IsZero() {
			ruling.EffectiveAt = tx.Now
		}
		if err := decideCertificate(ctx, tx, id, decision{
			State: state, EffectiveAt: ruling.EffectiveAt, ByKind: decidesAs(who), By: who.UserID, ReasonCode: ruling.ReasonCode,
			Reason: oneLine(ruling.Reason),
		}); err != nil {
			return Certificate{}, err
		}
		detail := map[string]any{"scheme": row.Scheme, "producer_id": row.ProducerID}
		if move == revoke {
			detail["effective_on"] = reference.Day(ruling.EffectiveAt)
		}
		return recordDecision(ctx, tx, who, id, state, detail)
	})
}

// decidesAs is which kind of organisation a decision is said to be of.
func decidesAs(who identity.Principal) identity.OrganisationKind {
	if who.Official() {
		return identity.Authority
	}
	return identity.Platform
}

// RecordAudit adds a surveillance audit to a verified certificate. Refused: fault.ErrForbidden for who
// does not oversee producers, ErrCertificateState, fault.ErrOutOfRange for a day before its issue or
// after today, ErrAuditExists for a second audit of a day.
func (s *Service) RecordAudit(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, audit Audit) (Certificate, error) {
	if err := mayDecide(who); err != nil {
		return Certificate{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Certificate, error) {
		row, err := lockCertificate(ctx, tx, id)
		if err != nil {
			return Certificate{}, err
		}
		if err := expect(row.Version, match); err != nil {
			return Certificate{}, err
		}
		if row.State != Verified {
			return Certificate{}, ErrCertificateState.With("state", string(row.State), "action", "surveillance")
		}
		if today := reference.Day(tx.Now); audit.DoneOn.Before(row.IssuedOn) || audit.DoneOn.After(today) {
			return Certificate{}, fault.ErrOutOfRange.At("done_on", "min", row.IssuedOn, "max", today)
		}
		if err := insertAudit(ctx, tx, id, decidesAs(who), audit); err != nil {
			return Certificate{}, err
		}
		return recordCertificate(ctx, tx, who, id, "certificate.surveyed", map[string]any{"done_on": audit.DoneOn, "passed": audit.Passed})
	})
}

// renewable refuses a renewal of what is not the holder's own verified certificate of the same scheme.
func renewable(ctx context.Context, tx *postgres.Tx, holder uuid.UUID, c NewCertificate) error {
	if c.RenewsID == uuid.Nil {
		return nil
	}
	const query = `
		SELECT producer_id, scheme, state FROM catalog.certificates WHERE id = $1 FOR SHARE`
	var older struct {
		ProducerID uuid.UUID        `db:"producer_id"`
		Scheme     string           `db:"scheme"`
		State      CertificateState `db:"state"`
	}
	err := tx.Get(ctx, &older, query, c.RenewsID)
	if errors.Is(err, postgres.ErrNoRows) || err == nil && older.ProducerID != holder {
		return ErrRenewalOf.At("renews_id")
	}
	if err == nil && (older.Scheme != c.Scheme || older.State != Verified) {
		return ErrRenewalOf.At("renews_id")
	}
	return err
}

// CertificateHistory is what was decided about a certificate, and what it was worth on a day; a zero
// day is today. It is for its holder and for those who oversee producers.
func (s *Service) CertificateHistory(ctx context.Context, who identity.Principal, id uuid.UUID, on civil.Date) (History, error) {
	row, err := s.visibleCertificate(ctx, who, id)
	if err != nil {
		return History{}, err
	}
	on = s.dayOr(on)
	history := History{
		CertificateID: id, On: on, State: row.course().on(on), Changes: row.course().changes(), Audits: orEmpty(row.Audits.V),
	}
	if row.RenewsID.Valid {
		history.RenewsID = row.RenewsID.UUID
	}
	if row.RenewedBy.Valid {
		history.RenewedBy = row.RenewedBy.UUID
	}
	history.Decisions, err = readDecisions(ctx, s.db, s.book, id)
	return history, err
}
