package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// contentPrefix begins a key that follows from the content.
const contentPrefix = "sha256-"

// grace is how long content stays that nobody holds: longer than any request takes between keeping
// it and naming it, and long enough to undo a mistake.
const grace = 24 * time.Hour

// Kept is content in the store.
type Kept struct {
	Key  string
	Type string // the media type
	Size int64  // in bytes
}

// Keeper keeps content by what it is. The schema files holds what it knows.
type Keeper struct {
	db    *postgres.DB
	store Store
}

// NewKeeper returns a keeper of the files of one database and one store.
func NewKeeper(db *postgres.DB, store Store) *Keeper { return &Keeper{db: db, store: store} }

// Keep puts content into the store; the same content twice is kept once. Name it in a transaction
// with [HoldTx] within a day, or it is swept away again.
//
// The database learns of it before the store does: no crash leaves bytes that nobody knows of.
func (k *Keeper) Keep(ctx context.Context, mediaType string, content []byte) (Kept, error) {
	sum := sha256.Sum256(content)
	kept := Kept{Key: contentPrefix + hex.EncodeToString(sum[:]), Type: mediaType, Size: int64(len(content))}
	const touch = `
		INSERT INTO files.kept (key, media_type, size, touched_at) VALUES ($1, $2, $3, now())
		ON CONFLICT (key) DO UPDATE SET touched_at = now()`
	if _, err := k.db.Exec(ctx, touch, kept.Key, kept.Type, kept.Size); err != nil {
		return Kept{}, err
	}
	return kept, k.store.Put(ctx, kept.Key, mediaType, bytes.NewReader(content), kept.Size)
}

// Open returns content of a key, to be closed by the caller; ErrNotFound when there is none.
func (k *Keeper) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	return k.store.Open(ctx, key)
}

// Read returns the whole content of a key; ErrNotFound when there is none.
func (k *Keeper) Read(ctx context.Context, key string) ([]byte, error) {
	content, err := k.store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(content)
	if closing := content.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("reading a file: %w", err)
	}
	return data, nil
}

// HoldTx notes that the holder, a thing that names the key, needs the content.
func HoldTx(ctx context.Context, tx *postgres.Tx, key string, holder uuid.UUID) error {
	const insert = `INSERT INTO files.holds (key, holder) VALUES ($1, $2) ON CONFLICT (key, holder) DO NOTHING`
	_, err := tx.Exec(ctx, insert, key, holder)
	return err
}

// ReleaseTx notes that the holder needs the content no more. A key that it does not hold is no
// mistake. The content stays for a day at least.
func ReleaseTx(ctx context.Context, tx *postgres.Tx, key string, holder uuid.UUID) error {
	const release = `
		WITH released AS (DELETE FROM files.holds WHERE key = $1 AND holder = $2 RETURNING key)
		UPDATE files.kept SET touched_at = now() WHERE key IN (SELECT key FROM released)`
	_, err := tx.Exec(ctx, release, key, holder)
	return err
}

// sweepBatch bounds what one sweep looks at.
const sweepBatch = 1000

// Sweep removes content that nobody has held for a day and returns how much it was. Several
// processes may sweep at once.
func (k *Keeper) Sweep(ctx context.Context) (int, error) {
	const idle = `
		SELECT key FROM files.kept k
		 WHERE touched_at < now() - make_interval(secs => $1) AND NOT EXISTS (SELECT FROM files.holds h WHERE h.key = k.key)
		 ORDER BY touched_at LIMIT $2`
	var keys []string
	if err := k.db.Select(ctx, &keys, idle, grace.Seconds(), sweepBatch); err != nil {
		return 0, err
	}
	swept := 0
	for _, key := range keys {
		gone, err := k.sweep(ctx, key)
		if err != nil {
			return swept, err
		}
		if gone {
			swept++
		}
	}
	return swept, nil
}

// sweep removes the content while the row is locked: whoever keeps the same content meanwhile waits
// in Keep, and then puts it into the store anew. Removing twice does no harm, so it may stand in a
// transaction.
func (k *Keeper) sweep(ctx context.Context, key string) (gone bool, err error) {
	err = k.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const forget = `
			DELETE FROM files.kept k
			 WHERE key = $1 AND touched_at < now() - make_interval(secs => $2) AND NOT EXISTS (SELECT FROM files.holds h WHERE h.key = k.key)`
		n, err := tx.Exec(ctx, forget, key, grace.Seconds())
		gone = n > 0
		if err != nil || !gone {
			return err
		}
		return k.store.Delete(ctx, key)
	})
	return gone && err == nil, err
}
