package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/files"
)

// testStore is what every store must do.
func testStore(t *testing.T, store files.Store) {
	t.Helper()
	ctx := t.Context()
	const key = "sha256-00ff"
	put := func(key, content string) error {
		return store.Put(ctx, key, "text/plain", strings.NewReader(content), int64(len(content)))
	}
	_, err := store.Open(ctx, key)
	require.ErrorIs(t, err, files.ErrNotFound)
	require.NoError(t, store.Delete(ctx, key), "what is not there is gone")
	require.NoError(t, put(key, "tôm sú"))
	require.NoError(t, put(key, "tôm sú"), "twice is once")
	require.Equal(t, "tôm sú", read(t, store, key))
	require.NoError(t, put("scan-1", ""))
	require.Empty(t, read(t, store, "scan-1"))

	// Not all of it came: nothing is there.
	require.Error(t, store.Put(ctx, "short", "text/plain", strings.NewReader("tôm"), 100))
	require.Error(t, store.Put(ctx, "broken", "text/plain", io.MultiReader(strings.NewReader("tôm"), failing{}), 100))
	for _, key := range []string{"short", "broken"} {
		_, err = store.Open(ctx, key)
		require.ErrorIs(t, err, files.ErrNotFound, key)
	}

	// A key is never a path.
	for _, key := range []string{"", ".", "..", "../x", "a/b", `a\b`, "/etc/passwd", "A", "x.png", "ảnh", "-a", "a\x00", strings.Repeat("a", 200)} {
		require.Error(t, put(key, "x"), key)
		_, err := store.Open(ctx, key)
		require.Error(t, err, key)
		require.NotErrorIs(t, err, files.ErrNotFound, key)
		require.Error(t, store.Delete(ctx, key), key)
	}

	large := bytes.Repeat([]byte("muối "), 2<<20)
	var many errgroup.Group
	for range 4 {
		many.Go(func() error { return store.Put(ctx, "large", "text/plain", bytes.NewReader(large), int64(len(large))) })
	}
	require.NoError(t, many.Wait(), "several at once")
	require.Equal(t, string(large), read(t, store, "large"))

	require.NoError(t, store.Delete(ctx, key))
	_, err = store.Open(ctx, key)
	require.ErrorIs(t, err, files.ErrNotFound)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the connection broke") }

func read(t *testing.T, store files.Store, key string) string {
	t.Helper()
	content, err := store.Open(context.Background(), key)
	require.NoError(t, err)
	data, err := io.ReadAll(content)
	require.NoError(t, err)
	require.NoError(t, content.Close())
	return string(data)
}

func TestFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "not", "there", "yet")
	testStore(t, files.NewFolder(folder))
	drafts, err := filepath.Glob(filepath.Join(folder, ".draft-*"))
	require.NoError(t, err)
	require.Empty(t, drafts)
}

// A link that leads out of the folder is not followed.
func TestFolderIsNotLeft(t *testing.T) {
	t.Parallel()
	outside, folder := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(folder, "scan-1")))
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "ff")))
	store := files.NewFolder(folder)
	_, err := store.Open(t.Context(), "scan-1")
	require.Error(t, err)
	require.Error(t, store.Put(t.Context(), "sha256-00ff", "text/plain", strings.NewReader("x"), 1))
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

// What a crash left behind under a name is replaced when the content comes again.
func TestFolderMendsATornFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "scan-1"), []byte("to"), 0o600))
	store := files.NewFolder(folder)
	require.NoError(t, store.Put(t.Context(), "scan-1", "text/plain", strings.NewReader("tôm"), int64(len("tôm"))))
	require.Equal(t, "tôm", read(t, store, "scan-1"))
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	store, err := files.Open("", t.TempDir())
	require.NoError(t, err)
	require.IsType(t, &files.Folder{}, store)
	for _, right := range []string{"s3://key:secret@s3.example/bucket", "s3://key:secret@localhost:9000/bucket/prefix?region=vn&tls=off"} {
		store, err = files.Open(right, "")
		require.NoError(t, err)
		require.IsType(t, &files.S3{}, store)
	}
	for _, wrong := range []string{"bucket", "s3://host/bucket", "s3://key:hush@host", "https://key:hush@host/bucket", "s3://key:hush@ho st/bucket", "s3://key:hush@/bucket"} {
		_, err = files.Open(wrong, "")
		require.ErrorContains(t, err, "s3://KEY:SECRET@host", wrong)
		require.NotContains(t, err.Error(), "hush")
	}
}
