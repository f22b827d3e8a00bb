package trade

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// AmendMemorandum changes what a memorandum says, as a version of its own: of one that is not confirmed at
// once, by who entered it, and the others have to confirm it anew; of a confirmed one as a proposal that
// stands when the other party agrees, at once where that is not on the platform. Refused: whatever MayWrite
// refuses, fault.ErrNotFound for a foreign one, fault.ErrForbidden for whose it is not to change, fault.ErrStale by
// match, ErrMemorandumState, ErrMemorandumUnchanged, ErrAmendmentWaits, ErrAmendedTooOften, fault.ErrNotAllowedHere for the name
// of a party on the platform, and what RecordMemorandum refuses at its fields.
func (s *Service) AmendMemorandum(
	ctx context.Context, who identity.Principal, id uuid.UUID, match Match, change MemorandumChange,
) (Memorandum, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Memorandum, error) {
		now, by, err := heldMemorandum(ctx, tx, s.book, who, id, match)
		if err != nil {
			return Memorandum{}, err
		}
		if err := amendMemorandum(ctx, tx, s.book, who, by, &now, change); err != nil {
			return Memorandum{}, postgres.MapConstraint(err, byConstraint)
		}
		return wholeMemorandum(ctx, tx, s.book, who, id)
	})
}

func amendMemorandum(
	ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, by actor, now *Memorandum, change MemorandumChange,
) error {
	latest, err := latestTerms(ctx, tx, now.ID)
	if err != nil {
		return err
	}
	next, err := now.amend(by, latest, tx.Now)
	if err != nil {
		return err
	}
	said, err := now.amended(book, &change, reference.Day(tx.Now))
	if err != nil {
		return err
	}
	version, reason := latest+1, strings.TrimSpace(change.Reason)
	if err := insertAmendment(ctx, tx, &said, version, by.side, who.OrganisationID, reason); err != nil {
		return err
	}
	action := EventAmendmentProposed
	if next.Terms == version {
		action = EventMemorandumAmended
		if err := insertAmendmentOutcome(ctx, tx, now.ID, version, Agreed, by.side, who.OrganisationID, ""); err != nil {
			return err
		}
	}
	if err := updateMemorandum(ctx, tx, &next); err != nil {
		return err
	}
	step := MemorandumStep{Move: "amend", Actor: by.side, From: string(now.State), To: next.State, Reason: reason, terms: version}
	return noteMemorandum(ctx, tx, who, &next, step, action)
}

// DecideAmendment agrees to a proposed version of a memorandum, which then stands, or refuses it, with a
// reason, as the party that did not propose it; or takes it back, as the one that did. Refused: whatever MayWrite
// refuses, fault.ErrNotFound for a foreign memorandum or a version there is not, fault.ErrForbidden for another's
// decision, fault.ErrRequired for a refusal without a reason, ErrAmendmentDecided, ErrMemorandumState for a memorandum
// that has ended since.
func (s *Service) DecideAmendment(
	ctx context.Context, who identity.Principal, id uuid.UUID, version int, outcome AmendmentOutcome, reason string,
) (Memorandum, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Memorandum, error) {
		now, by, err := heldMemorandum(ctx, tx, s.book, who, id, nil)
		if err != nil {
			return Memorandum{}, err
		}
		if err := decideAmendment(ctx, tx, s.book, who, by, &now, version, outcome, strings.TrimSpace(reason)); err != nil {
			return Memorandum{}, postgres.MapConstraint(err, byConstraint)
		}
		return wholeMemorandum(ctx, tx, s.book, who, id)
	})
}

func decideAmendment(
	ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, by actor, now *Memorandum, n int,
	outcome AmendmentOutcome, reason string,
) error {
	versions, err := versionsOf(ctx, tx, book, []Memorandum{*now})
	if err != nil {
		return err
	}
	if n < firstTerms || n > len(versions[now.ID]) {
		return fault.ErrNotFound.With()
	}
	next, err := now.decide(versions[now.ID][n-1], outcome, by)
	if err != nil {
		return err
	}
	if outcome == Refused && reason == "" {
		return fault.ErrRequired.At("reason")
	}
	if err := insertAmendmentOutcome(ctx, tx, now.ID, n, outcome, by.side, who.OrganisationID, reason); err != nil {
		return err
	}
	if err := updateMemorandum(ctx, tx, &next); err != nil {
		return err
	}
	step := MemorandumStep{Move: string(outcome), Actor: by.side, From: string(now.State), To: next.State, Reason: reason, terms: n}
	return noteMemorandum(ctx, tx, who, &next, step, pastOf(outcome))
}

// MemorandumVersions lists what a memorandum said and was proposed to say, in order: to its parties
// all, to officials what stood or stands, each as far as it may see it; fault.ErrNotFound to all others.
func (s *Service) MemorandumVersions(ctx context.Context, who identity.Principal, id uuid.UUID) ([]MemorandumVersion, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	shown := []MemorandumVersion{}
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		m, err := readMemorandum(ctx, tx, s.book, id)
		if err != nil {
			return err
		}
		by, err := m.actorOf(who)
		if err != nil {
			return err
		}
		versions, err := versionsOf(ctx, tx, s.book, []Memorandum{m})
		if err != nil {
			return err
		}
		names, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{m.Producer.ID, m.Buyer.ID})
		seen := view{who: who, names: names}
		for _, version := range versions[id] {
			if by.side != ByOfficial || version.outcome == Agreed {
				shown = append(shown, seen.version(version, by.side != ByOfficial))
			}
		}
		return err
	})
	return shown, err
}

// version is a version as the reader may see it, who is a party or an authority.
func (v view) version(version MemorandumVersion, party bool) MemorandumVersion {
	version.Producer = v.party(version.Producer, party || v.who.Oversees(identity.Producer))
	version.Buyer = v.party(version.Buyer, party || v.who.Oversees(identity.Buyer))
	if party {
		return version
	}
	version.Note, version.Reason, version.Answer = "", "", ""
	for at := range version.Lines {
		version.Lines[at].ValueVND = nil
	}
	return version
}
