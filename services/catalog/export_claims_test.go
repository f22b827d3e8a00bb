package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
)

// ClaimsOn is Claims for several days.
func (s *Service) ClaimsOn(ctx context.Context, product uuid.UUID, days []civil.Date) ([][]Claim, error) {
	subject, err := readClaimant(ctx, s.db, product)
	if err != nil {
		return nil, err
	}
	held, err := holdings(ctx, s.db, product)
	claims := make([][]Claim, len(days))
	for i, day := range days {
		claims[i] = claimsOf(s.book, subject, held, day)
	}
	return claims, err
}
