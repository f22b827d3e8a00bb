package main

import (
	"context"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/pkg/written"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/portal"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
	"github.com/ocop-market/ocop/services/shelf"
	"github.com/ocop-market/ocop/services/trade"
)

// allFaults are the refusals of every package, under the package's folder.
func allFaults() map[string][]*fault.Definition {
	return map[string][]*fault.Definition{
		"pkg/fault": fault.General(), "pkg/web": web.Faults(), "pkg/idempotency": idempotency.Faults(),
		"services/reference": reference.Faults(), "services/identity": identity.Faults(), "services/ledger": ledger.Faults(),
		"services/catalog": catalog.Faults(), "services/inquiry": inquiry.Faults(), "services/monitor": monitor.Faults(),
		"services/demonstration": demonstration.Faults(), "services/exchange": exchange.Faults(),
		"pkg/sheet": sheet.Faults(), "pkg/written": written.Faults(),
		"services/shelf": shelf.Faults(), "services/trade": trade.Faults(), "services/portal": portal.Faults(),
	}
}

// Every fault has a code of its own and a text in both languages that names the same parameters.
func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	place := regexp.MustCompile(`\{[a-z_]+\}`)
	seen := make(map[string]string)
	for folder, definitions := range allFaults() {
		for _, definition := range definitions {
			require.Regexp(t, code, definition.Code)
			require.Empty(t, seen[definition.Code], "%s is declared twice", definition.Code)
			seen[definition.Code] = folder
			require.NotEmpty(t, definition.Vietnamese, definition.Code)
			require.NotEmpty(t, definition.English, definition.Code)
			require.True(t, definition.Status >= 400 && definition.Status < 600, definition.Code)
			require.ElementsMatch(t, place.FindAllString(definition.Vietnamese, -1), place.FindAllString(definition.English, -1), definition.Code)
		}
	}
}

// Every fault that a package exports is listed, so that documents and the test above see it. What
// is not exported is another wording of one that is.
func TestFaultsAreListed(t *testing.T) {
	t.Parallel()
	for folder, definitions := range allFaults() {
		declared := 0
		for _, file := range parsed(t, folder) {
			ast.Inspect(file.tree, func(node ast.Node) bool {
				spec, ok := node.(*ast.ValueSpec)
				if !ok || file.test || len(spec.Values) != 1 || !spec.Names[0].IsExported() {
					return true
				}
				if call, ok := spec.Values[0].(*ast.CallExpr); ok && calls(call, "Define") {
					declared++
				}
				return true
			})
		}
		require.Len(t, definitions, declared, folder)
	}
}

func calls(call *ast.CallExpr, name string) bool {
	switch function := call.Fun.(type) {
	case *ast.SelectorExpr:
		return function.Sel.Name == name
	case *ast.Ident:
		return function.Name == name
	default:
		return false
	}
}

// Every SQL statement in the code is prepared on the migrated schema by the service's own role, so
// that a wrong column, a missing grant or a statement left behind by a migration is found here.
func TestEveryStatementPrepares(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	statements := make(map[string]string)
	for _, folder := range folders(t, "pkg", "services") {
		maps.Copy(statements, statementsIn(t, folder))
	}
	require.Greater(t, len(statements), 100, "the search for statements must find them")
	for _, where := range slices.Sorted(maps.Keys(statements)) {
		statement := statements[where]
		require.NotRegexp(t, `SELECT\s+\*`, statement, where)
		if ownersOnly(where) {
			continue
		}
		_, err := database.App.Exec(context.Background(), "PREPARE probe AS "+statement)
		if err == nil {
			_, err = database.App.Exec(context.Background(), "DEALLOCATE ALL")
		}
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
}

// ownersOnly are statements that run as the owner, or elsewhere than on a market's database.
func ownersOnly(where string) bool {
	for _, prefix := range []string{"services/reference/load", "pkg/postgres/pgtest", "pkg/embedded", "pkg/postgres/migrate", "services/demonstration"} {
		if strings.HasPrefix(where, prefix) {
			return true
		}
	}
	return false
}

var statementStart = regexp.MustCompile(`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s`)

// template is a statement with places that code fills from a fixed table; its tests run it.
var template = regexp.MustCompile(`%(\[\d\])?s`)

// statementsIn finds the string constants of a package that are whole statements: those that no
// other constant is built from.
func statementsIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	values := make(map[string]ast.Expr)
	found := make(map[string]ast.Expr)
	parts := make(map[string]bool)
	for _, file := range parsed(t, folder) {
		if file.test {
			continue
		}
		ast.Inspect(file.tree, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || len(spec.Values) != len(spec.Names) {
				return true
			}
			for at, name := range spec.Names {
				values[name.Name] = spec.Values[at]
				found[file.name+":"+name.Name+":"+strings.TrimSpace(file.line(name.Pos()))] = spec.Values[at]
				ast.Inspect(spec.Values[at], func(inner ast.Node) bool {
					if used, ok := inner.(*ast.Ident); ok {
						parts[used.Name] = true
					}
					return true
				})
			}
			return true
		})
	}
	statements := make(map[string]string)
	for where, expression := range found {
		text, ok := folded(expression, values)
		if ok && statementStart.MatchString(text) && !template.MatchString(text) && !parts[strings.Split(where, ":")[1]] {
			statements[where] = text
		}
	}
	return statements
}

// folded works out a string constant made of literals and other constants.
func folded(expression ast.Expr, values map[string]ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		return constant.StringVal(constant.MakeFromLiteral(e.Value, token.STRING, 0)), true
	case *ast.BinaryExpr:
		left, ok := folded(e.X, values)
		right, also := folded(e.Y, values)
		return left + right, ok && also && e.Op == token.ADD
	case *ast.Ident:
		if value, ok := values[e.Name]; ok && value != expression {
			return folded(value, values)
		}
	case *ast.ParenExpr:
		return folded(e.X, values)
	}
	return "", false
}

// source is one parsed file.
type source struct {
	name string
	test bool
	tree *ast.File
	set  *token.FileSet
}

func (s source) line(at token.Pos) string {
	return s.set.Position(at).String()[strings.LastIndexByte(s.name, '/')+1:]
}

func parsed(t *testing.T, folder string) []source {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), folder, "*.go"))
	require.NoError(t, err)
	sources := make([]source, 0, len(files))
	for _, file := range files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		sources = append(sources, source{
			name: folder + "/" + filepath.Base(file), test: strings.HasSuffix(file, "_test.go"), tree: tree, set: set,
		})
	}
	return sources
}

// folders lists the packages below some top-level folders.
func folders(t *testing.T, tops ...string) []string {
	t.Helper()
	var found []string
	for _, top := range tops {
		err := fs.WalkDir(os.DirFS(root(t)), top, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				found = append(found, path)
			}
			return err
		})
		require.NoError(t, err)
	}
	return found
}

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	here, err := os.Getwd()
	require.NoError(t, err)
	return filepath.Dir(filepath.Dir(here))
}
