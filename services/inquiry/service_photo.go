package inquiry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// maxReceiptPhotos is how many photos a delivery has at most; the constraint delivery_photos_limit
// says it too.
const maxReceiptPhotos = 12

// ReceiptPhoto is a photo of what came.
type ReceiptPhoto struct {
	ID          uuid.UUID `db:"id"          json:"id"`
	DeliveryID  uuid.UUID `db:"delivery_id" json:"delivery_id"`
	Type        string    `db:"media_type"  json:"type"`
	Size        int64     `db:"size"        json:"size"        doc:"Bytes."`
	Orientation int       `db:"orientation" json:"orientation" doc:"How it is to be turned, as in EXIF: 1 to 8. Where and when it was taken is removed."`
	CreatedAt   time.Time `db:"created_at"  json:"created_at"`
}

// AddReceiptPhoto adds a photo of what came, for the buyer. Refused: fault.ErrNotFound for a foreign
// delivery, ErrDeliveryState before the goods left, ErrTooManyReceiptPhotos, and what
// catalog.ReadPhoto refuses.
func (s *Service) AddReceiptPhoto(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, photo io.Reader) (ReceiptPhoto, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return ReceiptPhoto{}, err
	}
	if _, err := awardOfDelivery(ctx, s.db, who, deliveryID); err != nil {
		return ReceiptPhoto{}, err
	}
	return s.addPhoto(ctx, who, receiver{actor: byReceiver}, deliveryID, photo)
}

// AddDockPhoto is AddReceiptPhoto for whoever has the code of a link. Refused besides as Dock.
func (s *Service) AddDockPhoto(ctx context.Context, code string, photo io.Reader) (ReceiptPhoto, error) {
	pass, err := s.enter(ctx, code)
	if err != nil {
		return ReceiptPhoto{}, err
	}
	return s.addPhoto(ctx, identity.DockPrincipal(pass.BuyerID), receiver{byDock, pass.LinkID}, pass.DeliveryID, photo)
}

func (s *Service) addPhoto(ctx context.Context, who identity.Principal, by receiver, deliveryID uuid.UUID, photo io.Reader) (ReceiptPhoto, error) {
	if s.files == nil {
		return ReceiptPhoto{}, catalog.ErrNoScanStore.With()
	}
	sent, err := catalog.ReadPhoto(photo)
	if err != nil {
		return ReceiptPhoto{}, err
	}
	kept, err := s.files.Keep(ctx, sent.Type, sent.Data)
	if err != nil {
		return ReceiptPhoto{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (ReceiptPhoto, error) {
		d, err := lockDelivery(ctx, tx, who, deliveryID)
		if err != nil {
			return ReceiptPhoto{}, err
		}
		if _, err := d.state(tx.Now).next(movePhoto, by.actor); err != nil {
			return ReceiptPhoto{}, err
		}
		id, err := newID()
		if err != nil {
			return ReceiptPhoto{}, err
		}
		added := ReceiptPhoto{ID: id, DeliveryID: d.ID, Type: kept.Type, Size: kept.Size, Orientation: sent.Orientation, CreatedAt: tx.Now}
		if err := insertReceiptPhoto(ctx, tx, added, kept.Key); err != nil {
			return ReceiptPhoto{}, err
		}
		if err := files.HoldTx(ctx, tx, kept.Key, id); err != nil {
			return ReceiptPhoto{}, err
		}
		detail := by.detail(d.AwardID)
		detail["photo"] = id
		return added, identity.RecordTx(ctx, tx, who, "delivery.photo_added", subjectDelivery(d.ID), detail)
	})
}

func insertReceiptPhoto(ctx context.Context, tx *postgres.Tx, photo ReceiptPhoto, key string) error {
	const insert = `
		INSERT INTO inquiry.delivery_photos (id, delivery_id, position, file, media_type, size, orientation, created_at)
		SELECT $1, $2, count(*) + 1, $3, $4, $5, $6, $7 FROM inquiry.delivery_photos WHERE delivery_id = $2`
	_, err := tx.Exec(ctx, insert, photo.ID, photo.DeliveryID, key, photo.Type, photo.Size, photo.Orientation, photo.CreatedAt)
	if postgres.Constraint(err) == "delivery_photos_limit" {
		return ErrTooManyReceiptPhotos.With("max", maxReceiptPhotos).Because(err)
	}
	return err
}

// ReceiptPhotos lists the photos of a delivery for its buyer and its producer, oldest first.
func (s *Service) ReceiptPhotos(ctx context.Context, who identity.Principal, deliveryID uuid.UUID) ([]ReceiptPhoto, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if _, err := awardOfDelivery(ctx, s.db, who, deliveryID); err != nil {
		return nil, err
	}
	const query = `
		SELECT id, delivery_id, media_type, size, orientation, created_at FROM inquiry.delivery_photos
		 WHERE delivery_id = $1 ORDER BY position`
	photos := []ReceiptPhoto{}
	err := s.db.Select(ctx, &photos, query, deliveryID)
	return photos, err
}

// ReceiptPhoto opens a photo for the buyer and the producer of its delivery. Refused:
// fault.ErrNotFound.
func (s *Service) ReceiptPhoto(ctx context.Context, who identity.Principal, deliveryID, photoID uuid.UUID) (files.Content, error) {
	if err := who.MayRead(area); err != nil {
		return files.Content{}, err
	}
	if _, err := awardOfDelivery(ctx, s.db, who, deliveryID); err != nil {
		return files.Content{}, err
	}
	const query = `SELECT file, media_type, size FROM inquiry.delivery_photos WHERE id = $1 AND delivery_id = $2`
	var row struct {
		File string `db:"file"`
		Type string `db:"media_type"`
		Size int64  `db:"size"`
	}
	err := s.db.Get(ctx, &row, query, photoID, deliveryID)
	if errors.Is(err, postgres.ErrNoRows) || err == nil && s.files == nil {
		return files.Content{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return files.Content{}, err
	}
	content, err := s.files.Open(ctx, row.File)
	if err != nil {
		return files.Content{}, fmt.Errorf("opening the photo %s: %w", photoID, err)
	}
	return files.Content{ReadCloser: content, Type: row.Type, Size: row.Size}, nil
}
