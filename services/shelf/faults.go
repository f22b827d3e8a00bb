package shelf

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	ErrTickState = fault.Define("green_tick_state", http.StatusConflict,
		"Tick xanh đang ở trạng thái {state} nên không thể {action}.", "The Green Tick is {state}, so it cannot {action}.")
	ErrAnswerPending = fault.Define("green_tick_answer_pending", http.StatusConflict,
		"Nhà cung cấp còn thời hạn giải trình đến {due}. Chỉ xác nhận vi phạm sau khi có giải trình hoặc hết hạn.",
		"The supplier may answer until {due}. Confirm the breach after the answer, or when the time is up.")
	ErrNoSystem = fault.Define("buyer_without_system", http.StatusForbidden,
		"Tổ chức của bạn không thuộc hệ thống bán lẻ nào.", "Your organisation belongs to no retail system.")
	ErrProductNotPublished = fault.Define("green_tick_product_not_published", http.StatusConflict,
		"Sản phẩm chưa được đăng bán. Đăng sản phẩm rồi đề nghị Tick xanh.", "The product is not published. Publish it, then apply for the Green Tick.")
	ErrDocumentExists = fault.Define("document_exists", http.StatusConflict,
		"Giấy tờ này đã được gửi.", "This document has been sent already.")
	ErrDocumentWithdrawn = fault.Define("document_withdrawn", http.StatusConflict,
		"Giấy tờ này đã được rút.", "The document was withdrawn.")
)

// What is wrong with one field of a request.
var (
	ErrSystem = fault.Define("retail_system_unknown", http.StatusUnprocessableEntity,
		"Không có hệ thống bán lẻ {value}. Xem /v1/reference/buyer-systems.", "There is no retail system {value}. See /v1/reference/buyer-systems.")
	ErrBackdated = fault.Define("requirements_backdated", http.StatusUnprocessableEntity,
		"Yêu cầu chỉ có hiệu lực từ hôm nay ({today}) trở đi.", "Requirements hold from today ({today}) on, not before.")
	ErrRequirementTwice = fault.Define("requirement_twice", http.StatusUnprocessableEntity,
		"Mã yêu cầu {code} có hai lần.", "The requirement {code} is there twice.")
	ErrFactType = fault.Define("fact_type", http.StatusUnprocessableEntity,
		"Mục này nhận giá trị kiểu {type}: text là chữ, yes là đúng/sai, whole là số nguyên.", "This takes a value of type {type}: text, yes (true or false), or whole (a whole number).")
	ErrDocumentProduct = fault.Define("document_product", http.StatusUnprocessableEntity,
		"Loại giấy tờ này phải nêu một sản phẩm của bạn.", "A document of this type names a product of yours.")
	ErrDocumentOfProducer = fault.Define("document_of_producer", http.StatusUnprocessableEntity,
		"Loại giấy tờ này là của tổ chức, không nêu sản phẩm.", "A document of this type is the organisation's and names no product.")
	ErrIssuedInFuture = fault.Define("document_issued_in_future", http.StatusUnprocessableEntity,
		"Ngày cấp không thể sau hôm nay.", "It cannot have been issued after today.")
)

// byConstraint names the refusal for each constraint a person can run into.
//
//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"documents_number_key": ErrDocumentExists,
	"documents_dates":      fault.ErrDateOrder,
	"profiles_version_key": fault.ErrStale,
}

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrTickState, ErrAnswerPending, ErrNoSystem, ErrProductNotPublished, ErrDocumentExists, ErrDocumentWithdrawn,
		ErrSystem, ErrBackdated, ErrRequirementTwice, ErrFactType, ErrDocumentProduct, ErrDocumentOfProducer, ErrIssuedInFuture,
	}
}
