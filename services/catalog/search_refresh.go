package catalog

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// reindex brings the index up to what the database shows now: everything, or products and all
// products of producers.
func (s *Service) reindex(ctx context.Context, all bool, products, producers []uuid.UUID) error {
	if all {
		return s.reindexAll(ctx)
	}
	if len(producers) > 0 {
		of, err := productsOf(ctx, s.db, producers)
		if err != nil {
			return err
		}
		products = append(of, products...)
	}
	if len(products) == 0 {
		return nil
	}
	documents, err := loadDocuments(ctx, s.db, products, s.today())
	if err != nil {
		return err
	}
	s.index.apply(documents, missing(products, documents))
	return nil
}

func (s *Service) reindexAll(ctx context.Context) error {
	forms, err := identity.LegalForms(ctx, s.db)
	if err != nil {
		return err
	}
	kinds := make(map[string]reference.Names, len(forms))
	for _, form := range forms {
		kinds[form.Code] = reference.Names{Name: form.NameVI, NameEN: form.NameEN}
	}
	documents, err := loadDocuments(ctx, s.db, nil, s.today())
	if err != nil {
		return err
	}
	s.index.sellerKinds.Store(&kinds)
	s.index.replaceAll(documents, s.today())
	return nil
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

// probing is the state of refresh between two searches.
type probing struct {
	mutex sync.Mutex
	seen  int64
}

// refresh makes the index show what was committed before it was called: it loads everything again
// when a row was written since.
func (s *Service) refresh(ctx context.Context) error {
	if s.index.broken != nil {
		return s.index.broken
	}
	const probe = `
		SELECT greatest((SELECT max(CAST(CAST(xmin AS text) AS bigint)) FROM catalog.products),
		                (SELECT max(CAST(CAST(xmin AS text) AS bigint)) FROM catalog.offers),
		                (SELECT max(CAST(CAST(xmin AS text) AS bigint)) FROM catalog.certificates),
		                (SELECT max(CAST(CAST(xmin AS text) AS bigint)) FROM identity.organisations),
		                (SELECT max(CAST(CAST(xmin AS text) AS bigint)) FROM ledger.offers), 0)`
	s.probing.mutex.Lock()
	defer s.probing.mutex.Unlock()
	var newest int64
	if err := s.db.Get(ctx, &newest, probe); err != nil {
		return err
	}
	if newest != s.probing.seen || !s.index.covers(s.today()) {
		if err := s.reindex(ctx, true, nil, nil); err != nil {
			return err
		}
		s.probing.seen = newest
	}
	return s.reindex(ctx, false, s.index.dueBy(time.Now()), nil)
}
