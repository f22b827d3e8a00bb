package catalog

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// storedPhoto is a photo as catalog.product_pages writes it.
type storedPhoto struct {
	ID        uuid.UUID             `json:"id"`
	State     PhotoState            `json:"state"`
	Reason    string                `json:"reason"`
	Caption   string                `json:"caption"`
	CaptionEN string                `json:"caption_en"`
	Sizes     map[string]storedSize `json:"sizes"`
}

// storedSize is a JPEG made of a photo: what it is called in files.kept, and what it measures.
type storedSize struct {
	Key    string `json:"key"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Bytes  int64  `json:"bytes"`
}

func (p storedPhoto) photo() Photo {
	photo := Photo{ID: p.ID, State: p.State, Reason: p.Reason, Caption: p.Caption, CaptionEN: p.CaptionEN}
	if p.State == PhotoReady {
		photo.Sizes = &PhotoSizes{Thumb: p.size("thumb"), Medium: p.size("medium"), Large: p.size("large")}
	}
	return photo
}

func (p storedPhoto) size(name string) PhotoSize {
	return PhotoSize{URL: "/v1/photos/" + p.ID.String() + "/" + name + photoEnding, Width: p.Sizes[name].Width, Height: p.Sizes[name].Height}
}

// photoRow is a photo held for a change.
type photoRow struct {
	ID          uuid.UUID                            `db:"id"`
	ProductID   uuid.UUID                            `db:"product_id"`
	State       PhotoState                           `db:"state"`
	Caption     string                               `db:"caption"`
	CaptionEN   string                               `db:"caption_en"`
	Upload      string                               `db:"upload"`
	Orientation int                                  `db:"orientation"`
	Sizes       postgres.JSON[map[string]storedSize] `db:"sizes"`
}

// lockPhoto reads a photo and holds it until the transaction ends; fault.ErrNotFound when there is
// none, or none of that product. The zero product means any.
func lockPhoto(ctx context.Context, tx *postgres.Tx, product, id uuid.UUID) (photoRow, error) {
	const query = `
		SELECT id, product_id, state, caption, caption_en, upload, orientation, sizes
		  FROM catalog.photos WHERE id = $1 AND (CAST($2 AS uuid) IS NULL OR product_id = $2) FOR UPDATE`
	var row photoRow
	err := tx.Get(ctx, &row, query, id, postgres.NullID(product))
	if errors.Is(err, postgres.ErrNoRows) {
		return row, fault.ErrNotFound.With()
	}
	return row, err
}

// insertPhoto adds a photo behind the others; one too many violates photos_limit.
func insertPhoto(ctx context.Context, tx *postgres.Tx, id, product uuid.UUID, captions Captions, key string, orientation int) error {
	const insert = `
		INSERT INTO catalog.photos (id, product_id, position, state, caption, caption_en, upload, orientation, created_at, updated_at)
		SELECT $1, $2, coalesce(max(position), 0) + 1, 'processing', $3, $4, $5, $6, $7, $7
		  FROM catalog.photos WHERE product_id = $2`
	_, err := tx.Exec(ctx, insert, id, product, captions.Caption, captions.CaptionEN, key, orientation, tx.Now)
	if postgres.Constraint(err) == "photos_limit" {
		return ErrTooManyPhotos.With("max", MaxPhotos).Because(err)
	}
	return err
}

func updateCaptions(ctx context.Context, tx *postgres.Tx, id uuid.UUID, captions Captions) error {
	const update = `UPDATE catalog.photos SET caption = $2, caption_en = $3, updated_at = $4 WHERE id = $1`
	_, err := tx.Exec(ctx, update, id, captions.Caption, captions.CaptionEN, tx.Now)
	return err
}

// photoOrder are a product's photos in their order. The product is locked.
func photoOrder(ctx context.Context, tx *postgres.Tx, product uuid.UUID) ([]uuid.UUID, error) {
	const query = `SELECT id FROM catalog.photos WHERE product_id = $1 ORDER BY position`
	var order []uuid.UUID
	err := tx.Select(ctx, &order, query, product)
	return order, err
}

// orderPhotos numbers a product's photos anew. The product is locked.
func orderPhotos(ctx context.Context, tx *postgres.Tx, order []uuid.UUID) error {
	const update = `
		UPDATE catalog.photos f SET position = n.position, updated_at = $2
		  FROM unnest(CAST($1 AS uuid[])) WITH ORDINALITY AS n(id, position)
		 WHERE f.id = n.id AND f.position <> n.position`
	_, err := tx.Exec(ctx, update, postgres.Array(order), tx.Now)
	return err
}

// deletePhoto removes a photo and lets go of its files; they go a day later.
func deletePhoto(ctx context.Context, tx *postgres.Tx, row photoRow) error {
	const remove = `DELETE FROM catalog.photos WHERE id = $1`
	if _, err := tx.Exec(ctx, remove, row.ID); err != nil {
		return err
	}
	keys := []string{row.Upload}
	for _, size := range row.Sizes.V {
		keys = append(keys, size.Key)
	}
	for _, key := range keys {
		if err := files.ReleaseTx(ctx, tx, key, row.ID); err != nil {
			return err
		}
	}
	return nil
}

// endPhoto writes how the making of a photo's sizes ended: they are there, or why not.
func endPhoto(ctx context.Context, tx *postgres.Tx, id uuid.UUID, sizes map[string]storedSize, reason string) error {
	const update = `
		UPDATE catalog.photos SET state = CASE WHEN $3 = '' THEN 'ready' ELSE 'failed' END, sizes = $2, reason = $3, updated_at = $4
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, id, postgres.JSON[map[string]storedSize]{V: sizes}, reason, tx.Now)
	return err
}
