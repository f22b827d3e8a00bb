package demonstration_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	ctx := context.Background()
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner, Now: time.Now()}
	var told strings.Builder
	require.NoError(t, demonstration.Generate(ctx, deps, demonstration.Sizes{Products: 1130, Inquiries: 70, Postings: 600}, &told))
	require.Contains(t, told.String(), "1130/1130")
	require.Equal(t, 1130, count(t, database, `SELECT count(*) FROM catalog.products WHERE state = 'published' AND invented`))
	require.Equal(t, 23, count(t, database, `SELECT count(*) FROM identity.organisations WHERE kind = 'producer' AND fictional`))
	require.Equal(t, 1130+25, count(t, database, `SELECT count(*) FROM catalog.offers WHERE invented`))
	require.Equal(t, 70, count(t, database, `SELECT count(*) FROM inquiry.inquiries WHERE quotes_due_at > now()`))
	require.Equal(t, 1130+70+600, count(t, database, `SELECT count(*) FROM ledger.postings`))
	require.Positive(t, count(t, database, `SELECT count(*) FROM catalog.certificates`))
	require.Zero(t, count(t, database, `SELECT count(*) FROM catalog.certificates WHERE number NOT LIKE 'DEMO-%' OR NOT invented`))
	require.Zero(t, count(t, database, `SELECT count(*) FROM identity.organisations WHERE NOT fictional OR name NOT LIKE '%(hư cấu)'`))
	requireClean(t, database)

	goods := catalog.NewService(database.App, nil, database.Book, catalog.Options{})
	found, err := goods.Search(ctx, identity.Principal{}, catalog.Query{Text: "tom su", Limit: 20})
	require.NoError(t, err)
	require.Len(t, found.Products, 20)
	require.False(t, found.Similar)

	// More of it goes on from there, and the demonstration leaves it alone.
	require.NoError(t, demonstration.Generate(ctx, deps, demonstration.Sizes{Products: 60, Inquiries: 5}, new(strings.Builder)))
	require.Equal(t, 1190, count(t, database, `SELECT count(DISTINCT name) FROM catalog.products`))
	requireClean(t, database)
	loaded, err := demonstration.Load(ctx, deps, new(strings.Builder))
	require.NoError(t, err)
	require.False(t, loaded)
}

func requireClean(t *testing.T, database *referencetest.Database) {
	t.Helper()
	_, err := ledger.Audit(context.Background(), database.Owner, func(finding ledger.Finding) error {
		t.Error(finding)
		return nil
	})
	require.NoError(t, err)
}

// TestGenerateIsReproducible: the same sizes make the same rows, ids included.
func TestGenerateIsReproducible(t *testing.T) {
	t.Parallel()
	const everything = `
		SELECT md5(concat((SELECT string_agg(CAST(p AS text), E'\n' ORDER BY id) FROM catalog.products p),
		                  (SELECT string_agg(CAST(o AS text), E'\n' ORDER BY id) FROM catalog.offers o),
		                  (SELECT string_agg(concat_ws('|', id, movement, quantity, business_date), E'\n' ORDER BY id) FROM ledger.postings)))`
	made := func() string {
		database := referencetest.Lend(t)
		deps := demonstration.Deps{DB: database.App, Owner: database.Owner, Now: time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)}
		require.NoError(t, demonstration.Generate(context.Background(), deps, demonstration.Sizes{Products: 120, Inquiries: 9, Postings: 50}, new(strings.Builder)))
		var sum string
		require.NoError(t, database.Owner.Get(context.Background(), &sum, everything))
		return sum
	}
	first := made()
	require.Equal(t, first, made())
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner}
	ctx := context.Background()
	require.ErrorContains(t, demonstration.Generate(ctx, deps, demonstration.Sizes{Products: -1}, new(strings.Builder)), "negative")
	require.ErrorContains(t, demonstration.Generate(ctx, deps, demonstration.Sizes{Inquiries: 1}, new(strings.Builder)), "no products")
}
