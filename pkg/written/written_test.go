package written_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/written"
)

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		whole bool
		want  string
		unit  string
	}{
		{"250", false, "250", ""},
		{"1.250,5", false, "1250.5", ""},
		{"1,250.5", false, "1250.5", ""},
		{"1.250.000", false, "1250000", ""},
		{"1,250,000", false, "1250000", ""},
		{"1 250 000", false, "1250000", ""},
		{"1\u00a0250\u202f000,5", false, "1250000.5", ""},
		{"1'250.5", false, "1250.5", ""},
		{"1’250’000", false, "1250000", ""},
		{"1,5", false, "1.5", ""},
		{"1.5", false, "1.5", ""},
		{"0,250", false, "0.25", ""},
		{"0.125", false, "0.125", ""},
		{"1250,125", false, "1250.125", ""},
		{"1,1250", false, "1.125", ""},
		{"1.250,500", false, "1250.5", ""},
		{"250 000 đ", true, "250000", "đ"},
		{"250.000đ/kg", true, "250000", "đ/kg"},
		{"250.000", true, "250000", ""},
		{"250,000 VNĐ", true, "250000", "VNĐ"},
		{"250.000,00", true, "250000", ""},
		{"₫250.000", true, "250000", "₫"},
		{"2 tấn", false, "2", "tấn"},
		{"2t", false, "2", "t"},
		{"1,5 tấn", false, "1.5", "tấn"},
		{"-5", false, "-5", ""},
		{"−5 kg", false, "-5", "kg"},
		{"20 con/kg", true, "20", "con/kg"},
		{"10%", false, "10", "%"},
		{" 007 ", false, "7", ""},
		{"250k", true, "250", "k"},
		{"1.000.000.000", false, "1000000000", ""},
	} {
		got, err := written.ReadNumber(test.text, test.whole)
		require.NoError(t, err, test.text)
		require.Equal(t, test.want, got.Amount.String(), test.text)
		require.Equal(t, test.unit, got.Unit, test.text)
	}
}

func TestNumbersThatAreRefused(t *testing.T) {
	t.Parallel()
	for text, refusal := range map[string]*fault.Definition{
		"":                     written.ErrNumber,
		"nhiều":                written.ErrNumber,
		"1.250":                written.ErrAmbiguous,
		"1,250 kg":             written.ErrAmbiguous,
		"2.000":                written.ErrAmbiguous,
		"12.34.56":             written.ErrNumber,
		"1.250,5,5":            written.ErrNumber,
		"1,250.500.000":        written.ErrNumber,
		"1 25":                 written.ErrNumber,
		"0.250.000":            written.ErrNumber,
		"1,5 000":              written.ErrNumber,
		"1.2345":               written.ErrTooPrecise,
		"1000000001":           written.ErrTooLarge,
		"99999999999999999999": written.ErrTooLarge,
	} {
		_, err := written.ReadNumber(text, false)
		require.ErrorIs(t, err, refusal, text)
	}
	_, err := written.ReadNumber("1.250", false)
	refusal, _ := fault.From(err)
	require.Equal(t, "“1.250” may mean 1250 or 1,25. Write 1250 or 1,25.", fault.Fill(refusal.English, refusal.Params))
	_, err = written.ReadNumber("1,125", false)
	refusal, _ = fault.From(err)
	require.Equal(t, "«1,125» có thể hiểu là 1125 hoặc 1,125. Hãy viết 1125 hoặc 1,1250.", fault.Fill(refusal.Vietnamese, refusal.Params))
}

func TestNumbersAsSpreadsheetsStoreThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0.30000000000000004": "0.3", "1.125": "1.125", "250000": "250000", "2.5E5": "250000", "1.2345e2": "123.45", "-0": "0",
		"1249.9999999999998": "1250",
	} {
		got, err := written.Stored(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.String(), text)
	}
	for text, refusal := range map[string]*fault.Definition{
		"1.2345": written.ErrTooPrecise, "1e300": written.ErrTooLarge, "NaN": written.ErrNumber, "Inf": written.ErrTooLarge, "x": written.ErrNumber,
	} {
		_, err := written.Stored(text)
		require.ErrorIs(t, err, refusal, text)
	}
}

// Whatever is written in the ways that leave no doubt is read as what was meant; with the marks of
// either language, with or without groups.
func TestEveryQuantityIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := quantity.Quantity(rapid.Int64Range(0, int64(quantity.Max)).Draw(t, "thousandths"))
		group := rapid.SampledFrom([]string{"", ".", ",", " ", "'", "\u202f"}).Draw(t, "group")
		mark := rapid.SampledFrom([]string{".", ","}).Draw(t, "mark")
		if group == mark {
			group = ""
		}
		whole, fraction, _ := strings.Cut(amount.String(), ".")
		text := parted(whole, group)
		if len(fraction) == 3 {
			fraction += "0" // as exports write it
		}
		if fraction != "" {
			text += mark + fraction
		}
		got, err := written.ReadNumber(text, false)
		lone := fraction == "" && strings.Count(text, group) == 1 && (group == "." || group == ",")
		if lone {
			require.ErrorIs(t, err, written.ErrAmbiguous, text)
			return
		}
		require.NoError(t, err, text)
		require.Equal(t, amount, got.Amount, text)
	})
}

func TestEveryPriceIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		price := money.VND(rapid.Int64Range(0, int64(money.Max)).Draw(t, "price"))
		group := rapid.SampledFrom([]string{"", ".", ",", " "}).Draw(t, "group")
		unit := rapid.SampledFrom([]string{"", " đ", "đ/kg", " VND"}).Draw(t, "unit")
		got, err := written.ReadNumber(parted(fmt.Sprint(int64(price)), group)+unit, true)
		require.NoError(t, err)
		require.Equal(t, quantity.Of(int64(price)), got.Amount)
		require.Equal(t, strings.TrimSpace(unit), got.Unit)
	})
}

func parted(digits, group string) string {
	text := ""
	for len(digits) > 3 {
		text = group + digits[len(digits)-3:] + text
		digits = digits[:len(digits)-3]
	}
	return digits + text
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"15/12/2026", "15-12-26", "15.12.2026", "2026-12-15", "2026/12/15", "15 tháng 12 2026", "15 tháng 12 năm 2026",
		"ngày 15 tháng 12 năm 2026", "15 thang 12, 2026", "15 thg 12 2026", "15th12/2026", "15 Dec 2026", "December 15, 2026", "15-Dec-26",
		"2026-12-15 00:00:00", "2026-12-15T00:00:00", "15/12/2026 0:00", "46371", "Thứ ba, 15/12/2026", "15 / 12 / 2026",
	} {
		got, err := written.ReadDate(text)
		require.NoError(t, err, text)
		require.Equal(t, civil.New(2026, time.December, 15), got, text)
	}
	got, err := written.ReadDate("03/04/2026")
	require.NoError(t, err)
	require.Equal(t, civil.New(2026, time.April, 3), got, "the day comes first")
}

func TestDatesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "12/15/2026", "31/02/2026", "29/02/2027", "15/12/026", "15/12/2026 08:30", "mai", "15", "20261215", "99999", "1.250,5",
		"0/12/2026", "15/0/2026", "2026-13-01", "15/12/2026 và 16/12/2026",
	} {
		_, err := written.ReadDate(text)
		require.ErrorIs(t, err, written.ErrDate, text)
	}
	for _, text := range []string{"15/12", "15 tháng 12", "Dec 15"} {
		_, err := written.ReadDate(text)
		require.ErrorIs(t, err, written.ErrNoYear, text)
	}
}

func TestEveryDateIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.IntRange(36526, 73050).Draw(t, "serial")
		date := written.Serial(serial, false)
		for _, text := range []string{
			date.String(), fmt.Sprintf("%d/%d/%d", date.Day, date.Month, date.Year), fmt.Sprintf("%02d-%02d-%02d", date.Day, date.Month, date.Year%100),
			fmt.Sprintf("%d tháng %d %d", date.Day, date.Month, date.Year), date.In(time.UTC).Format("2 January 2006"), fmt.Sprint(serial),
		} {
			got, err := written.ReadDate(text)
			require.NoError(t, err, text)
			require.Equal(t, date, got, text)
		}
	})
	require.Equal(t, civil.New(2026, time.December, 15), written.Serial(46371-1462, true), "workbooks that count from 1904")
}

// Nothing that anybody types may do worse than be refused by name.
func TestAnythingElseIsRefusedByName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if _, err := written.ReadNumber(text, rapid.Bool().Draw(t, "whole")); err != nil {
			_, named := fault.From(err)
			require.True(t, named, text)
		}
		if _, err := written.ReadDate(text); err != nil {
			_, named := fault.From(err)
			require.True(t, named, text)
		}
	})
}
