package inquiry

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

// hand is a combiner whose decisions take as long as the test says.
type hand struct {
	combiner

	mutex   sync.Mutex
	batches []int
	alone   int
	callers sync.WaitGroup
}

func newHand(took time.Duration) *hand {
	h := &hand{}
	h.together = func(_ context.Context, batch []*asked) []outcome {
		h.mutex.Lock()
		h.batches = append(h.batches, len(batch))
		h.mutex.Unlock()
		time.Sleep(took)
		return make([]outcome, len(batch))
	}
	return h
}

// ask has an act decided by a caller of its own and returns when that waits, with what says how it ended; decided
// alone it takes so long.
func (h *hand) ask(ctx context.Context, took time.Duration) func() error {
	var result error
	h.callers.Go(func() {
		_, err := h.decide(ctx, &asked{}, func() (Awards, error) {
			h.mutex.Lock()
			h.alone++
			h.mutex.Unlock()
			time.Sleep(took)
			return Awards{}, nil
		})
		h.mutex.Lock()
		defer h.mutex.Unlock()
		result = err
	})
	synctest.Wait()
	return func() error {
		h.mutex.Lock()
		defer h.mutex.Unlock()
		return result
	}
}

// batched lists how many were decided in each transaction, single how many alone.
func (h *hand) batched() []int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.batches)
}

func (h *hand) single() int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.alone
}

// underWay is how many transactions are under way.
func (h *hand) underWay() int {
	h.combiner.mutex.Lock()
	defer h.combiner.mutex.Unlock()
	return h.sitting
}

// rest lets all callers have their answers and all transactions end.
func (h *hand) rest() {
	h.callers.Wait()
	synctest.Wait()
}

// Who comes when nothing is under way waits for nobody; who comes meanwhile waits for one of them, and then
// all go together.
func TestActsWaitOnlyForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, began := newHand(time.Millisecond), time.Now()
		for range sittings {
			h.ask(t.Context(), 5*time.Millisecond)
		}
		require.Equal(t, sittings, h.single(), "at once")
		for range 5 {
			h.ask(t.Context(), time.Hour)
		}
		require.Empty(t, h.batched())
		h.rest()
		require.Equal(t, []int{5}, h.batched())
		require.Equal(t, 6*time.Millisecond, time.Since(began))
		require.Zero(t, h.underWay(), "all places are free")
		h.ask(t.Context(), time.Millisecond)
		require.Equal(t, sittings+1, h.single(), "at once again")
		h.rest()
	})
}

// Who waits with nobody else is decided as one who comes alone, and its place is free afterwards.
func TestWhoWaitsAloneIsDecidedAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHand(time.Millisecond)
		for range sittings + 1 {
			h.ask(t.Context(), time.Millisecond)
		}
		h.rest()
		require.Equal(t, sittings+1, h.single())
		require.Empty(t, h.batched())
		require.Zero(t, h.underWay())
	})
}

// An act for which nobody waits any more is left out, and its end is no other's.
func TestWhoLeavesIsLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHand(10 * time.Millisecond)
		for range sittings {
			h.ask(t.Context(), 5*time.Millisecond)
		}
		ctx, leave := context.WithCancel(t.Context())
		gone := h.ask(ctx, 0)
		stays, also := h.ask(t.Context(), 0), h.ask(t.Context(), 0)
		late, leaveLate := context.WithCancel(t.Context())
		goneLate := h.ask(late, 0)
		leave()
		synctest.Wait()
		require.ErrorIs(t, gone(), fault.ErrUnavailable)
		time.Sleep(7 * time.Millisecond)
		require.Equal(t, []int{3}, h.batched())
		leaveLate() // while it is being decided
		synctest.Wait()
		require.ErrorIs(t, goneLate(), context.Canceled)
		h.rest()
		require.NoError(t, errors.Join(stays(), also()))
		require.Zero(t, h.underWay())
	})
}

// A transaction that waits for a lock does not hold up all others.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, began := newHand(time.Millisecond), time.Now()
		for range sittings {
			h.ask(t.Context(), time.Second)
		}
		first, second := h.ask(t.Context(), 0), h.ask(t.Context(), 0)
		time.Sleep(sittingPatience + 2*time.Millisecond)
		require.NoError(t, errors.Join(first(), second()))
		require.Equal(t, []int{2}, h.batched())
		require.Equal(t, sittings, h.underWay())
		h.rest()
		require.Equal(t, time.Second, time.Since(began))
		require.Zero(t, h.underWay())
	})
}

// Whatever happens while acts are decided together, each is decided by itself then: nobody is left waiting.
func TestAnAccidentLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	require.Equal(t, []outcome{{alone: true}, {alone: true}}, decideTogether(t.Context(), nil, []*asked{{}, {}}), "without a database it panics")
}

func TestWhatIsPlain(t *testing.T) {
	t.Parallel()
	many := make([]Allocation, sittingAllocations+1)
	for _, one := range []struct {
		what  string
		act   Act
		plain bool
	}{
		{"a quote", Act{Allocations: many[:1]}, true},
		{"some quotes", Act{Allocations: many[:sittingAllocations]}, true},
		{"many quotes", Act{Allocations: many}, false},
		{"a framework", Act{Allocations: many[:1], Framework: &Period{}}, false},
		{"declines the rest", Act{Allocations: many[:1], DeclineRest: &DeclineRest{}}, false},
	} {
		require.Equal(t, one.plain, one.act.plain(), one.what)
	}
}
