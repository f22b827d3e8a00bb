package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Quote answers a line of an inquiry. Refused: an inquiry that does not reach the producer (not
// found), one that is not open or past its deadline, a second quote on the line that is no
// alternative, and a reservation that the offer cannot hold (ledger.ErrOfferExhausted).
func (s *Service) Quote(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, quote NewQuote) (Quote, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Quote{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Quote, error) {
		return submit(ctx, tx, s.book, who, inquiryID, quote)
	})
}

func submit(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, inquiryID uuid.UUID, quote NewQuote) (Quote, error) {
	if err := quote.check(tx.Now); err != nil {
		return Quote{}, err
	}
	r, line, err := lineFor(ctx, tx, who, inquiryID, quote.LineID)
	if err != nil {
		return Quote{}, err
	}
	if err := r.may(moveQuote, byOther, tx.Now); err != nil {
		return Quote{}, err
	}
	q, err := draftQuote(ctx, tx, book, who, r, line, quote)
	if err != nil {
		return Quote{}, err
	}
	if err := insertQuote(ctx, tx, q); err != nil {
		return Quote{}, err
	}
	if err := undecline(ctx, tx, inquiryID, who.OrganisationID); err != nil {
		return Quote{}, err
	}
	if err := identity.RecordTx(ctx, tx, who, "quote.submitted", subjectQuote(q.ID), map[string]any{"inquiry_id": inquiryID}); err != nil {
		return Quote{}, err
	}
	if err := spend(ctx, tx, who, spendQuote); err != nil {
		return Quote{}, err
	}
	if err := holdAndPost(ctx, tx, who, r, q); err != nil {
		return Quote{}, err
	}
	return q.answer(r, tx.Now), nil
}

func subjectQuote(id uuid.UUID) identity.Subject { return identity.Subject{Kind: "quote", ID: id} }

// lineFor finds the line a producer answers, locks it and reads the inquiry behind it. A line that
// is meant for another producer does not exist for this one.
func lineFor(ctx context.Context, tx *postgres.Tx, who identity.Principal, inquiryID, lineID uuid.UUID) (*record, lineRecord, error) {
	if as, err := mayRead(ctx, tx, who, inquiryID); err != nil {
		return nil, lineRecord{}, err
	} else if as != asProducer {
		return nil, lineRecord{}, fault.ErrNotFound.With()
	}
	r, err := load(ctx, tx, inquiryID)
	if err != nil {
		return nil, lineRecord{}, err
	}
	line, err := r.lineOf(who.OrganisationID, lineID)
	if err != nil {
		return nil, lineRecord{}, err
	}
	if err := lockLines(ctx, tx, line.ID); err != nil {
		return nil, lineRecord{}, err
	}
	return r, line, refresh(ctx, tx, r)
}

// lineOf picks the line that a producer means: the one named, or the only one it may see.
func (r *record) lineOf(producer, lineID uuid.UUID) (lineRecord, error) {
	var seen []lineRecord
	for _, line := range r.Lines {
		if line.ProducerID == uuid.Nil || line.ProducerID == producer {
			seen = append(seen, line)
			if line.ID == lineID {
				return line, nil
			}
		}
	}
	if lineID == uuid.Nil && len(seen) == 1 {
		return seen[0], nil
	}
	if lineID == uuid.Nil {
		return lineRecord{}, fault.ErrRequired.At("line_id")
	}
	return lineRecord{}, ErrLineUnknown.At("line_id")
}

// draftQuote finds the offer behind a quote, or makes it, and fills in what follows from it.
func draftQuote(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, r *record, line lineRecord, quote NewQuote) (*quoteRecord, error) {
	if most := maxTimesAsked * line.Quantity; quote.Quantity > most {
		return nil, ErrQuoteTooLarge.At("quantity", "max", most)
	}
	if err := quote.freightFits(r.Terms.V); err != nil {
		return nil, err
	}
	deal, made, err := dealBehind(ctx, tx, book, who, line, quote)
	if err != nil {
		return nil, err
	}
	if err := quote.against(line, deal); err != nil {
		return nil, err
	}
	overLot, err := lotBehind(ctx, tx, quote, deal.ProductID)
	if err != nil {
		return nil, err
	}
	setting, err := quotingOf(ctx, tx, who.OrganisationID)
	if err != nil {
		return nil, err
	}
	claims, lapsing, err := claimsOn(ctx, tx, deal.ProductID, days(quote.DeliverOn, quote.Split))
	if err != nil {
		return nil, err
	}
	names, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{who.OrganisationID})
	if err != nil {
		return nil, err
	}
	id, err := newID()
	if err != nil {
		return nil, err
	}
	return &quoteRecord{
		ID: id, RootID: id, Version: 1, InquiryID: r.ID, LineID: line.ID, ProducerID: who.OrganisationID,
		ProducerName: names[who.OrganisationID].Name, ProductID: deal.ProductID, OfferID: deal.OfferID, OfferMade: made,
		Quantity: quote.Quantity, Unit: line.Unit, PriceVND: quote.PriceVND,
		SizePrices: postgres.JSON[[]SizePrice]{V: quote.SizePrices}, DeliverOn: quote.DeliverOn,
		ValidUntil: quote.validUntil(r, deal, tx.Now), Reserve: quote.reserves(r, deal, setting), Alternative: quote.Alternative,
		Note: quote.Note, Claims: claims, Lapsing: lapsing, Stage: QuoteSubmitted, CreatedAt: tx.Now, deal: deal,
		Framework: postgres.JSON[*FrameworkQuote]{V: quote.Framework},
		Answers:   r.TermsVersion, Lot: quote.Lot, OverLot: overLot, termsRow: quote.row(),
	}, nil
}

// holdAndPost records the quoted volume and holds it when the quote reserves.
func holdAndPost(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *record, q *quoteRecord) error {
	postings := q.quoted(r)
	if q.Reserve {
		if _, err := ledger.ReleaseExpiredTx(ctx, tx, []uuid.UUID{q.OfferID}); err != nil {
			return err
		}
		hold := q.posting(r, ledger.Reserved, q.Quantity)
		hold.OfferID, hold.ReservedUntil = q.OfferID, &q.ValidUntil
		hold.InquiryLineID = uuid.Nil
		postings = append(postings, hold)
	}
	return ledger.PostTx(ctx, tx, who, postings...)
}

// Revise replaces a quote by a new version, with an id of its own. What is not said stays.
// Refused: a quote that is not current, one with awards, and after the deadline, unless a round of
// revision is open for the producer.
func (s *Service) Revise(ctx context.Context, who identity.Principal, quoteID uuid.UUID, change NewQuote) (Quote, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Quote{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Quote, error) {
		return revise(ctx, tx, s.book, who, quoteID, change)
	})
}

func revise(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, quoteID uuid.UUID, change NewQuote) (Quote, error) {
	old, r, err := ownQuote(ctx, tx, who, quoteID)
	if err != nil {
		return Quote{}, err
	}
	if err := r.may(moveRevise, r.producer(who.OrganisationID, tx.Now), tx.Now); err != nil {
		return Quote{}, err
	}
	if !old.OfferMade && change.OfferID == uuid.Nil && change.ProductID == uuid.Nil {
		change.OfferID = old.OfferID
	}
	if change.OfferID == uuid.Nil && change.ProductID == uuid.Nil {
		change.ProductID = old.ProductID
	}
	change.Alternative = old.Alternative
	if change.Framework == nil {
		change.Framework = old.Framework.V
	}
	if err := change.check(tx.Now); err != nil {
		return Quote{}, err
	}
	if err := takeBack(ctx, tx, who, r, old, QuoteSuperseded, ""); err != nil {
		return Quote{}, err
	}
	q, err := draftQuote(ctx, tx, book, who, r, r.line(old.LineID), change)
	if err != nil {
		return Quote{}, err
	}
	q.RootID, q.Version = old.RootID, old.Version+1
	if err := insertQuote(ctx, tx, q); err != nil {
		return Quote{}, err
	}
	if err := identity.RecordTx(ctx, tx, who, "quote.revised", subjectQuote(q.ID), map[string]any{"supersedes": old.ID}); err != nil {
		return Quote{}, err
	}
	if err := spend(ctx, tx, who, spendQuote); err != nil {
		return Quote{}, err
	}
	if err := holdAndPost(ctx, tx, who, r, q); err != nil {
		return Quote{}, err
	}
	return q.answer(r, tx.Now), nil
}

// Withdraw takes a quote back. One with awards is refused: the award itself would have to end.
func (s *Service) Withdraw(ctx context.Context, who identity.Principal, quoteID uuid.UUID) (Quote, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Quote{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Quote, error) {
		old, r, err := ownQuote(ctx, tx, who, quoteID)
		if err != nil {
			return Quote{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, "quote.withdrawn", subjectQuote(old.ID), nil); err != nil {
			return Quote{}, err
		}
		if err := takeBack(ctx, tx, who, r, old, QuoteWithdrawn, ""); err != nil {
			return Quote{}, err
		}
		old.Stage = QuoteWithdrawn
		return old.answer(r, tx.Now), nil
	})
}

// ownQuote is currentQuote of a quote that has no awards.
func ownQuote(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (*quoteRecord, *record, error) {
	q, r, err := currentQuote(ctx, tx, who, id)
	if err == nil && q.Awarded > 0 {
		return nil, nil, ErrQuoteAwarded.With()
	}
	return q, r, err
}

// currentQuote reads and locks a producer's quote that is current, and reads its inquiry.
func currentQuote(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (*quoteRecord, *record, error) {
	lineID, err := lineOfQuote(ctx, tx, id, who.OrganisationID)
	if err != nil {
		return nil, nil, err
	}
	if err := lockLines(ctx, tx, lineID); err != nil {
		return nil, nil, err
	}
	quotes, err := quotesByID(ctx, tx, []uuid.UUID{id})
	if err != nil {
		return nil, nil, err
	}
	q := quotes[id]
	if q.Stage != QuoteSubmitted {
		return nil, nil, ErrQuoteState.With("state", q.Stage)
	}
	r, err := load(ctx, tx, q.InquiryID)
	return q, r, err
}

// Decline says that a producer has nothing to offer, so that silence and refusal differ.
func (s *Service) Decline(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, note string) (Declined, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Declined{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Declined, error) {
		if _, err := mayRead(ctx, tx, who, inquiryID); err != nil {
			return Declined{}, err
		}
		r, err := load(ctx, tx, inquiryID)
		if err != nil {
			return Declined{}, err
		}
		if r.Stage != StageOpen {
			return Declined{}, ErrNotOpen.With("state", r.Stage)
		}
		if err := decline(ctx, tx, inquiryID, who.OrganisationID, note); err != nil {
			return Declined{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, "inquiry.declined", subjectInquiry(inquiryID), nil); err != nil {
			return Declined{}, err
		}
		return Declined{InquiryID: inquiryID, ProducerID: who.OrganisationID, DeclinedAt: tx.Now, Note: note}, nil
	})
}

// Quotes lists the quotes on an inquiry, newest first: all current ones and their earlier versions
// for the buyer (none while they are sealed), its own for a producer.
func (s *Service) Quotes(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, page Page) ([]Quote, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	as, err := mayRead(ctx, s.db, who, inquiryID)
	if err != nil {
		return nil, err
	}
	r, err := load(ctx, s.db, inquiryID)
	if err != nil {
		return nil, err
	}
	now, err := clock(ctx, s.db)
	if err != nil {
		return nil, err
	}
	author := who.OrganisationID
	var hidden *time.Time
	if as == asBuyer {
		if r.phase(now) == phaseSealed {
			return []Quote{}, nil
		}
		if r.phase(now) == phaseSealedRound {
			hidden = &r.openRound(now).OpenedAt
		}
		author = uuid.Nil
	}
	records, err := quotesOn(ctx, s.db, inquiryID, author, hidden, page)
	if err != nil {
		return nil, err
	}
	quotes := make([]Quote, 0, len(records))
	for _, q := range records {
		if as == asBuyer {
			q = q.asBuyerSees(r, now)
		}
		quotes = append(quotes, q.answer(r, now))
	}
	return quotes, nil
}
