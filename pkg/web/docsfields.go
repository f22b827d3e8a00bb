package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// maxFieldDepth ends types that contain themselves.
const maxFieldDepth = 5

// fieldList lays schemas out as the rows of a table.
type fieldList struct {
	registry huma.Registry
	language string // of the reader
}

func (l *fieldList) resolve(schema *huma.Schema) *huma.Schema {
	for schema != nil && schema.Ref != "" {
		schema = l.registry.SchemaFromRef(schema.Ref)
	}
	return schema
}

func (l *fieldList) list(schema *huma.Schema) []docField {
	var rows []docField
	l.add(&rows, schema, "", 0)
	return rows
}

func (l *fieldList) add(rows *[]docField, schema *huma.Schema, prefix string, depth int) {
	schema = l.resolve(schema)
	if schema == nil || depth > maxFieldDepth {
		return
	}
	switch schema.Type {
	case huma.TypeArray:
		l.add(rows, schema.Items, prefix+"[]", depth+1)
	case huma.TypeObject:
		for _, name := range propertyOrder(schema) {
			property := schema.Properties[name]
			path := name
			if prefix != "" {
				path = prefix + "." + name
			}
			*rows = append(*rows, docField{
				Name: path, Type: l.typeOf(property), Limits: limits(property, l.language), Description: description(property, l.resolve(property)),
				Required: slices.Contains(schema.Required, name),
			})
			l.add(rows, property, path, depth+1)
		}
	}
}

// propertyOrder lists what is required in the order it was declared, then the rest by name.
func propertyOrder(schema *huma.Schema) []string {
	order := slices.Clone(schema.Required)
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return order
}

func description(schema, resolved *huma.Schema) string {
	if schema.Description != "" || resolved == nil {
		return schema.Description
	}
	return resolved.Description
}

func (l *fieldList) typeOf(schema *huma.Schema) string {
	schema = l.resolve(schema)
	switch {
	case schema == nil:
		return ""
	case schema.Type == huma.TypeArray:
		return l.typeOf(schema.Items) + "[]"
	case len(schema.AnyOf) > 0:
		var kinds []string
		for _, option := range schema.AnyOf {
			kinds = append(kinds, l.typeOf(option))
		}
		return strings.Join(kinds, " | ")
	case schema.Format != "" && schema.Type == huma.TypeString:
		return schema.Format
	case schema.Type == "":
		return "any"
	default:
		return schema.Type
	}
}

// limits writes a schema's bounds the short way: "1 … 100", "live | frozen".
func limits(schema *huma.Schema, language string) string {
	if schema == nil {
		return ""
	}
	target := schema
	if schema.Type == huma.TypeArray && schema.Items != nil {
		target = schema.Items
	}
	var said []string
	if len(target.Enum) > 0 {
		var values []string
		for _, value := range target.Enum {
			values = append(values, fmt.Sprint(value))
		}
		said = append(said, strings.Join(values, " | "))
	}
	said = append(said, span("", schema.Minimum, schema.Maximum, language),
		span("characters: ", target.MinLength, target.MaxLength, language), span("entries: ", schema.MinItems, schema.MaxItems, language))
	if target.Pattern != "" {
		said = append(said, target.Pattern)
	}
	if schema.Default != nil {
		said = append(said, fmt.Sprintf("= %v", schema.Default))
	}
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), "; ")
}

func span[T int | float64](label string, low, high *T, language string) string {
	said := func(n T) string {
		digits, _ := decimal(float64(n))
		return grouped(digits, language)
	}
	switch {
	case low != nil && high != nil:
		return label + said(*low) + " … " + said(*high)
	case low != nil:
		return label + "≥ " + said(*low)
	case high != nil:
		return label + "≤ " + said(*high)
	default:
		return ""
	}
}

// sample makes up a value of a schema: what is required, and nothing else.
func (l *fieldList) sample(schema *huma.Schema, depth int) any {
	schema = l.resolve(schema)
	switch {
	case schema == nil || depth > maxFieldDepth:
		return nil
	case len(schema.Examples) > 0:
		return schema.Examples[0]
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Default != nil:
		return schema.Default
	}
	switch schema.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for _, name := range schema.Required {
			object[name] = l.sample(schema.Properties[name], depth+1)
		}
		return object
	case huma.TypeArray:
		return []any{l.sample(schema.Items, depth+1)}
	case huma.TypeBoolean:
		return false
	case huma.TypeInteger, huma.TypeNumber:
		if schema.Minimum != nil {
			return max(*schema.Minimum, 1)
		}
		return 1
	case huma.TypeString:
		if schema.Format == "date-time" {
			return "2026-01-31T07:00:00+07:00"
		}
		return "…"
	default:
		return nil
	}
}
