package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/quantity"
)

// endpoint is an operation with what the guard must know of it.
type endpoint struct {
	Operation

	parameters map[string]parameter // of the query
	bodies     []string             // media types of the body; none means no body
	bodyNeeded bool
	form       map[string]bool // names of a multipart form; nil means any
	// json holds the schemas of what is JSON: of the body under "", of a form's parts by name.
	json map[string]*huma.Schema
	bare map[string]bool // parts of the form that are numbers or truth values
}

type parameter struct {
	repeated bool // may be given more than once
	quantity bool // a decimal, told to huma in thousandths
	negative bool // which may be below zero
}

// Register adds an operation. Handler's input and output are huma's: query, path and header tags
// and a Body. Programming mistakes (a path registered twice, an input huma cannot read) panic
// while the program starts, as those of regexp.MustCompile do.
func Register[I, O any](api *API, op Operation, handler func(context.Context, *I) (*O, error)) {
	ep := &endpoint{Operation: op}
	described := api.describe(op)
	described.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if api.guard(humagin.Unwrap(ctx), ep) {
			next(ctx)
		}
	}}
	list := listIn(reflect.TypeFor[O]())
	huma.Register(api.huma, described, func(ctx context.Context, input *I) (*O, error) {
		output, err := handler(ctx, input)
		x := exchangeOf(ctx)
		if err != nil {
			return nil, x.refuse(err)
		}
		x.finish(ep)
		if list != nil && output != nil {
			x.link(reflect.ValueOf(output).Elem().FieldByIndex(list).Addr().Interface())
		}
		return output, nil
	})
	ep.learn(reflect.TypeFor[I](), api.described(op))
	api.allowNegatives()
	api.routes = append(api.routes, op)
}

// Raw adds a gin handler for what must be fast or streams. It passes the same guard as any
// operation: its query is known, normalised and bounded. op.Input documents the parameters,
// answer (a zero value of its type, or nil) the answer. Errors go out by Fail.
func (api *API) Raw(op Operation, answer any, handler gin.HandlerFunc) {
	ep := &endpoint{Operation: op}
	described := api.describe(op)
	api.describeRaw(&described, op, answer)
	if !op.Hidden {
		api.huma.OpenAPI().AddOperation(&described)
	}
	input := reflect.TypeFor[struct{}]()
	if op.Input != nil {
		input = reflect.TypeOf(op.Input)
	}
	ep.learn(input, &described)
	api.allowNegatives()
	api.routes = append(api.routes, op)
	api.engine.Handle(op.Method, ginPath(op.Path), func(c *gin.Context) {
		if api.guard(c, ep) {
			handler(c)
		}
	})
}

// learn takes from huma's description what the guard must know.
func (ep *endpoint) learn(input reflect.Type, described *huma.Operation) {
	ep.parameters = map[string]parameter{}
	quantities := map[string]parameter{}
	collectQuantities(input, quantities)
	for _, p := range described.Parameters {
		if p.In != "query" {
			continue
		}
		known := quantities[p.Name]
		known.repeated = p.Explode != nil && *p.Explode
		ep.parameters[p.Name] = known
		if known.quantity {
			allowNegative(p.Schema)
		}
	}
	ep.learnBody(described)
}

func (ep *endpoint) learnBody(described *huma.Operation) {
	if body := described.RequestBody; body != nil {
		ep.bodyNeeded, ep.json = body.Required, map[string]*huma.Schema{}
		for mediaType, content := range body.Content {
			ep.bodies = append(ep.bodies, mediaType)
			if mediaType == jsonType {
				ep.json[""] = content.Schema
			}
			if mediaType == multipartType && content.Schema != nil && len(content.Schema.Properties) > 0 {
				ep.form, ep.bare = map[string]bool{}, map[string]bool{}
				for name, part := range content.Schema.Properties {
					ep.form[name], ep.bare[name] = true, part.Type == huma.TypeInteger || part.Type == huma.TypeNumber || part.Type == huma.TypeBoolean
					if encoding := content.Encoding[name]; encoding != nil && encoding.ContentType == jsonType {
						ep.json[name] = part
					}
				}
			}
		}
	}
}

// collectQuantities finds the query parameters of type Quantity. Huma would read them as whole
// numbers, and 300 would become 0.3 kg; the guard hands huma the thousandths instead.
func collectQuantities(input reflect.Type, found map[string]parameter) {
	if input.Kind() != reflect.Struct {
		return
	}
	for field := range input.Fields() {
		name := field.Tag.Get("query")
		switch {
		case field.Anonymous && name == "":
			collectQuantities(field.Type, found)
		case name != "" && field.Type == reflect.TypeFor[quantity.Quantity]():
			found[name] = parameter{quantity: true, negative: strings.HasPrefix(field.Tag.Get("minimum"), "-")}
		case name != "" && field.Type == reflect.TypeFor[[]quantity.Quantity]():
			panic(fmt.Sprintf("web: parameter %s: lists of quantities are not supported", name))
		}
	}
}

// finish does what remains when the handler is through and nothing has been written yet.
func (x *exchange) finish(ep *endpoint) {
	header := x.context.Writer.Header()
	if x.request != nil && x.request.Replayed {
		header.Set("Idempotent-Replayed", "true")
	}
	if ep.Secret {
		header.Set("Cache-Control", "no-store")
	}
}

// listIn finds the Body of an output when it is a List.
func listIn(output reflect.Type) []int {
	body, ok := output.FieldByName("Body")
	if !ok || !reflect.PointerTo(body.Type).Implements(reflect.TypeFor[interface{ nextCursor() string }]()) {
		return nil
	}
	return body.Index
}

// link names the next page in a Link header (RFC 8288).
func (x *exchange) link(list any) {
	pager, ok := list.(interface{ nextCursor() string })
	if !ok || pager.nextCursor() == "" {
		return
	}
	query := x.context.Request.URL.Query()
	query.Set("cursor", pager.nextCursor())
	next := url.URL{Path: x.context.Request.URL.Path, RawQuery: query.Encode()}
	x.context.Writer.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
}

// unsafeMethod reports whether a method changes things (RFC 9110, 9.2.1).
func unsafeMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	default:
		return true
	}
}
