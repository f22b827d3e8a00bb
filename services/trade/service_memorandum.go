package trade

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// RecordMemorandum enters what was signed, by one of its parties or by an authority; the others
// confirm it. It moves no volume. Refused: whatever MayWrite refuses, ErrParty, ErrNotOwnMemorandum,
// ErrSignedInFuture, ErrMemorandumLineTwice, fault.ErrDateOrder, fault.ErrOutOfRange and
// fault.ErrUnknownValue at their fields.
func (s *Service) RecordMemorandum(ctx context.Context, who identity.Principal, n NewMemorandum) (Memorandum, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Memorandum, error) {
		if err := who.MayWrite(areaOf(who)); err != nil {
			return Memorandum{}, err
		}
		m, err := recordMemorandum(ctx, tx, s.book, who, n)
		if err != nil {
			return Memorandum{}, err
		}
		return wholeMemorandum(ctx, tx, s.book, who, m.ID)
	})
}

func recordMemorandum(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, n NewMemorandum) (Memorandum, error) {
	if err := n.check(book, reference.Day(tx.Now)); err != nil {
		return Memorandum{}, err
	}
	m := Memorandum{
		EventID: n.EventID, Number: n.Number, Producer: n.Producer, Buyer: n.Buyer, SignedOn: n.SignedOn, TermFrom: n.TermFrom, TermTo: n.TermTo,
		Note: n.Note, State: Recorded, Lines: linesOf(book, n.Lines), Terms: firstTerms, Invented: n.Invented, recordedBy: authorOf(who),
	}
	if m.RecordedAs = m.sideOf(who); m.RecordedAs == "" {
		return m, ErrNotOwnMemorandum.At(string(who.Kind))
	}
	m.agree(m.RecordedAs, &tx.Now)
	if err := partiesExist(ctx, tx, m); err != nil {
		return m, err
	}
	if err := eventIsPublic(ctx, tx, who, m.EventID); err != nil {
		return m, err
	}
	var err error
	if m.ID, err = uuid.NewV7(); err != nil {
		return m, fmt.Errorf("naming a memorandum: %w", err)
	}
	if err := insertMemorandum(ctx, tx, &m); err != nil {
		return m, postgres.MapConstraint(err, byConstraint)
	}
	return m, noteMemorandum(ctx, tx, who, &m, MemorandumStep{Move: "record", Actor: m.RecordedAs, To: Recorded}, EventMemorandumRecorded)
}

// partiesExist refuses parties that are no producer, or no buyer, of the platform.
func partiesExist(ctx context.Context, reader postgres.Reader, m Memorandum) error {
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{m.Producer.ID, m.Buyer.ID})
	if err != nil {
		return err
	}
	var complaints fault.Collector
	for _, party := range []struct {
		id   uuid.UUID
		kind identity.OrganisationKind
	}{{m.Producer.ID, identity.Producer}, {m.Buyer.ID, identity.Buyer}} {
		if known := found[party.id]; party.id != uuid.Nil && (known.Kind != party.kind || known.State != identity.Approved) {
			complaints.Add(string(party.kind)+".id", fault.ErrUnknownValue, "value", party.id, "allowed", party.kind)
		}
	}
	return complaints.Err()
}

// noteMemorandum appends a step and records it in the audit trail with its parties, who are told.
func noteMemorandum(ctx context.Context, tx *postgres.Tx, who identity.Principal, m *Memorandum, step MemorandumStep, action string) error {
	if err := insertMemorandumStep(ctx, tx, m, who.OrganisationID, step); err != nil {
		return err
	}
	details := map[string]any{"from": step.From, "to": step.To, "producer_id": m.Producer.ID, "buyer_id": m.Buyer.ID}
	if step.terms > 0 {
		details["terms"] = step.terms
	}
	return identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "memorandum", ID: m.ID}, details)
}

// MoveMemorandum takes a step in a memorandum's life. Refused: whatever MayWrite refuses,
// fault.ErrNotFound for a foreign one, fault.ErrForbidden for a step that is another's to take,
// fault.ErrStale by match, fault.ErrRequired where a reason is needed, ErrMemorandumState.
func (s *Service) MoveMemorandum(
	ctx context.Context, who identity.Principal, id uuid.UUID, match Match, move MemorandumMove, reason string,
) (Memorandum, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Memorandum, error) {
		now, by, err := heldMemorandum(ctx, tx, s.book, who, id, match)
		if err != nil {
			return Memorandum{}, err
		}
		if err := moveMemorandum(ctx, tx, who, by, &now, move, strings.TrimSpace(reason)); err != nil {
			return Memorandum{}, err
		}
		return wholeMemorandum(ctx, tx, s.book, who, id)
	})
}

// heldMemorandum locks a memorandum that a principal may act on, and reads it.
func heldMemorandum(
	ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, id uuid.UUID, match Match,
) (Memorandum, actor, error) {
	if err := who.MayWrite(areaOf(who)); err != nil {
		return Memorandum{}, actor{}, err
	}
	if err := lockMemorandum(ctx, tx, id); err != nil {
		return Memorandum{}, actor{}, err
	}
	m, err := readMemorandum(ctx, tx, book, id)
	if err != nil {
		return m, actor{}, err
	}
	by, err := m.actorOf(who)
	if err != nil {
		return m, by, err
	}
	return m, by, expect(m.Version, match)
}

func moveMemorandum(
	ctx context.Context, tx *postgres.Tx, who identity.Principal, by actor, now *Memorandum, move MemorandumMove, reason string,
) error {
	next, err := now.next(move, by, tx.Now)
	if err != nil {
		return err
	}
	taken := memorandumSteps[move]
	if taken.reasoned && reason == "" {
		return fault.ErrRequired.At("reason")
	}
	if err := updateMemorandum(ctx, tx, &next); err != nil {
		return err
	}
	step := MemorandumStep{Move: string(move), Actor: by.side, From: string(now.State), To: next.State, Reason: reason}
	return noteMemorandum(ctx, tx, who, &next, step, taken.past)
}

// LinkInquiry notes that a buyer placed an inquiry because of a memorandum it is party to: what is
// awarded of it to the other party follows from the memorandum. Refused: whatever MayWrite refuses,
// fault.ErrNotFound for a foreign memorandum, fault.ErrForbidden for who is not its buyer,
// fault.ErrUnknownValue for an inquiry that is not the buyer's, ErrInquiryLinked, ErrMemorandumState for
// one that is contested, ended or withdrawn.
func (s *Service) LinkInquiry(ctx context.Context, who identity.Principal, id, inquiryID uuid.UUID) (Memorandum, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Memorandum, error) {
		m, err := linkable(ctx, tx, s.book, who, id)
		if err != nil {
			return Memorandum{}, err
		}
		if m.State != Recorded && m.State != Confirmed {
			return Memorandum{}, ErrMemorandumState.With("state", string(m.State), "action", "link")
		}
		switch owner, err := inquiry.BuyerOf(ctx, tx, inquiryID); {
		case err != nil && !errors.Is(err, fault.ErrNotFound):
			return Memorandum{}, err
		case err != nil || owner != who.OrganisationID:
			return Memorandum{}, fault.ErrUnknownValue.At("inquiry_id", "value", inquiryID, "allowed", "/v1/inquiries")
		}
		const insert = `INSERT INTO trade.memorandum_links (memorandum_id, inquiry_id, linked_at) VALUES ($1, $2, $3)`
		if _, err := tx.Exec(ctx, insert, id, inquiryID, tx.Now); err != nil {
			return Memorandum{}, postgres.MapConstraint(err, byConstraint)
		}
		return relinked(ctx, tx, s.book, who, id, inquiryID, "memorandum.linked")
	})
}

// UnlinkInquiry takes a link back. It refuses as LinkInquiry does, and with fault.ErrNotFound where
// there is no such link.
func (s *Service) UnlinkInquiry(ctx context.Context, who identity.Principal, id, inquiryID uuid.UUID) (Memorandum, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Memorandum, error) {
		if _, err := linkable(ctx, tx, s.book, who, id); err != nil {
			return Memorandum{}, err
		}
		const remove = `DELETE FROM trade.memorandum_links WHERE memorandum_id = $1 AND inquiry_id = $2`
		switch n, err := tx.Exec(ctx, remove, id, inquiryID); {
		case err != nil:
			return Memorandum{}, err
		case n == 0:
			return Memorandum{}, fault.ErrNotFound.With()
		}
		return relinked(ctx, tx, s.book, who, id, inquiryID, "memorandum.unlinked")
	})
}

// linkable locks a memorandum whose links the principal may change.
func linkable(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, id uuid.UUID) (Memorandum, error) {
	switch m, by, err := heldMemorandum(ctx, tx, book, who, id, nil); {
	case err != nil:
		return m, err
	case by.side != ByBuyer:
		return m, fault.ErrForbidden.With()
	default:
		return m, nil
	}
}

func relinked(
	ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, id, inquiryID uuid.UUID, action string,
) (Memorandum, error) {
	subject := identity.Subject{Kind: "memorandum", ID: id}
	if err := identity.RecordTx(ctx, tx, who, action, subject, map[string]any{"inquiry_id": inquiryID}); err != nil {
		return Memorandum{}, err
	}
	return wholeMemorandum(ctx, tx, book, who, id)
}

// wholeMemorandum reads a memorandum with its history and what followed, as its reader may see it.
func wholeMemorandum(ctx context.Context, reader postgres.Reader, book *reference.Book, who identity.Principal, id uuid.UUID) (Memorandum, error) {
	m, err := readMemorandum(ctx, reader, book, id)
	if err != nil {
		return Memorandum{}, err
	}
	by, err := m.actorOf(who)
	if err != nil {
		return Memorandum{}, err
	}
	if m.History, err = memorandumHistory(ctx, reader, id); err != nil {
		return Memorandum{}, err
	}
	seen, all, err := newView(ctx, reader, who, book, []Memorandum{m})
	if err != nil {
		return Memorandum{}, err
	}
	if by.side != ByOfficial {
		showAwards(&m, all)
		links, err := linksOf(ctx, reader, []Memorandum{m})
		if err != nil {
			return Memorandum{}, err
		}
		m.Inquiries = inquiriesIn(links)
	}
	return seen.show(m), nil
}
