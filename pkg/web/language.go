package web

import (
	"net/http"

	"golang.org/x/text/language"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The languages answers are worded in.
const (
	Vietnamese = "vi"
	English    = "en"
)

// matchLanguage chooses by Accept-Language (RFC 9110, 12.5.4); Vietnamese when nothing else is
// preferred or the header makes no sense.
func matchLanguage(header string) string {
	if header == "" {
		return Vietnamese
	}
	tags, weights, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return Vietnamese
	}
	for i, tag := range tags { // in order of preference
		base, _ := tag.Base()
		switch {
		case weights[i] <= 0:
		case base.String() == Vietnamese:
			return Vietnamese
		case base.String() == English:
			return English
		}
	}
	return Vietnamese
}

func text(definition *fault.Definition, language string) string {
	if language == English {
		return definition.English
	}
	return definition.Vietnamese
}

// statusText is the title of a problem: RFC 9457 wants it the same for every occurrence.
func statusText(status int, language string) string {
	if language == English {
		if status == statusClientClosed {
			return "Client Closed Request"
		}
		return http.StatusText(status)
	}
	switch status {
	case http.StatusBadRequest:
		return "Yêu cầu không đọc được"
	case http.StatusUnauthorized:
		return "Chưa đăng nhập"
	case http.StatusForbidden:
		return "Không có quyền"
	case http.StatusNotFound:
		return "Không tìm thấy"
	case http.StatusMethodNotAllowed:
		return "Phương thức không dùng được"
	case http.StatusNotAcceptable:
		return "Không có kiểu nội dung này"
	case http.StatusRequestTimeout:
		return "Gửi quá chậm"
	case http.StatusConflict:
		return "Không còn thực hiện được"
	case http.StatusGone:
		return "Không còn nữa"
	case http.StatusPreconditionFailed:
		return "Dữ liệu đã thay đổi"
	case http.StatusRequestEntityTooLarge:
		return "Nội dung quá lớn"
	case http.StatusUnsupportedMediaType:
		return "Kiểu nội dung không dùng được"
	case http.StatusUnprocessableEntity:
		return "Dữ liệu chưa hợp lệ"
	case http.StatusPreconditionRequired:
		return "Thiếu điều kiện If-Match"
	case http.StatusTooManyRequests:
		return "Gửi quá nhanh"
	case http.StatusInternalServerError:
		return "Lỗi hệ thống"
	case http.StatusServiceUnavailable:
		return "Tạm thời không phục vụ được"
	case http.StatusGatewayTimeout:
		return "Xử lý quá lâu"
	case statusClientClosed:
		return "Bên gửi đã ngắt kết nối"
	default:
		return http.StatusText(status)
	}
}
