package shelf

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// SendDocument keeps a document of the producer's, for every system. Refused: whatever MayWrite
// refuses, fault.ErrForbidden for who is no producer, every rule of a document, ErrDocumentExists.
func (s *Service) SendDocument(ctx context.Context, who identity.Principal, document NewDocument) (Document, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Document, error) {
		if err := mayWriteAs(who, identity.Producer); err != nil {
			return Document{}, err
		}
		words, err := s.vocabulary(ctx, tx)
		if err != nil {
			return Document{}, err
		}
		checked, err := document.check(words, reference.Day(tx.Now))
		if err != nil {
			return Document{}, err
		}
		if err := ownProduct(ctx, tx, who, checked.ProductID); err != nil {
			return Document{}, err
		}
		return insertDocument(ctx, tx, who, checked)
	})
}

// ownProduct refuses a product that is not the producer's; no product is nobody's.
func ownProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) error {
	if id == uuid.Nil {
		return nil
	}
	found, err := catalog.ProductsTx(ctx, tx, []uuid.UUID{id})
	if err == nil && found[id].ProducerID != who.OrganisationID {
		err = ErrDocumentProduct.At("product_id")
	}
	return err
}

const selectDocument = `
	SELECT d.id, d.producer_id, d.type, d.product_id, d.number, d.issuer, d.issued_on, d.valid_until, d.invented, d.version,
	       d.created_at, d.updated_at, d.withdrawn_at IS NOT NULL AS withdrawn, d.scan_type, d.scan_size, d.scan_name
	  FROM shelf.documents d`

func insertDocument(ctx context.Context, tx *postgres.Tx, who identity.Principal, d NewDocument) (Document, error) {
	const insert = `
		INSERT INTO shelf.documents (id, producer_id, type, product_id, number, issuer, issued_on, valid_until, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`
	id, err := uuid.NewV7()
	if err != nil {
		return Document{}, fmt.Errorf("naming a document: %w", err)
	}
	_, err = tx.Exec(ctx, insert, id, who.OrganisationID, d.Type, postgres.NullID(d.ProductID), d.Number, d.Issuer, d.IssuedOn, d.ValidUntil, d.Invented, tx.Now)
	if err != nil {
		return Document{}, postgres.MapConstraint(err, byConstraint)
	}
	return recordDocument(ctx, tx, who, id, "document.sent")
}

// recordDocument records what was done with a document and returns it as it is now.
func recordDocument(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, action string) (Document, error) {
	if err := identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "document", ID: id}, nil); err != nil {
		return Document{}, err
	}
	return readDocument(ctx, tx, id)
}

func readDocument(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Document, error) {
	var d Document
	err := tx.Get(ctx, &d, selectDocument+` WHERE d.id = $1`, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return d, fault.ErrNotFound.With()
	}
	d.State = d.stateOn(reference.Day(tx.Now))
	return d, err
}

// WithdrawDocument takes a document back: it counts for nothing any more. Refused:
// fault.ErrNotFound for a foreign one, ErrDocumentWithdrawn.
func (s *Service) WithdrawDocument(ctx context.Context, who identity.Principal, id uuid.UUID) (Document, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Document, error) {
		if err := mayWriteAs(who, identity.Producer); err != nil {
			return Document{}, err
		}
		d, err := readDocument(ctx, tx, id)
		switch {
		case err != nil:
			return Document{}, err
		case d.ProducerID != who.OrganisationID:
			return Document{}, fault.ErrNotFound.With()
		}
		const update = `
			UPDATE shelf.documents SET withdrawn_at = $2, version = version + 1, updated_at = $2 WHERE id = $1 AND withdrawn_at IS NULL`
		n, err := tx.Exec(ctx, update, id, tx.Now)
		if err != nil {
			return Document{}, err
		}
		if n == 0 {
			return Document{}, ErrDocumentWithdrawn.With()
		}
		return recordDocument(ctx, tx, who, id, "document.withdrawn")
	})
}

// Document returns one document, for its producer, for those who oversee producers, and for the
// buyers of a system that the producer asked for its Green Tick; fault.ErrNotFound for others.
func (s *Service) Document(ctx context.Context, who identity.Principal, id uuid.UUID) (Document, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return Document{}, err
	}
	var d Document
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		if d, err = readDocument(ctx, tx, id); err != nil {
			return err
		}
		return mayReadDocument(ctx, tx, who, d)
	})
	if err != nil {
		return Document{}, err
	}
	return d, nil
}

// mayReadDocument refuses with fault.ErrNotFound whoever a document does not concern. A producer
// that asks a system for its Green Tick shows its buyers the papers, those of other products not.
func mayReadDocument(ctx context.Context, reader postgres.Reader, who identity.Principal, d Document) error {
	if who.Is(identity.Producer) && d.ProducerID == who.OrganisationID || who.Oversees(identity.Producer) {
		return nil
	}
	system, err := systemOf(ctx, reader, who)
	if err != nil {
		return err
	}
	const asked = `
		SELECT EXISTS (SELECT 1 FROM shelf.ticks t
		                WHERE t.producer_id = $1 AND t.system = $2 AND t.state NOT IN ('withdrawn', 'refused')
		                  AND (CAST($3 AS uuid) IS NULL OR t.product_id = $3))`
	found := false
	if system != "" {
		if err := reader.Get(ctx, &found, asked, d.ProducerID, system, d.ProductID); err != nil {
			return err
		}
	}
	if !found {
		return fault.ErrNotFound.With()
	}
	return nil
}

func mayReadDocuments(who identity.Principal) error {
	if err := who.MayRead(supplyArea); err != nil {
		return err
	}
	if !who.Is(identity.Producer) && !who.Oversees(identity.Producer) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// Documents is a page of a producer's own documents, newest first; of all for those who oversee
// producers. After is where the page before ended.
func (s *Service) Documents(ctx context.Context, who identity.Principal, after uuid.UUID, limit int) ([]Document, error) {
	if err := mayReadDocuments(who); err != nil {
		return nil, err
	}
	const query = selectDocument + `
		 WHERE (CAST($1 AS uuid) IS NULL OR d.producer_id = $1)
		   AND (CAST($2 AS uuid) IS NULL OR (d.created_at, d.id) < (SELECT a.created_at, a.id FROM shelf.documents a WHERE a.id = $2))
		 ORDER BY d.created_at DESC, d.id DESC LIMIT $3`
	own := who.OrganisationID
	if who.Oversees(identity.Producer) {
		own = uuid.Nil
	}
	documents := []Document{}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		documents = documents[:0]
		if err := tx.Select(ctx, &documents, query, postgres.NullID(own), postgres.NullID(after), limit); err != nil {
			return err
		}
		for i := range documents {
			documents[i].State = documents[i].stateOn(reference.Day(tx.Now))
		}
		return nil
	})
	return documents, err
}
