package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/ratelimit"
)

// API is a set of operations and everything that stands before them. Operations are registered
// while the program starts; after Handler is in use nothing may be added.
type API struct {
	options   Options
	log       *slog.Logger
	engine    *gin.Engine
	huma      huma.API
	limiter   *ratelimit.Limiter // nil without a limit
	metrics   *metrics
	recorders recorders
	fixed     []fixedHeader
	routes    []Operation
	probes    map[string]bool // paths that neither authenticate nor count
	names     schemaNames
}

// New prepares an API without operations, but with /openapi.json, /openapi.yaml, /docs and
// /problems/{code}.
func New(options Options) *API {
	adoptHuma()
	api := &API{
		options: options,
		log:     options.Log,
		engine:  newEngine(),
		metrics: newMetrics(options.Registry),
		fixed:   fixedHeaders(),
		probes:  map[string]bool{},
	}
	if api.log == nil {
		api.log = slog.Default()
	}
	if api.options.MaxBody == 0 {
		api.options.MaxBody = DefaultMaxBody
	}
	if options.RequestsPerSecond == 0 {
		api.options.RequestsPerSecond = DefaultRequestsPerSecond
	}
	if api.options.RequestsPerSecond > 0 {
		api.limiter = ratelimit.New(api.options.RequestsPerSecond, 0)
	}
	api.engine.Use(api.observe, api.harden, api.identify, api.limit)
	api.engine.NoRoute(api.noRoute)
	api.engine.NoMethod(api.noMethod)
	api.huma = humagin.New(api.engine, api.humaConfig())
	api.serveDocs()
	return api
}

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	// A redirect would lose the body of a POST and hide a wrong link: a wrong address is a 404.
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	// A slash that came as %2F belongs to its segment: the lot "A/1" is one lot.
	engine.UseRawPath = true
	// No proxy is believed: who sends X-Forwarded-For is still who the socket says.
	_ = engine.SetTrustedProxies(nil) // fails for malformed addresses only
	return engine
}

// adoptHuma gives huma's package-level settings their values, once for the process: huma offers
// no other place. They are the same for every API, so two of them do not disturb each other.
func adoptHuma() {
	humaAdopted.Do(func() {
		words := &translator{rules: translations()}
		huma.ValidateStrictCasing = true
		huma.DefaultArrayNullable = false // lists are [], never null
		huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
			refusal := words.refusal(status, errs)
			return (&exchange{spoken: Vietnamese}).problem(refusal, "body")
		}
		huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
			x := exchangeOf(ctx.Context())
			return x.refuse(words.refusal(status, errs))
		}
	})
}

//nolint:gochecknoglobals // guards huma's globals
var humaAdopted sync.Once

// Handler returns the whole edge.
func (api *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			// Whatever can be read can be asked about (RFC 9110, 9.3.2); gin routes only what
			// is registered.
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
			w = headWriter{w}
		}
		api.engine.ServeHTTP(w, r)
	})
}

// headWriter drops the body of an answer to HEAD.
type headWriter struct{ http.ResponseWriter }

func (w headWriter) Write(p []byte) (int, error) { return len(p), nil }

func (w headWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Gin returns the engine, for what is no operation, such as pages and assets. Handlers added
// there pass recovery, log, headers, authentication and rate limit; access is theirs to decide.
func (api *API) Gin() *gin.Engine { return api.engine }

// Routes lists the operations in order of path and method.
func (api *API) Routes() []Operation {
	routes := slices.Clone(api.routes)
	slices.SortFunc(routes, func(a, b Operation) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return routes
}

// Health registers /healthz, which answers as long as the process does, and /readyz, which
// answers 200 when ready returns nil and else 503 (or ready's fault). Neither authenticates,
// counts against a rate limit or is logged.
func (api *API) Health(ready func(ctx context.Context) error) {
	type answer struct {
		Body struct {
			Status string `json:"status" enum:"ok,ready"`
		}
	}
	probe := func(id, path, summary, word string, check func(ctx context.Context) error) {
		api.probes[path] = true
		Register(api, Operation{
			ID: id, Method: http.MethodGet, Path: path, Summary: summary, Tag: "operation", Access: Access{Anonymous: true},
		}, func(ctx context.Context, _ *struct{}) (*answer, error) {
			if err := check(ctx); err != nil {
				return nil, notReady(err)
			}
			var out answer
			out.Body.Status = word
			return &out, nil
		})
	}
	probe("get-health", "/healthz", "Is the process alive?", "ok", func(context.Context) error { return nil })
	probe("get-readiness", "/readyz", "Can it serve?", "ready", ready)
}
