package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// Staleness is the oldest state of the catalogue that anybody is shown.
const Staleness = time.Second

const (
	// life is how long after its snapshot began a page is handed out. What lacks to Staleness is
	// for the way to the reader.
	life = 950 * time.Millisecond
	// renderTimeout ends a rendering that several requests wait for.
	renderTimeout = 10 * time.Second
	// redisTimeout is what a read may lose to a slow Redis.
	redisTimeout = 50 * time.Millisecond
	// After breakAfter failures in a row Redis is left alone for breakFor.
	breakAfter = 3
	breakFor   = time.Second
	// cacheVersion is part of every key: raise it when the stored form changes.
	cacheVersion = "c1"
)

// RedisOptions reads a redis:// address and sets what the cache needs: short timeouts that obey
// the request's deadline, and no retries, because the database is the better second try.
func RedisOptions(address string) (*redis.Options, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the Redis address must look like redis://host:6379/0")
	}
	options.ContextTimeoutEnabled = true
	options.DialTimeout = 2 * redisTimeout
	options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = redisTimeout, redisTimeout, redisTimeout
	options.MaxRetries = -1
	options.DialerRetries = 1
	return options, nil
}

// Page is an answer as it is sent.
type Page struct {
	ETag string
	Body []byte
	// Next is the cursor of the next page of a list, for its Link header.
	Next string
}

// newPage computes the ETag from the bytes; prefix, when there is one, is the version that
// If-Match compares.
func newPage(prefix string, body []byte) Page {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	if prefix != "" {
		tag = prefix + "-" + tag
	}
	return Page{ETag: `"` + tag + `"`, Body: body}
}

// cache keeps rendered pages in Redis for less than Staleness. A nil client keeps nothing.
type cache struct {
	redis    *redis.Client
	flights  singleflight.Group
	failures atomic.Int32
	closedAt atomic.Int64 // until when Redis is left alone, Unix nanoseconds
	home     atomic.Pointer[string]
	requests *prometheus.CounterVec
}

func newCache(client *redis.Client, registry prometheus.Registerer) *cache {
	c := &cache{redis: client, requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ocop_catalogue_cache_requests_total",
		Help: "Catalogue reads by how they were answered: hit, miss, bypass; error counts failures of Redis.",
	}, []string{"result"})}
	if registry != nil {
		var known prometheus.AlreadyRegisteredError
		if err := registry.Register(c.requests); errors.As(err, &known) {
			if counter, ok := known.ExistingCollector.(*prometheus.CounterVec); ok {
				c.requests = counter
			}
		}
	}
	return c
}

// entry is a page and when its snapshot began.
type entry struct {
	Page

	began time.Time
}

func (e entry) fresh() bool { return time.Since(e.began) < life }

// page returns the page for a key, rendering it when no fresh one is kept. Readers of one process
// who want the same page at once share one rendering, unless it took so long that what it saw is
// stale.
func (c *cache) page(ctx context.Context, key string, render func(ctx context.Context) (Page, error)) (Page, error) {
	if kept, ok := c.get(ctx, key); ok {
		c.requests.WithLabelValues("hit").Inc()
		return kept.Page, nil
	}
	c.requests.WithLabelValues("miss").Inc()
	made, shared, err := c.share(ctx, key, render)
	if err == nil && shared && !made.fresh() {
		made.Page, err = render(ctx)
	}
	return made.Page, err
}

// share renders once for all who ask at the same time. The rendering outlives the request that
// began it, because others may wait for it.
func (c *cache) share(ctx context.Context, key string, render func(ctx context.Context) (Page, error)) (entry, bool, error) {
	result := c.flights.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renderTimeout)
		defer cancel()
		made := entry{began: time.Now()}
		var err error
		if made.Page, err = render(ctx); err != nil {
			return entry{}, err
		}
		c.put(ctx, key, made)
		return made, nil
	})
	select {
	case <-ctx.Done():
		return entry{}, false, fault.ErrUnavailable.With().Because(ctx.Err())
	case done := <-result:
		made, _ := done.Val.(entry)
		return made, done.Shared, done.Err
	}
}

// get asks Redis once. Whatever goes wrong there is a miss.
func (c *cache) get(ctx context.Context, key string) (entry, bool) {
	if !c.usable() {
		return entry{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	data, err := c.redis.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		c.failures.Store(0)
		return entry{}, false
	}
	if c.failed(err) {
		return entry{}, false
	}
	kept, ok := decodeEntry(data)
	return kept, ok && kept.fresh()
}

// put keeps a page for what is left of its life.
func (c *cache) put(ctx context.Context, key string, made entry) {
	left := life - time.Since(made.began)
	if left < time.Millisecond || !c.usable() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	c.failed(c.redis.Set(ctx, key, encodeEntry(made), left).Err())
}

func (c *cache) usable() bool { return c.redis != nil && time.Now().UnixNano() >= c.closedAt.Load() }

// failed counts failures of Redis and leaves it alone after several in a row.
func (c *cache) failed(err error) bool {
	if err == nil {
		c.failures.Store(0)
		return false
	}
	c.requests.WithLabelValues("error").Inc()
	if c.failures.Add(1) >= breakAfter {
		c.closedAt.Store(time.Now().Add(breakFor).UnixNano())
	}
	return true
}

// key names a page: of which database, what it shows, for whom, and the query in its canonical
// form. Two installations that share a Redis never show each other's pages. The database says
// once who it is.
func (c *cache) key(ctx context.Context, reader postgres.Reader, kind string, who class, query string) (string, error) {
	home := c.home.Load()
	if home == nil {
		const identify = `
			SELECT CAST(s.system_identifier AS text) || '.' || d.oid FROM pg_control_system() s, pg_database d
			 WHERE d.datname = current_database()`
		var name string
		if err := reader.Get(ctx, &name, identify); err != nil {
			return "", err
		}
		home = &name
		c.home.Store(home)
	}
	sum := sha256.Sum256([]byte(query))
	return fmt.Sprintf("ocop:catalogue:%s:%s:%s:%s:%s", cacheVersion, *home, kind, who, hex.EncodeToString(sum[:16])), nil
}

// encodeEntry writes when the snapshot began, the ETag, the next cursor and the body. The time is
// kept beside Redis's own, so that a command that Redis carried out late does no harm.
func encodeEntry(e entry) []byte {
	data := make([]byte, 0, 16+len(e.ETag)+len(e.Next)+len(e.Body))
	data = binary.BigEndian.AppendUint64(data, uint64(e.began.UnixMilli()))
	for _, text := range [...]string{e.ETag, e.Next} {
		data = binary.BigEndian.AppendUint16(data, uint16(len(text))) //nolint:gosec // ETags and cursors are short
		data = append(data, text...)
	}
	return append(data, e.Body...)
}

func decodeEntry(data []byte) (entry, bool) {
	if len(data) < 8 {
		return entry{}, false
	}
	made := entry{began: time.UnixMilli(int64(binary.BigEndian.Uint64(data)))} //nolint:gosec // written by encodeEntry
	data = data[8:]
	for _, text := range [...]*string{&made.ETag, &made.Next} {
		if len(data) < 2 {
			return entry{}, false
		}
		length := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; len(data) < length {
			return entry{}, false
		}
		*text, data = string(data[:length]), data[length:]
	}
	made.Body = data
	return made, true
}
