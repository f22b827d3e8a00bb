package catalog_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
)

// Approved buyers and officials sort and filter producers by their records, page by page; of producers
// with too few cases nothing is said. To anybody else, rivals too, records tell nothing, in no order, filter
// or count.
func TestProducersByTheirRecords(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	fair(m)
	all, err := m.service.Producers(t.Context(), catalog.ProducerQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, all, 2)
	set := func(records ...catalog.ProducerRecord) {
		require.NoError(t, m.lent.App.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error { return catalog.SetRecordsTx(ctx, tx, records) }))
	}
	first, second := all[0].ID, all[1].ID
	set(catalog.ProducerRecord{ProducerID: first, OnTime: catalog.Standing{Cases: 3}, InFull: catalog.Standing{Cases: 20, Permille: new(int64(900))}},
		catalog.ProducerRecord{ProducerID: second, OnTime: catalog.Standing{Cases: 20, Permille: new(int64(955))}, InFull: catalog.Standing{Cases: 20, Permille: new(int64(899))}})

	server := m.edge(m.service)
	read := func(path string) (ids []uuid.UUID, next string, facet int) {
		t.Helper()
		answer := m.send(server, "buyer", http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		var list struct {
			Items      []catalog.Producer      `json:"items"`
			NextCursor string                  `json:"next_cursor"`
			Facets     *catalog.ProducerFacets `json:"facets"`
		}
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &list))
		for _, producer := range list.Items {
			ids = append(ids, producer.ID)
		}
		if list.Facets != nil {
			for _, line := range list.Facets.Line {
				facet = max(facet, line.Count)
			}
		}
		return ids, list.NextCursor, facet
	}
	for path, want := range map[string][]uuid.UUID{
		"/v1/producers?sort=on_time": {second, first}, "/v1/producers?sort=in_full": {first, second}, "/v1/producers?sort=name": {first, second},
		"/v1/producers?on_time_min=95": {second}, "/v1/producers?in_full_min=90": {first}, "/v1/producers?on_time_min=96": nil,
	} {
		got, _, _ := read(path)
		require.Equal(t, want, got, path)
	}
	page, next, _ := read("/v1/producers?sort=on_time&limit=1")
	require.Equal(t, []uuid.UUID{second}, page)
	page, next, _ = read("/v1/producers?sort=on_time&limit=1&cursor=" + next)
	require.Equal(t, []uuid.UUID{first}, page)
	require.Empty(t, next)
	_, _, every := read("/v1/producers?facets=true")
	_, _, some := read("/v1/producers?facets=true&on_time_min=96")
	require.NotZero(t, every)
	require.Zero(t, some)

	shown := m.send(server, "buyer", http.MethodGet, "/v1/producers", "").Body.String()
	require.Contains(t, shown, `"on_time":{"cases":20,"percent":"95.5"}`)
	require.Contains(t, shown, `"on_time":{"cases":3}`, "too few to say")
	for who, refused := range map[string]*fault.Definition{"": fault.ErrUnauthenticated, "ann": fault.ErrForbidden} {
		require.NotContains(t, m.send(server, who, http.MethodGet, "/v1/producers", "").Body.String(), `"record"`, who)
		for _, query := range []string{"sort=on_time", "sort=in_full", "on_time_min=1", "in_full_min=1"} {
			answer := m.send(server, who, http.MethodGet, "/v1/producers?count=true&"+query, "")
			require.Equal(t, refused.Status, answer.Code, query)
			require.Contains(t, answer.Body.String(), refused.Code)
		}
	}
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "buyer", http.MethodGet, "/v1/producers?sort=luck", "").Code)
	require.Equal(t, http.StatusUnprocessableEntity, m.send(server, "buyer", http.MethodGet, "/v1/producers?on_time_min=101", "").Code)

	later := catalog.ProducerRecord{ProducerID: first, OnTime: catalog.Standing{Cases: 30, Permille: new(int64(1000))}}
	set(later)
	earlier := m.lent.App.WithClock(func() time.Time { return time.Now().Add(-time.Hour) })
	require.NoError(t, earlier.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return catalog.SetRecordsTx(ctx, tx, []catalog.ProducerRecord{{ProducerID: first, OnTime: catalog.Standing{Cases: 1}}})
	}))
	found, err := m.service.Producers(t.Context(), catalog.ProducerQuery{Records: true, Sort: catalog.SortByOnTime, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, 30, found[0].Record.OnTime.Cases, "what was computed earlier does not replace it")
}
