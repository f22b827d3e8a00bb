package catalog

import (
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/ocop-market/ocop/pkg/cache"
)

// Staleness is the oldest state of the catalogue that anybody is shown while PostgreSQL answers.
const Staleness = time.Second

const (
	// localBytes is what the copies of one process may take.
	localBytes = 128 << 20
	// cacheVersion is part of every key: raise it when the stored form or what is rendered changes.
	cacheVersion = "c2"
	jsonType     = "application/json"
)

// RedisOptions reads a redis:// address and sets what the cache needs; see [cache.Options].
func RedisOptions(address string) (*redis.Options, error) {
	return cache.Options(address)
}

// copies are the rendered products: in the process, in Redis, and where both miss, from
// PostgreSQL. A copy is served only when the feed knows of no change that it does not show.
type copies struct {
	service *Service
	local   *cache.Local[copyKey, *copyOf]
	shared  *cache.Shared
	metrics *metrics
	// unfenced makes copies claim to show what is known when they are kept, instead of what their
	// snapshot saw: what a cache without the fence does. Only a test sets it, to show the fence's worth.
	unfenced bool
	// overtake, when a test sets it, runs between reading and keeping, where changes overtake readers.
	overtake func()

	mutex   sync.Mutex
	flights map[copyKey]*flight
	// waiting are the flights that no statement has taken along yet, and filling counts the
	// statements that are under way.
	waiting []copyKey
	filling int
}

// copyKey names a copy: which product, for whom.
type copyKey struct {
	product uuid.UUID
	class   class
}

func newCopies(service *Service, client *redis.Client, registry prometheus.Registerer) *copies {
	counted := newMetrics(registry)
	return &copies{
		service: service, metrics: counted, flights: make(map[copyKey]*flight),
		shared: cache.NewShared(client, counted.redisFailures.Inc),
		local:  cache.NewLocal(localBytes, func(_ copyKey, c *copyOf) int { return c.weight() }),
	}
}

// sharedKey names a copy in Redis: of which database, of what, for whom. Two installations that
// share a Redis never show each other's pages.
func (c *copies) sharedKey(database string, key copyKey) string {
	return "ocop:catalogue:" + cacheVersion + ":" + database + ":" + string(key.class) + ":" + key.product.String()
}

// metrics are what the cache counts.
type metrics struct {
	age                            prometheus.Histogram
	redisFailures                  prometheus.Counter
	local, shared, database, stale prometheus.Counter
	bypass                         prometheus.Counter
	// products are the copies of products, answers what is put together and kept for less than a second.
	products, answers kept
}

// kept is what one kind of copies counts: those made, and those turned away because they were too
// old already.
type kept struct{ fills, fences prometheus.Counter }

func newMetrics(registry prometheus.Registerer) *metrics {
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	reads := register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ocop_catalogue_reads_total",
		Help: "Catalogue reads by the tier that answered: local, shared, database, bypass (who may not be shown a copy), stale (PostgreSQL could not be reached).",
	}, []string{"tier"}))
	fills := register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ocop_catalogue_fills_total", Help: "Copies made and kept: of a product, from PostgreSQL; of an answer, which is a list, a search or suggestions.",
	}, []string{"of"}))
	fences := register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ocop_catalogue_fences_lost_total",
		Help: "Copies turned away: of a product, because a change was known that its snapshot did not see; of an answer, because making it took so long.",
	}, []string{"of"}))
	m := &metrics{
		age: register[prometheus.Histogram](registry, prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ocop_catalogue_age_seconds", Help: "How long ago the state that a copy shows was known to be the latest, when it was served.",
			Buckets: []float64{.05, .1, .2, .3, .5, .7, 1, 2, 5, 10, 60, 600, 3600},
		})),
		redisFailures: register[prometheus.Counter](registry, prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ocop_catalogue_redis_failures_total", Help: "Exchanges with Redis that failed.",
		})),
	}
	m.local, m.shared, m.database = reads.WithLabelValues("local"), reads.WithLabelValues("shared"), reads.WithLabelValues("database")
	m.products = kept{fills.WithLabelValues("product"), fences.WithLabelValues("product")}
	m.answers = kept{fills.WithLabelValues("answer"), fences.WithLabelValues("answer")}
	m.stale, m.bypass = reads.WithLabelValues("stale"), reads.WithLabelValues("bypass")
	return m
}

// served counts a read and how old the state was that it showed.
func (m *metrics) served(from tier, age time.Duration) {
	switch from {
	case fromLocal:
		m.local.Inc()
	case fromShared:
		m.shared.Inc()
	case fromDatabase:
		m.database.Inc()
	case fromStale:
		m.stale.Inc()
	case bypassed:
		m.bypass.Inc()
		return
	}
	m.age.Observe(age.Seconds())
}

// register returns the collector, or the one of that name that is registered already: of several
// services in one process.
func register[C prometheus.Collector](registry prometheus.Registerer, made C) C {
	var known prometheus.AlreadyRegisteredError
	if err := registry.Register(made); errors.As(err, &known) {
		if existing, ok := known.ExistingCollector.(C); ok {
			return existing
		}
	}
	return made
}
