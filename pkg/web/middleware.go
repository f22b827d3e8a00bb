package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
)

// observe opens the exchange, gives it a trace id, recovers from panics, and when all is done
// writes the log line and the metrics. Bodies, tokens and query values are never logged.
func (api *API) observe(c *gin.Context) {
	started := time.Now()
	x := &exchange{
		context:  c,
		path:     c.Request.URL.Path,
		address:  host(c.Request.RemoteAddr),
		trace:    [1]string{traceOf(c.GetHeader("Traceparent"))},
		base:     api.log,
		accepted: c.GetHeader("Accept-Language"),
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), exchangeKey{}, x))
	c.Writer.Header()["Trace-Id"] = x.trace[:]
	api.metrics.inFlight.Inc()
	defer func() {
		api.metrics.inFlight.Dec()
		if accident := recover(); accident != nil {
			x.recovered(accident)
		}
		if form := c.Request.MultipartForm; form != nil {
			_ = form.RemoveAll() // net/http forgets forms of a request that was copied
		}
		api.record(x, time.Since(started))
	}()
	if !readable(c.Request) {
		x.path = strings.ToValidUTF8(x.path, "\uFFFD")
		x.fail(ErrMalformedRequest)
		return
	}
	c.Next()
}

// recovered answers a panic with a bare 500, or cuts the connection when half an answer is out
// already: a client must not take a fragment for the whole.
func (x *exchange) recovered(accident any) {
	if err, ok := accident.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(accident)
	}
	x.log().ErrorContext(x.context.Request.Context(), "panic", "error", fmt.Sprint(accident), "stack", string(debug.Stack()))
	if x.context.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	x.fail(ErrInternal)
}

// readable reports whether the path is text, and cleans header values that are not: they may be
// stored (a user agent beside a session), and PostgreSQL takes only UTF-8.
func readable(r *http.Request) bool {
	for _, values := range r.Header {
		for i, value := range values {
			if !utf8.ValidString(value) {
				values[i] = strings.ToValidUTF8(value, "\uFFFD")
			}
		}
	}
	return utf8.ValidString(r.URL.Path) && !strings.ContainsFunc(r.URL.Path, func(r rune) bool { return unicode.IsControl(r) || forbidden(r) }) && len(r.URL.Path) <= MaxParameter
}

// fixedHeader is a header that every answer starts with; name is in canonical form.
type fixedHeader struct {
	name  string
	value []string
}

func fixedHeaders() []fixedHeader {
	pairs := [][2]string{
		{"X-Content-Type-Options", "nosniff"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
		{"Cache-Control", "no-store"},
		{"Vary", "Authorization, Cookie"},
	}
	fixed := make([]fixedHeader, 0, len(pairs))
	for _, pair := range pairs {
		fixed = append(fixed, fixedHeader{http.CanonicalHeaderKey(pair[0]), []string{pair[1]}})
	}
	return fixed
}

// harden sets the headers that keep a browser from doing more with an answer than it should.
// Pages set their own Content-Security-Policy and Cache-Control over these, and a Referrer-Policy:
// what has no links needs none. Every policy names frame-ancestors, for which browsers leave
// X-Frame-Options unread (CSP Level 2, 7.7.1).
func (api *API) harden(c *gin.Context) {
	header := c.Writer.Header()
	// The slices are shared by all answers: setting replaces them, adding copies them.
	for _, fixed := range api.fixed {
		header[fixed.name] = fixed.value
	}
	if c.Request.TLS != nil {
		header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// identify finds out who calls.
func (api *API) identify(c *gin.Context) {
	if api.options.Authenticate == nil || api.probes[c.FullPath()] {
		return
	}
	x := exchangeOf(c.Request.Context())
	ctx, caller, err := api.options.Authenticate(c.Request.Context(), c.Request)
	if err != nil {
		// A guessed token must cost the guesser its budget as well.
		if refusal := api.spend(x); refusal != nil {
			err = refusal
		}
		x.fail(err)
		return
	}
	x.caller = caller
	c.Request = c.Request.WithContext(ctx)
}

// limit spends one request of the caller's budget.
func (api *API) limit(c *gin.Context) {
	if api.probes[c.FullPath()] {
		return
	}
	x := exchangeOf(c.Request.Context())
	if refusal := api.spend(x); refusal != nil {
		x.fail(refusal)
	}
}

// spend takes one request from the bucket of the caller or, for the anonymous, of the address
// on the socket, and tells the state of it (draft-ietf-httpapi-ratelimit-headers).
func (api *API) spend(x *exchange) error {
	if api.limiter == nil {
		return nil
	}
	key := "caller:" + x.caller.Scope
	if x.caller.Scope == "" {
		key = "address:" + network(x.address)
	}
	decision := api.limiter.Take(key, time.Now())
	header := x.context.Writer.Header()
	limit := strconv.Itoa(decision.Limit)
	header.Set("RateLimit-Policy", `"requests";q=`+limit+`;w=1`)
	header.Set("RateLimit", `"requests";r=`+strconv.Itoa(decision.Remaining)+`;t=`+strconv.Itoa(int(decision.Reset/time.Second)))
	if decision.Allowed {
		return nil
	}
	return fault.ErrTooManyRequests.With("seconds", int(decision.RetryAfter/time.Second)).After(decision.RetryAfter)
}

// host takes the port off an address.
func host(address string) string {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return name
}

// network is what one subscriber holds: an IPv4 address, or the /64 of an IPv6 one, out of
// which anybody can draw new addresses at will (RFC 6177).
func network(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil || parsed.Unmap().Is4() {
		return address
	}
	prefix, err := parsed.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

func (api *API) noRoute(c *gin.Context) {
	exchangeOf(c.Request.Context()).fail(ErrRouteNotFound)
}

func (api *API) noMethod(c *gin.Context) {
	header := c.Writer.Header()
	allowed := header.Get("Allow")
	if strings.Contains(allowed, http.MethodGet) && !strings.Contains(allowed, http.MethodHead) {
		allowed += ", " + http.MethodHead
		header.Set("Allow", allowed)
	}
	method := c.Request.Method
	if len(method) > 20 {
		method = method[:20]
	}
	exchangeOf(c.Request.Context()).fail(ErrMethodNotAllowed.With("method", method, "allowed", allowed))
}

func notReady(err error) error {
	if _, ok := fault.From(err); ok {
		return err
	}
	return ErrNotReady.With().Because(err).After(time.Second)
}
