package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	stdjson "encoding/json"

	"github.com/ocop-market/ocop/pkg/fault"
)

// cursor is what a next_cursor holds: where the page ended, and a sum that binds it to its query.
// It holds nothing secret and grants nothing, so the sum needs no key: it catches mistakes, and
// who forges one merely reads his own list from another place.
type cursor struct {
	Keys []stdjson.RawMessage `json:"k"`
	Sum  []byte               `json:"s"`
}

const sumLength = 9 // bytes; twelve characters

// EncodeCursor writes keyset values, which must have a JSON form, as an opaque text bound to the
// query (any text that names the filters and the order, such as CursorScope).
func EncodeCursor(query string, keys ...any) string {
	var c cursor
	for _, key := range keys {
		value, err := stdjson.Marshal(key)
		if err != nil {
			return "" // no next page is better than a wrong one
		}
		c.Keys = append(c.Keys, value)
	}
	c.Sum = c.sum(query)
	data, err := stdjson.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// DecodeCursor reads the values back into pointers of the types they were written from. What is
// not a cursor of this query is refused with ErrInvalidCursor.
func DecodeCursor(text, query string, keys ...any) error {
	refused := func(err error) error { return ErrInvalidCursor.At("query.cursor").Because(err) }
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return refused(err)
	}
	clean, err := strictJSON(data, nil)
	if err != nil {
		return refused(err)
	}
	var c cursor
	if err := decodeStrict(clean, &c); err != nil {
		return refused(err)
	}
	if len(c.Keys) != len(keys) || !bytes.Equal(c.Sum, c.sum(query)) {
		return refused(fault.ErrInvalid)
	}
	for i, key := range keys {
		if err := decodeStrict(c.Keys[i], key); err != nil {
			return refused(err)
		}
	}
	return nil
}

func (c cursor) sum(query string) []byte {
	hash := sha256.New()
	hash.Write([]byte(query))
	for _, key := range c.Keys {
		hash.Write([]byte{0})
		hash.Write(key)
	}
	return hash.Sum(nil)[:sumLength]
}

// CursorScope names the list that a request asks for: its path and its parameters without those
// of paging and those that ask for more about the list than its items. Use it to bind cursors.
func CursorScope(ctx context.Context) string {
	x := exchangeOf(ctx)
	if x == nil {
		return ""
	}
	query := x.context.Request.URL.Query()
	for _, name := range []string{"cursor", "limit", "count", "facets"} {
		query.Del(name)
	}
	return x.context.Request.URL.Path + "?" + query.Encode()
}
