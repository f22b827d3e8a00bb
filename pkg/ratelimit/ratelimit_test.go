package ratelimit_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/ratelimit"
)

func TestTakeRefusesBeyondTheBudgetAndRecovers(t *testing.T) {
	t.Parallel()
	limiter := ratelimit.New(3, 0)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for want := 2; want >= 0; want-- {
		decision := limiter.Take("a", now)
		require.True(t, decision.Allowed)
		require.Equal(t, want, decision.Remaining)
	}
	refused := limiter.Take("a", now)
	require.False(t, refused.Allowed)
	require.Equal(t, time.Second, refused.RetryAfter)
	require.Equal(t, time.Second, refused.Reset)
	require.Equal(t, 3, refused.Limit)
	require.True(t, limiter.Take("b", now).Allowed, "keys do not share a bucket")
	require.True(t, limiter.Take("a", now.Add(time.Second)).Allowed)
}

func TestQuietKeysAreForgotten(t *testing.T) {
	t.Parallel()
	limiter := ratelimit.New(1, 2)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	require.True(t, limiter.Take("kept", now).Allowed)
	for i := range 100 {
		limiter.Take(strconv.Itoa(i), now)
		require.False(t, limiter.Take("kept", now).Allowed, "a key in use is not forgotten")
	}
	require.True(t, limiter.Take("0", now).Allowed, "a forgotten key starts anew")
}
