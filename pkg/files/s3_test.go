//go:build s3

package files_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
)

// gateway names the program that speaks S3 over a folder: see `make test-s3`.
const gateway = "OCOP_TEST_S3_GATEWAY"

// startS3 starts a server on the loopback with one bucket and returns the bucket's address.
func startS3(t *testing.T) string {
	t.Helper()
	program := os.Getenv(gateway)
	require.NotEmpty(t, program, "%s is not set: run these tests with `make test-s3`", gateway)
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "data", "bucket"), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "meta"), 0o700))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host := listener.Addr().String()
	require.NoError(t, listener.Close())
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, program, "--quiet", "--access", "key", "--secret", "secret", "--port", host,
		"posix", "--sidecar", filepath.Join(root, "meta"), filepath.Join(root, "data"))
	server.Stdout, server.Stderr = t.Output(), t.Output()
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		stop()
		_ = server.Wait() // it was killed
	})
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + host)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err == nil
	}, 20*time.Second, 20*time.Millisecond)
	return "s3://key:secret@" + host + "/bucket?region=us-east-1&tls=off"
}

func TestS3(t *testing.T) {
	t.Parallel()
	address := startS3(t)
	store, err := files.NewS3(address)
	require.NoError(t, err)
	testStore(t, store)

	parsed, err := url.Parse(address)
	require.NoError(t, err)
	parsed.Path += "/below/here"
	below, err := files.NewS3(parsed.String())
	require.NoError(t, err)
	testStore(t, below)

	// A wrong secret and a bucket that is not there: nothing is lost in silence.
	parsed.User = url.UserPassword("key", "wrong")
	foreign, err := files.NewS3(parsed.String())
	require.NoError(t, err)
	_, err = foreign.Open(t.Context(), "large")
	require.ErrorIs(t, err, fault.ErrUnavailable)
	require.ErrorIs(t, foreign.Delete(t.Context(), "large"), fault.ErrUnavailable)
}

// The keeper works on a bucket as on a folder.
func TestKeeperOnS3(t *testing.T) {
	t.Parallel()
	b := setup(t)
	store, err := files.NewS3(startS3(t))
	require.NoError(t, err)
	b.keeper = files.NewKeeper(b.db, store)
	kept, err := b.keeper.Keep(t.Context(), "text/plain", []byte("muối Bạc Liêu"))
	require.NoError(t, err)
	data, err := b.keeper.Read(t.Context(), kept.Key)
	require.NoError(t, err)
	require.Equal(t, "muối Bạc Liêu", string(data))
	b.later(t)
	require.Equal(t, 1, b.sweep(t))
	_, err = b.keeper.Open(t.Context(), kept.Key)
	require.ErrorIs(t, err, files.ErrNotFound)
}

func TestS3ThatIsAway(t *testing.T) {
	t.Parallel()
	store, err := files.NewS3("s3://key:secret@127.0.0.1:1/bucket?region=us-east-1&tls=off")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = store.Open(ctx, "key")
	require.ErrorIs(t, err, fault.ErrUnavailable)
}
