// Package pgtest lends each test a real PostgreSQL database of its own: a clone of a template that
// is made once for each schema and kept as long as the server lives.
//
// The server comes from the environment (see [OwnerURL]); its absence fails the test and says
// which command starts one. Before it makes or drops a database, the package proves that the
// server is one for tests: it must hold no database that this package did not make, beside those
// every server has.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// The environment variables that name the servers for tests.
const (
	// OwnerURL may create databases and owns them.
	OwnerURL = "OCOP_TEST_OWNER_URL"
	// AppURL signs in as the service's lesser role on the same server.
	AppURL = "OCOP_TEST_APP_URL"
	// RedisURL is a Redis that tests may fill.
	RedisURL = "OCOP_TEST_REDIS_URL"
)

// prefix begins the name of every database made here; nothing else is ever dropped.
const prefix = "lent_"

// Template describes what every clone starts with.
type Template struct {
	// Fingerprint changes when Prepare would make something else.
	Fingerprint string
	// Prepare fills the empty template. The address signs in as its owner; role is the service's.
	Prepare func(ctx context.Context, ownerURL, role string) error
}

// Lent is a database lent to one test.
type Lent struct {
	// OwnerURL and AppURL reach the same database as its owner and as the service's role.
	OwnerURL, AppURL string
}

// Environment returns a variable that names a server, or fails the test with what to run.
func Environment(t testing.TB, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run the tests with `make test`, or one package with `bin/ocop private -- go test ./…`", name)
	}
	return value
}

// Lend returns a clone of the template, dropped when the test ends.
func Lend(t testing.TB, template Template) Lent {
	t.Helper()
	owner, app := Environment(t, OwnerURL), Environment(t, AppURL)
	ctx := context.Background()
	server, err := sqlx.ConnectContext(ctx, "postgres", owner)
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Close()) }()
	require.NoError(t, proveForTests(ctx, server))

	role := roleOf(app)
	source := ensureTemplate(ctx, t, server, template, owner, role)
	name := prefix + strings.ToLower(rand.Text()[:16])
	_, err = server.ExecContext(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, source))
	require.NoError(t, err)
	t.Cleanup(func() { drop(t, owner, name) })
	return Lent{OwnerURL: at(owner, name), AppURL: at(app, name)}
}

// Open connects to an address for the length of the test.
func Open(t testing.TB, address string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(context.Background(), postgres.Config{URL: address, MaxConns: 12})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func proveForTests(ctx context.Context, server *sqlx.DB) error {
	const strangers = `
		SELECT coalesce(string_agg(datname, ', '), '') FROM pg_database
		 WHERE NOT datistemplate AND datname <> 'postgres' AND datname <> current_database()
		   AND datname NOT LIKE 'lent\_%'`
	var found string
	if err := server.GetContext(ctx, &found, strangers); err != nil {
		return fmt.Errorf("looking at the server for tests: %w", err)
	}
	if found != "" {
		return fmt.Errorf("the server in %s holds other databases (%s): it is not one for tests, nothing was touched", OwnerURL, found)
	}
	return nil
}

// ensureTemplate makes the template once, whichever process comes first: the advisory lock lets
// one prepare it while the others wait.
func ensureTemplate(ctx context.Context, t testing.TB, server *sqlx.DB, template Template, owner, role string) string {
	t.Helper()
	name := prefix + "template_" + template.Fingerprint
	conn, err := server.Connx(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()

	key := fnv.New64a()
	_, _ = key.Write([]byte(name)) // a hash never fails to write
	lock := int64(key.Sum64())     // any 64 bits will do
	_, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock)
	require.NoError(t, err)
	defer func() {
		_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", lock)
		require.NoError(t, err)
	}()

	var ready bool
	require.NoError(t, conn.GetContext(ctx, &ready, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name))
	if ready {
		return name
	}
	// Prepared under another name and renamed when complete, so that a crash leaves no half template.
	draft := name + "_draft"
	_, err = conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+draft+"")
	require.NoError(t, err)
	_, err = conn.ExecContext(ctx, "CREATE DATABASE "+draft)
	require.NoError(t, err)
	require.NoError(t, template.Prepare(ctx, at(owner, draft), role))
	_, err = conn.ExecContext(ctx, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", draft, name))
	require.NoError(t, err)
	return name
}

func drop(t testing.TB, owner, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	server, err := sqlx.ConnectContext(ctx, "postgres", owner)
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Close()) }()
	_, err = server.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+"")
	require.NoError(t, err)
}

func at(address, database string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	parsed.Path = "/" + database
	return parsed.String()
}

func roleOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.User.Username()
}
