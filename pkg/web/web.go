package web

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Limits of the edge where neither [Options] nor an [Operation] says otherwise.
const (
	// DefaultMaxBody is the largest request body, in bytes.
	DefaultMaxBody int64 = 1 << 20
	// DefaultRequestsPerSecond is what one caller or address may ask for.
	DefaultRequestsPerSecond = 300
	// MaxNesting is how deep objects and arrays of a request may be nested.
	MaxNesting = 64
	// MaxParameter is the longest value of a query or path parameter, in bytes.
	MaxParameter = 2048
)

// Options says what the edge needs to know of the service behind it.
type Options struct {
	// Title, Version and Description head the OpenAPI document.
	Title, Version, Description string
	// Log receives one line per request and the causes of accidents; nil means slog.Default.
	Log *slog.Logger
	// Authenticate finds out who calls. It returns the context with the caller's authority in
	// it, or a fault (answered as such). Nil means everybody is anonymous.
	Authenticate func(ctx context.Context, r *http.Request) (context.Context, Caller, error)
	// Registry receives the edge's metrics; nil means they are counted for nobody.
	Registry *prometheus.Registry
	// RequestsPerSecond is the budget of one caller or, for the anonymous, of one address.
	// 0 means DefaultRequestsPerSecond, a negative number means no limit.
	RequestsPerSecond int
	// MaxBody is the largest request body in bytes; 0 means DefaultMaxBody.
	MaxBody int64
}

// Caller is what the edge knows of the one who calls; who it really is stays in the context
// that Authenticate returned.
type Caller struct {
	// Scope names the caller for the rate limit, the idempotency keys and the log: the id of a
	// user or an API key, never personal data. Empty means anonymous.
	Scope string
	// Groups are the kinds of caller this is, such as "producer" or "administrator".
	Groups []string
	// Areas are the areas an API key is confined to. Empty means all.
	Areas []string
}

// Access says who may call an operation. The zero value means: any signed-in caller.
type Access struct {
	// Anonymous opens the operation to everybody.
	Anonymous bool
	// Groups may call; empty means any signed-in caller.
	Groups []string
	// Scope is the area an API key must be allowed to use, such as "catalogue" or "trade".
	Scope string
}

// Operation describes one endpoint.
type Operation struct {
	// ID is unique and stable: clients are generated from it.
	ID string
	// Method and Path address it; the path names parameters as "/v1/products/{id}".
	Method, Path string
	// Summary and Description are for the document; Tag groups operations there.
	Summary, Description, Tag string
	// Access says who may call it.
	Access Access
	// Status is the answer's status when all is well; 0 means 200, or 204 without a body.
	Status int
	// Faults are the refusals of its own, beyond those every operation may give.
	Faults []*fault.Definition
	// MaxBody is the largest body in bytes; 0 means the API's.
	MaxBody int64
	// Form says that the JSON body may also come as a multipart form; nil: as JSON only.
	Form *Form
	// Secret marks an answer that carries a secret: never stored for idempotency, never cached.
	Secret bool
	// Produces lists the media types of the answer; empty means application/json.
	Produces []string
	// Answers documents the answers of a raw handler that differ by media type: zero values of
	// their types. A type that is not here is documented by the answer given to Raw.
	Answers map[string]any
	// Redirects says when a raw handler answers 307; empty: never.
	Redirects string
	// Input documents the parameters of a raw handler: a struct with query, path and header
	// tags as the input of Register has. It is not used by Register.
	Input any
	// Hidden leaves the operation out of the document (it stays in Routes).
	Hidden bool
}
