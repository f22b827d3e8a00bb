package catalog

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // registers the decoder of headers
	_ "image/png"  // registers the decoder of headers
	"io"
	"net/http"
	"os"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Limits of a scan.
const (
	MaxScanBytes  = 10 << 20
	maxScanPixels = 50_000_000
	sniffed       = 512 // bytes that tell a type (net/http.DetectContentType)
)

// PutScan keeps the scan of a submitted certificate, replacing an earlier one. What it is follows
// from its bytes, not from what the sender says. Refused: whatever MayWrite refuses,
// fault.ErrNotFound for a foreign certificate, ErrCertificateState once it was decided about,
// ErrScanType, ErrScanSize, ErrNoScanStore.
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
// end, because of a refusal or because the request was a repetition, is dropped.
func (s *Service) withScan(ctx context.Context, scan io.Reader, do func(context.Context, *postgres.Tx, scanFile) (Certificate, error)) (Certificate, error) {
	if s.files == "" {
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
	name, err := s.keepScan(data)
	if err != nil {
		return Certificate{}, err
	}
	named := false
	certificate, err := idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Certificate, error) {
		done, err := do(ctx, tx, scanFile{Type: kind, Size: int64(len(data)), Name: name})
		named = err == nil
		return done, err
	})
	if err != nil || !named {
		s.dropScan(name)
	}
	return certificate, err
}

// scanType tells a scan's media type from its bytes.
func scanType(data []byte) (string, error) {
	if len(data) > MaxScanBytes {
		return "", ErrScanSize.With("max", MaxScanBytes>>20)
	}
	switch kind := http.DetectContentType(data[:min(len(data), sniffed)]); kind {
	case "application/pdf":
		return kind, nil
	case "image/jpeg", "image/png":
		config, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return "", ErrScanType.With().Because(err)
		}
		if config.Width <= 0 || config.Height <= 0 || config.Width > maxScanPixels/config.Height {
			return "", ErrScanSize.With("max", MaxScanBytes>>20)
		}
		return kind, nil
	default:
		return "", ErrScanType.With()
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
		UPDATE catalog.certificates
		   SET scan_type = $2, scan_size = $3, scan_name = $4, version = version + 1, updated_at = $5
		 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, id, scan.Type, scan.Size, scan.Name, tx.Now); err != nil {
		return Certificate{}, err
	}
	detail := map[string]any{"type": scan.Type, "size": scan.Size}
	return recordCertificate(ctx, tx, who, id, "certificate.scanned", detail)
}

// Scan is a stored scan, to be closed by the caller.
type Scan struct {
	io.ReadCloser

	Type string
	Size int64
}

// Scan opens the scan of a certificate, for its holder and for those who oversee producers;
// fault.ErrNotFound when there is none.
func (s *Service) Scan(ctx context.Context, who identity.Principal, id uuid.UUID) (Scan, error) {
	if _, err := s.visibleCertificate(ctx, who, id); err != nil {
		return Scan{}, err
	}
	const query = `
		SELECT coalesce(scan_type, '') AS scan_type, coalesce(scan_size, 0) AS scan_size, coalesce(scan_name, '') AS scan_name
		  FROM catalog.certificates WHERE id = $1`
	var scan scanFile
	if err := s.db.Get(ctx, &scan, query, id); err != nil {
		return Scan{}, err
	}
	if scan.Name == "" || s.files == "" {
		return Scan{}, fault.ErrNotFound.With()
	}
	folder, err := os.OpenRoot(s.files)
	if err != nil {
		return Scan{}, fmt.Errorf("opening the folder of scans: %w", err)
	}
	defer folder.Close()
	file, err := folder.Open(scan.Name)
	if err != nil {
		return Scan{}, fmt.Errorf("opening a scan: %w", err)
	}
	return Scan{ReadCloser: file, Type: scan.Type, Size: scan.Size}, nil
}

// keepScan writes a scan under a name of our own and returns the name.
func (s *Service) keepScan(data []byte) (string, error) {
	if err := os.MkdirAll(s.files, 0o700); err != nil {
		return "", fmt.Errorf("making the folder of scans: %w", err)
	}
	folder, err := os.OpenRoot(s.files)
	if err != nil {
		return "", fmt.Errorf("opening the folder of scans: %w", err)
	}
	defer folder.Close()
	name := "scan-" + uuid.NewString()
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("keeping a scan: %w", err)
	}
	_, err = file.Write(data)
	if syncErr := file.Sync(); err == nil {
		err = syncErr
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", fmt.Errorf("keeping a scan: %w", err)
	}
	return name, nil
}

// dropScan removes a scan that no certificate names. One that stays costs room and nothing else.
func (s *Service) dropScan(name string) {
	folder, err := os.OpenRoot(s.files)
	if err != nil {
		return
	}
	defer folder.Close()
	_ = folder.Remove(name)
}
