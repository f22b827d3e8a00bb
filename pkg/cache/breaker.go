package cache

import (
	"sync/atomic"
	"time"
)

const (
	// After breakAfter failures in a row a server is left alone for breakFor.
	breakAfter = 3
	breakFor   = time.Second
)

// breaker leaves a server alone that fails again and again. After its pause one caller tries.
type breaker struct {
	failures atomic.Int32
	until    atomic.Int64 // Unix nanoseconds
}

func (b *breaker) closed() bool {
	until := b.until.Load()
	if until == 0 {
		return true
	}
	now := time.Now().UnixNano()
	// Whoever moves the end on is the one who tries; the others go on without.
	return now >= until && b.until.CompareAndSwap(until, now+int64(breakFor))
}

func (b *breaker) succeeded() {
	if b.failures.Load() != 0 || b.until.Load() != 0 {
		b.failures.Store(0)
		b.until.Store(0)
	}
}

func (b *breaker) failed() {
	if b.failures.Add(1) >= breakAfter {
		b.until.Store(time.Now().Add(breakFor).UnixNano())
	}
}
