package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A clone in root's home is closed to the user that PostgreSQL runs as: the servers then keep their
// data where every command finds it again. Anybody else's data stays in the data folder.
func TestServersLeaveAFolderThatIsClosedToThem(t *testing.T) {
	t.Parallel()
	closed := dataFolder(t)
	require.NoError(t, os.Chmod(closed, 0o700))
	data := filepath.Join(closed, "var")
	folder, err := serversFolder(data, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	if os.Geteuid() != 0 {
		require.Equal(t, data, folder)
		return
	}
	require.True(t, strings.HasPrefix(folder, "/var/lib/ocop/"), folder)
	again, err := serversFolder(data, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Equal(t, folder, again)
	require.NoError(t, os.Chmod(closed, 0o755))
	open, err := serversFolder(data, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Equal(t, data, open)
}
