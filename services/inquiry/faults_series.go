package inquiry

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals about recurring inquiries.
var (
	ErrSeriesDeadline = fault.Define("series_deadline", http.StatusUnprocessableEntity,
		"Hạn báo giá phải sau ngày gửi nhu cầu: ít hơn {lead} ngày trước ngày giao.",
		"The deadline must come after the inquiry is placed: fewer than {lead} days before the delivery.")
	ErrSeriesHour = fault.Define("series_hour", http.StatusUnprocessableEntity,
		"Giờ hết hạn có dạng 17:00.", "The time of the deadline looks like 17:00.")
	ErrSeriesNever = fault.Define("series_never", http.StatusUnprocessableEntity,
		"Lịch này không còn ngày nào để gửi nhu cầu mua.", "This rhythm has no date left for which an inquiry could be placed.")
	ErrSeriesFar = fault.Define("series_far", http.StatusUnprocessableEntity,
		"Lịch mua định kỳ bắt đầu chậm nhất ngày {max}.", "A series begins on {max} at the latest.")
	ErrSeriesDate = fault.Define("series_date", http.StatusUnprocessableEntity,
		"Chỉ bỏ qua được một ngày sắp tới của lịch.", "Only a date of the series that is still to come can be skipped.")
	ErrSeriesState = fault.Define("series_state", http.StatusConflict,
		"Lịch mua định kỳ đang ở trạng thái «{state}» nên không làm được việc này.", "The series is {state}, so this cannot be done.")
	ErrTooManySeries = fault.Define("too_many_series", http.StatusConflict,
		"Tổ chức của bạn đã có {max} lịch mua định kỳ, là số cao nhất. Kết thúc một lịch trước.",
		"Your organisation has {max} recurring inquiries, the most it may have. End one first.")
)

func seriesFaults() []*fault.Definition {
	return []*fault.Definition{ErrSeriesDeadline, ErrSeriesHour, ErrSeriesNever, ErrSeriesFar, ErrSeriesDate, ErrSeriesState, ErrTooManySeries}
}
