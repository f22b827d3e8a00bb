package embedded

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWithoutRedisThereIsAStandIn(t *testing.T) {
	t.Parallel()
	opts := testOptions(preparedFolder(t))
	opts.programs = usualPrograms()
	installed, err := opts.programs.postgres(0)
	require.NoError(t, err)
	opts.programs = programs{path: t.TempDir(), folders: []string{installed.dir}}

	owner := start(t, opts)
	require.True(t, owner.RedisStandIn)
	requireUp(t, owner)
	at := redisAt(t, owner.RedisURL)
	_, err = askRedis(t.Context(), at, "SET", "k", "v", "PX", "200")
	require.NoError(t, err)
	value, err := askRedis(t.Context(), at, "GET", "k")
	require.NoError(t, err)
	require.Equal(t, "v", value)
	require.Eventually(t, func() bool {
		_, err := askRedis(t.Context(), at, "GET", "k")
		return err != nil // a null, which is no string
	}, 5*time.Second, 50*time.Millisecond, "keys expire")

	guest := start(t, opts)
	require.True(t, guest.RedisStandIn)
	require.Equal(t, owner.RedisURL, guest.RedisURL)
	stop(t, owner)
	require.False(t, listens(port(t, owner.RedisURL)), "it ends with its owner")

	heir := start(t, opts)
	require.True(t, heir.Joined)
	require.True(t, heir.RedisStandIn)
	requireUp(t, heir)
}
