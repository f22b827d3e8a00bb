package portal

import (
	"context"
)

const homePath = "/"

//nolint:gochecknoglobals // immutable texts
var (
	homeWelcome = text("Xin chào", "Welcome")
	homeNoPages = text(
		"Hiện có trang cho cán bộ Sở Công Thương. Sản phẩm, nguồn cung, nhu cầu mua, báo giá, chốt mua và giao hàng của tổ chức bạn dùng qua API, hoặc nhập bằng Excel và CSV với lệnh ocop import.",
		"There are pages for trade officials for now. Your organisation's products, offers, inquiries, quotes, awards and deliveries are used through the API, or come in as Excel and CSV by ocop import.")
	homeToken = text("Phiên đăng nhập này dùng được cho các địa chỉ /v1 mở trong cùng trình duyệt.", "This sign-in also counts for addresses under /v1 that are opened in this browser.")
)

// showHome is for who has no page of their own yet.
func showHome(_ context.Context, _ *Service, v *visit) error {
	v.content = home(v)
	return nil
}
