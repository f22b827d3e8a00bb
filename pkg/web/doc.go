// Package web is the HTTP edge: everything that stands between a socket and a service.
//
// A request passes, in this order: recovery and trace id, access log and metrics, security
// headers, authentication, rate limit, access by operation, accepted media type, query
// parameters, idempotency key, body. Only then huma decodes and validates it and calls the
// handler. Every refusal on the way, of whatever layer, is one problem document (RFC 9457) with a
// stable code, in Vietnamese or English.
//
// The package knows nothing of the service behind it: [Options] tells it who calls,
// [Operation] what an endpoint is and who may call it. From the operations and their Go types it
// prints the OpenAPI document and the page at /docs.
//
// # What a handler may rely on
//
//   - Every text it gets is valid UTF-8, has no NUL and is in Unicode normal form C.
//   - A body has no unknown, repeated or differently-cased member, is nested at most
//     [MaxNesting] deep and is no longer than its operation allows.
//   - Parameters the operation does not name were refused.
//   - Errors it returns reach the client only when they are faults; all else is logged and
//     answered with a bare 500.
package web
