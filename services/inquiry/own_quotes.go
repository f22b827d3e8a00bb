package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// OwnQuotes lists a producer's quotes on whatever inquiry, newest first, each with what its other
// open quotes promise of the same offer.
func (s *Service) OwnQuotes(ctx context.Context, who identity.Principal, page Page) ([]Quote, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if !who.Is(identity.Producer) {
		return nil, fault.ErrForbidden.With()
	}
	const query = selectQuotes + `
		 WHERE q.producer_id = $1 AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR q.id < $2)
		 ORDER BY q.id DESC LIMIT $3`
	var records []*quoteRecord
	if err := s.db.Select(ctx, &records, query, who.OrganisationID, page.Before, page.Limit); err != nil {
		return nil, err
	}
	quotes, err := quoteAnswers(ctx, s.db, who, records)
	if err != nil {
		return nil, err
	}
	return quotes, elsewhere(ctx, s.db, who.OrganisationID, quotes)
}

// CountOwnQuotes counts what OwnQuotes would list, up to a cap.
func (s *Service) CountOwnQuotes(ctx context.Context, who identity.Principal) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.quotes WHERE producer_id = $1 LIMIT $2) listed`
	var total int
	err := s.db.Get(ctx, &total, query, who.OrganisationID, maxTotal)
	return total, err
}

// GetQuote returns a quote to its author, and to the buyer of its inquiry unless it is still sealed.
// To anybody else it does not exist.
func (s *Service) GetQuote(ctx context.Context, who identity.Principal, id uuid.UUID) (Quote, error) {
	if err := who.MayRead(area); err != nil {
		return Quote{}, err
	}
	const query = selectQuotes + `
		  JOIN inquiry.inquiries i ON i.id = q.inquiry_id
		 WHERE q.id = $1 AND (q.producer_id = $2 OR i.buyer_id = $2 AND NOT (i.quotes_sealed AND (i.quotes_due_at > now()
		       OR EXISTS (SELECT FROM inquiry.rounds o WHERE o.inquiry_id = i.id AND o.ended_at IS NULL AND o.until > now() AND o.opened_at <= q.created_at))))`
	var records []*quoteRecord
	if err := s.db.Select(ctx, &records, query, id, who.OrganisationID); err != nil {
		return Quote{}, err
	}
	if len(records) == 0 {
		return Quote{}, fault.ErrNotFound.With()
	}
	quotes, err := quoteAnswers(ctx, s.db, who, records)
	if err != nil {
		return Quote{}, err
	}
	return quotes[0], nil
}

// quoteAnswers are quotes as a reader sees them, held against the lines they answer.
func quoteAnswers(ctx context.Context, reader postgres.Reader, who identity.Principal, records []*quoteRecord) ([]Quote, error) {
	if len(records) == 0 {
		return []Quote{}, nil
	}
	if err := named(ctx, reader, records); err != nil {
		return nil, err
	}
	if err := dealt(ctx, reader, records); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, 0, len(records))
	for _, q := range records {
		ids = append(ids, q.InquiryID)
	}
	inquiries, err := loadAll(ctx, reader, ids)
	if err != nil {
		return nil, err
	}
	now, err := clock(ctx, reader)
	if err != nil {
		return nil, err
	}
	quotes := make([]Quote, 0, len(records))
	for _, q := range records {
		if q.ProducerID != who.OrganisationID {
			q = q.asBuyerSees(inquiries[q.InquiryID], now)
		}
		quotes = append(quotes, q.answer(inquiries[q.InquiryID], now))
	}
	return quotes, nil
}
