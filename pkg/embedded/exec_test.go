package embedded

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestExecRunsACommandAndLeavesNothing(t *testing.T) {
	t.Parallel()
	temporary := testFolder(t)
	result := filepath.Join(temporary, "result")
	cmd := helper(t, "exec", "sh", "-c", `sleep 300 & echo "$TEST_OWNER_URL $TEST_REDIS_URL $!" >"$0"; exit 7`, result)
	cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
	err := cmd.Run()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 7, exit.ExitCode())
	text, err := os.ReadFile(result)
	require.NoError(t, err)
	words := strings.Fields(string(text))
	require.Len(t, words, 3)
	requireDown(t, &Servers{OwnerURL: words[0], RedisURL: words[1]})
	left, err := strconv.Atoi(words[2])
	require.NoError(t, err)
	require.Eventually(t, func() bool { return !isRunning(left) }, 5*time.Second, processPoll, "what the command left behind is ended")
	requireOnly(t, temporary, "result")
}

func TestExecPassesSignalsOn(t *testing.T) {
	t.Parallel()
	temporary := testFolder(t)
	cmd := helper(t, "exec", "sh", "-c", `trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done`)
	cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	require.Equal(t, "ready", lines.Text())
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.True(t, lines.Scan())
	require.Equal(t, "caught", lines.Text())
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	require.Equal(t, 3, exit.ExitCode())
	requireOnly(t, temporary)
}

func TestExecSaysWhatFailed(t *testing.T) {
	t.Parallel()
	_, err := Exec(t.Context(), testOptions(""), nil, testEnvironment)
	require.ErrorContains(t, err, "no command")
	opts := testOptions("")
	opts.programs = programs{path: t.TempDir(), folders: []string{}}
	code, err := Exec(t.Context(), opts, []string{"true"}, testEnvironment)
	require.ErrorIs(t, err, ErrNotInstalled)
	require.Equal(t, 1, code)
}

func TestTheNextExecSweepsAfterAKilledOne(t *testing.T) {
	t.Parallel()
	temporary := testFolder(t)
	abandoned, inUse := filepath.Join(temporary, execPrefix+"1"), filepath.Join(temporary, execPrefix+"2")
	for _, dir := range []string{abandoned, inUse} {
		require.NoError(t, os.Rename(preparedFolder(t), dir))
	}
	left, process := servedByOther(t, abandoned)
	require.NoError(t, process.Process.Kill())
	require.Error(t, process.Wait())
	user := start(t, testOptions(inUse))
	old := time.Now().Add(-time.Hour)
	for _, dir := range []string{abandoned, inUse} {
		require.NoError(t, os.Chtimes(folder{dir: dir}.startLock(), old, old))
	}

	sweep(t.Context(), temporary)
	requireDown(t, left)
	requireUp(t, user)
	requireOnly(t, temporary, filepath.Base(inUse))
}

// requireOnly checks what a folder holds.
func requireOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := []string{}
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	require.ElementsMatch(t, names, found)
}
