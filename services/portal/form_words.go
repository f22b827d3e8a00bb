package portal

import (
	"regexp"
	"strings"

	"github.com/ocop-market/ocop/services/reference"
)

// formTexts are what people call the fields of forms, as refusals name them.
//
//nolint:gochecknoglobals // an immutable table
var formTexts = map[string]reference.Names{
	"period":          text("Kỳ báo cáo", "Period"),
	"kind":            text("Loại", "Kind"),
	"reason":          text("Lý do", "Reason"),
	"reason_code":     text("Lý do theo danh mục", "Listed reason"),
	"text":            text("Nội dung", "Words"),
	"review_on":       text("Ngày xem lại", "Day of review"),
	sureField:         text("Xác nhận", "Confirmation"),
	"name":            text("Tên", "Name"),
	"place":           text("Địa điểm", "Place"),
	"commune_code":    text("Xã, phường", "Commune or ward"),
	"number":          text("Số", "Number"),
	"producer":        text("Bên sản xuất", "Producer"),
	"buyer":           text("Bên mua", "Buyer"),
	"signed_on":       text("Ngày ký", "Signed on"),
	"term_from":       text("Hiệu lực từ", "Term from"),
	"term_to":         text("Hiệu lực đến", "Term to"),
	"note":            text("Ghi chú", "Note"),
	"lines":           text("Hàng hoá", "Goods"),
	"line":            text("Ngành hàng", "Product line"),
	"form":            text("Dạng hàng", "Form"),
	"quantity":        text("Sản lượng", "Quantity"),
	"unit":            text("Đơn vị", "Unit"),
	"unit_weight_kg":  text("Khối lượng mỗi đơn vị (kg)", "Weight of one unit (kg)"),
	"value_vnd":       text("Giá trị dự kiến (đồng)", "Expected value (VND)"),
	"organisation_id": text("Tổ chức", "Organisation"),
	"month":           text("Tháng", "Month"),
	"channel":         text("Kênh bán", "Channel of sale"),
	"source":          text("Nguồn thông tin", "Known from"),
	"memorandum_id":   text("Biên bản ghi nhớ", "Memorandum"),
	"effective_at":    text("Hết giá trị từ", "Counts no more from"),
	"province":        text("Tỉnh, thành", "Province"),
	"state":           text("Trạng thái", "State"),
	"event_id":        text("Sự kiện", "Trade event"),
}

// indexed is the place of an entry of a list within a field.
var indexed = regexp.MustCompile(`^lines\[\d+\]\.`)

// formField is what people call a field of a form; the field itself where nobody does.
func (v *visit) formField(field string) string {
	if known, found := formTexts[strings.TrimPrefix(field, indexed.FindString(field))]; found {
		return v.say(known)
	}
	return field
}
