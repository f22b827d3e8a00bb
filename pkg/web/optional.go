package web

import (
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Optional is a member of a change that may be left out, be null or have a value:
//
//	NameEN web.Optional[string] `json:"name_en,omitzero" maxLength:"200" doc:"null removes it."`
//
// Left out it is the zero Optional. The document calls it nullable; tags such as maxLength are
// those of the value. T is a scalar: Register panics for a struct.
type Optional[T any] struct {
	// Value is what was sent, the zero T without one.
	Value T
	// Set says that the member was sent, be it as null.
	Set bool
	// Null says that null was sent.
	Null bool
}

// Some returns an Optional with a value.
func Some[T any](value T) Optional[T] { return Optional[T]{Value: value, Set: true} }

// Null returns an Optional that is null.
func Null[T any]() Optional[T] { return Optional[T]{Set: true, Null: true} }

// UnmarshalJSONFrom reads null or a T, with the rules of the decoder that calls it.
func (o *Optional[T]) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if decoder.PeekKind() == 'n' {
		if _, err := decoder.ReadToken(); err != nil {
			return fmt.Errorf("reading null: %w", err)
		}
		*o = Null[T]()
		return nil
	}
	o.Set, o.Null = true, false
	return json.UnmarshalDecode(decoder, &o.Value)
}

// MarshalJSONTo writes null or the value; without a value null, which omitzero leaves out.
func (o Optional[T]) MarshalJSONTo(encoder *jsontext.Encoder) error {
	if !o.Set || o.Null {
		return encoder.WriteToken(jsontext.Null)
	}
	return json.MarshalEncode(encoder, o.Value)
}

// Schema implements huma.SchemaProvider.
func (Optional[T]) Schema(registry huma.Registry) *huma.Schema {
	var none T
	schema := registry.Schema(reflect.TypeFor[T](), true, "")
	switch {
	case schema == nil || schema.Ref != "":
		panic(fmt.Sprintf("web: Optional[%T] is not supported: the document cannot call it nullable", none))
	case schema.Type == "":
		schema.AnyOf = append(schema.AnyOf, nothing())
	default:
		schema.Nullable = true
	}
	return schema
}
