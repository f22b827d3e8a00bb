package shelf

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// Sheet is what was told, whole.
type Sheet struct {
	Facts     Facts     `json:"facts"              doc:"By the codes of /v1/shelf/fields: texts, true or false, whole numbers."`
	Version   int64     `json:"version"            doc:"0 as long as nothing was told."`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

type sheetRow struct {
	ID        uuid.UUID            `db:"id"`
	Facts     postgres.JSON[Facts] `db:"facts"`
	Version   int64                `db:"version"`
	UpdatedAt time.Time            `db:"updated_at"`
}

const (
	selectProductFacts  = `SELECT product_id AS id, facts, version, updated_at FROM shelf.product_facts WHERE product_id = ANY (CAST($1 AS uuid[]))`
	selectProducerFacts = `SELECT producer_id AS id, facts, version, updated_at FROM shelf.producer_facts WHERE producer_id = ANY (CAST($1 AS uuid[]))`
)

// sheets reads what was told of several products, or by several producers.
func sheets(ctx context.Context, reader postgres.Reader, query string, ids []uuid.UUID) (map[uuid.UUID]Sheet, error) {
	var rows []sheetRow
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]Sheet, len(rows))
	for _, row := range rows {
		found[row.ID] = Sheet{Facts: row.Facts.V, Version: row.Version, UpdatedAt: row.UpdatedAt.UTC()}
	}
	return found, nil
}

// ProductFacts returns what was told of a product's label, to whoever may know of the product:
// a label is public. fault.ErrNotFound to others.
func (s *Service) ProductFacts(ctx context.Context, who identity.Principal, product uuid.UUID) (Sheet, error) {
	if _, err := s.catalog.Product(ctx, who, product); err != nil {
		return Sheet{}, err
	}
	found, err := sheets(ctx, s.db, selectProductFacts, []uuid.UUID{product})
	return orNothing(found[product]), err
}

func orNothing(sheet Sheet) Sheet {
	if sheet.Facts == nil {
		sheet.Facts = Facts{}
	}
	return sheet
}

// SetProductFacts replaces what is told of a product's label. Refused: whatever MayWrite refuses,
// fault.ErrNotFound for a foreign product, fault.ErrStale by match, every rule of the fields.
func (s *Service) SetProductFacts(ctx context.Context, who identity.Principal, product uuid.UUID, match Match, facts Facts) (Sheet, error) {
	const write = `
		INSERT INTO shelf.product_facts AS t (product_id, facts, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (product_id) DO UPDATE SET facts = excluded.facts, version = t.version + 1, updated_at = excluded.updated_at
		 WHERE t.version = $4
		RETURNING product_id AS id, facts, version, updated_at`
	const current = `SELECT version FROM shelf.product_facts WHERE product_id = $1 FOR UPDATE`
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Sheet, error) {
		if err := mayWriteAs(who, identity.Producer); err != nil {
			return Sheet{}, err
		}
		found, err := catalog.ProductsTx(ctx, tx, []uuid.UUID{product})
		if err != nil {
			return Sheet{}, err
		}
		if found[product].ProducerID != who.OrganisationID {
			return Sheet{}, fault.ErrNotFound.With()
		}
		return s.setFacts(ctx, tx, who, telling{
			id: product, subject: aboutProduct, current: current, write: write, action: "product.facts_changed",
			recorded: identity.Subject{Kind: "product", ID: product},
		}, match, facts)
	})
}

// Terms returns what the producer accepts, to the producer alone.
func (s *Service) Terms(ctx context.Context, who identity.Principal) (Sheet, error) {
	if err := who.MayRead(supplyArea); err != nil {
		return Sheet{}, err
	}
	if !who.Is(identity.Producer) {
		return Sheet{}, fault.ErrForbidden.With()
	}
	found, err := sheets(ctx, s.db, selectProducerFacts, []uuid.UUID{who.OrganisationID})
	return orNothing(found[who.OrganisationID]), err
}

// SetTerms replaces what the producer accepts. Refused: whatever MayWrite refuses,
// fault.ErrForbidden for who is no producer, fault.ErrStale by match, every rule of the fields.
func (s *Service) SetTerms(ctx context.Context, who identity.Principal, match Match, facts Facts) (Sheet, error) {
	const write = `
		INSERT INTO shelf.producer_facts AS t (producer_id, facts, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (producer_id) DO UPDATE SET facts = excluded.facts, version = t.version + 1, updated_at = excluded.updated_at
		 WHERE t.version = $4
		RETURNING producer_id AS id, facts, version, updated_at`
	const current = `SELECT version FROM shelf.producer_facts WHERE producer_id = $1 FOR UPDATE`
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Sheet, error) {
		if err := mayWriteAs(who, identity.Producer); err != nil {
			return Sheet{}, err
		}
		return s.setFacts(ctx, tx, who, telling{
			id: who.OrganisationID, subject: aboutProducer, current: current, write: write, action: "organisation.terms_changed",
			recorded: identity.Subject{Kind: "organisation", ID: who.OrganisationID},
		}, match, facts)
	})
}

// telling is whose facts are written and how.
type telling struct {
	id             uuid.UUID
	subject        string
	current, write string
	action         string
	recorded       identity.Subject
}

func (s *Service) setFacts(ctx context.Context, tx *postgres.Tx, who identity.Principal, t telling, match Match, facts Facts) (Sheet, error) {
	words, err := s.vocabulary(ctx, tx)
	if err != nil {
		return Sheet{}, err
	}
	checked, err := facts.check(words, t.subject)
	if err != nil {
		return Sheet{}, err
	}
	var version int64
	if err := tx.Get(ctx, &version, t.current, t.id); err != nil && !errors.Is(err, postgres.ErrNoRows) {
		return Sheet{}, err
	}
	if err := expect(version, match); err != nil {
		return Sheet{}, err
	}
	var row sheetRow
	err = tx.Get(ctx, &row, t.write, t.id, postgres.JSON[Facts]{V: checked}, tx.Now, version)
	if errors.Is(err, postgres.ErrNoRows) { // somebody was first to tell anything
		return Sheet{}, fmt.Errorf("%w: %w", postgres.ErrRetry, err)
	}
	if err != nil {
		return Sheet{}, err
	}
	err = identity.RecordTx(ctx, tx, who, t.action, t.recorded, map[string]any{"version": row.Version})
	return Sheet{Facts: row.Facts.V, Version: row.Version, UpdatedAt: row.UpdatedAt.UTC()}, err
}
