package trade

import (
	"context"

	"github.com/ocop-market/ocop/services/reference"
)

// Kind is a kind of trade event or programme, or a channel of sale: what this package tells apart by
// data.
type Kind struct {
	reference.Names

	Of   string `db:"of"   json:"of"   enum:"event,channel,programme"`
	Code string `db:"code" json:"code"`
}

// Kinds lists the kinds, in the order people see them.
func (s *Service) Kinds(ctx context.Context) ([]Kind, error) {
	const query = `
		SELECT k.of, k.code, k.name_vi, k.name_en
		  FROM (SELECT 1 AS part, 'event' AS of, code, name_vi, name_en, position FROM trade.event_kinds
		         UNION ALL SELECT 2, 'channel', code, name_vi, name_en, position FROM trade.channels
		         UNION ALL SELECT 3, 'programme', code, name_vi, name_en, position FROM trade.programme_kinds) k
		 ORDER BY k.part, k.position`
	kinds := []Kind{}
	err := s.db.Select(ctx, &kinds, query)
	return kinds, err
}
