package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOnlyTheOwnerWrites looks at every statement of a service: it writes to tables of its own
// schema alone. The demonstration generates in bulk and is let off.
func TestOnlyTheOwnerWrites(t *testing.T) {
	t.Parallel()
	writes := regexp.MustCompile(`(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|MERGE INTO)\s+([a-z_]+)\.[a-z_]+`)
	files, err := filepath.Glob(filepath.Join(top, "services", "*", "*.go"))
	require.NoError(t, err)
	seen := 0
	for _, file := range files {
		service := filepath.Base(filepath.Dir(file))
		if strings.HasSuffix(file, "_test.go") || service == "demonstration" {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, statement := range writes.FindAllStringSubmatch(string(text), -1) {
			seen++
			require.Equal(t, service, statement[1], "%s: %s", file, statement[0])
		}
	}
	require.Greater(t, seen, 30, "the statements are found at all")
}
