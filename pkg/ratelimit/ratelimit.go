// Package ratelimit gives every key its own token bucket and forgets the keys that were quiet
// longest, so that its memory is bounded whoever calls.
package ratelimit

import (
	"container/list"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// MaxKeys is how many keys are remembered at once.
const MaxKeys = 65_536

// Limiter holds the buckets. It is safe for concurrent use.
type Limiter struct {
	perSecond int

	mutex   sync.Mutex
	buckets map[string]*list.Element
	recent  *list.List // front is the key used last
	maxKeys int
}

type bucket struct {
	key    string
	tokens *rate.Limiter
}

// Decision is the answer to one request.
type Decision struct {
	Allowed bool
	// Limit is how many requests a full bucket allows, Remaining how many are left now.
	Limit, Remaining int
	// Reset is when the bucket will be full again; RetryAfter, when a refused request may be
	// tried again. Both are whole seconds, rounded up.
	Reset, RetryAfter time.Duration
}

// New returns a limiter that lets every key do perSecond requests a second, and as many at once.
// maxKeys ≤ 0 means MaxKeys.
func New(perSecond, maxKeys int) *Limiter {
	if maxKeys <= 0 {
		maxKeys = MaxKeys
	}
	return &Limiter{
		perSecond: max(perSecond, 1),
		buckets:   make(map[string]*list.Element),
		recent:    list.New(),
		maxKeys:   maxKeys,
	}
}

// Limit is how many requests a second each key may do.
func (l *Limiter) Limit() int { return l.perSecond }

// Take asks for one request of a key at an instant.
func (l *Limiter) Take(key string, now time.Time) Decision {
	tokens := l.bucket(key)
	allowed := tokens.AllowN(now, 1)
	left := max(tokens.TokensAt(now), 0)
	decision := Decision{
		Allowed:   allowed,
		Limit:     l.perSecond,
		Remaining: int(left),
		Reset:     seconds((float64(l.perSecond) - left) / float64(l.perSecond)),
	}
	if !allowed {
		decision.RetryAfter = max(seconds((1-left)/float64(l.perSecond)), time.Second)
	}
	return decision
}

func seconds(n float64) time.Duration { return time.Duration(math.Ceil(n)) * time.Second }

func (l *Limiter) bucket(key string) *rate.Limiter {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if element, known := l.buckets[key]; known {
		l.recent.MoveToFront(element)
		return element.Value.(*bucket).tokens //nolint:forcetypeassert // the list holds nothing else
	}
	if l.recent.Len() >= l.maxKeys {
		oldest := l.recent.Back()
		delete(l.buckets, l.recent.Remove(oldest).(*bucket).key) //nolint:forcetypeassert // as above
	}
	fresh := &bucket{key: key, tokens: rate.NewLimiter(rate.Limit(l.perSecond), l.perSecond)}
	l.buckets[key] = l.recent.PushFront(fresh)
	return fresh.tokens
}
