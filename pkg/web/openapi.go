package web

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
)

// accessExtension carries an operation's Access in the document, codesExtension the codes an
// answer may have.
const (
	accessExtension = "x-access"
	codesExtension  = "x-codes"
)

// humaConfig turns off what huma would serve by itself: its page loads scripts from elsewhere,
// and $schema members would stand in every answer.
func (api *API) humaConfig() huma.Config {
	config := huma.DefaultConfig(api.options.Title, api.options.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	format := jsonFormat()
	config.Formats = map[string]huma.Format{jsonType: format, "json": format}
	config.Info.Description = api.options.Description
	registry := huma.NewMapRegistry("#/components/schemas/", api.names.name)
	registerAliases(registry)
	config.Components.Schemas = registry
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "A session token or an API key."},
	}
	return config
}

// describe begins huma's description of an operation.
func (api *API) describe(op Operation) huma.Operation {
	described := huma.Operation{
		OperationID:     op.ID,
		Method:          op.Method,
		Path:            op.Path,
		Summary:         op.Summary,
		Description:     op.Description,
		DefaultStatus:   op.Status,
		MaxBodyBytes:    -1, // the guard has read and bounded the body already
		BodyReadTimeout: -1,
		Responses:       map[string]*huma.Response{},
		Extensions: map[string]any{accessExtension: map[string]any{
			"anonymous": op.Access.Anonymous, "groups": append([]string{}, op.Access.Groups...), "scope": op.Access.Scope,
		}},
	}
	if op.Tag != "" {
		described.Tags = []string{op.Tag}
	}
	if !op.Access.Anonymous {
		described.Security = []map[string][]string{{"bearer": {}}}
	}
	if unsafeMethod(op.Method) {
		described.Parameters = append(described.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header",
			Description: "Repeating a request with the same key and body makes it happen once; kept for 24 hours.",
			Schema:      &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(255), Pattern: `^[!-~]+$`},
		})
	}
	return described
}

// described returns huma's description of a registered operation and adds to it what only now
// is known. A hidden operation is taken out of the document.
func (api *API) described(op Operation) *huma.Operation {
	document := api.huma.OpenAPI()
	item := document.Paths[op.Path]
	slot := slotOf(item, op.Method)
	found := *slot
	api.addForm(found, op.Form)
	api.documentFaults(found, op)
	if op.Hidden {
		*slot = nil
		if len(operationsOf(item)) == 0 {
			delete(document.Paths, op.Path)
		}
	}
	return found
}

// documentFaults adds an answer for every status the operation may refuse with.
func (api *API) documentFaults(described *huma.Operation, op Operation) {
	problem := api.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	byStatus := map[int][]*fault.Definition{}
	for _, definition := range api.faultsOf(described, op) {
		if !slices.ContainsFunc(byStatus[definition.Status], func(d *fault.Definition) bool { return d.Code == definition.Code }) {
			byStatus[definition.Status] = append(byStatus[definition.Status], definition)
		}
	}
	for status, definitions := range byStatus {
		lines, codes := make([]string, 0, len(definitions)), make([]string, 0, len(definitions))
		for _, definition := range definitions {
			lines = append(lines, "`"+definition.Code+"`: "+definition.English)
			codes = append(codes, definition.Code)
		}
		described.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: strings.Join(lines, "\n\n"),
			Content:     map[string]*huma.MediaType{problemType: {Schema: problem}},
			Extensions:  map[string]any{codesExtension: codes},
		}
	}
}

// faultsOf lists the operation's own refusals first and then those of the edge that can meet it.
func (api *API) faultsOf(described *huma.Operation, op Operation) []*fault.Definition {
	all := slices.Clone(op.Faults)
	// A token that is no good is refused even where none is needed.
	all = append(all, ErrMalformedRequest, fault.ErrUnauthenticated, ErrNotAcceptable, fault.ErrTooManyRequests,
		ErrInternal, fault.ErrUnavailable, ErrTimeout, fault.ErrInvalid)
	if !op.Access.Anonymous {
		all = append(all, fault.ErrForbidden)
	}
	for _, parameter := range described.Parameters {
		switch {
		case parameter.In == "path":
			all = append(all, fault.ErrNotFound)
		case parameter.In == "query" && parameter.Name == "cursor":
			all = append(all, ErrUnknownParameter, ErrForbiddenCharacter, ErrInvalidCursor)
		case parameter.In == "query":
			all = append(all, ErrUnknownParameter, ErrForbiddenCharacter)
		case strings.EqualFold(parameter.Name, "If-Match"):
			all = append(all, fault.ErrStale, fault.ErrPreconditionRequired)
		}
	}
	if unsafeMethod(op.Method) {
		all = append(all, ErrIdempotencyKey, idempotency.ErrKeyReused, ErrTooLarge, ErrUnsupportedEncoding, ErrSlowRequest)
		if op.Secret {
			all = append(all, idempotency.ErrAnswerNotKept)
		}
	}
	if described.RequestBody == nil {
		return append(all, ErrBodyNotExpected)
	}
	all = append(all, ErrUnsupportedMediaType, ErrBodyRequired, ErrUnknownField, ErrWrongType, ErrForbiddenCharacter, fault.ErrRequired)
	if described.RequestBody.Content[jsonType] != nil {
		all = append(all, ErrMalformedJSON, ErrDuplicateMember, ErrTooDeep)
	}
	if described.RequestBody.Content[multipartType] != nil {
		all = append(all, ErrMalformedForm)
	}
	return all
}

// describeRaw documents the parameters and the answer of a raw handler.
func (api *API) describeRaw(described *huma.Operation, op Operation, answer any) {
	registry := api.huma.OpenAPI().Components.Schemas
	if op.Input != nil {
		describeParameters(registry, described, reflect.TypeOf(op.Input))
	}
	status := op.Status
	if status == 0 {
		status = http.StatusOK
	}
	response := &huma.Response{Description: http.StatusText(status)}
	if answer != nil || len(op.Produces) > 0 {
		types := op.Produces
		if len(types) == 0 {
			types = []string{jsonType}
		}
		response.Content = map[string]*huma.MediaType{}
		for _, mediaType := range types {
			schema := &huma.Schema{Type: huma.TypeString}
			if special := op.Answers[mediaType]; special != nil {
				schema = registry.Schema(reflect.TypeOf(special), true, op.ID+"Response")
			} else if answer != nil && strings.HasSuffix(mediaType, "json") {
				schema = registry.Schema(reflect.TypeOf(answer), true, op.ID+"Response")
			}
			response.Content[mediaType] = &huma.MediaType{Schema: schema}
		}
	}
	described.Responses[strconv.Itoa(status)] = response
	if op.Redirects != "" {
		described.Responses[strconv.Itoa(http.StatusTemporaryRedirect)] = &huma.Response{
			Description: op.Redirects,
			Headers:     map[string]*huma.Param{"Location": {Schema: &huma.Schema{Type: huma.TypeString, Format: "uri-reference"}}},
		}
	}
	api.documentFaults(described, op)
}

func describeParameters(registry huma.Registry, described *huma.Operation, input reflect.Type) {
	for field := range input.Fields() {
		if field.Anonymous {
			describeParameters(registry, described, field.Type)
			continue
		}
		for _, place := range []string{"query", "path", "header"} {
			tag, options, _ := strings.Cut(field.Tag.Get(place), ",")
			if tag == "" {
				continue
			}
			schema := huma.SchemaFromField(registry, field, "")
			parameter := &huma.Param{
				Name: tag, In: place, Schema: schema, Description: schema.Description,
				Required: place == "path" || field.Tag.Get("required") == "true",
			}
			if place == "query" {
				parameter.Explode = new(strings.Contains(options, "explode"))
			}
			described.Parameters = append(described.Parameters, parameter)
		}
	}
}

// OpenAPI prints the document as JSON, the same bytes for the same operations.
func (api *API) OpenAPI() ([]byte, error) {
	compact, err := api.huma.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	value := jsontext.Value(compact)
	if err := value.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	return append(bytes.TrimSpace(value), '\n'), nil
}

// OpenAPIYAML prints the document as YAML.
func (api *API) OpenAPIYAML() ([]byte, error) {
	text, err := api.huma.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	return text, nil
}

func slotOf(item *huma.PathItem, method string) **huma.Operation {
	switch method {
	case http.MethodGet:
		return &item.Get
	case http.MethodPost:
		return &item.Post
	case http.MethodPut:
		return &item.Put
	case http.MethodPatch:
		return &item.Patch
	case http.MethodDelete:
		return &item.Delete
	case http.MethodHead:
		return &item.Head
	default:
		return &item.Options
	}
}

// operationsOf lists the operations of a path by method.
func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	found := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch,
		http.MethodDelete: item.Delete, http.MethodHead: item.Head, http.MethodOptions: item.Options,
	}
	maps.DeleteFunc(found, func(_ string, op *huma.Operation) bool { return op == nil })
	return found
}

func ginPath(pattern string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(pattern)
}
