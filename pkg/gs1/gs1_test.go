package gs1_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/quantity"
)

func today() civil.Date { return civil.New(2026, 12, 1) }

// The examples of the General Specifications and numbers seen in shops.
func TestParseGTIN(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"8934563138165": "08934563138165", "629104150021": "", "6291041500213": "06291041500213", "96385074": "00000096385074",
		"036000291452": "00036000291452", "10614141000415": "10614141000415", "06291041500213": "06291041500213",
		"6291041500214": "", "": "", "1234567": "", "89345631381 5": "", "８934563138165": "", "893456313816500": "", "00000000": "", "0000000000000": "",
		"+8934563138165": "", "-893456313816": "",
	} {
		number, err := gs1.ParseGTIN(text)
		require.Equal(t, want, string(number), text)
		require.Equal(t, want == "", err != nil, text)
	}
	_, err := gs1.ParseGTIN("6291041500214")
	require.ErrorIs(t, err, gs1.ErrCheckDigit)
	_, err = gs1.ParseGTIN("629104150021X")
	require.ErrorIs(t, err, gs1.ErrDigits)
}

func TestWhatAGTINTells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, short            string
		vietnamese, restricted bool
		pack                   int
	}{
		{"8934563138165", "8934563138165", true, false, 0},
		{complete("1893456313816"), complete("1893456313816"), true, false, 1},
		{complete("9893456313816"), complete("9893456313816"), true, false, 9},
		{complete("8939999"), complete("8939999"), true, false, 0},
		{"6291041500213", "6291041500213", false, false, 0},
		{"036000291452", "036000291452", false, false, 0},
		{complete("200000000012"), complete("200000000012"), false, true, 0},
		{complete("21234500000"), complete("21234500000"), false, true, 0}, // GTIN-12: prefix 02 as a GTIN-13
		{complete("41234500000"), complete("41234500000"), false, true, 0},
		{complete("2000001"), complete("2000001"), false, true, 0}, // GTIN-8 of a shop
		{complete("0000001"), complete("0000001"), false, true, 0},
		{complete("978000000000"), complete("978000000000"), false, true, 0},
		{complete("990000000000"), complete("990000000000"), false, true, 0},
	} {
		number, err := gs1.ParseGTIN(c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.short, number.Short(), c.text)
		require.Equal(t, c.vietnamese, number.Vietnamese(), c.text)
		require.Equal(t, c.restricted, number.Restricted(), c.text)
		require.Equal(t, c.pack, number.Pack(), c.text)
	}
}

func complete(number string) string { return number + string(gs1.CheckDigit(number)) }

func TestParseLink(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://id.gs1.org/01/06291041500213":                                      "/01/06291041500213",
		"https://brand.example/some/where/01/6291041500213/":                        "/01/06291041500213",
		"/01/06291041500213/10/A%2FB":                                               "/01/06291041500213/10/A%2FB",
		"/01/06291041500213/10/a%2fb%2B":                                            "/01/06291041500213/10/a%2Fb%2B",
		"/01/06291041500213/10/L+1":                                                 "/01/06291041500213/10/L%2B1",
		"/01/06291041500213/10/L1/21/S-2":                                           "/01/06291041500213/10/L1/21/S-2",
		"/01/06291041500213/21/S":                                                   "/01/06291041500213/21/S",
		"/01/06291041500213?3103=000195&17=261231":                                  "/01/06291041500213?17=261231&3103=000195",
		"/01/06291041500213?17=261231;3103=000195":                                  "/01/06291041500213?17=261231&3103=000195",
		"/01/06291041500213?17=270200":                                              "/01/06291041500213?17=270228",
		"/01/06291041500213?linkType=gs1:pip&utm_source=pack&17=261231&15=260101#x": "/01/06291041500213?17=261231",
	} {
		link, err := gs1.ParseLink(address, today())
		require.NoError(t, err, address)
		require.Equal(t, want, link.Path(), address)
		require.Equal(t, "https://id.gs1.org"+want, link.Canonical())
	}
	for address, want := range map[string]error{
		"https://id.gs1.org/": gs1.ErrNoGTIN, "/01": gs1.ErrNoGTIN, "/01/": gs1.ErrNoGTIN, "/8006/06291041500213": gs1.ErrNoGTIN,
		"/01/6291041500214": gs1.ErrCheckDigit, "/01/abc": gs1.ErrDigits,
		"/01/06291041500213/10": gs1.ErrPath, "/01/06291041500213/21/S/10/L": gs1.ErrPath, "/01/06291041500213/10/L/10/L": gs1.ErrPath,
		"/01/06291041500213/11/x": gs1.ErrPath, "/01/06291041500213?10=L": gs1.ErrPath, "/01/06291041500213?01=06291041500213": gs1.ErrPath,
		"/01/06291041500213/10/%20": gs1.ErrCharacter, "/01/06291041500213/10/l%C3%B4": gs1.ErrCharacter, "/01/06291041500213/10/L~": gs1.ErrCharacter,
		"/01/06291041500213/10/" + strings.Repeat("1", 21): gs1.ErrCharacter, "/01/06291041500213/10//21/S": gs1.ErrCharacter,
		"/01/06291041500213?17=2612": gs1.ErrDate, "/01/06291041500213?17=261301": gs1.ErrDate, "/01/06291041500213?17=260230": gs1.ErrDate,
		"/01/06291041500213?17=260000": gs1.ErrDate, "/01/06291041500213?17=261231&17=261231": gs1.ErrTwice,
		"/01/06291041500213?3103=1.5": gs1.ErrWeight, "/01/06291041500213?3103=1950": gs1.ErrWeight,
		"/01/06291041500213/10/%zz": gs1.ErrPath, "/01/06291041500213?17=%zz": gs1.ErrPath,
	} {
		_, err := gs1.ParseLink(address, today())
		require.ErrorIs(t, err, want, address)
	}
}

// The century rule of General Specifications 7.12, seen from 2026.
func TestTwoDigitsOfAYear(t *testing.T) {
	t.Parallel()
	for text, year := range map[string]int{"260101": 2026, "760101": 2076, "770101": 1977, "990101": 1999, "000101": 2000, "250101": 2025} {
		link, err := gs1.ParseLink("/01/06291041500213?17="+text, today())
		require.NoError(t, err)
		require.Equal(t, year, link.Expiry.Year, text)
	}
	link, err := gs1.ParseLink("/01/06291041500213?17=010101", civil.New(2099, 1, 1))
	require.NoError(t, err)
	require.Equal(t, 2101, link.Expiry.Year)
	link, err = gs1.ParseLink("/01/06291041500213?17=280200", today())
	require.NoError(t, err)
	require.Equal(t, civil.New(2028, 2, 29), link.Expiry, "a leap year's February")
}

// Every link comes back from its own address, and the canonical form is a fixed point.
func TestLinksComeBack(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`|[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}`)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{12}|[1-9][0-9]{11}|[1-9][0-9]{10}|[1-9][0-9]{6}`).Draw(t, "number")
		gtin, err := gs1.ParseGTIN(complete(number))
		require.NoError(t, err)
		require.Equal(t, complete(number), gtin.Short())
		link := gs1.Link{GTIN: gtin, Lot: text.Draw(t, "lot"), Serial: text.Draw(t, "serial")}
		if rapid.Bool().Draw(t, "dated") {
			link.Expiry = today().AddDays(rapid.IntRange(-9000, 9000).Draw(t, "days"))
		}
		link.NetWeight = quantity.Quantity(rapid.Int64Range(0, 999_999).Draw(t, "weight"))
		back, err := gs1.ParseLink(link.At("https://market.example/id"), today())
		require.NoError(t, err, link.Path())
		require.Equal(t, link, back)
		require.Equal(t, link.Canonical(), back.Canonical())
	})
}

// One wrong digit, and nearly every exchange of neighbours, is found (General Specifications 7.9).
func TestACheckDigitFindsSlips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		right := complete(rapid.StringMatching(`[1-9][0-9]{11}`).Draw(t, "number"))
		at := rapid.IntRange(0, len(right)-1).Draw(t, "at")
		digit := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		wrong := right[:at] + string(digit) + right[at+1:]
		_, err := gs1.ParseGTIN(wrong)
		require.Equal(t, wrong == right, err == nil, wrong)
	})
}

func FuzzParseLink(f *testing.F) {
	f.Add("https://id.gs1.org/01/06291041500213/10/A%2FB?17=261231&3103=000195")
	f.Add("/01/06291041500213/10/%25?;=&17")
	f.Fuzz(func(t *testing.T, address string) {
		link, err := gs1.ParseLink(address, today())
		if err != nil {
			return
		}
		back, err := gs1.ParseLink(link.Canonical(), today())
		require.NoError(t, err, link.Canonical())
		require.Equal(t, link, back)
	})
}
