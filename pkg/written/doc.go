// Package written reads numbers and dates as people write them in lists: "1.250,5", "250 000 đ",
// "2 tấn", "15/12/2026", "15 tháng 12 năm 2026".
//
// It promises to guess nothing. Where a text can be read in two ways ("1.250" is a thousand two
// hundred and fifty to one reader and one and a quarter to another) it is refused with both
// readings named, and a date is day, month, year as Vietnam writes it and never turned round to
// make it fit.
package written

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	ErrNumber = fault.Define("not_a_number", http.StatusUnprocessableEntity,
		"«{text}» không phải là số.", "“{text}” is not a number.")
	ErrAmbiguous = fault.Define("number_ambiguous", http.StatusUnprocessableEntity,
		"«{text}» có thể hiểu là {one} hoặc {other}. Hãy viết {one} hoặc {other_written}.",
		"“{text}” may mean {one} or {other}. Write {one} or {other_written}.")
	ErrTooPrecise = fault.Define("number_too_precise", http.StatusUnprocessableEntity,
		"«{text}» có quá ba chữ số thập phân.", "“{text}” has more than three decimals.")
	ErrTooLarge = fault.Define("number_too_large", http.StatusUnprocessableEntity,
		"«{text}» lớn quá {max}.", "“{text}” is larger than {max}.")
	ErrDate = fault.Define("not_a_written_date", http.StatusUnprocessableEntity,
		"«{text}» không phải là ngày. Hãy viết ngày/tháng/năm, như 15/12/2026.",
		"“{text}” is not a date. Write day/month/year, such as 15/12/2026.")
	ErrNoYear = fault.Define("date_without_year", http.StatusUnprocessableEntity,
		"«{text}» thiếu năm. Hãy viết đủ ngày/tháng/năm, như 15/12/2026.",
		"“{text}” names no year. Write day/month/year, such as 15/12/2026.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{ErrNumber, ErrAmbiguous, ErrTooPrecise, ErrTooLarge, ErrDate, ErrNoYear}
}
