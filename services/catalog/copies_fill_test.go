package catalog

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/cache"
)

// Sixty products are missing for two classes of readers, all asked for by readers of their own while
// one statement is under way: a few statements read them all, and every reader gets the right one.
func TestMissesAreMadeTogether(t *testing.T) {
	t.Parallel()
	const products = 60
	r := startRace(t, products, false)
	s := r.processes[0]
	require.NoError(t, s.Follow(t.Context()))
	s.copies.local, s.copies.shared = nothingKept(), cache.NewShared(nil, nil)
	var statements atomic.Int32
	missing := func() int {
		s.copies.mutex.Lock()
		defer s.copies.mutex.Unlock()
		return len(s.copies.flights)
	}
	s.copies.overtake = func() {
		if statements.Add(1) == 1 {
			require.Eventually(t, func() bool { return missing() == 2*products }, fillTimeout/2, fillPatience/20)
		}
	}
	var readers sync.WaitGroup
	for _, id := range r.products {
		for _, class := range []class{anybody, buyer} {
			readers.Go(func() {
				found, _, err := s.copies.read(t.Context(), class, []uuid.UUID{id})
				if err != nil || found[0] == nil || found[0].product != id {
					t.Errorf("product %s for %s: %v, %v", id, class, found, err)
				}
			})
		}
	}
	readers.Wait()
	// The first takes what was there; impatient readers begin at most fillers; what is left follows.
	require.LessOrEqual(t, int(statements.Load()), 1+fillers+2*products/fillBatch)
	require.Zero(t, s.copies.filling, "nobody fills when nothing is missing")
	require.Empty(t, s.copies.waiting)
}

// A statement that hangs holds up those who wait for what it reads, and nobody else.
func TestAFillThatHangsHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	r := startRace(t, 2, false)
	s := r.processes[0]
	require.NoError(t, s.Follow(t.Context()))
	s.copies.shared = cache.NewShared(nil, nil)
	hung, release := make(chan struct{}), make(chan struct{})
	var statements atomic.Int32
	s.copies.overtake = func() {
		if statements.Add(1) == 1 {
			close(hung)
			<-release
		}
	}
	var first sync.WaitGroup
	first.Go(func() { _, _, _ = s.copies.read(t.Context(), anybody, r.products[:1]) })
	<-hung
	found, from, err := s.copies.read(t.Context(), anybody, r.products[1:])
	require.NoError(t, err)
	require.NotNil(t, found[0])
	require.Equal(t, fromDatabase, from)
	close(release)
	first.Wait()
}
