package portal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every text stands in both languages, and no two of them are one.
func TestEveryTextIsInBothLanguages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(tree, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called, ok := call.Fun.(*ast.Ident); !ok || called.Name != "text" {
				return true
			}
			var words [2]string
			for at, argument := range call.Args {
				literal, ok := argument.(*ast.BasicLit)
				require.True(t, ok, "%s: a text is written where it is declared", file)
				words[at], err = strconv.Unquote(literal.Value)
				require.NoError(t, err)
				require.NotEmpty(t, words[at], file)
			}
			require.NotEqual(t, words[0], words[1], file)
			found++
			return true
		})
	}
	require.Greater(t, found, 50, "the search for texts must find them")
}

// Vietnamese unless the browser asks for English, and what the reader chose before either.
func TestTheLanguageOfAPage(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	require.Contains(t, m.get(t, "camau", "/monitor").Body.String(), `<html lang="vi"`)
	require.Contains(t, m.get(t, "camau", "/monitor", "Accept-Language", "en-GB,en;q=0.9").Body.String(), `<html lang="en"`)
	chosen := m.submit(t, "camau", "/language", url.Values{"language": {"en"}, "next": {"/monitor/volumes?line=rice"}})
	require.Equal(t, http.StatusSeeOther, chosen.Code)
	require.Equal(t, "/monitor/volumes?line=rice", chosen.Header().Get("Location"))
	kept := chosen.Result().Cookies()[0]
	english := m.get(t, "camau", "/monitor/volumes?line=nothing", "Accept-Language", "vi", "Cookie", kept.Name+"="+kept.Value)
	require.Contains(t, english.Body.String(), `<html lang="en"`)
	require.Contains(t, english.Body.String(), "<strong>Product line:</strong>", "refusals, too")
	require.Equal(t, http.StatusUnprocessableEntity, m.submit(t, "camau", "/language", url.Values{"language": {"fr"}}).Code)
	require.Contains(t, m.get(t, "camau", "/monitor", "Cookie", "ocop_language=fr").Body.String(), `<html lang="vi"`)
}
