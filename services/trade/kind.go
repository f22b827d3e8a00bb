package trade

import (
	"context"

	"github.com/ocop-market/ocop/services/reference"
)

// Kind is a kind of trade event, or of whatever else this package tells apart by data.
type Kind struct {
	reference.Names

	Of   string `db:"of"   json:"of"   enum:"event"`
	Code string `db:"code" json:"code"`
}

// Kinds lists the kinds, in the order people see them.
func (s *Service) Kinds(ctx context.Context) ([]Kind, error) {
	const query = `SELECT 'event' AS of, code, name_vi, name_en FROM trade.event_kinds ORDER BY position`
	kinds := []Kind{}
	err := s.db.Select(ctx, &kinds, query)
	return kinds, err
}
