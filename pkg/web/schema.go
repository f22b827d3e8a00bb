package web

import (
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// The types below stand in the document for types that know nothing of documents.
type (
	quantitySchema struct{}
	moneySchema    struct{}
	dateSchema     struct{}
	uuidSchema     struct{}
)

// Schema implements huma.SchemaProvider.
func (quantitySchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "An exact decimal with at most three decimals. Answers always write a string.",
		AnyOf:       quantityForms("", 0),
		Examples:    []any{"12.5"},
	}
}

// quantityForms are the two ways to write a quantity.
func quantityForms(sign string, least float64) []*huma.Schema {
	most := float64(quantity.Max / quantity.Unit)
	return []*huma.Schema{
		precomputed(&huma.Schema{Type: huma.TypeString, Pattern: `^` + sign + `(0|[1-9][0-9]{0,9})(\.[0-9]{1,3})?$`}),
		precomputed(&huma.Schema{Type: huma.TypeNumber, Minimum: &least, Maximum: &most}),
	}
}

func (api *API) allowNegatives() {
	for _, schema := range api.huma.OpenAPI().Components.Schemas.Map() {
		for _, property := range schema.Properties {
			allowNegative(property)
		}
	}
}

// allowNegative lets those quantities be negative whose field says so with a negative minimum
// tag. Huma has set the tag's value beside the forms, where it binds nobody.
func allowNegative(schema *huma.Schema) {
	if schema.Type == "" && len(schema.AnyOf) >= 2 && schema.Minimum != nil && *schema.Minimum < 0 {
		schema.AnyOf = slices.Concat(quantityForms("-?", *schema.Minimum), schema.AnyOf[2:])
		schema.Minimum = nil
	}
}

// Schema implements huma.SchemaProvider.
func (moneySchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Description: "Whole đồng."}
}

// Schema implements huma.SchemaProvider.
func (dateSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-01-31"}}
}

// Schema implements huma.SchemaProvider.
func (uuidSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Examples: []any{"01941f29-7c00-7000-8000-000000000000"}}
}

func precomputed(schema *huma.Schema) *huma.Schema {
	schema.PrecomputeMessages()
	return schema
}

func registerAliases(registry huma.Registry) {
	registry.RegisterTypeAlias(reflect.TypeFor[quantity.Quantity](), reflect.TypeFor[quantitySchema]())
	registry.RegisterTypeAlias(reflect.TypeFor[money.VND](), reflect.TypeFor[moneySchema]())
	registry.RegisterTypeAlias(reflect.TypeFor[civil.Date](), reflect.TypeFor[dateSchema]())
	registry.RegisterTypeAlias(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuidSchema]())
}

// schemaNames names the types of the document. Two services may both have a Line: the second
// becomes InquiryLine. Names depend on the order of registration, which is fixed.
type schemaNames struct {
	types map[string]reflect.Type
	names map[reflect.Type]string
}

func (n *schemaNames) name(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	simple := huma.DefaultSchemaNamer(t, hint)
	if t.Kind() != reflect.Struct || t.Name() == "" {
		return simple
	}
	if known, ok := n.names[t]; ok {
		return known
	}
	if n.types == nil {
		n.types, n.names = map[string]reflect.Type{}, map[reflect.Type]string{}
	}
	chosen := simple
	for attempt := 1; n.types[chosen] != nil; attempt++ {
		chosen = title(packageOf(t)) + simple
		if attempt > 1 {
			chosen += strconv.Itoa(attempt)
		}
	}
	n.types[chosen], n.names[t] = t, chosen
	return chosen
}

// packageOf is the package a type comes from, and of a generic type the package of its argument,
// which tells more: List[catalog.Line] is the catalogue's.
func packageOf(t reflect.Type) string {
	where := t.PkgPath()
	if _, argument, generic := strings.Cut(t.Name(), "["); generic {
		if dot := strings.LastIndex(argument, "."); dot >= 0 {
			where = argument[:dot]
		}
	}
	return strings.TrimLeft(path.Base(where), "*[]")
}

func title(word string) string {
	runes := []rune(word)
	if len(runes) > 0 {
		runes[0] = unicode.ToUpper(runes[0])
	}
	return string(runes)
}
