package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// The server's patience. A client gets five seconds for its headers, so that many slow ones
// cannot hold every connection; handlers that stream lift the write deadline themselves.
const (
	headerPatience = 5 * time.Second
	readPatience   = 30 * time.Second
	writePatience  = 60 * time.Second
	idlePatience   = 120 * time.Second
	stopPatience   = 10 * time.Second
	maxHeader      = 32 << 10
)

// NewServer returns a server with all its timeouts and bounds set.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerPatience,
		ReadTimeout:       readPatience,
		WriteTimeout:      writePatience,
		IdleTimeout:       idlePatience,
		MaxHeaderBytes:    maxHeader,
	}
}

// Listen opens a TCP address. When it is taken, the error says which setting changes it.
func Listen(ctx context.Context, address, setting string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("address %s is in use: stop the other program or set %s", address, setting)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s (%s): %w", address, setting, err)
	}
	return listener, nil
}

// Serve listens on an address and serves until ctx ends, as ServeOn does. setting is the name of
// what configures the address, for the message when it is taken.
func Serve(ctx context.Context, address, setting string, handler http.Handler, log *slog.Logger) error {
	listener, err := Listen(ctx, address, setting)
	if err != nil {
		return err
	}
	return ServeOn(ctx, listener, handler, log)
}

type stoppingKey struct{}

// Stopping is closed when the server that serves this request begins to stop. Streams end then;
// outside a request it is nil, which never ends.
func Stopping(ctx context.Context) <-chan struct{} {
	stopping, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return stopping
}

// ServeOn serves until ctx ends, then takes no new requests and gives those under way ten
// seconds; what is left is cut off. It returns nil after an orderly stop.
func ServeOn(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := NewServer(handler)
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	// Requests under way outlive ctx: they end by themselves or by the cut.
	base, cut := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), stoppingKey{}, ctx.Done()))
	defer cut()
	server.BaseContext = func(net.Listener) context.Context { return base }

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.InfoContext(ctx, "listening", "address", listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serving %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	patience, done := context.WithTimeout(base, stopPatience)
	defer done()
	if err := server.Shutdown(patience); err != nil {
		cut()
		log.WarnContext(base, "requests under way were cut off", "address", listener.Addr().String())
		if closeErr := server.Close(); closeErr != nil {
			return fmt.Errorf("stopping %s: %w", listener.Addr(), closeErr)
		}
	}
	<-failed //nolint:errcheck // http.ErrServerClosed
	return nil
}
