package reference_test

import (
	"encoding/json"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

type grade = map[string]any

// gradeCase is one description of goods. Refusals are "pointer code", in the order given.
type gradeCase struct {
	line, form string
	grade      grade
	want       string // canonical JSON
	label, en  string
	refused    []string
}

func accepted() map[string]gradeCase {
	return map[string]gradeCase{
		"live shrimp": {
			line: "black_tiger_shrimp", form: "live", grade: grade{"count_per_kg_min": 20.0, "count_per_kg_max": "30"},
			want: `{"count_per_kg_max":30,"count_per_kg_min":20}`, label: "20–30 con/kg", en: "20–30 pcs/kg",
		},
		"one size, every option": {
			line: "black_tiger_shrimp", form: "frozen_hlso",
			grade: grade{
				"count_per_kg_min": json.Number("20"), "count_per_kg_max": 20, "glaze_percent": json.RawMessage(`"10.50"`),
				"pond": "mangrove", "antibiotic_test": "passed",
			},
			want:  `{"antibiotic_test":"passed","count_per_kg_max":20,"count_per_kg_min":20,"glaze_percent":"10.5","pond":"mangrove"}`,
			label: "20 con/kg, mạ băng 10,5%, rừng ngập mặn, đạt kháng sinh",
			en:    "20 pcs/kg, glaze 10.5%, mangrove, antibiotic test passed",
		},
		"live crab": {
			line: "mud_crab", form: "live", grade: grade{"type": "gach", "grams_each_min": int64(400), "tie": "nylon"},
			want: `{"grams_each_min":400,"tie":"nylon","type":"gach"}`, label: "gạch, ≥ 400 g, dây nylon", en: "roe, ≥ 400 g, nylon tie",
		},
		"crab priced with its tie": {
			line: "mud_crab", form: "live",
			grade: grade{"type": "thit", "grams_each_min": 300, "grams_each_max": 400, "tie": "cloth", "tie_percent": quantity.Of(20), "price_on": "gross"},
			want:  `{"grams_each_max":400,"grams_each_min":300,"price_on":"gross","tie":"cloth","tie_percent":"20","type":"thit"}`,
			label: "thịt, 300–400 g, dây vải, dây 20%, giá cả dây", en: "meat, 300–400 g, cloth tie, tie 20%, priced with the tie",
		},
		"crab without a tie": {
			line: "mud_crab", form: "live", grade: grade{"type": "y", "grams_each_min": 250, "tie": "none", "tie_percent": "0"},
			want: `{"grams_each_min":250,"tie":"none","tie_percent":"0","type":"y"}`, label: "y, ≥ 250 g, không dây, dây 0%", en: "Y, ≥ 250 g, no tie, tie 0%",
		},
		"boiled crab has no tie": {
			line: "mud_crab", form: "boiled", grade: grade{"type": "gach", "grams_each_min": 400},
			want: `{"grams_each_min":400,"type":"gach"}`, label: "gạch, ≥ 400 g", en: "roe, ≥ 400 g",
		},
		"rice by variety": {
			line: "rice", form: "milled", grade: grade{"variety": " ST25 "},
			want: `{"variety":"ST25"}`, label: "ST25", en: "ST25",
		},
		"rice in full, decomposed text": {
			line: "rice", form: "milled",
			grade: grade{"variety": "Mo\u0323\u0302t  bu\u0323i đỏ", "crop": "2026", "broken_percent": 5.0, "pack_kg": "0.5", "moisture_percent": nil},
			want:  `{"broken_percent":"5","crop":"2026","pack_kg":"0.5","variety":"Một bụi đỏ"}`,
			label: "Một bụi đỏ, vụ 2026, tấm 5%, bao 0,5 kg", en: "Một bụi đỏ, crop 2026, broken 5%, pack 0.5 kg",
		},
		"salt":       {line: "salt", form: "refined", grade: grade{"pack_g": 500}, want: `{"pack_g":500}`, label: "gói 500 g", en: "pack 500 g"},
		"fish sauce": {line: "fish_sauce", form: "bottled", grade: grade{"nitrogen_g_per_litre": "35", "bottle_ml": 500}, want: `{"bottle_ml":500,"nitrogen_g_per_litre":"35"}`, label: "đạm 35 g/l, chai 500 ml", en: "nitrogen 35 g/l, bottle 500 ml"},
		"spirit":     {line: "spirit", form: "bottled", grade: grade{"abv_percent": 29.5, "bottle_ml": "500"}, want: `{"abv_percent":"29.5","bottle_ml":500}`, label: "29,5% vol, chai 500 ml", en: "29.5% vol, bottle 500 ml"},
		"tour":       {line: "tour", form: "service", grade: grade{"days": 2, "group_max": 20}, want: `{"days":2,"group_max":20}`, label: "2 ngày, ≤ 20 khách", en: "2 days, ≤ 20 guests"},
		"ornamental": {line: "ornamental", form: "live", grade: nil, want: `{}`},
		"dried":      {line: "dried_shrimp", form: "dried", grade: grade{"size_class": ""}, want: `{}`},
	}
}

func refused() map[string]gradeCase {
	crab := func(more grade) grade {
		described := grade{"type": "gach", "grams_each_min": 400, "tie": "nylon"}
		maps.Copy(described, more)
		return described
	}
	shrimp := func(least, most any) grade { return grade{"count_per_kg_min": least, "count_per_kg_max": most} }
	return map[string]gradeCase{
		"unknown form":          {line: "salt", form: "live", grade: grade{"pack_g": 500}, refused: []string{"form form_unknown"}},
		"no form":               {line: "salt", grade: grade{"pack_g": 500}, refused: []string{"form form_unknown"}},
		"everything missing":    {line: "mud_crab", form: "live", refused: []string{"grade.type required", "grade.grams_each_min required", "grade.tie required"}},
		"blank is missing":      {line: "rice", form: "milled", grade: grade{"variety": "  "}, refused: []string{"grade.variety required"}},
		"null is missing":       {line: "rice", form: "milled", grade: grade{"variety": json.RawMessage("null")}, refused: []string{"grade.variety required"}},
		"frozen without glaze":  {line: "whiteleg_shrimp", form: "frozen_pd", grade: shrimp(20, 30), refused: []string{"grade.glaze_percent required"}},
		"glaze on live shrimp":  {line: "whiteleg_shrimp", form: "live", grade: grade{"count_per_kg_min": 20, "count_per_kg_max": 30, "glaze_percent": "10"}, refused: []string{"grade.glaze_percent grade_field_other_form"}},
		"tie on boiled crab":    {line: "mud_crab", form: "boiled", grade: crab(nil), refused: []string{"grade.tie grade_field_other_form"}},
		"unknown field":         {line: "rice", form: "milled", grade: grade{"variety": "ST25", "tie": "nylon"}, refused: []string{"grade.tie grade_field_unknown"}},
		"case matters":          {line: "rice", form: "milled", grade: grade{"Variety": "ST25"}, refused: []string{"grade.variety required", "grade.Variety grade_field_unknown"}},
		"unknown choice":        {line: "mud_crab", form: "live", grade: crab(grade{"tie": "rope"}), refused: []string{"grade.tie unknown_value"}},
		"a choice is no number": {line: "mud_crab", form: "live", grade: crab(grade{"tie": 1.0}), refused: []string{"grade.tie unknown_value"}},
		"another line's pond":   {line: "whiteleg_shrimp", form: "live", grade: grade{"count_per_kg_min": 20, "count_per_kg_max": 30, "pond": "mangrove"}, refused: []string{"grade.pond unknown_value"}},
		"range upside down":     {line: "black_tiger_shrimp", form: "live", grade: shrimp(30, 20), refused: []string{"grade.count_per_kg_max grade_range"}},
		"grams upside down":     {line: "mud_crab", form: "live", grade: crab(grade{"grams_each_max": 300}), refused: []string{"grade.grams_each_max grade_range"}},
		"group upside down":     {line: "tour", form: "service", grade: grade{"days": 1, "group_min": 10, "group_max": 2}, refused: []string{"grade.group_max grade_range"}},
		"count of zero":         {line: "black_tiger_shrimp", form: "live", grade: shrimp(0, 30), refused: []string{"grade.count_per_kg_min out_of_range"}},
		"count too large":       {line: "black_tiger_shrimp", form: "live", grade: shrimp(20, 10001), refused: []string{"grade.count_per_kg_max out_of_range"}},
		"count beyond int64":    {line: "black_tiger_shrimp", form: "live", grade: shrimp(20, json.Number("99999999999999999999")), refused: []string{"grade.count_per_kg_max out_of_range"}},
		"negative":              {line: "salt", form: "grain", grade: grade{"pack_g": -5}, refused: []string{"grade.pack_g out_of_range"}},
		"not whole":             {line: "salt", form: "grain", grade: grade{"pack_g": 0.5}, refused: []string{"grade.pack_g grade_not_whole"}},
		"exponent":              {line: "salt", form: "grain", grade: grade{"pack_g": json.Number("5e2")}, refused: []string{"grade.pack_g grade_not_whole"}},
		"not a number":          {line: "salt", form: "grain", grade: grade{"pack_g": "five"}, refused: []string{"grade.pack_g grade_not_whole"}},
		"true":                  {line: "salt", form: "grain", grade: grade{"pack_g": true}, refused: []string{"grade.pack_g grade_not_whole"}},
		"a list":                {line: "salt", form: "grain", grade: grade{"pack_g": []any{1.0}}, refused: []string{"grade.pack_g grade_not_whole"}},
		"broken JSON":           {line: "salt", form: "grain", grade: grade{"pack_g": json.RawMessage("{")}, refused: []string{"grade.pack_g grade_not_whole"}},
		"four decimals":         {line: "spirit", form: "bottled", grade: grade{"abv_percent": 29.1234, "bottle_ml": 500}, refused: []string{"grade.abv_percent grade_not_decimal"}},
		"NaN":                   {line: "spirit", form: "bottled", grade: grade{"abv_percent": math.NaN(), "bottle_ml": 500}, refused: []string{"grade.abv_percent grade_not_decimal"}},
		"more than all":         {line: "spirit", form: "bottled", grade: grade{"abv_percent": "100.001", "bottle_ml": 500}, refused: []string{"grade.abv_percent out_of_range"}},
		"text too long":         {line: "rice", form: "milled", grade: grade{"variety": strings.Repeat("ữ", 101)}, refused: []string{"grade.variety too_long"}},
		"text is no number":     {line: "rice", form: "milled", grade: grade{"variety": 25.0}, refused: []string{"grade.variety grade_not_text"}},
		"NUL in a text":         {line: "rice", form: "milled", grade: grade{"variety": "ST\x0025"}, refused: []string{"grade.variety grade_not_text"}},
		"not UTF-8":             {line: "rice", form: "milled", grade: grade{"variety": "ST\xff25"}, refused: []string{"grade.variety grade_not_text"}},
		"share of no tie":       {line: "mud_crab", form: "live", grade: crab(grade{"tie": "none", "tie_percent": "12"}), refused: []string{"grade.tie_percent tie_percent_without_tie"}},
		"all at once":           {line: "black_tiger_shrimp", form: "smoked", grade: grade{"count_per_kg_min": "x", "colour": "red"}, refused: []string{"form form_unknown", "grade.count_per_kg_min grade_not_whole", "grade.count_per_kg_max required", "grade.colour grade_field_unknown"}},
	}
}

func TestGrade(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	for name, test := range accepted() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, ok := book.Line(test.line)
			require.True(t, ok)
			found, err := line.ValidateGrade(test.form, test.grade)
			require.NoError(t, err)
			canonical, err := json.Marshal(found)
			require.NoError(t, err)
			require.Equal(t, test.want, string(canonical))
			require.Equal(t, test.label, line.GradeLabel(found, "vi"))
			require.Equal(t, test.en, line.GradeLabel(found, "en"))

			var stored reference.Grade
			require.NoError(t, json.Unmarshal(canonical, &stored))
			require.Equal(t, found, stored, "survives storage")
			again, err := line.ValidateGrade(test.form, stored)
			require.NoError(t, err)
			require.Equal(t, found, again, "canonical already")
		})
	}
	for name, test := range refused() {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			line, ok := book.Line(test.line)
			require.True(t, ok)
			found, err := line.ValidateGrade(test.form, test.grade)
			require.Nil(t, found)
			require.Equal(t, test.refused, complaints(t, err))
		})
	}
	t.Run("wanted", func(t *testing.T) {
		t.Parallel()
		wanted(t, book)
	})
	t.Run("unknown fields are not all echoed", func(t *testing.T) {
		t.Parallel()
		echo(t, book)
	})
}

func complaints(t *testing.T, err error) []string {
	t.Helper()
	refusal, ok := fault.From(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, 422, refusal.Status)
	var found []string
	for _, field := range refusal.Fields {
		found = append(found, field.Pointer+" "+field.Definition.Code)
		for _, text := range []string{field.Definition.Vietnamese, field.Definition.English} {
			require.NotRegexp(t, `\{\w+\}`, fault.Fill(text, field.Params), "every place of the text is filled")
		}
	}
	return found
}

func wanted(t *testing.T, book *reference.Book) {
	t.Helper()
	crab, _ := book.Line("mud_crab")
	found, err := crab.ValidateWantedGrade("", grade{"grams_each_min": 400, "tie": "nylon"})
	require.NoError(t, err)
	require.Equal(t, reference.Grade{"grams_each_min": int64(400), "tie": "nylon"}, found)
	_, err = crab.ValidateWantedGrade("boiled", grade{"tie": "nylon"})
	require.Equal(t, []string{"grade.tie grade_field_other_form"}, complaints(t, err))
	_, err = crab.ValidateWantedGrade("smoked", nil)
	require.Equal(t, []string{"form form_unknown"}, complaints(t, err))
	none, err := crab.ValidateWantedGrade("live", nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func echo(t *testing.T, book *reference.Book) {
	t.Helper()
	many := grade{strings.Repeat("x", 1000): 1}
	for i := range 500 {
		many[strings.Repeat("a", i+1)] = i
	}
	salt, _ := book.Line("ornamental")
	_, err := salt.ValidateGrade("live", many)
	refusal, ok := fault.From(err)
	require.True(t, ok)
	require.Len(t, refusal.Fields, reference.MaxUnknownFields)
	for _, field := range refusal.Fields {
		require.LessOrEqual(t, len(field.Pointer), 64)
	}
}

func TestGradeValues(t *testing.T) {
	t.Parallel()
	g := reference.Grade{"count_per_kg_min": int64(20), "glaze_percent": "10.5", "pond": "mangrove"}
	n, ok := g.Int("count_per_kg_min")
	require.True(t, ok)
	require.EqualValues(t, 20, n)
	_, ok = g.Int("pond")
	require.False(t, ok)
	text, ok := g.Text("pond")
	require.True(t, ok)
	require.Equal(t, "mangrove", text)
	share, ok := g.Decimal("glaze_percent")
	require.True(t, ok)
	require.Equal(t, quantity.Quantity(10_500), share)
	_, ok = g.Decimal("pond")
	require.False(t, ok)
	_, ok = g.Decimal("absent")
	require.False(t, ok)
}

func TestGradeFromStorage(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{`{"a":1.5}`, `{"a":true}`, `{"a":{}}`, `{"a":null}`, `[]`, `{"a":99999999999999999999}`} {
		var g reference.Grade
		require.Error(t, json.Unmarshal([]byte(broken), &g), broken)
	}
	g := reference.Grade{"a": "b"}
	require.NoError(t, json.Unmarshal([]byte("null"), &g))
	require.Nil(t, g)
}

func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, definition := range reference.Faults() {
		require.Regexp(t, `^[a-z_]+$`, definition.Code)
		require.False(t, seen[definition.Code], definition.Code)
		seen[definition.Code] = true
		require.NotEmpty(t, definition.Vietnamese)
		require.NotEmpty(t, definition.English)
		require.Equal(t, 422, definition.Status)
	}
}

// Volumes are told apart by few fields of a grade, in few words.
func TestTheReportedGradeIsAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	for name, test := range map[string]struct {
		line  string
		grade reference.Grade
		want  string
	}{
		"shrimp by count":     {"black_tiger_shrimp", reference.Grade{"count_per_kg_min": int64(20), "count_per_kg_max": int64(30), "pond": "mangrove"}, "20-30"},
		"one count":           {"whiteleg_shrimp", reference.Grade{"count_per_kg_min": int64(40), "count_per_kg_max": int64(40)}, "40"},
		"no smaller than":     {"black_tiger_shrimp", reference.Grade{"count_per_kg_max": int64(30)}, "≤ 30"},
		"no larger than":      {"black_tiger_shrimp", reference.Grade{"count_per_kg_min": int64(20)}, "≥ 20"},
		"crab by type":        {"mud_crab", reference.Grade{"type": "gach", "grams_each_min": int64(400), "tie": "nylon"}, "gạch"},
		"rice by variety":     {"rice", reference.Grade{"variety": "ST25", "pack_kg": "5"}, "ST25"},
		"decimals as written": {"spirit", reference.Grade{"abv_percent": "29.5", "bottle_ml": int64(500)}, "29,5"},
		"nothing said":        {"black_tiger_shrimp", nil, ""},
		"packs are no grade":  {"salt", reference.Grade{"pack_g": int64(500)}, ""},
	} {
		line, known := book.Line(test.line)
		require.True(t, known, name)
		require.Equal(t, test.want, line.ReportedGrade(test.grade), name)
	}
}
