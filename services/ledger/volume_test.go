package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/services/ledger"
)

// year is the query of 2026 by dimensions.
func year(by ...ledger.Dimension) ledger.Query {
	return ledger.Query{By: by, From: day(2026, time.January, 1), To: day(2026, time.December, 31)}
}

func (b *testBundle) volumes(t *testing.T, q ledger.Query) []ledger.Row {
	t.Helper()
	rows, err := ledger.Volumes(context.Background(), b.App, q)
	require.NoError(t, err)
	return rows
}

func TestVolumesOfAWholeDeal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := newDeal(shrimp())
	b.wholeDeal(t, d)
	rows := b.volumes(t, year())
	require.Equal(t, []ledger.Row{{
		Key:     ledger.Key{Dimensions: map[ledger.Dimension]string{}, Line: "black_tiger_shrimp", Unit: "kg"},
		Offered: kg(100), Requested: kg(80), Quoted: kg(60), Awarded: kg(50), Dispatched: kg(40), Delivered: kg(30), Rejected: kg(6),
		ValueVND: money.VND(30 * 250_000), Producers: 1, Buyers: 1,
	}}, rows)
}

func TestVolumesKeepApartWhatIsNotTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t)
	offer := func(line, form, unit string, weight int64) {
		goods := shrimp()
		goods.Line, goods.Form, goods.Unit, goods.UnitWeight = line, form, unit, kg(weight)/1000
		require.NoError(t, b.post(newDeal(goods).supply(ledger.OfferOpened, kg(10))))
	}
	offer("processed_shrimp", "frozen", "kg", 0)
	offer("processed_shrimp", "ready", "kg", 0)
	offer("processed_shrimp", "dried", "kg", 0)
	offer("dried_shrimp", "", "kg", 0) // all its forms are dried
	offer("bird_nest", "raw", "piece", 125)
	offer("bird_nest", "raw", "piece", 0)
	offer("fish_sauce", "bottled", "litre", 0)
	type apart struct {
		line, unit string
		dried      bool
		offered    string
	}
	var got []apart
	for _, row := range b.volumes(t, year()) {
		got = append(got, apart{row.Line, row.Unit, row.Dried, row.Offered.String()})
	}
	require.ElementsMatch(t, []apart{
		{"processed_shrimp", "kg", false, "20"}, {"processed_shrimp", "kg", true, "10"}, {"dried_shrimp", "kg", true, "10"},
		{"bird_nest", "kg", false, "1.25"}, {"bird_nest", "piece", false, "10"}, {"fish_sauce", "litre", false, "10"},
	}, got)
}

func TestVolumesOverlapBySchemeAndFormerDistrictAndSaySo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	goods := shrimp()
	goods.Schemes = []string{"OCOP", "ASC_FARM", "OCOP"}
	for _, commune := range b.Book.Communes() {
		if commune.Province == "96" && len(commune.FormerDistricts) == 2 {
			goods.Commune = commune.Code
		}
	}
	require.NotEmpty(t, goods.Commune, "some commune of Cà Mau spans two former districts")
	require.NoError(t, b.post(newDeal(goods).supply(ledger.OfferOpened, kg(7))))
	plain := shrimp()
	plain.Schemes = nil
	require.NoError(t, b.post(newDeal(plain).supply(ledger.OfferOpened, kg(5))))

	bySchemes := make(map[string]string)
	for _, row := range b.volumes(t, year(ledger.ByScheme)) {
		bySchemes[row.Dimensions[ledger.ByScheme]] = row.Offered.String()
	}
	require.Equal(t, map[string]string{"": "5", "ASC_FARM": "7", "OCOP": "7"}, bySchemes, "a scheme named twice counts once")
	byDistricts := b.volumes(t, year(ledger.ByDistrict))
	require.Len(t, byDistricts, 3)
	require.Equal(t, []ledger.Dimension{ledger.ByScheme, ledger.ByDistrict}, year(ledger.ByScheme, ledger.ByDistrict, ledger.ByMonth).Overlapping())
	require.Empty(t, year(ledger.ByMonth).Overlapping())

	only := year(ledger.ByScheme)
	only.Only = map[ledger.Dimension]string{ledger.ByScheme: "OCOP"}
	rows := b.volumes(t, only)
	require.Len(t, rows, 1, "the other scheme of the same posting is not asked for")
	require.Equal(t, "OCOP", rows[0].Dimensions[ledger.ByScheme])
	require.Empty(t, only.Overlapping())

	district := byDistricts[len(byDistricts)-1].Dimensions[ledger.ByDistrict]
	for _, by := range [][]ledger.Dimension{nil, {ledger.ByDistrict}} {
		only = year(by...)
		only.Only = map[ledger.Dimension]string{ledger.ByDistrict: district}
		rows = b.volumes(t, only)
		require.Len(t, rows, 1)
		require.Equal(t, kg(7), rows[0].Offered)
	}
}

func TestVolumesFilterOnEveryDimension(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine, other := newDeal(graded()), newDeal(shrimp())
	mine.goods.Commune, other.goods.Commune = "31999", ""
	for _, commune := range b.Book.Communes() {
		if commune.Province == "96" && mine.goods.Commune == "31999" {
			mine.goods.Commune = commune.Code
		}
	}
	other.goods.Line, other.goods.Form, other.goods.BuyerSystem, other.goods.Schemes = "rice", "milled", "satra", []string{"OCOP"}
	other.on = day(2025, time.November, 3)
	b.wholeDeal(t, mine)
	b.wholeDeal(t, other)
	both := ledger.Query{From: day(2025, time.January, 1), To: day(2026, time.December, 31)}
	for dimension, value := range map[ledger.Dimension]string{
		ledger.ByWeek: "2026-W11", ledger.ByMonth: "2026-03", ledger.ByQuarter: "2026-Q1", ledger.ByHalfYear: "2026-H1",
		ledger.ByYear: "2026", ledger.ByLine: "black_tiger_shrimp", ledger.ByForm: "live", ledger.ByCommune: mine.goods.Commune,
		ledger.ByScheme: "ASC_FARM", ledger.ByBuyerSystem: "saigon-coop",
		ledger.ByProducer: mine.goods.ProducerID.String(), ledger.ByBuyer: mine.goods.BuyerID.String(),
		ledger.ByGrade: "20-30", ledger.ByStars: "4", ledger.ByWard: "25747",
	} {
		q := both
		q.Only = map[ledger.Dimension]string{dimension: value}
		rows := b.volumes(t, q)
		require.Len(t, rows, 1, "%s", dimension)
		require.Equal(t, "black_tiger_shrimp", rows[0].Line, "%s", dimension)
		require.Equal(t, kg(30), rows[0].Delivered, "%s", dimension)

		q.Only = nil
		q.By = []ledger.Dimension{dimension}
		seen := false
		for _, row := range b.volumes(t, q) {
			seen = seen || row.Dimensions[dimension] == value || (dimension == ledger.ByLine && row.Line == value)
		}
		require.True(t, seen, "%s must show the value it is filtered on", dimension)
	}
	q := both
	q.Only = map[ledger.Dimension]string{ledger.ByLine: "' OR true --"}
	require.Empty(t, b.volumes(t, q), "a filter is a value, never part of a statement")
}

func TestVolumesRefuseWhatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, test := range map[string]struct {
		query ledger.Query
		want  *fault.Definition
		at    string
	}{
		"an unknown dimension": {year("colour"), fault.ErrUnknownValue, "by"},
		"SQL as a dimension":   {year("month) FROM identity.users --"), fault.ErrUnknownValue, "by"},
		"an unknown filter": {
			ledger.Query{From: day(2026, 1, 1), To: day(2026, 1, 2), Only: map[ledger.Dimension]string{"colour": "x"}},
			fault.ErrUnknownValue, "colour",
		},
		"a producer that is no id": {
			ledger.Query{From: day(2026, 1, 1), To: day(2026, 1, 2), Only: map[ledger.Dimension]string{ledger.ByProducer: "x"}},
			fault.ErrUnknownValue, "producer",
		},
		"no start":         {ledger.Query{To: day(2026, 1, 1)}, fault.ErrRequired, "from"},
		"no end":           {ledger.Query{From: day(2026, 1, 1)}, fault.ErrRequired, "to"},
		"an end too early": {ledger.Query{From: day(2026, 1, 2), To: day(2026, 1, 1)}, fault.ErrDateOrder, "to"},
	} {
		_, err := ledger.Volumes(context.Background(), b.App, test.query)
		require.ErrorIs(t, err, test.want, name)
		refused, ok := fault.From(err)
		require.True(t, ok)
		require.Equal(t, test.at, refused.Fields[0].Pointer, name)
	}
}

func TestVolumesRefuseMoreRowsThanAnybodyReads(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := newDeal(shrimp())
	const beyond = 1500 // the table of groups has to grow, too
	postings := make([]ledger.Posting, ledger.MaxVolumeRows+beyond)
	for i := range postings {
		postings[i] = d.demand(ledger.DemandOpened, kg(1))
		postings[i].InquiryLineID, postings[i].BuyerID = newID(), newID()
	}
	require.NoError(t, b.post(postings[beyond:]...))
	require.Len(t, b.volumes(t, year(ledger.ByBuyer)), ledger.MaxVolumeRows)
	require.NoError(t, b.post(postings[:beyond]...))
	image, all := ledger.NewImage(b.App), year(ledger.ByBuyer)
	b.follow(t, image)
	all.Most = len(postings)
	require.Len(t, b.same(t, image.View(), all), len(postings))
	all.Most--
	for _, q := range []ledger.Query{year(ledger.ByBuyer), all} {
		_, err := ledger.Volumes(t.Context(), b.App, q)
		require.ErrorIs(t, err, ledger.ErrTooManyRows)
		_, err = image.View().Volumes(t.Context(), b.App, q)
		require.ErrorIs(t, err, ledger.ErrTooManyRows)
	}
	require.Len(t, b.volumes(t, year(ledger.ByMonth)), 1)
}
