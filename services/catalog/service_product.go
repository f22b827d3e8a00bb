package catalog

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// CreateProduct makes a draft of the producer's. Refused: whatever MayWrite refuses,
// fault.ErrForbidden for who is no producer, every rule of a product, ErrGTINTaken.
func (s *Service) CreateProduct(ctx context.Context, who identity.Principal, product NewProduct) (Product, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Product, error) {
		return s.createProduct(ctx, tx, who, product)
	})
}

func (s *Service) createProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, product NewProduct) (Product, error) {
	if err := mayChange(who); err != nil {
		return Product{}, err
	}
	row, err := draftProduct(s.book, who, product)
	if err != nil {
		return Product{}, err
	}
	if err := addProducts(ctx, tx, who, []productRow{row}); err != nil {
		return Product{}, err
	}
	return s.shown(ctx, tx, who, row.ID)
}

// draftProduct is a new product, checked.
func draftProduct(book *reference.Book, who identity.Principal, product NewProduct) (productRow, error) {
	checked, err := product.check(book)
	if err != nil {
		return productRow{}, err
	}
	row := productRow{goods: checked, ProducerID: who.OrganisationID, State: Draft, Version: 1}
	if row.ID, err = uuid.NewV7(); err != nil {
		return productRow{}, fmt.Errorf("naming a product: %w", err)
	}
	return row, nil
}

// addProducts writes new products and records them.
func addProducts(ctx context.Context, tx *postgres.Tx, who identity.Principal, rows []productRow) error {
	if err := insertProducts(ctx, tx, rows); err != nil {
		return err
	}
	entries := make([]identity.Entry, len(rows))
	for i, row := range rows {
		entries[i] = identity.Entry{
			Action: "product.created", Subject: identity.Subject{Kind: "product", ID: row.ID},
			Detail: map[string]any{"line": row.Line, "form": row.Form},
		}
	}
	return identity.RecordAllTx(ctx, tx, who, entries...)
}

// shown is a product whole, as it is now.
func (s *Service) shown(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (Product, error) {
	products, err := loadProducts(ctx, tx, s.book, viewerOf(who), []uuid.UUID{id}, reference.Day(tx.Now))
	if err != nil {
		return Product{}, err
	}
	if len(products) == 0 {
		return Product{}, fault.ErrNotFound.With()
	}
	return products[0], nil
}

// ChangeProduct changes a product of the producer's. Refused besides what CreateProduct refuses:
// fault.ErrNotFound for a foreign one, fault.ErrStale by match, ErrProductInTrade for what deals
// rely on.
func (s *Service) ChangeProduct(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, change ProductChange) (Product, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Product, error) {
		return s.changeProduct(ctx, tx, who, id, match, change)
	})
}

func (s *Service) changeProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, match Match, change ProductChange) (Product, error) {
	row, err := ownProduct(ctx, tx, who, id)
	if err != nil {
		return Product{}, err
	}
	if err := expect(row.Version, match); err != nil {
		return Product{}, err
	}
	checked, err := change.merged(row.goods).check(s.book)
	if err != nil {
		return Product{}, err
	}
	if _, err := s.alterProduct(ctx, tx, who, row, checked); err != nil {
		return Product{}, err
	}
	return s.shown(ctx, tx, who, id)
}

// alterProduct writes what a locked product is from now on, records it and returns it.
func (s *Service) alterProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, row productRow, checked goods) (productRow, error) {
	if row.Line != checked.Line || row.Form != checked.Form || row.Unit != checked.Unit || row.UnitWeight != checked.UnitWeight {
		fixed, err := inTrade(ctx, tx, row.ID)
		if err != nil {
			return row, err
		}
		if fixed {
			return row, ErrProductInTrade.With()
		}
	}
	row.goods = checked
	if err := updateProduct(ctx, tx, row); err != nil {
		return row, err
	}
	if row.State == Published {
		if err := claimGTINs(ctx, tx, []productRow{row}); err != nil {
			return row, err
		}
	}
	detail := map[string]any{"version": row.Version + 1}
	return row, identity.RecordTx(ctx, tx, who, "product.changed", identity.Subject{Kind: "product", ID: row.ID}, detail)
}

// ownProduct locks a product of the principal's producer for a change.
func ownProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (productRow, error) {
	if err := mayChange(who); err != nil {
		return productRow{}, err
	}
	row, err := lockProduct(ctx, tx, id)
	if err == nil && row.ProducerID != who.OrganisationID {
		err = fault.ErrNotFound.With()
	}
	return row, err
}

// Publish shows a draft or withdrawn product to everybody. Refused: what ChangeProduct refuses,
// ErrProductState, ErrGTINClaimed when another published product has its GTIN.
func (s *Service) Publish(ctx context.Context, who identity.Principal, id uuid.UUID) (Product, error) {
	return s.moveOwn(ctx, who, id, publish, "product.published")
}

// Withdraw takes a product out of the catalogue. Deals that stand go on.
func (s *Service) Withdraw(ctx context.Context, who identity.Principal, id uuid.UUID) (Product, error) {
	return s.moveOwn(ctx, who, id, withdraw, "product.withdrawn")
}

func (s *Service) moveOwn(ctx context.Context, who identity.Principal, id uuid.UUID, move productMove, action string) (Product, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Product, error) {
		row, err := ownProduct(ctx, tx, who, id)
		if err != nil {
			return Product{}, err
		}
		return s.move(ctx, tx, who, row, move, action, "")
	})
}

// Suspend takes a product out of the catalogue by an authority's decision; its producer cannot
// publish it again until Reinstate. Refused: fault.ErrForbidden for who does not oversee
// producers, fault.ErrRequired without a reason, ErrProductState.
func (s *Service) Suspend(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, reason string) (Product, error) {
	if err := mayDecide(who); err != nil {
		return Product{}, err
	}
	if err := checkReason(reason); err != nil {
		return Product{}, err
	}
	return s.moveForeign(ctx, who, id, match, suspend, "product.suspended", oneLine(reason))
}

// Reinstate ends a suspension: the product is withdrawn, and its producer decides when to show it.
func (s *Service) Reinstate(ctx context.Context, who identity.Principal, id uuid.UUID) (Product, error) {
	if err := mayDecide(who); err != nil {
		return Product{}, err
	}
	return s.moveForeign(ctx, who, id, nil, reinstate, "product.reinstated", "")
}

func (s *Service) moveForeign(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, move productMove, action, reason string) (Product, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Product, error) {
		row, err := lockProduct(ctx, tx, id)
		if err != nil {
			return Product{}, err
		}
		if err := expect(row.Version, match); err != nil {
			return Product{}, err
		}
		return s.move(ctx, tx, who, row, move, action, reason)
	})
}

func (s *Service) move(ctx context.Context, tx *postgres.Tx, who identity.Principal, row productRow, move productMove, action, reason string) (Product, error) {
	if err := moveAll(ctx, tx, who, []productRow{row}, move, action, reason); err != nil {
		return Product{}, err
	}
	return s.shown(ctx, tx, who, row.ID)
}

// moveAll takes locked products, all of one state, a step on in their lives and records it.
func moveAll(ctx context.Context, tx *postgres.Tx, who identity.Principal, rows []productRow, move productMove, action, reason string) error {
	state, err := rows[0].State.next(move)
	if err != nil {
		return err
	}
	ids, entries := make([]uuid.UUID, len(rows)), make([]identity.Entry, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		entries[i] = identity.Entry{
			Action: action, Subject: identity.Subject{Kind: "product", ID: row.ID}, Detail: map[string]any{"from": row.State, "to": state},
		}
	}
	if err := moveProducts(ctx, tx, ids, state, reason); err != nil {
		return err
	}
	if state == Published {
		if err := claimGTINs(ctx, tx, rows); err != nil {
			return err
		}
	}
	return identity.RecordAllTx(ctx, tx, who, entries...)
}

// Product returns one product as the reader may see it, from the database; fault.ErrNotFound for
// one the reader may not know of.
func (s *Service) Product(ctx context.Context, who identity.Principal, id uuid.UUID) (Product, error) {
	return s.product(ctx, viewerOf(who), id)
}

func (s *Service) product(ctx context.Context, who viewer, id uuid.UUID) (Product, error) {
	products, err := loadProducts(ctx, s.db, s.book, who, []uuid.UUID{id}, s.today())
	if err != nil {
		return Product{}, err
	}
	if len(products) == 0 {
		return Product{}, fault.ErrNotFound.With()
	}
	return products[0], nil
}

// OwnProducts is a page of a producer's own products, drafts too, newest first, and whether there
// are more. After is the product where the page before ended.
func (s *Service) OwnProducts(ctx context.Context, who identity.Principal, after uuid.UUID, limit int) ([]Product, bool, error) {
	if err := who.MayRead(supplyArea); err != nil {
		return nil, false, err
	}
	if !who.Is(identity.Producer) {
		return nil, false, fault.ErrForbidden.With()
	}
	const query = `
		SELECT p.id FROM catalog.products p
		 WHERE p.producer_id = $1
		   AND (CAST($2 AS uuid) IS NULL
		        OR (p.created_at, p.id) < (SELECT a.created_at, a.id FROM catalog.products a WHERE a.id = $2))
		 ORDER BY p.created_at DESC, p.id DESC LIMIT $3`
	var ids []uuid.UUID
	if err := s.db.Select(ctx, &ids, query, who.OrganisationID, postgres.NullID(after), limit+1); err != nil {
		return nil, false, err
	}
	more := len(ids) > limit
	ids = ids[:min(limit, len(ids))]
	products, err := loadProducts(ctx, s.db, s.book, viewerOf(who), ids, s.today())
	return products, more, err
}
