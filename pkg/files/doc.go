// Package files keeps what people upload: bytes under names that follow from the bytes.
//
// A [Store] holds content under keys, in a folder or in a bucket of S3. A [Keeper] stands between
// a store and the database: it names content by its SHA-256, so that equal uploads are kept once
// and what stands under a key never changes; it knows who holds a key; and it sweeps away what
// nobody holds any more. No name or path that a person sent is ever used.
//
// Content is in the store before a transaction names it and stays at least a day after the last
// one let go, so no committed row ever names what is not there.
package files

import (
	"context"
	"errors"
	"io"
	"regexp"
)

// ErrNotFound is returned by Open when there is nothing under the key.
var ErrNotFound = errors.New("there is no such file")

// Store keeps content under keys. It is safe for concurrent use.
type Store interface {
	// Put keeps the content, which has exactly size bytes, whole or not at all. What stands under
	// the key already is taken to be the same.
	Put(ctx context.Context, key, mediaType string, content io.Reader, size int64) error
	// Open returns the content, to be closed by the caller; ErrNotFound when there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete removes what stands under the key, if anything does.
	Delete(ctx context.Context, key string) error
}

// keyPattern is what a key may be: it cannot be a path.
const keyPattern = `^[a-z0-9][a-z0-9-]{0,127}$`

// checkKey refuses what is no key; only a mistake of ours can make one.
func checkKey(key string) error {
	if !regexp.MustCompile(keyPattern).MatchString(key) {
		return errors.New("a file's key has only a–z, 0–9 and dashes")
	}
	return nil
}
