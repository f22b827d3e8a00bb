package reference

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Refusals of a form or a grade that does not describe the goods of a product line.
var (
	ErrFormUnknown = fault.Define("form_unknown", http.StatusUnprocessableEntity,
		"Ngành hàng {line} không có dạng «{value}». Các dạng dùng được: {allowed}.",
		"The product line {line} has no form “{value}”. Use one of: {allowed}.")
	ErrGradeFieldUnknown = fault.Define("grade_field_unknown", http.StatusUnprocessableEntity,
		"Ngành hàng {line} không có mục quy cách này. Các mục dùng được: {allowed}.",
		"The product line {line} has no such grade field. Use: {allowed}.")
	ErrGradeFieldOtherForm = fault.Define("grade_field_other_form", http.StatusUnprocessableEntity,
		"Mục này chỉ dùng cho các dạng: {forms}.",
		"This is only for the forms: {forms}.")
	ErrGradeWhole = fault.Define("grade_not_whole", http.StatusUnprocessableEntity,
		"Mục này phải là số nguyên, ví dụ 30.", "This must be a whole number, such as 30.")
	ErrGradeDecimal = fault.Define("grade_not_decimal", http.StatusUnprocessableEntity,
		"Mục này phải là số có nhiều nhất ba chữ số thập phân, ví dụ 12.5.",
		"This must be a number with at most three decimals, such as 12.5.")
	ErrGradeText = fault.Define("grade_not_text", http.StatusUnprocessableEntity,
		"Mục này phải là một dòng chữ.", "This must be one line of text.")
	ErrGradeRange = fault.Define("grade_range", http.StatusUnprocessableEntity,
		"Đầu trên ({max}) không được nhỏ hơn đầu dưới ({min}).",
		"The upper end ({max}) must not be smaller than the lower end ({min}).")
	ErrTiePercentWithoutTie = fault.Define("tie_percent_without_tie", http.StatusUnprocessableEntity,
		"Cua không dây thì tỷ lệ dây phải bằng 0 hoặc để trống.",
		"Crab without a tie has no tie share: leave it out or send 0.")
)

// Faults lists the refusals of this service.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrFormUnknown, ErrGradeFieldUnknown, ErrGradeFieldOtherForm, ErrGradeWhole, ErrGradeDecimal,
		ErrGradeText, ErrGradeRange, ErrTiePercentWithoutTie,
	}
}
