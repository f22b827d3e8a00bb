package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
)

// exchange is one request and its answer, as the layers of the edge share it.
type exchange struct {
	context  *gin.Context
	path     string
	address  string       // of the peer, without the port
	trace    [1]string    // the trace's id, as a header holds it
	base     *slog.Logger // of the API
	named    *slog.Logger // base with the trace, once it was asked for
	caller   Caller
	request  *idempotency.Request // nil without a key
	refusals []string             // codes, for the metrics
	accepted string               // the Accept-Language header
	spoken   string               // language, once it was asked for

	naming, speaking sync.Once // a handler may ask from several goroutines
}

func (x *exchange) traceID() string { return x.trace[0] }

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// Log returns the request's logger, which names the trace; outside a request the default one.
func Log(ctx context.Context) *slog.Logger {
	if x := exchangeOf(ctx); x != nil {
		return x.log()
	}
	return slog.Default()
}

// TraceID returns the request's trace id, 32 hexadecimal digits, or "" outside a request.
func TraceID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.traceID()
	}
	return ""
}

// CallerOf returns who calls; outside a request the anonymous caller.
func CallerOf(ctx context.Context) Caller {
	if x := exchangeOf(ctx); x != nil {
		return x.caller
	}
	return Caller{}
}

// Language returns the language to answer in, Vietnamese or English.
func Language(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.language()
	}
	return Vietnamese
}

// RemoteAddress returns the peer's address without the port. Headers that claim another one are
// not looked at.
func RemoteAddress(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.address
	}
	return ""
}

// log is made on demand: most requests write their one line without it.
func (x *exchange) log() *slog.Logger {
	x.naming.Do(func() { x.named = x.base.With("trace_id", x.traceID()) })
	return x.named
}

func (x *exchange) language() string {
	x.speaking.Do(func() {
		if x.spoken == "" {
			x.spoken = matchLanguage(x.accepted)
		}
	})
	return x.spoken
}

// place is where the fields of a refusal lie that do not say so: a service knows names, not
// whether they came in the query.
func (x *exchange) place() string {
	switch x.context.Request.Method {
	case http.MethodGet, http.MethodHead:
		return "query"
	default:
		return "body"
	}
}

// refuse words an error for the client, sets the headers that belong to it and notes it for
// metrics and log. The caller writes the body.
func (x *exchange) refuse(err error) *Problem {
	refusal := refusalOf(err)
	x.note(refusal)
	header := x.context.Writer.Header()
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition", "ETag", "Last-Modified", "Link", "Location"} {
		header.Del(name)
	}
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Language", x.language())
	header.Add("Vary", "Accept-Language")
	if refusal.RetryAfter > 0 {
		wait := (refusal.RetryAfter + time.Second - 1) / time.Second
		header.Set("Retry-After", strconv.FormatInt(int64(wait), 10))
	}
	if refusal.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="api"`)
	}
	return x.problem(refusal, x.place())
}

func (x *exchange) note(refusal *fault.Error) {
	x.refusals = append(x.refusals, refusal.Code)
	cause := refusal.Unwrap()
	ctx := x.context.Request.Context()
	switch {
	case refusal.Definition == ErrClientClosed:
	case refusal.Status >= http.StatusInternalServerError:
		level := levelOf(refusal)
		if cause == nil && level == slog.LevelError {
			return // whoever found the accident has logged it
		}
		attributes := []slog.Attr{slog.String("code", refusal.Code)}
		if cause != nil {
			attributes = append(attributes, slog.String("error", cause.Error()))
		}
		x.log().LogAttrs(ctx, level, "request failed", attributes...)
	case cause != nil:
		x.log().DebugContext(ctx, "request refused", "code", refusal.Code, "error", cause.Error())
	}
}

// levelOf tells accidents, which somebody must look into, from hard times that have a name and
// pass. That the service is not ready yet is news only to the probe that asks every second.
func levelOf(refusal *fault.Error) slog.Level {
	switch {
	case refusal.Definition == ErrNotReady:
		return slog.LevelInfo
	case refusal.Status == http.StatusServiceUnavailable, refusal.Status == http.StatusGatewayTimeout:
		return slog.LevelWarn
	default:
		return slog.LevelError
	}
}

// fail answers with the problem of err and ends the chain.
func (x *exchange) fail(err error) {
	problem := x.refuse(err)
	body, marshalErr := problem.MarshalJSON()
	if marshalErr != nil {
		// A parameter that has no JSON form must not cost the client the answer.
		x.log().ErrorContext(x.context.Request.Context(), "problem cannot be written", "error", marshalErr.Error())
		problem.params, problem.Errors = nil, nil
		body, _ = problem.MarshalJSON()
	}
	x.context.Abort()
	if x.context.Writer.Written() {
		return
	}
	x.context.Data(problem.Status, problemType, append(body, '\n'))
}

// Fail answers a raw handler's request with the problem document of err.
func Fail(c *gin.Context, err error) {
	if x := exchangeOf(c.Request.Context()); x != nil {
		x.fail(err)
	}
}

// traceOf takes the trace id from a W3C traceparent header or makes one.
func traceOf(header string) string {
	if parts := strings.SplitN(header, "-", 5); len(parts) >= 4 && len(parts[0]) == 2 && parts[0] != "ff" && isTrace(parts[1]) {
		return parts[1]
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // crypto/rand.Read never fails (its documentation)
	return hex.EncodeToString(id[:])
}

func isTrace(id string) bool {
	if len(id) != 32 || strings.Count(id, "0") == len(id) {
		return false
	}
	return strings.Trim(id, "0123456789abcdef") == ""
}
