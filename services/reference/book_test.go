package reference_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestBook(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	for name, test := range map[string]func(*testing.T, *reference.Book){
		"counts":               counts,
		"communes":             communes,
		"former districts":     formerDistricts,
		"lines":                lines,
		"schemes":              schemes,
		"OCOP issuers":         issuers,
		"buyer systems":        buyerSystems,
		"seasons":              seasons,
		"prices":               prices,
		"lists can be changed": ownLists,
		"references resolve":   references,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, book)
		})
	}
}

func counts(t *testing.T, book *reference.Book) {
	t.Helper()
	byProvince := map[string]int{}
	for _, commune := range book.Communes() {
		byProvince[commune.Province]++
		require.NotEmpty(t, commune.FormerDistricts, commune.Code)
	}
	require.Equal(t, map[string]int{reference.CaMau: 64, reference.HoChiMinh: 168}, byProvince)
	require.Len(t, book.Provinces(), 2)
	require.Len(t, book.Lines(), 28)
	require.Len(t, book.Schemes(), 19)
	require.Len(t, book.Groups(), 6)
	require.Len(t, book.BuyerSystems(), 15)
	for _, unit := range []string{"kg", "litre", "piece", "guest"} {
		_, ok := book.Unit(unit)
		require.True(t, ok, unit)
	}
	kg, _ := book.Unit("kg")
	guest, _ := book.Unit("guest")
	require.True(t, kg.Weighed)
	require.False(t, kg.Whole())
	require.True(t, guest.Whole())
}

func communes(t *testing.T, book *reference.Book) {
	t.Helper()
	commune, ok := book.Commune("32152")
	require.True(t, ok)
	require.Equal(t, "Xã Đầm Dơi", commune.Name)
	require.Equal(t, "Dam Doi Commune", commune.In("en"))
	require.Equal(t, "commune", commune.Kind)
	require.Equal(t, reference.CaMau, commune.Province)
	island, _ := book.Commune("26732")
	require.Equal(t, "special_zone", island.Kind)
	_, ok = book.Commune("96")
	require.False(t, ok)
}

func formerDistricts(t *testing.T, book *reference.Book) {
	t.Helper()
	want := []string{"32065", "32069", "32071", "32083", "32092"}
	for _, spelling := range []string{"Huyện Thới Bình", "thới bình", "thoi binh", "HUYEN THOI BINH", "ca-mau-thoi-binh"} {
		require.Equal(t, want, codes(book.CommunesOfFormerDistrict(spelling)), spelling)
	}
	require.Contains(t, codes(book.CommunesOfFormerDistrict("Hòa Bình")), "31891", "tone placement does not matter")
	require.Contains(t, codes(book.CommunesOfFormerDistrict("Quận 1")), "26740")
	require.Empty(t, book.CommunesOfFormerDistrict("huyện không có"))
	require.Empty(t, book.CommunesOfFormerDistrict(""))

	// Made of two: found under both, counted once in neither.
	two, _ := book.Commune("31891")
	require.Len(t, two.FormerDistricts, 2)
	require.Equal(t, civil.New(2025, 6, 30), two.FormerDistricts[0].ValidUntil)
	require.Contains(t, codes(book.CommunesOfFormerDistrict("Vĩnh Lợi")), "31891")
	overlapping := 0
	for _, commune := range book.Communes() {
		if commune.Province == reference.CaMau && len(commune.FormerDistricts) > 1 {
			overlapping++
		}
	}
	require.Equal(t, 5, overlapping)
}

func codes(communes []reference.Commune) []string {
	var found []string
	for _, commune := range communes {
		found = append(found, commune.Code)
	}
	return found
}

func lines(t *testing.T, book *reference.Book) {
	t.Helper()
	shrimp, ok := book.Line("black_tiger_shrimp")
	require.True(t, ok)
	require.Equal(t, "tôm sú", shrimp.Name)
	require.Equal(t, "food", shrimp.OCOPGroup)
	require.Equal(t, "kg", shrimp.Unit)
	require.Equal(t, 24, shrimp.LiveQuoteHours)
	require.Contains(t, shrimp.Synonyms, "giant tiger prawn")
	hlso, ok := shrimp.Form("frozen_hlso")
	require.True(t, ok)
	require.Equal(t, "frozen", hlso.State)
	glaze, ok := shrimp.Field("glaze_percent")
	require.True(t, ok)
	require.Equal(t, "frozen", glaze.FormState)
	require.Equal(t, quantity.Of(100), *glaze.Most)
	rice, _ := book.Line("rice")
	require.Zero(t, rice.LiveQuoteHours)
	_, ok = book.Line("caviar")
	require.False(t, ok)
}

func schemes(t *testing.T, book *reference.Book) {
	t.Helper()
	ocop, ok := book.Scheme(reference.OCOP)
	require.True(t, ok)
	require.Equal(t, 36, ocop.ValidityMonths)
	require.Equal(t, 90, ocop.WarnDays, "in time for a renewal")
	require.Equal(t, 30, ocop.WarnDaysLeast, "QĐ 148/QĐ-TTg")
	require.True(t, ocop.WarnDaysByLaw)
	farm, _ := book.Scheme(reference.ASCFarm)
	require.Equal(t, reference.ASCChainOfCustody, farm.ClaimNeeds)
	require.Equal(t, []string{"farm_area", "group"}, farm.Scopes)
	packed := farm.Claims[0]
	require.Equal(t, "asc-packed", packed.Code)
	require.Equal(t, [][]reference.Cover{{{Scheme: "ASC_COC", Scope: "facility"}, {Scheme: "ASC_COC", Scope: "chain_of_custody"}}}, packed.Needs)
	require.True(t, farm.Covers("group"))
	require.False(t, farm.Covers("facility"))
	require.True(t, farm.NumberFormatUnverified)
	usda, _ := book.Scheme("ORGANIC_USDA")
	require.Zero(t, usda.ValidityMonths, "no expiry date")
}

func issuers(t *testing.T, book *reference.Book) {
	t.Helper()
	for _, test := range []struct {
		stars  int
		issuer string
		on     string
		want   bool
	}{
		{3, "district", "2023-02-23", false},
		{3, "district", "2023-02-24", true},
		{3, "district", "2025-07-05", true},
		{3, "district", "2025-07-06", false},
		{4, "district", "2024-01-01", false},
		{3, "province", "2025-07-06", true},
		{4, "province", "2025-07-06", true},
		{4, "province", "2024-01-01", true},
		{5, "province", "2025-07-06", false},
		{5, "ministry", "2025-07-06", true},
		{4, "ministry", "2025-07-06", false},
		{2, "province", "2025-07-06", false},
		{3, "", "2025-07-06", false},
	} {
		day, err := civil.Parse(test.on)
		require.NoError(t, err)
		require.Equal(t, test.want, book.OCOPIssuerAllowed(test.stars, test.issuer, day),
			"%d stars by %s on %s", test.stars, test.issuer, test.on)
	}
}

func buyerSystems(t *testing.T, book *reference.Book) {
	t.Helper()
	coop, ok := book.BuyerSystem("saigon-coop")
	require.True(t, ok)
	require.Equal(t, []string{"Co.opmart", "Co.op Food", "Co.opXtra"}, coop.Brands)
	require.Equal(t, "supermarket_chain", coop.Kind)
	aeon, ok := book.BuyerSystem("aeon")
	require.True(t, ok)
	require.Equal(t, "AEON Vietnam", aeon.In("en"))
}

func seasons(t *testing.T, book *reference.Book) {
	t.Helper()
	for _, test := range []struct {
		line, qualifier string
		month           int
		want            string
		known           bool
	}{
		{"black_tiger_shrimp", "mangrove", 12, "high", true},
		{"black_tiger_shrimp", "rice_shrimp", 8, "some", true},
		{"black_tiger_shrimp", "rice_shrimp", 9, "none", true},
		{"mud_crab", "", 1, "high", true},
		{"cracker", "", 6, "some", true},
		{"mud_crab", "", 0, "", false},
		{"mud_crab", "", 13, "", false},
		{"black_tiger_shrimp", "", 1, "", false},
		{"tea", "", 1, "", false},
	} {
		level, known := book.SeasonLevel(test.line, test.qualifier, test.month)
		require.Equal(t, test.known, known, test)
		require.Equal(t, test.want, level, test)
	}
	require.Len(t, book.Seasons("black_tiger_shrimp"), 3)
}

func prices(t *testing.T, book *reference.Book) {
	t.Helper()
	crab := book.Prices("mud_crab")
	require.Len(t, crab, 6)
	require.Equal(t, civil.New(2026, 2, 13), crab[0].PublishedOn, "newest first")
	require.EqualValues(t, 1_100_000, crab[0].Least)
	require.EqualValues(t, 1_200_000, crab[0].Most)
	require.Len(t, book.Prices("rice"), 1, "paddy is not rice")
}

func ownLists(t *testing.T, book *reference.Book) {
	t.Helper()
	list := book.Lines()
	list[0].Name = "changed"
	require.NotEqual(t, "changed", book.Lines()[0].Name)
	found := book.CommunesOfFormerDistrict("Thới Bình")
	found[0].Code = "changed"
	require.Equal(t, "32065", book.CommunesOfFormerDistrict("Thới Bình")[0].Code)
}

func references(t *testing.T, book *reference.Book) {
	t.Helper()
	for _, line := range book.Lines() {
		_, ok := book.Group(line.OCOPGroup)
		require.True(t, ok, line.Code)
		_, ok = book.Unit(line.Unit)
		require.True(t, ok, line.Code)
		require.NotEmpty(t, line.Forms, line.Code)
		for _, field := range line.Fields {
			require.Equal(t, field.Type == reference.FieldChoice, len(field.Choices) > 0, "%s.%s", line.Code, field.Code)
		}
	}
}

func TestOCOPStars(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	ocop, _ := book.Scheme(reference.OCOP)
	require.True(t, ocop.Rated())
	day, err := civil.Parse("2026-12-01")
	require.NoError(t, err)
	for _, test := range []struct {
		score string
		stars int
		ok    bool
	}{
		{"0", 0, false},
		{"49.999", 0, false},
		{"50", 3, true},
		{"69.999", 3, true},
		{"70", 4, true},
		{"89.999", 4, true},
		{"90", 5, true},
		{"100", 5, true},
		{"100.001", 0, false},
		{"-1", 0, false},
	} {
		score, err := quantity.Parse(test.score)
		require.NoError(t, err)
		stars, ok := ocop.StarsFor(score, day)
		require.Equal(t, test.ok, ok, test.score)
		require.Equal(t, test.stars, stars, test.score)
	}
}
