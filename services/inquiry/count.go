package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

// maxTotal caps what is counted on request: a list longer than this says so many.
const maxTotal = 10_000

// CountInquiries counts what List would list, up to a cap.
func (s *Service) CountInquiries(ctx context.Context, who identity.Principal, stage Stage) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	const placed = `
		SELECT count(*) FROM (SELECT FROM inquiry.inquiries WHERE buyer_id = $1 AND ($2 = '' OR stage = $2) LIMIT $3) listed`
	const reached = `
		SELECT count(*) FROM (
			SELECT i.id FROM inquiry.inquiries i
			 WHERE i.visibility = 'open' AND i.stage <> 'draft' AND ($2 = '' OR i.stage = $2)
			UNION
			SELECT i.id FROM inquiry.invitations v JOIN inquiry.inquiries i ON i.id = v.inquiry_id
			 WHERE v.producer_id = $1 AND v.invited AND i.stage <> 'draft' AND ($2 = '' OR i.stage = $2)
			LIMIT $3) listed`
	query := placed
	switch {
	case who.Is(identity.Buyer):
	case who.Is(identity.Producer):
		query = reached
	default:
		return 0, fault.ErrForbidden.With()
	}
	var total int
	err := s.db.Get(ctx, &total, query, who.OrganisationID, stage, maxTotal)
	return total, err
}

// CountQuotes counts what Quotes would list, up to a cap.
func (s *Service) CountQuotes(ctx context.Context, who identity.Principal, inquiryID uuid.UUID) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	as, err := mayRead(ctx, s.db, who, inquiryID)
	if err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT FROM inquiry.quotes q JOIN inquiry.inquiries i ON i.id = q.inquiry_id
			 WHERE q.inquiry_id = $1
			   AND CASE WHEN $2 THEN NOT (i.quotes_sealed AND (i.quotes_due_at > now()
			            OR EXISTS (SELECT FROM inquiry.rounds o WHERE o.inquiry_id = i.id AND o.ended_at IS NULL AND o.until > now() AND o.opened_at <= q.created_at))) ELSE q.producer_id = $3 END
			 LIMIT $4) listed`
	var total int
	err = s.db.Get(ctx, &total, query, inquiryID, as == asBuyer, who.OrganisationID, maxTotal)
	return total, err
}

// CountAwards counts what Awards would list, up to a cap.
func (s *Service) CountAwards(ctx context.Context, who identity.Principal, inquiryID uuid.UUID) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT FROM inquiry.awards
			 WHERE (buyer_id = $1 OR producer_id = $1)
			   AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR inquiry_id = $2)
			 LIMIT $3) listed`
	var total int
	err := s.db.Get(ctx, &total, query, who.OrganisationID, inquiryID, maxTotal)
	return total, err
}

// CountDeliveries counts what Deliveries would list, up to a cap.
func (s *Service) CountDeliveries(ctx context.Context, who identity.Principal, awardID uuid.UUID) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	if _, err := loadAward(ctx, s.db, who, awardID); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*)
		  FROM (SELECT id FROM inquiry.deliveries WHERE award_id = $1
		         UNION SELECT id FROM inquiry.delivery_plans WHERE award_id = $1 LIMIT $2) listed`
	var total int
	err := s.db.Get(ctx, &total, query, awardID, maxTotal)
	return total, err
}

// CountQuestions counts what Questions would list, up to a cap.
func (s *Service) CountQuestions(ctx context.Context, who identity.Principal, inquiryID uuid.UUID) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	as, err := mayRead(ctx, s.db, who, inquiryID)
	if err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT FROM inquiry.questions
			 WHERE inquiry_id = $1 AND ($2 OR answered_at IS NOT NULL OR asker_id = $3) LIMIT $4) listed`
	var total int
	err = s.db.Get(ctx, &total, query, inquiryID, as == asBuyer, who.OrganisationID, maxTotal)
	return total, err
}

// CountSeries counts what ListSeries would list, up to a cap.
func (s *Service) CountSeries(ctx context.Context, who identity.Principal) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.series WHERE buyer_id = $1 LIMIT $2) listed`
	var total int
	err := s.db.Get(ctx, &total, query, who.OrganisationID, maxTotal)
	return total, err
}
