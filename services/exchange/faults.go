package exchange

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of whole files and of what is done with imports.
var (
	ErrFileTooLarge = fault.Define("import_too_large", http.StatusRequestEntityTooLarge,
		"Tệp lớn quá {max} MB. Hãy chia thành nhiều tệp.", "The file is larger than {max} MB. Send it in parts.")
	ErrNoHeadings = fault.Define("import_without_headings", http.StatusUnprocessableEntity,
		"Không tìm thấy dòng tiêu đề. Cần ít nhất một cột: {needed}. Hãy tải tệp mẫu.",
		"There is no row of headings. At least one of these columns is needed: {needed}. Download the template.")
	ErrHeadingTwice = fault.Define("import_heading_twice", http.StatusUnprocessableEntity,
		"Hai cột «{first}» và «{second}» cùng một nghĩa. Hãy bỏ một cột.",
		"The columns “{first}” and “{second}” mean the same. Remove one of them.")
	ErrNoRows = fault.Define("import_without_rows", http.StatusUnprocessableEntity,
		"Dưới dòng tiêu đề không có dòng nào.", "There are no rows below the headings.")
	ErrImportRunning = fault.Define("import_running", http.StatusConflict,
		"Đang có một lần nhập chưa xong. Đợi xong hoặc huỷ rồi nhập tiếp.",
		"Another import of yours is under way. Wait for it or cancel it.")
	ErrImportEnded = fault.Define("import_ended", http.StatusConflict,
		"Lần nhập này đã kết thúc nên không huỷ được nữa.", "The import has ended and can no longer be cancelled.")
	ErrPurged = fault.Define("import_purged", http.StatusGone,
		"Tệp của lần nhập này đã được xoá sau {days} ngày.", "The file of this import was removed after {days} days.")
	ErrTooManyExports = fault.Define("too_many_exports", http.StatusTooManyRequests,
		"Đang có quá nhiều lần xuất dữ liệu. Thử lại sau ít giây.", "Too many exports are under way. Try again in a few seconds.")
)

// What is wrong with one row.
var (
	ErrUnknownName = fault.Define("import_name_unknown", http.StatusUnprocessableEntity,
		"Không có «{value}». Có thể dùng: {allowed}.", "There is no “{value}”. Use one of: {allowed}.")
	ErrAmbiguousName = fault.Define("import_name_ambiguous", http.StatusUnprocessableEntity,
		"«{value}» có thể là: {allowed}. Hãy ghi rõ hoặc ghi mã.", "“{value}” may be any of: {allowed}. Write which, or its code.")
	ErrForeignUnit = fault.Define("import_unit", http.StatusUnprocessableEntity,
		"«{text}» không đổi được ra {unit}.", "“{text}” cannot be counted in {unit}.")
	ErrNotWhole = fault.Define("import_not_whole", http.StatusUnprocessableEntity,
		"«{text}» phải là số nguyên.", "“{text}” must be a whole number.")
	ErrNotAMoney = fault.Define("import_price", http.StatusUnprocessableEntity,
		"«{text}» không phải là giá. Hãy viết như 250000, 250.000 đ hoặc «theo ngày».",
		"“{text}” is not a price. Write 250000, 250.000 đ or “daily”.")
	ErrNotAnID = fault.Define("import_market_id", http.StatusUnprocessableEntity,
		"«{text}» không phải mã trên sàn. Hãy để trống ô này.", "“{text}” is not an id of the market. Leave the cell blank.")
	ErrRowTwice = fault.Define("import_row_twice", http.StatusUnprocessableEntity,
		"Trùng với dòng {row}: cùng nói về một thứ. Hãy bỏ một dòng.", "Row {row} names the same thing. Remove one of the two.")
	ErrSeveralProducts = fault.Define("import_several_products", http.StatusUnprocessableEntity,
		"Bạn có {count} sản phẩm tên «{name}» như vậy. Hãy ghi mã hàng hoặc mã vạch.",
		"You have {count} products named “{name}” that fit. Give the SKU or the GTIN.")
	ErrNoSuchProduct = fault.Define("import_product_unknown", http.StatusUnprocessableEntity,
		"Bạn chưa có sản phẩm «{name}». Hãy nhập sản phẩm trước.", "You have no product “{name}”. Import the product first.")
	ErrOtherProduct = fault.Define("import_other_product", http.StatusUnprocessableEntity,
		"Nguồn cung này thuộc sản phẩm khác.", "The offer belongs to another product.")
	ErrNoSuchDelivery = fault.Define("import_delivery_unknown", http.StatusUnprocessableEntity,
		"Không có chuyến giao «{name}» nào đã xuất cho bạn.", "No delivery “{name}” has left for you.")
	ErrSeveralDeliveries = fault.Define("import_several_deliveries", http.StatusUnprocessableEntity,
		"Có {count} chuyến giao khớp với «{name}». Hãy ghi mã chuyến giao: {allowed}.",
		"{count} deliveries fit “{name}”. Give the number of the delivery: {allowed}.")
	ErrCodeTaken = fault.Define("import_code_taken", http.StatusUnprocessableEntity,
		"Mã «{code}» đã dùng cho mặt hàng khác của bạn.", "The code “{code}” belongs to another thing of yours.")
	ErrGradeWithoutLine = fault.Define("import_grade_without_line", http.StatusUnprocessableEntity,
		"Ngành hàng {line} không có mục này.", "The product line {line} has no such property.")
	ErrForbiddenText = fault.Define("import_forbidden_character", http.StatusUnprocessableEntity,
		"Ô này có ký tự không dùng được.", "The cell holds a character that cannot be used.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrFileTooLarge, ErrNoHeadings, ErrHeadingTwice, ErrNoRows, ErrImportRunning, ErrImportEnded, ErrPurged, ErrTooManyExports,
		ErrUnknownName, ErrAmbiguousName, ErrForeignUnit, ErrNotWhole, ErrNotAMoney, ErrNotAnID, ErrRowTwice, ErrSeveralProducts,
		ErrNoSuchProduct, ErrOtherProduct, ErrNoSuchDelivery, ErrSeveralDeliveries, ErrCodeTaken, ErrGradeWithoutLine, ErrForbiddenText,
	}
}

// byConstraint names the refusal for each constraint a person can run into.
//
//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"imports_one_at_a_time": ErrImportRunning,
	"own_codes_pkey":        ErrCodeTaken,
}
