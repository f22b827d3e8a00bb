package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// top is the top of the repository, as tests see it.
const top = "../.."

// golden compares with a committed file; the environment variable UPDATE_GOLDEN writes it instead.
func golden(t *testing.T, path, got, command string) {
	t.Helper()
	path = filepath.Join(top, path)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if string(want) != got {
		require.Equal(t, strings.Split(string(want), "\n"), strings.Split(got, "\n"), "%s is not current: run %s and look at what changed", path, command)
	}
}

func TestDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, (&openAPICommand{YAML: true}).Run(terminal{ctx: t.Context(), out: &out}))
	golden(t, "deploy/openapi.yaml", out.String(), "make openapi")
}

func TestSchemaIsCurrent(t *testing.T) {
	t.Parallel()
	schema, err := describeSchema(t.Context(), referencetest.Lend(t).Owner)
	require.NoError(t, err)
	golden(t, "deploy/schema.sql", schema, "make schema")
}

// ours are the schemas of the services.
const ours = `('reference', 'identity', 'ledger', 'catalog', 'inquiry', 'idempotency', 'demonstration', 'exchange', 'files', 'trade', 'monitor', 'notify')`

// rightsOn are the schemas whose rights are told: the tables of jobs are made by River's migrations,
// which its version describes (pkg/jobs), but what the service may do with them is ours.
const rightsOn = `('reference', 'identity', 'ledger', 'catalog', 'inquiry', 'idempotency', 'demonstration', 'exchange', 'files', 'trade', 'monitor', 'notify', 'jobs')`

// parts of a schema's description, each a query for lines in their order. They ask the catalogue
// and not pg_dump, whose text differs from one version of PostgreSQL to the next; so do the
// queries of views, of which only the columns are told.
func parts() []string {
	return []string{
		`SELECT 'CREATE SCHEMA ' || nspname || ';' FROM pg_namespace WHERE nspname IN ` + ours + ` ORDER BY nspname`,
		`SELECT format(E'\nCREATE %s %s (\n%s\n);', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, c.oid::regclass,
		        string_agg(format('    %s %s%s%s', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
		               CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
		               CASE WHEN d.oid IS NULL THEN '' WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
		                    ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END), E',\n' ORDER BY a.attnum))
		   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		   LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace::regnamespace::text IN ` + ours + `
		  GROUP BY c.oid, c.relkind ORDER BY c.oid::regclass::text`,
		`SELECT format(E'\nALTER TABLE %s ADD CONSTRAINT %s %s;', conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid))
		   FROM pg_constraint WHERE connamespace::regnamespace::text IN ` + ours + ` AND contype IN ('p', 'u', 'f', 'c', 'x') AND conrelid <> 0
		  ORDER BY conrelid::regclass::text, conname`,
		`SELECT format(E'\n%s;', indexdef) FROM pg_indexes i WHERE schemaname IN ` + ours + `
		    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname AND c.connamespace::regnamespace::text = i.schemaname)
		  ORDER BY schemaname, indexname`,
		`SELECT E'\n' || pg_get_functiondef(oid) || ';' FROM pg_proc WHERE pronamespace::regnamespace::text IN ` + ours + ` AND prokind IN ('f', 'p')
		  ORDER BY oid::regprocedure::text`,
		`SELECT format(E'\n%s;', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		  WHERE NOT t.tgisinternal AND c.relnamespace::regnamespace::text IN ` + ours + ` ORDER BY t.tgrelid::regclass::text, t.tgname`,
		`SELECT format(E'\n-- on %s the service may %s', c.oid::regclass, string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type))
		   FROM pg_class c, aclexplode(c.relacl) g
		  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace::regnamespace::text IN ` + rightsOn + ` AND g.grantee <> c.relowner
		  GROUP BY c.oid ORDER BY c.oid::regclass::text`,
	}
}

// describeSchema writes what the migrations and grants have made, so that a reader need not run
// them in the head, and a change shows what it changes.
func describeSchema(ctx context.Context, owner *postgres.DB) (string, error) {
	var text strings.Builder
	text.WriteString("-- What the migrations and grants make of an empty database. Written by make schema; not to be run.\n\n")
	for _, query := range parts() {
		var lines []string
		if err := owner.Select(ctx, &lines, query); err != nil {
			return "", fmt.Errorf("describing the schema: %w", err)
		}
		for _, line := range lines {
			text.WriteString(regexp.MustCompile(`[ \t]+\n`).ReplaceAllString(line, "\n") + "\n")
		}
	}

	return text.String(), nil
}
