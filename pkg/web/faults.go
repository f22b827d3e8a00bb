package web

import (
	"net/http"
	"slices"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Refusals of the request as such, before any service sees it.
var (
	ErrRouteNotFound = fault.Define("route_not_found", http.StatusNotFound,
		"Không có địa chỉ này. Danh sách các địa chỉ ở /docs.",
		"There is nothing at this address. See /docs for the addresses there are.")
	ErrMethodNotAllowed = fault.Define("method_not_allowed", http.StatusMethodNotAllowed,
		"Địa chỉ này không nhận phương thức {method}. Các phương thức dùng được: {allowed}.",
		"This address does not take {method}. Use one of: {allowed}.")
	ErrNotAcceptable = fault.Define("not_acceptable", http.StatusNotAcceptable,
		"Không trả lời được theo kiểu nội dung nêu trong Accept. Các kiểu có thể trả: {available}.",
		"None of the media types in Accept can be answered. Available: {available}.")
	ErrTooLarge = fault.Define("too_large", http.StatusRequestEntityTooLarge,
		"Nội dung gửi lên quá lớn; tối đa {max_bytes} byte.",
		"The request body is too large; at most {max_bytes} bytes.")
	ErrUnsupportedMediaType = fault.Define("unsupported_media_type", http.StatusUnsupportedMediaType,
		"Content-Type không dùng được ở đây. Dùng một trong: {allowed}.",
		"This Content-Type cannot be used here. Use one of: {allowed}.")
	ErrUnsupportedEncoding = fault.Define("unsupported_encoding", http.StatusUnsupportedMediaType,
		"Gửi nội dung không nén: bỏ Content-Encoding.",
		"Send the body as it is, without Content-Encoding.")
	ErrMalformedRequest = fault.Define("malformed_request", http.StatusBadRequest,
		"Địa chỉ hoặc tham số không đọc được: phải là UTF-8 hợp lệ, mã hoá phần trăm đúng.",
		"The address or its parameters cannot be read: send valid UTF-8, percent-encoded.")
	ErrMalformedJSON = fault.Define("malformed_json", http.StatusBadRequest,
		"Nội dung không phải JSON hợp lệ (lỗi tại byte {offset}).",
		"The body is not valid JSON (byte {offset}).")
	ErrMalformedForm = fault.Define("malformed_form", http.StatusBadRequest,
		"Biểu mẫu multipart không đọc được.",
		"The multipart form cannot be read.")
	ErrDuplicateMember = fault.Define("duplicate_member", http.StatusBadRequest,
		"Mục này xuất hiện hai lần.",
		"This appears twice.")
	ErrTooDeep = fault.Define("too_deep", http.StatusBadRequest,
		"JSON lồng nhau quá {max} tầng.",
		"The JSON is nested more than {max} levels deep.")
	ErrForbiddenCharacter = fault.Define("forbidden_character", http.StatusUnprocessableEntity,
		"Có ký tự điều khiển, ký tự đổi chiều chữ hoặc ký tự vô hình (như NUL, U+202E, U+200B); hãy bỏ đi.",
		"Contains a control character, a change of text direction or an invisible character (such as NUL, U+202E or U+200B); leave it out.")
	ErrBodyRequired = fault.Define("body_required", http.StatusBadRequest,
		"Yêu cầu này cần có nội dung.",
		"This request needs a body.")
	ErrBodyNotExpected = fault.Define("body_not_expected", http.StatusUnprocessableEntity,
		"Yêu cầu này không có nội dung; hãy bỏ đi.",
		"This request has no body; leave it out.")
	ErrSlowRequest = fault.Define("slow_request", http.StatusRequestTimeout,
		"Nội dung gửi lên quá chậm. Thử lại khi đường truyền tốt hơn.",
		"The body arrived too slowly. Try again on a better connection.")
	ErrUnknownField = fault.Define("unknown_field", http.StatusUnprocessableEntity,
		"Không có mục tên này ở đây (phân biệt chữ hoa, chữ thường).",
		"There is no field of this name here (upper and lower case differ).")
	ErrUnknownParameter = fault.Define("unknown_parameter", http.StatusUnprocessableEntity,
		"Không có tham số tên này.",
		"There is no parameter of this name.")
	ErrRepeatedParameter = fault.Define("repeated_parameter", http.StatusUnprocessableEntity,
		"Tham số này chỉ được gửi một lần.",
		"Send this parameter only once.")
	ErrWrongType = fault.Define("wrong_type", http.StatusUnprocessableEntity,
		"Sai kiểu dữ liệu; cần {expected}.",
		"The value has the wrong type; expected: {expected}.")
	ErrWrongFormat = fault.Define("wrong_format", http.StatusUnprocessableEntity,
		"Sai dạng; cần {format}.",
		"The value has the wrong form; expected: {format}.")
	ErrPattern = fault.Define("pattern", http.StatusUnprocessableEntity,
		"Không đúng mẫu {pattern}.",
		"Does not match the pattern {pattern}.")
	ErrNotAQuantity = fault.Define("not_a_quantity", http.StatusUnprocessableEntity,
		"Số lượng phải là số thập phân từ 0 đến 1.000.000.000, nhiều nhất ba chữ số thập phân sau dấu chấm, không có số 0 thừa ở đầu, ví dụ \"12.5\".",
		"A quantity is a decimal from 0 to 1,000,000,000 with at most three decimals and no leading zeros, such as \"12.5\".")
	ErrNotADate = fault.Define("not_a_date", http.StatusUnprocessableEntity,
		"Ngày phải có thật và viết theo dạng YYYY-MM-DD.",
		"A date must exist and be written YYYY-MM-DD.")
	ErrTooShort = fault.Define("too_short", http.StatusUnprocessableEntity,
		"Phải có ít nhất {min} ký tự.",
		"At least {min} characters are needed.")
	ErrTooFew = fault.Define("too_few", http.StatusUnprocessableEntity,
		"Phải có ít nhất {min} mục.",
		"At least {min} entries are needed.")
	ErrTooMany = fault.Define("too_many", http.StatusUnprocessableEntity,
		"Nhiều nhất {max} mục.",
		"At most {max} entries are allowed.")
	ErrNotUnique = fault.Define("not_unique", http.StatusUnprocessableEntity,
		"Các mục không được trùng nhau.",
		"The entries must differ from each other.")
	ErrIdempotencyKey = fault.Define("idempotency_key_malformed", http.StatusUnprocessableEntity,
		"Idempotency-Key phải gồm 1 đến 255 ký tự ASCII nhìn thấy được và chỉ gửi một lần.",
		"Idempotency-Key must be 1 to 255 visible ASCII characters, sent once.")
	ErrInvalidCursor = fault.Define("invalid_cursor", http.StatusUnprocessableEntity,
		"Con trỏ trang không dùng được cho truy vấn này. Bắt đầu lại không có cursor.",
		"This cursor does not belong to this query. Start again without cursor.")
	ErrCrossOrigin = fault.Define("cross_origin", http.StatusForbidden,
		"Yêu cầu này do một trang khác gửi nên không được nhận. Hãy mở trang của sàn và làm lại.",
		"Another site sent this request, so it is not taken. Open the marketplace's own page and do it there.")
	ErrTimeout = fault.Define("timeout", http.StatusGatewayTimeout,
		"Xử lý quá lâu. Thử lại sau ít giây.",
		"This took too long. Try again in a few seconds.")
	ErrNotReady = fault.Define("not_ready", http.StatusServiceUnavailable,
		"Hệ thống chưa sẵn sàng. Thử lại sau ít giây.",
		"The service is not ready. Try again in a few seconds.")
	ErrClientClosed = fault.Define("client_closed_request", statusClientClosed,
		"Bên gửi đã ngắt kết nối.",
		"The client closed the connection.")
	ErrInternal = fault.Define("internal", http.StatusInternalServerError,
		"Hệ thống gặp lỗi. Hãy báo mã trace_id cho người vận hành.",
		"Something went wrong here. Tell the operator the trace_id.")
)

// Three more texts for codes of package fault: huma tells one bound at a time, and a submitted
// value is never echoed because the field may be a password.
var (
	errAtLeast = fault.Define(fault.ErrOutOfRange.Code, fault.ErrOutOfRange.Status,
		"Giá trị phải từ {min} trở lên.", "The value must be at least {min}.")
	errAtMost = fault.Define(fault.ErrOutOfRange.Code, fault.ErrOutOfRange.Status,
		"Giá trị không được quá {max}.", "The value must be at most {max}.")
	errMoreThan = fault.Define(fault.ErrOutOfRange.Code, fault.ErrOutOfRange.Status,
		"Giá trị phải lớn hơn {min}.", "The value must be more than {min}.")
	errLessThan = fault.Define(fault.ErrOutOfRange.Code, fault.ErrOutOfRange.Status,
		"Giá trị phải nhỏ hơn {max}.", "The value must be less than {max}.")
	errBeyondNumbers = fault.Define(fault.ErrOutOfRange.Code, fault.ErrOutOfRange.Status,
		"Số quá lớn hoặc quá dài.", "The number is too large or too long.")
	errNotOneOf = fault.Define(fault.ErrUnknownValue.Code, fault.ErrUnknownValue.Status,
		"Không có giá trị này. Các giá trị dùng được: {allowed}.", "There is no such value. Use one of: {allowed}.")
)

// statusClientClosed is what nginx logs when the client went away; it is never received.
const statusClientClosed = 499

// Faults lists the refusals of this package, one for each code.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrRouteNotFound, ErrMethodNotAllowed, ErrNotAcceptable, ErrTooLarge, ErrUnsupportedMediaType, ErrUnsupportedEncoding,
		ErrMalformedRequest, ErrMalformedJSON, ErrMalformedForm, ErrDuplicateMember, ErrTooDeep, ErrForbiddenCharacter,
		ErrBodyRequired, ErrBodyNotExpected, ErrSlowRequest, ErrUnknownField, ErrUnknownParameter, ErrRepeatedParameter,
		ErrWrongType, ErrWrongFormat, ErrPattern, ErrNotAQuantity, ErrNotADate, ErrTooShort, ErrTooFew, ErrTooMany,
		ErrNotUnique, ErrIdempotencyKey, ErrInvalidCursor, ErrCrossOrigin, ErrTimeout, ErrNotReady, ErrClientClosed, ErrInternal,
	}
}

// coded finds the definition that a decoder's complaint names.
func coded(code string) *fault.Definition {
	i := slices.IndexFunc(Faults(), func(d *fault.Definition) bool { return d.Code == code })
	if i < 0 {
		return fault.ErrInvalid
	}
	return Faults()[i]
}
