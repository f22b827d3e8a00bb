package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// CloseSeries ends a series: what is free of all its occurrences is taken back, what is committed
// and reserved stands. Refused as by ChangeSeries.
func (s *Service) CloseSeries(ctx context.Context, who identity.Principal, id uuid.UUID, match Match) (Series, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Series, error) {
		row, err := ownSeries(ctx, tx, who, id, match)
		if err != nil {
			return Series{}, err
		}
		row.State = OfferClosed
		if err := updateSeries(ctx, tx, row); err != nil {
			return Series{}, err
		}
		if err := recordSeries(ctx, tx, who, "offer_series.closed", row); err != nil {
			return Series{}, err
		}
		if err := closeOccurrences(ctx, tx, who, id); err != nil {
			return Series{}, err
		}
		return seriesNow(ctx, tx, s.book, who, id, reference.Day(tx.Now))
	})
}

func closeOccurrences(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) error {
	standing, err := lockStanding(ctx, tx, id)
	if err != nil {
		return err
	}
	today := reference.Day(tx.Now)
	var open []supplied
	for _, offer := range standing {
		if offer.State == OfferOpen && !offer.AvailableTo.Before(today) {
			open = append(open, offer)
		}
	}
	deals, err := dealsOf(ctx, tx, open)
	if err != nil {
		return err
	}
	var taken []ledger.Posting
	for _, offer := range open {
		offer.State, offer.ByHand = OfferClosed, true // shown in the closed series
		if err := updateOffer(ctx, tx, offer.offerRow); err != nil {
			return err
		}
		taken = append(taken, posting(deals[offer.ID], offer.offerRow, ledger.OfferLowered, offer.balance.Remaining, "series"))
	}
	if err := recordOffers(ctx, tx, who, "offer.closed", rowsOf(open)); err != nil {
		return err
	}
	return postOrRetry(ctx, tx, who, taken)
}

// Series returns a series to its producer and to those who oversee producers; to anybody else it
// does not exist.
func (s *Service) Series(ctx context.Context, who identity.Principal, id uuid.UUID) (Series, error) {
	if err := mayRead(who); err != nil {
		return Series{}, err
	}
	return seriesNow(ctx, s.db, s.book, who, id, s.today())
}

func seriesNow(ctx context.Context, reader postgres.Reader, book *reference.Book, who identity.Principal, id uuid.UUID, today civil.Date) (Series, error) {
	row, err := loadSeries(ctx, reader, id)
	if err != nil {
		return Series{}, err
	}
	if holder := holderOf(who); holder != uuid.Nil && holder != row.ProducerID {
		return Series{}, fault.ErrNotFound.With()
	}
	standing, err := standingOf(ctx, reader, []uuid.UUID{id})
	if err != nil {
		return Series{}, err
	}
	return row.series(book, viewerOf(who), standing[id], today), nil
}

// SeriesList is a page of a producer's own series, or of all for those who oversee producers, newest
// first. A product narrows it; after is the id where the page before ended.
func (s *Service) SeriesList(ctx context.Context, who identity.Principal, product, after uuid.UUID, limit int) ([]Series, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	const query = selectSeries + `
		 WHERE (CAST($1 AS uuid) IS NULL OR e.producer_id = $1)
		   AND (CAST($2 AS uuid) IS NULL OR e.product_id = $2)
		   AND (CAST($3 AS uuid) IS NULL
		        OR (e.created_at, e.id) < (SELECT a.created_at, a.id FROM catalog.offer_series a WHERE a.id = $3))
		 ORDER BY e.created_at DESC, e.id DESC LIMIT $4`
	var records []seriesRecord
	if err := s.db.Select(ctx, &records, query, postgres.NullID(holderOf(who)), postgres.NullID(product), postgres.NullID(after), limit); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(records))
	for at, record := range records {
		ids[at] = record.ID
	}
	standing, err := standingOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Series, 0, len(records))
	for _, record := range records {
		list = append(list, record.row().series(s.book, viewerOf(who), standing[record.ID], s.today()))
	}
	return list, nil
}

// CountSeries counts what SeriesList lists, up to MaxTotal.
func (s *Service) CountSeries(ctx context.Context, who identity.Principal, product uuid.UUID) (int, error) {
	if err := mayRead(who); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT 1 FROM catalog.offer_series e
			 WHERE (CAST($1 AS uuid) IS NULL OR e.producer_id = $1) AND (CAST($2 AS uuid) IS NULL OR e.product_id = $2)
			 LIMIT $3) AS found`
	var total int
	err := s.db.Get(ctx, &total, query, postgres.NullID(holderOf(who)), postgres.NullID(product), MaxTotal)
	return total, err
}
