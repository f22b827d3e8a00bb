package catalog

import (
	"context"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// EachFound calls visit for every product that a search finds, in its order, as the reader may see
// it: page by page, so that memory does not grow with what is found. Where a product changes its
// place meanwhile it may be missed or seen twice, as by anybody who turns pages.
func (s *Service) EachFound(ctx context.Context, who identity.Principal, query Query, visit func(Product) error) error {
	query.Limit, query.Facets, query.Count, query.After = maxPage, false, false, nil
	for {
		found, err := s.Search(ctx, who, query)
		if err != nil {
			return err
		}
		for _, product := range found.Products {
			if err := visit(product); err != nil {
				return err
			}
		}
		if found.Next == nil {
			return nil
		}
		query.After = found.Next
	}
}

// Shape is how wide the lists of a producer are.
type Shape struct {
	// Lines are the product lines it sells.
	Lines []string
	// Tiers is the largest number of price tiers of an offer.
	Tiers int
}

// OwnShape says how wide the lists of the principal's producer are.
func (s *Service) OwnShape(ctx context.Context, who identity.Principal) (Shape, error) {
	if err := MayReadSupply(who); err != nil {
		return Shape{}, err
	}
	const query = `
		SELECT coalesce((SELECT array_agg(DISTINCT p.line) FROM catalog.products p WHERE p.producer_id = $1), '{}') AS lines,
		       coalesce((SELECT max(jsonb_array_length(o.price_tiers)) FROM catalog.offers o WHERE o.producer_id = $1), 0) AS tiers`
	var row struct {
		Lines postgres.Strings `db:"lines"`
		Tiers int              `db:"tiers"`
	}
	err := s.db.Get(ctx, &row, query, who.OrganisationID)
	return Shape{Lines: row.Lines, Tiers: row.Tiers}, err
}
