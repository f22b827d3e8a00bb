package fault

import "net/http"

// Refusals that any part of the system may give. A service adds its own beside them.
var (
	ErrInvalid = Define("invalid", http.StatusUnprocessableEntity,
		"Dữ liệu gửi lên chưa hợp lệ. Xem từng mục trong errors và sửa lại.",
		"The request is not valid. See each entry of errors and correct it.")
	ErrRequired = Define("required", http.StatusUnprocessableEntity,
		"Mục này bắt buộc phải có.", "This is required.")
	ErrNotAllowedHere = Define("not_allowed_here", http.StatusUnprocessableEntity,
		"Mục này không dùng ở đây: {reason}.", "This does not belong here: {reason}.")
	ErrUnknownValue = Define("unknown_value", http.StatusUnprocessableEntity,
		"Không có giá trị «{value}». Các giá trị dùng được: {allowed}.",
		"There is no value “{value}”. Use one of: {allowed}.")
	ErrOutOfRange = Define("out_of_range", http.StatusUnprocessableEntity,
		"Giá trị phải từ {min} đến {max}.", "The value must be between {min} and {max}.")
	ErrTooLong = Define("too_long", http.StatusUnprocessableEntity,
		"Dài quá {max} ký tự.", "Longer than {max} characters.")
	ErrDateOrder = Define("date_order", http.StatusUnprocessableEntity,
		"Ngày kết thúc phải từ ngày bắt đầu trở đi.", "The end must not lie before the start.")
	ErrNotFound = Define("not_found", http.StatusNotFound,
		"Không tìm thấy.", "There is no such thing here.")
	ErrForbidden = Define("forbidden", http.StatusForbidden,
		"Tài khoản của bạn không được làm việc này.", "Your account may not do this.")
	ErrUnauthenticated = Define("unauthenticated", http.StatusUnauthorized,
		"Hãy đăng nhập: gửi Authorization: Bearer <mã phiên hoặc khoá API>.",
		"Sign in: send Authorization: Bearer <session token or API key>.")
	ErrStale = Define("stale", http.StatusPreconditionFailed,
		"Dữ liệu đã được người khác sửa sau lần bạn đọc. Tải lại, so sánh rồi gửi lại.",
		"This was changed after you read it. Read it again, compare, and send your change again.")
	ErrPreconditionRequired = Define("precondition_required", http.StatusPreconditionRequired,
		"Gửi kèm If-Match với ETag bạn đã đọc (hoặc * để ghi đè).",
		"Send If-Match with the ETag you read (or * to overwrite).")
	ErrUnavailable = Define("unavailable", http.StatusServiceUnavailable,
		"Hệ thống tạm thời không ghi được. Thử lại sau ít giây.",
		"The service cannot do this right now. Try again in a few seconds.")
	ErrTooManyRequests = Define("too_many_requests", http.StatusTooManyRequests,
		"Bạn gửi quá nhanh. Thử lại sau {seconds} giây.",
		"Too many requests. Try again in {seconds} seconds.")
)

// General lists the refusals of this file, for documents and for the test that every refusal is
// complete.
func General() []*Definition {
	return []*Definition{
		ErrInvalid, ErrRequired, ErrNotAllowedHere, ErrUnknownValue, ErrOutOfRange, ErrTooLong, ErrDateOrder,
		ErrNotFound, ErrForbidden, ErrUnauthenticated, ErrStale, ErrPreconditionRequired, ErrUnavailable,
		ErrTooManyRequests,
	}
}
