package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top, name))
	require.NoError(t, err)
	return string(text)
}

// between is the shell code of a document between two HTML comments.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "<!-- "+from+" -->")
	require.True(t, found, from)
	inside, _, found := strings.Cut(rest, "<!-- "+to+" -->")
	require.True(t, found, to)
	var code strings.Builder
	for _, block := range regexp.MustCompile("(?s)```bash\n(.*?)```").FindAllStringSubmatch(inside, -1) {
		code.WriteString(block[1])
	}
	require.NotEmpty(t, code.String())
	return code.String()
}

// TestTour runs the README's tour against the real program.
func TestTour(t *testing.T) {
	t.Parallel()
	s := demonstrated(t)
	tour := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", between(t, document(t, "README.md"), "tour", "end of tour"))
	tour.Env, tour.Dir = append(os.Environ(), "OCOP=http://"+s.address), t.TempDir()
	text, err := tour.CombinedOutput()
	require.NoError(t, err, string(text))
	for _, seen := range []string{
		`"line":"black_tiger_shrimp"`, // the search without marks found tôm sú
		`"scheme":"ASC_COC"`,
		`"Xã Đầm Dơi"`,
		`"state":"awarded_in_part"`,
		`"accepted":"78"`,
		`"answer":"quoted"`,
		`"demonstration":true`,
	} {
		require.Contains(t, string(text), seen)
	}
	require.NotContains(t, string(text), "/problems/")
}

// TestSettingsAreDocumented compares README's table with what the program reads.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	readme := document(t, "README.md")
	for _, command := range []any{serveCommand{}, settings{}, adminCreateCommand{}, importCommand{}} {
		for field := range reflect.TypeOf(command).Fields() {
			for name := range strings.SplitSeq(field.Tag.Get("env"), ",") {
				if name != "" {
					require.Contains(t, readme, "`"+name+"`", "README.md has a table of settings")
				}
			}
		}
	}
}

// TestRulesNameTheirGuards checks that the tests which ARCHITECTURE.md and CONTRIBUTING.md name exist.
func TestRulesNameTheirGuards(t *testing.T) {
	t.Parallel()
	tests := make(map[string]bool)
	declared := regexp.MustCompile(`(?m)^func (Test\w+|Benchmark\w+)\(`)
	require.NoError(t, filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range declared.FindAllStringSubmatch(string(text), -1) {
			tests[found[1]] = true
		}
		return err
	}))
	named := regexp.MustCompile(`\bTest[A-Z]\w+`)
	for _, name := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		for _, test := range named.FindAllString(document(t, name), -1) {
			require.True(t, tests[test], "%s names %s, which is no test", name, test)
		}
	}
}

func TestMakeTargetsThatScriptsRelyOn(t *testing.T) {
	t.Parallel()
	makefile := document(t, "Makefile")
	for _, target := range []string{"help", "run", "build", "test", "bench", "lint", "openapi", "clean"} {
		require.Contains(t, makefile, "\n"+target+":", target)
	}
}
