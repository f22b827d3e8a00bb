package cache

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Budget is what one exchange with Redis may take.
const Budget = 50 * time.Millisecond

// Options reads a redis:// address and sets what a cache needs: short timeouts that obey the
// request's deadline, and no retries, because the source of the copy is the better second try.
func Options(address string) (*redis.Options, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the Redis address must look like redis://host:6379/0")
	}
	options.ContextTimeoutEnabled = true
	options.DialTimeout = 2 * Budget
	options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = Budget, Budget, Budget
	options.MaxRetries = -1
	options.DialerRetries = 1
	return options, nil
}

// Shared is a tier in Redis. Without a client it keeps nothing. It is safe for concurrent use.
type Shared struct {
	client  *redis.Client
	breaker breaker
	failed  func()
}

// NewShared makes a tier of a client, which may be nil. Failed, when not nil, is told of every
// exchange that went wrong.
func NewShared(client *redis.Client, failed func()) *Shared {
	if failed == nil {
		failed = func() {}
	}
	return &Shared{client: client, failed: failed}
}

// Get returns the copies under the keys with one command, nil where there is none. Whatever goes
// wrong is a miss.
func (s *Shared) Get(ctx context.Context, keys ...string) [][]byte {
	found := make([][]byte, len(keys))
	if len(keys) == 0 || s.client == nil || !s.breaker.closed() {
		return found
	}
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	if len(keys) == 1 {
		data, err := s.client.Get(ctx, keys[0]).Bytes()
		if !errors.Is(err, redis.Nil) && !s.noted(err) {
			return found
		}
		found[0] = data
		return found
	}
	values, err := s.client.MGet(ctx, keys...).Result()
	if !s.noted(err) {
		return found
	}
	for i, value := range values {
		if text, ok := value.(string); ok {
			found[i] = []byte(text)
		}
	}
	return found
}

// Keeps reports whether there is somebody to keep copies.
func (s *Shared) Keeps() bool { return s.client != nil }

// Copy is something to keep.
type Copy struct {
	Key  string
	Data []byte
	Life time.Duration
}

// Put keeps copies, in one round trip. It reports nothing: a copy that could not be kept is made
// again by whoever misses it.
func (s *Shared) Put(ctx context.Context, copies ...Copy) {
	if len(copies) == 0 || s.client == nil || !s.breaker.closed() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	if len(copies) == 1 {
		s.noted(s.client.Set(ctx, copies[0].Key, copies[0].Data, copies[0].Life).Err())
		return
	}
	_, err := s.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, c := range copies {
			pipe.Set(ctx, c.Key, c.Data, c.Life)
		}
		return nil
	})
	s.noted(err)
}

// noted tells the breaker how an exchange went.
func (s *Shared) noted(err error) bool {
	if err != nil && !errors.Is(err, redis.Nil) {
		s.failed()
		s.breaker.failed()
		return false
	}
	s.breaker.succeeded()
	return true
}
