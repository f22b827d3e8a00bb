package monitor

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	// ErrNotOverseen is the refusal to show single organisations of the other side.
	ErrNotOverseen = fault.Define("not_overseen", http.StatusForbidden,
		"Số liệu của từng tổ chức chỉ dành cho Sở Công Thương phụ trách bên đó. Bỏ producer hoặc buyer khỏi by và bộ lọc.",
		"Single organisations are shown to the trade department that oversees them. Leave producer or buyer out of by and the filters.")
	// ErrTooManyMonths is the refusal to answer for longer than anybody reads.
	ErrTooManyMonths = fault.Define("too_many_months", http.StatusUnprocessableEntity,
		"Khoảng thời gian dài hơn {max} tháng. Chọn khoảng ngắn hơn.",
		"This is more than {max} months. Choose a shorter time.")
	// ErrNoPeriod is the refusal of a period that is none, or that has not begun.
	ErrNoPeriod = fault.Define("no_period", http.StatusUnprocessableEntity,
		"{value} không phải là kỳ báo cáo, hoặc chưa bắt đầu. Viết như 2026-03, 2026-Q1, 2026-H1, 2026 hoặc 2026-S1 (năm bình ổn giá).",
		"{value} is no period that is reported, or has not begun. Write 2026-03, 2026-Q1, 2026-H1, 2026 or 2026-S1 (price-stabilisation year).")
	// ErrTooManyStreams is the refusal to tell changes to whoever listens often enough already.
	ErrTooManyStreams = fault.Define("too_many_streams", http.StatusTooManyRequests,
		"Đã mở quá nhiều luồng thay đổi ({max} cho mỗi người). Đóng bớt trang đang mở rồi thử lại.",
		"Too many streams are open ({max} for each person). Close some pages and try again.")
	// ErrNoReport says that nobody had the report made.
	ErrNoReport = fault.Define("no_report", http.StatusNotFound,
		"Chưa có báo cáo kỳ {period}. Gửi POST /v1/reports/{period}/editions để lập.",
		"There is no report of {period} yet. Ask for one with POST /v1/reports/{period}/editions.")
	// ErrThresholdTwice is the refusal of two thresholds for the same line.
	ErrThresholdTwice = fault.Define("threshold_twice", http.StatusUnprocessableEntity,
		"Mỗi ngành hàng chỉ có một ngưỡng cảnh báo, và một ngưỡng chung. Giữ lại một dòng rồi gửi lại.",
		"A line has one threshold, and there is one for all others. Keep one of them and send again.")
	// ErrWatchState is the refusal of a move that a watch does not have where it stands.
	ErrWatchState = fault.Define("watch_state", http.StatusConflict,
		"Việc theo dõi đang ở trạng thái «{state}» nên không làm được việc này. Tải lại để xem trạng thái mới.",
		"The watch is {state}: this cannot be done any more. Read it again.")
	// ErrWatched is the refusal of a second watch beside an open one.
	ErrWatched = fault.Define("watched_already", http.StatusConflict,
		"Tổ chức đang được theo dõi hoặc có đề xuất theo dõi đang chờ. Cập nhật việc đó thay vì lập thêm.",
		"The organisation is under watch, or a proposal of it waits. Go on with that one.")
)

// ErrCompareWeeks is the refusal to compare parts of weeks.
var ErrCompareWeeks = fault.Define("compare_weeks", http.StatusUnprocessableEntity,
	"Không so sánh được khi vừa theo tuần vừa theo tháng, quý, nửa năm hoặc năm: một tuần có thể thuộc hai kỳ. Bỏ bớt một cách chia.",
	"Rows by week and by a longer period at once cannot be compared: a week may lie in two periods. Leave one of them out.")

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{ErrNotOverseen, ErrTooManyMonths, ErrNoPeriod, ErrNoReport, ErrCompareWeeks, ErrTooManyStreams, ErrThresholdTwice, ErrWatchState, ErrWatched}
}
