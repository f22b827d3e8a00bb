package catalog_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
)

// bought is a lot of a collector: 300 kg of a producer on the platform and 200 kg of a farm that is not.
func bought(from uuid.UUID) catalog.NewLot {
	return catalog.NewLot{
		Code: "L261201", HarvestedOn: date("2026-11-30"), PackedOn: date("2026-12-01"), Quantity: new(quantity.Of(490)), Note: "mua tại vuông",
		Sources: []catalog.NewSource{
			{OrganisationID: from, Quantity: quantity.Of(300), Scheme: "ASC_FARM", CertificateNumber: "ASC00001"},
			{Name: "Vuông ông Tám (hư cấu)", CommuneCode: "32065", AreaHa: new(quantity.Quantity(2500)), Quantity: quantity.Of(200)},
		},
	}
}

func TestLotsAndWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	product := m.publish(m.collector, shrimp())
	lot, err := m.service.DeclareLot(ctx, m.collector, product.ID, bought(m.ann.OrganisationID))
	require.NoError(t, err)
	require.True(t, lot.SourcesDeclared)
	require.Equal(t, "Hợp tác xã Tôm Sú Demo A", lot.Sources[0].Name, "a producer on the platform has its own name")
	require.Equal(t, "32098", lot.Sources[0].Commune.Code)
	require.Equal(t, quantity.Quantity(2500), *lot.Sources[1].AreaHa)

	_, err = m.service.DeclareLot(ctx, m.collector, product.ID, bought(m.ann.OrganisationID))
	require.ErrorIs(t, err, catalog.ErrLotTaken)
	more, err := m.service.AddSources(ctx, m.collector, lot.ID, []catalog.NewSource{{Name: "Vuông bà Năm (hư cấu)", Quantity: quantity.Of(5)}})
	require.NoError(t, err)
	require.Len(t, more.Sources, 3)
	_, err = m.service.AddSources(ctx, m.ben, lot.ID, []catalog.NewSource{{Name: "x", Quantity: quantity.Of(5)}})
	require.ErrorIs(t, err, fault.ErrNotFound)

	public, err := catalog.LotTx(ctx, m.db, product.ID, "L261201")
	require.NoError(t, err)
	require.Equal(t, date("2026-11-30"), public.HarvestedOn)
	require.Nil(t, public.Sources)
	_, err = catalog.LotTx(ctx, m.db, product.ID, "L0")
	require.ErrorIs(t, err, fault.ErrNotFound)
}

// A collector inherits no certificate: what its sources declare is a note, and its product shows a
// mark only of a certificate of its own.
func TestCollectorsInheritNoCertificate(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	m.certify(m.ann, asc("ASC_FARM", "DEMO-ASC-1"))
	m.certify(m.ann, asc("ASC_COC", "DEMO-ASC-C-1"))
	product := m.publish(m.collector, shrimp())
	lot := bought(m.ann.OrganisationID)
	lot.Sources[0].CertificateNumber = "DEMO-ASC-1"
	_, err := m.service.DeclareLot(ctx, m.collector, product.ID, lot)
	require.NoError(t, err)
	m.offer(m.collector, supply(product))
	server := m.edge(m.service)
	require.Empty(t, m.get(server, "", "/v1/products/"+product.ID.String())["certificates"])
	require.NotContains(t, m.found(server, "buyer", "/v1/products?scheme=ASC_FARM"), product.ID.String())
}

func TestLotRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.collector, shrimp())
	for name, c := range map[string]struct {
		change func(*catalog.NewLot)
		want   *fault.Definition
		at     string
	}{
		"no code":                {func(l *catalog.NewLot) { l.Code = " " }, fault.ErrRequired, "code"},
		"a code with marks":      {func(l *catalog.NewLot) { l.Code = "Lô1" }, catalog.ErrLot, "code"},
		"a code with blanks":     {func(l *catalog.NewLot) { l.Code = "L 1" }, catalog.ErrLot, "code"},
		"a long code":            {func(l *catalog.NewLot) { l.Code = strings.Repeat("1", 21) }, catalog.ErrLot, "code"},
		"of tomorrow":            {func(l *catalog.NewLot) { l.HarvestedOn = date("2026-12-02"); l.PackedOn = date("") }, fault.ErrOutOfRange, "harvested_on"},
		"packed before harvest":  {func(l *catalog.NewLot) { l.PackedOn = date("2026-11-29") }, fault.ErrDateOrder, "packed_on"},
		"nothing":                {func(l *catalog.NewLot) { l.Quantity = new(quantity.Quantity(0)) }, fault.ErrOutOfRange, "quantity"},
		"more than it came from": {func(l *catalog.NewLot) { l.Quantity = new(quantity.Quantity(500_001)) }, catalog.ErrLotSources, "sources"},
		"a nameless source":      {func(l *catalog.NewLot) { l.Sources[1].Name = " " }, fault.ErrRequired, "sources[1].name"},
		"its own source":         {func(l *catalog.NewLot) { l.Sources[0].OrganisationID = m.collector.OrganisationID }, catalog.ErrSourceUnknown, "sources[0].organisation_id"},
		"a source not approved":  {func(l *catalog.NewLot) { l.Sources[0].OrganisationID = m.applicant.OrganisationID }, catalog.ErrSourceUnknown, "sources[0].organisation_id"},
		"a buyer as source":      {func(l *catalog.NewLot) { l.Sources[0].OrganisationID = m.buyer.OrganisationID }, catalog.ErrSourceUnknown, "sources[0].organisation_id"},
		"no such commune":        {func(l *catalog.NewLot) { l.Sources[1].CommuneCode = "00000" }, fault.ErrUnknownValue, "sources[1].commune_code"},
		"no such scheme":         {func(l *catalog.NewLot) { l.Sources[0].Scheme = "X" }, fault.ErrUnknownValue, "sources[0].scheme"},
		"a source of nothing":    {func(l *catalog.NewLot) { l.Sources[1].Quantity = 0 }, fault.ErrOutOfRange, "sources[1].quantity"},
		"a farm of no size":      {func(l *catalog.NewLot) { l.Sources[1].AreaHa = new(quantity.Quantity(0)) }, fault.ErrOutOfRange, "sources[1].area_ha"},
	} {
		lot := bought(m.ann.OrganisationID)
		c.change(&lot)
		_, err := m.service.DeclareLot(t.Context(), m.collector, product.ID, lot)
		refused(t, err, c.want, c.at, name)
	}
	_, err := m.service.DeclareLot(t.Context(), m.ann, product.ID, bought(m.ben.OrganisationID))
	require.ErrorIs(t, err, fault.ErrNotFound)

	// What a lot counts in is the product's unit: the goods are fixed from then on.
	_, err = m.service.DeclareLot(t.Context(), m.collector, product.ID, bought(m.ann.OrganisationID))
	require.NoError(t, err)
	_, err = m.service.ChangeProduct(t.Context(), m.collector, product.ID, nil, catalog.ProductChange{Form: new("iced")})
	require.ErrorIs(t, err, catalog.ErrProductInTrade)
}

// Where goods come from is the collector's secret: every reader × every read of lots.
func TestSourcesAreTheCollectorsSecret(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	product := m.publish(m.collector, shrimp())
	lot, err := m.service.DeclareLot(t.Context(), m.collector, product.ID, bought(m.ann.OrganisationID))
	require.NoError(t, err)
	for reader, c := range map[string]struct {
		list  int
		whole bool
	}{
		"": {401, false}, "ann": {404, false}, "ben": {404, false}, "applicant": {403, false}, "buyer": {403, false}, "new-buyer": {403, false},
		"collector": {200, true}, "ca-mau": {200, true}, "hcm": {403, true}, "administrator": {200, true},
	} {
		answer := m.send(server, reader, http.MethodGet, "/v1/lots/"+lot.ID.String(), "")
		require.Equal(t, http.StatusOK, answer.Code, reader)
		for _, secret := range []string{"Vuông", "Tôm Sú Demo A", "32065", `"490"`, `"300"`, "mua tại", "ASC00001"} {
			require.Equal(t, c.whole, strings.Contains(answer.Body.String(), secret), "%q and %s", reader, secret)
		}
		require.Contains(t, answer.Body.String(), `"sources_declared":true`)
		list := m.send(server, reader, http.MethodGet, "/v1/products/"+product.ID.String()+"/lots", "")
		require.Equal(t, c.list, list.Code, reader)
		require.Equal(t, c.list == 200, strings.Contains(list.Body.String(), "Vuông"), reader)
	}
	_, err = m.service.Withdraw(t.Context(), m.collector, product.ID)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, m.send(server, "buyer", http.MethodGet, "/v1/lots/"+lot.ID.String(), "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "collector", http.MethodGet, "/v1/lots/"+lot.ID.String(), "").Code)
}
