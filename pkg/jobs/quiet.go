package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// again is how long one complaint of River is not repeated: while the database is away it would be
// made every second by each of its parts.
const again = time.Minute

// quiet passes on what River warns of, each message once a minute; how jobs went is said by
// [Runner.report] instead.
type quiet struct {
	*said

	inner slog.Handler
}

// said remembers when a message was last passed on.
type said struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// Enabled implements slog.Handler.
func (q *quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.inner.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (q *quiet) Handle(ctx context.Context, record slog.Record) error {
	if q.repeated(record.Message, record.Time) {
		return nil
	}
	return q.inner.Handle(ctx, record) //nolint:wrapcheck // a decorator
}

// WithAttrs implements slog.Handler.
func (q *quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &quiet{inner: q.inner.WithAttrs(attrs), said: q.said}
}

// WithGroup implements slog.Handler.
func (q *quiet) WithGroup(name string) slog.Handler {
	return &quiet{inner: q.inner.WithGroup(name), said: q.said}
}

func (s *said) repeated(message string, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.last[message]; ok && at.Sub(last) < again {
		return true
	}
	if s.last == nil {
		s.last = make(map[string]time.Time)
	}
	s.last[message] = at
	return false
}
