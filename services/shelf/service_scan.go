package shelf

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// PutScan keeps the scan of a document, replacing an earlier one. What it is follows from its bytes.
// Refused: whatever MayWrite refuses, fault.ErrNotFound for a foreign document, ErrDocumentWithdrawn,
// and what catalog.ReadScan refuses.
func (s *Service) PutScan(ctx context.Context, who identity.Principal, id uuid.UUID, scan io.Reader) (Document, error) {
	if err := mayWriteAs(who, identity.Producer); err != nil {
		return Document{}, err
	}
	if s.files == nil {
		return Document{}, catalog.ErrNoScanStore.With()
	}
	data, kind, err := catalog.ReadScan(scan)
	if err != nil {
		return Document{}, err
	}
	kept, err := s.files.Keep(ctx, kind, data)
	if err != nil {
		return Document{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Document, error) {
		return putScan(ctx, tx, who, id, kept)
	})
}

func putScan(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, kept files.Kept) (Document, error) {
	const lock = `SELECT id FROM shelf.documents WHERE id = $1 AND producer_id = $2 FOR UPDATE`
	const update = `
		UPDATE shelf.documents SET scan_type = $2, scan_size = $3, scan_name = $4, version = version + 1, updated_at = $5 WHERE id = $1`
	var locked []uuid.UUID
	if err := tx.Select(ctx, &locked, lock, id, who.OrganisationID); err != nil {
		return Document{}, err
	}
	if len(locked) == 0 {
		return Document{}, fault.ErrNotFound.With()
	}
	before, err := readDocument(ctx, tx, id)
	if err != nil {
		return Document{}, err
	}
	if before.Withdrawn {
		return Document{}, ErrDocumentWithdrawn.With()
	}
	if _, err := tx.Exec(ctx, update, id, kept.Type, kept.Size, kept.Key, tx.Now); err != nil {
		return Document{}, err
	}
	if before.ScanName != "" && before.ScanName != kept.Key {
		if err := files.ReleaseTx(ctx, tx, before.ScanName, id); err != nil {
			return Document{}, err
		}
	}
	if err := files.HoldTx(ctx, tx, kept.Key, id); err != nil {
		return Document{}, err
	}
	return recordDocument(ctx, tx, who, id, "document.scanned")
}

// Scan opens the scan of a document, for whom Document shows it; fault.ErrNotFound when there is
// none.
func (s *Service) Scan(ctx context.Context, who identity.Principal, id uuid.UUID) (files.Content, error) {
	d, err := s.Document(ctx, who, id)
	if err != nil {
		return files.Content{}, err
	}
	if d.ScanName == "" || s.files == nil {
		return files.Content{}, fault.ErrNotFound.With()
	}
	content, err := s.files.Open(ctx, d.ScanName)
	if err != nil {
		return files.Content{}, fmt.Errorf("opening the scan of the document %s: %w", id, err)
	}
	return files.Content{ReadCloser: content, Type: d.ScanType, Size: d.ScanSize}, nil
}
