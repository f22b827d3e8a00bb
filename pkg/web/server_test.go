package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
)

func TestATakenAddressIsSaidClearly(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	address := taken.Addr().String()
	err = web.Serve(t.Context(), address, "BOX_LISTEN", http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	require.EqualError(t, err, "address "+address+" is in use: stop the other program or set BOX_LISTEN")
	require.ErrorContains(t, web.Serve(t.Context(), "nonsense", "BOX_LISTEN", nil, slog.New(slog.DiscardHandler)), "BOX_LISTEN")
}

func TestStoppingLetsRequestsFinishAndStreamsEnd(t *testing.T) {
	t.Parallel()
	listener, err := web.Listen(t.Context(), "127.0.0.1:0", "BOX_LISTEN")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	started := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-web.Stopping(r.Context())
		assert.NoError(t, r.Context().Err(), "a request under way is not cancelled at once")
		_, _ = io.WriteString(w, "finished")
	})
	served := make(chan error, 1)
	go func() { served <- web.ServeOn(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	answered := make(chan string, 1)
	go func() {
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+listener.Addr().String(), nil)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-started
	stop()
	require.Equal(t, "finished", <-answered)
	require.NoError(t, <-served)
	require.Nil(t, web.Stopping(t.Context()))
}

func TestTheServerIsNeverPatientForEver(t *testing.T) {
	t.Parallel()
	server := web.NewServer(http.NotFoundHandler())
	for _, patience := range []time.Duration{server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout} {
		require.Positive(t, patience)
	}
	require.LessOrEqual(t, server.MaxHeaderBytes, 64<<10)
}

func TestHalfAnAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.api.Gin().GET("/half", func(c *gin.Context) {
		_, _ = c.Writer.WriteString("half")
		panic("no more")
	})
	require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() {
		b.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/half", nil))
	})
}

func TestMetricsAndAdmin(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	b := newBench(t, func(o *web.Options) { o.Registry = registry })
	b.send(t, http.MethodGet, "/v1/boxes/01941f29-7c00-7000-8000-000000000000", "")
	b.send(t, http.MethodGet, "/nowhere/at/all", "")
	b.send(t, "BREW", "/v1/boxes", "")
	var notReady error
	admin := web.Admin(registry, func(context.Context) error { return notReady })
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	_, metrics := get("/metrics")
	require.Contains(t, metrics, `http_request_duration_seconds_count{method="GET",route="/v1/boxes/:id",status="4xx"} 1`)
	require.Contains(t, metrics, `http_request_duration_seconds_count{method="GET",route="unmatched",status="4xx"} 1`)
	require.Contains(t, metrics, `method="other"`)
	require.Contains(t, metrics, `http_refusals_total{code="unauthenticated"} 1`)
	require.Contains(t, metrics, `http_requests_in_flight 0`)
	status, _ := get("/debug/pprof/")
	require.Equal(t, 200, status)
	status, _ = get("/readyz")
	require.Equal(t, 200, status)
	notReady = errors.New("still loading")
	status, body := get("/readyz")
	require.Equal(t, 503, status)
	require.Contains(t, body, "still loading")
	require.Equal(t, 404, b.send(t, http.MethodGet, "/metrics", "").Code, "not on the public port")
}
