package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// ProductsByID returns the products with these ids as the reader may see them, in the order of the
// ids, with one statement. Those the reader may not know of are missing.
func (s *Service) ProductsByID(ctx context.Context, who identity.Principal, ids []uuid.UUID) ([]Product, error) {
	return loadProducts(ctx, s.db, s.book, viewerOf(who), ids, s.today())
}

// PublishedIDs lists the ids of published products of some producers, in the order of the ids, from
// after on, at most limit. It reads in the caller's transaction.
func PublishedIDs(ctx context.Context, reader postgres.Reader, producers []uuid.UUID, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	const query = `
		SELECT p.id FROM catalog.products p
		 WHERE p.producer_id = ANY (CAST($1 AS uuid[])) AND p.state = 'published' AND p.id > $2
		 ORDER BY p.id LIMIT $3`
	var ids []uuid.UUID
	err := reader.Select(ctx, &ids, query, postgres.Array(producers), after, limit)
	return ids, err
}
