package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// reindex brings the index up to what the database shows now: everything, or what changed with the
// reservations that ran out. The feed calls it.
func (s *Service) reindex(ctx context.Context, changed changedThings) error {
	if s.index.broken != nil {
		return s.index.broken
	}
	today := s.today()
	if changed.all || !s.index.covers(today) {
		return s.reindexAll(ctx, today)
	}
	products := append(s.index.dueBy(time.Now()), changed.products...)
	if len(changed.producers) > 0 {
		of, err := productsOf(ctx, s.db, changed.producers)
		if err != nil {
			return err
		}
		products = append(products, of...)
	}
	turning, next, err := s.index.turn(ctx, s.db, today)
	if err != nil {
		return err
	}
	if products = append(products, turning...); len(products) > 0 {
		documents, err := loadDocuments(ctx, s.db, products, today)
		if err != nil {
			return err
		}
		s.index.apply(documents, missing(products, documents))
	}
	s.index.turned(today, next)
	return nil
}

func (s *Service) reindexAll(ctx context.Context, today civil.Date) error {
	forms, err := identity.LegalForms(ctx, s.db)
	if err != nil {
		return err
	}
	kinds := make(map[string]reference.Names, len(forms))
	for _, form := range forms {
		kinds[form.Code] = reference.Names{Name: form.NameVI, NameEN: form.NameEN}
	}
	documents, err := loadDocuments(ctx, s.db, nil, today)
	if err != nil {
		return err
	}
	s.index.sellerKinds.Store(&kinds)
	s.index.replaceAll(documents, today)
	return nil
}

// turnBatch is how many products are loaded for a new day at once. The index knows today and
// tomorrow, so that midnight in Vietnam stops nobody: the new day is brought in a batch a poll.
const turnBatch = 2000

// turn lists the next products to load because a day has begun, and where to go on; nothing when
// the index was loaded for today.
func (x *searchIndex) turn(ctx context.Context, reader postgres.Reader, today civil.Date) (batch []uuid.UUID, next uuid.UUID, err error) {
	x.mutex.Lock()
	from, done := x.turning, x.day == today
	x.mutex.Unlock()
	if done {
		return nil, uuid.Nil, nil
	}
	const query = `SELECT id FROM catalog.products WHERE published_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`
	if err := reader.Select(ctx, &batch, query, from, turnBatch); err != nil {
		return nil, uuid.Nil, err
	}
	if len(batch) == turnBatch {
		next = batch[len(batch)-1]
	}
	return batch, next, nil
}

// turned notes that a batch was loaded for a day: the last when there is no next.
func (x *searchIndex) turned(today civil.Date, next uuid.UUID) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	if x.turning = next; next == uuid.Nil {
		x.day = today
	}
}

// missing lists the ids that no document has.
func missing(ids []uuid.UUID, documents []document) []uuid.UUID {
	there := make(map[uuid.UUID]bool, len(documents))
	for i := range documents {
		there[documents[i].ID] = true
	}
	var gone []uuid.UUID
	for _, id := range ids {
		if !there[id] {
			gone = append(gone, id)
		}
	}
	return gone
}
