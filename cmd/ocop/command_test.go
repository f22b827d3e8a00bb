package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":             {nil, 0, "serve"},
		"help":                {[]string{"--help"}, 0, "Start with: ocop serve --embedded"},
		"help of a command":   {[]string{"serve", "--help"}, 0, "OCOP_LISTEN"},
		"help as a word":      {[]string{"help"}, 0, "Start with: ocop serve --embedded"},
		"help seed":           {[]string{"help", "seed"}, 0, "--products"},
		"no database there":   {[]string{"doctor", "--data", "/tmp/ocop-nothing-here"}, 1, "there is no database in"},
		"version":             {[]string{"version"}, 0, "ocop "},
		"an unknown command":  {[]string{"sevre"}, 2, "ocop --help"},
		"an unknown service":  {[]string{"serve", "katalog"}, 2, "reference, identity, ledger, catalog"},
		"an unknown flag":     {[]string{"doctor", "--fix"}, 2, "--fix"},
		"seed without a size": {[]string{"seed"}, 2, "--demo"},
		"seed with both":      {[]string{"seed", "--demo", "--products", "3"}, 2, "--demo"},
		"a command's failure": {[]string{"private", "--", "sh", "-c", "exit 7"}, 7, ""},
		"half a database":     {[]string{"migrate", "--owner-database-url", "postgres://a@127.0.0.1:1/b"}, 1, "OCOP_DATABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := ocop(t, nil, "", test.args...)
			require.Equal(t, test.code, ran.code, ran.out+ran.errors)
			require.Contains(t, ran.out+ran.errors, test.says)
		})
	}
}

func TestPrivateServersAreInTheEnvironment(t *testing.T) {
	t.Parallel()
	ran := ocop(t, []string{"DATABASE_URL=postgres://somebody@example.org/else"}, "", "private", "--", "sh", "-c",
		`echo "$OCOP_TEST_OWNER_URL $OCOP_TEST_APP_URL $OCOP_TEST_REDIS_URL|$DATABASE_URL"`)
	require.Equal(t, 0, ran.code, ran.errors)
	require.Regexp(t, `^postgres://ocop_owner:.+ postgres://ocop_app:.+ redis://.+\|\n$`, ran.out)
}

// blank lends a database with nothing in it.
func blank(t *testing.T) pgtest.Lent {
	t.Helper()
	return pgtest.Lend(t, pgtest.Template{
		Fingerprint: "empty",
		Prepare:     func(context.Context, string, string) error { return nil },
	})
}

func TestForeignDatabase(t *testing.T) {
	t.Parallel()
	lent := blank(t)
	service := []string{"OCOP_DATABASE_URL=" + lent.AppURL, "OCOP_ADMIN_LISTEN=off"}
	old := serve(t, dataFolder(t), service)
	<-old.ended
	require.Equal(t, 1, old.cmd.ProcessState.ExitCode())
	require.Contains(t, old.errors.String(), "run: ocop migrate")

	owner := []string{"OCOP_DATABASE_URL=" + lent.AppURL, "OCOP_OWNER_DATABASE_URL=" + lent.OwnerURL}
	migrated := ocop(t, owner, "", "migrate")
	require.Equal(t, 0, migrated.code, migrated.errors)
	status := ocop(t, owner, "", "migrate", "--status")
	require.Contains(t, status.out, "applied  00001_schemas.sql")
	require.NotContains(t, status.out, "pending")

	without := serve(t, dataFolder(t), append(service, "OCOP_REDIS_URL="))
	require.NoError(t, without.ready())
	require.Contains(t, without.errors.String(), "no Redis")
	require.NoError(t, without.stop())
	require.NotContains(t, without.out.String(), "producer@ocop.example", "a database of one's own gets no demonstration data unasked")
}

func TestForeignDatabaseWithEmbedded(t *testing.T) {
	t.Parallel()
	lent := blank(t)
	settings := []string{"DATABASE_URL=" + lent.OwnerURL, "REDIS_URL=" + pgtest.Environment(t, pgtest.RedisURL), "OCOP_DATABASE_URL="}
	s := serve(t, dataFolder(t), settings, "--embedded", "--no-demonstration")
	require.NoError(t, s.ready())
	require.Contains(t, s.errors.String(), "the service uses the owner's role")
	require.NoError(t, s.stop())

	strange := blank(t)
	_, err := pgtest.Open(t, strange.OwnerURL).Exec(t.Context(), `CREATE TABLE somebodys (id int)`)
	require.NoError(t, err)
	refused := serve(t, dataFolder(t), []string{"DATABASE_URL=" + strange.OwnerURL}, "--embedded")
	<-refused.ended
	require.Equal(t, 1, refused.cmd.ProcessState.ExitCode())
	require.Contains(t, refused.errors.String(), "1 tables that are not the marketplace's")
}

func TestDatabaseMustHoldVietnamese(t *testing.T) {
	t.Parallel()
	lent := blank(t)
	owner, err := postgres.Open(t.Context(), postgres.Config{URL: lent.OwnerURL, MaxConns: 1})
	require.NoError(t, err)
	address, err := url.Parse(lent.OwnerURL)
	require.NoError(t, err)
	name := strings.TrimPrefix(address.Path, "/") + "_ascii"
	_, err = owner.Exec(t.Context(), `CREATE DATABASE `+name+` ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := owner.Exec(context.Background(), `DROP DATABASE `+name)
		require.NoError(t, err)
		require.NoError(t, owner.Close())
	})
	address.Path = "/" + name
	for _, args := range [][]string{{"migrate"}, {"doctor"}} {
		ran := ocop(t, []string{"DATABASE_URL=" + address.String()}, "", args...)
		require.Equal(t, 1, ran.code, args)
		require.Contains(t, ran.errors, "SQL_ASCII", args)
		require.Contains(t, ran.errors, "cannot hold Vietnamese", args)
	}
}

func TestDoctorFindsWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	settings := []string{"DATABASE_URL=" + database.AppURL}
	generated := ocop(t, append(settings, "OCOP_OWNER_DATABASE_URL="+database.OwnerURL), "", "seed", "--products", "20", "--postings", "200")
	require.Equal(t, 0, generated.code, generated.errors)

	examine := func() (code int, found struct {
		Findings []struct {
			Severity, Table, ID string
		}
	},
	) {
		ran := ocop(t, settings, "", "doctor", "--json")
		require.NoError(t, json.Unmarshal([]byte(ran.out), &found), ran.out+ran.errors)
		return ran.code, found
	}
	var offer string
	require.NoError(t, database.Owner.Get(t.Context(), &offer, `
		UPDATE ledger.offers SET free = free + 1 WHERE offer_id = (SELECT min(offer_id::text)::uuid FROM ledger.offers) RETURNING offer_id`))
	code, found := examine()
	require.Equal(t, 1, code)
	require.Contains(t, found.Findings, struct{ Severity, Table, ID string }{"error", "ledger.offers", offer})
}

func TestDocumentIsPrintedWithoutServers(t *testing.T) {
	t.Parallel()
	ran := ocop(t, []string{"OCOP_DATA=/nonexistent"}, "", "openapi")
	require.Equal(t, 0, ran.code, ran.errors)
	var document struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(ran.out), &document))
	require.True(t, strings.HasPrefix(document.OpenAPI, "3.1"))
	for _, path := range []string{"/v1/sessions", "/v1/products", "/v1/inquiries", "/v1/volumes", "/readyz"} {
		require.Contains(t, document.Paths, path)
	}
	require.Contains(t, ocop(t, nil, "", "openapi", "--yaml").out, "openapi: 3.1")
}
