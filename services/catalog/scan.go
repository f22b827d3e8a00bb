package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/picture"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Limits of a scan.
const (
	MaxScanBytes  = 10 << 20
	maxScanPixels = 50_000_000
	megapixel     = 1_000_000
	pdf           = "application/pdf"
	trailer       = 1024 // bytes at the end of a PDF within which its trailer ends
)

// PutScan keeps the scan of a submitted certificate, replacing an earlier one. What it is follows
// from its bytes, not from what the sender says. Refused: whatever MayWrite refuses,
// fault.ErrNotFound for a foreign certificate, ErrCertificateState once it was decided about,
// ErrScanType, ErrScanSize, ErrScanPixels, ErrNoScanStore.
func (s *Service) PutScan(ctx context.Context, who identity.Principal, id uuid.UUID, scan io.Reader) (Certificate, error) {
	if err := mayChange(who); err != nil {
		return Certificate{}, err
	}
	return s.withScan(ctx, scan, func(ctx context.Context, tx *postgres.Tx, file scanFile) (Certificate, error) {
		return putScan(ctx, tx, who, id, file)
	})
}

// SubmitScanned is SubmitCertificate with the scan, in one act: what refuses one refuses both.
func (s *Service) SubmitScanned(ctx context.Context, who identity.Principal, certificate NewCertificate, scan io.Reader) (Certificate, error) {
	if err := mayChange(who); err != nil {
		return Certificate{}, err
	}
	return s.withScan(ctx, scan, func(ctx context.Context, tx *postgres.Tx, file scanFile) (Certificate, error) {
		made, err := s.submitCertificate(ctx, tx, who, certificate)
		if err != nil {
			return Certificate{}, err
		}
		return putScan(ctx, tx, who, made.ID, file)
	})
}

// withScan keeps a scan and does in a transaction what names it. A scan that nothing names in the
// end, because of a refusal or because the request was a repetition, is swept away.
func (s *Service) withScan(ctx context.Context, scan io.Reader, do func(context.Context, *postgres.Tx, scanFile) (Certificate, error)) (Certificate, error) {
	if s.files == nil {
		return Certificate{}, ErrNoScanStore.With()
	}
	data, err := io.ReadAll(io.LimitReader(scan, MaxScanBytes+1))
	if err != nil {
		return Certificate{}, fmt.Errorf("reading a scan: %w", err)
	}
	kind, err := scanType(data)
	if err != nil {
		return Certificate{}, err
	}
	kept, err := s.files.Keep(ctx, kind, data)
	if err != nil {
		return Certificate{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Certificate, error) {
		return do(ctx, tx, scanFile{Type: kept.Type, Size: kept.Size, Name: kept.Key})
	})
}

// scanType tells a scan's media type from its bytes; of pictures it reads the headers alone.
func scanType(data []byte) (string, error) {
	if len(data) > MaxScanBytes {
		return "", ErrScanSize.With("max", MaxScanBytes>>20)
	}
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		// It ends with its trailer, behind which a few bytes may stand (ISO 32000-1, 7.5.5 and H.3).
		if !bytes.Contains(data[max(0, len(data)-trailer):], []byte("%%EOF")) {
			return "", ErrScanType.With()
		}
		return pdf, nil
	}
	info, err := picture.Read(data, picture.Limits{Pixels: maxScanPixels, Memory: math.MaxInt64}) // it is never decoded
	switch {
	case errors.Is(err, picture.ErrTooLarge):
		return "", ErrScanPixels.With("max", maxScanPixels/megapixel).Because(err)
	case err != nil:
		return "", ErrScanType.With().Because(err)
	default:
		return info.Type, nil
	}
}

type scanFile struct {
	Type string `db:"scan_type"`
	Size int64  `db:"scan_size"`
	Name string `db:"scan_name"`
}

func putScan(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, scan scanFile) (Certificate, error) {
	row, err := lockCertificate(ctx, tx, id)
	switch {
	case err != nil:
		return Certificate{}, err
	case row.ProducerID != who.OrganisationID:
		return Certificate{}, fault.ErrNotFound.With()
	case row.State != Submitted:
		return Certificate{}, ErrCertificateState.With("state", string(row.State), "action", "scan")
	}
	const update = `
		UPDATE catalog.certificates c
		   SET scan_type = $2, scan_size = $3, scan_name = $4, version = version + 1, updated_at = $5
		  FROM (SELECT coalesce(scan_name, '') AS scan_name FROM catalog.certificates WHERE id = $1) before
		 WHERE c.id = $1 RETURNING before.scan_name`
	var before string
	if err := tx.Get(ctx, &before, update, id, scan.Type, scan.Size, scan.Name, tx.Now); err != nil {
		return Certificate{}, err
	}
	if err := exchangeFile(ctx, tx, id, before, scan.Name); err != nil {
		return Certificate{}, err
	}
	detail := map[string]any{"type": scan.Type, "size": scan.Size}
	return recordCertificate(ctx, tx, who, id, "certificate.scanned", detail)
}

// exchangeFile lets a thing hold another file than before. One that was kept before files were
// named by their content is held by nobody and stays.
func exchangeFile(ctx context.Context, tx *postgres.Tx, holder uuid.UUID, before, after string) error {
	if before != after && before != "" {
		if err := files.ReleaseTx(ctx, tx, before, holder); err != nil {
			return err
		}
	}
	return files.HoldTx(ctx, tx, after, holder)
}

// Scan opens the scan of a certificate, for its holder and for those who oversee producers;
// fault.ErrNotFound when there is none.
func (s *Service) Scan(ctx context.Context, who identity.Principal, id uuid.UUID) (files.Content, error) {
	if _, err := s.visibleCertificate(ctx, who, id); err != nil {
		return files.Content{}, err
	}
	const query = `
		SELECT coalesce(scan_type, '') AS scan_type, coalesce(scan_size, 0) AS scan_size, coalesce(scan_name, '') AS scan_name
		  FROM catalog.certificates WHERE id = $1`
	var scan scanFile
	if err := s.db.Get(ctx, &scan, query, id); err != nil {
		return files.Content{}, err
	}
	if scan.Name == "" || s.files == nil {
		return files.Content{}, fault.ErrNotFound.With()
	}
	content, err := s.files.Open(ctx, scan.Name)
	if err != nil {
		return files.Content{}, fmt.Errorf("opening the scan of the certificate %s: %w", id, err)
	}
	return files.Content{ReadCloser: content, Type: scan.Type, Size: scan.Size}, nil
}
