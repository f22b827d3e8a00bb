package web

import (
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/ocop-market/ocop/pkg/fault"
)

// nulls gathers complaints about null where the document does not allow it. Huma and the decoder
// take null for "left out", and a change that was meant to clear a field would silently not.
type nulls struct {
	registry huma.Registry
	schema   *huma.Schema
	place    string
	found    fault.Collector
	count    int
}

// see notes one null of the body.
func (n *nulls) see(pointer jsontext.Pointer) {
	if n == nil || n.count == maxComplaints {
		return
	}
	schema := n.at(pointer)
	if schema == nil || nullable(schema) {
		return
	}
	n.count++
	expected := schema.Type
	if expected == "" {
		expected = huma.TypeNumber
	}
	n.found.Add(under(n.place, dotted(pointer)), ErrWrongType, "expected", expected)
}

// at finds the schema of a place; nil where the document has none. Such a place is refused for
// another reason, or holds whatever the client likes.
func (n *nulls) at(pointer jsontext.Pointer) *huma.Schema {
	schema := n.resolve(n.schema)
	for token := range pointer.Tokens() {
		if schema == nil {
			return nil
		}
		if schema.Type == huma.TypeArray {
			if _, err := strconv.Atoi(token); err != nil {
				return nil
			}
			schema = n.resolve(schema.Items)
			continue
		}
		member := schema.Properties[token]
		if member == nil {
			member, _ = schema.AdditionalProperties.(*huma.Schema)
		}
		schema = n.resolve(member)
	}
	return schema
}

func (n *nulls) resolve(schema *huma.Schema) *huma.Schema {
	for schema != nil && schema.Ref != "" {
		schema = n.registry.SchemaFromRef(schema.Ref)
	}
	return schema
}

// nullable reports whether a schema says that null may stand there.
func nullable(schema *huma.Schema) bool {
	if schema.Nullable {
		return true
	}
	if schema.Type != "" {
		return false
	}
	free := len(schema.AnyOf)+len(schema.OneOf)+len(schema.AllOf) == 0
	return free || slices.ContainsFunc(schema.AnyOf, func(s *huma.Schema) bool { return slices.Contains(s.Enum, nil) })
}

// nothing is the schema of null alone, for huma, which has no type of this name.
func nothing() *huma.Schema {
	return precomputed(&huma.Schema{Enum: []any{nil}})
}
