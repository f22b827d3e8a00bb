package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// AddPhoto adds a photo to a product of the producer's, behind the others. What it is follows from
// its bytes; its metadata is taken off before it is kept. Its sizes are made by a job a moment
// later. Refused: whatever MayWrite refuses, fault.ErrNotFound for a foreign product, ErrPhotoType,
// ErrPhotoSize, ErrPhotoPixels, ErrTooManyPhotos, ErrNoScanStore, fault.ErrTooLong.
func (s *Service) AddPhoto(ctx context.Context, who identity.Principal, product uuid.UUID, captions Captions, photo io.Reader) (Photo, error) {
	if err := s.ownsProduct(ctx, who, product); err != nil {
		return Photo{}, err
	}
	captions, err := captions.check()
	if err != nil {
		return Photo{}, err
	}
	if s.files == nil {
		return Photo{}, ErrNoScanStore.With()
	}
	sent, err := ReadPhoto(photo)
	if err != nil {
		return Photo{}, err
	}
	kept, err := s.files.Keep(ctx, sent.Type, sent.Data)
	if err != nil {
		return Photo{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Photo, error) {
		return addPhoto(ctx, tx, who, product, captions, kept.Key, sent.Orientation)
	})
}

// ownsProduct refuses, before a file is taken in, who may not add it to the product anyway.
func (s *Service) ownsProduct(ctx context.Context, who identity.Principal, product uuid.UUID) error {
	if err := mayChange(who); err != nil {
		return err
	}
	const query = `SELECT EXISTS (SELECT FROM catalog.products WHERE id = $1 AND producer_id = $2)`
	var own bool
	if err := s.db.Get(ctx, &own, query, product, who.OrganisationID); err != nil {
		return err
	}
	if !own {
		return fault.ErrNotFound.With()
	}
	return nil
}

func addPhoto(ctx context.Context, tx *postgres.Tx, who identity.Principal, product uuid.UUID, captions Captions, key string, orientation int) (Photo, error) {
	if _, err := ownProduct(ctx, tx, who, product); err != nil {
		return Photo{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Photo{}, fmt.Errorf("naming a photo: %w", err)
	}
	if err := insertPhoto(ctx, tx, id, product, captions, key, orientation); err != nil {
		return Photo{}, err
	}
	if err := files.HoldTx(ctx, tx, key, id); err != nil {
		return Photo{}, err
	}
	if err := jobs.InsertTx(ctx, tx, makeSizes{Photo: id}); err != nil {
		return Photo{}, err
	}
	photo := Photo{ID: id, State: PhotoProcessing, Caption: captions.Caption, CaptionEN: captions.CaptionEN}
	return photo, recordPhoto(ctx, tx, who, product, "product.photo_added", id)
}

func recordPhoto(ctx context.Context, tx *postgres.Tx, who identity.Principal, product uuid.UUID, action string, photo uuid.UUID) error {
	return identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "product", ID: product}, map[string]any{"photo": photo})
}

// ChangePhoto changes the captions of a photo or its place among the others, and returns the
// product. Refused: whatever MayWrite refuses, fault.ErrNotFound for a foreign product or photo,
// fault.ErrTooLong.
func (s *Service) ChangePhoto(ctx context.Context, who identity.Principal, product, id uuid.UUID, change PhotoChange) (Product, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Product, error) {
		return s.changePhoto(ctx, tx, who, product, id, change)
	})
}

func (s *Service) changePhoto(ctx context.Context, tx *postgres.Tx, who identity.Principal, product, id uuid.UUID, change PhotoChange) (Product, error) {
	if _, err := ownProduct(ctx, tx, who, product); err != nil {
		return Product{}, err
	}
	row, err := lockPhoto(ctx, tx, product, id)
	if err != nil {
		return Product{}, err
	}
	captions, err := change.merged(Captions{Caption: row.Caption, CaptionEN: row.CaptionEN}).check()
	if err != nil {
		return Product{}, err
	}
	if err := updateCaptions(ctx, tx, id, captions); err != nil {
		return Product{}, err
	}
	if change.Position != nil {
		order, err := photoOrder(ctx, tx, product)
		if err != nil {
			return Product{}, err
		}
		if err := orderPhotos(ctx, tx, rearranged(order, id, *change.Position)); err != nil {
			return Product{}, err
		}
	}
	if err := recordPhoto(ctx, tx, who, product, "product.photo_changed", id); err != nil {
		return Product{}, err
	}
	return s.shown(ctx, tx, who, product)
}

// RemovePhoto removes a photo. Refused: what ChangePhoto refuses.
func (s *Service) RemovePhoto(ctx context.Context, who identity.Principal, product, id uuid.UUID) error {
	_, err := idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (struct{}, error) {
		return struct{}{}, removePhoto(ctx, tx, who, product, id)
	})
	return err
}

func removePhoto(ctx context.Context, tx *postgres.Tx, who identity.Principal, product, id uuid.UUID) error {
	if _, err := ownProduct(ctx, tx, who, product); err != nil {
		return err
	}
	row, err := lockPhoto(ctx, tx, product, id)
	if err != nil {
		return err
	}
	if err := deletePhoto(ctx, tx, row); err != nil {
		return err
	}
	order, err := photoOrder(ctx, tx, product)
	if err != nil {
		return err
	}
	if err := orderPhotos(ctx, tx, order); err != nil {
		return err
	}
	return recordPhoto(ctx, tx, who, product, "product.photo_removed", id)
}

// PhotoFile is a JPEG of a photo, to be closed by the caller.
type PhotoFile struct {
	io.ReadCloser

	// Key names the bytes: another key, other bytes.
	Key   string
	Bytes int64
	// Public tells that anybody may see it, and so may keep it.
	Public bool
}

// PhotoFile opens a size of a photo for who may know of its product; fault.ErrNotFound otherwise,
// and while the sizes are not made.
func (s *Service) PhotoFile(ctx context.Context, who identity.Principal, id uuid.UUID, size string) (PhotoFile, error) {
	if s.files == nil || !slices.ContainsFunc(photoSizes(), func(each photoSize) bool { return each.name == size }) {
		return PhotoFile{}, fault.ErrNotFound.With()
	}
	const query = `
		SELECT f.sizes, p.producer_id, p.state, r.approved
		  FROM catalog.photos f JOIN catalog.products p ON p.id = f.product_id JOIN catalog.producers r ON r.id = p.producer_id
		 WHERE f.id = $1 AND f.state = 'ready'`
	var row struct {
		Sizes      postgres.JSON[map[string]storedSize] `db:"sizes"`
		ProducerID uuid.UUID                            `db:"producer_id"`
		State      ProductState                         `db:"state"`
		Approved   bool                                 `db:"approved"`
	}
	err := s.db.Get(ctx, &row, query, id)
	if errors.Is(err, postgres.ErrNoRows) || err == nil && !viewerOf(who).seesProduct(row.ProducerID, row.State, row.Approved) {
		return PhotoFile{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return PhotoFile{}, err
	}
	found := row.Sizes.V[size]
	content, err := s.files.Open(ctx, found.Key)
	if err != nil {
		return PhotoFile{}, fmt.Errorf("opening the photo %s: %w", id, err)
	}
	return PhotoFile{ReadCloser: content, Key: found.Key, Bytes: found.Bytes, Public: row.State == Published && row.Approved}, nil
}
