package web

import (
	"crypto/sha256"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// guard decides whether a request reaches its handler, cheapest question first. When it returns
// false the refusal has been written.
func (api *API) guard(c *gin.Context, ep *endpoint) bool {
	x := exchangeOf(c.Request.Context())
	for _, check := range []func(*exchange, *endpoint) error{
		(*exchange).checkAccess,
		(*exchange).checkAccept,
		(*exchange).checkQuery,
		(*exchange).checkKey,
		api.takeBody,
	} {
		if err := check(x, ep); err != nil {
			x.fail(err)
			return false
		}
	}
	if x.request != nil {
		c.Request = c.Request.WithContext(idempotency.WithRequest(c.Request.Context(), x.request))
	}
	return true
}

// checkAccess refuses the anonymous with 401 and the wrong kind of caller with 403.
func (x *exchange) checkAccess(ep *endpoint) error {
	switch access := ep.Access; {
	case access.Anonymous:
		return nil
	case x.caller.Scope == "":
		return fault.ErrUnauthenticated
	case len(access.Groups) > 0 && !slices.ContainsFunc(access.Groups, func(group string) bool { return slices.Contains(x.caller.Groups, group) }):
		return fault.ErrForbidden
	case access.Scope != "" && len(x.caller.Areas) > 0 && !slices.Contains(x.caller.Areas, access.Scope):
		return fault.ErrForbidden
	default:
		return nil
	}
}

// checkAccept refuses what cannot be answered. Huma would choose once more from the same header
// and knows only JSON, so the header is taken away; the handler of several types asks Accepted.
func (x *exchange) checkAccept(ep *endpoint) error {
	available := ep.Produces
	if len(available) == 0 {
		available = []string{jsonType}
	}
	accept := strings.Join(x.context.Request.Header.Values("Accept"), ",")
	if negotiate(accept, available) == "" {
		return ErrNotAcceptable.With("available", strings.Join(available, ", "))
	}
	if len(ep.Produces) == 0 {
		x.context.Request.Header.Del("Accept")
	}
	return nil
}

const (
	jsonType      = "application/json"
	multipartType = "multipart/form-data"
)

// Accepted returns which of the available media types the client wants most, the first when it
// does not care, "" when it wants none (RFC 9110, 12.5.1).
func Accepted(r *http.Request, available ...string) string {
	return negotiate(strings.Join(r.Header.Values("Accept"), ","), available)
}

func negotiate(accept string, available []string) string {
	if strings.TrimSpace(accept) == "" {
		return available[0]
	}
	best, bestWeight := "", 0.0
	for _, candidate := range available {
		if weight := weightOf(accept, candidate); weight > bestWeight {
			best, bestWeight = candidate, weight
		}
	}
	return best
}

// weightOf is the weight that the most specific range of an Accept header gives a media type.
func weightOf(accept, mediaType string) float64 {
	kind, _, _ := strings.Cut(mediaType, "/")
	weight, specific := 0.0, 0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		precision := 0
		switch name {
		case mediaType:
			precision = 3
		case kind + "/*":
			precision = 2
		case "*/*":
			precision = 1
		}
		if precision <= specific {
			continue
		}
		specific, weight = precision, 1
		if q, ok := params["q"]; ok {
			weight, err = strconv.ParseFloat(q, 64)
			if err != nil {
				weight = 0
			}
		}
	}
	return weight
}

// checkQuery refuses parameters that the operation does not name, that come twice, are no text
// or are too long, and hands on the rest in normal form.
func (x *exchange) checkQuery(ep *endpoint) error {
	if x.context.Request.URL.RawQuery == "" {
		return nil
	}
	values, err := url.ParseQuery(x.context.Request.URL.RawQuery)
	if err != nil {
		return ErrMalformedRequest.With().Because(err)
	}
	var found fault.Collector
	for name, list := range values {
		known, ok := ep.parameters[name]
		pointer := "query." + cut(name)
		switch {
		case !ok:
			found.Add(pointer, ErrUnknownParameter)
		case len(list) > 1 && !known.repeated:
			found.Add(pointer, ErrRepeatedParameter)
		}
		for i, value := range list {
			list[i] = norm.NFC.String(value)
			switch {
			case len(value) > MaxParameter:
				found.Add(pointer, fault.ErrTooLong, "max", MaxParameter)
			case !plain(value):
				found.Add(pointer, ErrForbiddenCharacter)
			case known.quantity && value != "":
				amount, err := quantity.Parse(value)
				if err != nil || amount < 0 && !known.negative {
					found.Add(pointer, ErrNotAQuantity)
				}
				list[i] = strconv.FormatInt(int64(amount), 10)
			}
		}
	}
	if err := found.Err(); err != nil {
		return sorted(err)
	}
	address := *x.context.Request.URL
	address.RawQuery = values.Encode()
	x.context.Request.URL = &address
	return nil
}

// sorted puts complaints found in a map's order into the order of their places.
func sorted(err error) error {
	if refusal, ok := fault.From(err); ok {
		slices.SortStableFunc(refusal.Fields, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	}
	return err
}

// cut makes a name that the client chose fit to be told.
func cut(name string) string {
	name = strings.Map(func(r rune) rune {
		if forbidden(r) {
			return utf8.RuneError
		}
		return r
	}, name)
	if len(name) > maxPointer {
		return strings.ToValidUTF8(name[:maxPointer], "") + "…"
	}
	return name
}

// checkKey takes the idempotency key of an unsafe request
// (draft-ietf-httpapi-idempotency-key-header, without the quotes, which few clients send).
func (x *exchange) checkKey(ep *endpoint) error {
	keys, sent := x.context.Request.Header["Idempotency-Key"]
	if !sent || !unsafeMethod(ep.Method) {
		return nil
	}
	if len(keys) != 1 || len(keys[0]) < 1 || len(keys[0]) > 255 ||
		strings.ContainsFunc(keys[0], func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return ErrIdempotencyKey.At("header.Idempotency-Key")
	}
	scope := x.caller.Scope
	if scope == "" {
		scope = "address:" + x.address
	}
	x.request = &idempotency.Request{Scope: scope, Key: keys[0], Secret: ep.Secret}
	return nil
}

// fingerprint names what was asked, so that a key cannot be used for something else.
func (x *exchange) fingerprint(body []byte) {
	if x.request == nil {
		return
	}
	r := x.context.Request
	sum := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery} {
		sum.Write([]byte(part + "\n"))
	}
	sum.Write(body)
	x.request.Fingerprint = sum.Sum(nil)
}
