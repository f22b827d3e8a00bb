package catalog

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of orders against an offer.
var (
	ErrBelowMinOrder = fault.Define("below_min_order", http.StatusUnprocessableEntity,
		"Nguồn cung này nhận đặt ít nhất {min_order} {unit}.", "This offer takes orders of {min_order} {unit} or more.")
	ErrOffMultiple = fault.Define("off_multiple", http.StatusUnprocessableEntity,
		"Nguồn cung này bán theo bước {multiple} {unit}. Số lượng đặt được gần nhất: {below} hoặc {above}.",
		"This offer is sold in steps of {multiple} {unit}. The nearest quantities are {below} and {above}.")
	ErrLeadTime = fault.Define("sooner_than_lead_time", http.StatusUnprocessableEntity,
		"Nguồn cung này cần {lead_days} ngày chuẩn bị: giao sớm nhất ngày {earliest}.",
		"This offer needs {lead_days} days: the earliest delivery is on {earliest}.")
)

// The refusals of a series of offers.
var (
	ErrRuleField = fault.Define("rule_field", http.StatusUnprocessableEntity,
		"Quy tắc {kind} không dùng {field}.", "A rule of kind {kind} has no {field}.")
	ErrSeriesOverlap = fault.Define("series_overlap", http.StatusUnprocessableEntity,
		"Các đợt hàng chồng lên nhau: đợt từ {second} bắt đầu khi đợt từ {first} chưa hết. Rút ngắn mỗi đợt.",
		"Supplies of the series overlap: the one from {second} begins before the one from {first} ends. Make them shorter.")
	ErrSeriesTooLong = fault.Define("series_too_long", http.StatusUnprocessableEntity,
		"Chuỗi này có {count} đợt hàng, nhiều nhất {max}. Chọn ngày kết thúc không quá {last}, hoặc để mỗi đợt dài ngày hơn.",
		"The series has {count} supplies; {max} is the most. End it by {last}, or let each supply last longer.")
	ErrSeriesEmpty = fault.Define("series_empty", http.StatusUnprocessableEntity,
		"Không có đợt hàng nào trọn vẹn trong khoảng ngày này từ hôm nay.", "No whole supply lies between these days from today on.")
	ErrTooManySeries = fault.Define("too_many_offer_series", http.StatusConflict,
		"Tổ chức của bạn đã có {max} lịch cung định kỳ, là số cao nhất. Đóng một lịch trước.",
		"Your organisation has {max} series of recurring supply, the most it may have. Close one first.")
	ErrSeriesState = fault.Define("series_closed", http.StatusConflict,
		"Chuỗi nguồn cung này đã đóng nên không thay đổi được nữa.", "The series is closed and can no longer be changed.")
)

// The refusals of lots and their sources.
var (
	ErrLotTaken = fault.Define("lot_taken", http.StatusConflict,
		"Sản phẩm này đã có lô mang mã này.", "This product has a lot of this code already.")
	ErrLotSources = fault.Define("lot_exceeds_sources", http.StatusUnprocessableEntity,
		"Các nguồn cộng lại được {sum} {unit}, ít hơn lô ({quantity} {unit}). Khai thêm nguồn hoặc sửa số lượng.",
		"The sources add up to {sum} {unit}, less than the lot of {quantity} {unit}. Name the others or correct the quantity.")
	ErrSourceUnknown = fault.Define("source_unknown", http.StatusUnprocessableEntity,
		"Không có cơ sở nào khác đã được duyệt với mã này. Nếu nguồn chưa lên chợ, hãy ghi tên.",
		"No other approved producer has this id. Give a source that is not on the platform by name.")
	ErrLotNeeded = fault.Define("lot_needed", http.StatusUnprocessableEntity,
		"Vựa thu mua phải ghi mã lô của chuyến giao. Khai báo lô và nguồn tại POST /v1/products/…/lots rồi ghi mã lô.",
		"A collector names the lot of each delivery. Declare the lot and its sources at POST /v1/products/…/lots, then name it.")
	ErrSourcesNeeded = fault.Define("lot_sources_needed", http.StatusUnprocessableEntity,
		"Lô {lot} chưa được khai báo nguồn. Khai báo tại POST /v1/products/{product_id}/lots (hoặc thêm nguồn cho lô) rồi giao.",
		"The sources of lot {lot} are not declared. Declare them at POST /v1/products/{product_id}/lots, or add them to the lot, then send it off.")
	ErrLotOverdrawn = fault.Define("lot_overdrawn", http.StatusConflict,
		"Lô {lot} chỉ còn {remaining} {unit} chưa giao. Giao ít hơn, khai thêm nguồn nếu lô chưa ghi số lượng, hoặc giao phần còn lại bằng lô khác.",
		"Lot {lot} has {remaining} {unit} left that was not sent off. Send less, declare further sources if the lot has no quantity of its own, or send the rest as another lot.")
	ErrLotSentMore = fault.Define("lot_sent_more", http.StatusConflict,
		"Đã giao {dispatched} {unit} mang mã lô này. Khai ít nhất chừng ấy, hoặc dùng mã khác.",
		"{dispatched} {unit} were sent off under this code already. Declare at least as much, or use another code.")
)

func supplyFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrBelowMinOrder, ErrOffMultiple, ErrLeadTime,
		ErrAmount,
		ErrRuleField, ErrSeriesOverlap, ErrSeriesTooLong, ErrSeriesEmpty, ErrTooManySeries, ErrSeriesState,
		ErrLotTaken, ErrLotSources, ErrSourceUnknown, ErrLotNeeded, ErrSourcesNeeded, ErrLotOverdrawn, ErrLotSentMore,
	}
}
