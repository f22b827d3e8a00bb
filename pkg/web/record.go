package web

import (
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// ending is how a request ended, as metrics and the log name it. There are few: routes are patterns
// and methods that nobody registers are one.
type ending struct {
	route, method string
	status        int
}

// recorder writes down requests that ended alike; what they share is looked up and worded once.
type recorder struct {
	duration prometheus.Observer
	log      slog.Handler
	level    slog.Level
}

// record writes the log line and the metrics of a request.
func (api *API) record(x *exchange, took time.Duration) {
	c := x.context
	to := api.recorder(ending{c.FullPath(), c.Request.Method, c.Writer.Status()})
	to.duration.Observe(took.Seconds())
	for _, code := range x.refusals {
		api.metrics.refusals.WithLabelValues(code).Inc()
	}
	ctx := c.Request.Context() // its end does not matter to handlers of slog
	if !to.log.Enabled(ctx, to.level) {
		return
	}
	// A record of our own: a logger would look up the place of this line, which tells nobody anything.
	line := slog.NewRecord(time.Now(), to.level, "request", 0)
	line.AddAttrs(
		slog.String("trace_id", x.traceID()),
		slog.Duration("duration", took),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.String("caller", x.caller.Scope),
	)
	if len(x.refusals) > 0 {
		line.AddAttrs(slog.String("code", strings.Join(x.refusals, ",")))
	}
	_ = to.log.Handle(ctx, line) // there is nowhere to say that a line could not be written
}

// recorders are kept by how requests end. The map is replaced whole when one is added, which ends
// soon, so that looking one up neither locks nor allocates.
type recorders struct {
	known atomic.Pointer[map[ending]*recorder]
	adds  sync.Mutex
}

func (r *recorders) get(end ending, begin func() *recorder) *recorder {
	if known := r.known.Load(); known != nil && (*known)[end] != nil {
		return (*known)[end]
	}
	r.adds.Lock()
	defer r.adds.Unlock()
	known := map[ending]*recorder{}
	if before := r.known.Load(); before != nil {
		maps.Copy(known, *before)
	}
	if known[end] == nil {
		known[end] = begin()
	}
	r.known.Store(&known)
	return known[end]
}

func (api *API) recorder(end ending) *recorder {
	if end.route == "" {
		end.route = "unmatched"
	}
	switch end.method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		end.method = "other"
	}
	return api.recorders.get(end, func() *recorder {
		level := slog.LevelInfo
		if api.probes[end.route] {
			level = slog.LevelDebug
		}
		return &recorder{
			duration: api.metrics.duration.WithLabelValues(end.route, end.method, strconv.Itoa(end.status/100)+"xx"),
			log: api.log.Handler().WithAttrs([]slog.Attr{
				slog.String("method", end.method), slog.String("route", end.route), slog.Int("status", end.status),
			}),
			level: level,
		}
	})
}
