package web

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// complaint is one refusal of the decoder, on its way through huma. Huma keeps only the text of
// an unmarshaller's error, so the text carries the complaints as JSON behind a mark, and
// [translate] reads them back.
type complaint struct {
	Pointer string         `json:"p"`
	Code    string         `json:"c"`
	Params  map[string]any `json:"a,omitempty"`
}

type decodeError []complaint

const decodeMark = "web:"

func (e decodeError) Error() string {
	carried, _ := stdjson.Marshal([]complaint(e)) //nolint:errchkjson // strings and numbers only: cannot fail
	return decodeMark + string(carried)
}

// jsonFormat is what huma reads and writes bodies with. Bodies have passed strictJSON before.
func jsonFormat() huma.Format {
	return huma.Format{Marshal: writeJSON, Unmarshal: readJSON}
}

// readJSON decodes for huma, which asks twice: into an any to validate it against the schema,
// with numbers kept as written, and into the handler's type.
func readJSON(data []byte, target any) error {
	if tree, ok := target.(*any); ok {
		decoder := stdjson.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		return decoder.Decode(tree)
	}
	return decodeStrict(data, target)
}

// decodeStrict decodes into a typed value: names match exactly, unknown members are refused, a
// number with a fraction or exponent is no integer. Complaints about quantities and dates are
// all gathered; otherwise the first is told.
func decodeStrict(data []byte, target any) error {
	var found decodeError
	err := json.Unmarshal(data, target,
		json.RejectUnknownMembers(true),
		json.WithUnmarshalers(json.JoinUnmarshalers(
			gathering[quantity.Quantity](&found, ErrNotAQuantity, unmarshalQuantity),
			gathering[civil.Date](&found, ErrNotADate, unmarshalDate),
		)))
	if err != nil {
		found = append(found, complaintOf(err))
	}
	if len(found) > 0 {
		return found
	}
	return nil
}

// gathering reads a T and notes what is wrong with it instead of stopping there.
func gathering[T any](found *decodeError, definition *fault.Definition, unmarshal func(jsontext.Value, *T) error) *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(decoder *jsontext.Decoder, target *T) error {
		value, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		if value.Kind() == 'n' {
			// An optional member that is null is absent; a required one huma has refused.
			var none T
			*target = none
			return nil
		}
		if err := unmarshal(value, target); err != nil {
			*found = append(*found, complaint{Pointer: dotted(decoder.StackPointer()), Code: definition.Code})
		}
		return nil
	})
}

func unmarshalQuantity(value jsontext.Value, target *quantity.Quantity) error {
	return target.UnmarshalJSON(value)
}

func unmarshalDate(value jsontext.Value, target *civil.Date) error {
	if value.Kind() != '"' {
		return civil.ErrSyntax
	}
	plain, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return fmt.Errorf("reading a date: %w", err)
	}
	return target.UnmarshalText(plain)
}

// complaintOf names what the decoder stumbled over.
func complaintOf(err error) complaint {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return complaint{Code: ErrMalformedJSON.Code, Params: map[string]any{"offset": 0}}
	}
	found := complaint{Pointer: dotted(semantic.JSONPointer)}
	switch {
	case errors.Is(err, json.ErrUnknownName):
		found.Code = ErrUnknownField.Code
	case errors.Is(err, strconv.ErrRange):
		found.Code = fault.ErrOutOfRange.Code
	default:
		found.Code = ErrWrongType.Code
		found.Params = map[string]any{"expected": kindOf(semantic.GoType)}
	}
	return found
}

// kindOf says in JSON's words what a Go type is read from.
func kindOf(goType reflect.Type) string {
	if goType == nil {
		return "value"
	}
	switch goType.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.String:
		return "string"
	case reflect.Slice:
		return "array"
	case reflect.Map:
		return "object"
	default:
		return strings.ToLower(goType.Name())
	}
}

// writeJSON renders the whole answer before a byte of it is sent. A type that cannot be rendered
// is a mistake of ours: it panics up to the edge's recovery, because returning the error would
// let huma send 200 with a fragment. A client that went away is no error.
func writeJSON(w io.Writer, thing any) error {
	var buffer bytes.Buffer
	if err := json.MarshalWrite(&buffer, thing, jsonOptions()); err != nil {
		panic(fmt.Errorf("web: answer of type %T cannot be rendered: %w", thing, err))
	}
	buffer.WriteByte('\n')
	_, _ = w.Write(buffer.Bytes())
	return nil
}

// jsonOptions keeps omitempty as encoding/json has it (0 and false are left out too), writes
// lists that are nil as [] and maps in order of their keys.
//
//nolint:ireturn // the library has no other type for options
func jsonOptions() json.Options {
	return json.JoinOptions(
		jsonv1.OmitEmptyWithLegacySemantics(true),
		jsonv1.FormatDurationAsNano(true),
		json.Deterministic(true),
	)
}

// WriteJSON answers a raw handler's request with a rendered value.
func WriteJSON(w io.Writer, thing any) error { return writeJSON(w, thing) }
