package cache_test

import (
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/cache"
)

func client(t *testing.T, address string) *redis.Client {
	t.Helper()
	options, err := cache.Options(address)
	require.NoError(t, err)
	made := redis.NewClient(options)
	t.Cleanup(func() { require.NoError(t, made.Close()) })
	return made
}

func TestSharedKeepsCopies(t *testing.T) {
	t.Parallel()
	address := os.Getenv("OCOP_TEST_REDIS_URL")
	require.NotEmpty(t, address, "start the servers of the tests: bin/ocop private -- go test ./pkg/cache/")
	shared := cache.NewShared(client(t, address), func() { t.Error("Redis failed") })
	a, b, c := uuid.NewString(), uuid.NewString(), uuid.NewString()
	shared.Put(t.Context(), cache.Copy{Key: a, Data: []byte("one"), Life: time.Minute})
	shared.Put(t.Context(), cache.Copy{Key: b, Data: []byte("two"), Life: time.Minute}, cache.Copy{Key: c, Data: []byte{}, Life: time.Minute})
	require.Equal(t, [][]byte{[]byte("one")}, shared.Get(t.Context(), a))
	require.Equal(t, [][]byte{[]byte("two"), nil, {}, []byte("one")}, shared.Get(t.Context(), b, uuid.NewString(), c, a))
	require.Equal(t, [][]byte{nil}, shared.Get(t.Context(), uuid.NewString()), "a miss is no failure")
	require.Empty(t, shared.Get(t.Context()))
}

// A Redis that is gone is asked three times, then left alone for a while; nothing waits for it.
func TestSharedLeavesABrokenRedisAlone(t *testing.T) {
	t.Parallel()
	gone, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, gone.Close())
	var failures atomic.Int32
	shared := cache.NewShared(client(t, "redis://"+gone.Addr().String()), func() { failures.Add(1) })
	for range 100 {
		require.Equal(t, [][]byte{nil}, shared.Get(t.Context(), "a"))
		shared.Put(t.Context(), cache.Copy{Key: "a", Data: []byte("one"), Life: time.Minute})
	}
	require.Less(t, failures.Load(), int32(10))
	require.GreaterOrEqual(t, failures.Load(), int32(3))
	none := cache.NewShared(nil, nil)
	none.Put(t.Context(), cache.Copy{Key: "a"})
	require.Equal(t, [][]byte{nil}, none.Get(t.Context(), "a"))
}

func TestOptionsWantAnAddress(t *testing.T) {
	t.Parallel()
	_, err := cache.Options("localhost")
	require.ErrorContains(t, err, "redis://")
}

func TestLocalIsBounded(t *testing.T) {
	t.Parallel()
	local := cache.NewLocal(1000, func(_ string, value []byte) int { return len(value) })
	for i := range 100 {
		local.Put(strconv.Itoa(i), make([]byte, 100))
	}
	require.Eventually(t, func() bool {
		kept := 0
		for i := range 100 {
			if _, ok := local.Get(strconv.Itoa(i)); ok {
				kept++
			}
		}
		return kept <= 10
	}, 5*time.Second, 10*time.Millisecond)
}
