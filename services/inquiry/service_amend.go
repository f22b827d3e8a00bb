package inquiry

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Amend changes an inquiry. Quotes given against what an open one asked before are outdated until
// their producers confirm or revise them; a later deadline alone outdates nothing. Refused:
// fault.ErrStale by match, an earlier deadline (ErrDeadlineShortened), a later one where sealed quotes
// were opened (ErrUnsealed), less than was awarded (ErrBelowAwarded), and what Place refuses.
func (s *Service) Amend(ctx context.Context, who identity.Principal, id uuid.UUID, match catalog.Match, change Amendment) (Inquiry, error) {
	event := EventExtended
	if change.terms() {
		event = EventAmended
	}
	return s.decide(ctx, who, id, event, func(ctx context.Context, tx *postgres.Tx, r *record) error {
		if err := r.may(moveAmend, byBuyer, tx.Now); err != nil {
			return err
		}
		if match != nil {
			if err := match(r.Version); err != nil {
				return err
			}
		}
		return amend(ctx, tx, s.book, who, r, change)
	})
}

func amend(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, r *record, change Amendment) error {
	deals, err := catalog.DealsTx(ctx, tx, offersNamed(r.Lines))
	if err != nil {
		return err
	}
	before := *r
	before.Lines = slices.Clone(r.Lines)
	was, err := change.apply(book, r, deals, tx.Now)
	if err != nil {
		return err
	}
	if err := updateInquiry(ctx, tx, r, change.terms() && r.Stage == StageOpen, was); err != nil {
		return err
	}
	if r.Stage != StageOpen {
		return nil
	}
	if before.Ward == r.Ward { // demand that goes elsewhere moves whole
		before.Lines = was
	}
	after := *r
	after.Lines = nil
	for _, line := range before.Lines {
		after.Lines = append(after.Lines, r.line(line.ID))
	}
	return ledger.PostTx(ctx, tx, who, append(before.demandPostings(ledger.DemandLowered), after.demandPostings(ledger.DemandRaised)...)...)
}

func offersNamed(lines []lineRecord) []uuid.UUID {
	var ids []uuid.UUID
	for _, line := range lines {
		if line.OfferID != uuid.Nil {
			ids = append(ids, line.OfferID)
		}
	}
	return ids
}

// lineUpdate is a line as the update reads it.
type lineUpdate struct {
	ID             uuid.UUID  `json:"id"`
	Quantity       int64      `json:"quantity"`
	DeliverFrom    civil.Date `json:"deliver_from"`
	DeliverTo      civil.Date `json:"deliver_to"`
	TargetPriceVND money.VND  `json:"target_price_vnd"`
}

// updateInquiry writes an amended inquiry, which is locked, and those of its lines that changed.
func updateInquiry(ctx context.Context, tx *postgres.Tx, r *record, outdates bool, changed []lineRecord) error {
	const update = `
		WITH amended AS (
			UPDATE inquiry.inquiries
			   SET quotes_due_at = $2, ward = $3, delivery_note = $4, terms = $5, version = version + 1, updated_at = $6,
			       terms_version = terms_version + CASE WHEN $7 THEN 1 ELSE 0 END
			 WHERE id = $1
		)
		UPDATE inquiry.lines l
		   SET quantity = c.quantity, deliver_from = c.deliver_from, deliver_to = c.deliver_to, target_price_vnd = nullif(c.target_price_vnd, 0)
		  FROM jsonb_to_recordset(CAST($8 AS jsonb)) AS c(id uuid, quantity bigint, deliver_from date, deliver_to date, target_price_vnd bigint)
		 WHERE l.id = c.id AND l.inquiry_id = $1`
	updates := make([]lineUpdate, 0, len(changed))
	for _, line := range changed {
		now := r.line(line.ID)
		updates = append(updates, lineUpdate{
			ID: now.ID, Quantity: int64(now.Quantity), DeliverFrom: now.DeliverFrom, DeliverTo: now.DeliverTo, TargetPriceVND: now.TargetPriceVND,
		})
	}
	_, err := tx.Exec(ctx, update, r.ID, r.QuotesDueAt, r.Ward, r.DeliveryNote, r.Terms, tx.Now, outdates, postgres.JSON[[]lineUpdate]{V: updates})
	return err
}

// Confirm says that a quote stands although the inquiry was amended since; one that is not outdated
// stays as it is. Refused: a quote that is not current, an inquiry that is not open, and
// ErrFreightIncluded where the inquiry now asks for prices that have the freight in them.
func (s *Service) Confirm(ctx context.Context, who identity.Principal, quoteID uuid.UUID) (Quote, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Quote{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Quote, error) {
		q, r, err := currentQuote(ctx, tx, who, quoteID)
		if err != nil {
			return Quote{}, err
		}
		if err := r.may(moveConfirm, r.producer(who.OrganisationID, tx.Now), tx.Now); err != nil {
			return Quote{}, err
		}
		terms := q.terms()
		if err := terms.freightFits(r.Terms.V); err != nil {
			return Quote{}, err
		}
		const update = `UPDATE inquiry.quotes SET answers = $2, updated_at = $3 WHERE id = $1`
		if _, err := tx.Exec(ctx, update, q.ID, r.TermsVersion, tx.Now); err != nil {
			return Quote{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, "quote.confirmed", subjectQuote(q.ID), map[string]any{"terms_version": r.TermsVersion}); err != nil {
			return Quote{}, err
		}
		q.Answers = r.TermsVersion
		return q.answer(r, tx.Now), nil
	})
}

// Copy places the same inquiry again as a draft, with all dates moved by whole weeks: as many as it
// takes for them to lie ahead. Refused: what Place refuses, such as goods that are no longer sold.
func (s *Service) Copy(ctx context.Context, who identity.Principal, id uuid.UUID) (Inquiry, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Inquiry{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Inquiry, error) {
		if as, err := mayRead(ctx, tx, who, id); err != nil {
			return Inquiry{}, err
		} else if as != asBuyer {
			return Inquiry{}, fault.ErrNotFound.With()
		}
		r, err := load(ctx, tx, id)
		if err != nil {
			return Inquiry{}, err
		}
		deals, err := catalog.DealsTx(ctx, tx, offersNamed(r.Lines))
		if err != nil {
			return Inquiry{}, err
		}
		return place(ctx, tx, s.book, who, r.again(r.weeksAhead(tx.Now), deals, reference.Day(tx.Now)))
	})
}
