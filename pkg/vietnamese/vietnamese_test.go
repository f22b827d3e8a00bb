package vietnamese_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/vietnamese"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"empty":                {"", ""},
		"only punctuation":     {" – “…” ", ""},
		"shrimp":               {"Tôm Sú", "tom su"},
		"commune":              {"Xã Đầm Dơi", "xa dam doi"},
		"Icelandic eth":        {"Ðầm Dơi ð", "dam doi d"},
		"African d":            {"Ɖầm", "dam"},
		"old tone placement":   {"Hòa Bình, thủy sản", "hoa binh thuy san"},
		"new tone placement":   {"Hoà Bình, thuỷ sản", "hoa binh thuy san"},
		"horn and breve":       {"ƯƠNG ĂN", "uong an"},
		"decomposed":           {norm.NFD.String("Cà Mau – Năm Căn"), "ca mau nam can"},
		"deprecated tones":     {"Ca\u0340 Ma\u0341u", "ca mau"},
		"typographic":          {"gạo “ST25”—loại 1", "gao st25 loai 1"},
		"non-breaking space":   {"ba\u00a0khía", "ba khia"},
		"soft hyphen and BOM":  {"\ufeffbánh\u00ad phồng", "banh phong"},
		"zero-width space":     {"bánh\u200bphồng", "banh phong"},
		"brackets and slashes": {"(HOSO)/HLSO 20–30 con/kg", "hoso hlso 20 30 con kg"},
		"not UTF-8":            {"t\xffom", "t om"},
		"runs of blanks":       {"  mắm \t\n lóc ", "mam loc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, vietnamese.Fold(test.in))
		})
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	require.Nil(t, vietnamese.Words(" ; "))
	require.Equal(t, []string{"tom", "kho", "rach", "goc"}, vietnamese.Words("Tôm khô Rạch Gốc"))
}

func TestLower(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"empty":                  {"", ""},
		"marks stay":             {"Tôm Sú", "tôm sú"},
		"composed":               {norm.NFD.String("Đầm Dơi"), "đầm dơi"},
		"eth":                    {"Ðầm ð", "đầm đ"},
		"hòa":                    {"HÒA BÌNH", "hoà bình"},
		"hoà stays":              {"hoà", "hoà"},
		"hòan is a slip":         {"hòan", "hoàn"},
		"khỏe":                   {"khỏe", "khoẻ"},
		"ủy":                     {"Ủy ban, thủy sản", "uỷ ban thuỷ sản"},
		"quí after q":            {"qúa qúy", "quá quý"},
		"huế":                    {"húê", "huế"},
		"chuyện in two steps":    {"chụyên", "chuyện"},
		"mía and lúa stay":       {"mía lúa của", "mía lúa của"},
		"tone before circumflex": {"vie\u0303\u0302n", "viễn"},
		"punctuation":            {"“Cà Mau” – GI", "cà mau gi"},
		"mark without letter":    {"\u0301 a", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, vietnamese.Lower(test.in))
		})
	}
}

// text draws strings full of what makes folding hard: Vietnamese letters, loose marks, all the
// forms of đ, punctuation, and any other character.
func text() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom(strings.Split(
			"a ò hoà hòa thủy qúa uyê ươ Đ đ Ð ð Ɖ \u0300 \u0301 \u0302 \u0303 \u0309 \u031b \u0323 – “ \u00a0 \u200b \u00ad İ ẞ K \xff", " ")),
		rapid.String(),
	)
	return rapid.Map(rapid.SliceOf(piece), func(pieces []string) string { return strings.Join(pieces, "") })
}

func TestFoldProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := text().Draw(t, "s")
		folded := vietnamese.Fold(s)
		require.Equal(t, folded, vietnamese.Fold(folded), "folding twice")
		require.Equal(t, vietnamese.Fold(norm.NFC.String(s)), vietnamese.Fold(norm.NFD.String(s)), "NFC and NFD")
		require.Equal(t, strings.Join(vietnamese.Words(s), " "), folded)
		require.Equal(t, strings.Join(strings.Fields(folded), " "), folded, "single blanks")
		require.True(t, utf8.ValidString(folded))
	})
}

func TestLowerProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := text().Draw(t, "s")
		low := vietnamese.Lower(s)
		require.Equal(t, low, vietnamese.Lower(low), "lowering twice")
		require.Equal(t, vietnamese.Fold(s), vietnamese.Fold(low), "same words as folded")
		require.Equal(t, vietnamese.Lower(norm.NFC.String(s)), vietnamese.Lower(norm.NFD.String(s)), "NFC and NFD")
		require.True(t, norm.NFC.IsNormalString(low))
	})
}

// Every character there is: a lower-case form that decomposes again would break idempotence.
func TestEveryCharacterFoldsOnce(t *testing.T) {
	t.Parallel()
	for r := range utf8.MaxRune + 1 {
		once := vietnamese.Fold(string(r))
		if twice := vietnamese.Fold(once); twice != once {
			require.Equal(t, once, twice, "%U", r)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vietnamese.Fold("Hợp tác xã Tôm sú sinh thái Đầm Dơi – Cà Mau")
	}
}

func BenchmarkLower(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vietnamese.Lower("Hợp tác xã Tôm sú sinh thái Đầm Dơi – Cà Mau")
	}
}
