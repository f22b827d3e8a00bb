package catalog

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// OpenOffer opens an offer of the producer's; see [OpenOfferTx] for what it refuses.
func (s *Service) OpenOffer(ctx context.Context, who identity.Principal, offer NewOffer) (Offer, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Offer, error) {
		if err := mayChange(who); err != nil {
			return Offer{}, err
		}
		deal, err := OpenOfferTx(ctx, tx, s.book, who, offer)
		if err != nil {
			return Offer{}, err
		}
		return s.offer(ctx, tx, viewerOf(who), deal.OfferID)
	})
}

// ChangeOffer changes an offer of the producer's. Refused: what OpenOffer refuses,
// fault.ErrStale by match, ErrOfferState for a closed one, ErrBelowCommitments for a quantity
// below what is committed and reserved.
func (s *Service) ChangeOffer(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, change OfferChange) (Offer, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Offer, error) {
		row, balance, err := ownOffer(ctx, tx, who, id, match)
		if err != nil {
			return Offer{}, err
		}
		row.Quantity = balance.Supplied
		if err := s.changeOffer(ctx, tx, who, row, balance, change); err != nil {
			return Offer{}, err
		}
		return s.offer(ctx, tx, viewerOf(who), id)
	})
}

// changeOffer changes a locked offer and tells the ledger.
func (s *Service) changeOffer(ctx context.Context, tx *postgres.Tx, who identity.Principal, row offerRow, balance ledger.OfferBalance, change OfferChange) error {
	next := row
	next.ByHand = row.SeriesID != uuid.Nil
	var err error
	next.NewOffer, err = change.merged(row.NewOffer).check(s.book, row.Unit, reference.Day(tx.Now))
	if err != nil {
		return err
	}
	if next.Quantity < balance.Supplied-balance.Remaining {
		return belowCommitments(balance, next)
	}
	before, err := DealsTx(ctx, tx, []uuid.UUID{row.ID})
	if err != nil {
		return err
	}
	if err := updateOffer(ctx, tx, next); err != nil {
		return err
	}
	after, err := DealsTx(ctx, tx, []uuid.UUID{row.ID})
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, who, row.ID, "offer.changed", moved(before[row.ID], row, after[row.ID], next))
}

// belowCommitments says what stands in the way of a lower quantity.
func belowCommitments(balance ledger.OfferBalance, next offerRow) error {
	return ErrBelowCommitments.At("quantity",
		"quantity", next.Quantity, "committed", balance.Committed, "unit", next.Unit,
		"reserved", balance.Supplied-balance.Committed-balance.Remaining, "least", balance.Supplied-balance.Remaining)
}

// moved is what the ledger must hear of a change: the difference, or, when the supply moves to
// another day or place, all of it taken from there and given here.
func moved(before Deal, from offerRow, after Deal, to offerRow) []ledger.Posting {
	switch difference := to.Quantity - from.Quantity; {
	case before.Commune != after.Commune || from.AvailableFrom != to.AvailableFrom:
		return []ledger.Posting{
			posting(before, from, ledger.OfferLowered, from.Quantity, "moved"),
			posting(after, to, ledger.OfferRaised, to.Quantity, "moved"),
		}
	case difference > 0:
		return []ledger.Posting{posting(after, to, ledger.OfferRaised, difference, "changed")}
	default:
		return []ledger.Posting{posting(after, to, ledger.OfferLowered, -difference, "changed")}
	}
}

// settle records a change of an offer and posts what moved. Volume that another transaction took
// since the balance was read makes the transaction run again.
func (s *Service) settle(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, action string, postings []ledger.Posting) error {
	if err := identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "offer", ID: id}, nil); err != nil {
		return err
	}
	return postOrRetry(ctx, tx, who, postings)
}

// CloseOffer takes what is free out of an offer; what is committed and reserved stands. Refused:
// fault.ErrNotFound for a foreign one, fault.ErrStale by match, ErrOfferState for a closed one.
func (s *Service) CloseOffer(ctx context.Context, who identity.Principal, id uuid.UUID, match Match) (Offer, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Offer, error) {
		row, balance, err := ownOffer(ctx, tx, who, id, match)
		if err != nil {
			return Offer{}, err
		}
		deals, err := DealsTx(ctx, tx, []uuid.UUID{id})
		if err != nil {
			return Offer{}, err
		}
		row.State, row.ByHand = OfferClosed, row.SeriesID != uuid.Nil
		if err := updateOffer(ctx, tx, row); err != nil {
			return Offer{}, err
		}
		lowered := posting(deals[id], row, ledger.OfferLowered, balance.Remaining, "closed")
		if err := s.settle(ctx, tx, who, id, "offer.closed", []ledger.Posting{lowered}); err != nil {
			return Offer{}, err
		}
		return s.offer(ctx, tx, viewerOf(who), id)
	})
}

// ownOffer locks an open offer of the principal's producer and reads its balance, with holds that
// have run out released.
func ownOffer(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, match Match) (offerRow, ledger.OfferBalance, error) {
	if err := mayChange(who); err != nil {
		return offerRow{}, ledger.OfferBalance{}, err
	}
	row, err := lockOffer(ctx, tx, id)
	switch {
	case err != nil:
		return row, ledger.OfferBalance{}, err
	case row.ProducerID != who.OrganisationID:
		return row, ledger.OfferBalance{}, fault.ErrNotFound.With()
	}
	if err := expect(row.Version, match); err != nil {
		return row, ledger.OfferBalance{}, err
	}
	if row.State == OfferClosed {
		return row, ledger.OfferBalance{}, ErrOfferState.With()
	}
	if _, err := ledger.ReleaseExpiredTx(ctx, tx, []uuid.UUID{id}); err != nil {
		return row, ledger.OfferBalance{}, err
	}
	balances, err := ledger.OfferBalances(ctx, tx, []uuid.UUID{id})
	return row, balances[id], err
}

// Offer returns one offer as the reader may see it; fault.ErrNotFound for one of a product the
// reader may not know of, and for a closed, lapsed or exhausted one of somebody else's.
func (s *Service) Offer(ctx context.Context, who identity.Principal, id uuid.UUID) (Offer, error) {
	return s.offer(ctx, s.db, viewerOf(who), id)
}

func (s *Service) offer(ctx context.Context, reader postgres.Reader, who viewer, id uuid.UUID) (Offer, error) {
	const query = `
		SELECT o.producer_id, p.state AS product_state, r.approved, jsonb_build_object(` + offerFacts + `) AS offer
		  FROM catalog.offers o
		  JOIN catalog.products p ON p.id = o.product_id
		  JOIN catalog.producers r ON r.id = o.producer_id
		  JOIN ledger.remaining b ON b.offer_id = o.id
		 WHERE o.id = $1`
	var row struct {
		ProducerID   uuid.UUID                  `db:"producer_id"`
		ProductState ProductState               `db:"product_state"`
		Approved     bool                       `db:"approved"`
		Offer        postgres.JSON[storedOffer] `db:"offer"`
	}
	err := reader.Get(ctx, &row, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Offer{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return Offer{}, err
	}
	whole := row.Offer.V.offer(s.book, s.today())
	insider := who.owns(row.ProducerID) || who.class == official
	if !who.seesProduct(row.ProducerID, row.ProductState, row.Approved) || (!insider && whole.State != OfferOpen) {
		return Offer{}, fault.ErrNotFound.With()
	}
	return who.trim(whole, row.ProducerID), nil
}

// Offers is a page of a producer's own offers, or of all for those who oversee producers, newest
// first. A product narrows it; after is the id where the page before ended.
func (s *Service) Offers(ctx context.Context, who identity.Principal, product, after uuid.UUID, limit int) ([]Offer, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	const query = `
		SELECT o.producer_id, jsonb_build_object(` + offerFacts + `) AS offer
		  FROM catalog.offers o
		  JOIN catalog.producers r ON r.id = o.producer_id
		  JOIN ledger.remaining b ON b.offer_id = o.id
		 WHERE (CAST($1 AS uuid) IS NULL OR o.producer_id = $1)
		   AND (CAST($2 AS uuid) IS NULL OR o.product_id = $2)
		   AND (CAST($3 AS uuid) IS NULL
		        OR (o.created_at, o.id) < (SELECT a.created_at, a.id FROM catalog.offers a WHERE a.id = $3))
		 ORDER BY o.created_at DESC, o.id DESC LIMIT $4`
	reader := viewerOf(who)
	var rows []struct {
		ProducerID uuid.UUID                  `db:"producer_id"`
		Offer      postgres.JSON[storedOffer] `db:"offer"`
	}
	if err := s.db.Select(ctx, &rows, query, postgres.NullID(holderOf(who)), postgres.NullID(product), postgres.NullID(after), limit); err != nil {
		return nil, err
	}
	offers := make([]Offer, 0, len(rows))
	for _, row := range rows {
		offers = append(offers, reader.trim(row.Offer.V.offer(s.book, s.today()), row.ProducerID))
	}
	return offers, nil
}

// CountOffers counts what Offers lists, up to MaxTotal.
func (s *Service) CountOffers(ctx context.Context, who identity.Principal, product uuid.UUID) (int, error) {
	if err := mayRead(who); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT 1 FROM catalog.offers o
			 WHERE (CAST($1 AS uuid) IS NULL OR o.producer_id = $1) AND (CAST($2 AS uuid) IS NULL OR o.product_id = $2)
			 LIMIT $3) AS found`
	var total int
	err := s.db.Get(ctx, &total, query, postgres.NullID(holderOf(who)), postgres.NullID(product), MaxTotal)
	return total, err
}
