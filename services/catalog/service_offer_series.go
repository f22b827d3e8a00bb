package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// OpenSeries opens a series of the producer's and the offers of all its occurrences. Refused: what
// OpenOffer refuses, and ErrRuleField, ErrSeriesOverlap, ErrSeriesTooLong, ErrSeriesEmpty, and
// ErrTooManySeries where as many stand as the producer may have.
func (s *Service) OpenSeries(ctx context.Context, who identity.Principal, series NewSeries) (Series, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Series, error) {
		return openSeries(ctx, tx, s.book, who, series)
	})
}

func openSeries(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, series NewSeries) (Series, error) {
	row, found, err := draftSeries(ctx, tx, book, who, series)
	if err != nil {
		return Series{}, err
	}
	if row.ID, err = uuid.NewV7(); err != nil {
		return Series{}, fmt.Errorf("naming a series: %w", err)
	}
	if err := insertSeries(ctx, tx, row); err != nil {
		return Series{}, err
	}
	if err := countStandingSeries(ctx, tx, row.ProducerID); err != nil {
		return Series{}, err
	}
	if err := recordSeries(ctx, tx, who, "offer_series.opened", row); err != nil {
		return Series{}, err
	}
	postings, err := openOccurrences(ctx, tx, who, row, found)
	if err != nil {
		return Series{}, err
	}
	if err := ledger.PostTx(ctx, tx, who, postings...); err != nil {
		return Series{}, err
	}
	return seriesNow(ctx, tx, book, who, row.ID, reference.Day(tx.Now))
}

// draftSeries checks a new series against its product.
func draftSeries(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, series NewSeries) (seriesRow, []occurrence, error) {
	if err := mayChange(who); err != nil {
		return seriesRow{}, nil, err
	}
	product, err := offeredProduct(ctx, tx, who, series.ProductID)
	if err != nil {
		return seriesRow{}, nil, err
	}
	checked, found, err := series.check(book, product.Unit, reference.Day(tx.Now))
	line, _ := book.Line(product.Line)
	row := seriesRow{NewSeries: checked, ProducerID: who.OrganisationID, State: OfferOpen, grade: line.ReportedGrade(product.Grade)}
	return row, found, err
}

// openOccurrences opens offers of a series and returns what the ledger must hear.
func openOccurrences(ctx context.Context, tx *postgres.Tx, who identity.Principal, series seriesRow, found []occurrence) ([]ledger.Posting, error) {
	if len(found) == 0 {
		return nil, nil
	}
	marks, err := carriedBy(ctx, tx, []uuid.UUID{series.ProductID}, reference.Day(tx.Now))
	if err != nil {
		return nil, err
	}
	rows, err := occurring(series, marks[series.ProductID], found)
	if err != nil {
		return nil, err
	}
	if err := insertOffers(ctx, tx, rows); err != nil {
		return nil, err
	}
	if err := recordOffers(ctx, tx, who, "offer.opened", rows); err != nil {
		return nil, err
	}
	deals, err := DealsTx(ctx, tx, []uuid.UUID{rows[0].ID}) // the goods are the same for all
	if err != nil {
		return nil, err
	}
	postings := make([]ledger.Posting, 0, len(rows))
	for _, row := range rows {
		postings = append(postings, posting(deals[rows[0].ID], row, ledger.OfferOpened, row.Quantity, "series"))
	}
	return postings, nil
}

func recordSeries(ctx context.Context, tx *postgres.Tx, who identity.Principal, action string, row seriesRow) error {
	return identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "offer_series", ID: row.ID}, map[string]any{"product_id": row.ProductID})
}

// PreviewSeries shows the occurrences that OpenSeries would open, and saves nothing.
func (s *Service) PreviewSeries(ctx context.Context, who identity.Principal, series NewSeries) (Series, error) {
	var preview Series
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		row, found, err := draftSeries(ctx, tx, s.book, who, series)
		if err != nil {
			return err
		}
		today := reference.Day(tx.Now)
		preview = row.series(s.book, viewerOf(who), nil, today)
		preview.Occurrences = row.preview(seriesPlan{add: found}, today)
		return nil
	})
	return preview, err
}

// ChangeSeries changes a series and those of its occurrences that lie ahead and are neither
// committed nor reserved; each occurrence of the answer says what became of it. Refused besides
// what OpenSeries refuses: fault.ErrNotFound for a foreign one, fault.ErrStale by match,
// ErrSeriesState for a closed one; ErrTooManySeries for one that has come to its end and would stand again.
func (s *Service) ChangeSeries(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, change SeriesChange) (Series, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Series, error) {
		row, plan, err := planChange(ctx, tx, s.book, who, id, match, change)
		if err != nil {
			return Series{}, err
		}
		done := row.preview(plan, reference.Day(tx.Now))
		if err := updateSeries(ctx, tx, row); err != nil {
			return Series{}, err
		}
		if plan.revives {
			if err := countStandingSeries(ctx, tx, row.ProducerID); err != nil {
				return Series{}, err
			}
		}
		if err := recordSeries(ctx, tx, who, "offer_series.changed", row); err != nil {
			return Series{}, err
		}
		if err := carryOut(ctx, tx, who, row, plan); err != nil {
			return Series{}, err
		}
		after, err := seriesNow(ctx, tx, s.book, who, id, reference.Day(tx.Now))
		after.told(done)
		return after, err
	})
}

// told says of each occurrence what became of it; closed ones are listed once more.
func (s *Series) told(done []Occurrence) {
	for _, was := range done {
		found := false
		for at := range s.Occurrences {
			if now := &s.Occurrences[at]; now.On == was.On && now.State != OfferClosed {
				now.Change, found = was.Change, true
			}
		}
		if !found && was.Change == "closed" {
			s.Occurrences = append(s.Occurrences, was)
		}
	}
	sortOccurrences(s.Occurrences)
}

// PreviewChange shows what ChangeSeries would do, and saves nothing.
func (s *Service) PreviewChange(ctx context.Context, who identity.Principal, id uuid.UUID, change SeriesChange) (Series, error) {
	var preview Series
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		row, plan, err := planChange(ctx, tx, s.book, who, id, nil, change)
		if err != nil {
			return err
		}
		today := reference.Day(tx.Now)
		preview = row.series(s.book, viewerOf(who), nil, today)
		preview.Occurrences = row.preview(plan, today)
		return nil
	})
	return preview, err
}

// planChange locks a series and its offers and says what a change does to them.
func planChange(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, id uuid.UUID, match Match, change SeriesChange) (seriesRow, seriesPlan, error) {
	row, err := ownSeries(ctx, tx, who, id, match)
	if err != nil {
		return row, seriesPlan{}, err
	}
	product, err := offeredProduct(ctx, tx, who, row.ProductID)
	if err != nil {
		return row, seriesPlan{}, err
	}
	today := reference.Day(tx.Now)
	checked, wanted, err := change.merged(row.NewSeries).check(book, product.Unit, today)
	if err != nil {
		return row, seriesPlan{}, err
	}
	standing, err := lockStanding(ctx, tx, id)
	if err != nil {
		return row, seriesPlan{}, err
	}
	line, _ := book.Line(product.Line)
	plan := checked.plan(wanted, standing, today)
	plan.revives = row.To.Before(today)
	row.NewSeries, row.grade = checked, line.ReportedGrade(product.Grade)
	return row, plan, nil
}

// ownSeries locks an open series of the principal's producer.
func ownSeries(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, match Match) (seriesRow, error) {
	if err := mayChange(who); err != nil {
		return seriesRow{}, err
	}
	row, err := lockSeries(ctx, tx, id)
	switch {
	case err != nil:
		return row, err
	case row.ProducerID != who.OrganisationID:
		return row, fault.ErrNotFound.With()
	}
	if err := expect(row.Version, match); err != nil {
		return row, err
	}
	if row.State == OfferClosed {
		return row, ErrSeriesState.With()
	}
	return row, nil
}

// carryOut does what a plan says. What leaves is posted before what comes: taking all of an
// occurrence away fails when an award took part of it since the plan was made, and then the
// transaction runs again and keeps that occurrence.
func carryOut(ctx context.Context, tx *postgres.Tx, who identity.Principal, series seriesRow, plan seriesPlan) error {
	before, err := dealsOf(ctx, tx, plan.change, plan.close)
	if err != nil {
		return err
	}
	var taken []ledger.Posting
	for _, offer := range plan.close {
		offer.State = OfferClosed
		if err := updateOffer(ctx, tx, offer.offerRow); err != nil {
			return err
		}
		taken = append(taken, posting(before[offer.ID], offer.offerRow, ledger.OfferLowered, offer.balance.Supplied, "series"))
	}
	if err := recordOffers(ctx, tx, who, "offer.closed", rowsOf(plan.close)); err != nil {
		return err
	}
	changed, next := plan.differing()
	for at, offer := range changed {
		row := offer.offerRow
		row.NewOffer = next[at]
		if err := updateOffer(ctx, tx, row); err != nil {
			return err
		}
	}
	if err := recordOffers(ctx, tx, who, "offer.changed", rowsOf(changed)); err != nil {
		return err
	}
	after, err := dealsOf(ctx, tx, changed)
	if err != nil {
		return err
	}
	var given []ledger.Posting
	for at, offer := range changed {
		to := offer.offerRow
		to.NewOffer = next[at]
		for _, p := range moved(before[offer.ID], offer.offerRow, after[offer.ID], to) {
			if p.Movement == ledger.OfferLowered {
				taken = append(taken, p)
			} else {
				given = append(given, p)
			}
		}
	}
	opened, err := openOccurrences(ctx, tx, who, series, plan.add)
	if err != nil {
		return err
	}
	if err := postOrRetry(ctx, tx, who, taken); err != nil {
		return err
	}
	return ledger.PostTx(ctx, tx, who, append(given, opened...)...)
}

// postOrRetry posts what leaves offers; volume that another transaction took since their balances
// were read makes the transaction run again.
func postOrRetry(ctx context.Context, tx *postgres.Tx, who identity.Principal, postings []ledger.Posting) error {
	err := ledger.PostTx(ctx, tx, who, postings...)
	if errors.Is(err, ledger.ErrOfferExhausted) {
		return fmt.Errorf("%w: %w", postgres.ErrRetry, err)
	}
	return err
}

// differing are the offers that a plan really changes, and how they will be.
func (p seriesPlan) differing() (changed []supplied, next []NewOffer) {
	for at, offer := range p.change {
		if !offer.equal(p.next[at]) {
			changed, next = append(changed, offer), append(next, p.next[at])
		}
	}
	return changed, next
}

func rowsOf(offers []supplied) []offerRow {
	rows := make([]offerRow, len(offers))
	for at, offer := range offers {
		rows[at] = offer.offerRow
	}
	return rows
}

func dealsOf(ctx context.Context, reader postgres.Reader, lists ...[]supplied) (map[uuid.UUID]Deal, error) {
	var ids []uuid.UUID
	for _, list := range lists {
		for _, offer := range list {
			ids = append(ids, offer.ID)
		}
	}
	return DealsTx(ctx, reader, ids)
}
