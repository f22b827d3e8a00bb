package monitor_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

func TestAFilterOnWhatDoesNotExistIsRefusedByName(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	producer, buyer := newID(), newID()
	b.enter(t, identity.Producer, producer)
	b.enter(t, identity.Buyer, buyer)
	commune := b.Book.Communes()[0]
	sale := shrimpSale(30)
	sale.goods.Grade = "20-30"
	b.record(t, sale)
	for _, test := range []struct{ path, parameter, wrong, right string }{
		{"/v1/volumes", "line", "moon_dust", "rice"},
		{"/v1/volumes", "form", "liquid_gold", "live"},
		{"/v1/volumes", "commune", "00000", commune.Code},
		{"/v1/volumes", "district", "nowhere", commune.FormerDistricts[0].Code},
		{"/v1/volumes", "scheme", "MADE_UP", "OCOP"},
		{"/v1/volumes", "buyer_system", "nobody", "saigon-coop"},
		{"/v1/volumes", "grade", "enormous", "20-30"},
		{"/v1/volumes", "stars", "7", "4"},
		{"/v1/volumes", "ward", "00000", "25747"},
		{"/v1/volumes", "producer", newID().String(), producer.String()},
		{"/v1/volumes", "producer", buyer.String(), producer.String()},
		{"/v1/volumes", "buyer", newID().String(), buyer.String()},
		{"/v1/volumes", "buyer", producer.String(), buyer.String()},
		{"/v1/gaps", "line", "moon_dust", "rice"},
		{"/v1/gaps", "scheme", "MADE_UP", "OCOP"},
	} {
		path := test.path + "?" + test.parameter + "="
		answer := b.get(t, "administrator", path+test.wrong)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, path+test.wrong)
		require.Contains(t, answer.Body.String(), `"unknown_value"`, path)
		require.Contains(t, answer.Body.String(), "query."+test.parameter, path)
		status, code := b.code(t, "administrator", path+test.right)
		require.Equal(t, http.StatusOK, status, "%s%s: %s", path, test.right, code)
	}
	both := b.get(t, "administrator", "/v1/volumes?line=moon_dust&scheme=MADE_UP&producer="+buyer.String()).Body.String()
	for _, parameter := range []string{"line", "scheme", "producer"} {
		require.Contains(t, both, "query."+parameter, "all are named at once")
	}
	_, code := b.code(t, "official.tphcm", "/v1/volumes?producer="+newID().String())
	require.Equal(t, "not_overseen", code, "whoever may not ask learns nothing")
}

func TestReportsAlwaysNameTheUnitOfWeight(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	nests := shrimpSale(3)
	nests.goods.Line, nests.goods.Form, nests.goods.Unit = "bird_nest", "raw", "piece"
	b.record(t, nests)
	b.record(t, shrimpSale(30))
	for _, path := range []string{
		"/v1/volumes?from=2026-01-01&to=2026-12-31", "/v1/gaps?from=2026-01-01&to=2026-12-31",
		"/v1/volumes?from=2026-01-01&to=2026-12-31&line=bird_nest", "/v1/volumes?from=2020-01-01&to=2020-12-31",
	} {
		report := read[map[string]any](t, b, "administrator", path)
		require.Equal(t, "kg", report["unit"], path)
	}
	units := make(map[string]string)
	for _, row := range read[monitor.Volumes](t, b, "administrator", "/v1/volumes?from=2026-01-01&to=2026-12-31").Rows {
		units[row.Line] = row.Unit
	}
	require.Equal(t, map[string]string{"bird_nest": "piece", "black_tiger_shrimp": "kg"}, units)
}
