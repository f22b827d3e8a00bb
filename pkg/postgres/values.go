package postgres

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/uuid"
	"github.com/lib/pq"
)

// Array passes a Go slice as a PostgreSQL array, and scans one when given a pointer to a slice. A
// nil slice is an empty array, never NULL: a comparison with it finds nothing instead of being
// unknown, and a column that must hold a list holds one.
func Array(slice any) any {
	if read, ok := slice.(Strings); ok { // a column that was read is passed on
		slice = []string(read)
	}
	if value := reflect.ValueOf(slice); value.Kind() == reflect.Slice && value.IsNil() {
		slice = reflect.MakeSlice(value.Type(), 0, 0).Interface()
	}
	return pq.Array(slice)
}

// NullID passes the zero id as NULL.
func NullID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

// Strings is a text[] column in a struct.
type Strings = pq.StringArray

// JSON stores V in a jsonb column. Value gives a string, not bytes, because bytes are sent as
// bytea when binary_parameters is on.
type JSON[T any] struct{ V T }

// Value implements driver.Valuer.
func (j JSON[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("writing a jsonb value: %w", err)
	}
	return string(text), nil
}

// Scan implements sql.Scanner. NULL leaves the zero value.
func (j *JSON[T]) Scan(source any) error {
	switch text := source.(type) {
	case nil:
		return nil
	case []byte:
		return decode(text, &j.V)
	case string:
		return decode([]byte(text), &j.V)
	default:
		return fmt.Errorf("reading a jsonb value: cannot read %T", source)
	}
}

func decode(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("reading a jsonb value: %w", err)
	}
	return nil
}
