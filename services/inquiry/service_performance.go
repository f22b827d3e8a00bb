package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// PerformanceOf is the record of a producer or buyer within a window, worded in a language ("vi" or
// "en"). What a job
// computed within the last two hours is shown for the usual window, which takes two statements; AsOf says of
// when it is. Organisations read their own; buyers that of every approved producer;
// producers that of a buyer whose inquiry reaches them or who awarded them something; officials those
// of the kind they decide about. To anybody else there is no such record: fault.ErrNotFound. Refused
// besides: windows that Window does not allow.
func (s *Service) PerformanceOf(ctx context.Context, who identity.Principal, id uuid.UUID, asked Window, language string) (PerformanceRecord, error) {
	if err := who.MayRead(area); err != nil {
		return PerformanceRecord{}, err
	}
	var record PerformanceRecord
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		within, err := asked.window(reference.Day(tx.Now))
		if err != nil {
			return err
		}
		of, err := readable(ctx, tx, who, id)
		if err != nil {
			return err
		}
		rows, asOf, err := factsWithin(ctx, tx, of, asked, within)
		record = wording{s.book, language}.record(of, within, asOf, rows)
		return err
	})
	return record, err
}

// factsWithin are an organisation's: those of the last twelve months as they were kept lately, any others
// from what happened.
func factsWithin(ctx context.Context, tx *postgres.Tx, of identity.Organisation, asked, within Window) ([]factRow, time.Time, error) {
	ids := []uuid.UUID{of.ID}
	if asked == (Window{}) {
		return facts(ctx, tx, of, tx.Now)
	}
	if of.Kind == identity.Producer {
		rows, err := kept(ctx, tx, ids, within, reference.Day(tx.Now))
		return rows, tx.Now, err
	}
	rows, err := bought(ctx, tx, ids, within)
	return rows, tx.Now, err
}

// readable reads an organisation whose record the principal may read.
func readable(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (identity.Organisation, error) {
	found, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{id})
	if err != nil {
		return identity.Organisation{}, err
	}
	of, known := found[id]
	allowed := known && (of.Kind == identity.Producer || of.Kind == identity.Buyer) && (of.ID == who.OrganisationID || who.Oversees(of.Kind))
	switch {
	case allowed:
	case who.Is(identity.Buyer):
		allowed = isProducer(of)
	case who.Is(identity.Producer): // whether there is such a buyer or not, so that it takes as long
		deals, err := dealsWith(ctx, tx, who.OrganisationID, id)
		if err != nil {
			return of, err
		}
		allowed = deals && of.Kind == identity.Buyer
	}
	if !allowed {
		return of, fault.ErrNotFound.With()
	}
	return of, nil
}

// dealsWith reports whether an inquiry of the buyer reaches the producer, or it was awarded something.
func dealsWith(ctx context.Context, tx *postgres.Tx, producer, buyer uuid.UUID) (bool, error) {
	const query = `
		SELECT EXISTS (SELECT FROM inquiry.inquiries i WHERE i.buyer_id = $2 AND i.visibility = 'open' AND i.stage <> 'draft')
		    OR EXISTS (SELECT FROM inquiry.inquiries i JOIN inquiry.invitations v ON v.inquiry_id = i.id
		                WHERE i.buyer_id = $2 AND i.stage <> 'draft' AND v.producer_id = $1 AND v.invited)
		    OR EXISTS (SELECT FROM inquiry.awards a WHERE a.buyer_id = $2 AND a.producer_id = $1)`
	var deals bool
	err := tx.Get(ctx, &deals, query, producer, buyer)
	return deals, err
}
