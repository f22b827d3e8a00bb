package portal

//nolint:gochecknoglobals // immutable texts
var (
	textName      = text("OCOP Cà Mau – TP. Hồ Chí Minh", "OCOP Cà Mau – Ho Chi Minh City")
	textSkip      = text("Đến nội dung chính", "Skip to the content")
	textMenu      = text("Danh mục", "Menu")
	textCode      = text("Mã lỗi", "Code")
	textTrace     = text("Mã theo dõi", "Trace")
	textLive      = text("Trực tiếp", "Live")
	textNotLive   = text("Mất kết nối, đang thử lại", "Disconnected, trying again")
	textAsOf      = text("số liệu lúc", "figures as of")
	textAPI       = text("Tài liệu API", "API documentation")
	textPlatform  = text("Quản trị nền tảng", "Platform administration")
	textFictional = text("Dữ liệu minh hoạ: tổ chức và giao dịch là hư cấu.", "Demonstration data: organisations and trade are fictional.")
)

// What tables and charts of figures say on every page.
//
//nolint:gochecknoglobals // immutable texts
var (
	figuresNone    = text("Không có số liệu.", "There are no figures.")
	figuresAsTable = text("Xem dạng bảng", "Show as a table")
	figuresAsOf    = text("Số liệu lúc", "Figures as of")
	figuresAny     = text("Tất cả", "All")
	figuresUnsaid  = text("(không ghi)", "(not said)")
	figuresHidden  = text("ẩn", "hidden")
)
