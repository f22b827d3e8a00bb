package cache

import (
	"math"

	"github.com/maypok86/otter/v2"
)

// Local is a tier in the process, bounded by the bytes it holds; what is asked for least goes
// first. It is safe for concurrent use.
type Local[K comparable, V any] struct{ kept *otter.Cache[K, V] }

// NewLocal makes a tier of at most so many bytes; weigh says what an entry takes.
func NewLocal[K comparable, V any](bytes uint64, weigh func(K, V) int) *Local[K, V] {
	return &Local[K, V]{otter.Must(&otter.Options[K, V]{
		MaximumWeight: bytes,
		Weigher: func(key K, value V) uint32 {
			return uint32(min(max(weigh(key, value), 1), math.MaxUint32))
		},
	})}
}

// Get returns what is kept under a key.
func (l *Local[K, V]) Get(key K) (V, bool) { return l.kept.GetIfPresent(key) }

// Put keeps a value, for as long as there is room.
func (l *Local[K, V]) Put(key K, value V) { l.kept.Set(key, value) }
